"""Planning on the screen: the radar, the whole plan before and after, what to change, and repairs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from textual import events

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import allotment, classes, health, inbox
from store.services.repair import Trouble
from tests.store.test_repair import WELD, book
from tests.tui.driving import frame, running, settle
from tui import deal_text
from tui.app import DuijieApp
from tui.progress import Progress, StoppedError
from tui.screens.classes import ClassesScreen

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


async def press(pilot: object, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)  # type: ignore[attr-defined]
        await settle(pilot)  # type: ignore[arg-type]


async def test_one_key_opens_the_radar_and_one_holds_a_class_for_all_its_firms(
    stocked: Store,
) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0")
        shown = frame(pilot)
        assert "眼镜定配工四级" in shown
        assert "17/12" in shown
        await press(pilot, "down", "p")
        await settle(pilot)
        made = [p for p in stocked.read(inbox.proposals, by=OPERATOR) if p.status == "draft"]
        assert len(made) == 4
        assert made[0].code in frame(pilot)
    assert stocked.read(health.check) == ()


async def test_the_whole_plan_is_looked_at_held_with_two_keys_and_given_back_with_one(
    stocked: Store,
) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v")
        shown = frame(pilot)
        assert "First come, first served" in shown
        await press(pilot, "a", "enter")  # Enter keeps things as they are
        assert stocked.read(allotment.applied, by=OPERATOR) == ()
        await press(pilot, "a", "y")
        await settle(pilot)
        (applied,) = stocked.read(allotment.applied, by=OPERATOR)
        assert applied.status == "applied"
        assert len(applied.proposals) > 40
        assert applied.code in frame(pilot)
        await press(pilot, "u")
        await settle(pilot)
        assert stocked.read(allotment.applied, by=OPERATOR)[0].status == "undone"
    assert stocked.read(health.check) == ()


async def test_any_need_of_the_plan_is_opened_with_enter(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v", "down", "enter")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "match"  # type: ignore[attr-defined]


async def test_escape_goes_back_to_the_line_that_a_need_was_opened_from(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v", "down", "down", "enter")
        need = pilot.app.screen.need_code  # type: ignore[attr-defined]
        await press(pilot, "escape")
        await settle(pilot)
        screen = pilot.app.screen
        assert screen.TITLE_WORD == "allocation"  # type: ignore[attr-defined]
        assert screen.listed.code == need  # type: ignore[attr-defined]
        await press(pilot, "v", "v", "2", "3", "escape")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "needs"  # type: ignore[attr-defined]


async def test_every_page_and_every_detail_has_its_title(stocked: Store) -> None:
    async with running(stocked) as pilot:
        for keys, name in (
            ("0", "Shared classes"),
            ("v", "One plan for all"),
            ("v", "What to add"),
        ):
            await press(pilot, keys)
            await settle(pilot)
            screen = pilot.app.screen
            assert screen.listed.border_title == name  # type: ignore[attr-defined]
            assert name in frame(pilot)
            assert screen.query_one("#plan").border_title


async def test_the_next_view_is_not_offered_where_there_is_none(stocked: Store) -> None:
    welding = book(stocked, WELD)
    async with running(stocked) as pilot:
        app = pilot.app
        assert isinstance(app, DuijieApp)
        app.open_repair(
            Trouble("instructor", welding.instructors[0], date(2026, 11, 23), date(2026, 11, 24))
        )
        await settle(pilot)
        assert "Next view" not in frame(pilot)
        assert "11-23 Mon to 11-24 Tue" in frame(pilot)
        await press(pilot, "v")
        assert pilot.app.screen.TITLE_WORD == "repair"  # type: ignore[attr-defined]
        await press(pilot, "0")
        assert "Next view" in frame(pilot)


async def test_what_to_change_is_tried_out_and_told(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v", "v")
        await settle(pilot)
        shown = frame(pilot)
        assert "additions tried" in shown
        assert "no course of its trade" in shown


async def test_escape_stops_the_work_and_then_goes_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v")
        screen = pilot.app.screen
        slow = Progress()
        screen._progress = slow  # type: ignore[attr-defined]
        await pilot.press("escape")
        try:
            slow(1, 2)
        except StoppedError:
            pass
        else:
            raise AssertionError("Esc did not stop the work")
        screen._progress = None  # type: ignore[attr-defined]
        await press(pilot, "escape")
        assert pilot.app.screen.TITLE_WORD == "needs"  # type: ignore[attr-defined]


async def test_an_illness_is_repaired_with_a_few_keys(stocked: Store) -> None:
    welding = book(stocked, WELD)
    async with running(stocked) as pilot:
        await press(pilot, "8")
        while pilot.app.screen.listed.code != welding.code:  # type: ignore[attr-defined]
            await press(pilot, "down")
        await press(pilot, "i", "enter")
        last = f"{welding.first_day:%m-%d}"
        await press(pilot, *last, "enter")
        await settle(pilot)
        shown = frame(pilot)
        assert "stand-in" in shown
        assert "goes on as planned" in shown
        await press(pilot, "o")
        assert "other plan" in frame(pilot)
        await press(pilot, *"r", "a", *"flu", "enter")
        await settle(pilot)
        shown = frame(pilot)
        assert "classes changed" in shown
        assert "Now tell everybody" in shown
        assert "To 深圳市" in shown  # the words stay to be read
        assert "Your class" in shown
        await press(pilot, "a")
        assert "This was done" in frame(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ClassesScreen)
        entries = stocked.read(classes.history, welding.code, by=OPERATOR)
        told = "\n".join(deal_text.entry_lines(entries))
        assert "flu" in told
        assert "To 深圳市铁榕货架制造有限公司: Your class" in told
        masked = stocked.read(
            classes.history, welding.code, by=Actor("x", "x", Role.INSTITUTION, welding.institution)
        )
        assert "铁榕" not in "\n".join(deal_text.entry_lines(masked))
        after = stocked.read(classes.sheet, welding.code, by=OPERATOR)
        first = after.sessions[0]
        assert first.instructor != welding.instructors[0]
    assert stocked.read(health.check) == ()


async def test_an_institution_is_told_that_planning_is_not_its_own(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "0")
        await settle(pilot)
        assert "not permitted" in frame(pilot).lower() or "may not" in frame(pilot).lower()


async def test_keys_in_one_burst_act_on_what_the_cursor_stands_on(stocked: Store) -> None:
    """The detail is read after the cursor moves; a key that is faster must not act on the one before."""
    async with running(stocked) as pilot:
        await press(pilot, "7")
        screen = pilot.app.screen
        lines = screen.listed.rows  # type: ignore[attr-defined]
        await pilot.press("down", "down", "x")
        await pilot.pause(0.3)
        assert lines[2].code in frame(pilot)


async def test_the_lists_keep_their_layout_after_a_need_was_matched(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0")
        before = frame(pilot)
        await press(pilot, "3", "0")
        after = frame(pilot)
        assert after.splitlines()[:20] == before.splitlines()[:20]


async def test_what_stands_beside_a_list_is_read_on_with_space(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "0", "v", "down")
        before = frame(pilot)
        await press(pilot, "space")
        further = frame(pilot)
        assert further != before
        await press(pilot, "backspace")
        assert frame(pilot) == before


async def test_keys_typed_ahead_do_not_answer_a_dialog_twice(stocked: Store) -> None:
    """A second Enter before the first dialog is gone once closed the screen beneath it, and the program."""
    async with running(stocked) as pilot:
        await press(pilot, "8")
        await pilot.press("i")
        await settle(pilot)
        for key, character in (("enter", "\r"), ("1", "1"), ("3", "3"), ("enter", "\r")):
            pilot.app.post_message(events.Key(key, character))
        await pilot.pause(1)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ClassesScreen)
