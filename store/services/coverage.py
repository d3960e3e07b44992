"""What present capacity would serve of the open needs, first come, first served; no seat is counted twice.

A rough count for a board: trade, first time or renewal, level and dates are looked at, and whether
seats, workstations and instructors are there; hours of the day, the way and the price are what a need's
own ranking looks at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select, true
from sqlalchemy.orm import Session

from matching.occupations import SCALE
from matching.policy import DEFAULT_POLICY
from matching.purposes import purpose, suits
from matching.types import MINUTES_PER_CLASS_HOUR, Point, Purpose, distance_km
from matching.weekly import parse_weekly
from store.models import (
    AreaRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    NeedOccupationRow,
    NeedRow,
    OrganisationRow,
    QualificationRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import offers
from store.services.rights import Act, Reach, reach, require
from store.services.wanted import OPEN, Wanted


class Lack(StrEnum):
    """What is missing for the heads of a need that capacity would not serve.

    The last three hold up heads that a place could be had for: at other hours, too far away, too dear.
    """

    TRADE = "trade"
    COURSE = "course"
    LEVEL = "level"
    SEATS = "seats"
    STATIONS = "stations"
    INSTRUCTOR = "instructor"
    DATES = "dates"
    HOURS = "hours"
    TRAVEL = "travel"
    PRICE = "price"


@dataclass(slots=True)
class _Run:
    first: date
    left: int
    has_instructor: bool
    weekly: str


@dataclass(slots=True)
class _Course:
    """A course with what is left of it; `room` is the most heads of one class on demand, None for any."""

    code: str
    institution: str
    level: int | None
    purpose: Purpose | None
    valid: tuple[date, date]
    equipment: str | None
    minutes: float  # of a workstation for a head
    on_demand: bool
    is_staffed: bool
    room: int | None
    fen: int | None  # a head, where that is known
    mode: str | None
    places: Sequence[Point]  # where it may be held; none where that is not known
    runs: list[_Run] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Heads of each need that capacity would serve beside what is arranged, and what the others lack.

    `held` are needs that are served, but only at other hours, too far away or above their budget.
    `spare` are seats of coming runs that nobody would take, by trade and level.
    """

    served: Mapping[str, int]
    lacks: Mapping[str, Lack]
    held: Mapping[str, Lack]
    spare: Mapping[tuple[str, int | None], int]


def coverage(session: Session, needs: Sequence[Wanted], *, by: Actor, today: date) -> Coverage:
    """Each open need takes, in turn, seats of runs that begin in its window, then classes on demand.

    A class on demand: one of each course, of as many heads as the course takes at most and as the free
    hours of its workstations in the need's window allow, where somebody is qualified to teach it.
    """
    courses = _courses(session, by, today)
    stations = _Stations(session, by, today)
    obstacles = _Obstacles()
    served: dict[str, int] = {}
    lacks: dict[str, Lack] = {}
    held: dict[str, Lack] = {}
    for one in needs:
        left = one.left
        if one.occupation is None:
            lacks[one.code] = Lack.TRADE
            served[one.code] = 0
            continue
        fitting, lack = _fitting(one, courses.get(one.occupation, []))
        found: set[Lack] = set()
        left = _by_runs(one, fitting, left, found)
        left = _on_demand(one, fitting, left, stations, found)
        served[one.code] = one.left - left
        if left < one.left and (why := obstacles.of(one, fitting)):
            held[one.code] = why
        if left:
            lacks[one.code] = lack or next(
                (kind for kind in _FIRST_TOLD if kind in found), Lack.DATES
            )
    return Coverage(served, lacks, held, _spare(courses))


_FIRST_TOLD = (Lack.STATIONS, Lack.SEATS, Lack.INSTRUCTOR)


def _fitting(one: Wanted, courses: Iterable[_Course]) -> tuple[list[_Course], Lack | None]:
    """Courses of the need's level or of none, the exact ones first; what is missing where there are none.

    Seats for the renewal of a certificate are no seats for people without it, nor the other way round.
    """
    known = [c for c in courses if suits(one.purpose, c.purpose)]
    at_level = [c for c in known if None in (one.level, c.level) or one.level == c.level]
    valid = [c for c in at_level if c.valid[0] <= one.last and c.valid[1] >= one.first]
    valid.sort(key=lambda c: (c.level != one.level, c.code))
    if valid:
        return valid, None
    return [], Lack.DATES if at_level else Lack.LEVEL if known else Lack.COURSE


def _by_runs(one: Wanted, courses: Sequence[_Course], left: int, found: set[Lack]) -> int:
    for course in courses:
        for run in course.runs:
            if not one.first <= run.first <= one.last:
                continue
            if not (run.has_instructor or course.is_staffed):
                found.add(Lack.INSTRUCTOR)
                continue
            taken = min(left, run.left)
            run.left -= taken
            left -= taken
            if left:
                found.add(Lack.SEATS)
    return left


