"""What institutions offer: courses and their runs, people, places, slots, assessment dates."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.lifecycles import OFFERING
from store.models.base import Base, Codes, Fen, RecordRow

_OFFER_STATES = OFFERING.states


class CourseRow(RecordRow):
    """A course as an institution writes it; hours are class hours of 45 minutes."""

    __tablename__ = "course"
    states: ClassVar[tuple[str, ...]] = _OFFER_STATES

    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    theory_hours: Mapped[int | None]
    practice_hours: Mapped[int | None]
    self_study_hours: Mapped[int | None]
    price_fen: Mapped[int | None]
    price_per: Mapped[str] = mapped_column(String(5), default="head")
    min_heads: Mapped[int | None]
    max_heads: Mapped[int | None]
    mode: Mapped[str | None] = mapped_column(String(10))
    equipment: Mapped[str | None] = mapped_column(ForeignKey("equipment.code"))
    heads_per_station: Mapped[int] = mapped_column(default=1)
    delivery: Mapped[str] = mapped_column(String(10), default="on_demand")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    filed_on: Mapped[date | None]
    merged_into: Mapped[str | None] = mapped_column(String(40), index=True)
    programme: Mapped[str | None] = mapped_column(String(14))
    specialty: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    occupations: Mapped[list["CourseOccupationRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="CourseOccupationRow.position"
    )
    modules: Mapped[list["CourseModuleRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="CourseModuleRow.position"
    )
    price = Fen("price_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Hours, prices and heads not negative, minimum not above maximum."""
        return (
            *super().checks(),
            CheckConstraint("theory_hours >= 0 AND practice_hours >= 0", name="hours"),
            CheckConstraint("self_study_hours >= 0", name="self_study_not_negative"),
            CheckConstraint("price_fen >= 0", name="price_not_negative"),
            CheckConstraint("price_per IN ('head', 'class')", name="known_price_unit"),
            CheckConstraint("min_heads >= 1 AND max_heads >= 1", name="heads"),
            CheckConstraint("max_heads >= min_heads", name="heads_order"),
            CheckConstraint("heads_per_station >= 1", name="heads_per_station"),
            CheckConstraint("delivery IN ('runs', 'on_demand')", name="known_delivery"),
            CheckConstraint("valid_to >= valid_from", name="validity_order"),
            CheckConstraint(
                "programme IN ('short', 'apprenticeship', 'project', 'start_up', 'degree')",
                name="known_programme",
            ),
        )


