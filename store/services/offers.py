"""Rows of what is offered into engine values: only the columns that are needed, no ORM objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import Session

from matching.schedule import run_sessions
from matching.types import (
    AssessmentDate,
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
    BlackoutRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    RunRow,
    SlotRow,
    VenueRow,
)

_PER_QUERY = 500
_MODES: dict[str | None, Mode | None] = {None: None, **{mode.value: mode for mode in Mode}}
_EMPLOYMENTS = {kind.value: kind for kind in Employment}
weekly_pattern = lru_cache(maxsize=4096)(parse_weekly)


def among(column: Any, codes: Collection[str] | None) -> Iterator[ColumnElement[bool]]:
    """Conditions that together pick the codes, each short enough for one query; None picks all."""
    if codes is None:
        yield true()
        return
    ordered = sorted(codes)
    for at in range(0, len(ordered), _PER_QUERY):
        yield column.in_(ordered[at : at + _PER_QUERY])


def courses(session: Session, codes: Collection[str] | None = None) -> tuple[Course, ...]:
    """Published courses with their occupations and runs, in order of code."""
    shares: dict[str, list[OccupationShare]] = defaultdict(list)
    share = CourseOccupationRow
    for condition in among(share.course, codes):
        for course, code, confidence in session.execute(
            select(share.course, share.code, share.confidence)
            .where(condition)
            .order_by(share.course, share.position)
        ):
            shares[course].append(_share(code, confidence))
    runs: dict[str, list[Run]] = defaultdict(list)
    for condition in among(RunRow.course, codes):
        for course, run in _runs(session, RunRow.course, condition):
            runs[course].append(run)
    row = CourseRow
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
            .where(condition, row.status == "published")
            .order_by(row.code)
        ):  # fmt: skip
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


def _runs(session: Session, key: Any, condition: ColumnElement[bool]) -> Iterator[tuple[str, Run]]:
    """Published runs in order of code, each with what it is asked for by."""
    row = RunRow
    for asked, code, first, weekly, last, seats, closes, instructor, venue in session.execute(
        select(
            key, row.code, row.first_day, row.weekly, row.last_day, row.seats_left,
            row.signup_closes, row.instructor, row.venue,
        )
        .where(condition, row.status == "published")
        .order_by(row.code)
    ):  # fmt: skip
        pattern = weekly_pattern(weekly)
        yield asked, Run(code, first, pattern, last, seats, closes, instructor, venue)


def institutions(session: Session, codes: Collection[str] | None = None) -> dict[str, Institution]:
    """Institutions by code."""
    row = OrganisationRow
    found = {}
    for condition in among(row.code, codes):
        for code, name, status, scope, to, evaluation, count, lat, lng in session.execute(
            select(
                row.code, row.name, row.status, row.scope, row.qualified_to, row.evaluation,
                row.evaluation_count, row.lat, row.lng,
            ).where(condition, row.kind == "institution")
        ):  # fmt: skip
            prefixes = tuple(p for p in scope or () if p != "ALL")
            place = point(lat, lng)
            found[code] = Institution(code, name, status, prefixes, to, evaluation, count, place)
    return found


def qualified(session: Session, occupations: Collection[str]) -> set[str]:
    """Who holds one of the occupations."""
    row = QualificationRow
    return {
        code
        for condition in among(row.occupation, occupations)
        for code in session.scalars(select(row.instructor).where(condition))
    }


def staff(session: Session, institutions: Collection[str]) -> set[str]:
    """One instructor of each institution that filed any."""
    row = InstructorRow
    return {
        code
        for condition in among(row.institution, institutions)
        for code in session.scalars(
            select(func.min(row.code))
            .where(condition, row.status == "active")
            .group_by(row.institution)
        )
    }


def instructors(
    session: Session, calendar: Calendar, codes: Collection[str] | None = None
) -> list[Instructor]:
    """Active instructors with what they may teach and when they cannot, in order of code."""
    held: dict[str, list[Qualification]] = defaultdict(list)
    away: dict[str, list[tuple[date, date]]] = defaultdict(list)
    mark = QualificationRow
    for condition in among(mark.instructor, codes):
        for code, *what in session.execute(
            select(mark.instructor, mark.occupation, mark.level, mark.valid_to).where(condition)
        ):
            held[code].append(Qualification(*what))
    for condition in among(BlackoutRow.instructor, codes):
        for code, first, last in session.execute(
            select(BlackoutRow.instructor, BlackoutRow.first_day, BlackoutRow.last_day).where(
                condition
            )
        ):
            away[code].append((first, last))
    busy = _busy(session, calendar, codes)
    row = InstructorRow
    found = []
    for condition in among(row.code, codes):
        for code, name, home, employment, teaches, weekly, year, km in session.execute(
            select(
                row.code, row.name, row.institution, row.employment, row.teaches, row.weekly,
                row.institutions_last_year, row.max_travel_km,
            )
            .where(condition, row.status == "active")
            .order_by(row.code)
        ):  # fmt: skip
            found.append(
                Instructor(
                    code, name, home, _EMPLOYMENTS[employment], teaches != "practice",
                    teaches != "theory", tuple(held[code]),
                    weekly_pattern(weekly) if weekly else None, tuple(sorted(away[code])),
                    tuple(busy[code]), frozenset(year or ()), km,
                )
            )  # fmt: skip
    return found


def _busy(
    session: Session, calendar: Calendar, codes: Collection[str] | None
) -> dict[str, list[Busy]]:
    """Hours that people already teach: the sessions of the runs they are appointed to."""
    hours = {
        code: Course("", "", "", theory_hours=theory, practice_hours=practice)
        for condition in among(RunRow.instructor, codes)
        for code, theory, practice in session.execute(
            select(RunRow.code, CourseRow.theory_hours, CourseRow.practice_hours)
            .join(CourseRow, CourseRow.code == RunRow.course)
            .where(condition, RunRow.instructor.is_not(None), RunRow.status == "published")
        )
    }
    taken: dict[str, list[Busy]] = defaultdict(list)
    for condition in among(RunRow.instructor, codes):
        appointed = and_(condition, RunRow.instructor.is_not(None))
        for person, run in _runs(session, RunRow.instructor, appointed):
            for meeting in run_sessions(run, hours[run.id], calendar):
                if meeting.start is not None and meeting.end is not None:
                    taken[person].append(Busy(meeting.day, meeting.start, meeting.end, run.id))
    return taken


def venues(session: Session, codes: Collection[str] | None = None) -> dict[str, Venue]:
    """Active venues of active institutions, placed by their own coordinates or their area's."""
    row = VenueRow
    found = {}
    for condition in among(row.code, codes):
        for code, name, home, lat, lng, is_open, before, after, area_lat, area_lng in (
            session.execute(
                select(
                    row.code, row.name, row.institution, row.lat, row.lng, row.is_open,
                    row.buffer_before, row.buffer_after, AreaRow.lat, AreaRow.lng,
                )
                .outerjoin(AreaRow, AreaRow.code == row.area)
                .join(OrganisationRow, OrganisationRow.code == row.institution)
                .where(condition, row.status == "active", OrganisationRow.status == "active")
            )
        ):  # fmt: skip
            place = point(lat, lng) or point(area_lat, area_lng)
            found[code] = Venue(code, name, home, place, is_open, before, after)
    return found


def slots(
    session: Session,
    equipment: Collection[str] | None = None,
    first: date | None = None,
    last: date | None = None,
) -> list[Slot]:
    """Published slots with free stations inside a window, in order of code."""
    row = SlotRow
    window = [] if first is None else [row.day.between(first, last)]
    return [
        Slot(*found)
        for condition in among(row.equipment, equipment)
        for found in session.execute(
            select(
                row.code, row.venue, row.equipment, row.day, row.start, row.end,
                row.stations_free, row.price_fen,
            )
            .where(condition, *window, row.stations_free > 0, row.status == "published")
        )
    ]  # fmt: skip


def assessments(
    session: Session, occupations: Collection[str] | None, first: date
) -> list[AssessmentDate]:
    """Published sittings from a day on, in order of code."""
    row = AssessmentRow
    return [
        AssessmentDate(*found)
        for condition in among(row.occupation, occupations)
        for found in session.execute(
            select(row.code, row.body, row.occupation, row.level, row.day, row.seats_left)
            .where(condition, row.day >= first, row.status == "published")
            .order_by(row.code)
        )
    ]


def point(lat: float | None, lng: float | None) -> Point | None:
    """A place, where both of its coordinates are known."""
    return Point(lat, lng) if lat is not None and lng is not None else None
