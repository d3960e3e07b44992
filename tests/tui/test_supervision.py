"""Supervision and evaluation on screen: what each role sees and does with keys."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from textual.widgets import Static

from store import Store
from store.errors import UsageError
from store.models import VisitRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import (
    charges,
    classes,
    draws,
    opinions,
    risks,
    scores,
    standing,
    supervision_rules,
    visits,
)
from store.services.visits import Finding, Wish
from tests.conftest import DAY
from tests.tui.driving import frame, press, running
from tui.screens.evaluation import (
    EvaluationScreen,
    read_admission,
    read_inspection,
    read_lift,
    read_marks,
    read_sanction,
)
from tui.screens.supervision import SupervisionScreen, read_draw, read_record, read_wish

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


def typed(words: str) -> list[str]:
    """The keys of a line."""
    return ["space" if sign == " " else sign for sign in words]


def status(pilot: object) -> str:
    screen = pilot.app.screen  # type: ignore[attr-defined]
    return str(screen.query_one("#status", Static).render())


async def test_a_supervisor_plans_draws_and_looks_at_flags(stocked: Store) -> None:
    sheet = stocked.read(classes.sheet, "B000001", by=SYSTEM)
    async with running(stocked, by=SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "S")
        screen = pilot.app.screen
        assert isinstance(screen, SupervisionScreen)
        assert "with findings overdue" in status(pilot)
        before = {one.code for one in stocked.read(visits.listed, by=SUPERVISOR)}
        day = f"{sheet.first_day:%m-%d}"
        await press(pilot, "n", *"B000001", "space", *day, "space", *"unannounced", "enter")
        (new,) = {one.code for one in stocked.read(visits.listed, by=SUPERVISOR)} - before
        assert stocked.read(visits.shown, new, by=SUPERVISOR).kind == "unplanned"
        stocked.write(_today, new)
        screen.keep = new
        await press(pilot, "r")
        assert screen.lines.code == new
        await press(
            pilot, "e", "end", *["backspace"] * 2, *"8", "space", *"grave", "space", *"guard"
        )
        await press(pilot, *"; 7 na", "enter")
        found = stocked.read(visits.shown, new, by=SUPERVISOR)
        assert found.findings == (Finding("safety", "grave", "guard"),)
        assert found.answers["stations"] == "na"
        await press(pilot, "o", "enter")
        named = stocked.read(classes.sheet, "B000001", by=SUPERVISOR).charges[1]
        assert named.person == "周主管"
        await press(pilot, "g")
        assert "flags" in status(pilot)
        flag = stocked.read(risks.flags, by=SUPERVISOR, today=DAY)[0]
        assert screen.lines.code == flag.key
        await press(pilot, "x", *"seen", "enter")
        (after,) = stocked.read(risks.flags, by=SUPERVISOR, today=DAY)
        assert after.decision is not None
        assert after.decision.decision == "dismissed"
        await press(pilot, "g", "n", *"public", "space", *"0311", "enter")
        newest = stocked.read(draws.listed, by=SUPERVISOR)[0]
        assert newest.seed == "public 0311"
        await press(pilot, "home", "v")
        assert "the same classes in the same order" in status(pilot)
        assert newest.digest[:20] in frame(pilot)


def _today(session: object, code: str) -> None:
    session.get_one(VisitRow, code).day = DAY  # type: ignore[attr-defined]


async def test_an_institution_answers_what_was_found(stocked: Store) -> None:
    sheet = stocked.read(classes.sheet, "B000001", by=SYSTEM)
    made = stocked.write(visits.plan, Wish("B000001", sheet.first_day), by=SUPERVISOR, now=_now())
    items = stocked.read(supervision_rules.checklist).items
    said = read_record("safety major 缺灭火器", items)
    later = _now() + timedelta(days=90)
    stocked.write(visits.record, made.code, **said, by=SUPERVISOR, now=later)
    teacher = Actor("z", "赵毅", Role.INSTITUTION, sheet.institution)
    async with running(stocked, by=teacher, size=(120, 40)) as pilot:
        await press(pilot, "S", "n", "e", "c")  # not for them
        assert "缺灭火器" in frame(pilot)
        await press(pilot, "a", *"done", "enter")
        assert stocked.read(visits.shown, made.code, by=teacher).answer == "done"
        await press(pilot, "g")
        assert "classes visited" in status(pilot)


def _now() -> datetime:
    return datetime(2026, 11, 21, 1, tzinfo=UTC)


def test_lines_of_a_visit_are_read_whole_or_refused(stocked: Store) -> None:
    items = stocked.read(supervision_rules.checklist).items
    found = read_record("ok; 1 minor 无签字；7 na;", items)
    assert found["findings"] == (Finding("sign_in", "minor", "无签字"),)
    assert (found["answers"]["sign_in"], found["answers"]["stations"]) == ("no", "na")
    for words in ("8", "8 grave"):
        with pytest.raises(UsageError, match="finding_words"):
            read_record(words, items)
    for words, code in (("B1", "wish_words"), ("B1 12-05 25", "not_a_clock")):
        with pytest.raises(UsageError, match=code):
            read_wish(DAY, words)
    assert read_draw("风险 公开数 0311").keywords == {"seed": "公开数 0311", "weighing": "risk"}
    assert stocked.read(charges.of_classes, []) == {}


async def test_a_supervisor_rates_publishes_and_sanctions(stocked: Store) -> None:
    async with running(stocked, by=SUPERVISOR, size=(120, 40)) as pilot:
        await press(pilot, "E")
        screen = pilot.app.screen
        assert isinstance(screen, EvaluationScreen)
        assert "published on" in status(pilot)
        assert "pass rate 60 %" in frame(pilot)
        count = len(stocked.read(opinions.listed, "B000000", by=SUPERVISOR))
        await press(pilot, "n", *typed("B000000 agency C-HG 2025-12-20 4 4 5"), "enter")
        told = stocked.read(opinions.listed, "B000000", by=SUPERVISOR)
        assert len(told) == count + 1
        await press(pilot, "p", *"2026-09-30", "enter")
        newest = stocked.read(scores.board, "institution", by=SUPERVISOR, today=DAY)[0].period
        assert (newest.year, newest.month) == (2026, 7)
        await press(pilot, "g", "g", "g")
        assert "under sanction" in status(pilot)
        code = screen.lines.code or ""
        await press(pilot, "s", *typed("delisted 12-01 fraud"), "enter")
        assert "Confirmed classes that still begin" in frame(pilot)
        await press(pilot, "y")
        found = stocked.read(standing.file, code, by=SUPERVISOR, today=DAY)
        assert (found.entries[0].type, found.entries[0].last) == ("delisted", None)
        screen.keep = code
        await press(pilot, "r", "l", *typed(f"{found.entries[0].id} mended"), "enter")
        found = stocked.read(standing.file, code, by=SUPERVISOR, today=DAY)
        assert found.entries[0].lifted_why == "mended"


def test_lines_of_standing_are_read_whole_or_refused() -> None:
    assert read_sanction(DAY, "notice 11-25..12-25 why") == (
        "notice", (date(2026, 11, 25), date(2026, 12, 25)), "why",
    )  # fmt: skip
    given_ = read_admission(DAY, "T06", "2027-12-31 6-18,6-31 07号").keywords["given"]
    assert (given_.scope, given_.number) == (("6-18", "6-31"), "07号")
    assert read_inspection(DAY, "T06", "failed no exits").keywords["until"] is None
    assert read_inspection(DAY, "T06", "passed 12-31 ok").keywords["reason"] == "ok"
    for call in (
        partial(read_sanction, DAY, "notice 11-25"),
        partial(read_admission, DAY, "T06", "2027-12-31"),
        partial(read_marks, DAY, "B000000 agency"),
        partial(read_lift, "x"),
    ):
        with pytest.raises(UsageError):
            call()