def _on_demand(
    one: Wanted, courses: Sequence[_Course], left: int, stations: _Stations, found: set[Lack]
) -> int:
    for course in courses:
        if not left or not course.on_demand:
            continue
        if not course.is_staffed:
            found.add(Lack.INSTRUCTOR)
            continue
        wanted = left if course.room is None else min(left, course.room)
        taken = stations.take(course, wanted, one.first, one.last)
        if course.room is not None:
            course.room -= taken
        left -= taken
        if left:
            found.add(Lack.STATIONS if taken < wanted else Lack.SEATS)
    return left


class _Obstacles:
    """Why a need could take no course that has room; distances and patterns are reckoned once."""

    def __init__(self) -> None:
        self._far: dict[tuple[Point, tuple[Point, ...]], float] = {}
        self._patterns: dict[tuple[str, str], bool] = {}

    def of(self, one: Wanted, courses: Sequence[_Course]) -> Lack | None:
        """The way before the price before the hours, each where every course has it against it."""
        for lack, stands in (
            (Lack.TRAVEL, self._is_far),
            (Lack.PRICE, _is_dear),
            (Lack.HOURS, self._is_at_other_hours),
        ):
            if all(stands(one, course) for course in courses):
                return lack
        return None

    def _is_far(self, one: Wanted, course: _Course) -> bool:
        if one.place is None or one.max_travel_km is None or not course.places:
            return False
        if course.mode in ("firm", "online"):
            return False
        key = (one.place, tuple(course.places))
        if key not in self._far:
            self._far[key] = min(distance_km(one.place, place) for place in course.places)
        return self._far[key] > one.max_travel_km

    def _is_at_other_hours(self, one: Wanted, course: _Course) -> bool:
        """Classes on demand are held when the firm wants them."""
        if one.weekly is None or course.on_demand or not course.runs:
            return False
        return not any(self._meet(one.weekly, run.weekly) for run in course.runs)

    def _meet(self, wish: str, weekly: str) -> bool:
        """Whether two patterns share a quarter of an hour on some day of the week."""
        key = (wish, weekly)
        if key not in self._patterns:
            days = zip(parse_weekly(wish).days, parse_weekly(weekly).days, strict=True)
            self._patterns[key] = any(
                max(a, c) < min(b, d) for ours, theirs in days for a, b in ours for c, d in theirs
            )
        return self._patterns[key]


def _is_dear(one: Wanted, course: _Course) -> bool:
    return one.budget_fen is not None and course.fen is not None and course.fen > one.budget_fen


def _spare(courses: Mapping[str, Sequence[_Course]]) -> dict[tuple[str, int | None], int]:
    found: dict[tuple[str, int | None], int] = defaultdict(int)
    for occupation, some in courses.items():
        for course in some:
            found[occupation, course.level] += sum(run.left for run in course.runs)
    return found


