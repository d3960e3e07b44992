"""Where practice can happen: venues near enough, and slots there that cover the hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter

from matching import constraints
from matching.policy import Policy
from matching.schedule import has_room, practice_plan
from matching.timetable import Timetable, places
from matching.types import (
    Course,
    Instructor,
    Market,
    Need,
    Rule,
    Slot,
    Venue,
    Violation,
    distance_km,
)
from matching.weekly import DAY_END, Calendar, dates_between

_DAY = attrgetter("day")
Plan = tuple[tuple[Slot, int], ...]
TooSmall = tuple[Venue, Violation]


@dataclass(frozen=True, slots=True)
class Hours:
    """Days on which slots could suit a need's week, and the earliest start and latest end on any of them."""

    days: tuple[date, ...]
    start: int
    end: int


def hours(need: Need, first: date, last: date, calendar: Calendar) -> Hours:
    """When practice can be at all: every slot that fits lies in these hours, not every one in them fits."""
    if need.pattern is None:
        free = tuple(d for d in dates_between(first, last) if d not in calendar.days_off)
        return Hours(free, 0, DAY_END)
    open_days = [(d, need.pattern.windows_on(d, calendar)) for d in dates_between(first, last)]
    windows = [window for _, found in open_days for window in found]
    return Hours(
        tuple(day for day, found in open_days if found),
        min((start for start, _ in windows), default=0),
        max((end for _, end in windows), default=0),
    )


@dataclass(frozen=True, slots=True)
class Workshop:
    """A venue with its slots inside the window and the weekly pattern, in order of time and of price."""

    venue: Venue
    km: float | None
    slots: tuple[Slot, ...]
    by_price: tuple[int, ...]
    times: Timetable


class Practice:
    """Workshops and slot plans for one need; courses of the same shape share them."""

    def __init__(
        self,
        need: Need,
        homes: frozenset[str],
        window: tuple[date, date],
        calendar: Calendar,
        policy: Policy,
    ) -> None:
        self._need = need
        self._homes = homes
        self._first, self._last = window
        self._calendar = calendar
        self._policy = policy
        self._found: dict[str, tuple[list[Workshop], list[Violation]]] = {}
        self._fits: dict[tuple[date, int, int], bool] = {}
        self._plans: dict[tuple[object, ...], Plan | None] = {}
        self._small: dict[tuple[str, str], Violation] = {}
        self._sized: dict[tuple[str, int, int], tuple[list[Workshop], list[TooSmall]]] = {}

    def workshops(self, market: Market, equipment: str) -> tuple[list[Workshop], list[Violation]]:
        """Venues with workstations of a type that can be used, and why others cannot."""
        if equipment not in self._found:
            self._found[equipment] = self._look(market, equipment)
        return self._found[equipment]

    def _look(self, market: Market, equipment: str) -> tuple[list[Workshop], list[Violation]]:
        usable: list[Workshop] = []
        rules: list[Violation] = []
        for venue_id, slots in market.slots_by_equipment.get(equipment, {}).items():
            venue = market.venues[venue_id]
            if not (venue.shared or venue.institution in self._homes):
                continue
            begin = bisect_left(slots, self._first, key=_DAY)
            timely = slots[begin : bisect_right(slots, self._last, begin, key=_DAY)]
            if not timely:
                continue
            found = constraints.travel_violations(self._need, venue, self._policy)
            if constraints.blocks(found):
                rules.extend(found)
                continue
            fitting = tuple(s for s in timely if self._in_pattern(s))
            if fitting:
                usable.append(self._workshop(venue, fitting))
            else:
                rules.append(constraints.violation(Rule.PATTERN, venue_id, self._policy))
        usable.sort(key=lambda workshop: workshop.km or 0.0)
        if not usable and not rules:
            rules.append(constraints.violation(Rule.EQUIPMENT, equipment, self._policy))
        return usable, rules

    def _workshop(self, venue: Venue, slots: tuple[Slot, ...]) -> Workshop:
        known = self._need.place and venue.place
        km = distance_km(self._need.place, venue.place) if known else None  # type: ignore[arg-type]
        times = Timetable([(s.day, s.start, s.end) for s in slots], self._calendar)
        return Workshop(venue, km, slots, tuple(_by_price(slots)), times)

    def _in_pattern(self, slot: Slot) -> bool:
        window = (slot.day, slot.start, slot.end)
        fits = self._fits.get(window)
        if fits is None:
            pattern = self._need.pattern
            if pattern is None:
                fits = slot.day not in self._calendar.days_off
            else:
                fits = pattern.covers(*window, self._calendar)
            self._fits[window] = fits
        return fits

    def sized(
        self, market: Market, equipment: str, hours: int, room: int
    ) -> tuple[list[Workshop], list[TooSmall]]:
        """Workshops whose stations could hold so many hours, were everybody always free, and the others.

        `room` is the heads that a station takes at a time.
        """
        key = (equipment, hours, room)
        if key not in self._sized:
            heads = self._need.heads
            large: list[Workshop] = []
            small: list[TooSmall] = []
            for workshop in self.workshops(market, equipment)[0]:
                if has_room(heads, hours, room, workshop.slots, self._policy):
                    large.append(workshop)
                else:
                    small.append((workshop.venue, self.too_small(workshop.venue, equipment)))
            self._sized[key] = large, small
        return self._sized[key]

    def too_small(self, venue: Venue, equipment: str) -> Violation:
        """The rule that a venue breaks which has too few stations."""
        key = (venue.id, equipment)
        if key not in self._small:
            self._small[key] = constraints.violation(
                Rule.STATIONS, venue.id, self._policy, equipment
            )
        return self._small[key]

    def plans(
        self,
        course: Course,
        workshop: Workshop,
        person: Instructor | None,
        after: tuple[date, int] | None,
    ) -> list[Plan]:
        """The earliest cover of the practice hours and the cheapest, where they differ, earliest first."""
        venue = workshop.venue
        if after is not None:
            after = (after[0], after[1] + venue.buffer_before)
        free = workshop.times.free(person) & workshop.times.since(after)
        earliest = self._plan(course, workshop, free, cheap=False)
        cheapest = self._plan(course, workshop, free, cheap=True) if workshop.by_price else None
        found = [plan for plan in dict.fromkeys((earliest, cheapest)) if plan is not None]
        return sorted(found, key=lambda p: [(s.day, s.start, s.id) for s, _ in p])

    def _plan(self, course: Course, workshop: Workshop, free: int, *, cheap: bool) -> Plan | None:
        wanted, room = course.practice_hours or 0, course.heads_per_station
        venue = workshop.venue
        key = (course.equipment, venue.id, wanted, room, free, cheap)
        if key not in self._plans:
            order: Sequence[int] = (
                [at for at in workshop.by_price if free >> at & 1] if cheap else list(places(free))
            )
            self._plans[key] = practice_plan(
                self._need.heads,
                wanted,
                room,
                [workshop.slots[at] for at in order],
                venue.buffer_before + venue.buffer_after,
                self._policy,
            )
        return self._plans[key]


def _by_price(slots: Sequence[Slot]) -> list[int]:
    """Places of the cheapest station minutes first, unknown prices last; empty when all cost the same."""
    rates = [(s.price_fen is None, (s.price_fen or 0) / (s.end - s.start)) for s in slots]
    if len(set(rates)) < 2:
        return []
    return sorted(range(len(slots)), key=rates.__getitem__)
