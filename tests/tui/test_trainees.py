"""Trainees and the grid of a class on screen."""

from __future__ import annotations

from datetime import timedelta

from textual import events

from seed.demo import OPERATOR
from store import Store
from store.services import (
    attendance,
    credits,
    reference,
    roster,
    trail,
    trainee_files,
    trainees,
)
from store.services.credits import Account
from store.services.trail import Wanted
from tests.conftest import DAY
from tests.tui.driving import frame, press, running, settle
from tests.tui.test_people import SCHOOL, SUPERVISOR
from tui.settings import export_file
from tui.widgets.form_input import FormInput


async def test_a_file_is_made_found_changed_and_shown_in_clear(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "T")
        assert frame(pilot).count("赵*") == 2  # in the list and beside it
        assert "赵甲" not in frame(pilot)
        assert "67 of 72 class hours" in frame(pilot)
        await press(pilot, "c")
        assert "All together: 3 people, 3 certificates" in frame(pilot)
        assert "67 of 72 class hours" not in frame(pilot)
        await press(pilot, "n", *"Lin", "ctrl+s")
        (made,) = stocked.read(trainees.listed, "Lin", by=OPERATOR)
        await press(pilot, "e")
        pilot.app.screen.query_one("#phone", FormInput).value = "13800138000"
        await press(pilot, "ctrl+s")
        assert "138******00" in frame(pilot)
        await press(pilot, "s", *"asked", "enter")
        assert "Lin  Telephone: 13800138000   Identity number: –" in frame(pilot)
        shown = stocked.read(trail.page, Wanted(act="reveal_person"), by=SUPERVISOR)
        assert [(one.code, one.reason) for one in shown.entries] == [(made.code, "asked")]
        await press(pilot, "f", *"Lin", "enter")
        assert "1 files" in frame(pilot)
        await press(pilot, "m", *"h000001", "enter")
        assert stocked.read(trainees.shown, made.code, by=OPERATOR).merged_into == "H000001"
        await press(pilot, "f", *(["backspace"] * 4), "enter", "v")
        assert "H000003" in frame(pilot)
        assert "certificate of 2025-11-07" in frame(pilot)
        assert "H000001" not in frame(pilot)
        await press(pilot, "o", "3")
        assert "H000003" not in frame(pilot)


async def test_credits_are_looked_at_recognised_and_taken_back_by_key(stocked: Store) -> None:
    def account() -> Account:
        return stocked.read(credits.account, "H000001", by=OPERATOR, day=DAY)

    before = account()
    async with running(stocked) as pilot:
        await press(pilot, "T", "b")
        assert "Credits of H000001" in frame(pilot)
        await press(pilot, "n", *"twelve", "enter")
        assert len(account().entries) == len(before.entries)
        await press(pilot, "escape", "n", *"12 city-bank", "enter")
        assert account().balance == before.balance + 12
        assert "city-bank" in frame(pilot)
        await press(pilot, "x", *"mistyped", "enter")
        after = account()
        assert (after.balance, after.entries[-1].reason) == (before.balance, "mistyped")
        assert f"taken back by {after.entries[-1].id}" in frame(pilot)
    async with running(stocked, by=SUPERVISOR) as pilot:
        await press(pilot, "T", "b", "n", "x")
        assert "mistyped" in frame(pilot)
        assert len(account().entries) == len(after.entries)


async def test_a_whole_file_is_printed_by_key_with_a_reason_that_is_kept(stocked: Store) -> None:
    folder = export_file("")
    async with running(stocked) as pilot:
        await press(pilot, "T", "p", "enter")
        assert not list(folder.glob("*.html"))
        await press(pilot, *"asked for it", "enter")
        (path,) = folder.glob("H000001-*.html")
        assert "written to" in frame(pilot)
    page = path.read_text(encoding="utf-8")
    whole = stocked.read(trainee_files.file, "H000001", by=OPERATOR, today=DAY)
    assert whole.trainings[0].title in page
    assert "赵*" not in page
    assert path.stat().st_mode & 0o777 == 0o600
    kept = stocked.read(trail.page, Wanted(act="reveal_person"), by=SUPERVISOR)
    assert [one.reason for one in kept.entries] == ["asked for it"]


async def test_marks_are_saved_as_they_are_typed(stocked: Store) -> None:
    day = (DAY + timedelta(days=60)).isoformat()
    stocked.write(reference.set_meta, "demo_day", day)
    async with running(stocked) as pilot:
        await press(pilot, "8", "g", "home", "right", "right")
        await press(pilot, "1", "3", "2")
        lesson = stocked.read(attendance.grid, "B000001", by=OPERATOR).lessons[0]

        def marks() -> list[str | None]:
            found = stocked.read(attendance.grid, "B000001", by=OPERATOR)
            return [one.marks.get(lesson.key) for one in found.lines]

        assert marks() == ["present", "late", "absent"]
        await press(pilot, "0", "a")
        assert marks() == ["present", "late", "present"]
        pilot.app.screen.post_message(events.Paste("试甲\t13800138000\n"))
        await settle(pilot)
        assert "试甲" in frame(pilot)
        assert "no certificate one level below" in frame(pilot).replace("\n", " ")
        await press(pilot, "x", *"gone", "enter")
        seats = stocked.read(roster.listed, "B000001", by=OPERATOR)
        assert [one.status for one in seats].count("dropped") == 1
        await press(pilot, "escape")
        assert "B000000" in frame(pilot)


async def test_only_who_has_files_finds_the_screen(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "T")
        assert "You may not do this" in frame(pilot)
    async with running(stocked, by=SUPERVISOR) as pilot:
        await press(pilot, "T", "n", "e")
        shown = frame(pilot)
        assert "赵*" in shown
        assert "New file" not in shown
