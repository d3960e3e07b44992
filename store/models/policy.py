"""Subsidies: editions of rule sets, claims, what firms say of their training fund, duties of instructors."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import CLAIM
from store.models.base import CODE, Base, Codes, Instant, RecordRow

_FEN = BigInteger().with_variant(Integer(), "sqlite")  # a year's payroll, on PostgreSQL too


class PolicyEditionRow(Base):
    """One edition of an area's rule set, its rules as JSON; a published one is never changed."""

    __tablename__ = "policy_edition"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    area: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(12))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known states, days in order, numbers from 1."""
        return (
            CheckConstraint("status IN ('draft', 'published')", name="known_status"),
            CheckConstraint("valid_to >= valid_from", name="validity_order"),
            CheckConstraint("number >= 1 AND version >= 1", name="numbers_positive"),
        )


class ClaimRow(RecordRow):
    """Money asked for under one rule for one person; `once` is taken by one live claim only, whoever asks."""

    __tablename__ = "subsidy_claim"
    states: ClassVar[tuple[str, ...]] = CLAIM.states

    person: Mapped[str] = mapped_column(CODE, index=True)
    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    training_class: Mapped[str | None] = mapped_column(CODE)
    policy: Mapped[str] = mapped_column(CODE)
    number: Mapped[int]
    rule: Mapped[str] = mapped_column(CODE)
    kind: Mapped[str] = mapped_column(String(20))
    occupation: Mapped[str | None] = mapped_column(ForeignKey("occupation.code"))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    day: Mapped[date]
    certificate_day: Mapped[date | None]
    submit_by: Mapped[date | None]
    due: Mapped[datetime | None] = mapped_column(Instant)
    amount_fen: Mapped[int]
    papers: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    facts: Mapped[str] = mapped_column(Text)
    once: Mapped[str | None] = mapped_column(String(200), unique=True)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Money not negative."""
        return (
            *super().checks(),
            CheckConstraint("amount_fen >= 0", name="amount_not_negative"),
            Index("ix_subsidy_claim_policy_day", "policy", "day"),
        )


class FundYearRow(Base):
    """What a firm paid and spent on training in a year, in fen; null where nobody said."""

    __tablename__ = "fund_year"

    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    payroll_fen: Mapped[int | None] = mapped_column(_FEN)
    spent_fen: Mapped[int | None] = mapped_column(_FEN)
    front_fen: Mapped[int | None] = mapped_column(_FEN)
    staff: Mapped[int | None]
    owner: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Years of this century, nothing negative, the part not above the whole."""
        return (
            CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
            CheckConstraint(
                "payroll_fen >= 0 AND spent_fen >= 0 AND front_fen >= 0 AND staff >= 0",
                name="not_negative",
            ),
            CheckConstraint("front_fen <= spent_fen", name="part_of_whole"),
        )


class InstructorDutyRow(Base):
    """A refresher that an instructor attended, or days that they worked on a shop floor."""

    __tablename__ = "instructor_duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    instructor: Mapped[str] = mapped_column(ForeignKey("instructor.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date]
    days: Mapped[int]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds, at least a day."""
        return (
            CheckConstraint("kind IN ('refresher', 'shop_floor')", name="known_kind"),
            CheckConstraint("days BETWEEN 1 AND 366", name="days_range"),
        )
