"""What a person's other classes leave room for: the way, nightly rest, hours, days in a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from matching.constraints import violation
from matching.policy import Policy
from matching.types import (
    Busy,
    Institution,
    Instructor,
    Rule,
    Run,
    Session,
    Venue,
    Violation,
    distance_km,
)

_DAY_MINUTES = 24 * 60


def hours(
    sessions: Sequence[Session], home: Institution, venue: Venue | None, run: Run | None
) -> list[Busy]:
    """The hours that sessions take, where they are: practice at the venue, the rest at the institution."""
    workshop = venue.place if venue else home.place
    return [
        Busy(s.day, s.start, s.end, run.id if run else None, workshop if s.practice else home.place)
        for s in sessions
        if s.start is not None and s.end is not None
    ]


@dataclass(frozen=True, slots=True)
class _Stint:
    day: date
    start: int
    end: int
    busy: Busy
    is_new: bool


def workload_violations(person: Instructor, new: Sequence[Busy], policy: Policy) -> list[Violation]:
    """Rules that new hours break beside those a person already has; each rule is told once."""
    runs = {b.run for b in new if b.run}
    stints = sorted(
        [_Stint(b.day, b.start, b.end, b, True) for b in new]
        + [_Stint(b.day, b.start, b.end, b, False) for b in person.busy if b.run not in runs],
        key=lambda stint: (stint.day, stint.start, stint.end),
    )
    found = [*_between(person, stints, policy), *_sums(person, stints, policy)]
    return list({v.rule: v for v in reversed(found)}.values())[::-1]


def blocking(person: Instructor, new: Sequence[Busy], policy: Policy) -> list[Violation]:
    """Of these only the way and the rest between a new class and one of another day or place."""
    runs = {b.run for b in new if b.run}
    others = [b for b in person.busy if b.run not in runs]
    if not others:
        return []
    days = {b.day + timedelta(days=step) for b in new for step in (-1, 0, 1)}
    near = [
        *(_Stint(b.day, b.start, b.end, b, True) for b in new),
        *(_Stint(b.day, b.start, b.end, b, False) for b in others if b.day in days),
    ]
    near.sort(key=lambda stint: (stint.day, stint.start, stint.end))
    return list(_between(person, near, policy))[:1]


def cannot_both(first: Busy, then: Busy, policy: Policy) -> bool:
    """Whether a person cannot hold two classes: at once, or without time for the way or the night."""
    if (then.day, then.start) < (first.day, first.start):
        first, then = then, first
    pause = (then.day - first.day).days * _DAY_MINUTES + then.start - first.end
    if first.day == then.day:
        return pause < _way_minutes(first, then, policy)
    return pause < policy.rest_hours * 60


def _between(person: Instructor, stints: Sequence[_Stint], policy: Policy) -> Iterator[Violation]:
    for first, then in pairwise(stints):
        if first.is_new == then.is_new:
            continue
        pause = (then.day - first.day).days * _DAY_MINUTES + then.start - first.end
        if first.day == then.day:
            way = _way_minutes(first.busy, then.busy, policy)
            if 0 <= pause < way:
                yield violation(Rule.TRAVEL_GAP, person.id, policy, then.day, pause, way)
        elif pause < policy.rest_hours * 60:
            yield violation(Rule.REST, person.id, policy, then.day, round(pause / 60, 1))


def _way_minutes(a: Busy, b: Busy, policy: Policy) -> int:
    """Minutes from one class to the next, none where a place is unknown."""
    if a.place is None or b.place is None:
        return 0
    return round(distance_km(a.place, b.place) / policy.travel_kmh * 60)


def _sums(person: Instructor, stints: Sequence[_Stint], policy: Policy) -> Iterator[Violation]:
    new_days = {stint.day for stint in stints if stint.is_new}
    by_day: dict[date, int] = {}
    by_week: dict[tuple[int, int], int] = {}
    for stint in stints:
        minutes = stint.end - stint.start
        by_day[stint.day] = by_day.get(stint.day, 0) + minutes
        week = stint.day.isocalendar()[:2]
        by_week[week] = by_week.get(week, 0) + minutes
    for day in sorted(new_days):
        if by_day[day] > policy.most_hours_a_day * 60:
            yield violation(Rule.WORKLOAD, person.id, policy, "day", day, by_day[day] // 60)
        week = day.isocalendar()[:2]
        if by_week[week] > policy.most_hours_a_week * 60:
            yield violation(Rule.WORKLOAD, person.id, policy, "week", day, by_week[week] // 60)
    row = 0
    for day in sorted(by_day):
        row = row + 1 if day - timedelta(days=1) in by_day else 1
        if row > policy.most_days_in_a_row and day in new_days:
            yield violation(Rule.WORKLOAD, person.id, policy, "row", day, row)
