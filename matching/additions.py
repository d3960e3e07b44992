"""What a district could add: a workshop day, a person, seats, a sitting, as markets that have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matching.types import (
    AssessmentDate,
    Course,
    Employment,
    Instructor,
    Market,
    Qualification,
    Slot,
)
from matching.weekly import Calendar, dates_between, parse_weekly


class Sort(StrEnum):
    """What is added."""

    STATIONS = "stations"
    INSTRUCTOR = "instructor"
    SEATS = "seats"
    SITTING = "sitting"


@dataclass(frozen=True, slots=True)
class Addition:
    """So much more of something; `subject` is the equipment, occupation or run.

    Stations are at a venue in weekly times, a person is for a trade, seats are of a run.
    """

    sort: Sort
    subject: str
    quantity: int
    venue: str | None = None
    times: str | None = None
    level: int | None = None
    day: date | None = None


TIMES = (
    "Sat 08:30-11:30; Sat 14:00-17:00",
    "Sun 08:30-11:30; Sun 14:00-17:00",
    "Mon-Fri 18:30-21:30",
)
_MORE_SEATS = 10
NEW = "+"  # what the codes of things that do not exist yet begin with


def additions(courses: Sequence[Course], market: Market, today: date) -> tuple[Addition, ...]:
    """Everything that could be added for some courses: one more of each thing that they are taught with."""
    found: list[Addition] = []
    for equipment in sorted({c.equipment for c in courses if c.equipment and c.practice_hours}):
        for venue, slots in sorted(market.slots_by_equipment.get(equipment, {}).items()):
            stations = max(slot.stations_free for slot in slots)
            found += [Addition(Sort.STATIONS, equipment, stations, venue, times) for times in TIMES]
    trades = sorted({(s.code, c.level) for c in courses for s in c.occupations}, key=str)
    found += [Addition(Sort.INSTRUCTOR, code, 1) for code in sorted({c for c, _ in trades})]
    for course in courses:
        found += [
            Addition(Sort.SEATS, run.id, _MORE_SEATS)
            for run in course.runs
            if run.seats_left is not None
        ]
    sittings = {(s.occupation, s.level): s for s in market.assessments}
    for code, level in trades:
        known = sittings.get((code, level))
        if known is not None:
            found.append(Addition(Sort.SITTING, code, 30, level=level, day=known.day))
    return tuple(dict.fromkeys(found))


def helps(addition: Addition, course: Course) -> bool:
    """Whether a course could be taught with an addition."""
    if addition.sort is Sort.STATIONS:
        return course.equipment == addition.subject
    if addition.sort is Sort.SEATS:
        return any(run.id == addition.subject for run in course.runs)
    return any(share.code == addition.subject for share in course.occupations)


def with_addition(market: Market, addition: Addition, calendar: Calendar) -> Market:
    """The market as if the addition were there."""
    match addition.sort:
        case Sort.STATIONS:
            return replace(market, slots=(*market.slots, *_slots(market, addition, calendar)))
        case Sort.INSTRUCTOR:
            held = (Qualification(addition.subject, addition.level),)
            person = Instructor(
                f"{NEW}{addition.subject}", "", "", Employment.EXPERT, qualifications=held
            )
            return replace(market, instructors=(*market.instructors, person))
        case Sort.SEATS:
            return replace(
                market,
                courses=tuple(_with_seats(course, addition) for course in market.courses),
            )
        case Sort.SITTING:
            assert addition.day is not None
            sitting = AssessmentDate(
                f"{NEW}{addition.subject}",
                "",
                addition.subject,
                addition.level,
                addition.day,
                addition.quantity,
            )
            return replace(market, assessments=(*market.assessments, sitting))


def _slots(market: Market, addition: Addition, calendar: Calendar) -> Iterator[Slot]:
    """Sessions of the workshop in the weekly times, over the days for which any slots are filed."""
    assert addition.venue is not None
    assert addition.times is not None
    days = [slot.day for slot in market.slots]
    weekly = parse_weekly(addition.times)
    own = market.slots_by_equipment.get(addition.subject, {}).get(addition.venue, ())
    prices = [slot.price_fen for slot in own if slot.price_fen is not None]
    for day in dates_between(min(days), max(days)) if days else ():
        for start, end in weekly.windows_on(day, calendar):
            yield Slot(
                f"{NEW}{addition.venue}:{addition.subject}:{day}:{start}",
                addition.venue,
                addition.subject,
                day,
                start,
                end,
                addition.quantity,
                min(prices, default=None),
            )


def _with_seats(course: Course, addition: Addition) -> Course:
    if not any(run.id == addition.subject for run in course.runs):
        return course
    runs = tuple(
        replace(run, seats_left=(run.seats_left or 0) + addition.quantity)
        if run.id == addition.subject
        else run
        for run in course.runs
    )
    return replace(course, runs=runs)
