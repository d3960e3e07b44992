"""Somebody else saved first: yours and theirs, field by field, and the next save goes through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seed.demo import OPERATOR
from store import Store
from store.services import records
from tests.tui.driving import COLLEAGUE, edit, frame, running, settle
from tui.merging import Merge, apart, merge
from tui.screens.record import RecordDialog
from tui.widgets.form_input import FormInput

NEED = "N000080"
CELLS = st.fixed_dictionaries(dict.fromkeys("abc", st.sampled_from(("", "1", "2"))))


def test_a_merge_names_what_they_changed_and_what_both_changed() -> None:
    began = {"heads": "5", "level": "四级", "budget": "", "text": "焊工", "area": "A"}
    yours = {"heads": "8", "level": "三级", "budget": "", "text": "焊工", "area": "B"}
    theirs = {"heads": "9", "level": "四级", "budget": "2000", "text": "焊工", "area": "B"}
    assert merge(began, yours, theirs) == Merge(
        theirs={"budget": ("", "2000")}, both={"heads": ("8", "9")}
    )
    assert merge({}, {"heads": "8", "area": "B"}, theirs) == Merge(both={"heads": ("8", "9")})


@given(CELLS, CELLS, CELLS)
def test_a_merge_looks_the_same_from_both_sides(
    began: dict[str, str], yours: dict[str, str], theirs: dict[str, str]
) -> None:
    one, two = merge(began, yours, theirs), merge(began, theirs, yours)
    assert {name: (b, a) for name, (a, b) in one.both.items()} == two.both
    assert not one.theirs.keys() & two.theirs.keys()
    assert merge(yours, yours, yours) == Merge()


def test_long_texts_are_shown_from_where_they_differ() -> None:
    assert apart("8", "9", 20) == ("8", "9")
    same = "招五个数控车床操作工，要考中级证，"
    assert apart(same + "晚上上课", same + "周末上课", 20) == (
        "…中级证，晚上上课",
        "…中级证，周末上课",
    )
    assert apart(same, same + "周末", 20) == ("…中级证，", "…中级证，周末")
    assert apart("长" * 30, "短", 9) == ("长长长长…", "短")


def field(dialog: object, name: str) -> FormInput:
    assert isinstance(dialog, RecordDialog)
    return dialog.query_one(f"#{name}", FormInput)


@pytest.mark.parametrize(
    ("language", "told"), [("en", "chenjie has saved N000080"), ("zh", "chenjie 已先保存 N000080")]
)
async def test_fields_of_both_are_asked_about_and_the_next_save_keeps_the_answers(
    stocked: Store, language: str, told: str
) -> None:
    async with running(stocked, language) as pilot:
        await pilot.press("e")
        await settle(pilot)
        dialog = pilot.app.screen
        edit(stocked, "need", NEED, COLLEAGUE, heads=9, budget=1234, source="走访")
        field(dialog, "heads").value = "8"
        field(dialog, "source").value = "来访"
        field(dialog, "priority").value = "2"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert pilot.app.screen is dialog
        shown = frame(pilot)
        for words in (told, "▸8 | 9", "▸来访 | 走访", "– | ▸1234", "^T"):
            assert words in shown
        assert stocked.read(records.fetch, "need", NEED, by=OPERATOR).heads == 9
        assert pilot.app.focused is field(dialog, "heads")
        assert field(dialog, "budget").value == "1234"
        await pilot.press("ctrl+t")
        await settle(pilot)
        assert "8 | ▸9" in frame(pilot)
        await pilot.press("ctrl+t", "ctrl+t", "ctrl+s")
        await settle(pilot)
        assert pilot.app.screen is not dialog
    view = stocked.read(records.fetch, "need", NEED, by=OPERATOR)
    assert (view.heads, view.source, view.budget, view.priority) == (9, "来访", 1234, 2)
    assert view.version == 3


async def test_different_fields_come_together(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("e")
        await settle(pilot)
        dialog = pilot.app.screen
        edit(stocked, "need", NEED, COLLEAGUE, budget=1234)
        field(dialog, "heads").value = "8"
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "You changed different fields" in frame(pilot)
        edit(stocked, "need", NEED, COLLEAGUE, budget=99)  # and once more
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert "▸99" in frame(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
    view = stocked.read(records.fetch, "need", NEED, by=OPERATOR)
    assert (view.heads, view.budget) == (8, 99)


async def test_an_offering_of_another_screen_is_merged_too(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("4")
        await settle(pilot)
        await pilot.press("enter", "e")
        await settle(pilot)
        dialog = pilot.app.screen
        edit(stocked, "course", "C001", COLLEAGUE, price=777)
        field(dialog, "title").value = "焊工提升班"
        await pilot.press("ctrl+s")
        await settle(pilot)
        await pilot.press("ctrl+s")
        await settle(pilot)
    view = stocked.read(records.fetch, "course", "C001", by=OPERATOR)
    assert (view.price, view.title) == (777, "焊工提升班")


async def test_without_a_conflict_there_is_nothing_to_take(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("e")
        await settle(pilot)
        before = frame(pilot)
        assert "^T" not in before
        await pilot.press("ctrl+t")
        assert frame(pilot) == before
