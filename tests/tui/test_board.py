"""The slot board on the screen: what a move draws, what is shown, and what is done from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import DuijieError
from store.schemas.actor import Actor, Role
from store.services import board, classes, decisions, health, matchmaking, proposals
from tests.conftest import DAY
from tests.store.test_board import NOW
from tests.tui.driving import frame, running, settle
from tests.tui.test_cli_pools import said, told
from tui.changes import look
from tui.progress import Progress, StoppedError
from tui.screens.board import BoardScreen
from tui.screens.repair import RepairScreen
from tui.widgets.form_input import FormInput
from tui.widgets.heat_board import HeatBoard

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
ROW, SUNDAY = "V02/EQ-CNC-MC", date(2026, 11, 29)  # where the demo's class has its first practice


@pytest.fixture
def theirs(stocked: Store, demo_path: Path) -> Iterator[Store]:
    """The same file, opened by a colleague."""
    opened = open_store(str(demo_path))
    yield opened
    opened.close()


async def press(pilot: Pilot[None], *keys: str) -> BoardScreen:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, BoardScreen) or len(pilot.app.screen_stack) > 2
    return screen  # type: ignore[return-value]


async def on_the_class(pilot: Pilot[None]) -> BoardScreen:
    """The board with its cursor on the demo's class."""
    screen = await press(pilot, "5", "f8", *["down"] * 3, *["right"] * 3)
    assert (screen.place.row, screen.place.day, screen.place.part) == (ROW, SUNDAY, "morning")  # type: ignore[union-attr]
    return screen


