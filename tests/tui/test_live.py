"""What another session saves appears on the lists that are open, and disturbs nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import StoreBusyError
from store.schemas.actor import Actor
from store.schemas.records import CourseDraft, EnterpriseDraft, NeedDraft
from store.services import changes, learning, records
from tests.tui.driving import COLLEAGUE, edit, frame, running, settle
from tui.changes import look
from tui.screens.base import BaseScreen
from tui.screens.match import MatchScreen
from tui.screens.needs import NeedsScreen
from tui.screens.offerings import OfferingsScreen
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList


@pytest.fixture
def theirs(stocked: Store, demo_path: Path) -> Iterator[Store]:
    """The same file, opened by a colleague."""
    opened = open_store(str(demo_path))
    yield opened
    opened.close()


def register_need(store: Store, text: str = "焊工", heads: int = 3) -> str:
    cells = {"enterprise": "E001", "text": text, "heads": heads, "earliest": "2026-12-01"}
    view = store.write(records.register, NeedDraft.model_validate(cells), by=COLLEAGUE)
    code: str = view.code
    return code


async def noticed(pilot: Pilot[None]) -> None:
    """The next look at the store, and what it leads to."""
    screen = pilot.app.screen_stack[1]
    assert isinstance(screen, BaseScreen)
    await look(pilot.app, screen.gateway)
    await settle(pilot)


async def test_a_need_registered_elsewhere_appears_and_the_cursor_stays_on_its_record(
    stocked: Store, theirs: Store
) -> None:
    async with running(stocked) as pilot:
        await pilot.press("down", "down")
        screen = pilot.app.screen
        assert isinstance(screen, NeedsScreen)
        here = screen.needs.code
        code = register_need(theirs, "新来的焊工")
        await noticed(pilot)
        assert code in frame(pilot)
        assert "Needs 82" in frame(pilot)
        assert screen.needs.code == here


async def test_far_down_the_list_not_a_line_moves(stocked: Store, theirs: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press(*["pagedown"] * 4, "up")
        screen = pilot.app.screen
        assert isinstance(screen, NeedsScreen)
        before, shown = screen.needs.code, frame(pilot)
        code = register_need(theirs)
        await noticed(pilot)
        assert frame(pilot).replace("Needs 82", "Needs 81") == shown
        await pilot.press("home")
        assert screen.needs.code == code != before


async def test_typed_words_candidates_and_focus_stay(stocked: Store, theirs: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"rpjm", "tab", *"招焊工")
        await settle(pilot)
        field = pilot.app.screen.query_one("#text", FormInput)
        code = register_need(theirs)
        await noticed(pilot)
        assert code in frame(pilot)
        assert (field.value, field.cursor_position, pilot.app.focused) == ("招焊工", 3, field)
        assert pilot.app.screen.query_one("#enterprise", FormInput).value == "rpjm"


async def test_without_a_change_nothing_is_read_and_after_one_only_its_line_is_drawn(
    stocked: Store, theirs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(stocked) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, NeedsScreen)
        read: list[frozenset[str]] = []
        real = NeedsScreen.reread

        async def counted(self: NeedsScreen, kinds: frozenset[str]) -> None:
            read.append(kinds)
            await real(self, kinds)

        drawn: list[object] = []
        monkeypatch.setattr(NeedsScreen, "reread", counted)
        monkeypatch.setattr(screen.needs, "refresh", lambda *regions, **_: drawn.extend(regions))
        await noticed(pilot)
        theirs.write(learning.confirm, "拧螺丝的", "6-18-01-01", by=COLLEAGUE)
        await noticed(pilot)
        assert (read, drawn) == ([], [])
        edit(theirs, "need", screen.needs.rows[2].code, COLLEAGUE, heads=77)
        await noticed(pilot)
        assert read == [{"need"}]
        assert [region.y for region in drawn] == [3]  # type: ignore[attr-defined]


async def test_a_store_that_cannot_answer_is_asked_again_without_a_word(
    stocked: Store, theirs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object, **_kwargs: object) -> None:
        raise StoreBusyError

    async with running(stocked) as pilot:
        shown = frame(pilot)
        code = register_need(theirs)
        with monkeypatch.context() as held:
            held.setattr(changes, "since", busy)
            await noticed(pilot)
        assert frame(pilot) == shown
        with monkeypatch.context() as held:
            held.setattr(records, "page", busy)
            await noticed(pilot)
        assert frame(pilot) == shown
        pilot.app.screen.catch_up()  # type: ignore[attr-defined]
        await settle(pilot)
        assert code in frame(pilot)


async def test_a_screen_below_catches_up_when_it_comes_back(stocked: Store, theirs: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("4")
        await settle(pilot)
        for _ in range(2):  # the framework draws the first screen below, whatever is over it
            pilot.app.push_screen(Screen())
        await settle(pilot)
        draft = {"institution": "T01", "title": "零基础焊工班"}
        course = theirs.write(
            records.register, CourseDraft.model_validate(draft), by=COLLEAGUE
        ).code
        await noticed(pilot)
        below = pilot.app.screen_stack[-3]
        assert isinstance(below, OfferingsScreen)
        assert course not in [row.code for row in below.offered.rows]
        pilot.app.pop_screen()
        pilot.app.pop_screen()
        await settle(pilot)
        assert course in [row.code for row in below.offered.rows]


async def test_offerings_keep_list_cursor_and_status(stocked: Store, theirs: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter", "down")
        screen = pilot.app.screen
        assert isinstance(screen, OfferingsScreen)
        listing, here = screen.offered, screen.offered.code
        screen.tell("kept")
        edit(theirs, "course", str(here), COLLEAGUE, title="改了名的课程")
        await noticed(pilot)
        assert "改了名的课程" in frame(pilot)
        assert "kept" in frame(pilot)
        assert (screen.offered, screen.offered.code) == (listing, here)
        assert pilot.app.focused is listing


async def test_confirmed_words_of_a_colleague_appear(stocked: Store, theirs: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("a")
        await settle(pilot)
        theirs.write(learning.confirm, "拧螺丝的", "6-18-01-01", by=COLLEAGUE)
        await noticed(pilot)
        assert "拧螺丝的" in frame(pilot)


async def test_a_ranking_says_that_offers_changed_and_stays(stocked: Store, theirs: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        theirs.write(records.register, EnterpriseDraft(name="深圳新厂"), by=COLLEAGUE)
        register_need(theirs)
        await noticed(pilot)
        assert "r ranks again" not in frame(pilot)
        edit(theirs, "need", str(screen.need_code), COLLEAGUE, heads=33)
        await noticed(pilot)
        assert "Need changed: r ranks again" in frame(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert "r ranks again" not in frame(pilot)
        edit(theirs, "course", "C001", COLLEAGUE, title="改了名的课程")
        await noticed(pilot)
        assert "Offers changed: r ranks again" in frame(pilot)
        edit(theirs, "course", "C001", COLLEAGUE, title="又改了名的课程")
        await pilot.press("r")
        await settle(pilot)
        await noticed(pilot)  # late, and the ranking has it already
        assert "r ranks again" not in frame(pilot)


async def test_ones_own_registration_is_under_the_cursor_and_drawn_once(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", "5", "ctrl+s")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, NeedsScreen)
        shown, mine = frame(pilot), screen.needs.code
        assert mine == "N000081"
        await noticed(pilot)
        assert (frame(pilot), screen.needs.code) == (shown, mine)


async def test_pages_that_were_loaded_stay_loaded(stocked: Store, theirs: Store) -> None:
    for _ in range(150):
        register_need(theirs)
    async with running(stocked) as pilot:
        await pilot.press("end", "pageup", "end")
        await settle(pilot)
        await pilot.press("end")
        needs = pilot.app.screen.query_one("#needs", RecordList)
        assert (len(needs.rows), needs.code) == (231, "N000000")
        register_need(theirs)
        await noticed(pilot)
        assert (len(needs.rows), needs.code) == (232, "N000000")


@pytest.mark.parametrize("by", [OPERATOR, COLLEAGUE], ids=["same person", "another"])
async def test_two_desks_see_each_other(stocked: Store, theirs: Store, by: Actor) -> None:
    async with running(stocked) as mine, running(theirs, by=by) as other:
        await other.press("f2", *"E001", "tab", *"焊工", "tab", "5", "ctrl+s")
        await settle(other)
        await noticed(mine)
        assert "N000081" in frame(mine)
