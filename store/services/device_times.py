"""Time stamps of an attendance device made into marks: the first and last of a session say in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.models import TraineeRow
from store.schemas.actor import Actor
from store.schemas.trainee import Attended
from store.services import attendance, classes, reference, roster
from store.services.attendance import UNTIMED, Key, Lesson, Mark
from store.services.rights import Act

_EARLY = 60  # minutes before a session from which a stamp belongs to it
_LATE = 10  # minutes after its beginning from which somebody is late
_HALF = 2
_DAY_END = 1440
_AT_ONCE = 5  # minutes within which a second stamp is the same one
_WRITTEN = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T]+(\d{1,2})[:：](\d{1,2})(?:[:：](\d{1,2})(?:\.0*)?)?"
)
_EXCEL = datetime.fromisoformat("1899-12-30")
_SERIAL = re.compile(r"[3-6]\d{4}\.\d+")  # 1982 to 2091, with a time


@dataclass(frozen=True, slots=True)
class Stamp:
    """One line of a device's file: its number in the file, when (local time), whose number."""

    line: int
    at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a file: marks written, stamps that said nothing new, of nobody known, of no session."""

    marked: int
    double: tuple[int, ...]
    unknown: tuple[str, ...]
    outside: tuple[int, ...]
    kept: tuple[str, ...]


def take(
    session: Session, code: str, stamps: Sequence[Stamp], *, by: Actor, now: datetime
) -> Imported:
    """Marks from stamps; what was marked by hand stays and is told.

    In by ten minutes after the beginning is present, later is late; out before half of it is absent.
    """
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    if not stamps:
        raise InvalidError("no_stamps", id=code)
    people = _people(session, code)
    lessons = attendance.lessons_of(row)
    double, outside, unknown = [], [], []
    times: dict[tuple[str, Key], list[int]] = {}
    last: dict[str, datetime] = {}
    for stamp in sorted(stamps, key=lambda one: (one.at, one.line)):
        person = people.get(stamp.number.strip().upper())
        if person is None:
            unknown.append(stamp.number)
            continue
        if person in last and (stamp.at - last[person]).total_seconds() < _AT_ONCE * 60:
            double.append(stamp.line)
            continue
        last[person] = stamp.at
        lesson = _lesson_at(lessons, stamp.at)
        if lesson is None:
            outside.append(stamp.line)
            continue
        times.setdefault((person, lesson.key), []).append(_minute(stamp.at))
    by_key = {lesson.key: lesson for lesson in lessons}
    by_hand = _marked(session, code)
    marks = [
        Mark(person, *key, _mark(by_key[key], found), min(found))
        for (person, key), found in sorted(times.items())
        if (person, key) not in by_hand
    ]
    kept = [f"{person} {key[0]}" for person, key in sorted(times) if (person, key) in by_hand]
    count = attendance.mark(session, code, marks, by=by, now=now, source="device")
    return Imported(
        count, tuple(double), tuple(dict.fromkeys(unknown)), tuple(outside), tuple(kept)
    )


def _people(session: Session, code: str) -> Mapping[str, str]:
    """The centre's numbers and the codes of who is on the roster, in capitals."""
    codes = [seat.trainee for seat in roster.seats(session, code)]
    found = {code: code for code in codes}
    query = select(TraineeRow.number, TraineeRow.code).where(TraineeRow.code.in_(codes))
    for number, trainee in session.execute(query):
        if number is not None:
            found[number.upper()] = trainee
    return found


def _marked(session: Session, code: str) -> set[tuple[str, Key]]:
    seats = roster.seats(session, code)
    marks = attendance.marks_of(session, [seat.id for seat in seats])
    return {(seat.trainee, key) for seat in seats for key in marks.get(seat.id, {})}


def _lesson_at(lessons: Sequence[Lesson], at: datetime) -> Lesson | None:
    """The session that a stamp belongs to: of those around it the one that begins nearest."""
    minute = _minute(at)
    near = [
        lesson
        for lesson in lessons
        if lesson.day == at.date()
        and (lesson.start == UNTIMED or lesson.start - _EARLY <= minute <= _end(lesson) + _EARLY)
    ]
    inside = [lesson for lesson in near if lesson.start <= minute <= _end(lesson)]
    return min(inside or near, key=lambda one: abs(one.start - minute), default=None)


def _mark(lesson: Lesson, minutes: list[int]) -> Attended:
    if lesson.start == UNTIMED:
        return "present"
    came, left = min(minutes), max(minutes)
    half = lesson.start + (_end(lesson) - lesson.start) // _HALF
    if came > half or (len(minutes) > 1 and left < half):
        return "absent"
    return "late" if came > lesson.start + _LATE else "present"


def _end(lesson: Lesson) -> int:
    return _DAY_END if lesson.end is None else lesson.end


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def read_stamp(line: int, at: str, number: str) -> Stamp:
    """A line of a device's file, as devices and spreadsheets write moments; local where they say no other."""
    try:
        moment = _moment(at.strip())
    except (ValueError, OverflowError) as error:
        raise InvalidError("stamp_time", line=line, text=at) from error
    if moment.tzinfo is not None:
        moment = moment.astimezone(reference.CHINA).replace(tzinfo=None)
    return Stamp(line, moment, number)


def _moment(text: str) -> datetime:
    """ISO; `2026/3/9 8:31`, `2026.3.9 8:31:00`, `2026年3月9日 8:31`; Excel's days since 1899-12-30."""
    if _SERIAL.fullmatch(text):
        return _EXCEL + timedelta(seconds=round(float(text) * 86_400))
    if found := _WRITTEN.fullmatch(text):
        year, *rest = found.groups(default="0")
        text = "{}-{:0>2}-{:0>2} {:0>2}:{:0>2}:{:0>2}".format(year, *rest)
    return datetime.fromisoformat(text.replace("/", "-"))
