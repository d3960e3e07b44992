"""What enterprises ask for."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.lifecycles import NEED
from store.models.base import Base, Codes, Fen, Instant, RecordRow


class NeedRow(RecordRow):
    """A training need as a firm put it, with what was understood of it."""

    __tablename__ = "need"
    states: ClassVar[tuple[str, ...]] = NEED.states

    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    heads: Mapped[int]
    can_split: Mapped[bool] = mapped_column(default=False)
    min_group: Mapped[int | None]
    earliest: Mapped[date]
    latest: Mapped[date | None]
    weekly: Mapped[str | None] = mapped_column(String(200))
    area: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    max_travel_km: Mapped[float | None]
    budget_fen: Mapped[int | None]
    mode: Mapped[str | None] = mapped_column(String(10))
    certificate: Mapped[bool] = mapped_column(default=False)
    min_practice_hours: Mapped[int | None]
    type: Mapped[str | None] = mapped_column(String(10))
    apart_from: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    only_modules: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    source: Mapped[str | None] = mapped_column(String(60))
    priority: Mapped[int] = mapped_column(default=0)
    vacancy: Mapped[str | None] = mapped_column(ForeignKey("vacancy.code"), index=True)
    occupations: Mapped[list["NeedOccupationRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="NeedOccupationRow.position"
    )
    budget = Fen("budget_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Heads from 1, windows that do not end before they begin, money not negative."""
        return (
            *super().checks(),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
            CheckConstraint("latest >= earliest", name="window_order"),
            CheckConstraint("budget_fen >= 0", name="budget_not_negative"),
            CheckConstraint("max_travel_km > 0", name="travel_positive"),
            CheckConstraint("min_group BETWEEN 1 AND heads", name="min_group_range"),
        )


class EndorsementRow(Base):
    """A trade committee or alliance that stands behind a need, and why."""

    __tablename__ = "endorsement"

    need: Mapped[str] = mapped_column(ForeignKey("need.code"), primary_key=True)
    association: Mapped[str] = mapped_column(ForeignKey("association.code"), primary_key=True)
    day: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class NeedOccupationRow(Base):
    """One occupation a need may mean, with how sure that is and who confirmed it."""

    __tablename__ = "need_occupation"

    need: Mapped[str] = mapped_column(ForeignKey("need.code", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    confidence: Mapped[float] = mapped_column(default=1.0)
    confirmed_by: Mapped[str | None] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Confidence from 0 to 1."""
        return (CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),)
