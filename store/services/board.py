"""The slot board: workstations, instructors or institutions by day and part of the day, and how full each is.

However many rows there are, a board takes the same few queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from store.schemas.actor import Actor
from store.services import board_people, board_slots, tree
from store.services.board_people import Load
from store.services.board_slots import (
    NO_FILTER,
    PARTS,
    WEEK_DAYS,
    Filter,
    Room,
    Window,
    minutes_in,
    monday,
    parts_of,
    within_reach,
)
from store.services.clashes import Clash, clashes


class View(StrEnum):
    """What the rows of a board are."""

    WORKSTATIONS = "workstations"
    INSTRUCTORS = "instructors"
    INSTITUTIONS = "institutions"


class State(StrEnum):
    """How a cell stands: nothing filed, nothing taken, some, all, or closed for repair or an incident."""

    NONE = "none"
    EMPTY = "empty"
    PART = "part"
    FULL = "full"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Cell:
    """One row in one part of one day: stations, or an instructor's minutes.

    `held` and `booked` are what proposals have taken, the rest of what is not free the institution
    has given away itself; `closed` is what is filed but cannot be had.
    """

    day: date
    part: str
    total: int = 0
    free: int = 0
    held: int = 0
    booked: int = 0
    closed: int = 0
    slots: tuple[str, ...] = ()

    @property
    def taken(self) -> int:
        """What cannot be had any more."""
        return self.total - self.free

    @property
    def elsewhere(self) -> int:
        """What the institution has given away itself."""
        return self.taken - self.held - self.booked

    @property
    def share(self) -> float:
        """How much of it is taken, 0 to 1."""
        return self.taken / self.total if self.total else 0.0

    @property
    def state(self) -> State:
        """In a word."""
        if not self.total:
            return State.CLOSED if self.closed else State.NONE
        if not self.taken:
            return State.EMPTY
        return State.PART if self.free > 0 else State.FULL


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of the board is about; `count` are the stations that are there."""

    key: str
    name: str
    institution: str
    institution_name: str
    venue: str | None
    equipment: str | None
    equipment_name: str
    count: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """Station minutes that are offered, and how many of them are taken."""

    total: int
    taken: int

    @property
    def share(self) -> float:
        """0 to 1."""
        return self.taken / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Board:
    """Days in parts for every row; `use` is that of workstations, in all ("") and by part of the day."""

    view: View
    first_day: date
    last_day: date
    rows: tuple[Row, ...]
    use: Mapping[str, Use]
    people: tuple[Load, ...]
    clashes: tuple[Clash, ...]


def week(
    session: Session,
    day: date,
    *,
    by: Actor,
    view: View = View.WORKSTATIONS,
    only: Filter = NO_FILTER,
) -> Board:
    """The week of a day: what the actor may see, how full each cell is, and what clashes."""
    only = within_reach(only, by)
    if only.area is not None:
        tree.require_area(session, only.area)
    days = (monday(day), monday(day) + timedelta(days=WEEK_DAYS - 1))
    found = board_slots.windows(session, days, only)
    rooms = board_slots.rooms(session, days, only)
    has_idle = view is View.INSTRUCTORS
    people = board_people.loads(session, days, only, has_idle=has_idle)
    if view is View.WORKSTATIONS:
        rows = _workstations(rooms, found, days)
    elif view is View.INSTITUTIONS:
        rows = _institutions(rooms, found, days)
    else:
        rows = _people(people, days)
    wrong, people = clashes(session, days, only, people, by)
    return Board(view, *days, rows, _use(found), people, wrong)


def month(session: Session, day: date, *, by: Actor, only: Filter = NO_FILTER) -> Board:
    """The weeks of a day's month: a row for each, every cell the sum of all workstations then."""
    only = within_reach(only, by)
    if only.area is not None:
        tree.require_area(session, only.area)
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    days = (monday(first), monday(last) + timedelta(days=WEEK_DAYS - 1))
    found = board_slots.windows(session, days, only, ())
    by_week: dict[date, list[Window]] = defaultdict(list)
    for one in found:
        by_week[monday(one.day)].append(one)
    rows = []
    for at in range(0, (days[1] - days[0]).days, WEEK_DAYS):
        begins = days[0] + timedelta(days=at)
        ends = begins + timedelta(days=WEEK_DAYS - 1)
        cells = _cells(by_week.get(begins, ()), (begins, ends))
        name = f"{begins:%G-W%V}"
        rows.append(Row(name, name, "", "", None, None, "", 0, cells))
    return Board(View.WORKSTATIONS, *days, tuple(rows), _use(found), (), ())


