"""The analysis screen and command: the board, what is behind a line, months, areas, weeks, export."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import analysis, drilling, records, warning
from tests.conftest import DAY
from tests.tui.driving import COLLEAGUE, frame, running, settle
from tests.tui.test_cli_pools import said, told
from tui.changes import look
from tui.render import spark
from tui.screens.analysis import AnalysisScreen
from tui.screens.match import MatchScreen
from tui.screens.pick import PickDialog
from tui.screens.what_if import WhatIfScreen
from tui.widgets.columns import Pair, chart
from tui.widgets.record_list import RecordList

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
ADMIN = Actor("keeper", "系统管理员", Role.ADMIN, "BUREAU")


async def press(pilot: Pilot[None], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def screen(pilot: Pilot[None]) -> AnalysisScreen:
    found = pilot.app.screen
    assert isinstance(found, AnalysisScreen)
    return found


def status(pilot: Pilot[None]) -> str:
    return str(pilot.app.screen.query_one("#status", Static).render())


def ask(store: Store, heads: int, **fields: object) -> str:
    given = {"enterprise": "E001", "text": "缝纫工", "earliest": DAY, "occupations": "6-05-01-03"}
    draft = NeedDraft.model_validate({**given, "heads": heads, **fields})
    return str(store.write(records.register, draft, by=COLLEAGUE).code)


async def test_the_worst_line_is_on_top_and_taken_apart(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6")
        shown = frame(pilot)
        assert "trade not settled" in shown.splitlines()[2]
        assert "58 of 65 heads unmet" in shown
        assert "confirm it first" in shown
        await press(pilot, "down")
        assert "45 heads (1): too many heads" in frame(pilot)
        assert "48 lines, 106 heads short, 0 warnings" in status(pilot)


async def test_enter_opens_the_needs_and_one_of_them_is_matched(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "down", "enter")
        dialog = pilot.app.screen
        assert isinstance(dialog, PickDialog)
        assert [row.code for row in dialog.query_one(RecordList).rows] == ["N000078"]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, MatchScreen)
        assert pilot.app.screen.need_code == "N000078"


async def test_enter_right_after_the_cursor_opens_the_line_under_it(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6")
        wanted = screen(pilot).lines.rows[2].code
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        dialog = pilot.app.screen
        assert isinstance(dialog, PickDialog)
        board = stocked.read(analysis.shortages, by=OPERATOR, today=DAY)
        line = next(n for n in board.lines if f"{n.occupation}/0" == wanted)
        assert tuple(row.code for row in dialog.query_one(RecordList).rows) == line.needs


async def test_enter_is_not_lost_while_the_line_is_read_anew(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, drill = threading.Event(), drilling.drill

    def slow(session: Any, *args: Any, progress: Any, **more: Any) -> Any:
        gate.wait(10)
        progress(0, 1)
        return drill(session, *args, progress=progress, **more)

    async with running(stocked) as pilot:
        await press(pilot, "6")
        monkeypatch.setattr(drilling, "drill", slow)
        await pilot.press("down", "enter")
        await pilot.pause()
        screen(pilot)._drill()  # as when somebody saves something
        await pilot.pause(0.3)
        gate.set()
        await settle(pilot)
        assert isinstance(pilot.app.screen, PickDialog)


async def test_a_late_answer_is_not_drawn_over_another_line(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, drill = threading.Event(), drilling.drill

    def slow(session: Any, *args: Any, **more: Any) -> Any:
        found = drill(session, *args, **more)
        gate.wait(10)
        return found

    async with running(stocked) as pilot:
        await press(pilot, "6")
        monkeypatch.setattr(drilling, "drill", slow)
        await pilot.press("down", "enter")  # Enter reads the second line, however long it takes
        await pilot.pause()
        await pilot.press("down")
        monkeypatch.setattr(drilling, "drill", drill)
        gate.set()
        await settle(pilot)
        shown = frame(pilot)
        assert "8 of 8 heads unmet" in shown
        assert "too many heads" not in shown


async def test_a_colleagues_need_changes_the_board_that_is_being_read(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "down", "down")
        lines = screen(pilot).lines
        assert lines.code == "6-05-01-03/0"
        ask(stocked, 50)
        gateway = screen(pilot).gateway
        await look(pilot.app, gateway)
        await settle(pilot)
        assert lines.code == "6-05-01-03/0"  # the cursor stays on the line it was on
        assert lines.rows[lines.cursor].cells[4] == "-58"
        assert "58 of 58 heads unmet" in frame(pilot)


async def test_a_warning_says_the_rule_it_breaks(stocked: Store) -> None:
    stocked.write(warning.set_rule, {"heads": 7, "days": 3}, by=SUPERVISOR)
    async with running(stocked) as pilot:
        await press(pilot, "6")
        shown = frame(pilot)
        assert "✕ trade not settled" in shown
        assert "gap 58 > 7 heads, P90 waiting 5 > 3 d" in shown


async def test_months_are_walked_through_and_left_again(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "f8")
        assert "2026-11" in frame(pilot)
        some = len(screen(pilot).lines.rows)
        await press(pilot, "full_stop")
        assert "2026-12" in frame(pilot)
        assert 0 < len(screen(pilot).lines.rows) < some
        await press(pilot, "f8", "f8")
        assert "2027-02" in frame(pilot)
        assert screen(pilot).lines.rows == []
        assert "another month" in status(pilot)
        await press(pilot, "comma", "f7", "f7", "f7")
        assert "all months" in frame(pilot)
        assert len(screen(pilot).lines.rows) == 48
        await press(pilot, "f7")
        assert "all months" in frame(pilot)


async def test_an_area_is_picked_and_left(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "f", "end", "enter")
        area = screen(pilot).gateway.area
        assert area is not None
        assert area[1] in frame(pilot)
        await press(pilot, "p")
        assert area[1] in frame(pilot)  # other figures are of the same place
        await press(pilot, "escape")
        assert 0 < len(screen(pilot).lines.rows) < 48
        await press(pilot, "f", "enter")
        assert "everywhere" in frame(pilot)
        assert len(screen(pilot).lines.rows) == 48


async def test_the_weeks_are_a_chart_a_table_and_out_of_the_way(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6")
        assert "seats offered" not in frame(pilot)
        await press(pilot, "g")
        shown = frame(pilot)
        assert "W47" in shown
        assert "█" in shown
        assert "heads unmet" not in shown
        await press(pilot, "g")
        assert "Difference" in frame(pilot)
        await press(pilot, "g")
        assert "heads unmet" in frame(pilot)
    async with running(stocked, size=(100, 30)) as pilot:
        await press(pilot, "6")
        shown = frame(pilot)
        assert "W47" in shown
        assert "heads unmet" in shown
        await press(pilot, "g")
        assert "Difference" in frame(pilot)
        await press(pilot, "g")
        assert "Difference" not in frame(pilot)


async def test_the_board_is_exported_with_what_it_shows(stocked: Store, tmp_path: Path) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "f8", "x")
        path = tmp_path / "data" / "duijie" / "exports" / "analysis-2026-11-21-2026-11.csv"
        assert "lines written to" in status(pilot)
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        assert len(rows) == len(screen(pilot).lines.rows)
        assert {row["state"] for row in rows} <= {"alarm", "short", "enough"}


async def test_a_folder_that_cannot_be_written_is_said(stocked: Store, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "duijie").write_text("in the way")
    async with running(stocked) as pilot:
        await press(pilot, "6", "f9")
        assert screen(pilot).query_one("#status").has_class("-failure")


async def test_what_to_add_and_the_way_back(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "6", "escape")
        assert pilot.app.screen.TITLE_WORD == "needs"  # type: ignore[attr-defined]
        await press(pilot, "6", "s")
        assert isinstance(pilot.app.screen, WhatIfScreen)


async def test_an_empty_district_says_what_to_do(bare: Store) -> None:
    async with running(bare) as pilot:
        await press(pilot, "6")
        assert "F2 registers one" in status(pilot)
        await press(pilot, "enter", "down", "f5", "x")
        assert isinstance(pilot.app.screen, AnalysisScreen)


async def test_an_institution_sees_numbers_and_no_firm(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "6", "enter")
        shown = frame(pilot)
        assert "恒耘模塑" not in shown
        assert "＊＊＊" in shown


async def test_who_may_not_look_is_told(stocked: Store) -> None:
    async with running(stocked, by=ADMIN) as pilot:
        await press(pilot, "6")
        assert not isinstance(pilot.app.screen, AnalysisScreen)
        assert pilot.app.screen.query_one("#status").has_class("-failure")


async def test_leaving_while_a_line_is_read_draws_nothing(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("6", "down", "down", "2")
        await settle(pilot)
        assert pilot.app.screen.TITLE_WORD == "needs"  # type: ignore[attr-defined]


async def test_stored_text_cannot_reach_the_terminal(stocked: Store) -> None:
    ask(stocked, 99, text="[red]缝纫工[/]")
    async with running(stocked) as pilot:
        await press(pilot, "6", "enter")
        assert isinstance(pilot.app.screen, PickDialog)
        rows = pilot.app.screen.query_one(RecordList).rows
        assert "[red]缝纫工[/]" in rows[-1].cells[-1]
        frame(pilot)


def test_columns_show_whatever_is_not_nothing_and_never_more_than_fits() -> None:
    pairs = [Pair(f"W{week}", week * 7 % 50, week * 3 % 20) for week in range(10, 30)]
    for width, height in ((80, 9), (30, 4), (8, 2), (200, 20)):
        lines = chart(pairs, width, height)
        assert len(lines) == height
        assert all(cell_len(line) <= width for line in lines)
    lines = chart([Pair("W01", 1000, 1), Pair("W02", 1, 0)], 40, 6)
    assert lines[-2].count("▁") > 0
    assert lines[-2].count("▒") > 0
    assert chart([], 40, 6) == []
    assert chart(pairs, 40, 1) == []
    assert chart([Pair("W01", 0, 0)], 40, 3)[0].strip() == "1┤"


def test_a_spark_is_one_cell_a_number() -> None:
    assert spark([0, 1, 50, 100]) == "▁▂▅█"
    assert spark([0, 0]) == "▁▁"
    assert spark([]) == ""


def test_the_command_says_what_the_screen_says(demo_path: Path) -> None:
    found = said(demo_path, "analysis")
    assert found["gap"] == 106
    assert sum(n["gap"] for n in found["lines"]) == 106
    assert found["rule"] == {"heads": 30, "days": 10}
    shown = told(demo_path, "analysis", lang="en")
    assert "多工序数控机床操作调整工" in shown
    rows = list(csv.DictReader(told(demo_path, "analysis", "--csv", lang="en").splitlines()))
    assert [row["occupation"] or None for row in rows] == [n["occupation"] for n in found["lines"]]
    december = said(demo_path, "analysis", "gaps", "--month", "2026-12")
    assert 0 < len(december["lines"]) < len(found["lines"])
    street = said(demo_path, "analysis", "--area", "440307019")
    assert 0 < len(street["lines"]) < len(found["lines"])


def test_a_line_steps_and_weeks_are_data_and_words(demo_path: Path) -> None:
    found = said(demo_path, "analysis", "drill", "6-18-01-07", "三级")
    assert found["line"]["gap"] == 21
    assert [(c["why"], c["heads"]) for c in found["causes"]] == [("heads_max", 45)]
    unknown = said(demo_path, "analysis", "drill", "-")
    assert len(unknown["needs"]) == 13
    assert "N000078" in told(demo_path, "analysis", "drill", "6-18-01-07", "3", lang="en")
    steps = said(demo_path, "analysis", "funnel", "--week", "2026-11-18")["steps"]
    assert [step["heads"] for step in steps] == [335, 17, 8, 4, 0]
    assert len(said(demo_path, "analysis", "weekly", "--weeks", "3", "--ahead", "2")) == 5
    assert "W47" in told(demo_path, "analysis", "weekly", lang="en")
    assert "335" in told(demo_path, "analysis", "funnel", lang="en")


def test_the_rule_is_set_by_a_supervisor_only(demo_path: Path) -> None:
    assert said(demo_path, "analysis", "rule") == {"heads": 30, "days": 10}
    said(demo_path, "analysis", "rule", "heads=5", code=5)
    dry = ("--user", "supervisor", "--dry-run")
    assert said(demo_path, "analysis", "rule", "heads=5", *dry)["heads"] == 5
    assert said(demo_path, "analysis", "rule")["heads"] == 30
    said(demo_path, "analysis", "rule", "heads=5", "--user", "supervisor")
    assert said(demo_path, "analysis", "rule") == {"heads": 5, "days": 10}


def test_nonsense_is_refused_with_what_to_write(demo_path: Path) -> None:
    said(demo_path, "analysis", "--month", "someday", code=2)
    said(demo_path, "analysis", "drill", code=2)
    said(demo_path, "analysis", "drill", "6-18-01-07", "moon", code=2)
    said(demo_path, "analysis", "drill", "1-01-00-00", code=3)
    said(demo_path, "analysis", "drill", "-", "--csv", code=2)
    said(demo_path, "analysis", "funnel", "extra", code=2)
    said(demo_path, "analysis", "funnel", "--week", "someday", code=2)
    said(demo_path, "analysis", "rule", "heads", code=2)
    said(demo_path, "analysis", "rule", "moon=1", "--user", "supervisor", code=1)
    said(demo_path, "analysis", "--area", "nowhere", code=3)
    said(demo_path, "analysis", "--user", "keeper", code=5)
