"""The hours that slots are asked for hold every slot that suits a need's week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from matching.practice import hours
from matching.types import Need
from matching.weekly import Calendar, parse_weekly

FIRST = date(2026, 11, 23)
LAST = FIRST + timedelta(days=27)
CALENDAR = Calendar(
    days_off=frozenset({FIRST + timedelta(days=9)}),
    makeup_workdays=frozenset({FIRST + timedelta(days=12)}),
)
NEED = Need("N1", "车工", 4, FIRST)


@pytest.mark.parametrize(
    "weekly",
    [None, "Mon-Fri 18:30-21:30", "Sat,Sun all day", "Mon 08:00-12:00; Wed,Sat 14:00-21:00"],
)
def test_no_slot_that_suits_the_week_lies_outside(weekly: str | None) -> None:
    pattern = parse_weekly(weekly) if weekly else None
    found = hours(replace(NEED, pattern=pattern), FIRST, LAST, CALENDAR)
    suits = 0
    for day in (FIRST + timedelta(days=at) for at in range(28)):
        if pattern is None:
            assert (day in found.days) == (day not in CALENDAR.days_off)
            continue
        for start in range(0, 1440, 30):
            if pattern.covers(day, start, start + 90, CALENDAR):
                suits += 1
                assert day in found.days
                assert found.start <= start <= start + 90 <= found.end
        assert (day in found.days) == bool(pattern.windows_on(day, CALENDAR))
    assert suits or pattern is None
