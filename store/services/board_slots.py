"""Slots as the board sums them: windows by whatever key, parts of the day, and the rooms they are in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, case, func, select, union
from sqlalchemy.orm import Session

from store.models import (
    AreaRow,
    Base,
    BookingRow,
    CourseOccupationRow,
    CourseRow,
    EquipmentRow,
    OrganisationRow,
    SlotRow,
    VenueRow,
    WorkstationRow,
)
from store.schemas.actor import Actor
from store.services import tree
from store.services.capacity import LIVE
from store.services.rights import Act, Reach, reach, require

WEEK_DAYS = 7
LEAST_MINUTES = 60  # a window is in every part of the day in which it has at least so many
_SHOWN = ("published", "paused")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day, in minutes after midnight."""

    name: str
    start: int
    end: int


PARTS = (Part("morning", 0, 720), Part("afternoon", 720, 1080), Part("evening", 1080, 1440))


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows of an institution, of a type of workstations, that can serve an occupation, or in an area."""

    institution: str | None = None
    equipment: str | None = None
    occupation: str | None = None
    area: str | None = None


NO_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class Window:
    """Stations of one or more slots in one window of one day; the claims of proposals apart."""

    key: tuple[str, ...]
    day: date
    start: int
    end: int
    is_open: bool
    stations: int
    free: int
    held: int
    booked: int


@dataclass(frozen=True, slots=True)
class Room:
    """The workstations of one type in one venue; none are left where they were taken away."""

    venue: str
    name: str
    institution: str
    institution_name: str
    equipment: str
    equipment_name: str
    count: int
    is_open: bool


@cache
def parts_of(start: int, end: int) -> tuple[str, ...]:
    """The parts of the day with an hour of the window, else the one with most of it."""
    inside = [(minutes_in(part, start, end), part.name) for part in PARTS]
    found = tuple(name for minutes, name in inside if minutes >= LEAST_MINUTES)
    return found or (max(inside, key=lambda one: one[0])[1],)


def minutes_in(part: Part, start: int, end: int) -> int:
    """How much of a window is in a part of the day."""
    return max(0, min(end, part.end) - max(start, part.start))


def monday(day: date) -> date:
    """The first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def within_reach(only: Filter, by: Actor) -> Filter:
    """The filter, for an institution on its own; asking for somebody else's is refused."""
    if reach(by, Act.READ, "slot") is Reach.OWN and only.institution is None:
        only = replace(only, institution=by.organisation)
    require(by, Act.READ, "slot", only.institution)
    return only


def _table(row: type[Base]) -> Table:
    return cast(Table, row.__table__)


# Tables, not mapped classes: plain rows cost half of what rows by way of the ORM do.
_SLOTS, _VENUES, _HOMES = _table(SlotRow), _table(VenueRow), _table(OrganisationRow)
_BOOKINGS, _STATIONS, _TYPES = _table(BookingRow), _table(WorkstationRow), _table(EquipmentRow)
BY_SLOT = (_SLOTS.c.code, _SLOTS.c.venue, _SLOTS.c.equipment)


def windows(
    session: Session, days: tuple[date, date], only: Filter, key: Sequence[Any] = BY_SLOT
) -> list[Window]:
    """Slots of some days that are offered or paused, summed over all that have the same key and window."""
    row = _SLOTS.c
    taken = _claims(days)
    is_open = case((and_(row.status == "published", _is_active()), 1), else_=0)
    said = (*key, row.day, row.start, row.end, is_open.label("is_offered"))
    query = (
        select(
            *said,
            func.sum(row.stations),
            func.sum(row.stations_free),
            func.sum(func.coalesce(taken.c.held, 0)),
            func.sum(func.coalesce(taken.c.booked, 0)),
        )
        .join_from(_SLOTS, _VENUES, _VENUES.c.code == row.venue)
        .join(_HOMES, _HOMES.c.code == _VENUES.c.institution)
        .outerjoin(taken, taken.c.resource == row.code)
        .where(row.day.between(*days), row.status.in_(_SHOWN))
        .where(*_narrowed(only, row.equipment))
        .group_by(*key, row.day, row.start, row.end, "is_offered")
        .order_by(row.day, row.start, *key)
    )
    width = len(key)
    found = []
    for line in session.execute(query).all():
        day, start, end, is_offered, *numbers = line[width:]
        amounts = (int(number) for number in numbers)
        found.append(Window(tuple(line[:width]), day, start, end, bool(is_offered), *amounts))
    return found


def _claims(days: tuple[date, date]) -> Any:
    """What proposals have of each slot."""
    claim = _BOOKINGS.c
    return (
        select(
            claim.resource,
            func.sum(case((claim.status == "held", claim.quantity), else_=0)).label("held"),
            func.sum(case((claim.status == "booked", claim.quantity), else_=0)).label("booked"),
        )
        .where(claim.kind == "slot", claim.day.between(*days), claim.status.in_(LIVE))
        .group_by(claim.resource)
        .subquery()
    )


