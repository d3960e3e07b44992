"""Surveys of demand, and what firms answered."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Codes, Instant, RecordRow


class SurveyRow(RecordRow):
    """Which firms are asked about which trades, in the weeks of two Mondays and between, until a day."""

    __tablename__ = "survey"
    states: ClassVar[tuple[str, ...]] = ("planned", "closed", "withdrawn")

    title: Mapped[str] = mapped_column(String(120))
    association: Mapped[str | None] = mapped_column(ForeignKey("association.code"))
    firms: Mapped[tuple[str, ...]] = mapped_column(Codes)
    trades: Mapped[tuple[str, ...]] = mapped_column(Codes)
    first: Mapped[date]
    last: Mapped[date]
    due: Mapped[date]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Weeks in order."""
        return (*super().checks(), CheckConstraint("last >= first", name="weeks_order"))


class SurveyAnswerRow(Base):
    """Heads of one trade that one firm wanted in one week; `source` says where the answer is from."""

    __tablename__ = "survey_answer"

    survey: Mapped[str] = mapped_column(ForeignKey("survey.code"), primary_key=True)
    firm: Mapped[str] = mapped_column(ForeignKey("organisation.code"), primary_key=True)
    trade: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    heads: Mapped[int]
    source: Mapped[str] = mapped_column(String(120))
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Counts."""
        return (CheckConstraint("heads BETWEEN 0 AND 500", name="heads_range"),)
