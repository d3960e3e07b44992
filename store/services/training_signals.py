"""Signs in rosters and attendance that a supervisor may want to look at; rights are the caller's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import AttendanceRow, EnrolmentRow, NoShowRow, TrainingClassRow
from store.services import attendance, classes, roster, supervision_rules, trainees, training_rules

_PRESENT = ("present", "late")


@dataclass(frozen=True, slots=True)
class Signal:
    """One sign: its code, the class, a person where it is about one, the day, two numbers, other records."""

    code: str
    training_class: str
    trainee: str | None = None
    day: date | None = None
    found: int = 0
    expected: int = 0
    others: tuple[tuple[str, str], ...] = ()


def signals(session: Session, today: date) -> tuple[Signal, ...]:
    """Every sign in every class that has begun, by class."""
    begun = select(TrainingClassRow).where(
        TrainingClassRow.first_day <= today, TrainingClassRow.status != "cancelled"
    )
    rows = session.scalars(begun.order_by(TrainingClassRow.code)).all()
    least = supervision_rules.rules(session).same_minute_least
    due = attendance.sheets_due(session, today)
    found = [
        one
        for row in rows
        for one in (
            *above_roster(session, row),
            *hours_short(session, row, row.last_day < due),
            *outside_plan(session, row),
            *same_minute(session, row, least),
        )
    ]
    return tuple(sorted([*found, *two_places(session)], key=lambda s: (s.training_class, s.code)))


def above_roster(session: Session, row: TrainingClassRow) -> Iterator[Signal]:
    """Sessions with more people present than heads confirmed, less those noted as not having come."""
    codes = [one.code for one in classes.members(session, row.code)]
    gone = session.scalars(select(NoShowRow.heads).where(NoShowRow.proposal.in_(codes))).all()
    expected = classes.heads_of(session, row.code) - sum(gone)
    counts: dict[tuple[date, int], int] = {}
    query = (
        select(AttendanceRow.day, AttendanceRow.start)
        .join(EnrolmentRow, EnrolmentRow.id == AttendanceRow.enrolment)
        .where(EnrolmentRow.training_class == row.code, AttendanceRow.mark.in_(_PRESENT))
    )
    for day, start in session.execute(query):
        counts[day, start] = counts.get((day, start), 0) + 1
    for (day, _), count in sorted(counts.items()):
        if count > expected:
            yield Signal("above_roster", row.code, None, day, count, expected)


def two_places(session: Session) -> Iterator[Signal]:
    """People present in two classes at the same hours of a day, files that seem to be one person together."""
    rows = session.execute(
        select(AttendanceRow, EnrolmentRow, TrainingClassRow)
        .join(EnrolmentRow, EnrolmentRow.id == AttendanceRow.enrolment)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .where(AttendanceRow.mark.in_(_PRESENT))
        .order_by(AttendanceRow.day, TrainingClassRow.code, EnrolmentRow.trainee)
    )
    whose: dict[str, str] = {}
    lessons: dict[str, dict[tuple[date, int], attendance.Lesson]] = {}
    seen: dict[tuple[str, date], list[tuple[str, attendance.Lesson]]] = {}
    for mark, seat, row in rows:
        if seat.trainee not in whose:
            whose[seat.trainee] = person(session, seat.trainee)
        if row.code not in lessons:
            lessons[row.code] = {one.key: one for one in attendance.lessons_of(row)}
        lesson = lessons[row.code].get((mark.day, mark.start))
        if lesson is None:
            continue
        before = seen.setdefault((whose[seat.trainee], mark.day), [])
        twice = {code for code, one in before if code != row.code and _at_once(one, lesson)}
        if twice:
            others = tuple(("class", code) for code in sorted(twice))
            yield Signal("two_places", row.code, seat.trainee, mark.day, others=others)
        before.append((row.code, lesson))


def hours_short(session: Session, row: TrainingClassRow, is_over: bool) -> Iterator[Signal]:
    """People of a class who cannot reach the least hours any more, or, as it is over, did not."""
    lessons, rules = attendance.lessons_of(row), training_rules.rules(session)
    seats = roster.seats(session, row.code)
    marks = attendance.marks_of(session, [seat.id for seat in seats])
    for seat in seats:
        stands = attendance.standing(
            lessons, marks.get(seat.id, {}), rules, seat.funding, is_over=is_over
        )
        if stands.is_lost:
            found, needed = stands.attended, stands.needed
            yield Signal("hours_short", row.code, seat.trainee, None, found, needed)


def outside_plan(session: Session, row: TrainingClassRow) -> Iterator[Signal]:
    """Days on which people signed for more sessions than the class has on that day."""
    planned = Counter(lesson.day for lesson in attendance.lessons_of(row))
    query = (
        select(AttendanceRow.day, AttendanceRow.start)
        .join(EnrolmentRow, EnrolmentRow.id == AttendanceRow.enrolment)
        .where(EnrolmentRow.training_class == row.code, AttendanceRow.mark.in_(_PRESENT))
        .distinct()
    )
    signed = Counter(day for day, _ in session.execute(query))
    for day, count in sorted(signed.items()):
        if count > planned[day]:
            yield Signal("outside_plan", row.code, None, day, count, planned[day])


def same_minute(session: Session, row: TrainingClassRow, least: int) -> Iterator[Signal]:
    """Sessions that everybody came to in one and the same minute, by the device, at least so many people."""
    query = (
        select(AttendanceRow.day, AttendanceRow.start, AttendanceRow.came, EnrolmentRow.trainee)
        .join(EnrolmentRow, EnrolmentRow.id == AttendanceRow.enrolment)
        .where(EnrolmentRow.training_class == row.code, AttendanceRow.came.is_not(None))
        .order_by(AttendanceRow.day, AttendanceRow.start, EnrolmentRow.trainee)
    )
    came: dict[attendance.Key, list[tuple[int | None, str]]] = {}
    for day, start, minute, trainee in session.execute(query):
        came.setdefault((day, start), []).append((minute, trainee))
    for (day, _), some in came.items():
        if len(some) >= least and len({minute for minute, _ in some}) == 1:
            others = tuple(("trainee", trainee) for _, trainee in some)
            yield Signal("same_minute", row.code, None, day, len(some), some[0][0] or 0, others)


def person(session: Session, code: str) -> str:
    """One code for all files that seem to be of one person; of somebody without a file the code itself."""
    return min(trainees.selves(session, code))


def _at_once(one: attendance.Lesson, other: attendance.Lesson) -> bool:
    if one.end is None or other.end is None:
        return True
    return one.start < other.end and other.start < one.end
