"""Technical support: experts, cases on needs that no offering fits, calls for courses and bids on them."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import CASE, COURSE_CALL
from store.models.base import Base, Codes, Fen, Instant, RecordRow

OUTCOMES = ("advice", "course", "none")


class ExpertRow(RecordRow):
    """Somebody who may be asked: trades (`fields`), organisation, hours of the week, term."""

    __tablename__ = "expert"
    states: ClassVar[tuple[str, ...]] = ("active", "ended")

    name: Mapped[str] = mapped_column(String(60))
    organisation: Mapped[str] = mapped_column(String(120))
    fields: Mapped[tuple[str, ...]] = mapped_column(Codes, nullable=True)
    weekly: Mapped[str | None] = mapped_column(String(200))
    contact: Mapped[str | None] = mapped_column(String(60))
    term_from: Mapped[date]
    term_to: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """A term does not end before it begins."""
        return (
            *super().checks(),
            CheckConstraint("term_to >= term_from", name="term_order"),
        )


class CaseRow(RecordRow):
    """A question about a need that is put to an expert; `until` is when the next step is due."""

    __tablename__ = "support_case"
    states: ClassVar[tuple[str, ...]] = CASE.states

    need: Mapped[str] = mapped_column(ForeignKey("need.code"), index=True)
    question: Mapped[str] = mapped_column(Text)
    fits: Mapped[int]
    expert: Mapped[str | None] = mapped_column(ForeignKey("expert.code"), index=True)
    until: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None] = mapped_column(String(8))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known outcomes; a closed case has one, a case that is worked on an expert."""
        known = ", ".join(f"'{one}'" for one in OUTCOMES)
        return (
            *super().checks(),
            CheckConstraint(f"outcome IN ({known})", name="known_outcome"),
            CheckConstraint("(status = 'closed') = (outcome IS NOT NULL)", name="closed_with"),
            CheckConstraint("status <> 'assigned' OR expert IS NOT NULL", name="has_expert"),
        )


class CaseNoteRow(Base):
    """What was said about a case; only added."""

    __tablename__ = "case_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case: Mapped[str] = mapped_column(ForeignKey("support_case.code"), index=True)
    text: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class CourseCallRow(RecordRow):
    """What a course is to be that nobody offers: institutions bid on it until the end of the deadline.

    `unmet` are the heads of the whole district that nothing was arranged for as it was opened.
    """

    __tablename__ = "course_call"
    states: ClassVar[tuple[str, ...]] = COURSE_CALL.states

    need: Mapped[str | None] = mapped_column(ForeignKey("need.code"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    title: Mapped[str] = mapped_column(String(200))
    modules: Mapped[str] = mapped_column(Text)
    theory_hours: Mapped[int]
    practice_hours: Mapped[int]
    heads: Mapped[int]
    unmet: Mapped[int]
    ceiling_fen: Mapped[int | None]
    deadline: Mapped[date]
    chosen: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"))
    course: Mapped[str | None] = mapped_column(ForeignKey("course.code"))
    reason: Mapped[str | None] = mapped_column(Text)
    ceiling = Fen("ceiling_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Numbers that are counts; what was awarded led to a course, with a reason."""
        return (
            *super().checks(),
            CheckConstraint("theory_hours >= 0 AND practice_hours >= 0", name="hours"),
            CheckConstraint("heads >= 1 AND unmet >= 0", name="heads_range"),
            CheckConstraint("ceiling_fen >= 0", name="ceiling_not_negative"),
            CheckConstraint(
                "(status = 'awarded') = (course IS NOT NULL) "
                "AND (status <> 'awarded' OR reason IS NOT NULL)",
                name="awarded_with",
            ),
        )


class CourseBidRow(Base):
    """What one institution asks for making and teaching the course, a head, and how it would."""

    __tablename__ = "course_bid"

    id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[str] = mapped_column(ForeignKey("course_call.code"))
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    price_fen: Mapped[int]
    plan: Mapped[str] = mapped_column(Text)
    instructors: Mapped[tuple[str, ...]] = mapped_column(Codes, nullable=True)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    price = Fen("price_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """One bid an institution, which it may change until the deadline."""
        return (
            CheckConstraint("price_fen >= 0", name="price_not_negative"),
            UniqueConstraint("call", "institution"),
        )
