"""What raters say of classes, the formulas by version, published scores, and the standing of institutions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import CODE, Base, Instant

RATER_GROUPS = ("trainee", "instructor", "enterprise", "agency")
SCORED = ("institution", "course", "instructor")
ENTRIES = ("admission", "inspection", "sanction", "exit", "reward")
SANCTIONS = ("notice", "suspended", "delisted", "unfunded")


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words)


class OpinionRow(Base):
    """What one rater said of one class in one quarter; rows are added, the latest of a rater counts.

    `scores` is JSON of marks from 1 to 5 by question; `period` is the first day of the quarter.
    """

    __tablename__ = "opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_class: Mapped[str] = mapped_column(ForeignKey("training_class.code"), index=True)
    rater_group: Mapped[str] = mapped_column(String(12))
    rater: Mapped[str] = mapped_column(String(60))
    period: Mapped[date]
    day: Mapped[date]
    scores: Mapped[str] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known groups; the day is not before its quarter."""
        return (
            CheckConstraint(f"rater_group IN ({_quoted(RATER_GROUPS)})", name="known_group"),
            CheckConstraint("day >= period", name="day_in_period"),
        )


class RatingRow(Base):
    """A class that an agency is asked to rate; what it said is an opinion."""

    __tablename__ = "rating"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    training_class: Mapped[str] = mapped_column(ForeignKey("training_class.code"))
    agency: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    due: Mapped[date | None]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """An agency is asked about a class once."""
        return (UniqueConstraint("training_class", "agency"),)


class FormulaRow(Base):
    """One version of the formula of scores, as JSON, in force for quarters from `valid_from` on."""

    __tablename__ = "score_formula"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    valid_from: Mapped[date]
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Versions from 2: the first is built in."""
        return (CheckConstraint("version >= 2", name="version_range"),)


class ScoreRow(Base):
    """One published score, never changed; `body` is JSON of every indicator it was made from."""

    __tablename__ = "published_score"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    formula: Mapped[int]
    score: Mapped[float | None]
    count: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds, scores in percent."""
        return (
            CheckConstraint(f"kind IN ({_quoted(SCORED)})", name="known_kind"),
            CheckConstraint("score BETWEEN 0 AND 100", name="score_percent"),
            CheckConstraint("count >= 0", name="count_not_negative"),
        )


class StandingRow(Base):
    """One entry in the file of an institution; `last_day` is empty while no end is known.

    A lifted sanction keeps its days; `lifted_on` is the first day on which it does not hold any more.
    """

    __tablename__ = "standing"

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    entry: Mapped[str] = mapped_column(String(12))
    type: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(60))
    scope: Mapped[str | None] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    lifted_on: Mapped[date | None]
    lifted_by: Mapped[str | None] = mapped_column(String(80))
    lifted_why: Mapped[str | None] = mapped_column(Text)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known entries and sanctions, days in order, only sanctions are lifted."""
        return (
            CheckConstraint(f"entry IN ({_quoted(ENTRIES)})", name="known_entry"),
            CheckConstraint(
                f"entry <> 'sanction' OR type IN ({_quoted(SANCTIONS)})", name="known_sanction"
            ),
            CheckConstraint("last_day >= first_day", name="days_order"),
            CheckConstraint("lifted_on IS NULL OR entry = 'sanction'", name="only_sanctions"),
            Index("ix_standing_institution_entry", "institution", "entry"),
        )