def _workstations(
    rooms: Mapping[tuple[str, str], Room], found: Iterable[Window], days: tuple[date, date]
) -> tuple[Row, ...]:
    of_room: dict[tuple[str, str], list[Window]] = defaultdict(list)
    for one in found:
        _code, venue, equipment = one.key
        of_room[venue, equipment].append(one)
    return tuple(
        Row(
            f"{room.venue}/{room.equipment}",
            room.name,
            room.institution,
            room.institution_name,
            room.venue,
            room.equipment,
            room.equipment_name,
            room.count,
            _cells(of_room[key], days),
        )
        for key, room in rooms.items()
        if room.is_open or of_room[key]
    )


def _institutions(
    rooms: Mapping[tuple[str, str], Room], found: Iterable[Window], days: tuple[date, date]
) -> tuple[Row, ...]:
    of_home: dict[str, list[Window]] = defaultdict(list)
    for one in found:
        _code, venue, equipment = one.key
        of_home[rooms[venue, equipment].institution].append(one)
    names: dict[str, str] = {}
    counts: dict[str, int] = defaultdict(int)
    for room in rooms.values():
        if room.is_open or room.institution in of_home:
            names[room.institution] = room.institution_name
            counts[room.institution] += room.count
    return tuple(
        Row(code, name, code, name, None, None, "", counts[code], _cells(of_home[code], days))
        for code, name in sorted(names.items())
    )


def _people(people: Iterable[Load], days: tuple[date, date]) -> tuple[Row, ...]:
    """A row for each instructor; those who teach nothing at the same times share their cells."""
    idle: dict[tuple[tuple[date, int, int], ...], tuple[Cell, ...]] = {}
    rows = []
    for one in people:
        if one.meetings or one.away:
            cells = _person(one, days)
        else:
            cells = idle.get(one.can) or idle.setdefault(one.can, _person(one, days))
        home = (one.institution, one.institution_name)
        rows.append(Row(one.code, one.name, *home, None, None, "", 0, cells))
    return tuple(rows)


def _person(one: Load, days: tuple[date, date]) -> tuple[Cell, ...]:
    """An instructor's minutes: what could be taught, and what is."""
    cells = []
    for day in _days(days):
        for part in PARTS:
            can = sum(minutes_in(part, a, b) for on, a, b in one.can if on == day)
            taken = {"held": 0, "booked": 0, "run": 0}
            for met in one.meetings:
                if met.day == day:
                    taken[met.kind] += minutes_in(part, met.start, met.end)
            teaches = sum(taken.values())
            if day in one.away and not teaches:
                cells.append(Cell(day, part.name, closed=can or 1))
                continue
            total = max(can, teaches)
            cells.append(
                Cell(day, part.name, total, total - teaches, taken["held"], taken["booked"])
            )
    return tuple(cells)


def _cells(found: Iterable[Window], days: tuple[date, date]) -> tuple[Cell, ...]:
    """Windows summed into the parts of every day, in order."""
    sums: dict[tuple[date, str], list[int]] = {}
    slots: dict[tuple[date, str], list[str]] = defaultdict(list)
    for one in found:
        for part in parts_of(one.start, one.end):
            amounts = sums.setdefault((one.day, part), [0] * 5)
            slots[one.day, part] += one.key[:1]
            if not one.is_open:
                amounts[4] += one.stations
                continue
            for at, number in enumerate((one.stations, one.free, one.held, one.booked)):
                amounts[at] += number
    made = []
    for day in _days(days):
        for period in PARTS:
            key = (day, period.name)
            total, free, held, booked, closed = sums.get(key) or (0, 0, 0, 0, 0)
            made.append(Cell(*key, total, free, held, booked, closed, tuple(slots.get(key, ()))))
    return tuple(made)


def _days(days: tuple[date, date]) -> Sequence[date]:
    return [days[0] + timedelta(days=at) for at in range((days[1] - days[0]).days + 1)]


def _use(found: Iterable[Window]) -> dict[str, Use]:
    """Station minutes in all and for each part of the day; what is closed is not offered."""
    sums = {"": [0, 0], **{part.name: [0, 0] for part in PARTS}}
    for one in found:
        if not one.is_open:
            continue
        for name, minutes in (
            ("", one.end - one.start),
            *((part.name, minutes_in(part, one.start, one.end)) for part in PARTS),
        ):
            sums[name][0] += minutes * one.stations
            sums[name][1] += minutes * (one.stations - one.free)
    return {name: Use(*sum_) for name, sum_ in sums.items()}
