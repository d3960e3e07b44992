"""Dated sessions: of scheduled runs, and of on-demand classes built from free windows and slots."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from matching.policy import Policy
from matching.timetable import Window, places
from matching.types import MINUTES_PER_CLASS_HOUR, Course, Need, Run, Session, Slot
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


def classroom_plan(hours: int, windows: Sequence[Window], free: int) -> tuple[Window, ...] | None:
    """The earliest free windows that hold so many class hours, or None when there are too few."""
    chosen: list[Window] = []
    left = hours
    for at in places(free):
        if left <= 0:
            break
        window = windows[at]
        chosen.append(window)
        left -= (window[2] - window[1]) // MINUTES_PER_CLASS_HOUR
    return tuple(chosen) if left <= 0 else None


def has_room(heads: int, wanted: int, room: int, slots: Iterable[Slot], policy: Policy) -> bool:
    """Whether slots could give every head the wanted class hours, if none of them overlapped.

    A station has `room` heads at a time; a slot whose stations do not serve all heads in as many turns as
    the policy allows gives none.
    """
    left = heads * wanted
    for slot in slots:
        if left <= 0:
            break
        seats = slot.stations_free * room
        if seats * policy.max_rotations >= heads:
            left -= min(heads, seats) * ((slot.end - slot.start) // MINUTES_PER_CLASS_HOUR)
    return left <= 0


def practice_plan(
    heads: int, wanted: int, room: int, slots: Sequence[Slot], gap: int, policy: Policy
) -> tuple[tuple[Slot, int], ...] | None:
    """Slots with the heads each serves that give every head the wanted hours; None when too few.

    Slots are taken in the given order of preference, none within `gap` minutes of another. A
    station has `room` heads at a time. Groups rotate when stations are fewer than heads: each
    slot serves the heads that have had least.
    """
    if not has_room(heads, wanted, room, slots, policy):
        return None
    served = [0] * heads  # lowest first
    chosen: list[tuple[Slot, int]] = []
    taken: dict[date, list[Slot]] = {}
    for slot in slots:
        if served[0] >= wanted:
            break
        places_free = slot.stations_free * room
        if places_free * policy.max_rotations < heads:
            continue
        same_day = taken.setdefault(slot.day, [])
        if any(other.start < slot.end + gap and slot.start < other.end + gap for other in same_day):
            continue
        seats = min(bisect_left(served, wanted), places_free)
        hours = (slot.end - slot.start) // MINUTES_PER_CLASS_HOUR
        served[:seats] = [had + hours for had in served[:seats]]
        served.sort()
        chosen.append((slot, seats))
        same_day.append(slot)
    if served[0] < wanted:
        return None
    return tuple(sorted(chosen, key=lambda part: (part[0].day, part[0].start)))
