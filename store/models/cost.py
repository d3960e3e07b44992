"""What institutions agreed on the running costs of a room that they share."""

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Fen, RecordRow


class CostRow(RecordRow):
    """What an hour of a workstation costs at a venue on some days; without equipment, of every type."""

    __tablename__ = "shared_cost"

    venue: Mapped[str] = mapped_column(ForeignKey("venue.code"), index=True)
    equipment: Mapped[str | None] = mapped_column(ForeignKey("equipment.code"))
    hour_fen: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))
    hour = Fen("hour_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """It costs something, and does not end before it begins."""
        return (
            *super().checks(),
            CheckConstraint("hour_fen BETWEEN 1 AND 100000000", name="hour_range"),
            CheckConstraint("last_day >= first_day", name="days_order"),
        )


class CostShareRow(Base):
    """The percent of a shared cost that one institution bears; those of one cost add up to 100."""

    __tablename__ = "cost_share"

    cost: Mapped[str] = mapped_column(ForeignKey("shared_cost.code"), primary_key=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    percent: Mapped[int]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """A part of the whole."""
        return (CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"),)
