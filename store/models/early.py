"""What comes before a need is asked for: yearly plans of firms, and needs suggested from what is known."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import SUGGESTION
from store.models.base import Codes, Instant, RecordRow

PROGRAMMES = ("short", "apprenticeship", "project")
CAUSES = ("certificate", "apprenticeship", "plan", "coverage")
NEED_TYPES = ("pre_post", "on_post", "transfer", "order", "directed")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class PlanLineRow(RecordRow):
    """So many heads of one trade that a firm plans to train in a quarter; `months` is the term of it."""

    __tablename__ = "training_plan"

    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    year: Mapped[int]
    quarter: Mapped[int]
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    heads: Mapped[int]
    programme: Mapped[str] = mapped_column(String(14))
    months: Mapped[int | None]
    type: Mapped[str] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(String(20))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known programmes, quarters of a year; an apprenticeship has a term."""
        return (
            *super().checks(),
            CheckConstraint("year BETWEEN 2000 AND 2100", name="year_range"),
            CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter_range"),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
            CheckConstraint("months BETWEEN 1 AND 60", name="months_range"),
            CheckConstraint(_one_of("programme", PROGRAMMES), name="known_programme"),
            CheckConstraint(_one_of("type", NEED_TYPES), name="known_type"),
            CheckConstraint("programme <> 'apprenticeship' OR months IS NOT NULL", name="has_term"),
        )


class SuggestionRow(RecordRow):
    """A need that nobody has asked for yet, and the facts that speak for it.

    `subject` is what it is about (cause, firm, trade, level): the same facts are suggested once.
    `due` is the day that the cause comes true, `until` the moment by which a person should have looked.
    """

    __tablename__ = "suggestion"
    states: ClassVar[tuple[str, ...]] = SUGGESTION.states

    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    cause: Mapped[str] = mapped_column(String(14))
    subject: Mapped[str] = mapped_column(String(120))
    facts: Mapped[tuple[str, ...]] = mapped_column(Codes, nullable=True)
    occupation: Mapped[str | None] = mapped_column(ForeignKey("occupation.code"))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    heads: Mapped[int]
    type: Mapped[str] = mapped_column(String(10))
    certificate: Mapped[bool]
    earliest: Mapped[date]
    latest: Mapped[date]
    due: Mapped[date]
    until: Mapped[datetime] = mapped_column(Instant)
    need: Mapped[str | None] = mapped_column(ForeignKey("need.code"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known causes; what was accepted became a need, what was dismissed has a reason."""
        return (
            *super().checks(),
            CheckConstraint(_one_of("cause", CAUSES), name="known_cause"),
            CheckConstraint(_one_of("type", NEED_TYPES), name="known_type"),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
            CheckConstraint("latest >= earliest", name="window_order"),
            CheckConstraint("(status = 'accepted') = (need IS NOT NULL)", name="became_a_need"),
            CheckConstraint("status <> 'dismissed' OR reason IS NOT NULL", name="has_reason"),
            Index("ix_suggestion_owner_subject", "owner", "subject"),
        )
