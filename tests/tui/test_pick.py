"""Picking one of a few: with Enter, or by its number."""

from __future__ import annotations

from store import Store
from store.services.clocks import Clocks
from tests.tui.driving import frame, press, running, settle
from tui import clock_text
from tui.screens.base import BaseScreen
from tui.screens.pick import PickDialog

PARTS = [(f"C{at:03}", f"course {at}") for at in range(1, 12)]


async def test_a_number_picks_its_row_and_goes_nowhere_else(stocked: Store) -> None:
    async with running(stocked) as pilot:
        here = pilot.app.screen
        answers: list[str | None] = []
        pilot.app.push_screen(PickDialog("Which?", PARTS), answers.append)
        await settle(pilot)
        assert "2 C002" in frame(pilot)
        await pilot.press("3")
        await settle(pilot)
        assert answers == ["C003"]
        assert pilot.app.screen is here


async def test_a_number_without_a_row_and_the_tenth_row(stocked: Store) -> None:
    async with running(stocked) as pilot:
        answers: list[str | None] = []
        pilot.app.push_screen(PickDialog("Which?", PARTS[:2]), answers.append)
        await settle(pilot)
        await pilot.press("7", "0")
        assert not answers
        assert not isinstance(pilot.app.screen, BaseScreen)
        await pilot.press("down", "enter")
        await settle(pilot)
        pilot.app.push_screen(PickDialog("Which?", PARTS), answers.append)
        await settle(pilot)
        await pilot.press("end", "enter")
        await settle(pilot)
        assert answers == ["C002", "C011"]


async def test_every_time_limit_is_seen_in_the_smallest_window(stocked: Store) -> None:
    async with running(stocked, size=(80, 24)) as pilot:
        await press(pilot, "9", "c")
        shown = frame(pilot)
        assert all(about in shown for _name, _value, about in clock_text.rows(Clocks()))
        assert "more" not in shown


async def test_a_longer_list_says_how_much_more_there_is(stocked: Store) -> None:
    parts = [(f"C{at:03}", f"course {at}") for at in range(1, 21)]
    async with running(stocked, size=(80, 24)) as pilot:
        pilot.app.push_screen(PickDialog("Which?", parts))
        await settle(pilot)
        assert "5 more ↓" in frame(pilot)
        await press(pilot, "end")
        assert "5 more ↑" in frame(pilot)
        assert "↓" not in frame(pilot)
