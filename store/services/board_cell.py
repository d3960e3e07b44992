"""One cell of the board: which classes and proposals hold it, and what is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from matching.schedule import run_sessions
from store.models import (
    BookingRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    ProposalRow,
    RunRow,
    SlotRow,
    TrainingClassRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import (
    bought,
    clashes,
    classes,
    offers,
    plans,
    reference,
    sharing,
)
from store.services.among import among
from store.services.board import View
from store.services.board_slots import Filter, parts_of, within_reach
from store.services.capacity import LIVE
from store.services.rights import Act, Reach, reach

_MOST_LINES = 200
_LONGEST_RUN_DAYS = 400


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is: a view and a row of it, a day and a part of the day."""

    view: View
    row: str
    day: date
    part: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot under a cell; times in minutes after midnight."""

    code: str
    venue: str
    equipment: str
    status: str
    start: int
    end: int
    stations: int
    free: int


@dataclass(frozen=True, slots=True)
class Holding:
    """A class or a proposal that has something of a cell: of whom, how many of them, with whom, how much.

    What the actor may not open has no code and no names; `quantity` are stations, none where an
    instructor's hours are held.
    """

    proposal: str
    training_class: str | None
    status: str
    firms: tuple[str, ...]
    heads: int
    course: str
    title: str
    instructors: tuple[str, ...]
    quantity: int
    start: int
    end: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RunThen:
    """A run that meets then, with its seats and the class that it has become."""

    code: str
    course: str
    title: str
    start: int
    end: int
    seats: int | None
    seats_left: int | None
    instructor: str | None
    training_class: str | None


@dataclass(frozen=True, slots=True)
class Bought:
    """Workstations of the cell that a public body bought: who, how many, until when."""

    code: str
    buyer: str
    stations: int
    last_day: date


@dataclass(frozen=True, slots=True)
class CellDetail:
    """Everything under a cell."""

    place: Place
    slots: tuple[Slot, ...]
    holdings: tuple[Holding, ...]
    runs: tuple[RunThen, ...]
    bought: tuple[Bought, ...] = ()


def cell(session: Session, place: Place, *, by: Actor) -> CellDetail:
    """What is under a cell, as far as the actor may see it."""
    only = _home(session, place, by)
    if place.view is View.INSTRUCTORS:
        found: tuple[Slot, ...] = ()
        taken = _hours(session, place)
    else:
        found = tuple(_slots(session, place, only))
        taken = _stations(session, [one.code for one in found])
    return CellDetail(
        place,
        found,
        tuple(_holdings(session, taken, by)),
        tuple(_runs(session, place, by)),
        tuple(_bought(session, place)),
    )


def _bought(session: Session, place: Place) -> Iterator[Bought]:
    """Who bought workstations of the row that day."""
    venue, _, equipment = place.row.partition("/")
    if place.view is not View.WORKSTATIONS or not equipment:
        return
    for one in bought.on_day(session, venue, equipment, place.day):
        home = session.get_one(OrganisationRow, one.buyer)
        yield Bought(one.code, home.short_name or home.name, one.stations, one.last_day)


def _home(session: Session, place: Place, by: Actor) -> Filter:
    """Whose row it is; somebody else's is refused."""
    if place.view is View.INSTRUCTORS:
        home = session.scalar(
            select(InstructorRow.institution).where(InstructorRow.code == place.row)
        )
    elif place.view is View.WORKSTATIONS:
        venue = place.row.partition("/")[0]
        home = session.scalar(select(VenueRow.institution).where(VenueRow.code == venue))
    else:
        home = place.row
    return within_reach(Filter(institution=home or ""), by)


def _slots(session: Session, place: Place, only: Filter) -> Iterator[Slot]:
    row = SlotRow
    is_closed = or_(VenueRow.status != "active", OrganisationRow.status != "active")
    status = case((is_closed, "paused"), else_=row.status)
    query = (
        select(
            row.code, row.venue, row.equipment, status, row.start, row.end, row.stations,
            row.stations_free,
        )
        .join(VenueRow, VenueRow.code == row.venue)
        .join(OrganisationRow, OrganisationRow.code == VenueRow.institution)
        .where(row.day == place.day, row.status.in_(("published", "paused")))
        .where(VenueRow.institution == only.institution)
        .order_by(row.venue, row.equipment, row.start)
    )  # fmt: skip
    if place.view is View.WORKSTATIONS:
        venue, _, equipment = place.row.partition("/")
        query = query.where(row.venue == venue, row.equipment == equipment)
    for found in session.execute(query).all():
        slot = Slot(*found)
        if place.part in parts_of(slot.start, slot.end):
            yield slot


