"""Rows of what is offered into engine values: only the columns that are needed, no ORM objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, bindparam, func, select
from sqlalchemy.orm import Session

from matching.practice import Hours
from matching.purposes import purpose
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
    Outline,
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
    CourseModuleRow,
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
from store.services.among import Listed, Query, is_one_of

_DAY = timedelta(days=1)
_MODES: dict[str | None, Mode | None] = {None: None, **{mode.value: mode for mode in Mode}}
_EMPLOYMENTS = {kind.value: kind for kind in Employment}
weekly_pattern = lru_cache(maxsize=4096)(parse_weekly)


def _table(row: type[Base]) -> Table:
    return cast(Table, row.__table__)


# Tables, not mapped classes: plain rows cost half of what rows by way of the ORM do.
_SHARES, _COURSES, _RUNS = _table(CourseOccupationRow), _table(CourseRow), _table(RunRow)
_MODULES = _table(CourseModuleRow)
_PEOPLE, _HELD, _AWAY = _table(InstructorRow), _table(QualificationRow), _table(BlackoutRow)
_ORGANISATIONS, _VENUES, _AREAS = _table(OrganisationRow), _table(VenueRow), _table(AreaRow)
_SLOTS, _SITTINGS, _BOOKINGS = _table(SlotRow), _table(AssessmentRow), _table(BookingRow)
_PROPOSALS, _STANDING = _table(ProposalRow), _table(StandingRow)


def _in_state(row: Any, status: str) -> ColumnElement[bool]:
    """Rows in a state, compared so that no database looks them up by it: nearly all rows share it."""
    return func.coalesce(row.status, "") == status


_SHARES_OF = Query(
    select(_SHARES.c.course, _SHARES.c.code, _SHARES.c.confidence).order_by(
        _SHARES.c.course, _SHARES.c.position
    ),
    _SHARES.c.course,
)
_RUNS_OF = Query(
    select(
        _RUNS.c.course, _RUNS.c.code, _RUNS.c.first_day, _RUNS.c.weekly, _RUNS.c.last_day,
        _RUNS.c.seats_left, _RUNS.c.signup_closes, _RUNS.c.instructor, _RUNS.c.venue,
        _RUNS.c.filed_on,
    )
    .where(_in_state(_RUNS.c, "published"))
    .order_by(_RUNS.c.code),
    _RUNS.c.course,
)  # fmt: skip
_MODULES_OF = Query(
    select(_MODULES.c.course, _MODULES.c.title).order_by(_MODULES.c.course, _MODULES.c.position),
    _MODULES.c.course,
)
_PUBLISHED = Query(
    select(
        _COURSES.c.code, _COURSES.c.title, _COURSES.c.institution, _COURSES.c.level,
        _COURSES.c.theory_hours, _COURSES.c.practice_hours, _COURSES.c.price_fen,
        _COURSES.c.price_per, _COURSES.c.min_heads, _COURSES.c.max_heads, _COURSES.c.mode,
        _COURSES.c.equipment, _COURSES.c.heads_per_station, _COURSES.c.delivery,
        _COURSES.c.valid_from, _COURSES.c.valid_to, _COURSES.c.filed_on,
        _COURSES.c.self_study_hours,
    )
    .where(_in_state(_COURSES.c, "published"))
    .order_by(_COURSES.c.code),
    _COURSES.c.code,
)  # fmt: skip


def courses(session: Session, codes: Collection[str] | None = None) -> tuple[Course, ...]:
    """Published courses with their occupations, runs and modules, in order of code."""
    shares: dict[str, list[OccupationShare]] = defaultdict(list)
    for course, code, confidence in _SHARES_OF.rows(session, codes):
        shares[course].append(_share(code, confidence))
    runs: dict[str, list[Run]] = defaultdict(list)
    for course, code, first, weekly, *rest in _RUNS_OF.rows(session, codes):
        runs[course].append(Run(code, first, weekly_pattern(weekly), *rest))
    modules: dict[str, tuple[str, ...]] = {}
    for course, title in _MODULES_OF.rows(session, codes):
        modules[course] = (*modules.get(course, ()), title)
    return tuple(
        Course(
            code, title, institution, tuple(shares[code]), level, theory, practice, price,
            per == "class", least, most, _MODES[mode], equipment, per_station,
            delivery == "on_demand", tuple(runs[code]), valid_from, valid_to, filed_on,
            purpose(title),
            self_study,
            modules.get(code, ()),
        )
        for (
            code, title, institution, level, theory, practice, price, per, least, most, mode,
            equipment, per_station, delivery, valid_from, valid_to, filed_on, self_study,
        ) in _PUBLISHED.rows(session, codes)
    )  # fmt: skip


_OUTLINES = Query(
    select(
        _COURSES.c.code, _COURSES.c.title, _COURSES.c.institution, _COURSES.c.level,
        _COURSES.c.price_fen, _COURSES.c.price_per, _COURSES.c.filed_on,
    ).where(_in_state(_COURSES.c, "published")),
    _COURSES.c.code,
)  # fmt: skip


def outlines(session: Session, codes: Collection[str]) -> tuple[Outline, ...]:
    """Published courses as far as is needed to see which of them are worth loading."""
    shares: dict[str, tuple[OccupationShare, ...]] = {}
    for course, code, confidence in _SHARES_OF.rows(session, codes):
        shares[course] = (*shares.get(course, ()), _share(code, confidence))
    return tuple(
        Outline(code, title, institution, level, price, per == "class", filed, shares.get(code, ()))
        for code, title, institution, level, price, per, filed in _OUTLINES.rows(session, codes)
    )


@lru_cache(maxsize=4096)
def _share(code: str, confidence: float) -> OccupationShare:
    return OccupationShare(code, confidence)


_INSTITUTIONS = Query(
    select(
        _ORGANISATIONS.c.code, _ORGANISATIONS.c.name, _ORGANISATIONS.c.status,
        _ORGANISATIONS.c.scope, _ORGANISATIONS.c.qualified_to, _ORGANISATIONS.c.evaluation,
        _ORGANISATIONS.c.evaluation_count, _ORGANISATIONS.c.lat, _ORGANISATIONS.c.lng,
    ).where(_ORGANISATIONS.c.kind == "institution"),
    _ORGANISATIONS.c.code,
)  # fmt: skip
_ENTRIES = Query(
    select(
        _STANDING.c.institution, _STANDING.c.entry, _STANDING.c.type, _STANDING.c.first_day,
        _STANDING.c.last_day, _STANDING.c.lifted_on,
    )
    .where(is_one_of(_STANDING.c.entry, ("sanction", "inspection")))
    .order_by(_STANDING.c.institution, _STANDING.c.first_day, _STANDING.c.id),
    _STANDING.c.institution,
)  # fmt: skip


def institutions(session: Session, codes: Collection[str] | None = None) -> dict[str, Institution]:
    """Institutions by code, with the sanctions and inspections that say when they may teach."""
    found = {}
    bars, inspected = _standing(session, codes)
    for code, name, status, scope, to, evaluation, count, lat, lng in _INSTITUTIONS.rows(
        session, codes
    ):
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
    bars: dict[str, list[Bar]] = defaultdict(list)
    inspected: dict[str, date] = {}
    for code, entry, sort, first, last, lifted in _ENTRIES.rows(session, codes):
        if entry == "inspection" and last is not None:
            inspected[code] = last
        elif entry == "sanction":
            end = min(filter(None, (last, lifted and lifted - _DAY)), default=None)
            if end is None or end >= first:
                bars[code].append(Bar(sort, first, end))
    return bars, inspected


_ON_REGISTER = func.coalesce(_PEOPLE.c.register_state, "") != "struck_off"
_HOLDERS = Query(
    select(_HELD.c.instructor, _PEOPLE.c.institution, _PEOPLE.c.employment).join_from(
        _HELD, _PEOPLE, _PEOPLE.c.code == _HELD.c.instructor
    ),
    _HELD.c.occupation,
)
_ONE_OF_EACH = Query(
    select(func.min(_PEOPLE.c.code))
    .where(_in_state(_PEOPLE.c, "active"), _ON_REGISTER)
    .group_by(_PEOPLE.c.institution),
    _PEOPLE.c.institution,
)
_MARKS = Query(
    select(_HELD.c.instructor, _HELD.c.occupation, _HELD.c.level, _HELD.c.valid_to).order_by(
        _HELD.c.instructor, _HELD.c.position
    ),
    _HELD.c.instructor,
)
_BLACKOUTS = Query(
    select(_AWAY.c.instructor, _AWAY.c.first_day, _AWAY.c.last_day), _AWAY.c.instructor
)
_ACTIVE = Query(
    select(
        _PEOPLE.c.code, _PEOPLE.c.name, _PEOPLE.c.institution, _PEOPLE.c.employment,
        _PEOPLE.c.teaches, _PEOPLE.c.weekly, _PEOPLE.c.institutions_last_year,
        _PEOPLE.c.max_travel_km, _PEOPLE.c.filed_on, _ORGANISATIONS.c.name, _ORGANISATIONS.c.status,
    )
    .join_from(_PEOPLE, _ORGANISATIONS, _ORGANISATIONS.c.code == _PEOPLE.c.institution)
    .where(_in_state(_PEOPLE.c, "active"), _ON_REGISTER)
    .order_by(_PEOPLE.c.code),
    _PEOPLE.c.code,
)  # fmt: skip
_BOOKED = Query(
    select(
        _BOOKINGS.c.resource, _BOOKINGS.c.proposal, _BOOKINGS.c.day, _BOOKINGS.c.start,
        _BOOKINGS.c.end,
        func.coalesce(_VENUES.c.lat, _ORGANISATIONS.c.lat),
        func.coalesce(_VENUES.c.lng, _ORGANISATIONS.c.lng),
    )
    .join_from(_BOOKINGS, _PROPOSALS, _PROPOSALS.c.code == _BOOKINGS.c.proposal)
    .join(_COURSES, _COURSES.c.code == _PROPOSALS.c.course)
    .join(_ORGANISATIONS, _ORGANISATIONS.c.code == _COURSES.c.institution)
    .outerjoin(_VENUES, _VENUES.c.code == _PROPOSALS.c.venue)
    .where(_BOOKINGS.c.kind == "instructor", is_one_of(_BOOKINGS.c.status, ("held", "booked"))),
    _BOOKINGS.c.resource,
)  # fmt: skip
_APPOINTED = Query(
    select(
        _RUNS.c.instructor, _RUNS.c.code, _RUNS.c.first_day, _RUNS.c.weekly, _RUNS.c.last_day,
        _COURSES.c.theory_hours, _COURSES.c.practice_hours,
        func.coalesce(_VENUES.c.lat, _ORGANISATIONS.c.lat),
        func.coalesce(_VENUES.c.lng, _ORGANISATIONS.c.lng),
    )
    .join_from(_RUNS, _COURSES, _COURSES.c.code == _RUNS.c.course)
    .join(_ORGANISATIONS, _ORGANISATIONS.c.code == _COURSES.c.institution)
    .outerjoin(_VENUES, _VENUES.c.code == _RUNS.c.venue)
    .where(_RUNS.c.instructor.is_not(None), _in_state(_RUNS.c, "published"))
    .order_by(_RUNS.c.code),
    _RUNS.c.instructor,
)  # fmt: skip


def qualified(session: Session, occupations: Collection[str], homes: Collection[str]) -> set[str]:
    """Who holds one of the occupations and can teach for one of the institutions: their own and guests."""
    return {
        code
        for code, home, employment in _HOLDERS.rows(session, occupations)
        if home in homes or _EMPLOYMENTS[employment] is not Employment.FULL_TIME
    }


def staff(session: Session, institutions: Collection[str]) -> set[str]:
    """One instructor of each institution that filed any."""
    return {code for (code,) in _ONE_OF_EACH.rows(session, institutions)}


def instructors(
    session: Session, calendar: Calendar, codes: Collection[str] | None = None
) -> list[Instructor]:
    """Active instructors who are not struck off: what they may teach, when they cannot; in order of code.

    Where they taught in a year is what was filed and what the store knows of; the limit is the store's.
    """
    held: dict[str, list[Qualification]] = defaultdict(list)
    away: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for code, occupation, level, valid_to in _MARKS.rows(session, codes):
        held[code].append(Qualification(occupation, level, valid_to))
    for code, first, last in _BLACKOUTS.rows(session, codes):
        away[code].append((first, last))
    busy = _busy(session, calendar, codes)
    places = taught.institutions(session, codes, reference.today(session))
    most = supervision_rules.rules(session).institutions_most
    return [
        Instructor(
            code, name, home, _EMPLOYMENTS[employment], teaches != "practice", teaches != "theory",
            tuple(held[code]), weekly_pattern(weekly) if weekly else None,
            tuple(sorted(away[code])), tuple(busy[code]),
            frozenset(year or ()) | places.get(code, frozenset()), km, filed_on=filed, most_institutions=most,
            home_name=home_name, home_status=status,
        )
        for (
            code, name, home, employment, teaches, weekly, year, km, filed, home_name, status,
        ) in _ACTIVE.rows(session, codes)
    ]  # fmt: skip


def _busy(
    session: Session, calendar: Calendar, codes: Collection[str] | None
) -> dict[str, list[Busy]]:
    """Hours that people already teach: sessions of the runs they are appointed to, and what is booked."""
    taken = _appointed(session, calendar, codes)
    for person, proposal, day, start, end, lat, lng in _BOOKED.rows(session, codes):
        taken[person].append(Busy(day, start, end, proposal, point(lat, lng)))
    return taken


def _appointed(
    session: Session, calendar: Calendar, codes: Collection[str] | None
) -> dict[str, list[Busy]]:
    taken: dict[str, list[Busy]] = defaultdict(list)
    for person, code, first, weekly, last, theory, practice, lat, lng in _APPOINTED.rows(
        session, codes
    ):
        run = Run(code, first, weekly_pattern(weekly), last)
        hours = Course("", "", "", theory_hours=theory, practice_hours=practice)
        place = point(lat, lng)
        for meeting in run_sessions(run, hours, calendar):
            if meeting.start is not None and meeting.end is not None:
                taken[person].append(Busy(meeting.day, meeting.start, meeting.end, code, place))
    return taken


_USABLE = Query(
    select(
        _VENUES.c.code, _VENUES.c.name, _VENUES.c.institution, _VENUES.c.lat, _VENUES.c.lng,
        _VENUES.c.is_open, _VENUES.c.buffer_before, _VENUES.c.buffer_after, _VENUES.c.filed_on,
        _AREAS.c.lat, _AREAS.c.lng,
    )
    .outerjoin(_AREAS, _AREAS.c.code == _VENUES.c.area)
    .join(_ORGANISATIONS, _ORGANISATIONS.c.code == _VENUES.c.institution)
    .where(_in_state(_VENUES.c, "active"), _in_state(_ORGANISATIONS.c, "active")),
    _VENUES.c.code,
)  # fmt: skip


def venues(session: Session, codes: Collection[str] | None = None) -> dict[str, Venue]:
    """Active venues of active institutions, placed by their own coordinates or their area's."""
    found = {}
    for (
        code,
        name,
        home,
        lat,
        lng,
        is_open,
        before,
        after,
        filed,
        area_lat,
        area_lng,
    ) in _USABLE.rows(session, codes):
        place = point(lat, lng) or point(area_lat, area_lng)
        found[code] = Venue(code, name, home, place, is_open, before, after, filed)
    return found


