"""Who is free in which windows, as the bits of one number: asked often, worked out once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from matching.types import Instructor
from matching.weekly import Calendar, WeeklyPattern

Window = tuple[date, int, int]


class Timetable:
    """Windows in order of time; bit n of an answer is set where window n is free."""

    def __init__(self, windows: Sequence[Window], calendar: Calendar) -> None:
        self.windows = windows
        self.all = (1 << len(windows)) - 1
        self._calendar = calendar
        self._days = [day for day, _, _ in windows]
        self._by_week: dict[WeeklyPattern, int] = {}
        self._by_person: dict[str, int] = {}

    def free(self, person: Instructor | None) -> int:
        """Where a person's week, blackouts and classes leave the windows open; nobody is always free."""
        if person is None:
            return self.all
        found = self._by_person.get(person.id)
        if found is None:
            found = self._by_person[person.id] = self._free(person)
        return found

    def since(self, moment: tuple[date, int] | None) -> int:
        """The windows that begin at a moment or later."""
        if moment is None:
            return self.all
        at = bisect_left(self.windows, moment, key=lambda window: window[:2])
        return self.all >> at << at

    def _free(self, person: Instructor) -> int:
        free = self.all if person.weekly is None else self._week(person.weekly)
        for first, last in person.blackouts:
            start, end = bisect_left(self._days, first), bisect_right(self._days, last)
            free &= ~((1 << end) - (1 << start)) if start < end else self.all
        for busy in person.busy:
            start, end = bisect_left(self._days, busy.day), bisect_right(self._days, busy.day)
            for at in range(start, end):
                _, begins, ends = self.windows[at]
                if busy.start < ends and begins < busy.end:
                    free &= ~(1 << at)
        return free

    def _week(self, weekly: WeeklyPattern) -> int:
        found = self._by_week.get(weekly)
        if found is None:
            found = sum(
                1 << at
                for at, (day, start, end) in enumerate(self.windows)
                if weekly.covers(day, start, end, self._calendar)
            )
            self._by_week[weekly] = found
        return found


def places(bits: int) -> Iterator[int]:
    """The places of the set bits, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
