"""What institutions have filed, who looked at what was submitted, and records that were found to be one."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import CODE, Base, Instant


class FilingRow(Base):
    """An institution's word that its records of a kind are true, for the period that begins on a day.

    `fresh`, `changed` and `same` count its records: new since the filing before, changed, or neither.
    """

    __tablename__ = "filing"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    kind: Mapped[str] = mapped_column(String(20))
    period: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    how: Mapped[str] = mapped_column(String(10))
    fresh: Mapped[int]
    changed: Mapped[int]
    same: Mapped[int]
    day: Mapped[date]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """One filing a period and kind."""
        return (
            CheckConstraint("status IN ('filed', 'late')", name="known_status"),
            CheckConstraint("how IN ('new', 'changed', 'same')", name="known_how"),
            CheckConstraint("fresh >= 0 AND changed >= 0 AND same >= 0", name="counts"),
            UniqueConstraint("institution", "kind", "period"),
        )


class VerificationRow(Base):
    """How far a record that was submitted has come: who submitted, checked, published or returned it."""

    __tablename__ = "verification"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    status: Mapped[str] = mapped_column(String(10), index=True)
    submitted_by: Mapped[str] = mapped_column(String(80))
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    checked_by: Mapped[str | None] = mapped_column(String(80))
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(String(80))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known states."""
        return (
            CheckConstraint(
                "status IN ('submitted', 'checked', 'published', 'returned')", name="known_status"
            ),
        )


class MergeRow(Base):
    """One record that became part of another; `moved` says as JSON which references went with it."""

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    kept: Mapped[str] = mapped_column(CODE)
    lost: Mapped[str] = mapped_column(CODE)
    status_before: Mapped[str] = mapped_column(String(20))
    moved: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds, of two records."""
        return (
            CheckConstraint("kind IN ('enterprise', 'institution', 'course')", name="known_kind"),
            CheckConstraint("kept <> lost", name="two_records"),
            Index("ix_merge_kind_kept", "kind", "kept"),
        )


class ApartRow(Base):
    """Two records that look alike and are not the same, as somebody said; the lower code first."""

    __tablename__ = "apart"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    one: Mapped[str] = mapped_column(CODE, primary_key=True)
    other: Mapped[str] = mapped_column(CODE, primary_key=True)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """In one order only."""
        return (CheckConstraint("one < other", name="in_order"),)
