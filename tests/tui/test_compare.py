"""Bundles side by side: what differs, which is best, paging at 80 columns, taking one; the same as data."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from matching.types import Bundle
from seed.demo import OPERATOR
from store import Store
from store.errors import UsageError
from store.services import matchmaking
from tests.conftest import DAY
from tests.tui.driving import frame, running, settle
from tui import cli, compare_text, i18n
from tui.cli.compare import wanted
from tui.compare_text import Row, rows, same_line, table_lines, times_word, wrapped
from tui.screens.compare import CompareDialog
from tui.screens.match import MatchScreen

NEED = "N000001"


def ranked(store: Store) -> tuple[Bundle, ...]:
    found = store.read(matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY, top=9)
    return found.ranking.bundles


def named(found: tuple[Row, ...]) -> dict[str, Row]:
    return {row.name: row for row in found}


def test_the_best_of_each_row_is_signed_and_what_is_the_same_stands_on_one_line(
    stocked: Store,
) -> None:
    first, second, third, *_rest = ranked(stocked)
    found = named(rows((first, second, third), 2))
    assert found["score"].best == {0}
    assert found["last_day"].best == {1}
    assert found["price"].cells == ("¥3,680", "¥2,680", "¥1,880")
    assert found["price"].signed == ("¥3,680", "¥2,680", "✓ ¥1,880")
    assert found["total"].cells[0] == "¥7,360 (2 heads)"
    assert found["place"].best == {0, 1}  # as near as each other
    assert found["seats"].best == frozenset()  # a run is not weighed against a class on demand
    assert found["times"].is_same
    assert found["points_topic"].cells == ("28/30",) * 3
    assert len(found) == len(rows((first, second, third), 2))  # no name twice
    told = same_line(found.values())
    assert "Times Mon-Fri 18:30-21:30" in told
    assert "Price a head" not in told
    assert "Assessment" not in told  # nothing is not worth a word


def test_nothing_is_best_where_nothing_is_better_or_known(stocked: Store) -> None:
    first, second, *_rest = ranked(stocked)
    unknown = replace(second, price_fen=None, travel_km=None)
    found = named(rows((first, unknown), 1))
    assert found["price"].best == frozenset()
    assert found["place"].best == frozenset()
    twins = named(rows((first, first), 1))
    assert all(row.is_same and not row.best for row in twins.values())
    assert named(rows((first,), 1))["total"].cells == ("¥3,680 (1 head)",)


def test_times_of_the_week_are_told_by_weekday(stocked: Store) -> None:
    first = ranked(stocked)[0]
    assert times_word(first.sessions) == "Mon-Fri 18:30-21:30"
    i18n.use("zh")
    assert times_word(first.sessions) == "周一-周五 18:30-21:30"
    no_times = [replace(one, start=None, end=None) for one in first.sessions]
    assert times_word(no_times) == ""


@pytest.mark.parametrize("cells", [3, 7, 20])
def test_long_cells_go_on_below_and_lose_nothing(cells: int) -> None:
    text = "鹤岭技师学院机加工实训车间 5.1 km extraordinarily"
    lines = wrapped(text, cells)
    assert all(cell_len(line) <= cells for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("", cells) == [""]


def test_lines_of_a_table_are_all_as_wide(stocked: Store) -> None:
    found = rows(ranked(stocked)[:3], 2)
    for _row, label, cells in table_lines(found, (0, 2), 12, 22):
        assert cell_len(label) == 12
        assert [cell_len(cell) for cell in cells] == [22, 22]


@pytest.mark.parametrize(
    ("marked", "count", "compared"),
    [
        ((), 6, (0, 1, 2)),
        ((), 2, (0, 1)),
        ((4,), 6, (0, 1, 2, 4)),
        ((3, 1), 6, (1, 3)),
        ((), 1, (0,)),
    ],
)
def test_what_is_compared(marked: tuple[int, ...], count: int, compared: tuple[int, ...]) -> None:
    assert compare_text.chosen(marked, count) == compared


async def test_marked_bundles_are_compared_and_one_is_taken(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        await pilot.press("space", "down", "down", "space")
        await settle(pilot)
        assert screen.bundles.marked == (0, 2)
        assert frame(pilot).count("●") == 2
        assert "2 marked" in frame(pilot)
        await pilot.press("equals_sign")
        await settle(pilot)
        shown = frame(pilot)
        assert isinstance(pilot.app.screen, CompareDialog)
        assert "Compare 1–2 of 2" in shown
        assert "✓ ¥1,880" in shown
        assert "│ · Trade" not in shown  # the same in both
        assert "Same: " in shown
        await pilot.press("equals_sign")
        assert "Same: " not in frame(pilot)
        assert "│ · Trade" in frame(pilot)
        await pilot.press("right", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MatchScreen)
        assert screen.bundles.highlighted == 2
        assert "p proposes it" in frame(pilot)


async def test_columns_that_do_not_fit_are_paged(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        await pilot.press("equals_sign")
        await settle(pilot)
        assert "Compare 1–2 of 3" in frame(pilot)
        await pilot.press("right", "right", "right")
        assert "Compare 2–3 of 3" in frame(pilot)
        assert "▸3" in frame(pilot)
        await pilot.press("left")
        assert "Compare 2–3 of 3" in frame(pilot)
        await pilot.press("left")
        assert "Compare 1–2 of 3" in frame(pilot)
        await pilot.resize_terminal(120, 40)
        await settle(pilot)
        assert "Compare 1–3 of 3" in frame(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert pilot.app.screen.bundles.highlighted == 0  # type: ignore[attr-defined]


async def test_marks_go_with_the_need_and_no_fifth_is_taken(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, MatchScreen)
        await pilot.press("space", *("down", "space") * 4)
        await settle(pilot)
        assert screen.bundles.marked == (0, 1, 2, 3)
        assert "Four at most" in frame(pilot)
        await pilot.press("r")
        await settle(pilot)
        assert screen.bundles.marked == (0, 1, 2, 3)
        await pilot.press("f8")
        await settle(pilot)
        await pilot.press("f7")
        await settle(pilot)
        assert screen.need_code == NEED
        assert not screen.bundles.marked


async def test_a_need_with_no_bundles_has_nothing_to_compare(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("3")
        await settle(pilot)
        await pilot.press("space", "equals_sign")
        await settle(pilot)
        assert "no two bundles" in frame(pilot)


def test_the_command_line_compares_by_number(
    demo_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--db", str(demo_path), "--lang", "en", "match", NEED, "--compare", "3,1"]
    assert cli.run(asked) == 0
    shown = capsys.readouterr().out
    assert "✓ ¥1,880" in shown
    assert "Trade" in shown.splitlines()[-1]
    assert cli.run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [column["rank"] for column in told["columns"]] == [1, 3]
    price = next(row for row in told["rows"] if row["name"] == "price")
    assert (price["best"], price["same"]) == ([3], False)
    assert date.fromisoformat(told["columns"][1]["sessions"][0]["day"]) > DAY


@pytest.mark.parametrize(
    "more", [["--compare", "1"], ["--compare", "1,1"], ["--compare", "1,2,3,4,5"], ["--compare", "a,b"],
             ["--compare", "1,99"], ["--compare", "1,2", "--course", "C001"]],
)  # fmt: skip
def test_a_wrong_comparison_is_a_wrong_command(
    demo_path: Path, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["--db", str(demo_path), "match", NEED, *more]) == 2
    assert capsys.readouterr().err.strip()


def test_numbers_are_read_as_people_type_them() -> None:
    assert wanted("1，3") == [1, 3]
    assert wanted("4 2") == [2, 4]
    with pytest.raises(UsageError):
        wanted("0,1")
