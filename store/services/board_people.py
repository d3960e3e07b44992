"""Instructors by the week: when they teach and for what, when they are away, how much of the week is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY
from matching.schedule import run_sessions
from matching.types import Course, Run
from matching.weekly import Calendar
from store.models import (
    BlackoutRow,
    BookingRow,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    RunRow,
)
from store.services import offers, reference, tree
from store.services.board_slots import Filter, occupations
from store.services.capacity import LIVE

LIMIT_MINUTES = round(DEFAULT_POLICY.most_hours_a_week * 60)
_LONGEST_RUN_DAYS = 400


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    """Hours that somebody teaches, for a proposal (`held` or `booked`) or a run (`run`)."""

    day: date
    start: int
    end: int
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Load:
    """An instructor's days: what is taught, what could be (windows by day), and days away."""

    code: str
    name: str
    institution: str
    institution_name: str
    meetings: tuple[Meeting, ...]
    can: tuple[tuple[date, int, int], ...]
    away: tuple[date, ...]

    @property
    def minutes(self) -> int:
        """All that is taught."""
        return sum(one.end - one.start for one in self.meetings)

    @property
    def limit(self) -> int:
        """How much a week may have."""
        return LIMIT_MINUTES


def loads(
    session: Session, days: tuple[date, date], only: Filter, *, has_idle: bool
) -> tuple[Load, ...]:
    """Active instructors that the filter leaves, in order; all, or those who teach or are away then."""
    calendar = reference.calendar(session)
    met: dict[str, list[Meeting]] = defaultdict(list)
    for who, one in (*_booked(session, days), *_appointed(session, days, calendar)):
        met[who].append(one)
    away: dict[str, set[date]] = defaultdict(set)
    for who, first, last in session.execute(
        select(BlackoutRow.instructor, BlackoutRow.first_day, BlackoutRow.last_day).where(
            BlackoutRow.first_day <= days[1], BlackoutRow.last_day >= days[0]
        )
    ):
        away[who].update(_between(max(first, days[0]), min(last, days[1])))
    row = InstructorRow
    query = (
        select(row.code, row.name, row.institution, OrganisationRow.name, row.weekly)
        .join(OrganisationRow, OrganisationRow.code == row.institution)
        .where(row.status == "active")
        .order_by(row.institution, row.code)
    )
    if only.institution is not None:
        query = query.where(row.institution == only.institution)
    if only.area is not None:
        query = query.where(OrganisationRow.area.in_(tree.areas(only.area)))
    trades = occupations(session, only)
    if trades is not None:
        able = select(QualificationRow.instructor).where(QualificationRow.occupation.in_(trades))
        query = query.where(row.code.in_(able))
    found = session.execute(query).all()
    patterns = {weekly for *_, weekly in found}
    can = {weekly: tuple(_windows(weekly, days, calendar)) for weekly in patterns}
    return tuple(
        Load(
            code,
            name,
            home,
            home_name,
            tuple(sorted(met.get(code, ()))),
            can[weekly],
            tuple(sorted(away.get(code, ()))),
        )
        for code, name, home, home_name, weekly in found
        if has_idle or code in met or code in away
    )


def _booked(session: Session, days: tuple[date, date]) -> Iterator[tuple[str, Meeting]]:
    row = BookingRow
    for who, day, start, end, status, code in session.execute(
        select(row.resource, row.day, row.start, row.end, row.status, row.proposal).where(
            row.kind == "instructor", row.day.between(*days), row.status.in_(LIVE)
        )
    ).all():
        yield who, Meeting(day, start, end, status, str(code))


def _appointed(
    session: Session, days: tuple[date, date], calendar: Calendar
) -> Iterator[tuple[str, Meeting]]:
    row = RunRow
    for who, code, first, weekly, last, theory, practice in session.execute(
        select(
            row.instructor, row.code, row.first_day, row.weekly, row.last_day,
            CourseRow.theory_hours, CourseRow.practice_hours,
        )
        .join(CourseRow, CourseRow.code == row.course)
        .where(row.instructor.is_not(None), row.status == "published")
        .where(row.first_day.between(days[0] - timedelta(days=_LONGEST_RUN_DAYS), days[1]))
        .where(or_(row.last_day.is_(None), row.last_day >= days[0]))
    ).all():  # fmt: skip
        run = Run(code, first, offers.weekly_pattern(weekly), last)
        hours = Course("", "", "", theory_hours=theory, practice_hours=practice)
        for one in run_sessions(run, hours, calendar):
            if days[0] <= one.day <= days[1] and one.start is not None and one.end is not None:
                yield str(who), Meeting(one.day, one.start, one.end, "run", code)


def _windows(
    weekly: str | None, days: tuple[date, date], calendar: Calendar
) -> Iterator[tuple[date, int, int]]:
    """When somebody can teach; who filed no times can in the usual blocks of every working day."""
    pattern = offers.weekly_pattern(weekly) if weekly else None
    for day in _between(*days):
        if pattern is not None:
            found = pattern.windows_on(day, calendar)
        else:
            found = () if day in calendar.days_off else DEFAULT_POLICY.session_blocks
        yield from ((day, start, end) for start, end in found)


def _between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]
