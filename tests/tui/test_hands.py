"""Speed of hand: letters and numbers, repeating, drafts, pasting, marks, filters, taking back."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from seed.demo import OPERATOR
from store import Store
from store.services import needs, records
from tests.tui.driving import frame, running, settle
from tests.tui.test_needs import newest, total
from tui.pasted import read_rows
from tui.remembered import Remembered
from tui.screens.needs import NeedsScreen
from tui.screens.paste import PasteDialog
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList


async def test_letters_and_a_number_register_a_need_without_an_input_method(stocked: Store) -> None:
    second = stocked.read(needs.find_enterprises, "sz", by=OPERATOR)[1].code
    async with running(stocked, "zh") as pilot:
        keys = "sz2\tskcg 4 5p bl sat 12-31 2000y"
        await pilot.press("f2", *("tab" if key == "\t" else key for key in keys), "ctrl+s")
        await settle(pilot)
        assert "从原话读出" in frame(pilot)
    view = newest(stocked)
    assert (view.enterprise, view.text, view.heads, view.level) == (second, "数控车工四级", 5, 3)
    assert (view.area, view.weekly) == ("440307019", "Sat all day")
    assert view.latest == date(2026, 12, 31)
    assert view.budget == 2000
    assert view.occupations[0].code == "6-18-01-01"


async def test_letters_that_fit_several_trades_are_asked_about(stocked: Store) -> None:
    before = total(stocked)
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"zzx 4 5p", "ctrl+s")
        await settle(pilot)
        assert "several trades or none" in frame(pilot)
        assert pilot.app.screen.query_one("#text", FormInput).value == "zzx 4 5p"
    assert total(stocked) == before


async def test_a_sentence_is_read_even_when_the_form_is_saved_at_once(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"数控车工四级5人周末上课", "ctrl+s")
        await settle(pilot)
    view = newest(stocked)
    assert (view.heads, view.level, view.weekly) == (5, 3, "Sat,Sun all day")


async def test_one_field_is_repeated_from_the_last_record(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", *"7", "ctrl+s")
        await settle(pilot)
        await pilot.press("ctrl+r")
        await settle(pilot)
        await pilot.press(*"叉车", "tab", "ctrl+r")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
    view = newest(stocked)
    assert (view.enterprise, view.text, view.heads) == ("E001", "叉车", 7)


def folder(store: Store) -> Path:
    return Path(store.url.database or "").parent / "desk"


async def test_what_was_typed_before_a_lost_connection_is_in_the_form_again(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工五级", "tab")
        await settle(pilot)
        (path,) = folder(stocked).glob("*/draft-need-*.json")
    assert path.stat().st_mode & 0o777 == 0o600
    path.rename(path.with_stem("draft-need-999999999"))  # the process that typed it is gone
    async with running(stocked) as pilot:
        assert "before the connection was lost" in frame(pilot)
        assert pilot.app.screen.query_one("#text", FormInput).value == "焊工五级"
        await pilot.press("f2", "tab", "tab", *"3", "ctrl+s")
        await settle(pilot)
        assert not list(folder(stocked).glob("*/draft-need-*.json"))
    assert newest(stocked).heads == 3


def test_a_draft_of_a_living_process_stays_with_it(tmp_path: Path) -> None:
    kept = Remembered(tmp_path, "a", "wang")
    kept.put(f"draft-need-{os.getppid()}", {"text": "焊工"})
    assert kept.left_draft("need") is None
    assert Remembered(tmp_path, "b", "wang").get(f"draft-need-{os.getppid()}") is None


def test_a_file_that_cannot_be_read_counts_as_nothing(tmp_path: Path) -> None:
    kept = Remembered(tmp_path, "a", "wang")
    kept.put("filters", {"open": "N000001"})
    (path,) = tmp_path.glob("*/filters.json")
    assert json.loads(path.read_text()) == {"open": "N000001"}
    path.write_text("{")
    assert kept.get("filters") is None


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1、焊工5人\n2、叉车3人\n\n", [{"text": "焊工5人"}, {"text": "叉车3人"}]),
        (
            "企业名称\t人数\t培训工种\n锐坪精密\t5\t焊工",
            [{"enterprise": "锐坪精密", "heads": "5", "text": "焊工"}],
        ),
        ("锐坪精密\t焊工\t5", [{"enterprise": "锐坪精密", "text": "焊工", "heads": "5"}]),
        ("Enterprise\theads\nrpjm\t4", [{"enterprise": "rpjm", "heads": "4"}]),
    ],
)
def test_pasted_text_is_parted_into_rows(text: str, rows: list[dict[str, str]]) -> None:
    assert read_rows(text) == rows


async def test_pasted_rows_are_mended_and_stored_together(stocked: Store) -> None:
    before = total(stocked)
    pasted = "企业\t工种\t人数\nrpjm\t数控车工四级\t5\nE002\t焊工\t很多\nE003\t叉车司机\t2"
    async with running(stocked, "zh") as pilot:
        await pilot.press("f2")
        field = pilot.app.screen.query_one("#enterprise", FormInput)
        field.post_message(events.Paste(pasted))
        await settle(pilot)
        assert isinstance(pilot.app.screen, PasteDialog)
        assert "✕很多" in frame(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert total(stocked) == before + 2
        assert "✕很多" in frame(pilot)
        await pilot.press("n", "enter")
        pilot.app.screen.query_one("#cell", Input).value = "4"
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)
        assert total(stocked) == before + 3
        await pilot.press("escape", "u")
        await settle(pilot)
    page = stocked.read(records.page, "need", by=OPERATOR, limit=3, newest_first=True)
    assert [view.status for view in page.items] == ["withdrawn"] * 3
    assert sorted(view.heads for view in page.items) == [2, 4, 5]


async def test_two_lines_of_one_message_are_joined(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2")
        field = pilot.app.screen.query_one("#enterprise", FormInput)
        field.post_message(events.Paste("锐坪精密要培训电工\n5个人四级"))
        await settle(pilot)
        await pilot.press("down", "j")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
    view = newest(stocked)
    assert (view.text, view.heads) == ("锐坪精密要培训电工，5个人四级", 5)


async def test_marked_needs_are_withdrawn_at_once_and_come_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("space", "space")
        listed = pilot.app.screen.query_one("#needs", RecordList)
        marked = set(listed.marked)
        assert len(marked) == 2
        assert "marked: 2" in frame(pilot)
        await pilot.press("x")
        await settle(pilot)
        states = {stocked.read(records.fetch, "need", c, by=OPERATOR).status for c in marked}
        assert states == {"withdrawn"}
        await pilot.press("u")
        await settle(pilot)
    assert {stocked.read(records.fetch, "need", c, by=OPERATOR).status for c in marked} == {"open"}


async def test_withdrawing_many_asks_for_their_number(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("asterisk", "x")
        await settle(pilot)
        assert "Type 81" in frame(pilot)
        await pilot.press(*"8", "enter")
        await settle(pilot)
    page = stocked.read(records.page, "need", by=OPERATOR, limit=200)
    assert all(view.status != "withdrawn" for view in page.items)


async def test_a_filter_works_while_it_is_typed_and_says_what_is_new(stocked: Store) -> None:
    async with running(stocked, "zh") as pilot:
        await pilot.press("f", *"四级 skcg")
        await settle(pilot)
        listed = pilot.app.screen_stack[-2].query_one("#needs", RecordList)
        shown = len(listed.rows)
        assert 0 < shown < 20
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "筛选：四级 skcg" in frame(pilot)
        await pilot.press("f2", *"E001", "tab", *"数控车工四级3人", "ctrl+s")
        await settle(pilot)
        assert len(listed.rows) == shown + 1
        await pilot.press("escape", "f")
        await settle(pilot)
        kept = pilot.app.screen.query_one("#kept", RecordList)
        assert [row.cells for row in kept.rows] == [("1", str(shown + 1), "四级 skcg")]
        await pilot.press("enter", "f")
        await settle(pilot)
        kept = pilot.app.screen.query_one("#kept", RecordList)
        assert kept.rows[0].cells[0] == "0"
        await pilot.press("escape")


async def test_lines_are_copied_to_the_terminal_and_to_a_file(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("space", "space", "f9")
        await settle(pilot)
        copied = pilot.app.clipboard
        assert [line.split("\t")[0] for line in copied.splitlines()] == ["N000080", "N000079"]
        (path,) = folder(stocked).glob("*/clip.txt")
        assert path.read_text() == copied
        assert path.stat().st_mode & 0o777 == 0o600


async def test_offerings_are_withdrawn_in_a_group_and_come_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("4", "enter")
        await settle(pilot)
        listed = pilot.app.screen.query_one("#records", RecordList)
        codes = [row.code for row in listed.rows if row.cells[1] == "published"][-2:]
        listed.marked = set(codes)
        await pilot.press("x")
        await settle(pilot)
        states = {stocked.read(records.fetch, "course", c, by=OPERATOR).status for c in codes}
        assert states == {"withdrawn"}
        await pilot.press("u")
        await settle(pilot)
    states = {stocked.read(records.fetch, "course", c, by=OPERATOR).status for c in codes}
    assert states == {"published"}


async def test_no_key_does_anything_while_the_window_is_too_small(stocked: Store) -> None:
    before = total(stocked)
    async with running(stocked) as pilot:
        await pilot.resize_terminal(60, 20)
        await settle(pilot)
        assert "80x24 are needed" in frame(pilot)
        await pilot.press("x", "f2", "8")
        await settle(pilot)
        await pilot.resize_terminal(100, 30)
        await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)
        assert "Quick registration" in frame(pilot)
    assert total(stocked) == before
    assert newest(stocked).status == "open"


@pytest.mark.parametrize("words", ["[/]", "[red]x[/]", "\\[", "a[b"])
async def test_markup_in_a_filter_is_only_text(stocked: Store, words: str) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f", *words)
        await settle(pilot)
        await pilot.press("ctrl+s", "enter")
        await settle(pilot)
        assert f"filter: {words}" in frame(pilot)
        await pilot.press("f", "down")
        await settle(pilot)
        assert pilot.app.screen.query_one("#filter-words", Input).value == words


async def test_a_need_that_the_filter_hides_is_told_and_does_not_take_the_keys(
    stocked: Store,
) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f", *"四级 skcg", "enter")
        await settle(pilot)
        await pilot.press("f2", *"E002", "tab", *"焊工3人", "ctrl+s")
        await settle(pilot)
        await settle(pilot)
        assert "the filter hides it" in frame(pilot)
        await pilot.press("escape", "down")
        listed = pilot.app.screen.query_one("#needs", RecordList)
        wanted = listed.code
        await pilot.press("enter")
        await settle(pilot)
        assert pilot.app.screen.need_code == wanted  # type: ignore[attr-defined]
        await pilot.press("2", "escape")
        await settle(pilot)
        assert len(listed.rows) > 20


async def test_everything_done_here_is_taken_back_step_by_step(stocked: Store) -> None:
    before = total(stocked)
    async with running(stocked) as pilot:
        for firm in ("E001", "E002"):
            await pilot.press("f2", *firm, "tab", *"焊工3人", "ctrl+s")
            await settle(pilot)
        await pilot.press("escape", "u")
        await settle(pilot)
        await pilot.press("u")
        await settle(pilot)
    page = stocked.read(records.page, "need", by=OPERATOR, limit=2, newest_first=True)
    assert [view.status for view in page.items] == ["withdrawn", "withdrawn"]
    assert total(stocked) == before + 2


async def test_every_wrong_cell_is_marked_and_rows_are_not_thrown_away_by_one_key(
    stocked: Store,
) -> None:
    pasted = (
        "企业\t工种\t人数\t级别\n谁也不是的厂\t焊工\t很多\t八级\n" + "E001\t焊工\t2\t四级\n" * 250
    )
    async with running(stocked, "zh") as pilot:
        await pilot.press("f2")
        field = pilot.app.screen.query_one("#enterprise", FormInput)
        field.post_message(events.Paste(pasted))
        await pilot.pause(0.2)
        for _ in range(200):
            if "✕八级" in frame(pilot):
                break
            await pilot.pause(0.05)
        shown = frame(pilot)
        assert "✕很多" in shown
        assert "✕八级" in shown
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, PasteDialog)
        assert "再按一次" in frame(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)


async def test_escape_goes_back_the_way_one_came(stocked: Store) -> None:
    async with running(stocked, start="dashboard") as pilot:
        await pilot.press("9")
        await settle(pilot)
        await pilot.press("8")
        await settle(pilot)
        shown = []
        for _ in range(3):
            await pilot.press("escape")
            await settle(pilot)
            shown.append(pilot.app.screen.TITLE_WORD)  # type: ignore[attr-defined]
    assert shown == ["calls", "dashboard", "dashboard"]


async def test_the_search_reads_a_line_of_letters(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("slash", *"skcg 4 bl sat")
        await settle(pilot)
        shown = frame(pilot)
        assert "= 数控车工四级" in shown
        listed = pilot.app.screen.query_one("#found", RecordList)
        assert "数控车工（四级）技能提升班" in [row.cells[2] for row in listed.rows[:3]]


async def test_a_wrong_field_is_told_when_it_is_left_and_nothing_is_blocked(stocked: Store) -> None:
    async with running(stocked, "zh") as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", *"abc", "tab", *"四级")
        await settle(pilot)
        assert "不是整数" in frame(pilot)
        heads = pilot.app.screen.query_one("#heads", FormInput)
        assert heads.has_class("-wrong")
        assert pilot.app.screen.query_one("#level", FormInput).value == "四级"
        await pilot.press("shift+tab", *"5", "tab")
        await settle(pilot)
        assert not heads.has_class("-wrong")
        await pilot.press("ctrl+s")
        await settle(pilot)
    assert newest(stocked).heads == 5
