"""How far capacity is used week by week: seats of runs, workstations of slots, hours of instructors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from matching.weekly import Calendar, WeeklyPattern, parse_weekly
from store.errors import InvalidError
from store.models import (
    BlackoutRow,
    BookingRow,
    CourseRow,
    EquipmentRow,
    InstructorRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import reference, tree
from store.services.coverage import own_offers
from store.services.references import parts_of
from store.services.wanted import monday

_MOST_WEEKS = 26


class Sort(StrEnum):
    """What is used; seats are counted, workstations and instructors in minutes."""

    SEATS = "seats"
    STATIONS = "stations"
    INSTRUCTORS = "instructors"


class UseShare(StrEnum):
    """What use is told apart by."""

    INSTITUTION = "institution"
    EQUIPMENT = "equipment"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Use:
    """Offered, held for a while, booked, and taken elsewhere; seats, or minutes of stations and people.

    `value` is the institution, the type of workstation or the Monday of the week.
    """

    sort: Sort
    value: str
    name: str
    offered: int
    held: int
    booked: int
    elsewhere: int

    @property
    def percent(self) -> int | None:
        """How much of what is offered is not free, None where nothing is said to be offered."""
        taken = self.held + self.booked + self.elsewhere
        return round(100 * taken / self.offered) if self.offered else None


@dataclass(frozen=True, slots=True)
class _Part:
    """Some capacity of one institution on one day, or from that day on."""

    sort: Sort
    institution: str
    equipment: str
    day: date
    offered: int
    held: int
    booked: int
    elsewhere: int


def use(
    session: Session,
    share: UseShare | str = UseShare.INSTITUTION,
    *,
    by: Actor,
    today: date,
    weeks: int = 4,
    sorts: Collection[Sort] = tuple(Sort),
    area: str | None = None,
) -> tuple[Use, ...]:
    """From this week's Monday on: runs by their first day, slots and lessons by their own.

    Only what is asked for in `sorts` is read.

    Hours of an instructor who filed none are not offered; lessons of runs that the store did not book are
    not told. A centre and a supervisor see everybody's, an institution its own. Of an area with all beneath
    it: runs and slots held there, instructors of institutions there.
    """
    try:
        how = UseShare(share)
    except ValueError as error:
        raise InvalidError("axis_unknown", axis=str(share), known=", ".join(UseShare)) from error
    if not 1 <= weeks <= _MOST_WEEKS:
        raise InvalidError("weeks_range", value=weeks, most=_MOST_WEEKS)
    scope = _scopes(session, by, area)
    first = monday(today)
    end = first + timedelta(weeks=weeks)
    is_daily = how is UseShare.WEEK  # else the days of a part tell nothing
    reading = {
        Sort.SEATS: lambda: _seats(session, scope["run"], first, end),
        Sort.STATIONS: lambda: _stations(session, scope["slot"], first, end, is_daily=is_daily),
        Sort.INSTRUCTORS: lambda: _people(
            session, scope["instructor"], first, end, is_daily=is_daily
        ),
    }
    kept = [part for sort in Sort if sort in sorts for part in reading[sort]()]
    return _told(session, kept, how)


def _scopes(session: Session, by: Actor, area: str | None) -> dict[str, ColumnElement[bool]]:
    """Which runs, slots and instructors are looked at."""
    found = {kind: own_offers(by, row) for kind, row in _ROWS.items()}
    if area is not None:
        tree.require_area(session, area)
        found["run"] &= tree.held_in(RunRow, area)
        for kind in ("slot", "instructor"):
            found[kind] &= tree.is_in(kind, area)
    return found


def _told(session: Session, parts: Sequence[_Part], share: UseShare) -> tuple[Use, ...]:
    groups: dict[tuple[Sort, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for part in parts:
        if share is UseShare.EQUIPMENT and part.sort is not Sort.STATIONS:
            continue
        value = _VALUES[share](part)
        numbers = groups[part.sort, value]
        for at, more in enumerate((part.offered, part.held, part.booked, part.elsewhere)):
            numbers[at] += more
    names = _names(session, share)
    found = [
        Use(sort, value, names.get(value, value), *numbers)
        for (sort, value), numbers in groups.items()
    ]
    sorts = list(Sort)
    if share is UseShare.WEEK:
        return tuple(sorted(found, key=lambda one: (sorts.index(one.sort), one.value)))
    return tuple(
        sorted(found, key=lambda one: (sorts.index(one.sort), -(one.percent or 0), one.value))
    )


_VALUES: Mapping[UseShare, Callable[[_Part], str]] = {
    UseShare.INSTITUTION: lambda part: part.institution,
    UseShare.EQUIPMENT: lambda part: part.equipment,
    UseShare.WEEK: lambda part: monday(part.day).isoformat(),
}


def _booked(kind: str, first: date | None = None, end: date | None = None) -> Any:
    """Quantities held and booked by resource."""
    row = BookingRow
    held = func.sum(case((row.status == "held", row.quantity), else_=0)).label("held")
    booked = func.sum(case((row.status == "booked", row.quantity), else_=0)).label("booked")
    query = select(row.resource, held, booked).where(
        row.kind == kind, row.status.in_(("held", "booked"))
    )
    return query.group_by(row.resource).subquery()


def _seats(session: Session, scope: ColumnElement[bool], first: date, end: date) -> Iterator[_Part]:
    taken = _booked("run")
    rows = session.execute(
        select(
            CourseRow.institution, RunRow.first_day, func.sum(RunRow.seats),
            func.sum(func.coalesce(taken.c.held, 0)), func.sum(func.coalesce(taken.c.booked, 0)),
            func.sum(RunRow.seats - RunRow.seats_left - RunRow.claimed),
        )
        .join(CourseRow, CourseRow.code == RunRow.course)
        .outerjoin(taken, taken.c.resource == RunRow.code)
        .where(RunRow.status == "published", RunRow.first_day >= first, RunRow.first_day < end)
        .where(RunRow.seats.is_not(None), RunRow.seats_left.is_not(None), scope)
        .group_by(CourseRow.institution, RunRow.first_day)
    )  # fmt: skip
    for home, day, *numbers in rows:
        yield _Part(Sort.SEATS, home, "", day, *map(int, numbers))


def _stations(
    session: Session, scope: ColumnElement[bool], first: date, end: date, *, is_daily: bool
) -> Iterator[_Part]:
    taken = _booked("slot")
    keys = [VenueRow.institution, SlotRow.equipment, *([SlotRow.day] if is_daily else [])]
    minutes = SlotRow.end - SlotRow.start
    rows = session.execute(
        select(
            VenueRow.institution, SlotRow.equipment, func.min(SlotRow.day),
            func.sum(SlotRow.stations * minutes),
            func.sum(func.coalesce(taken.c.held, 0) * minutes),
            func.sum(func.coalesce(taken.c.booked, 0) * minutes),
            func.sum((SlotRow.stations - SlotRow.stations_free - SlotRow.claimed) * minutes),
        )
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .outerjoin(taken, taken.c.resource == SlotRow.code)
        .where(SlotRow.status == "published", SlotRow.day >= first, SlotRow.day < end)
        .where(scope)
        .group_by(*keys)
    )  # fmt: skip
    for home, equipment, day, *numbers in rows:
        yield _Part(Sort.STATIONS, home, equipment, day, *map(int, numbers))


def _people(
    session: Session, scope: ColumnElement[bool], first: date, end: date, *, is_daily: bool
) -> Iterator[_Part]:
    """Hours by weekly patterns, less those of the days that people are away; lessons that are booked."""
    person = InstructorRow
    calendar = reference.calendar(session)
    days = [first + timedelta(days=at) for at in range((end - first).days)]
    offered = _Hours(calendar, days)
    is_counted = (person.status == "active", person.weekly.is_not(None), scope)
    for home, weekly, people in session.execute(
        select(person.institution, person.weekly, func.count())
        .where(*is_counted)
        .group_by(person.institution, person.weekly)
    ):
        hours = offered.of(weekly or "")
        for day, minutes in hours if is_daily else [(first, sum(many for _, many in hours))]:
            yield _Part(Sort.INSTRUCTORS, home, "", day, people * minutes, 0, 0, 0)
    away = _away(session, first, end)
    for part in parts_of(sorted(away)):
        for code, home, weekly in session.execute(
            select(person.code, person.institution, person.weekly)
            .where(*is_counted)
            .where(person.code.in_(part))
        ):
            for day, minutes in offered.of(weekly or ""):
                if any(begins <= day <= ends for begins, ends in away[code]):
                    yield _Part(Sort.INSTRUCTORS, home, "", day, -minutes, 0, 0, 0)
    row = BookingRow
    for home, day, status, minutes in session.execute(
        select(person.institution, row.day, row.status, func.sum(row.end - row.start))
        .join(person, and_(person.code == row.resource, row.kind == "instructor"))
        .where(row.status.in_(("held", "booked")), row.day >= first, row.day < end)
        .where(scope)
        .group_by(person.institution, row.day, row.status)
    ):
        is_held = status == "held"
        many = int(minutes)
        yield _Part(Sort.INSTRUCTORS, home, "", day, 0, many * is_held, many * (not is_held), 0)


class _Hours:
    """Minutes of patterns on some days; each pattern is read once."""

    def __init__(self, calendar: Calendar, days: Sequence[date]) -> None:
        self._calendar = calendar
        self._days = days
        self._known: dict[str, list[tuple[date, int]]] = {}

    def of(self, weekly: str) -> list[tuple[date, int]]:
        """The days on which a pattern has hours, and how many minutes."""
        if weekly not in self._known:
            pattern = parse_weekly(weekly)
            found = [(day, self._minutes(pattern, day)) for day in self._days]
            self._known[weekly] = [(day, minutes) for day, minutes in found if minutes]
        return self._known[weekly]

    def _minutes(self, pattern: WeeklyPattern, day: date) -> int:
        return sum(end - start for start, end in pattern.windows_on(day, self._calendar))


def _away(session: Session, first: date, end: date) -> dict[str, list[tuple[date, date]]]:
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for code, begins, ends in session.execute(
        select(BlackoutRow.instructor, BlackoutRow.first_day, BlackoutRow.last_day).where(
            BlackoutRow.first_day < end, BlackoutRow.last_day >= first
        )
    ):
        found[code].append((begins, ends))
    return found


def _names(session: Session, share: UseShare) -> dict[str, str]:
    if share is UseShare.WEEK:
        return {}
    row: Any = OrganisationRow if share is UseShare.INSTITUTION else EquipmentRow
    return dict(session.execute(select(row.code, row.name)).all())


def behind(
    session: Session,
    sort: Sort | str,
    share: UseShare | str,
    value: str,
    *,
    by: Actor,
    today: date,
    weeks: int = 4,
    area: str | None = None,
) -> tuple[tuple[str, str], ...]:
    """Kinds and codes of the runs, slots or instructors that a line of `use` is about."""
    scope = _scopes(session, by, area)
    how, kind = UseShare(share), _KINDS[Sort(sort)]
    first = monday(today)
    end = first + timedelta(weeks=weeks)
    if how is UseShare.WEEK:
        first = date.fromisoformat(value)
        end = first + timedelta(weeks=1)
    queries: dict[str, Any] = {
        "run": select(RunRow.code)
        .join(CourseRow, CourseRow.code == RunRow.course)
        .where(RunRow.status == "published", RunRow.seats.is_not(None))
        .where(RunRow.first_day >= first, RunRow.first_day < end, RunRow.seats_left.is_not(None)),
        "slot": select(SlotRow.code)
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(SlotRow.status == "published", SlotRow.day >= first, SlotRow.day < end),
        "instructor": select(InstructorRow.code).where(InstructorRow.status == "active"),
    }
    homes = {"run": CourseRow.institution, "slot": VenueRow.institution}
    query = queries[kind].where(scope[kind])
    if how is UseShare.INSTITUTION:
        query = query.where(homes.get(kind, InstructorRow.institution) == value)
    elif how is UseShare.EQUIPMENT:
        query = query.where(SlotRow.equipment == value)
    codes = session.scalars(query).all()
    return tuple((kind, code) for code in sorted(codes))


_KINDS = {Sort.SEATS: "run", Sort.STATIONS: "slot", Sort.INSTRUCTORS: "instructor"}
_ROWS: dict[str, Any] = {"run": RunRow, "slot": SlotRow, "instructor": InstructorRow}
