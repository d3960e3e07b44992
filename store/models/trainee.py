"""People who are trained: their file, identity number, rosters, attendance, results, credits, outcome."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matching.subsidy.facts import CATEGORIES
from store.models.base import CODE, Base, Instant, RecordRow

FUNDINGS = ("firm", "government", "trainee")
MARKS = ("present", "absent", "late", "leave")
RESULTS = ("passed", "failed", "absent")
OUTCOMES = ("same_post", "promoted", "new_job", "self_employed", "unemployed", "not_reached")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class TraineeRow(RecordRow):
    """One person as one centre knows them; a merged file points at the one that goes on."""

    __tablename__ = "trainee"
    states: ClassVar[tuple[str, ...]] = ("active", "merged", "anonymised")

    name: Mapped[str] = mapped_column(String(60), index=True)
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    number: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(Text)
    experience: Mapped[str | None] = mapped_column(Text)
    employer: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("trainee.code"), index=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known categories; a centre gives each of its numbers once; only merged files point elsewhere."""
        return (
            *super().checks(),
            CheckConstraint(_one_of("category", CATEGORIES), name="known_category"),
            CheckConstraint(
                "(status = 'merged') = (merged_into IS NOT NULL)", name="merged_points"
            ),
            UniqueConstraint("owner", "number"),
        )


class IdentityRow(Base):
    """An encrypted identity number: what is stored, its keyed digest for equality, what may be shown."""

    __tablename__ = "trainee_identity"

    trainee: Mapped[str] = mapped_column(ForeignKey("trainee.code"), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    shown: Mapped[str] = mapped_column(String(18))
    key: Mapped[str] = mapped_column(String(16))


class EnrolmentRow(Base):
    """One trainee on the roster of one class, on a place of one firm's proposal."""

    __tablename__ = "enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_class: Mapped[str] = mapped_column(ForeignKey("training_class.code"))
    trainee: Mapped[str] = mapped_column(ForeignKey("trainee.code"), index=True)
    proposal: Mapped[str] = mapped_column(ForeignKey("proposal.code"), index=True)
    funding: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12), default="enrolled")
    reason: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known states and payers; a person stands on a roster once."""
        states = ("enrolled", "swapped", "dropped", "completed")
        return (
            CheckConstraint(_one_of("status", states), name="known_status"),
            CheckConstraint(_one_of("funding", FUNDINGS), name="known_funding"),
            UniqueConstraint("training_class", "trainee"),
        )


class AttendanceRow(Base):
    """One trainee at one session; `start` is in minutes after midnight, -1 where the plan has no times.

    `came` is the minute of the device's first stamp.
    """

    __tablename__ = "attendance"

    enrolment: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(String(8))
    source: Mapped[str] = mapped_column(String(8))
    came: Mapped[int | None]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known marks and sources."""
        return (
            CheckConstraint(_one_of("mark", MARKS), name="known_mark"),
            CheckConstraint(_one_of("source", ("hand", "device")), name="known_source"),
            CheckConstraint("start BETWEEN -1 AND 1440", name="start_range"),
        )


class ResultRow(Base):
    """What one attempt at an assessment came to, with the certificate where it was passed."""

    __tablename__ = "assessment_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), index=True)
    attempt: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(8))
    day: Mapped[date] = mapped_column(index=True)
    occupation: Mapped[str] = mapped_column(CODE)
    level: Mapped[int | None]
    certificate: Mapped[str | None] = mapped_column(String(60))
    valid_to: Mapped[date | None]
    voided: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known outcomes; a certificate only for those who passed; each attempt once."""
        return (
            CheckConstraint(_one_of("outcome", RESULTS), name="known_outcome"),
            CheckConstraint("certificate IS NULL OR outcome = 'passed'", name="passed_first"),
            CheckConstraint("level BETWEEN 1 AND 8", name="level_range"),
            UniqueConstraint("enrolment", "attempt"),
        )


class CreditRow(Base):
    """One entry of the credit ledger, never changed; a reversal takes its original's points back."""

    __tablename__ = "credit"

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee: Mapped[str] = mapped_column(ForeignKey("trainee.code"))
    points: Mapped[int]
    source: Mapped[str] = mapped_column(String(60))
    day: Mapped[date]
    expires: Mapped[date | None]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("credit.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Points are given, or taken back by a reversal."""
        return (
            CheckConstraint("(points < 0) = (reverses IS NOT NULL)", name="only_reversals"),
            CheckConstraint("points BETWEEN -10000 AND 10000", name="points_range"),
            Index("ix_credit_trainee_day", "trainee", "day"),
        )


class OutcomeRow(Base):
    """What somebody does ninety days after a certificate."""

    __tablename__ = "employment_outcome"

    result: Mapped[int] = mapped_column(ForeignKey("assessment_result.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)
    vacancy: Mapped[str | None] = mapped_column(ForeignKey("vacancy.code"), index=True)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known outcomes."""
        return (CheckConstraint(_one_of("kind", OUTCOMES), name="known_kind"),)
