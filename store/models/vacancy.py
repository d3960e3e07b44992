"""Posts that firms want to fill, and certificate holders who were referred to them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Base, Instant, RecordRow

REFERRALS = ("open", "hired", "declined", "refused")


class VacancyRow(RecordRow):
    """So many heads that a firm looks for by a day, in its own words and as an occupation."""

    __tablename__ = "vacancy"

    enterprise: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    occupation: Mapped[str | None] = mapped_column(ForeignKey("occupation.code"))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    heads: Mapped[int]
    until: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Heads from 1."""
        return (
            *super().checks(),
            CheckConstraint("heads BETWEEN 1 AND 500", name="heads_range"),
        )


class ReferralRow(Base):
    """Somebody with a certificate, referred to a vacancy once, and what came of it."""

    __tablename__ = "referral"

    id: Mapped[int] = mapped_column(primary_key=True)
    vacancy: Mapped[str] = mapped_column(ForeignKey("vacancy.code"))
    trainee: Mapped[str] = mapped_column(ForeignKey("trainee.code"), index=True)
    day: Mapped[date]
    result: Mapped[str] = mapped_column(String(8), default="open")
    result_day: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known results, which have a day once there is one."""
        known = ", ".join(f"'{one}'" for one in REFERRALS)
        return (
            CheckConstraint(f"result IN ({known})", name="known_result"),
            CheckConstraint("(result = 'open') = (result_day IS NULL)", name="result_dated"),
            CheckConstraint("result_day >= day", name="days_order"),
            UniqueConstraint("vacancy", "trainee"),
        )