async def test_a_move_of_the_cursor_draws_the_two_cells_it_touches(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(stocked) as pilot:
        screen = await press(pilot, "5", "f8")
        drawn: list[Region] = []
        real = screen.heat.refresh

        def refresh(*regions: Region, **more: bool) -> HeatBoard:
            drawn.extend(regions)
            real(*regions, **more)
            return screen.heat

        monkeypatch.setattr(screen.heat, "refresh", refresh)
        at = screen.heat.column
        await press(pilot, "left")
        assert screen.heat.column == at - 1
        assert {(region.width, region.height) for region in drawn} == {(2, 1)}
        assert len(drawn) == 2
        drawn.clear()
        await press(pilot, "down")
        assert sum(region.area for region in drawn) == 4 * 2  # and the sign of each of the rows
        assert {region.y for region in drawn} == {2, 3}


async def test_the_board_fits_and_says_what_its_glyphs_mean(stocked: Store) -> None:
    for size in ((80, 24), (100, 30), (140, 40)):
        async with running(stocked, size=size) as pilot:
            await press(pilot, "5", "f8")
            shown = frame(pilot)
            for word in ("Mo 23", "Su 29", "█ full", "✕ closed", "Used 27%", "No clash"):
                assert word in shown
            assert "5Slots" in shown.splitlines()[0]


async def test_views_zooms_weeks_and_filters(stocked: Store) -> None:
    async with running(stocked) as pilot:
        screen = await press(pilot, "5")
        assert "2026-W47" in frame(pilot)
        await press(pilot, "pagedown", "f8", "comma")
        assert "2026-W48" in frame(pilot)
        await press(pilot, "v")
        assert "12/40h" in frame(pilot)
        await press(pilot, "v", "enter")  # an institution opens its workstations
        assert {row.key[:3] for row in screen.heat.rows} <= {"V01", "V02", "V03", "V04"}
        await press(pilot, "z")
        assert "4/10" in frame(pilot)
        await press(pilot, "z")
        assert "2026-W49" in frame(pilot)
        assert screen.place is None
        here = screen.here
        assert here is not None
        assert here[1].day == date(2026, 11, 28)
        await press(pilot, "down", "enter")
        assert "2026-W49" in frame(pilot).splitlines()[1]
        await press(pilot, "t")
        assert "2026-W47" in frame(pilot)
        await press(pilot, "f", "enter")
        assert len(screen.heat.rows) == 43
        await press(pilot, "z", "escape")
        assert screen.zoom == "week"
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "needs"  # type: ignore[attr-defined]


async def test_a_week_without_slots_says_what_to_do(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "5", "f7")
        assert "No slot in these days: F8 goes on" in frame(pilot)


async def test_a_store_without_venues_says_what_to_do(bare: Store) -> None:
    centre = Actor("x", "x", Role.OPERATOR, "C")
    async with running(bare, by=centre) as pilot:
        await press(pilot, "5")
        assert "Nothing to show: venues" in frame(pilot)
        await press(pilot, "enter", "m", "i", "a", "c", "v", "z", "down", "right")


async def test_a_cell_tells_its_class_and_enter_opens_it(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await on_the_class(pilot)
        shown = frame(pilot)
        assert "3 of 8 stations taken, 5 free · booked 2" in shown
        assert "B000001" in shown
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "classes"  # type: ignore[attr-defined]
        assert pilot.app.screen.listed.code == "B000001"  # type: ignore[attr-defined]


async def test_a_need_that_could_be_added_is_matched(stocked: Store) -> None:
    async with running(stocked) as pilot:
        screen = await press(pilot, "5", "f8", "v", "v")
        while screen.heat.key != "T01" or screen.day != SUNDAY:
            await press(pilot, "right" if screen.day != SUNDAY else "up")
        assert "a adds: N" in frame(pilot)
        await press(pilot, "a")
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "match"  # type: ignore[attr-defined]


async def test_a_class_is_moved_to_a_later_day_with_what_that_means_shown_first(
    stocked: Store,
) -> None:
    async with running(stocked) as pilot:
        screen = await on_the_class(pilot)
        await press(pilot, "m")
        assert "B000001: ← → its new day" in frame(pilot)
        row = screen.heat.row
        await press(pilot, "left", "down")
        assert screen.heat.row == row
        assert "11-28" in frame(pilot).splitlines()[-2]  # earlier is refused, in words
        await press(pilot, "f8")
        assert "B000001 from 12-05 Sat: ✓ suits every firm (1)" in frame(pilot)
        assert screen.heat.marked
        await press(pilot, "v", "z", "f", "a")  # nothing else happens meanwhile
        assert screen.view == board.View.WORKSTATIONS
        await press(pilot, "enter", "enter")  # without a reason nothing is done
        assert stocked.read(classes.sheet, "B000001", by=OPERATOR).first_day == date(2026, 11, 28)
        assert "begins on" in frame(pilot)
        await press(pilot, *"ill", "enter")
        await settle(pilot)
        after = stocked.read(classes.sheet, "B000001", by=OPERATOR).first_day
        assert after >= date(2026, 12, 4)
        assert screen.day == after
        assert "Done" in frame(pilot)
        assert not screen.heat.marked
    assert stocked.read(health.check) == ()


async def test_escape_leaves_a_move_and_nothing_has_moved(stocked: Store) -> None:
    async with running(stocked) as pilot:
        screen = await on_the_class(pilot)
        await press(pilot, "m", "f8", "escape")
        assert "Not moved" in frame(pilot)
        assert isinstance(pilot.app.screen, BoardScreen)
        await press(pilot, "left")
        assert screen.heat.step == 1
        assert stocked.read(classes.sheet, "B000001", by=OPERATOR).first_day == date(2026, 11, 28)


async def test_ranking_for_a_cell_that_the_cursor_has_left_is_stopped(stocked: Store) -> None:
    async with running(stocked) as pilot:
        screen = await on_the_class(pilot)
        slow = Progress()
        screen._ranking = slow
        await press(pilot, "left")
        with pytest.raises(StoppedError):
            slow(1, 2)


async def test_only_classes_are_moved(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "5", "f8", "m")
        assert "No class is here" in frame(pilot)


async def test_an_incident_opens_the_repair_of_the_workshop(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await on_the_class(pilot)
        await pilot.press("i")
        await settle(pilot)
        assert pilot.app.screen.query_one("#reason", FormInput).value == "2026-11-29"
        await pilot.press("enter")
        await settle(pilot)
        await settle(pilot)
        assert isinstance(pilot.app.screen, RepairScreen)
        assert "B000001" in frame(pilot)


async def test_what_a_colleague_holds_appears_and_the_cursor_stays(
    stocked: Store, theirs: Store
) -> None:
    async with running(stocked) as pilot:
        screen = await on_the_class(pilot)
        found = screen.found
        assert found is not None
        held = sum(cell.held for row in found.rows for cell in row.cells)
        for need in theirs.read(matchmaking.open_needs, by=OPERATOR):
            with suppress(DuijieError):  # nothing for this need
                choice = theirs.read(decisions.prepare_best, need, by=OPERATOR, today=DAY)
                theirs.write(proposals.draft, choice, by=OPERATOR, now=NOW)
            now = theirs.read(board.week, SUNDAY, by=OPERATOR)
            if sum(cell.held for row in now.rows for cell in row.cells) > held:
                break
        await look(pilot.app, screen.gateway)
        await settle(pilot)
        found = screen.found
        assert found is not None
        assert sum(cell.held for row in found.rows for cell in row.cells) > held
        assert (screen.heat.key, screen.day) == (ROW, SUNDAY)


async def test_an_institution_has_its_own_board_and_no_needs_to_add(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        screen = await on_the_class(pilot)
        assert {row.key[:3] for row in screen.heat.rows} == {"V01", "V02", "V03", "V04"}
        assert "looked at" not in frame(pilot)
        keys = frame(pilot).splitlines()[-1]
        assert " mMove" in keys
        assert " aAdd" not in keys
        assert " iIncident" not in keys
        before = frame(pilot)
        await press(pilot, "a")
        assert frame(pilot) == before


def test_the_board_on_the_command_line(demo_path: Path) -> None:
    shown = told(demo_path, "board", "--week", "2026-W48", "--institution", "T01")
    assert "Mo 23" in shown
    assert "V01" in shown
    assert "V05" not in shown
    data = said(demo_path, "board", "--week", "11-26")
    assert (data["first_day"], len(data["rows"])) == ("2026-11-23", 43)
    cell = data["rows"][0]["cells"][0]
    assert cell["taken"] == cell["total"] - cell["free"]
    assert cell["state"] == "part"
    assert "2026-W44" in told(demo_path, "board", "--week", "W48", "--month")
    said(demo_path, "board", "--week", "W99", code=2)
    said(demo_path, "board", "--user", "zhaoyi", "--institution", "T01", code=5)
