"""Rows of what is offered into engine values: only the columns that are needed, no ORM objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, func, select
from sqlalchemy.orm import Session

from matching.schedule import run_sessions
from matching.types import (
    AssessmentDate,
    Bar,
    Busy,
    Course,
    Employment,
    Institution,
    Instructor,
    Mode,
    OccupationShare,
    Point,
    Qualification,
    Run,
    Slot,
    Venue,
)
from matching.weekly import Calendar, parse_weekly
from store.models import (
    AreaRow,
    AssessmentRow,
    Base,
    BlackoutRow,
    BookingRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    ProposalRow,
    QualificationRow,
    RunRow,
    SlotRow,
    StandingRow,
    VenueRow,
)
from store.services import reference, supervision_rules, taught
from store.services.among import among

_DAY = timedelta(days=1)
_MODES: dict[str | None, Mode | None] = {None: None, **{mode.value: mode for mode in Mode}}
_EMPLOYMENTS = {kind.value: kind for kind in Employment}
weekly_pattern = lru_cache(maxsize=4096)(parse_weekly)


def _table(row: type[Base]) -> Table:
    return cast(Table, row.__table__)


# Tables, not mapped classes: plain rows cost half of what rows by way of the ORM do.
_SHARES, _COURSES, _RUNS = _table(CourseOccupationRow), _table(CourseRow), _table(RunRow)
_PEOPLE, _HELD, _AWAY = _table(InstructorRow), _table(QualificationRow), _table(BlackoutRow)
_ORGANISATIONS, _VENUES, _AREAS = _table(OrganisationRow), _table(VenueRow), _table(AreaRow)
_SLOTS, _SITTINGS, _BOOKINGS = _table(SlotRow), _table(AssessmentRow), _table(BookingRow)
_PROPOSALS, _STANDING = _table(ProposalRow), _table(StandingRow)


def _in_state(row: Any, status: str) -> ColumnElement[bool]:
    """Rows in a state, compared so that no database looks them up by it: nearly all rows share it."""
    return func.coalesce(row.status, "") == status


def courses(session: Session, codes: Collection[str] | None = None) -> tuple[Course, ...]:
    """Published courses with their occupations and runs, in order of code."""
    shares: dict[str, list[OccupationShare]] = defaultdict(list)
    share = _SHARES.c
    for condition in among(share.course, codes):
        for course, code, confidence in session.execute(
            select(share.course, share.code, share.confidence)
            .where(condition)
            .order_by(share.course, share.position)
        ).all():
            shares[course].append(_share(code, confidence))
    runs: dict[str, list[Run]] = defaultdict(list)
    run = _RUNS.c
    for condition in among(run.course, codes):
        for course, code, first, weekly, *rest in session.execute(
            select(
                run.course, run.code, run.first_day, run.weekly, run.last_day, run.seats_left,
                run.signup_closes, run.instructor, run.venue, run.filed_on,
            )
            .where(condition, _in_state(run, "published"))
            .order_by(run.code)
        ).all():  # fmt: skip
            runs[course].append(Run(code, first, weekly_pattern(weekly), *rest))
    row = _COURSES.c
    found: list[Course] = []
    for condition in among(row.code, codes):
        for (
            code, title, institution, level, theory, practice, price, per, least, most, mode,
            equipment, per_station, delivery, valid_from, valid_to, filed_on,
        ) in session.execute(
            select(
                row.code, row.title, row.institution, row.level, row.theory_hours,
                row.practice_hours, row.price_fen, row.price_per, row.min_heads, row.max_heads,
                row.mode, row.equipment, row.heads_per_station, row.delivery, row.valid_from,
                row.valid_to, row.filed_on,
            )
            .where(condition, _in_state(row, "published"))
            .order_by(row.code)
        ).all():  # fmt: skip
            found.append(
                Course(
                    code, title, institution, tuple(shares[code]), level, theory, practice, price,
                    per == "class", least, most, _MODES[mode], equipment, per_station,
                    delivery == "on_demand", tuple(runs[code]), valid_from, valid_to, filed_on,
                )
            )  # fmt: skip
    return tuple(found)


@lru_cache(maxsize=4096)
def _share(code: str, confidence: float) -> OccupationShare:
    return OccupationShare(code, confidence)


def institutions(session: Session, codes: Collection[str] | None = None) -> dict[str, Institution]:
    """Institutions by code, with the sanctions and inspections that say when they may teach."""
    row = _ORGANISATIONS.c
    found = {}
    bars, inspected = _standing(session, codes)
    for condition in among(row.code, codes):
        for code, name, status, scope, to, evaluation, count, lat, lng in session.execute(
            select(
                row.code, row.name, row.status, row.scope, row.qualified_to, row.evaluation,
                row.evaluation_count, row.lat, row.lng,
            ).where(condition, row.kind == "institution")
        ).all():  # fmt: skip
            prefixes = tuple(p for p in scope or () if p != "ALL")
            place = point(lat, lng)
            found[code] = Institution(
                code, name, status, prefixes, to, evaluation, count, place,
                tuple(bars.get(code, ())), inspected.get(code),
            )  # fmt: skip
    return found


def _standing(
    session: Session, codes: Collection[str] | None
) -> tuple[dict[str, list[Bar]], dict[str, date]]:
    """Sanctions by institution, lifted ones to the day before, and how long the last inspection is good."""
    row = _STANDING.c
    bars: dict[str, list[Bar]] = defaultdict(list)
    inspected: dict[str, date] = {}
    for condition in among(row.institution, codes):
        for code, entry, sort, first, last, lifted in session.execute(
            select(row.institution, row.entry, row.type, row.first_day, row.last_day, row.lifted_on)
            .where(condition, row.entry.in_(("sanction", "inspection")))
            .order_by(row.institution, row.first_day, row.id)
        ):
            if entry == "inspection" and last is not None:
                inspected[code] = last
            elif entry == "sanction":
                end = min(filter(None, (last, lifted and lifted - _DAY)), default=None)
                if end is None or end >= first:
                    bars[code].append(Bar(sort, first, end))
    return bars, inspected


def qualified(session: Session, occupations: Collection[str], homes: Collection[str]) -> set[str]:
    """Who holds one of the occupations and can teach for one of the institutions: their own and guests."""
    row, person = _HELD.c, _PEOPLE.c
    return {
        code
        for condition in among(row.occupation, occupations)
        for code, home, employment in session.execute(
            select(row.instructor, person.institution, person.employment)
            .join_from(_HELD, _PEOPLE, person.code == row.instructor)
            .where(condition)
        )
        if home in homes or _EMPLOYMENTS[employment] is not Employment.FULL_TIME
    }


def staff(session: Session, institutions: Collection[str]) -> set[str]:
    """One instructor of each institution that filed any."""
    row = _PEOPLE.c
    return {
        code
        for condition in among(row.institution, institutions)
        for code in session.scalars(
            select(func.min(row.code))
            .where(condition, _in_state(row, "active"))
            .group_by(row.institution)
        )
    }


def instructors(
    session: Session, calendar: Calendar, codes: Collection[str] | None = None
) -> list[Instructor]:
    """Active instructors with what they may teach and when they cannot, in order of code.

    Where they taught in a year is what was filed and what the store knows of; the limit is the store's.
    """
    held: dict[str, list[Qualification]] = defaultdict(list)
    away: dict[str, list[tuple[date, date]]] = defaultdict(list)
    mark = _HELD.c
    for condition in among(mark.instructor, codes):
        for code, occupation, level, valid_to in session.execute(
            select(mark.instructor, mark.occupation, mark.level, mark.valid_to)
            .where(condition)
            .order_by(mark.instructor, mark.position)
        ).all():
            held[code].append(Qualification(occupation, level, valid_to))
    for condition in among(_AWAY.c.instructor, codes):
        for code, first, last in session.execute(
            select(_AWAY.c.instructor, _AWAY.c.first_day, _AWAY.c.last_day).where(condition)
        ):
            away[code].append((first, last))
    busy = _busy(session, calendar, codes)
    places = taught.institutions(session, codes, reference.today(session))
    most = supervision_rules.rules(session).institutions_most
    row = _PEOPLE.c
    found = []
    for condition in among(row.code, codes):
        for code, name, home, employment, teaches, weekly, year, km, filed in session.execute(
            select(
                row.code, row.name, row.institution, row.employment, row.teaches, row.weekly,
                row.institutions_last_year, row.max_travel_km, row.filed_on,
            )
            .where(condition, _in_state(row, "active"))
            .order_by(row.code)
        ).all():  # fmt: skip
            found.append(
                Instructor(
                    code, name, home, _EMPLOYMENTS[employment], teaches != "practice",
                    teaches != "theory", tuple(held[code]),
                    weekly_pattern(weekly) if weekly else None, tuple(sorted(away[code])),
                    tuple(busy[code]), frozenset(year or ()) | places.get(code, frozenset()), km,
                    filed_on=filed, most_institutions=most,
                )
            )  # fmt: skip
    return found


def _busy(
    session: Session, calendar: Calendar, codes: Collection[str] | None
) -> dict[str, list[Busy]]:
    """Hours that people already teach: sessions of the runs they are appointed to, and what is booked."""
    taken = _appointed(session, calendar, codes)
    row, deal = _BOOKINGS.c, _PROPOSALS.c
    for condition in among(row.resource, codes):
        for person, proposal, day, start, end, lat, lng in session.execute(
            select(
                row.resource, row.proposal, row.day, row.start, row.end,
                func.coalesce(_VENUES.c.lat, _ORGANISATIONS.c.lat),
                func.coalesce(_VENUES.c.lng, _ORGANISATIONS.c.lng),
            )
            .join_from(_BOOKINGS, _PROPOSALS, deal.code == row.proposal)
            .join(_COURSES, _COURSES.c.code == deal.course)
            .join(_ORGANISATIONS, _ORGANISATIONS.c.code == _COURSES.c.institution)
            .outerjoin(_VENUES, _VENUES.c.code == deal.venue)
            .where(condition, row.kind == "instructor", row.status.in_(("held", "booked")))
        ).all():  # fmt: skip
            taken[person].append(Busy(day, start, end, proposal, point(lat, lng)))
    return taken


def _appointed(
    session: Session, calendar: Calendar, codes: Collection[str] | None
) -> dict[str, list[Busy]]:
    row, course = _RUNS.c, _COURSES.c
    taken: dict[str, list[Busy]] = defaultdict(list)
    for condition in among(row.instructor, codes):
        for person, code, first, weekly, last, theory, practice, lat, lng in session.execute(
            select(
                row.instructor, row.code, row.first_day, row.weekly, row.last_day,
                course.theory_hours, course.practice_hours,
                func.coalesce(_VENUES.c.lat, _ORGANISATIONS.c.lat),
                func.coalesce(_VENUES.c.lng, _ORGANISATIONS.c.lng),
            )
            .join_from(_RUNS, _COURSES, course.code == row.course)
            .join(_ORGANISATIONS, _ORGANISATIONS.c.code == course.institution)
            .outerjoin(_VENUES, _VENUES.c.code == row.venue)
            .where(condition, row.instructor.is_not(None), _in_state(row, "published"))
            .order_by(row.code)
        ).all():  # fmt: skip
            run = Run(code, first, weekly_pattern(weekly), last)
            hours = Course("", "", "", theory_hours=theory, practice_hours=practice)
            place = point(lat, lng)
            for meeting in run_sessions(run, hours, calendar):
                if meeting.start is not None and meeting.end is not None:
                    taken[person].append(Busy(meeting.day, meeting.start, meeting.end, code, place))
    return taken


def venues(session: Session, codes: Collection[str] | None = None) -> dict[str, Venue]:
    """Active venues of active institutions, placed by their own coordinates or their area's."""
    row = _VENUES.c
    found = {}
    for condition in among(row.code, codes):
        for code, name, home, lat, lng, is_open, before, after, filed, area_lat, area_lng in (
            session.execute(
                select(
                    row.code, row.name, row.institution, row.lat, row.lng, row.is_open,
                    row.buffer_before, row.buffer_after, row.filed_on, _AREAS.c.lat, _AREAS.c.lng,
                )
                .outerjoin(_AREAS, _AREAS.c.code == row.area)
                .join(_ORGANISATIONS, _ORGANISATIONS.c.code == row.institution)
                .where(condition, _in_state(row, "active"), _in_state(_ORGANISATIONS.c, "active"))
            )
        ).all():  # fmt: skip
            place = point(lat, lng) or point(area_lat, area_lng)
            found[code] = Venue(code, name, home, place, is_open, before, after, filed)
    return found


