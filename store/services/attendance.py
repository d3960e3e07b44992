"""Who was at which session of a class: marked, summed in class hours of 45 minutes, held against the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import MINUTES_PER_CLASS_HOUR
from matching.types import Session as Meeting
from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import AttendanceRow, EnrolmentRow, ResultRow, TrainingClassRow
from store.schemas.actor import Actor
from store.schemas.trainee import Attended
from store.services import audit, classes, credits, plans, reference, roster, training_rules
from store.services.clocks import day_of
from store.services.rights import Act
from store.services.roster import Seat
from store.services.training_rules import TrainingRules

UNTIMED = -1
_UNTIMED_HOURS = 8
_PERCENT = 100
_OVER = ("finished", "closed")
Key = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """One trainee at one session; the mark None takes it away. `came` is when a device saw them first."""

    trainee: str
    day: date
    start: int
    mark: Attended | None
    came: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """One session as a column of the grid: when, and how many class hours it counts."""

    day: date
    start: int
    end: int | None
    hours: int
    practice: bool

    @property
    def key(self) -> Key:
        """What marks name it by."""
        return self.day, self.start


@dataclass(frozen=True, slots=True)
class Standing:
    """Class hours of one trainee: attended, still to come or not marked, all, and the least that counts.

    Once `is_over`, hours that nobody marked are not to come any more.
    """

    attended: int
    ahead: int
    total: int
    needed: int
    is_over: bool = False

    @property
    def short(self) -> int:
        """Hours that are missing to the threshold now."""
        return max(0, self.needed - self.attended)

    @property
    def is_lost(self) -> bool:
        """Whether the threshold cannot be reached any more."""
        return self.attended + (0 if self.is_over else self.ahead) < self.needed


@dataclass(frozen=True, slots=True)
class Line:
    """A trainee's row of the grid; `result` is what the newest attempt came to, empty before one."""

    seat: Seat
    marks: Mapping[Key, str]
    standing: Standing
    result: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A class as a grid of attendance; lines of whoever is on the roster, the day of its assessment."""

    code: str
    title: str
    status: str
    lessons: tuple[Lesson, ...]
    lines: tuple[Line, ...]
    assessed: date | None = None

    def day_of_result(self, trainee: str, today: date) -> date:
        """Of which day a result is unless said otherwise: the first of the assessment, others of today."""
        is_first = all(not one.result for one in self.lines if one.seat.trainee == trainee)
        return min(today, self.assessed) if is_first and self.assessed is not None else today


def grid(session: Session, code: str, *, by: Actor) -> Grid:
    """Roster by sessions with every mark, and how each person stands."""
    row = classes.load(session, code, by=by)
    found = roster.listed(session, code, by=by)
    lessons = lessons_of(row)
    marks = marks_of(session, [seat.id for seat in found])
    rules = training_rules.rules(session)
    is_over = row.last_day < sheets_due(session, reference.today(session))
    outcomes = _outcomes(session, [seat.id for seat in found])
    lines = tuple(
        Line(
            seat,
            marks.get(seat.id, {}),
            standing(lessons, marks.get(seat.id, {}), rules, seat.funding, is_over=is_over),
            outcomes.get(seat.id, ""),
        )
        for seat in found
        if seat.status in roster.SEATED
    )
    title = classes.sheet(session, code, by=by).title
    return Grid(code, title, row.status, lessons, lines, plans.loads(row.plan).assessment_day)


def mark(
    session: Session,
    code: str,
    marks: Sequence[Mark],
    *,
    by: Actor,
    now: datetime,
    source: str = "hand",
) -> int:
    """Write marks, all or none; how many were other than before. Sessions to come are not marked."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    if row.status in ("cancelled", "closed"):
        raise ConflictError("attendance_closed", id=code, state=row.status)
    seats = {seat.trainee: seat for seat in roster.seats(session, code)}
    known = {lesson.key for lesson in lessons_of(row)}
    before, after = [], []
    for one in marks:
        if one.trainee not in seats:
            raise ConflictError("not_on_roster", id=one.trainee, group=code)
        if (one.day, one.start) not in known:
            raise NotFoundError("lesson", one.day.isoformat())
        if one.day > day_of(now):
            raise ConflictError("lesson_ahead", day=one.day)
        was = _put(session, seats[one.trainee], one, source, by, now)
        if was != one.mark:
            place = f"{one.trainee} {one.day.isoformat()} {one.start}"
            before.append((place, was))
            after.append((place, one.mark))
    session.flush()
    if after:
        told = (code, dict(before), dict(after))
        audit.note(session, by, "attend", "class", [told], at=now)
    return len(after)


