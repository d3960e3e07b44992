"""Values that go into the engine and come out of it: frozen, without sentences, ids of screens or colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from math import asin, cos, fsum, radians, sin, sqrt
from operator import attrgetter
from typing import NamedTuple

from matching.weekly import WeeklyPattern

MINUTES_PER_CLASS_HOUR = 45


class Mode(StrEnum):
    """Where teaching happens."""

    CENTRE = "centre"
    FIRM = "firm"
    BLENDED = "blended"
    ONLINE = "online"


class Employment(StrEnum):
    """How an instructor belongs to the home institution."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    EXPERT = "expert"


class Purpose(StrEnum):
    """Whom a course is for: people without the certificate, its holders who renew it, or both."""

    FIRST = "first"
    RENEWAL = "renewal"
    EITHER = "either"


class Criterion(StrEnum):
    """What a bundle is scored on."""

    TOPIC = "topic"
    LEVEL = "level"
    SCHEDULE = "schedule"
    START = "start"
    TRAVEL = "travel"
    PRICE = "price"
    CAPACITY = "capacity"
    INSTRUCTOR = "instructor"
    EVALUATION = "evaluation"
    FRESHNESS = "freshness"


class Rule(StrEnum):
    """What can rule an offering out, or warn about it."""

    TOPIC = "topic"
    INSTITUTION_STATUS = "institution_status"
    INSTITUTION_QUALIFICATION = "institution_qualification"
    INSTITUTION_SANCTION = "institution_sanction"
    INSTITUTION_NOTICE = "institution_notice"
    INSPECTION = "inspection"
    SCOPE = "scope"
    COURSE_VALIDITY = "course_validity"
    LEVEL = "level"
    RENEWAL = "renewal"
    FIRST_TIME = "first_time"
    MODULES = "modules"
    MODULES_UNKNOWN = "modules_unknown"
    MODE = "mode"
    PRACTICE_HOURS = "practice_hours"
    HEADS_MAX = "heads_max"
    HEADS_MIN = "heads_min"
    RUN_CLOSED = "run_closed"
    RUN_FULL = "run_full"
    DATES = "dates"
    PATTERN = "pattern"
    TRAVEL = "travel"
    EQUIPMENT = "equipment"
    STATIONS = "stations"
    QUALIFICATION = "qualification"
    GUEST_HOME = "guest_home"
    PART_TIMER = "part_timer"
    INSTRUCTOR_BUSY = "instructor_busy"
    INSTRUCTOR_UNKNOWN = "instructor_unknown"
    STATIONS_UNKNOWN = "stations_unknown"
    ASSESSMENT = "assessment"
    TRAVEL_GAP = "travel_gap"
    REST = "rest"
    WORKLOAD = "workload"
    PLAN_CHANGED = "plan_changed"
    BUDGET = "budget"


class Severity(StrEnum):
    """What a broken rule does: keep the offering out, warn, or only be told."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Point:
    """A place in degrees of latitude and longitude (WGS 84)."""

    lat: float
    lng: float


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres."""
    half_lat = radians(b.lat - a.lat) / 2
    half_lng = radians(b.lng - a.lng) / 2
    h = sin(half_lat) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(half_lng) ** 2
    return 12742.0 * asin(sqrt(min(1.0, h)))


@dataclass(frozen=True, slots=True)
class OccupationShare:
    """An occupation code with the confidence, 0 to 1, that the record means it."""

    code: str
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Need:
    """What a firm asks for; None and empty mean "not said".

    `apart_from` are enterprises it will not be taught with, `only_modules` the parts of a course that it
    wants where not all of one. A need of several firms in one class has their own needs as `members`.
    """

    id: str
    text: str
    heads: int
    earliest: date
    occupations: tuple[OccupationShare, ...] = ()
    level: int | None = None
    latest: date | None = None
    pattern: WeeklyPattern | None = None
    place: Point | None = None
    max_travel_km: float | None = None
    budget_fen: int | None = None
    mode: Mode | None = None
    certificate: bool = False
    min_practice_hours: int | None = None
    can_split: bool = False
    min_group: int | None = None
    enterprise: str = ""
    apart_from: tuple[str, ...] = ()
    members: tuple[Need, ...] = ()
    purpose: Purpose | None = None
    only_modules: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Need, ...]:
        """The needs whose wishes bind: those taught together, or this one."""
        return self.members or (self,)