_FREE = (_SLOTS.c.stations_free > 0, _in_state(_SLOTS.c, "published"))
_AS_SLOT = select(
    _SLOTS.c.code, _SLOTS.c.venue, _SLOTS.c.equipment, _SLOTS.c.day, _SLOTS.c.start, _SLOTS.c.end,
    _SLOTS.c.stations_free, _SLOTS.c.price_fen, _SLOTS.c.filed_on,
)  # fmt: skip
_WITH_VENUES = Query(
    select(_SLOTS.c.venue, _SLOTS.c.equipment, func.min(_SLOTS.c.code))
    .where(_SLOTS.c.day.between(bindparam("first"), bindparam("last")), *_FREE)
    .group_by(_SLOTS.c.venue, _SLOTS.c.equipment),
    _SLOTS.c.equipment,
)
_AT_VENUES = Query(
    _AS_SLOT.where(
        Listed(_SLOTS.c.equipment, "equipment"),
        _SLOTS.c.day.between(bindparam("first"), bindparam("last")),
        # Not the bare column: SQLite would look every day up at every venue.
        Listed(func.coalesce(_SLOTS.c.day, _SLOTS.c.day), "days"),
        _SLOTS.c.start >= bindparam("start"),
        _SLOTS.c.end <= bindparam("end"),
        *_FREE,
    ),
    _SLOTS.c.venue,
)
_NAMED = Query(_AS_SLOT, _SLOTS.c.code)
_ALL_FREE = Query(_AS_SLOT.where(*_FREE), _SLOTS.c.code)
_SITTINGS_FROM = Query(
    select(
        _SITTINGS.c.code, _SITTINGS.c.body, _SITTINGS.c.occupation, _SITTINGS.c.level,
        _SITTINGS.c.day, _SITTINGS.c.seats_left,
    )
    .where(_SITTINGS.c.day >= bindparam("first"), _in_state(_SITTINGS.c, "published"))
    .order_by(_SITTINGS.c.code),
    _SITTINGS.c.occupation,
)  # fmt: skip