@dataclass(frozen=True, slots=True)
class _Taken:
    proposal: str
    status: str
    quantity: int
    start: int
    end: int
    until: datetime | None


def _stations(session: Session, slots: Collection[str]) -> list[_Taken]:
    row = BookingRow
    return [
        _Taken(str(code), status, quantity, start, end, until)
        for part in among(row.resource, slots)
        for code, status, quantity, start, end, until in session.execute(
            select(row.proposal, row.status, row.quantity, row.start, row.end, row.until)
            .where(part, row.kind == "slot", row.status.in_(LIVE), row.proposal.is_not(None))
            .order_by(row.start, row.proposal)
            .limit(_MOST_LINES)
        )
    ]


def _hours(session: Session, place: Place) -> list[_Taken]:
    row = BookingRow
    found = session.execute(
        select(row.proposal, row.status, row.start, row.end, row.until)
        .where(row.kind == "instructor", row.resource == place.row, row.day == place.day)
        .where(row.status.in_(LIVE))
        .order_by(row.start, row.proposal)
    ).all()
    return [
        _Taken(str(code), status, 0, start, end, until)
        for code, status, start, end, until in found
        if place.part in parts_of(start, end)
    ]


def _holdings(session: Session, taken: Sequence[_Taken], by: Actor) -> Iterator[Holding]:
    """What is taken, class by class; a pooled class is one whoever of it carries the stations."""
    codes = {one.proposal for one in taken}
    seen = clashes.visible(session, codes, by)
    rows = {
        row.code: row
        for row in session.scalars(select(ProposalRow).where(ProposalRow.code.in_(sorted(seen))))
    }
    titles = dict(
        session.execute(
            select(CourseRow.code, CourseRow.title).where(
                CourseRow.code.in_({row.course for row in rows.values()})
            )
        ).all()
    )
    for one in taken:
        window = (one.quantity, one.start, one.end, one.until)
        row = rows.get(one.proposal)
        if row is None:
            yield Holding("", None, one.status, (), 0, "", "", (), *window)
            continue
        mates = _mates(session, row)
        yield Holding(
            row.code,
            row.training_class,
            row.status,
            tuple(classes.firm_name(session, mate, by) for mate in mates),
            sum(mate.heads for mate in mates),
            row.course,
            titles.get(row.course, ""),
            plans.loads(row.plan).instructors,
            *window,
        )


def _mates(session: Session, row: ProposalRow) -> Sequence[ProposalRow]:
    """All who are taught together with a proposal."""
    if row.training_class is not None:
        return classes.members(session, row.training_class)
    return sharing.members(session, row.pool) if row.pool is not None else (row,)


def _runs(session: Session, place: Place, by: Actor) -> Iterator[RunThen]:
    """Runs that meet then: with the instructor, at the venue on its workstations, or of the institution.

    Of a run that the actor may not open there are only the hours and who teaches.
    """
    row = RunRow
    venue, _, equipment = place.row.partition("/")
    where = {
        View.INSTRUCTORS: row.instructor == place.row,
        View.INSTITUTIONS: CourseRow.institution == place.row,
        View.WORKSTATIONS: and_(row.venue == venue, CourseRow.equipment == equipment),
    }[place.view]
    earliest = place.day - timedelta(days=_LONGEST_RUN_DAYS)
    codes = session.execute(
        select(
            row.code, row.course, CourseRow.title, row.seats, row.seats_left, row.instructor,
            TrainingClassRow.code, row.owner,
        )
        .join(CourseRow, CourseRow.code == row.course)
        .outerjoin(
            TrainingClassRow,
            and_(TrainingClassRow.run == row.code, TrainingClassRow.status != "cancelled"),
        )
        .where(where, row.status == "published", row.first_day.between(earliest, place.day))
        .where(or_(row.last_day.is_(None), row.last_day >= place.day))
        .order_by(row.code)
        .limit(_MOST_LINES)
    ).all()  # fmt: skip
    calendar = reference.calendar(session)
    known = {one.id: one for one in offers.courses(session, {found[1] for found in codes})}
    is_whole = reach(by, Act.READ, "run") is Reach.ANY
    for code, course, title, seats, left, who, group, owner in codes:
        whole = known.get(course)
        run = next((r for r in whole.runs if r.id == code), None) if whole else None
        for met in run_sessions(run, whole, calendar) if run and whole else ():
            if met.day != place.day or met.start is None or met.end is None:
                continue
            if place.part in parts_of(met.start, met.end):
                if is_whole or owner == by.organisation:
                    yield RunThen(code, course, title, met.start, met.end, seats, left, who, group)
                else:
                    yield RunThen("", "", "", met.start, met.end, None, None, who, None)