@dataclass(frozen=True, slots=True)
class Bar:
    """Days on which an institution is sanctioned, and how; without a last day until further notice."""

    kind: str
    first: date
    last: date | None = None

    def meets(self, first: date, last: date) -> bool:
        """Whether any day of a span is barred."""
        return self.first <= last and (self.last is None or self.last >= first)

    def covers(self, first: date, last: date) -> bool:
        """Whether every day of a span is barred."""
        return self.first <= first and (self.last is None or self.last >= last)


@dataclass(frozen=True, slots=True)
class Institution:
    """Who offers; `scope` lists occupation code prefixes, empty means not filed.

    `inspected_to` is how long its last annual inspection is good, None where none is filed.
    """

    id: str
    name: str
    status: str = "active"
    scope: tuple[str, ...] = ()
    qualified_to: date | None = None
    evaluation: float | None = None
    evaluation_count: int = 0
    place: Point | None = None
    bars: tuple[Bar, ...] = ()
    inspected_to: date | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A scheduled run of a course; seats or times of day may be unknown."""

    id: str
    first_day: date
    weekly: WeeklyPattern
    last_day: date | None = None
    seats_left: int | None = None
    signup_closes: date | None = None
    instructor: str | None = None
    venue: str | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """What is taught; hours are class hours of 45 minutes, prices are in fen."""

    id: str
    title: str
    institution: str
    occupations: tuple[OccupationShare, ...] = ()
    level: int | None = None
    theory_hours: int | None = None
    practice_hours: int | None = None
    price_fen: int | None = None
    price_per_class: bool = False
    min_heads: int | None = None
    max_heads: int | None = None
    mode: Mode | None = None
    equipment: str | None = None
    heads_per_station: int = 1
    on_demand: bool = True
    runs: tuple[Run, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    filed_on: date | None = None
    purpose: Purpose | None = None
    self_study_hours: int | None = None  # neither taught nor planned: no session, person or slot
    modules: tuple[str, ...] = ()  # titles, empty where not filed


class Outline(NamedTuple):
    """So much of a course as says how well it could suit at most; the rest is loaded when it is wanted."""

    id: str
    title: str
    institution: str
    level: int | None = None
    price_fen: int | None = None
    price_per_class: bool = False
    filed_on: date | None = None
    occupations: tuple[OccupationShare, ...] = ()
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Qualification:
    """What an instructor may teach, up to which level and until when; None means not filed."""

    occupation: str
    level: int | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """Time already taken, in minutes after midnight, by which run or proposal, and where."""

    day: date
    start: int
    end: int
    run: str | None = None
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class Instructor:
    """Who teaches; `institutions_last_year` counts every institution taught at in 365 days.

    `most_institutions` is at how many a part-timer may teach in that time, None for what the policy says.
    `home_name` and `home_status` are of the person's own institution.
    """

    id: str
    name: str
    institution: str
    employment: Employment = Employment.FULL_TIME
    teaches_theory: bool = True
    teaches_practice: bool = True
    qualifications: tuple[Qualification, ...] = ()
    weekly: WeeklyPattern | None = None
    blackouts: tuple[tuple[date, date], ...] = ()
    busy: tuple[Busy, ...] = ()
    institutions_last_year: frozenset[str] = frozenset()
    max_travel_km: float | None = None
    place: Point | None = None
    filed_on: date | None = None
    most_institutions: int | None = None
    home_name: str = ""
    home_status: str = "active"


@dataclass(frozen=True, slots=True)
class Venue:
    """Where practice happens; `shared` means other institutions may use it too, buffers are minutes."""

    id: str
    name: str
    institution: str
    place: Point | None = None
    shared: bool = True
    buffer_before: int = 0
    buffer_after: int = 0
    filed_on: date | None = None


class Slot(NamedTuple):
    """Workstations of one equipment type, free for one window of one day; price per station.

    A tuple, because a need meets thousands of them and a tuple is made five times as fast.
    """

    id: str
    venue: str
    equipment: str
    day: date
    start: int
    end: int
    stations_free: int
    price_fen: int | None = None
    filed_on: date | None = None


@dataclass(frozen=True, slots=True)
class AssessmentDate:
    """One sitting of an assessment body for one occupation and level."""

    id: str
    body: str
    occupation: str
    level: int | None
    day: date
    seats_left: int


@dataclass(frozen=True)
class Market:
    """Everything that can be offered, as of one moment; `outlines` are further courses, not loaded yet."""

    courses: tuple[Course, ...]
    institutions: dict[str, Institution]
    instructors: tuple[Instructor, ...] = ()
    venues: dict[str, Venue] = field(default_factory=dict)
    slots: tuple[Slot, ...] = ()
    assessments: tuple[AssessmentDate, ...] = ()
    outlines: tuple[Outline, ...] = ()

    @cached_property
    def slots_by_equipment(self) -> dict[str, dict[str, tuple[Slot, ...]]]:
        """Equipment, then venue, to slots in order of time."""
        found: dict[str, dict[str, list[Slot]]] = {}
        for slot in self.slots:
            found.setdefault(slot.equipment, {}).setdefault(slot.venue, []).append(slot)
        return {
            equipment: {
                venue: tuple(sorted(slots, key=attrgetter("day", "start", "id")))
                for venue, slots in sorted(venues.items())
            }
            for equipment, venues in found.items()
        }

    def prepare(self) -> None:
        """Work every index out now, so that processes forked from this one share them."""
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                getattr(self, name)

    @cached_property
    def courses_by_id(self) -> dict[str, Course]:
        """Every course by id."""
        return {course.id: course for course in self.courses}

    @cached_property
    def slots_by_id(self) -> dict[str, Slot]:
        """Every slot by id."""
        return {slot.id: slot for slot in self.slots}

    @cached_property
    def instructors_by_id(self) -> dict[str, Instructor]:
        """Every instructor by id."""
        return {person.id: person for person in self.instructors}

    @cached_property
    def instructors_by_occupation(self) -> dict[str, tuple[Instructor, ...]]:
        """Occupation to those who hold it, in order of id."""
        found: dict[str, dict[str, Instructor]] = {}
        for person in sorted(self.instructors, key=lambda p: p.id):
            for held in person.qualifications:
                found.setdefault(held.occupation, {})[person.id] = person
        return {code: tuple(people.values()) for code, people in found.items()}

    @cached_property
    def staffed(self) -> frozenset[str]:
        """Institutions that filed at least one instructor."""
        return frozenset(person.institution for person in self.instructors)


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion's verdict: score in 0..1 and its data; not `known` means scored by rule alone."""

    criterion: Criterion
    score: float
    weight: float
    known: bool = True
    evidence: tuple[str, ...] = ()


