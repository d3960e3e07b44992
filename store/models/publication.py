"""What is told to the public: bulletins as they were figured out once, their log, and targets."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.lifecycles import BULLETIN
from store.models.base import CODE, Base, Instant, RecordRow


class BulletinRow(RecordRow):
    """Figures about a period, worked out once: `snapshot` is JSON, `digest` its SHA-256, never changed."""

    __tablename__ = "bulletin"
    states: ClassVar[tuple[str, ...]] = BULLETIN.states

    kind: Mapped[str] = mapped_column(String(10))
    first: Mapped[date]
    last: Mapped[date]
    area: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    title: Mapped[str | None] = mapped_column(String(120))
    as_of: Mapped[date]
    snapshot: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds, days in order."""
        return (
            *super().checks(),
            CheckConstraint(
                "kind IN ('monthly', 'quarterly', 'yearly', 'one_off')", name="known_kind"
            ),
            CheckConstraint("last >= first", name="days_order"),
        )


class PublicationRow(Base):
    """One line of the publication log: what was published or withdrawn, when, by whom, from which data.

    `documents` is JSON: the SHA-256 of each document as it was drawn at that moment.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    bulletin: Mapped[str] = mapped_column(ForeignKey("bulletin.code"), index=True)
    act: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime] = mapped_column(Instant)
    login: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64))
    documents: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known acts."""
        return (CheckConstraint("act IN ('publish', 'withdraw')", name="known_act"),)


class TargetRow(Base):
    """What one unit, a centre or an area, is to reach of an indicator in a period."""

    __tablename__ = "target"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(CODE)
    unit_kind: Mapped[str] = mapped_column(String(10))
    indicator: Mapped[str] = mapped_column(String(20))
    first: Mapped[date]
    last: Mapped[date]
    value: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds of unit, something to reach, one target for the same thing."""
        return (
            CheckConstraint("unit_kind IN ('centre', 'area')", name="known_unit"),
            CheckConstraint("value >= 1", name="value_positive"),
            CheckConstraint("last >= first", name="days_order"),
            UniqueConstraint("unit", "indicator", "first", "last"),
        )
