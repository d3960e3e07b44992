"""What a district watches: rules of warnings, what was done about them, shortage lists, past demand."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import SHORTAGE
from store.models.base import CODE, Base, Codes, Instant, RecordRow

WARNING_KINDS = ("gap", "trend", "certificate", "filing", "use", "waiting")
SEVERITIES = ("notice", "warning", "alarm")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class WarningRuleRow(Base):
    """When something is a warning: limits in heads, days and percent, of which a kind uses some."""

    __tablename__ = "warning_rule"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    severity: Mapped[str] = mapped_column(String(8))
    is_on: Mapped[bool]
    heads: Mapped[int | None]
    days: Mapped[int | None]
    percent: Mapped[int | None]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds and severities, limits that are not negative."""
        return (
            CheckConstraint(f"kind IN ({_quoted(WARNING_KINDS)})", name="known_kind"),
            CheckConstraint(f"severity IN ({_quoted(SEVERITIES)})", name="known_severity"),
            CheckConstraint("heads >= 0 AND days >= 0 AND percent >= 0", name="limits"),
        )


class WarningNoteRow(Base):
    """What an organisation does about one of its warnings: who sees to it, and until when."""

    __tablename__ = "warning_note"

    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    warning: Mapped[str] = mapped_column(String(120), primary_key=True)
    login: Mapped[str] = mapped_column(String(80))
    assignee: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    until: Mapped[date]
    note: Mapped[str | None] = mapped_column(Text)


class ShortageListRow(RecordRow):
    """One version of the list of trades in urgent need; `day` is the day its figures are of."""

    __tablename__ = "shortage_list"
    states: ClassVar[tuple[str, ...]] = SHORTAGE.states

    day: Mapped[date]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by: Mapped[str | None] = mapped_column(String(80))
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Days in order; whoever signed is known."""
        return (
            *super().checks(),
            CheckConstraint("valid_to >= valid_from", name="days_order"),
            CheckConstraint("status = 'draft' OR signed_by IS NOT NULL OR reason IS NOT NULL",
                            name="signed_or_told"),
        )  # fmt: skip


class ShortageEntryRow(Base):
    """A trade of a shortage list, with the figures it stands there for: heads, days, heads to come."""

    __tablename__ = "shortage_entry"

    list: Mapped[str] = mapped_column(
        ForeignKey("shortage_list.code", ondelete="CASCADE"), primary_key=True
    )
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    position: Mapped[int]
    needed: Mapped[int]
    served: Mapped[int]
    waits: Mapped[int]
    forecast: Mapped[int]
    weeks: Mapped[int]
    grounds: Mapped[tuple[str, ...]] = mapped_column(Codes, nullable=True)
    note: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Nobody is served who is not asked for."""
        return (
            CheckConstraint("needed >= served AND served >= 0", name="heads"),
            CheckConstraint("waits >= 0 AND forecast >= 0 AND weeks >= 0", name="not_negative"),
            Index("ix_shortage_entry_occupation", "occupation"),
        )


class DemandHistoryRow(Base):
    """Heads asked for in the week of a Monday before the store knew of needs; `source` says who counted."""

    __tablename__ = "demand_history"

    owner: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    heads: Mapped[int]
    source: Mapped[str] = mapped_column(String(120))
    survey: Mapped[str | None] = mapped_column(CODE)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Counts."""
        return (CheckConstraint("heads >= 0", name="heads"),)