def weighted(parts: Sequence[tuple[float, float]]) -> float:
    """The mean of scores by their weights; it never falls when a score rises, to the last bit."""
    total = fsum(weight for _, weight in parts)
    return fsum(score * weight for score, weight in parts) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a bundle scores what it scores."""

    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """Weighted mean of the reasons, so the shown parts always add up to the shown whole."""
        return weighted([(r.score, r.weight) for r in self.reasons])


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule and the data that shows it; `subject` is the record that breaks it."""

    rule: Rule
    severity: Severity
    subject: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    """One dated meeting; minutes after midnight, None where a run does not say its times."""

    day: date
    start: int | None
    end: int | None
    practice: bool
    instructor: str | None = None
    slot: str | None = None
    heads: int | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """A dated plan: course, people, place, sessions and, where wanted, an assessment date."""

    course: Course
    institution: Institution
    sessions: tuple[Session, ...]
    explanation: Explanation
    instructors: tuple[Instructor, ...] = ()
    venue: Venue | None = None
    run: Run | None = None
    assessment: AssessmentDate | None = None
    price_fen: int | None = None
    travel_km: float | None = None
    warnings: tuple[Violation, ...] = ()

    @property
    def score(self) -> float:
        """The explanation's score."""
        return self.explanation.score

    @property
    def order_key(self) -> tuple[float, str, str, str, str]:
        """Best first; ties by ids, so that the same input always gives the same order."""
        people = ",".join(person.id for person in self.instructors)
        return (
            -self.score,
            self.course.id,
            self.run.id if self.run else "",
            people,
            self.venue.id if self.venue else "",
        )


@dataclass(frozen=True, slots=True)
class Rejection:
    """A course that fits the topic but cannot be offered, with every rule found in the way."""

    course: Course
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a code was found: how (`exact`, `contained`, `sound`, …), by which name, how strongly."""

    kind: str
    name: str
    score: float
    is_shared: bool = False


@dataclass(frozen=True, slots=True)
class OccupationMatch:
    """A candidate code with its score in 0..1."""

    code: str
    name: str
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text means: a level rank, codes best first, and whether an operator must choose."""

    query: str
    level: int | None
    matches: tuple[OccupationMatch, ...]
    is_ambiguous: bool


class Grade(StrEnum):
    """How far a ranking may be trusted without a second look."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to one need: best bundles, what was ruled out, and how much was not looked at."""

    need: str
    bundles: tuple[Bundle, ...]
    rejections: tuple[Rejection, ...]
    grade: Grade
    is_close: bool
    considered: int
    not_scored: int
    weights_version: str
