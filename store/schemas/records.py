"""Drafts and views of every kind of record."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from store.schemas.fields import (
    LADDER,
    STORED,
    Cell,
    Clock,
    Code,
    CodeTuple,
    Count,
    Day,
    Heads,
    Hours,
    Kilometres,
    Latitude,
    Level,
    Longitude,
    Text20,
    Text60,
    Text120,
    Text200,
    Text500,
    Weekly,
    Yes,
    Yuan,
    read_items,
    read_mode,
)

ModeName = Annotated[Literal["centre", "firm", "blended", "online"], BeforeValidator(read_mode)]
_MODULE = re.compile(r"(?P<title>.+?)[\s:：]*(?P<hours>\d+)\s*(?:课时|学时)?")
OfferState = Literal["draft", "submitted", "checked", "published", "paused"]


def _in_order(first: Any, last: Any, code: str) -> None:
    if first is not None and last is not None and last < first:
        raise PydanticCustomError(code, code, {"first": str(first), "last": str(last)})


class Draft(BaseModel):
    """What a person typed, checked but not reworded."""

    # Built on first use: a session needs few of the kinds, and building all costs it 70 ms.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        from_attributes=True,
        defer_build=True,
        hide_input_in_errors=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unknown(cls, data: Any) -> Any:
        """An empty cell says nothing, so the field's own default stands."""
        if isinstance(data, dict):
            return {key: value for key, value in data.items() if value != "" and value is not None}
        return data


class Recorded(BaseModel):
    """What the store adds to a record."""

    code: str
    owner: str
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


class Stated(Recorded):
    """A record whose state only services set."""

    status: str


class Withdrawable(Recorded):
    """A record whose state people set, all but the last: `withdrawn` is shown, never typed."""

    status: Any


class OccupationPart(Draft):
    """An occupation a record means, how sure that is (0..1), and who confirmed it."""

    code: Code
    confidence: float = Field(default=1.0, ge=0, le=1)
    confirmed_by: str | None = None


class QualificationPart(Draft):
    """A trade an instructor may teach, up to a level, until a day."""

    occupation: Code
    level: Level | None = None
    valid_to: Day | None = None


class BlackoutPart(Draft):
    """Days without teaching."""

    first_day: Day
    last_day: Day

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The days make sense."""
        _in_order(self.first_day, self.last_day, "days_order")
        return self


class WorkstationPart(Draft):
    """How many workstations of a type."""

    equipment: Code
    count: int = Field(ge=1, le=10_000)


class ModulePart(Draft):
    """A module of a course and its class hours."""

    title: Text60
    hours: Annotated[int, Field(ge=1, le=5000)]


class MemberPart(Draft):
    """An organisation of an association, from a day to a day where these are known."""

    organisation: Code
    first_day: Day | None = None
    last_day: Day | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The days make sense."""
        _in_order(self.first_day, self.last_day, "days_order")
        return self


def _items(value: str) -> list[str]:
    return [item.strip() for item in re.split(r"[;；]", value) if item.strip()]


def _read_occupations(value: object) -> object:
    """`6-18-01-01` or `6-18-01-01:0.8; 6-18-01-02:0.5`."""
    if not isinstance(value, str):
        return value
    parts = []
    for item in _items(value):
        code, _, confidence = item.partition(":")
        parts.append({"code": code.strip(), "confidence": confidence.strip() or 1.0})
    return tuple(parts)


def _write_occupations(parts: tuple[OccupationPart, ...]) -> str:
    return "; ".join(
        part.code if part.confidence == 1 else f"{part.code}:{part.confidence:.4g}"
        for part in parts
    )


def _read_qualifications(value: object) -> object:
    """`6-18-01-01 四级 2027-06-30; 6-18-02-04`."""
    if not isinstance(value, str):
        return value
    found = []
    for item in _items(value):
        code, *rest = item.split()
        part: dict[str, str] = {"occupation": code}
        for word in rest:
            part["valid_to" if word[:1].isdigit() and "-" in word else "level"] = word
        found.append(part)
    return tuple(found)


def _write_qualifications(parts: tuple[QualificationPart, ...]) -> str:
    return "; ".join(
        " ".join(
            str(word)
            for word in (
                part.occupation,
                LADDER[part.level - 1] if part.level else None,
                part.valid_to,
            )
            if word
        )
        for part in parts
    )


