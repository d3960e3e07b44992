"""Dated sessions: of scheduled runs, and of on-demand classes built from free windows and slots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from matching.constraints import is_free
from matching.policy import Policy
from matching.types import MINUTES_PER_CLASS_HOUR, Course, Instructor, Need, Run, Session, Slot
from matching.weekly import DAY_END, Calendar, dates_between

_LONGEST_RUN_DAYS = 400
_UNTIMED_CLASS_HOURS = 8


def run_sessions(run: Run, course: Course, calendar: Calendar) -> tuple[Session, ...]:
    """Sessions of a run by its weekly pattern, until its last day or until the course's hours are met."""
    hours = (course.theory_hours or 0) + (course.practice_hours or 0)
    last = run.last_day or run.first_day + timedelta(days=_LONGEST_RUN_DAYS)
    taught = 0
    sessions: list[Session] = []
    for day in dates_between(run.first_day, last):
        for start, end in run.weekly.windows_on(day, calendar):
            if run.last_day is None and taught >= hours:
                return tuple(sessions)
            timed = (start, end) != (0, DAY_END)
            practice = taught >= (course.theory_hours or 0) and bool(course.practice_hours)
            sessions.append(
                Session(
                    day,
                    start if timed else None,
                    end if timed else None,
                    practice,
                    run.instructor,
                )
            )
            hours_a_day = (end - start) // MINUTES_PER_CLASS_HOUR
            taught += hours_a_day if timed else _UNTIMED_CLASS_HOURS
    return tuple(sessions)


def meeting_windows(
    need: Need, first: date, last: date, calendar: Calendar, policy: Policy
) -> Iterator[tuple[date, int, int]]:
    """Windows in which the need's people can sit in a classroom, in order of time."""
    for day in dates_between(first, last):
        if need.pattern is None:
            free: tuple[tuple[int, int], ...] = () if day in calendar.days_off else ((0, DAY_END),)
        else:
            free = need.pattern.windows_on(day, calendar)
        for start, end in free:
            blocks = [b for b in policy.session_blocks if start <= b[0] and b[1] <= end]
            if blocks:
                yield from ((day, *block) for block in blocks)
            elif end - start >= policy.shortest_session:
                yield day, start, min(end, start + policy.longest_session)


def classroom_sessions(
    hours: int,
    windows: Sequence[tuple[date, int, int]],
    person: Instructor | None,
    calendar: Calendar,
    *,
    practice: bool = False,
    after: Session | None = None,
) -> tuple[Session, ...] | None:
    """The earliest windows that hold so many class hours, or None when there are too few."""
    sessions: list[Session] = []
    left = hours
    for day, start, end in windows:
        if left <= 0:
            break
        if after is not None and (day, start) < (after.day, after.end or 0):
            continue
        if person is None or is_free(person, day, start, end, calendar):
            sessions.append(Session(day, start, end, practice, person.id if person else None))
            left -= (end - start) // MINUTES_PER_CLASS_HOUR
    return tuple(sessions) if left <= 0 else None


def practice_sessions(
    need: Need,
    course: Course,
    slots: Sequence[Slot],
    after: Session | None,
    person: Instructor | None,
    calendar: Calendar,
    policy: Policy,
) -> tuple[Session, ...] | None:
    """Slots, in the given order of preference, that give every head the practice hours; None when too few.

    Groups rotate when stations are fewer than heads: each slot serves the heads that have had least.
    """
    wanted = course.practice_hours or 0
    served = [0] * need.heads
    chosen: list[Session] = []
    for slot in slots:
        if min(served) >= wanted:
            break
        room = slot.stations_free * course.heads_per_station
        seats = min(sum(hours < wanted for hours in served), room)
        if room * policy.max_rotations < need.heads or _clashes(slot, chosen, after):
            continue
        if person is not None and not is_free(person, slot.day, slot.start, slot.end, calendar):
            continue
        hours = (slot.end - slot.start) // MINUTES_PER_CLASS_HOUR
        served.sort()
        for head in range(seats):
            served[head] += hours
        name = person.id if person else None
        chosen.append(Session(slot.day, slot.start, slot.end, True, name, slot.id, seats))
    if min(served) < wanted:
        return None
    return tuple(sorted(chosen, key=lambda s: (s.day, s.start or 0)))


def _clashes(slot: Slot, chosen: Sequence[Session], after: Session | None) -> bool:
    if after is not None and (slot.day, slot.start) < (after.day, after.end or 0):
        return True
    return any(
        session.day == slot.day
        and (session.start or 0) < slot.end
        and slot.start < (session.end or 0)
        for session in chosen
    )
