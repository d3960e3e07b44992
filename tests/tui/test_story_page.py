"""The page of one need: opened from needs and classes, every line opens its step, Escape comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import Store
from tests.tui.driving import frame, press, running
from tests.tui.test_cli_people import Caller
from tests.tui.test_needs import newest
from tests.tui.test_people import SCHOOL
from tui.screens.classes import ClassesScreen
from tui.screens.match import MatchScreen
from tui.screens.needs import NeedsScreen
from tui.screens.proposals import ProposalsScreen
from tui.screens.roster import RosterDialog
from tui.screens.story import StoryScreen
from tui.widgets.record_list import RecordList


async def test_the_story_of_a_need_opens_its_steps_and_comes_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "8", "end", "l")
        assert isinstance(pilot.app.screen, StoryScreen)
        steps = pilot.app.screen.query_one("#steps", RecordList)
        at = [row.cells[2] for row in steps.rows].index("P000000")
        await press(pilot, *("down",) * at, "enter")
        assert isinstance(pilot.app.screen, ProposalsScreen)
        assert pilot.app.screen.query_one("#proposals", RecordList).code == "P000000"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, StoryScreen)
        assert pilot.app.screen.need_code == "N000000"
        await press(pilot, "down", "down", "down", "enter")
        assert isinstance(pilot.app.screen, RosterDialog)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, ClassesScreen)
        await press(pilot, "2", "l")
        assert isinstance(pilot.app.screen, StoryScreen)
        assert pilot.app.screen.need_code == newest(stocked).code
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, NeedsScreen)


async def test_the_need_of_a_story_and_its_match_lead_back_to_the_story(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "8", "end", "l", "home")
        steps = pilot.app.screen.query_one("#steps", RecordList)
        at = [row.cells[2] for row in steps.rows].index("N000000")
        await press(pilot, *("down",) * at, "enter")
        assert isinstance(pilot.app.screen, NeedsScreen)
        listed = pilot.app.screen.query_one("#needs", RecordList)
        assert [row.code for row in listed.rows] == ["N000000"]
        await press(pilot, "3", "escape")
        assert isinstance(pilot.app.screen, NeedsScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, StoryScreen)
        assert pilot.app.screen.need_code == "N000000"
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, MatchScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, StoryScreen)
        assert pilot.app.screen.need_code == "N000000"
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ClassesScreen)
        await press(pilot, "2")
        listed = pilot.app.screen.query_one("#needs", RecordList)
        assert len(listed.rows) > 1  # the narrowed list was only lent


async def test_a_school_sees_its_part_and_the_firm_of_a_confirmed_deal(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "8", "end", "l")
        shown = frame(pilot)
        assert "B000000" in shown
        assert "象岭通讯" in shown
        assert "attendance" not in shown


def test_the_story_by_command(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = Caller(str(demo_path), capsys)
    found = said("--user", "wangfang", "story", "n000000")
    assert (found["stage"], found["need"]["code"]) == ("afterwards", "N000000")
    assert {one["code"] for one in found["steps"]} >= {"N000000", "P000000", "B000000"}
    said("--user", "wangfang", "story", "N999999", code=3)
