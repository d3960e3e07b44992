"""How classes are watched: visits with findings, draws, what was said of risk flags, who is in charge."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import VISIT
from store.models.base import Base, Codes, Instant, RecordRow

FINDING_SEVERITIES = ("minor", "major", "grave")
RISK_DECISIONS = ("confirmed", "dismissed")
CHARGES = ("organises", "supervises")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class DrawRow(RecordRow):
    """One draw of classes to be visited; `population` is JSON of codes with their tickets, `drawn` in order.

    Never changed: everything that the draw is proven with again stands in it.
    """

    __tablename__ = "spot_draw"

    first_day: Mapped[date]
    last_day: Mapped[date]
    day: Mapped[date]
    at: Mapped[datetime] = mapped_column(Instant)
    seed: Mapped[str] = mapped_column(String(120))
    algorithm: Mapped[str] = mapped_column(String(40))
    weighing: Mapped[str] = mapped_column(String(12))
    percent: Mapped[int]
    population: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    drawn: Mapped[tuple[str, ...]] = mapped_column(Codes, nullable=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Days in order, a share of the classes, a known way of weighing."""
        return (
            *super().checks(),
            CheckConstraint("last_day >= first_day", name="days_order"),
            CheckConstraint("percent BETWEEN 1 AND 100", name="percent_range"),
            CheckConstraint("weighing IN ('equal', 'risk')", name="known_weighing"),
        )


class VisitRow(RecordRow):
    """One visit to one session of a class; `start` in minutes after midnight, `answers` JSON by item."""

    __tablename__ = "visit"
    states: ClassVar[tuple[str, ...]] = VISIT.states

    training_class: Mapped[str] = mapped_column(ForeignKey("training_class.code"), index=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    draw: Mapped[str | None] = mapped_column(ForeignKey("spot_draw.code"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    day: Mapped[date] = mapped_column(index=True)
    start: Mapped[int | None]
    visitor: Mapped[str] = mapped_column(String(80))
    checklist: Mapped[int]
    answers: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    follow_up: Mapped[date | None] = mapped_column(index=True)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(String(80))
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_by: Mapped[str | None] = mapped_column(String(80))
    closing: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Announced or not; what was recorded has answers; what was closed was closed by somebody."""
        return (
            *super().checks(),
            CheckConstraint("kind IN ('planned', 'unplanned')", name="known_kind"),
            CheckConstraint("start BETWEEN -1 AND 1440", name="start_range"),
            CheckConstraint(
                "status IN ('planned', 'withdrawn') OR answers IS NOT NULL", name="recorded"
            ),
            CheckConstraint("status <> 'closed' OR closed_by IS NOT NULL", name="closed_by_whom"),
        )


class FindingRow(Base):
    """One thing found at a visit: the item of the checklist it is about, how bad, and what it was."""

    __tablename__ = "visit_finding"

    visit: Mapped[str] = mapped_column(
        ForeignKey("visit.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(40))
    severity: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known severities."""
        words = _quoted(FINDING_SEVERITIES)
        return (CheckConstraint(f"severity IN ({words})", name="known_severity"),)


class RiskDecisionRow(Base):
    """What a supervisor said of one risk flag; the newest word counts, the trail keeps those before."""

    __tablename__ = "risk_decision"

    flag: Mapped[str] = mapped_column(String(160), primary_key=True)
    decision: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known words, a reason."""
        return (
            CheckConstraint(f"decision IN ({_quoted(RISK_DECISIONS)})", name="known_decision"),
            CheckConstraint("reason <> ''", name="reason_given"),
        )


class ChargeRow(Base):
    """Which organisation and which person answers for a class: for its holding, for its supervision."""

    __tablename__ = "class_charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_class: Mapped[str] = mapped_column(ForeignKey("training_class.code"))
    part: Mapped[str] = mapped_column(String(12))
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    person: Mapped[str] = mapped_column(String(60))
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known parts, each once a class."""
        return (
            CheckConstraint(f"part IN ({_quoted(CHARGES)})", name="known_part"),
            UniqueConstraint("training_class", "part"),
        )