def _read_blackouts(value: object) -> object:
    """`2026-12-24..2026-12-26; 2027-01-01..2027-01-03`."""
    if not isinstance(value, str):
        return value
    ends = [item.partition("..") for item in _items(value)]
    return tuple({"first_day": a.strip(), "last_day": (b or a).strip()} for a, _, b in ends)


def _write_blackouts(parts: tuple[BlackoutPart, ...]) -> str:
    return "; ".join(f"{part.first_day}..{part.last_day}" for part in parts)


def _read_workstations(value: object) -> object:
    """`EQ-CNC-LATHE x8; EQ-CAD x40`."""
    if not isinstance(value, str):
        return value
    found = []
    for item in _items(value):
        code, _, count = re.sub(r"[x×*＊]", " ", item).partition(" ")
        found.append({"equipment": code, "count": count.strip()})
    return tuple(found)


def _write_workstations(parts: tuple[WorkstationPart, ...]) -> str:
    return "; ".join(f"{part.equipment} x{part.count}" for part in parts)


def _read_modules(value: object) -> object:
    """`安全文明生产 8; 数控编程 24 课时`: the last number is the hours."""
    if not isinstance(value, str):
        return value
    found = []
    for item in _items(value):
        told = _MODULE.fullmatch(item)
        if told is None:
            raise PydanticCustomError("module", "no hours of a module", {"text": item})
        found.append({"title": told["title"], "hours": told["hours"]})
    return tuple(found)


def _write_modules(parts: tuple[ModulePart, ...]) -> str:
    return "; ".join(f"{part.title} {part.hours}" for part in parts)


def _read_members(value: object) -> object:
    """`T01; T02 2026-01-01..; A01 2025-01-01..2026-06-30`."""
    if not isinstance(value, str):
        return value
    found = []
    for item in _items(value):
        code, _, days = item.partition(" ")
        first, _, last = days.strip().partition("..")
        found.append({"organisation": code.upper(), "first_day": first, "last_day": last})
    return tuple(found)


def _write_members(parts: tuple[MemberPart, ...]) -> str:
    return "; ".join(
        f"{part.organisation} {part.first_day or ''}..{part.last_day or ''}"
        if part.first_day or part.last_day
        else part.organisation
        for part in parts
    )


