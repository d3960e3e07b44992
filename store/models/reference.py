"""Reference data: areas, occupations and their other names, levels, equipment, the calendar."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import CODE, Base, Codes, Instant


class AreaRow(Base):
    """A city, district, street or park; a tree with coordinates of varying exactness."""

    __tablename__ = "area"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))
    parent: Mapped[str | None] = mapped_column(ForeignKey("area.code"), index=True)
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    coordinate_source: Mapped[str | None] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds, coordinates on Earth."""
        return (
            CheckConstraint("kind IN ('city', 'district', 'street', 'park')", name="known_kind"),
            CheckConstraint("lat BETWEEN -90 AND 90", name="latitude"),
            CheckConstraint("lng BETWEEN -180 AND 180", name="longitude"),
        )


class OccupationRow(Base):
    """One detailed occupation of the national classification, or a local one for a new trade."""

    __tablename__ = "occupation"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(String(120), index=True)
    marker: Mapped[str | None] = mapped_column(String(8))
    small_class: Mapped[str] = mapped_column(String(120))
    middle_class: Mapped[str] = mapped_column(String(120))
    major_class: Mapped[str] = mapped_column(String(200))


class LocalOccupationRow(Base):
    """What is known of an occupation without a national standard; `mapped_to` is the code that it became."""

    __tablename__ = "local_occupation"

    code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True)
    also: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    near: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    lowest: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    highest: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    source: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    mapped_to: Mapped[str | None] = mapped_column(ForeignKey("occupation.code"))
    mapped_on: Mapped[date | None]
    login: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """A ladder from bottom to top; mapped with its day."""
        return (
            CheckConstraint("highest >= lowest", name="ladder_order"),
            CheckConstraint("(mapped_to IS NULL) = (mapped_on IS NULL)", name="mapped_whole"),
        )


class AliasRow(Base):
    """One way of writing an occupation, official names included; shared words say that they are."""

    __tablename__ = "alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(120))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    is_shared: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120), index=True)
    sound: Mapped[str] = mapped_column(String(400), index=True)
    initials: Mapped[str] = mapped_column(String(120), index=True)
    norm: Mapped[float]
    confirmed_by: Mapped[str | None] = mapped_column(String(80))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """One row for the same words and occupation."""
        return (UniqueConstraint("folded", "occupation"),)


class ConfirmationRow(Base):
    """A person's word that some words mean an occupation; contested where another's says otherwise."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(120))
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"))
    said: Mapped[str] = mapped_column(Text)
    record: Mapped[str | None] = mapped_column(CODE, index=True)
    login: Mapped[str] = mapped_column(String(80))
    owner: Mapped[str] = mapped_column(CODE, index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    is_contested: Mapped[bool] = mapped_column(default=False, index=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """One confirmation for the same words and occupation."""
        return (UniqueConstraint("words", "occupation"),)


class AliasTermRow(Base):
    """In how many names a term occurs: how telling it is."""

    __tablename__ = "alias_term"

    term: Mapped[str] = mapped_column(String(60), primary_key=True)
    times: Mapped[int]


class LevelRow(Base):
    """One step of the configurable ladder of skill levels, lowest rank first."""

    __tablename__ = "skill_level"

    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number_form: Mapped[str | None] = mapped_column(String(10))
    grade_form: Mapped[str] = mapped_column(String(20))
    english: Mapped[str] = mapped_column(String(60))


class EquipmentRow(Base):
    """A type of workstation."""

    __tablename__ = "equipment"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    english: Mapped[str | None] = mapped_column(String(60))


class CalendarDayRow(Base):
    """A public day off or a make-up workday; other days are what their weekday says."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds."""
        return (CheckConstraint("kind IN ('day_off', 'makeup_workday')", name="known_kind"),)