class CourseOccupationRow(Base):
    """One occupation a course teaches, with how sure that is."""

    __tablename__ = "course_occupation"

    course: Mapped[str] = mapped_column(
        ForeignKey("course.code", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(ForeignKey("occupation.code"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    confidence: Mapped[float] = mapped_column(default=1.0)
    confirmed_by: Mapped[str | None] = mapped_column(String(80))

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Confidence from 0 to 1."""
        return (CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence_range"),)


class CourseModuleRow(Base):
    """One module of a course, in its order, and how many class hours it takes."""

    __tablename__ = "course_module"

    course: Mapped[str] = mapped_column(
        ForeignKey("course.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(60))
    hours: Mapped[int]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """At least one hour."""
        return (CheckConstraint("hours >= 1", name="hours_positive"),)


class RunRow(RecordRow):
    """A scheduled run of a course: it meets by its weekly pattern from its first day on."""

    __tablename__ = "run"
    states: ClassVar[tuple[str, ...]] = _OFFER_STATES

    course: Mapped[str] = mapped_column(ForeignKey("course.code"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    weekly: Mapped[str] = mapped_column(String(200))
    seats: Mapped[int | None]
    seats_left: Mapped[int | None]
    claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    signup_closes: Mapped[date | None]
    instructor: Mapped[str | None] = mapped_column(ForeignKey("instructor.code"), index=True)
    venue: Mapped[str | None] = mapped_column(ForeignKey("venue.code"))
    filed_on: Mapped[date | None]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Seats left between none and all."""
        return (
            *super().checks(),
            CheckConstraint("seats_left BETWEEN 0 AND seats", name="seats_left_range"),
            CheckConstraint(
                "claimed >= 0 AND claimed <= seats AND seats_left + claimed <= seats",
                name="claimed_range",
            ),
            CheckConstraint("last_day >= first_day", name="days_order"),
        )


class InstructorRow(RecordRow):
    """Who teaches, where they belong, when they can."""

    __tablename__ = "instructor"

    name: Mapped[str] = mapped_column(String(60))
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    employment: Mapped[str] = mapped_column(String(10))
    teaches: Mapped[str] = mapped_column(String(10), default="both")
    max_travel_km: Mapped[float | None]
    day_rate_fen: Mapped[int | None]
    weekly: Mapped[str | None] = mapped_column(String(200))
    institutions_last_year: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    filed_on: Mapped[date | None]
    register_number: Mapped[str | None] = mapped_column(String(20), index=True, unique=True)
    registered_on: Mapped[date | None]
    register_state: Mapped[str | None] = mapped_column(String(10))
    register_ended: Mapped[date | None]
    register_reason: Mapped[str | None] = mapped_column(String(200))
    qualifications: Mapped[list["QualificationRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="QualificationRow.position"
    )
    blackouts: Mapped[list["BlackoutRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="BlackoutRow.first_day"
    )
    day_rate = Fen("day_rate_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known employment and kinds of teaching."""
        return (
            *super().checks(),
            CheckConstraint(
                "employment IN ('full_time', 'part_time', 'expert')", name="known_employment"
            ),
            CheckConstraint("teaches IN ('both', 'theory', 'practice')", name="known_teaching"),
            CheckConstraint("day_rate_fen >= 0", name="day_rate_not_negative"),
            CheckConstraint(
                "register_state IN ('filed', 'changed', 'lapsed', 'struck_off')",
                name="known_register_state",
            ),
        )


class QualificationRow(Base):
    """A trade an instructor may teach, up to a level, until a day."""

    __tablename__ = "qualification"

    instructor: Mapped[str] = mapped_column(
        ForeignKey("instructor.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    valid_to: Mapped[date | None]


class BlackoutRow(Base):
    """Days on which an instructor does not teach."""

    __tablename__ = "blackout"

    instructor: Mapped[str] = mapped_column(
        ForeignKey("instructor.code", ondelete="CASCADE"), primary_key=True
    )
    first_day: Mapped[date] = mapped_column(primary_key=True)
    last_day: Mapped[date]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Not ending before it begins."""
        return (CheckConstraint("last_day >= first_day", name="days_order"),)


class VenueRow(RecordRow):
    """A practical-training base with workstations by equipment type."""

    __tablename__ = "venue"

    name: Mapped[str] = mapped_column(String(120))
    institution: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    area: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    is_open: Mapped[bool] = mapped_column(default=True)
    filed_on: Mapped[date | None]
    base: Mapped[str | None] = mapped_column(String(10))
    is_studio: Mapped[bool | None]
    workstations: Mapped[list["WorkstationRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="WorkstationRow.equipment"
    )

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Buffers in minutes, not negative."""
        return (
            *super().checks(),
            CheckConstraint("buffer_before >= 0 AND buffer_after >= 0", name="buffers"),
            CheckConstraint(
                "base IN ('enterprise', 'street', 'district', 'city', 'province', 'national')",
                name="known_base",
            ),
        )


class WorkstationRow(Base):
    """How many workstations of a type a venue has."""

    __tablename__ = "workstation"

    venue: Mapped[str] = mapped_column(
        ForeignKey("venue.code", ondelete="CASCADE"), primary_key=True
    )
    equipment: Mapped[str] = mapped_column(ForeignKey("equipment.code"), primary_key=True)
    count: Mapped[int]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """At least one."""
        return (CheckConstraint("count >= 1", name="count_positive"),)


class SlotRow(RecordRow):
    """Workstations of one type in one window of one day; minutes after midnight, price a station."""

    __tablename__ = "slot"
    states: ClassVar[tuple[str, ...]] = _OFFER_STATES

    venue: Mapped[str] = mapped_column(ForeignKey("venue.code"), index=True)
    equipment: Mapped[str] = mapped_column(ForeignKey("equipment.code"), index=True)
    day: Mapped[date] = mapped_column(index=True)
    start: Mapped[int]
    end: Mapped[int]
    stations: Mapped[int]
    stations_free: Mapped[int]
    claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    price_fen: Mapped[int | None]
    filed_on: Mapped[date | None]
    price = Fen("price_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Windows inside one day, free stations between none and all."""
        return (
            *super().checks(),
            CheckConstraint('start >= 0 AND "end" > start AND "end" <= 1440', name="window"),
            CheckConstraint("stations_free BETWEEN 0 AND stations", name="stations_free_range"),
            CheckConstraint(
                "claimed >= 0 AND stations_free + claimed <= stations", name="claimed_range"
            ),
            CheckConstraint("price_fen >= 0", name="price_not_negative"),
            UniqueConstraint("venue", "equipment", "day", "start"),
        )


class PurchaseRow(RecordRow):
    """Workstations of a type at a venue that a public body bought for some days, used or not."""

    __tablename__ = "purchase"

    buyer: Mapped[str] = mapped_column(ForeignKey("organisation.code"))
    venue: Mapped[str] = mapped_column(ForeignKey("venue.code"), index=True)
    equipment: Mapped[str] = mapped_column(ForeignKey("equipment.code"))
    stations: Mapped[int]
    price_fen: Mapped[int | None]
    first_day: Mapped[date]
    last_day: Mapped[date]
    note: Mapped[str | None] = mapped_column(String(200))
    price = Fen("price_fen")

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """At least one station, not ending before it begins, a price not negative."""
        return (
            *super().checks(),
            CheckConstraint("stations >= 1", name="stations_positive"),
            CheckConstraint("price_fen >= 0", name="price_not_negative"),
            CheckConstraint("last_day >= first_day", name="days_order"),
        )


class AssessmentRow(RecordRow):
    """One sitting for one occupation and level."""

    __tablename__ = "assessment"
    states: ClassVar[tuple[str, ...]] = _OFFER_STATES

    body: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    occupation: Mapped[str] = mapped_column(ForeignKey("occupation.code"), index=True)
    level: Mapped[int | None] = mapped_column(ForeignKey("skill_level.rank"))
    day: Mapped[date]
    seats: Mapped[int]
    seats_left: Mapped[int]
    claimed: Mapped[int] = mapped_column(default=0, server_default="0")
    filed_on: Mapped[date | None]
    certifies: Mapped[str | None] = mapped_column(String(16))
    self_assessed: Mapped[bool | None]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Seats left between none and all."""
        return (
            *super().checks(),
            CheckConstraint("seats_left BETWEEN 0 AND seats", name="seats_left_range"),
            CheckConstraint("claimed >= 0 AND seats_left + claimed <= seats", name="claimed_range"),
            CheckConstraint(
                "certifies IN ('qualification', 'skill_level', 'special_ability')",
                name="known_certifies",
            ),
        )