def slot_venues(
    session: Session, equipment: Collection[str], first: date, last: date
) -> dict[str, dict[str, str]]:
    """Venues with free slots between two days: of every type of equipment asked for one slot's code."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for venue, kind, code in _WITH_VENUES.rows(session, equipment, first=first, last=last):
        found[venue][kind] = code
    return found


def slots(
    session: Session, equipment: Collection[str], hours: Hours, venues: Collection[str]
) -> list[Slot]:
    """Slots with free stations at some venues that lie in certain hours."""
    if not hours.days:
        return []
    rows = _AT_VENUES.rows(
        session,
        venues,
        equipment=sorted(equipment),
        first=hours.days[0],
        last=hours.days[-1],
        days=list(hours.days),
        start=hours.start,
        end=hours.end,
    )
    return list(map(Slot._make, rows))


def slots_named(session: Session, codes: Collection[str]) -> list[Slot]:
    """Slots by code."""
    return list(map(Slot._make, _NAMED.rows(session, codes)))


def all_slots(session: Session) -> list[Slot]:
    """Every slot with free stations."""
    return list(map(Slot._make, _ALL_FREE.rows(session, None)))


def assessments(
    session: Session, occupations: Collection[str] | None, first: date
) -> list[AssessmentDate]:
    """Published sittings from a day on, in order of code."""
    return [AssessmentDate(*row) for row in _SITTINGS_FROM.rows(session, occupations, first=first)]


def point(lat: float | None, lng: float | None) -> Point | None:
    """A place, where both of its coordinates are known."""
    return Point(lat, lng) if lat is not None and lng is not None else None
