"""Rows into engine values: a need, and all of the market that could serve it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matching import text as words
from matching.constraints import window
from matching.policy import DEFAULT_POLICY
from matching.schedule import run_sessions
from matching.topic import cores
from matching.types import (
    AssessmentDate,
    Busy,
    Course,
    Employment,
    Institution,
    Instructor,
    Market,
    Mode,
    Need,
    OccupationShare,
    Point,
    Qualification,
    Run,
    Slot,
    Venue,
)
from matching.weekly import Calendar, WeeklyPattern, parse_weekly
from store import text_index
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
    SearchEntryRow,
    SlotRow,
    VenueRow,
)
from store.schemas.records import NeedDraft
from store.services import naming, reference, search
from store.text_index import Index

_BY_TEXT = 200
_SMALL_CLASS = 7
_PER_QUERY = 500


def engine_need(session: Session, draft: NeedDraft) -> Need:
    """A need as the engine takes it; where nobody chose occupations, what its text means."""
    shares = tuple(OccupationShare(part.code, part.confidence) for part in draft.occupations)
    return Need(
        id=getattr(draft, "code", ""),
        text=draft.text,
        heads=draft.heads,
        earliest=draft.earliest,
        occupations=shares or naming.meanings(session, draft.text),
        level=draft.level,
        latest=draft.latest,
        pattern=_pattern(draft.weekly),
        place=_area_point(session, draft.area),
        max_travel_km=draft.max_travel_km,
        budget_fen=None if draft.budget is None else round(draft.budget * 100),
        mode=Mode(draft.mode) if draft.mode else None,
        certificate=draft.certificate,
        min_practice_hours=draft.min_practice_hours,
        can_split=draft.can_split,
    )


def load_market(session: Session, need: Need, today: date) -> Market:
    """Courses that could be about the need, with the people, places, slots and dates they could use."""
    courses = _courses(session, _candidate_codes(session, need))
    codes = {share.code for course in courses for share in course.occupations}
    equipment = {course.equipment for course in courses if course.equipment}
    first, last = window(need, today, DEFAULT_POLICY)
    appointed = {run.instructor for course in courses for run in course.runs if run.instructor}
    institutions = {course.institution for course in courses}
    people = _instructors(session, codes, institutions, appointed, reference.calendar(session))
    slots = _slots(session, equipment, first, last)
    venues = _venues(
        session, {s.venue for s in slots} | {r.venue for c in courses for r in c.runs if r.venue}
    )
    return Market(
        courses=courses,
        institutions=_institutions(session, {course.institution for course in courses}),
        instructors=people,
        venues=venues,
        slots=tuple(slot for slot in slots if slot.venue in venues),
        assessments=_assessments(session, codes, first) if need.certificate else (),
    )


def _candidate_codes(session: Session, need: Need) -> list[str]:
    """Published courses of the occupations and their small classes, and those whose title reads alike."""
    classes = {share.code[:_SMALL_CLASS] for share in need.occupations}
    found: set[str] = set()
    if classes:
        found.update(
            session.scalars(
                select(CourseOccupationRow.course).where(
                    or_(*(CourseOccupationRow.code.between(p, p + "~") for p in sorted(classes)))
                )
            )
        )
    wanted = [term for term in words.terms(" ".join(cores(need.text))) if term.isalnum()]
    rare = text_index.rarest(session, Index.RECORDS, wanted, 8)
    within = search.kind_token("course")
    entries = text_index.candidates(session, Index.RECORDS, rare, _BY_TEXT, within)
    for part in _parts(entries):
        found.update(
            session.scalars(
                select(SearchEntryRow.code).where(
                    SearchEntryRow.id.in_(part), SearchEntryRow.kind == "course"
                )
            )
        )
    return sorted(found)


def _parts(items: Iterable[Any]) -> Iterable[list[Any]]:
    """Lists short enough for one IN clause."""
    ordered = sorted(items)
    for at in range(0, len(ordered), _PER_QUERY):
        yield ordered[at : at + _PER_QUERY]


def _courses(session: Session, codes: Sequence[str]) -> tuple[Course, ...]:
    shares: dict[str, list[OccupationShare]] = defaultdict(list)
    runs: dict[str, list[Run]] = defaultdict(list)
    courses: list[Course] = []
    for part in _parts(codes):
        for row in session.execute(
            select(
                CourseOccupationRow.course, CourseOccupationRow.code, CourseOccupationRow.confidence
            )
            .where(CourseOccupationRow.course.in_(part))
            .order_by(CourseOccupationRow.course, CourseOccupationRow.position)
        ):
            shares[row.course].append(OccupationShare(row.code, row.confidence))
        for row in session.execute(
            select(*RunRow.__table__.columns)
            .where(RunRow.course.in_(part), RunRow.status == "published")
            .order_by(RunRow.code)
        ):
            runs[row.course].append(_run(row))
        for row in session.execute(
            select(*CourseRow.__table__.columns)
            .where(CourseRow.code.in_(part), CourseRow.status == "published")
            .order_by(CourseRow.code)
        ):
            courses.append(_course(row, shares[row.code], runs[row.code]))
    return tuple(courses)


def _course(row: Any, shares: list[OccupationShare], runs: list[Run]) -> Course:
    return Course(
        id=row.code,
        title=row.title,
        institution=row.institution,
        occupations=tuple(shares),
        level=row.level,
        theory_hours=row.theory_hours,
        practice_hours=row.practice_hours,
        price_fen=row.price_fen,
        price_per_class=row.price_per == "class",
        min_heads=row.min_heads,
        max_heads=row.max_heads,
        mode=Mode(row.mode) if row.mode else None,
        equipment=row.equipment,
        heads_per_station=row.heads_per_station,
        on_demand=row.delivery == "on_demand",
        runs=tuple(runs),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        filed_on=row.filed_on,
    )


def _run(row: Any) -> Run:
    return Run(
        row.code,
        row.first_day,
        parse_weekly(row.weekly),
        row.last_day,
        row.seats_left,
        row.signup_closes,
        row.instructor,
        row.venue,
    )


def _institutions(session: Session, codes: Iterable[str]) -> dict[str, Institution]:
    found = {}
    for part in _parts(codes):
        for row in session.scalars(select(OrganisationRow).where(OrganisationRow.code.in_(part))):
            scope = tuple(p for p in row.scope or () if p != "ALL")
            found[row.code] = Institution(
                row.code,
                row.name,
                row.status,
                scope,
                row.qualified_to,
                row.evaluation,
                row.evaluation_count,
                _point(row.lat, row.lng),
            )
    return found


def _instructors(
    session: Session,
    codes: Iterable[str],
    institutions: set[str],
    appointed: set[str],
    calendar: Calendar,
) -> tuple[Instructor, ...]:
    """People appointed to a run or qualified for a trade, and one of each institution that filed any."""
    wanted = set(appointed)
    for part in _parts(codes):
        wanted.update(
            session.scalars(
                select(QualificationRow.instructor).where(QualificationRow.occupation.in_(part))
            )
        )
    for part in _parts(institutions):
        wanted.update(
            session.scalars(
                select(func.min(InstructorRow.code))
                .where(InstructorRow.institution.in_(part), InstructorRow.status == "active")
                .group_by(InstructorRow.institution)
            )
        )
    people: list[Instructor] = []
    for part in _parts(wanted):
        held: dict[str, list[Qualification]] = defaultdict(list)
        for row in session.execute(
            select(*QualificationRow.__table__.columns).where(QualificationRow.instructor.in_(part))
        ):
            held[row.instructor].append(Qualification(row.occupation, row.level, row.valid_to))
        busy = _busy(session, part, calendar)
        away: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for row in session.execute(
            select(*BlackoutRow.__table__.columns).where(BlackoutRow.instructor.in_(part))
        ):
            away[row.instructor].append((row.first_day, row.last_day))
        for person in session.scalars(
            select(InstructorRow)
            .where(InstructorRow.code.in_(part), InstructorRow.status == "active")
            .order_by(InstructorRow.code)
        ):
            people.append(
                Instructor(
                    id=person.code,
                    name=person.name,
                    institution=person.institution,
                    employment=Employment(person.employment),
                    teaches_theory=person.teaches != "practice",
                    teaches_practice=person.teaches != "theory",
                    qualifications=tuple(held[person.code]),
                    weekly=_pattern(person.weekly),
                    blackouts=tuple(sorted(away[person.code])),
                    busy=tuple(busy[person.code]),
                    institutions_last_year=frozenset(person.institutions_last_year or ()),
                    max_travel_km=person.max_travel_km,
                )
            )
    return tuple(people)


def _busy(
    session: Session, instructors: Sequence[str], calendar: Calendar
) -> dict[str, list[Busy]]:
    """Hours that people already teach: the sessions of the runs they are appointed to."""
    taken: dict[str, list[Busy]] = defaultdict(list)
    for row in session.execute(
        select(*RunRow.__table__.columns, CourseRow.theory_hours, CourseRow.practice_hours)
        .join(CourseRow, CourseRow.code == RunRow.course)
        .where(RunRow.instructor.in_(instructors), RunRow.status == "published")
        .order_by(RunRow.code)
    ):
        hours = Course("", "", "", theory_hours=row.theory_hours, practice_hours=row.practice_hours)
        for meeting in run_sessions(_run(row), hours, calendar):
            if meeting.start is not None and meeting.end is not None:
                taken[row.instructor].append(
                    Busy(meeting.day, meeting.start, meeting.end, row.code)
                )
    return taken


def _venues(session: Session, codes: Iterable[str]) -> dict[str, Venue]:
    found = {}
    for part in _parts(codes):
        for row in session.execute(
            select(VenueRow, AreaRow.lat, AreaRow.lng)
            .outerjoin(AreaRow, AreaRow.code == VenueRow.area)
            .join(OrganisationRow, OrganisationRow.code == VenueRow.institution)
            .where(
                VenueRow.code.in_(part),
                VenueRow.status == "active",
                OrganisationRow.status == "active",
            )
        ):
            venue = row.VenueRow
            place = _point(venue.lat, venue.lng) or _point(row.lat, row.lng)
            found[venue.code] = Venue(
                venue.code, venue.name, venue.institution, place, venue.is_open
            )
    return found


def _slots(session: Session, equipment: Iterable[str], first: date, last: date) -> tuple[Slot, ...]:
    found: list[Slot] = []
    for part in _parts(equipment):
        rows = session.execute(
            select(
                SlotRow.code,
                SlotRow.venue,
                SlotRow.equipment,
                SlotRow.day,
                SlotRow.start,
                SlotRow.end,
                SlotRow.stations_free,
                SlotRow.price_fen,
            )
            .where(
                SlotRow.equipment.in_(part),
                SlotRow.day.between(first, last),
                SlotRow.stations_free > 0,
                SlotRow.status == "published",
            )
            .order_by(SlotRow.code)
        )
        found.extend(Slot(*row) for row in rows)
    return tuple(found)


def _assessments(session: Session, codes: Iterable[str], first: date) -> tuple[AssessmentDate, ...]:
    found: list[AssessmentDate] = []
    for part in _parts(codes):
        for row in session.scalars(
            select(AssessmentRow)
            .where(
                AssessmentRow.occupation.in_(part),
                AssessmentRow.day >= first,
                AssessmentRow.status == "published",
            )
            .order_by(AssessmentRow.code)
        ):
            found.append(
                AssessmentDate(
                    row.code, row.body, row.occupation, row.level, row.day, row.seats_left
                )
            )
    return tuple(found)


def _pattern(weekly: str | None) -> WeeklyPattern | None:
    return parse_weekly(weekly) if weekly else None


def _point(lat: float | None, lng: float | None) -> Point | None:
    return Point(lat, lng) if lat is not None and lng is not None else None


def _area_point(session: Session, area: str | None) -> Point | None:
    """Coordinates of an area, or of the nearest area above it that has any."""
    while area:
        row = session.get(AreaRow, area)
        if row is None:
            return None
        if row.lat is not None and row.lng is not None:
            return Point(row.lat, row.lng)
        area = row.parent
    return None
