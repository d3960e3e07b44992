"""Figures, warnings and the shortage list on screen: what is shown, opened and done with keys."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from textual.widgets import Static

from seed.demo import OPERATOR
from store import Store
from store.errors import UsageError
from store.schemas.actor import Actor, Role
from store.services import forecast, pivot, shortage, wanted, warned, warning
from tests.conftest import DAY
from tests.tui.driving import frame, press, running, settle
from tests.tui.test_cli_pools import said, told
from tui.screens.figures import FiguresScreen
from tui.screens.pick import PickDialog
from tui.screens.record import RecordDialog
from tui.screens.warnings import WarningsScreen, read_changes

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


def status(pilot: object) -> str:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    return str(screen.query_one("#status", Static).render())


async def test_figures_are_turned_measured_and_opened(
    stocked: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = stocked.read(pivot.pivot, "occupation", "week", by=OPERATOR, today=DAY)
    async with running(stocked) as pilot:
        await press(pilot, "6", "p")
        screen = pilot.app.screen
        assert isinstance(screen, FiguresScreen)
        assert "gap by occupation and week" in frame(pilot)
        assert f"{found.cell().heads} heads asked for, {found.cell().gap} short" in status(pilot)
        first = screen.lines.rows[0]
        assert first.cells[1].strip() == str(found.cell(found.row_values[0]).gap)
        assert screen.lines.rows[-1].cells[1].strip() == str(found.cell().gap)
        await press(pilot, "m", "6")
        assert "seats left by occupation and week" in frame(pilot)
        assert screen.lines.rows[-1].cells[1].strip() == str(found.cell().seats)
        await press(pilot, "end", "enter")
        assert isinstance(pilot.app.screen, PickDialog)
        await press(pilot, "enter")
        assert "seats left · " in frame(pilot)
        await press(pilot, "escape", "t", "2")
        assert "by occupation and area" in frame(pilot)
        for title in (
            "What holds heads up",
            "Waiting by occupation",
            "Use of capacity",
            "Heads a week",
        ):
            await press(pilot, "g")
            assert title in frame(pilot)
            assert len(screen.lines.rows) > 3
        area = stocked.read(wanted.areas_asked, by=OPERATOR)[-1]
        screen.gateway.area = area
        await press(pilot, "r")
        assert f"Heads a week from 2026-11-16, 6 weeks · {area[1]}" in frame(pilot)
        there = stocked.read(forecast.forecast, by=OPERATOR, today=DAY, area=area[0])
        assert len(screen.lines.rows) == len(there.lines)
        await press(pilot, "x")
        assert "lines written to" in status(pilot)
        await press(pilot, "g", "escape")
        assert "analysis" in pilot.app.screen.TITLE_WORD  # type: ignore[attr-defined]


async def test_an_operator_sees_to_a_warning_and_opens_what_is_behind_it(stocked: Store) -> None:
    found = stocked.read(warned.warnings, by=OPERATOR, today=DAY)
    at = next(n for n, one in enumerate(found) if one.rule.kind == "certificate")
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "W")
        screen = pilot.app.screen
        assert isinstance(screen, WarningsScreen)
        assert f"{len(found)} warnings, {len(found)} of them open" in status(pilot)
        await press(pilot, *("down",) * at)
        assert "Instructors whose qualification ends" in frame(pilot)
        assert found[at].records[0][1] in frame(pilot)
        await press(pilot, "enter", "1")
        assert isinstance(pilot.app.screen, RecordDialog)
        await press(pilot, "escape", "a", *"11-28", "space", *"called", "enter")
        after = stocked.read(warned.warnings, by=OPERATOR, today=DAY)
        (handled,) = [one.handled for one in after if one.key == found[at].key]
        assert handled is not None
        assert (handled.assignee, handled.note) == ("wangfang", "called")
        assert after[-1].key == found[at].key
        await press(pilot, "g", "e")
        assert not screen.query("ReasonDialog")
        assert stocked.read(warning.rules)[0].heads == 30


async def test_a_supervisor_changes_a_rule_and_signs_a_list(stocked: Store) -> None:
    async with running(stocked, by=SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "W", "g", "e")
        await press(pilot, *"heads=5", "space", *"days=0", "enter")
        assert "gap > 5 heads" in frame(pilot)
        await press(pilot, "g")
        assert "JQ000002" in frame(pilot)
        assert "draft" in frame(pilot)
        await press(pilot, "e", *"12-01..5-31", "space", *"+6-31-01-03", "enter")
        edited = stocked.read(shortage.show, "JQ000002", by=SUPERVISOR)
        assert edited.entries[-1].occupation == "6-31-01-03"
        await press(pilot, "s", "y")
        lists = stocked.read(shortage.lists, by=OPERATOR)
        assert [(one.code, one.status) for one in lists] == [
            ("JQ000002", "signed"),
            ("JQ000001", "superseded"),
        ]
        current = stocked.read(shortage.current, DAY)
        assert current is not None
        assert current.code == "JQ000001"  # until the new one begins
        await press(pilot, "x", *"wrong", "enter")
        assert stocked.read(shortage.show, "JQ000002", by=OPERATOR).status == "revoked"
        await press(pilot, "n")
        await settle(pilot)
        assert stocked.read(shortage.show, "JQ000003", by=SUPERVISOR).status == "draft"


def test_a_line_of_changes_is_read_whole_or_refused() -> None:
    found = read_changes("+6-18-01-01 -6-05-01-03 6-31-01-03=夜班 12-01..5-31", DAY)
    assert (found.add, found.drop) == (("6-18-01-01",), ("6-05-01-03",))
    assert found.notes == {"6-31-01-03": "夜班"}
    assert str(found.valid_to) == "2027-05-31"
    with pytest.raises(UsageError, match="list_change"):
        read_changes("soon", DAY)


def test_figures_by_commands(demo_path: Path, tmp_path: Path) -> None:
    whole = said(demo_path, "analysis", "pivot", "level", "area")["total"]
    assert (whole["heads"], whole["gap"]) == (350, 106)
    csv = told(demo_path, "analysis", "pivot", "level", "week", "--csv", "--measure", "heads")
    assert csv.splitlines()[0].startswith("code,level,total,2026-11-")
    assert csv.splitlines()[-1].split(",")[2] == "350"
    book = tmp_path / "use.xlsx"
    told(demo_path, "analysis", "use", "equipment", "--xlsx", str(book))
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    found = said(demo_path, "analysis", "use", "equipment")
    assert [row[0] for row in rows[4:]] == [f"stations/{one['value']}" for one in found]
    assert [row[3] for row in rows[4:]] == [one["offered"] / 60 for one in found]
    refused = said(demo_path, "analysis", "use", "--xlsx", str(book), code=1)
    assert refused["error"] == "file_exists"
    behind = said(demo_path, "analysis", "bottlenecks", "--behind=-//trade")
    assert {one["kind"] for one in behind} == {"need"}
    assert said(demo_path, "analysis", "waits", "area")[0]["stages"][0]["name"] == "proposed"
    outlook = said(demo_path, "analysis", "forecast", "--horizon", "4")
    assert outlook["lines"][0]["forecast"]["proof"]["mae"] > 0
    assert said(demo_path, "analysis", "forecast", "--horizon", "20", code=1)["error"]
    past = tmp_path / "past.csv"
    past.write_text("week,occupation,heads\n2026-11-02,6-18-01-01,9\n", encoding="utf-8")
    words = ("analysis", "history", str(past), "--source", "台账")
    assert said(demo_path, *words)["rows"] == 1
    past.write_text("week,occupation,heads\n2026-11-03,6-18-01-01,9\n", encoding="utf-8")
    assert said(demo_path, *words, code=1)["error"] == "history_week"
    assert said(demo_path, "analysis", "drill", "-", "--csv", code=2)["error"] == "csv_gaps_only"
    assert said(demo_path, "analysis", "use", "--month", "2026-12", code=2)["error"] == "no_month"
    assert said(demo_path, "analysis", "rule", "--area", "440307", code=2)["error"] == "no_area"
    wrong = said(demo_path, "analysis", "--behind", "N1", code=3)
    assert "-/, 6-" not in wrong["message"]
    assert "Lines are called" in wrong["message"]
    steps = told(demo_path, "analysis", "funnel", "--csv").splitlines()
    assert steps[0] == "code,step,heads,needs,percent"
    asked = said(demo_path, "analysis", "funnel", "--behind", "registered")
    assert len(asked) == int(steps[1].split(",")[3]) > 0
    file = tmp_path / "weeks.csv"
    told(demo_path, "analysis", "weekly", "--ahead", "6", "--csv", "--output", str(file))
    assert file.read_bytes().startswith(codecs.BOM_UTF8 + b"code,week,day,heads,seats\n")
    weeks = said(demo_path, "analysis", "weekly", "--ahead", "6", "--area", "440307019")
    assert sum(one["seats"] for one in weeks) < sum(
        int(row.split(",")[4]) for row in file.read_text().splitlines()[1:]
    )
    for view in ("weekly", "funnel", "use", "waits", "forecast"):
        refused = said(demo_path, "analysis", view, "--area", "NOSUCH", code=3)
        assert refused["error"] == "not_found"


def test_warnings_and_lists_by_commands(demo_path: Path) -> None:
    boss = ("--user", "supervisor")
    found = said(demo_path, *boss, "warnings", "list")
    assert all(one["reason"] and one["records"] for one in found)
    assert found[-1]["handled"]["assignee"] == "supervisor"
    key = found[0]["key"]
    words = ("warnings", "acknowledge", key, "--until", "2026-12-01", "--note", "查")
    assert said(demo_path, *boss, *words)["until"] == "2026-12-01"
    assert said(demo_path, *boss, *words[:2], "NONE/-", code=3)["error"] == "not_found"
    late = ("warnings", "acknowledge", key, "--until", "2026-11-01")
    assert said(demo_path, *boss, *late, code=1)["error"] == "warning_until"
    assert said(demo_path, "warnings", "set", "GAP", "heads=1", code=5)["error"] == "not_allowed"
    changed = said(
        demo_path, *boss, "warnings", "set", "NIGHT", "kind=waiting", "heads=1", "days=2"
    )
    assert (changed["kind"], changed["severity"], changed["is_on"]) == ("waiting", "warning", True)
    assert any(one["rule"]["code"] == "NIGHT" for one in said(demo_path, *boss, "warnings", "list"))
    for change, error in (
        (("GAP", "percent=3"), "field_unknown"),
        (("GAP", "heads=x"), "rule_change"),
        (("GAP", "severity=dire"), "warning_severity"),
        (("GAP", "kind=use"), "warning_kind_fixed"),
        (("NEW", "kind=odd"), "warning_kind"),
    ):
        code = 2 if error == "rule_change" else 1
        assert said(demo_path, *boss, "warnings", "set", *change, code=code)["error"] == error
    assert said(demo_path, "shortage", "show")["code"] == "JQ000001"
    assert said(demo_path, "shortage", "show", "JQ000002", code=3)["error"] == "not_found"
    assert said(demo_path, "shortage", "draft", code=5)["error"] == "not_allowed"
    made = said(demo_path, *boss, "shortage", "draft", "--top", "2", "--from", "2026-11-21")
    note = f"{made['entries'][0]['occupation']}=夜班"
    edited = said(demo_path, *boss, "shortage", "edit", made["code"], "--note", note)
    assert edited["entries"][0]["note"] == "夜班"
    stale = ("shortage", "sign", made["code"], "--version", "1")
    assert said(demo_path, *boss, *stale, code=4)["error"] == "stale_edit"
    assert said(demo_path, *boss, "shortage", "sign", made["code"])["status"] == "signed"
    policy = said(demo_path, "allocate", "policy")
    assert set(policy["short"]) == {one["occupation"] for one in made["entries"]}
    assert "夜班" in told(demo_path, "shortage", "show")
    revoke = ("shortage", "revoke", made["code"], "--reason", "数字有误")
    assert said(demo_path, *boss, *revoke)["status"] == "revoked"
    assert said(demo_path, "shortage", "show", code=3)["error"] == "not_found"
