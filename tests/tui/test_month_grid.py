"""The month as a grid: sessions, days off and make-up workdays, and where the screen puts it."""

from __future__ import annotations

from datetime import date

import pytest
from rich.cells import cell_len

from matching.weekly import Calendar
from store import Store
from tests.tui.driving import frame, running, settle
from tui import i18n
from tui.month_grid import WIDTH, grid_lines, months, weeks

HOLIDAY, MAKEUP = date(2026, 10, 1), date(2026, 10, 10)
CALENDAR = Calendar(frozenset({HOLIDAY}), frozenset({MAKEUP}))


def test_sessions_days_off_and_sessions_on_days_off_have_their_signs() -> None:
    marked = {date(2026, 10, 8), date(2026, 10, 11), MAKEUP}
    title, heads, *body = grid_lines(2026, 10, marked, CALENDAR)
    assert title.strip() == "─ 2026-10"
    assert heads.split() == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    assert body[0] == "            ( 1)  2 ( 3)( 4)"
    assert body[1] == "  5   6   7 [ 8]  9 [10]<11>"
    assert body[-1] == " 26  27  28  29  30 (31)    "


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_line_is_as_wide_and_every_day_is_there_once(language: str) -> None:
    i18n.use(language)
    for month in range(1, 13):
        assert {cell_len(line) for line in grid_lines(2028, month, (), CALENDAR)} == {WIDTH}
        days = [day.date for week in weeks(2028, month, (), CALENDAR) for day in week if day]
        assert days == sorted(set(days))
        assert all(day.weekday() == at for w in weeks(2028, month, (), CALENDAR)
                   for at, day in enumerate(one.date if one else None for one in w) if day)  # fmt: skip
    assert sum(bool(day) for week in weeks(2028, 2, (), CALENDAR) for day in week) == 29


def test_no_month_between_is_left_out() -> None:
    assert months([date(2027, 2, 3), date(2026, 11, 24)]) == (
        (2026, 11), (2026, 12), (2027, 1), (2027, 2),
    )  # fmt: skip
    assert months([]) == ()


async def test_the_sessions_of_a_bundle_stand_below_or_beside_their_month(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        await pilot.press("s")
        lines = frame(pilot).splitlines()
        assert any("─ 2026-11" in line for line in lines)
        assert any("23 [24][25][26][27](28)(29)" in line for line in lines)
        assert not any("2026-11" in line and "11-24" in line for line in lines)
        await pilot.resize_terminal(140, 40)
        await settle(pilot)
        await pilot.press("s", "s")
        lines = frame(pilot).splitlines()
        assert any("2026-11" in line and "11-24" in line for line in lines)
