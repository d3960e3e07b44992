"""Days as people type them: from when to when, and days that are just past."""

from __future__ import annotations

from datetime import date

import pytest

from store import Store
from store.errors import UsageError
from store.standard.days import read_day
from tests.store.test_repair import WELD, book
from tests.tui.driving import frame, running, settle
from tui.messages import sentence
from tui.screens.record import ReasonDialog
from tui.screens.repair import RepairScreen
from tui.typed import typed_days
from tui.widgets.form_input import FormInput

TODAY = date(2026, 11, 21)
FIRST, LAST = date(2026, 11, 23), date(2026, 11, 29)


@pytest.mark.parametrize(
    "typed",
    ["11-23至11-29", "11-23~11-29", "11-23..11-29", "11-23 11-29", "11-23 至 11-29", "1123～1129",
     "11月23日到11月29日", "2026-11-23 – 2026-11-29", "11.23..11.29", "+2 +8", "11-23,11-29"],
)  # fmt: skip
def test_two_days_in_many_ways(typed: str) -> None:
    assert typed_days(typed, TODAY) == (FIRST, LAST)


def test_one_day_alone_a_past_first_day_and_over_new_year() -> None:
    assert typed_days("11-23", TODAY) == (FIRST, FIRST)
    assert typed_days("11-13至11-29", TODAY) == (date(2026, 11, 13), LAST)
    assert typed_days("12-28 1-3", TODAY) == (date(2026, 12, 28), date(2027, 1, 3))
    assert typed_days("2027-12-28 1-3", TODAY) == (date(2027, 12, 28), date(2028, 1, 3))


@pytest.mark.parametrize(
    ("typed", "code", "words"),
    [
        ("11-23 11-25 11-29", "not_two_days", "more than two days"),
        ("11-29至11-23", "days_backwards", "2026-11-23 is before the first, 2026-11-29"),
        ("11-13 11-15", "days_over", "2026-11-15 is over"),
        ("11-15", "days_over", "Write the year"),
        ("soon", "not_a_day", "soon"),
        ("11-23 whenever", "not_a_day", "whenever"),
        ("", "not_a_day", ""),
        ("2-29 2-28", "days_backwards", "before the first"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(typed: str, code: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        typed_days(typed, date(2028, 1, 5) if typed.startswith("2-29") else TODAY)
    assert refused.value.code == code
    assert words in sentence(refused.value)


@pytest.mark.parametrize(
    ("today", "typed", "day"),
    [
        (TODAY, "11-20", "2026-11-20"),
        (TODAY, "9-22", "2026-09-22"),
        (TODAY, "9-21", "2027-09-21"),
        (date(2027, 1, 10), "12-28", "2026-12-28"),
        (date(2027, 1, 10), "10-28", "2027-10-28"),
    ],
)
def test_a_day_without_a_year_that_is_just_past_is_past(today: date, typed: str, day: str) -> None:
    assert read_day(typed, today) == day


async def test_a_wrong_day_keeps_the_dialog_and_what_was_typed(stocked: Store) -> None:
    booked = book(stocked, WELD)
    async with running(stocked) as pilot:
        await pilot.press("8")
        await settle(pilot)
        while pilot.app.screen.listed.code != booked.code:  # type: ignore[attr-defined]
            await pilot.press("down")
        await pilot.press("i")
        await settle(pilot)
        await pilot.press("1")  # the first of those who can fall ill
        await settle(pilot)
        field = pilot.app.screen.query_one("#reason", FormInput)
        field.value = "11-29至11-23"
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ReasonDialog)
        assert field.value == "11-29至11-23"
        assert "before the first" in frame(pilot)
        field.value = "11-23至11-29"
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, RepairScreen)
        assert "11-23 Mon to 11-29 Sun" in frame(pilot)