class _Stations:
    """Free minutes of workstations by type, whose they are (anybody's where the venue is open) and day."""

    def __init__(self, session: Session, by: Actor, today: date) -> None:
        minutes = func.sum(SlotRow.stations_free * (SlotRow.end - SlotRow.start))
        last = today + timedelta(days=DEFAULT_POLICY.horizon_days)
        owner = case((VenueRow.is_open, literal_column("''")), else_=VenueRow.institution)
        rows = session.execute(
            select(SlotRow.equipment, owner, SlotRow.day, minutes)
            .join(VenueRow, VenueRow.code == SlotRow.venue)
            .where(SlotRow.day > today, SlotRow.day <= last, SlotRow.stations_free > 0)
            .where(_published(SlotRow), VenueRow.status == "active", own_offers(by, VenueRow))
            .group_by(SlotRow.equipment, owner, SlotRow.day)
            .order_by(SlotRow.day)
        )
        self._left: dict[tuple[str, str], dict[date, float]] = defaultdict(
            lambda: defaultdict(float)
        )
        for equipment, whose, day, free in rows:
            self._left[equipment, whose][day] += int(free)

    def take(self, course: _Course, heads: int, first: date, last: date) -> int:
        """Take the hours of so many heads, the institution's own first; for how many there were any."""
        if course.equipment is None or not course.minutes:
            return heads
        taken = 0
        for owner in (course.institution, ""):
            days = self._left.get((course.equipment, owner), {})
            free = sum(left for day, left in days.items() if first <= day <= last)
            some = min(heads - taken, int(free // course.minutes))
            taken += some
            _use(days, some * course.minutes, first, last)
        return taken


def _use(days: dict[date, float], minutes: float, first: date, last: date) -> None:
    for day in list(days):
        if minutes <= 0:
            return
        if first <= day <= last:
            used = min(days[day], minutes)
            days[day] -= used
            minutes -= used


def own_offers(by: Actor, row: Any) -> ColumnElement[bool]:
    """An institution's numbers are of its own offers, those of others of everything that is offered."""
    require(by, Act.READ, "course", by.organisation)
    if reach(by, Act.READ, "course") is Reach.OWN:
        found: ColumnElement[bool] = row.owner == by.organisation
        return found
    return true()


def _published(row: Any) -> ColumnElement[bool]:
    """Rows on offer, compared so that no database looks them up by it: nearly all are."""
    found: ColumnElement[bool] = func.coalesce(row.status, "") == "published"
    return found


def _courses(session: Session, by: Actor, today: date) -> dict[str, list[_Course]]:
    """Published courses of the trades that anybody asks for, with coming runs, by trade."""
    asked = select(NeedOccupationRow.code).join(NeedRow, NeedRow.code == NeedOccupationRow.need)
    row, share = CourseRow, CourseOccupationRow
    rows = session.execute(
        select(
            share.code, row.code, row.institution, row.level, row.valid_from, row.valid_to,
            row.equipment, row.practice_hours, row.heads_per_station, row.delivery, row.max_heads,
            OrganisationRow.qualified_to, row.price_fen, row.price_per, row.mode, row.title,
        )
        .join(row, row.code == share.course)
        .join(OrganisationRow, OrganisationRow.code == row.institution)
        # Not the bare column: SQLite would try every trade that is asked for with every course.
        .where(func.coalesce(share.code, "").in_(asked.where(NeedRow.status.in_(OPEN))))
        .where(or_(share.confirmed_by.is_not(None), share.confidence >= SCALE.unsure_below))
        .where(_published(row), OrganisationRow.status == "active", own_offers(by, row))
        .order_by(row.code)
    ).all()  # fmt: skip
    staff = _Staff(session, today)
    runs = _runs(session, by, today)
    made: dict[str, _Course] = {}
    found: dict[str, list[_Course]] = defaultdict(list)
    places = _places(session)
    for (
        occupation,
        code,
        home,
        level,
        begins,
        ends,
        equipment,
        hours,
        per,
        how,
        most,
        *more,
    ) in rows:
        course = made.get(code)
        if course is None:
            minutes = (hours or 0) * MINUTES_PER_CLASS_HOUR / per
            to, fen, unit, mode, title = more
            until = min(ends or date.max, to or date.max)
            is_counted = most is not None or (equipment is not None and minutes > 0)
            made[code] = course = _Course(
                code, home, level, purpose(title), (begins or date.min, until), equipment, minutes,
                how == "on_demand" and is_counted, False, most,
                fen if unit == "head" else None, mode, places.get(home, ()), runs.get(code, []),
            )  # fmt: skip
        course.is_staffed |= staff.can_teach(home, occupation, level)
        found[occupation].append(course)
    return found


def _places(session: Session) -> dict[str, tuple[Point, ...]]:
    """Where each institution and its venues are, as far as that is known."""
    home = OrganisationRow
    found: dict[str, list[Point | None]] = defaultdict(list)
    for code, lat, lng in session.execute(
        select(home.code, home.lat, home.lng).where(home.kind == "institution")
    ):
        found[code].append(offers.point(lat, lng))
    for code, *own in session.execute(
        select(VenueRow.institution, VenueRow.lat, VenueRow.lng, AreaRow.lat, AreaRow.lng)
        .outerjoin(AreaRow, AreaRow.code == VenueRow.area)
        .where(VenueRow.status == "active")
        .order_by(VenueRow.code)
    ):
        found[code].append(offers.point(*own[:2]) or offers.point(*own[2:]))
    return {
        code: tuple(dict.fromkeys(p for p in some if p is not None)) for code, some in found.items()
    }


def _runs(session: Session, by: Actor, today: date) -> dict[str, list[_Run]]:
    """Runs that still take people, by course, the soonest first; unknown seats are none."""
    found: dict[str, list[_Run]] = defaultdict(list)
    for course, first, left, instructor, weekly in session.execute(
        select(RunRow.course, RunRow.first_day, RunRow.seats_left, RunRow.instructor, RunRow.weekly)
        .where(_published(RunRow), RunRow.first_day > today, own_offers(by, RunRow))
        .where(or_(RunRow.signup_closes.is_(None), RunRow.signup_closes >= today))
        .order_by(RunRow.first_day, RunRow.code)
    ):
        found[course].append(_Run(first, left or 0, instructor is not None, weekly))
    return found


class _Staff:
    """Who could teach what: institutions that filed nobody are believed to have somebody."""

    def __init__(self, session: Session, today: date) -> None:
        held, person = QualificationRow, InstructorRow
        valid = or_(held.valid_to.is_(None), held.valid_to >= today)
        self._filed: set[str] = set()
        self._held: dict[str, int] = {}
        for home, occupation, level in session.execute(
            select(person.institution, held.occupation, func.max(func.coalesce(held.level, 99)))
            .outerjoin(held, (held.instructor == person.code) & valid)
            .where(person.status == "active")
            .group_by(person.institution, held.occupation)
        ):
            self._filed.add(home)
            if occupation is not None:
                self._held[occupation] = max(self._held.get(occupation, 0), level)

    def can_teach(self, institution: str, occupation: str, level: int | None) -> bool:
        """Whether anybody holds the trade at this level or above."""
        if institution not in self._filed:
            return True
        return occupation in self._held and self._held[occupation] >= (level or 0)
