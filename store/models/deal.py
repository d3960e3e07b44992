"""What becomes of a ranked bundle: proposals with their terms and answers, capacity taken, classes."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import ALLOCATION, CLASS, PROPOSAL, WAITING
from store.models.base import CODE, Base, Codes, Instant, RecordRow

RESOURCES = ("run", "slot", "assessment", "instructor")


class ProposalRow(RecordRow):
    """A bundle offered to everyone it concerns; `plan` is JSON, `until` is when its present clock ends.

    Proposals of the same `pool` are one class of several firms and share its stations and people.
    """

    __tablename__ = "proposal"
    states: ClassVar[tuple[str, ...]] = PROPOSAL.states

    need: Mapped[str] = mapped_column(ForeignKey("need.code"), index=True)
    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    course: Mapped[str] = mapped_column(ForeignKey("course.code"), index=True)
    run: Mapped[str | None] = mapped_column(ForeignKey("run.code"))
    venue: Mapped[str | None] = mapped_column(ForeignKey("venue.code"))
    training_class: Mapped[str | None] = mapped_column(
        ForeignKey("training_class.code"), index=True
    )
    decision: Mapped[str | None] = mapped_column(CODE)
    pool: Mapped[str | None] = mapped_column(CODE, index=True)
    allocation: Mapped[str | None] = mapped_column(ForeignKey("allocation.code"), index=True)
    heads: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    plan: Mapped[str] = mapped_column(Text)
    terms: Mapped[int] = mapped_column(default=1)
    until: Mapped[datetime | None] = mapped_column(Instant, index=True)
    fee_fen: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Somebody to train, days in order, money not negative."""
        return (
            *super().checks(),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
            CheckConstraint("last_day >= first_day", name="days_order"),
            CheckConstraint("fee_fen >= 0", name="fee_not_negative"),
            CheckConstraint("terms >= 1", name="terms_from_one"),
        )


class AllocationRow(RecordRow):
    """One plan for rival needs that was applied: under which policy, and what came of it, both as JSON."""

    __tablename__ = "allocation"
    states: ClassVar[tuple[str, ...]] = ALLOCATION.states

    day: Mapped[date]
    policy: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)


class TermsRow(Base):
    """One round of terms of a proposal, as JSON, and who put them forward; they are never changed."""

    __tablename__ = "terms"

    proposal: Mapped[str] = mapped_column(ForeignKey("proposal.code"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    body: Mapped[str] = mapped_column(Text)


class AnswerRow(Base):
    """One organisation's answer for its parts of a proposal, with the clock that runs for it."""

    __tablename__ = "answer"

    proposal: Mapped[str] = mapped_column(ForeignKey("proposal.code"), primary_key=True)
    party: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    parts: Mapped[tuple[str, ...]] = mapped_column(Codes)
    status: Mapped[str] = mapped_column(String(20), default="pending")
    terms: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    due: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known answers; parties look for theirs."""
        return (
            CheckConstraint("status IN ('pending', 'accepted', 'declined')", name="known_status"),
            Index("ix_answer_party_status", "party", "status"),
        )


class BookingRow(Base):
    """Capacity taken, for a while (`held`, until a moment) or for good (`booked`); what ended stays ended.

    Triggers keep the counters of runs, slots and sittings, and refuse an instructor in two places.
    """

    __tablename__ = "booking"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal: Mapped[str | None] = mapped_column(ForeignKey("proposal.code"), index=True)
    waiting: Mapped[str | None] = mapped_column(ForeignKey("waiting.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    resource: Mapped[str] = mapped_column(CODE)
    quantity: Mapped[int]
    day: Mapped[date]
    start: Mapped[int]
    end: Mapped[int]
    status: Mapped[str] = mapped_column(String(12))
    until: Mapped[datetime | None] = mapped_column(Instant)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds and states, a hold ends some time, for one proposal or one waiting firm."""
        kinds = ", ".join(f"'{kind}'" for kind in RESOURCES)
        return (
            CheckConstraint(f"kind IN ({kinds})", name="known_kind"),
            CheckConstraint(
                "status IN ('held', 'booked', 'released', 'expired', 'cancelled')",
                name="known_status",
            ),
            CheckConstraint("quantity >= 1", name="quantity_positive"),
            CheckConstraint("kind <> 'instructor' OR quantity = 1", name="one_instructor"),
            CheckConstraint('start >= 0 AND "end" > start AND "end" <= 1440', name="window"),
            CheckConstraint("status <> 'held' OR until IS NOT NULL", name="holds_end"),
            CheckConstraint("(proposal IS NULL) <> (waiting IS NULL)", name="one_reason"),
            Index("ix_booking_resource_day", "kind", "resource", "day"),
            Index("ix_booking_status_until", "status", "until"),
        )


class TrainingClassRow(RecordRow):
    """Confirmed proposals delivered together; one for a run, or one for an on-demand plan."""

    __tablename__ = "training_class"
    states: ClassVar[tuple[str, ...]] = CLASS.states

    course: Mapped[str] = mapped_column(ForeignKey("course.code"), index=True)
    run: Mapped[str | None] = mapped_column(ForeignKey("run.code"), unique=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    plan: Mapped[str] = mapped_column(Text)
    min_heads: Mapped[int | None]
    decide_by: Mapped[date | None]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Days in order."""
        return (
            *super().checks(),
            CheckConstraint("last_day >= first_day", name="days_order"),
        )


class WaitingRow(RecordRow):
    """A firm that waits for places together; the order of waiting is the order of codes.

    `heads` are the places: seats, or workstations where it waits for a slot.
    """

    __tablename__ = "waiting"
    states: ClassVar[tuple[str, ...]] = WAITING.states

    need: Mapped[str] = mapped_column(ForeignKey("need.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    resource: Mapped[str] = mapped_column(CODE, index=True)
    heads: Mapped[int]
    day: Mapped[date]
    until: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Seats of runs and sittings are waited for, and workstations of slots."""
        return (
            *super().checks(),
            CheckConstraint("kind IN ('run', 'assessment', 'slot')", name="known_kind"),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
        )


class NoShowRow(Base):
    """Heads of a firm that did not come to a class, and what the terms make of it."""

    __tablename__ = "no_show"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal: Mapped[str] = mapped_column(ForeignKey("proposal.code"), index=True)
    heads: Mapped[int]
    fee_fen: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class ContactRow(Base):
    """One call: to whom about which proposal, what came of it, when to try again."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(CODE, index=True)
    party: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Text)
    again: Mapped[datetime | None] = mapped_column(Instant)
    owner: Mapped[str] = mapped_column(CODE, index=True)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
