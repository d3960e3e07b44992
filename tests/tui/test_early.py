"""Suggestions, consultations, calls for courses: by keys and by commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static

from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError, UsageError
from store.schemas.actor import Actor, Role
from store.services import call_views, cases, early, records, training_plans
from tests.tui.driving import frame, press, running
from tests.tui.test_cli_people import Caller
from tui.screens.early import EarlyScreen, read_plan
from tui.screens.support import SupportScreen, read_bid

AS = ("--user", OPERATOR.login)
BOSS = ("--user", "supervisor")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


@pytest.fixture
def said(demo_path: Path, capsys: pytest.CaptureFixture[str]) -> Caller:
    """Commands on a copy of the demo district."""
    return Caller(str(demo_path), capsys)


def status(pilot: object) -> str:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    return str(screen.query_one("#status", Static).render())


async def test_suggestions_become_needs_or_are_dismissed_by_keys(stocked: Store) -> None:
    before = stocked.read(early.listed, by=OPERATOR)
    async with running(stocked) as pilot:
        await press(pilot, "Y")
        screen = pilot.app.screen
        assert isinstance(screen, EarlyScreen)
        assert f"{len(before)} needs suggested" in status(pilot)
        await press(pilot, "space", "space", "a")
        assert "2 became needs" in status(pilot)
        done = stocked.read(early.listed, "accepted", by=OPERATOR)
        assert {one.code for one in done} == {one.code for one in before[:2]}
        assert all(
            stocked.read(records.fetch, "need", one.need or "", by=OPERATOR).source == early.SOURCE
            for one in done
        )
        await press(pilot, "x", *"they", "enter")
        gone = stocked.read(early.listed, "dismissed", by=OPERATOR)
        assert (before[2].code, "they") in {(one.code, one.reason) for one in gone}
        await press(pilot, "n")
        assert "0 suggested, 0 renewed, 0 no longer so" in status(pilot)
        await press(
            pilot, "g", "n", *"E010", "space", *"2027Q1", "space", *"6-31-07-02", "space", "3"
        )
        await press(pilot, "enter")
        line = stocked.read(training_plans.listed, "E010", by=OPERATOR)[0]
        assert (line.heads, line.quarter) == (3, 1)
        await press(pilot, "g")
        assert "days ahead that are looked at" in frame(pilot)
        assert "e Change" not in frame(pilot)  # a supervisor's


async def test_an_institution_bids_and_a_supervisor_chooses_by_keys(stocked: Store) -> None:
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "X")
        screen = pilot.app.screen
        assert isinstance(screen, SupportScreen)
        assert "under 3" in frame(pilot)
        await press(pilot, "g", "down", "b", *"1700", "space", *"evenings", "enter")
        (bid,) = stocked.read(call_views.shown, "KF000002", by=SCHOOL).bids
        assert (bid.price, bid.plan) == (1700, "evenings")
        await press(pilot, "g")
        assert "under 3" in frame(pilot)  # neither consultations nor experts are an institution's
    async with running(stocked, by=SUPERVISOR) as pilot:
        await press(pilot, "X", "g", "c", *"T03", "space", *"nearest", "enter")
        found = stocked.read(call_views.shown, "KF000001", by=SUPERVISOR)
        assert (found.status, found.reason) == ("awarded", "nearest")
        assert found.chosen == "T03"
        assert "awarded" in frame(pilot)


async def test_a_consultation_goes_on_and_ends_by_keys(stocked: Store) -> None:
    async with running(stocked, size=(120, 40)) as pilot:
        await press(pilot, "X", "g", "g", "a", *"ZJ000002", "enter", "e", *"seen", "enter")
        case = stocked.read(cases.shown, "ZX000001", by=OPERATOR)
        assert (case.expert, case.notes[-1].text) == ("ZJ000002", "seen")
        await press(pilot, "o", *"advice", "space", *"nights", "enter")
        assert stocked.read(cases.shown, "ZX000001", by=OPERATOR).outcome == "advice"
        assert "Consultations that have ended" in frame(pilot)
        assert "advice" in frame(pilot)  # in its line
        await press(pilot, "n", *"N000012", "space", *"how", "enter")
        assert "plans fit N000012" in frame(pilot)  # in the dialog: the question can be mended


def test_suggestions_and_plans_by_commands(said: Caller, tmp_path: Path) -> None:
    listed = said(*AS, "suggest", "list")
    plan = next(one["code"] for one in listed if one["cause"] == "plan")
    tried = said(*AS, "suggest", "accept", plan, "--dry-run")
    assert len(tried["needs"]) == 1
    ((_, need),) = said(*AS, "suggest", "accept", plan.lower())["needs"]
    assert said(*AS, "show", "need", need)["source"] == "提前"
    said(*AS, "suggest", "accept", plan, code=4)
    said(*AS, "suggest", "dismiss", listed[0]["code"], code=1)
    assert said(*AS, "suggest", "dismiss", listed[0]["code"], "--reason", "已离职")
    assert said(*AS, "suggest", "run") == {"made": [], "renewed": [], "lapsed": []}
    assert said("--user", "heling", "suggest", "list", code=5)["error"] == "not_allowed"
    said(*AS, "suggest", "rules", "ahead_days=30", code=5)
    assert said(*BOSS, "suggest", "rules", "ahead_days=30")["ahead_days"] == 30
    said(*BOSS, "suggest", "rules", "ahead_days=x", code=2)
    said(*BOSS, "suggest", "list", "--state", "gone", code=1)
    file = tmp_path / "plan.csv"
    file.write_text("企业,年份,季度,职业,级别,人数\n锐坪精密,2027,2,电工,四级,6\n", "utf-8")
    (line,) = said(*AS, "plan", "import", str(file))
    assert said(*AS, "plan", "show", "E001", "--year", "2027") == [line]
    file.write_text("企业,年份,季度,职业,级别,人数\n没有的厂,2027,2,电工,四级,6\n", "utf-8")
    wrong = said(*AS, "plan", "import", str(file), code=1)
    assert [(p["row"], p["column"]) for p in wrong["problems"]] == [(2, "enterprise")]
    words = ("year=2027", "quarter=3", "occupation=6-31-01-03", "heads=4")
    said(*AS, "plan", "add", "E001", *words, "programme=apprenticeship", code=1)
    assert said(*AS, "plan", "add", "E001", *words)["heads"] == 4
    said(*AS, "plan", "add", "E001", *words, code=4)
    assert said(*AS, "plan", "drop", line["code"])["status"] == "withdrawn"
    assert said(*AS, "coverage", "E023")["files"] > 0
    assert "Who is short" in said.told(*AS, "coverage", "E023")[0]  # not who did something
    said(*AS, "coverage", "E999", code=3)
    told, _ = said.told(*AS, "suggest", "list", "--all", "--csv")
    assert told.splitlines()[0].startswith("code,suggestion,enterprise,trade,heads,cause")


def test_support_by_commands(said: Caller) -> None:
    fields = ("name=试师傅", "organisation=协会", "fields=6-31-01-03", "term_from=2026-01-01")
    made = said(*AS, "expert", "add", *fields, "contact=13800138000", "weekly=Sat 09:00-12:00")
    assert made["contact"] == "138****00"
    assert said(*AS, "expert", "edit", made["code"], "note=晚间可")["note"] == "晚间可"
    assert said(*AS, "expert", "show", made["code"])["contact"] == "13800138000"
    said(*AS, "expert", "add", "name=某", "organisation=协会", "term_from=2026-01-01", code=1)
    opened = said(*AS, "case", "open", "N000004", "夜班怎么教", "--despite")
    assert said(*AS, "expert", "list", "--need", "N000004")
    assert said(*AS, "case", "assign", opened["code"], made["code"])["status"] == "assigned"
    assert said(*AS, "case", "note", opened["code"], "已约")["notes"][0]["text"] == "已约"
    assert said(*AS, "case", "close", opened["code"], "course", "--note", "要开发")["outcome"]
    told, _ = said.told(*AS, "case", "show", opened["code"])
    assert "Outcome: course to be made" in told
    assert said(*AS, "show", "need", "N000004")["status"] == "bespoke"
    spec = ("modules=基础；实训", "theory_hours=8", "practice_hours=24", "deadline=2026-12-05")
    call = said(*AS, "call-for-course", "open", *spec, "ceiling=1500", "--need", "N000004")["code"]
    school = ("--user", "heling")
    assert said(*school, "call-for-course", "show", call)["able"]
    bid = ("call-for-course", "bid", call)
    assert len(said(*school, *bid, "price=1400", "plan=四周")["bids"]) == 1
    said(*school, *bid, "price=1600", "plan=四周", code=1)
    assert said(*school, *bid, "--withdraw")["bids"] == []
    said(*AS, *bid, "price=1", "plan=x y", code=5)
    said(*AS, "call-for-course", "close", call, code=4)
    assert said(*AS, "call-for-course", "cancel", call, "--reason", "外派")["status"] == "cancelled"
    assert said(*AS, "show", "need", "N000004")["status"] == "open"
    assert said(*AS, "need", "divert", "N000004")["status"] == "bespoke"
    assert said(*AS, "need", "return", "N000004")["status"] == "open"
    said(*AS, "need", "return", "N000004", code=4)
    over = next(one for one in said(*AS, "call-for-course", "list") if one["status"] == "closed")
    first = over["bids"][0]["institution"]
    award = ("call-for-course", "choose", over["code"], first, "--reason", "设备齐")
    assert said(*BOSS, *award)["course"]
    said(*BOSS, *award, code=4)
    told, _ = said.told(*school, "open-next")
    assert "under 3" in told
    assert any(one["firms"] is None for one in said(*school, "open-next"))
    assert said(*AS, "expert", "end", made["code"])["status"] == "ended"


def test_lines_typed_for_plans_and_bids() -> None:
    plan = read_plan("e023 2027q2 6-31-01-03 12 level=四级")
    assert (plan.enterprise, plan.quarter, plan.level) == ("E023", 2, 3)
    assert read_bid("1800 four weeks +J001;J002").instructors == ("J001", "J002")
    for wrong in ("E023 2027 6-31-01-03 12", "E023"):
        with pytest.raises(UsageError):
            read_plan(wrong)
    with pytest.raises(UsageError):
        read_bid("1800")
    with pytest.raises(InvalidError):
        read_bid("cheap four weeks")