def complete(session: Session, code: str, *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Whoever reached the threshold of a finished class has completed it; codes of who is short."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    if row.status not in _OVER:
        raise ConflictError("class_not_over", id=code, state=row.status)
    lessons, rules = lessons_of(row), training_rules.rules(session)
    seats = roster.seats(session, code)
    marks = marks_of(session, [seat.id for seat in seats])
    done, short = [], []
    for seat in seats:
        stands = standing(lessons, marks.get(seat.id, {}), rules, seat.funding)
        if stands.short:
            short.append(seat.trainee)
        elif seat.status == "enrolled":
            seat.status = "completed"
            done.append(seat.trainee)
            credits.award_hours(session, seat, row, stands.attended, by=by, now=now)
    session.flush()
    if done:
        told = (code, {"enrolled": sorted(done)}, {"completed": sorted(done)})
        audit.note(session, by, "complete", "class", [told], at=now)
    return tuple(short)


def lessons_of(row: TrainingClassRow) -> tuple[Lesson, ...]:
    """The sessions of a class, in order, each with its class hours."""
    found: dict[Key, Lesson] = {}
    for meeting in plans.loads(row.plan).sessions:
        start = UNTIMED if meeting.start is None else meeting.start
        lesson = Lesson(meeting.day, start, meeting.end, hours_of(meeting), meeting.practice)
        found.setdefault(lesson.key, lesson)  # one session may need several rooms
    return tuple(found[key] for key in sorted(found))


def hours_of(meeting: Meeting) -> int:
    """Whole class hours of 45 minutes; eight for a day without times."""
    if meeting.start is None or meeting.end is None:
        return _UNTIMED_HOURS
    return (meeting.end - meeting.start) // MINUTES_PER_CLASS_HOUR


def sheets_due(session: Session, today: date) -> date:
    """For classes whose last day is before this one, the days for bringing sign-in sheets are over."""
    days = training_rules.rules(session).sheet_days
    return reference.calendar(session).workdays_before(today, days)


def standing(
    lessons: Iterable[Lesson],
    marks: Mapping[Key, str],
    rules: TrainingRules,
    funding: str,
    *,
    is_over: bool = False,
) -> Standing:
    """Hours attended, still open, in all, and needed: present counts whole, late a little less."""
    attended = ahead = total = 0
    for lesson in lessons:
        total += lesson.hours
        said = marks.get(lesson.key)
        if said is None:
            ahead += lesson.hours
        elif said == "present":
            attended += lesson.hours
        elif said == "late":
            attended += max(0, lesson.hours - rules.late_loses)
    needed = -(-total * rules.least(funding) // _PERCENT)
    return Standing(attended, ahead, total, needed, is_over)


def marks_of(session: Session, enrolments: Sequence[int]) -> dict[int, dict[Key, str]]:
    """Every mark of some places on rosters."""
    found: dict[int, dict[Key, str]] = {}
    query = select(AttendanceRow).where(AttendanceRow.enrolment.in_(enrolments))
    for one in session.scalars(query.order_by(AttendanceRow.day, AttendanceRow.start)):
        found.setdefault(one.enrolment, {})[one.day, one.start] = one.mark
    return found


def _outcomes(session: Session, enrolments: Sequence[int]) -> Mapping[int, str]:
    """What the newest attempt of some places on rosters came to; nothing for those without one."""
    rows = session.execute(
        select(ResultRow.enrolment, ResultRow.outcome)
        .where(ResultRow.enrolment.in_(enrolments), ResultRow.voided.is_(None))
        .order_by(ResultRow.enrolment, ResultRow.attempt)
    )
    return {enrolment: outcome for enrolment, outcome in rows}


def _put(
    session: Session, seat: EnrolmentRow, one: Mark, source: str, by: Actor, now: datetime
) -> str | None:
    """Write or take away one mark; what stood there before."""
    row = session.get(AttendanceRow, (seat.id, one.day, one.start))
    was = row.mark if row is not None else None
    if one.mark is None:
        if row is not None:
            session.delete(row)
        return was
    if row is None:
        row = AttendanceRow(enrolment=seat.id, day=one.day, start=one.start)
        session.add(row)
    if was != one.mark:
        row.mark, row.source, row.login, row.at = one.mark, source, by.login, now
        row.came = one.came
    return was


def lesson_named(lessons: Sequence[Lesson], words: str) -> Lesson:
    """A session by its number from 1, or by its day and, where there are several, its time: `12-05 18:30`."""
    if words.isdigit() and 1 <= int(words) <= len(lessons):
        return lessons[int(words) - 1]
    day, _, clock = words.partition(" ")
    found = [
        lesson
        for lesson in lessons
        if day in (lesson.day.isoformat(), f"{lesson.day:%m-%d}") and clock in ("", _clock(lesson))
    ]
    if len(found) != 1:
        raise InvalidError("which_lesson", text=words, count=len(lessons))
    return found[0]


def _clock(lesson: Lesson) -> str:
    return "" if lesson.start == UNTIMED else f"{lesson.start // 60:02d}:{lesson.start % 60:02d}"