@dataclass(frozen=True, slots=True)
class SlotWindow:
    """Slots of some equipment between two days that have free stations."""

    equipment: Collection[str]
    first: date
    last: date

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Each short enough for one query."""
        row = _SLOTS.c
        for condition in among(row.equipment, self.equipment):
            yield and_(condition, row.day.between(self.first, self.last), *_is_free())


def _is_free() -> tuple[ColumnElement[bool], ...]:
    return _SLOTS.c.stations_free > 0, _in_state(_SLOTS.c, "published")


def slot_venues(session: Session, window: SlotWindow) -> dict[str, set[str]]:
    """Venues that have any such slot, each with one slot of every type of equipment."""
    row = _SLOTS.c
    found: dict[str, set[str]] = defaultdict(set)
    for condition in window.conditions():
        for venue, code in session.execute(
            select(row.venue, func.min(row.code))
            .where(condition)
            .group_by(row.venue, row.equipment)
        ):
            found[venue].add(code)
    return found


def slots(session: Session, window: SlotWindow, venues: Collection[str]) -> list[Slot]:
    """Such slots at some venues."""
    return [
        slot
        for part in among(_SLOTS.c.venue, venues)
        for condition in window.conditions()
        for slot in _slots(session, part, condition)
    ]


def slots_named(session: Session, codes: Collection[str]) -> list[Slot]:
    """Slots by code."""
    return [slot for part in among(_SLOTS.c.code, codes) for slot in _slots(session, part)]


def all_slots(session: Session) -> list[Slot]:
    """Every slot with free stations."""
    return _slots(session, *_is_free())


def _slots(session: Session, *conditions: ColumnElement[bool]) -> list[Slot]:
    row = _SLOTS.c
    found = session.execute(
        select(
            row.code, row.venue, row.equipment, row.day, row.start, row.end,
            row.stations_free, row.price_fen, row.filed_on,
        ).where(*conditions)
    ).all()  # fmt: skip
    return [
        Slot(code, venue, equipment, day, start, end, free, price, filed)
        for code, venue, equipment, day, start, end, free, price, filed in found
    ]


def assessments(
    session: Session, occupations: Collection[str] | None, first: date
) -> list[AssessmentDate]:
    """Published sittings from a day on, in order of code."""
    row = _SITTINGS.c
    return [
        AssessmentDate(*found)
        for condition in among(row.occupation, occupations)
        for found in session.execute(
            select(row.code, row.body, row.occupation, row.level, row.day, row.seats_left)
            .where(condition, row.day >= first, _in_state(row, "published"))
            .order_by(row.code)
        )
    ]


def point(lat: float | None, lng: float | None) -> Point | None:
    """A place, where both of its coordinates are known."""
    return Point(lat, lng) if lat is not None and lng is not None else None