def _is_active() -> ColumnElement[bool]:
    return and_(_VENUES.c.status == "active", _HOMES.c.status == "active")


def _narrowed(only: Filter, equipment: Any) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if only.institution is not None:
        found.append(_VENUES.c.institution == only.institution)
    if only.area is not None:
        found.append(func.coalesce(_VENUES.c.area, _HOMES.c.area).in_(tree.areas(only.area)))
    if only.equipment is not None:
        found.append(equipment == only.equipment)
    if only.occupation is not None:
        teaching = select(CourseRow.equipment).join(
            CourseOccupationRow, CourseOccupationRow.course == CourseRow.code
        )
        found.append(
            equipment.in_(
                teaching.where(
                    CourseOccupationRow.code == only.occupation, CourseRow.equipment.is_not(None)
                )
            )
        )
    return found


def rooms(session: Session, days: tuple[date, date], only: Filter) -> dict[tuple[str, str], Room]:
    """Workstations by venue and type, in order of institution, and those that only slots name."""
    row = _SLOTS.c
    pairs = union(
        select(_STATIONS.c.venue, _STATIONS.c.equipment),
        select(row.venue, row.equipment).where(row.day.between(*days), row.status.in_(_SHOWN)),
    ).subquery()
    found = session.execute(
        select(
            pairs.c.venue, _VENUES.c.name, _VENUES.c.institution, _HOMES.c.name,
            pairs.c.equipment, _TYPES.c.name, func.coalesce(_STATIONS.c.count, 0), _is_active(),
        )
        .join_from(pairs, _VENUES, _VENUES.c.code == pairs.c.venue)
        .join(_TYPES, _TYPES.c.code == pairs.c.equipment)
        .join(_HOMES, _HOMES.c.code == _VENUES.c.institution)
        .outerjoin(
            _STATIONS,
            and_(_STATIONS.c.venue == pairs.c.venue, _STATIONS.c.equipment == pairs.c.equipment),
        )
        .where(*_narrowed(only, pairs.c.equipment))
        .order_by(_VENUES.c.institution, pairs.c.venue, pairs.c.equipment)
    ).all()  # fmt: skip
    return {(room[0], room[4]): Room(*room) for room in found}


def occupations(session: Session, only: Filter) -> frozenset[str] | None:
    """What people must be qualified for to be on the board, None for anything."""
    if only.occupation is not None:
        return frozenset({only.occupation})
    if only.equipment is None:
        return None
    return frozenset(
        session.scalars(
            select(CourseOccupationRow.code)
            .join(CourseRow, CourseRow.code == CourseOccupationRow.course)
            .where(CourseRow.equipment == only.equipment, CourseRow.status == "published")
        )
    )


def choices(session: Session, *, by: Actor) -> tuple[tuple[str, str, str], ...]:
    """What a board can be narrowed to: `institution`, `equipment` or `area`, its code and its name."""
    home = within_reach(NO_FILTER, by).institution
    own = [] if home is None else [_VENUES.c.institution == home]
    schools = session.execute(
        select(_HOMES.c.code, _HOMES.c.name)
        .where(_HOMES.c.code.in_(select(_VENUES.c.institution).where(*own)))
        .order_by(_HOMES.c.code)
    ).all()
    there = select(_STATIONS.c.equipment).join_from(
        _STATIONS, _VENUES, _VENUES.c.code == _STATIONS.c.venue
    )
    types = session.execute(
        select(_TYPES.c.code, _TYPES.c.name)
        .where(_TYPES.c.code.in_(there.where(*own)))
        .order_by(_TYPES.c.code)
    ).all()
    return (
        *(("institution", code, name) for code, name in schools),
        *(("equipment", code, name) for code, name in types),
        *(("area", code, name) for code, name in _places(session, own)),
    )


def _places(session: Session, own: Sequence[ColumnElement[bool]]) -> list[tuple[str, str]]:
    """Areas that venues are in and those around them, the widest first."""
    rows = session.execute(select(AreaRow.code, AreaRow.parent, AreaRow.name)).all()
    known = {code: (parent, name) for code, parent, name in rows}
    there = select(func.coalesce(_VENUES.c.area, _HOMES.c.area)).join_from(
        _VENUES, _HOMES, _HOMES.c.code == _VENUES.c.institution
    )
    found: set[str] = set()
    for area in session.scalars(there.where(*own).distinct()):
        code = area
        while code in known and code not in found:
            found.add(code)
            code = known[code][0]
    return [(code, known[code][1]) for code in sorted(found)]
