"""Weekly patterns: which hours of which weekdays, and what the public calendar makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAY_END = 24 * 60
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HAN = "一二三四五六日"
_WORKDAYS = range(5)
_PART = re.compile(
    r"^(?P<days>.*?)\s*(?P<from>\d{1,2}:\d{2})\s*(?:-|~|—|–|至|到)\s*(?P<to>\d{1,2}:\d{2})$"
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public days off and make-up workdays."""

    days_off: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Monday to Friday but for public days off, and make-up workdays."""
        return day in self.makeup_workdays or (day.weekday() < 5 and day not in self.days_off)

    def workdays_after(self, day: date, count: int) -> date:
        """The working day that comes so many working days after a day."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workdays_before(self, day: date, count: int) -> date:
        """The working day that comes so many working days before a day."""
        while count > 0:
            day -= timedelta(days=1)
            count -= self.is_workday(day)
        return day


@dataclass(frozen=True, slots=True)
class WeeklyPattern:
    """Seven tuples of (start, end) windows, Monday first, in minutes after midnight."""

    days: tuple[tuple[tuple[int, int], ...], ...]

    def windows_on(self, day: date, calendar: Calendar) -> tuple[tuple[int, int], ...]:
        """Windows usable on a date: none on public days off; make-up workdays follow Monday to Friday."""
        if day in calendar.days_off:
            return ()
        if day in calendar.makeup_workdays:
            workdays = {self.days[weekday] for weekday in _WORKDAYS}
            return workdays.pop() if len(workdays) == 1 else ()
        return self.days[day.weekday()]

    def covers(self, day: date, start: int | None, end: int | None, calendar: Calendar) -> bool:
        """Whether a meeting lies inside one window; unknown times need only a window on that day."""
        windows = self.windows_on(day, calendar)
        if start is None or end is None:
            return bool(windows)
        return any(first <= start and end <= last for first, last in windows)

    def __str__(self) -> str:
        """The canonical text: `Mon-Fri 18:30-21:30; Sat,Sun all day`."""
        groups: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for weekday, windows in enumerate(self.days):
            if windows:
                groups.setdefault(windows, []).append(weekday)
        return "; ".join(
            f"{_day_list(weekdays)} {_clock(start, end)}"
            for windows, weekdays in groups.items()
            for start, end in windows
        )


def parse_weekly(text: str) -> WeeklyPattern:
    """Read `Mon-Fri 18:30-21:30; Sat,Sun all day` or `周一至周五 18:30-21:30；周六、周日 全天`."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(7)]
    for part in re.split(r"[;；]", text):
        if not part.strip():
            continue
        weekdays, window = _parse_part(part.strip())
        for weekday in weekdays:
            days[weekday].append(window)
    if not any(days):
        raise ValueError(f"no weekday in {text!r}")
    return WeeklyPattern(tuple(merged(windows) for windows in days))


def united(a: WeeklyPattern, b: WeeklyPattern) -> WeeklyPattern:
    """The times of either."""
    return WeeklyPattern(
        tuple(merged([*left, *right]) for left, right in zip(a.days, b.days, strict=True))
    )


def shared(a: WeeklyPattern, b: WeeklyPattern) -> WeeklyPattern:
    """The times of both."""
    return WeeklyPattern(
        tuple(
            merged(
                [
                    (max(first, start), min(last, end))
                    for first, last in left
                    for start, end in right
                    if max(first, start) < min(last, end)
                ]
            )
            for left, right in zip(a.days, b.days, strict=True)
        )
    )


def dates_between(first: date, last: date) -> Iterator[date]:
    """Every date from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _parse_part(part: str) -> tuple[list[int], tuple[int, int]]:
    timed = _PART.match(part)
    if timed:
        start, end = _minutes(timed["from"]), _minutes(timed["to"])
        if start >= end:
            raise ValueError(f"{part!r} ends before it begins")
        return _parse_days(timed["days"]), (start, end)
    return _parse_days(re.sub(r"(all\s*day|全天)$", "", part, flags=re.I)), (0, DAY_END)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > DAY_END:
        raise ValueError(f"{clock!r} is no time of day")
    return total


def _parse_days(text: str) -> list[int]:
    found: list[int] = []
    for item in re.split(r"[,，、\s]+", text.strip()):
        if not item:
            continue
        ends = [_weekday(name) for name in re.split(r"[-~至到—–]", item)]
        if len(ends) > 2:
            raise ValueError(f"{item!r} is no range of weekdays")
        first, last = ends[0], ends[-1]
        found.extend((first + step) % 7 for step in range((last - first) % 7 + 1))
    return found or list(range(7))


def _weekday(name: str) -> int:
    word = name.strip()
    for index, english in enumerate(_NAMES):
        if word[:3].lower() == english.lower():
            return index
    han = re.fullmatch(r"(?:周|星期|礼拜)?([一二三四五六日天])", word)
    if han is None:
        raise ValueError(f"{name!r} is no weekday")
    return 6 if han[1] == "天" else _HAN.index(han[1])


def merged(windows: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Windows in order, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _day_list(weekdays: list[int]) -> str:
    names: list[str] = []
    run: list[int] = []
    for weekday in [*weekdays, 99]:
        if run and weekday != run[-1] + 1:
            ends = _NAMES[run[0]], _NAMES[run[-1]]
            names.extend(["-".join(ends)] if len(run) > 2 else [_NAMES[day] for day in run])
            run = []
        run.append(weekday)
    return ",".join(names)


def _clock(start: int, end: int) -> str:
    if (start, end) == (0, DAY_END):
        return "all day"
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