def _each_once(name: str) -> AfterValidator:
    """Refuse a list that names the same thing twice."""

    def check(parts: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        if info.context is STORED:  # two members that were merged are one organisation twice
            return parts
        seen: set[object] = set()
        for part in parts:
            value = getattr(part, name)
            if value in seen:
                raise PydanticCustomError("twice", "twice", {"value": str(value)})
            seen.add(value)
        return parts

    return AfterValidator(check)


Occupations = Annotated[
    tuple[OccupationPart, ...],
    BeforeValidator(_read_occupations),
    _each_once("code"),
    Cell(_write_occupations),
]
Qualifications = Annotated[
    tuple[QualificationPart, ...],
    BeforeValidator(_read_qualifications),
    Cell(_write_qualifications),
]
Blackouts = Annotated[
    tuple[BlackoutPart, ...],
    BeforeValidator(_read_blackouts),
    _each_once("first_day"),
    Cell(_write_blackouts),
]
Workstations = Annotated[
    tuple[WorkstationPart, ...],
    BeforeValidator(_read_workstations),
    _each_once("equipment"),
    Cell(_write_workstations),
]
Modules = Annotated[
    tuple[ModulePart, ...],
    BeforeValidator(_read_modules),
    _each_once("title"),
    Cell(_write_modules),
]
Titles = Annotated[tuple[Text60, ...], BeforeValidator(read_items)]
Members = Annotated[
    tuple[MemberPart, ...],
    BeforeValidator(_read_members),
    _each_once("organisation"),
    Cell(_write_members),
]


class EnterpriseDraft(Draft):
    """A firm."""

    name: Text120
    short_name: Text60 | None = None
    area: Code | None = None
    contact: Text60 | None = None
    industry: Text60 | None = None
    staff: Count | None = None
    hosts: Yes | None = None
    trains_itself: Yes | None = None
    grants_need_training: Yes | None = None
    output: Annotated[int, Field(ge=0, le=100_000_000)] | None = None


class CentreDraft(Draft):
    """A service centre, or the bureau above it."""

    name: Text120
    short_name: Text60 | None = None
    area: Code | None = None
    contact: Text60 | None = None
    parent: Code | None = None


class InstitutionDraft(Draft):
    """A school, private institution, firm that lends capacity, or assessment body."""

    name: Text120
    short_name: Text60 | None = None
    sort: (
        Literal["public_school", "private_institution", "enterprise_base", "assessment_body"] | None
    ) = None
    area: Code | None = None
    contact: Text60 | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    status: Literal["applied", "active", "suspended", "exited"] = "active"
    scope: CodeTuple = ()
    qualified_to: Day | None = None
    evaluation: float | None = Field(default=None, ge=0, le=100)
    evaluation_count: Count = 0
    students: Count | None = None
    full_time_cap: Count | None = None


class AssociationDraft(Draft):
    """A trade committee, or an alliance for training or for assessment, and who belongs to it."""

    name: Text120
    short_name: Text60 | None = None
    sort: Literal["trade_committee", "training_alliance", "assessment_alliance"]
    area: Code | None = None
    scope: CodeTuple = ()
    contact: Text60 | None = None
    members: Members = ()


class NeedDraft(Draft):
    """A need as an operator typed it."""

    enterprise: Code
    text: Text500
    occupations: Occupations = ()
    level: Level | None = None
    heads: Heads
    can_split: Yes = False
    min_group: Heads | None = None
    earliest: Day
    latest: Day | None = None
    weekly: Weekly | None = None
    area: Code | None = None
    max_travel_km: Kilometres | None = None
    budget: Yuan | None = None
    mode: ModeName | None = None
    certificate: Yes = False
    min_practice_hours: Hours | None = None
    type: Literal["pre_post", "on_post", "transfer", "order", "directed"] | None = None
    apart_from: CodeTuple = ()
    only_modules: Titles = ()
    source: Text60 | None = None
    priority: int = Field(default=0, ge=0, le=9)

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The window and the smallest group make sense."""
        _in_order(self.earliest, self.latest, "days_order")
        if self.min_group is not None and self.min_group > self.heads:
            raise PydanticCustomError("min_group", "min_group", {"heads": self.heads})
        return self


class CourseDraft(Draft):
    """A course as an institution writes it."""

    institution: Code
    title: Text200
    occupations: Occupations = ()
    level: Level | None = None
    theory_hours: Hours | None = None
    practice_hours: Hours | None = None
    self_study_hours: Hours | None = None
    price: Yuan | None = None
    price_per: Literal["head", "class"] = "head"
    min_heads: Heads | None = None
    max_heads: Heads | None = None
    mode: ModeName | None = None
    equipment: Code | None = None
    heads_per_station: Annotated[int, Field(ge=1, le=50)] = 1
    delivery: Literal["runs", "on_demand"] = "on_demand"
    valid_from: Day | None = None
    valid_to: Day | None = None
    filed_on: Day | None = None
    status: OfferState = "published"
    programme: Literal["short", "apprenticeship", "project", "start_up", "degree"] | None = None
    modules: Modules = ()
    specialty: Code | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Validity, heads and hours of modules make sense."""
        _in_order(self.valid_from, self.valid_to, "days_order")
        _in_order(self.min_heads, self.max_heads, "heads_order")
        if self.modules and self.theory_hours is not None and self.practice_hours is not None:
            hours = sum(part.hours for part in self.modules)
            whole = self.theory_hours + self.practice_hours
            if hours > whole:
                raise PydanticCustomError(
                    "module_hours", "module_hours", {"hours": hours, "whole": whole}
                )
        return self


class RunDraft(Draft):
    """A scheduled run of a course."""

    course: Code
    first_day: Day
    last_day: Day | None = None
    weekly: Weekly
    seats: Heads | None = None
    seats_left: Count | None = None
    signup_closes: Day | None = None
    instructor: Code | None = None
    venue: Code | None = None
    status: OfferState = "published"

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """Days and seats make sense."""
        _in_order(self.first_day, self.last_day, "days_order")
        _in_order(self.seats_left, self.seats, "seats_left")
        return self


class InstructorDraft(Draft):
    """Who teaches."""

    name: Text60
    institution: Code
    employment: Literal["full_time", "part_time", "expert"] = "full_time"
    teaches: Literal["both", "theory", "practice"] = "both"
    qualifications: Qualifications = ()
    weekly: Weekly | None = None
    blackouts: Blackouts = ()
    institutions_last_year: CodeTuple = ()
    max_travel_km: Kilometres | None = None
    day_rate: Yuan | None = None
    register_number: Text20 | None = None
    registered_on: Day | None = None
    register_state: Literal["filed", "changed", "lapsed", "struck_off"] | None = None
    register_ended: Day | None = None
    register_reason: Text200 | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """What the register says has a number, a state and a day; being struck off has its reason."""
        said = (self.register_number, self.registered_on, self.register_state)
        if len({one is None for one in said}) > 1:
            raise PydanticCustomError("register_part", "register_part")
        if self.register_state == "struck_off" and not self.register_reason:
            raise PydanticCustomError("register_reason", "register_reason")
        _in_order(self.registered_on, self.register_ended, "days_order")
        return self


class VenueDraft(Draft):
    """A practical-training base."""

    name: Text120
    institution: Code
    area: Code | None = None
    lat: Latitude | None = None
    lng: Longitude | None = None
    buffer_before: Annotated[int, Field(ge=0, le=240)] = 0
    buffer_after: Annotated[int, Field(ge=0, le=240)] = 0
    is_open: Yes = True
    workstations: Workstations = ()
    base: Literal["enterprise", "street", "district", "city", "province", "national"] | None = None
    is_studio: Yes | None = None


class SlotDraft(Draft):
    """Workstations of one type in one window of one day."""

    venue: Code
    equipment: Code
    day: Day
    start: Clock
    end: Clock
    stations: Annotated[int, Field(ge=1, le=10_000)]
    stations_free: Count
    price: Yuan | None = None
    status: OfferState = "published"

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The window is a window; no more free than there are."""
        _in_order(self.start + 1, self.end, "clock_order")
        _in_order(self.stations_free, self.stations, "stations_free")
        return self


class PurchaseDraft(Draft):
    """Workstations of one type at a venue that a public body bought for some days."""

    buyer: Code
    venue: Code
    equipment: Code
    stations: Annotated[int, Field(ge=1, le=10_000)]
    first_day: Day
    last_day: Day
    price: Yuan | None = None
    note: Text200 | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """The days make sense."""
        _in_order(self.first_day, self.last_day, "days_order")
        return self


class AssessmentDraft(Draft):
    """One sitting of an assessment body."""

    body: Code
    occupation: Code
    level: Level | None = None
    day: Day
    seats: Count
    seats_left: Count
    status: OfferState = "published"
    certifies: Literal["qualification", "skill_level", "special_ability"] | None = None
    self_assessed: Yes | None = None

    @model_validator(mode="after")
    def consistent(self) -> Self:
        """No more seats left than there are."""
        _in_order(self.seats_left, self.seats, "seats_left")
        return self


class EnterpriseView(Stated, EnterpriseDraft):
    """A firm as stored."""


class CentreView(Stated, CentreDraft):
    """A service centre as stored."""


class InstitutionView(Withdrawable, InstitutionDraft):
    """An institution as stored."""


class AssociationView(Stated, AssociationDraft):
    """An association as stored."""

    def members_on(self, day: date) -> tuple[str, ...]:
        """Who belongs to it on a day: not who has left, nor who is still to come."""
        found = (
            part.organisation
            for part in self.members
            if (part.first_day or day) <= day <= (part.last_day or day)
        )
        return tuple(dict.fromkeys(found))


class NeedView(Stated, NeedDraft):
    """A need as stored; `enterprise_name` is empty where the reader may not see it.

    `shortage` is the code of the signed list of trades in urgent need that names its trade, else empty.
    """

    enterprise_name: str = ""
    shortage: str = ""


class CourseView(Withdrawable, CourseDraft):
    """A course as stored."""


class RunView(Withdrawable, RunDraft):
    """A run as stored."""

    filed_on: Any = None


class InstructorView(Stated, InstructorDraft):
    """An instructor as stored."""

    filed_on: Any = None


class VenueView(Stated, VenueDraft):
    """A venue as stored."""

    filed_on: Any = None


class SlotView(Withdrawable, SlotDraft):
    """A slot as stored."""

    filed_on: Any = None


class PurchaseView(Stated, PurchaseDraft):
    """A purchase as stored."""


class AssessmentView(Withdrawable, AssessmentDraft):
    """An assessment date as stored."""

    filed_on: Any = None
