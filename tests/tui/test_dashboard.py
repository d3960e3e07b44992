"""The dashboard, the command line and help: what a person reaches from where they are."""

from __future__ import annotations

from datetime import timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import UsageError
from store.schemas.actor import Actor, Role
from store.services import claims, owed, reference, today, warned
from tests.conftest import DAY
from tests.tui.driving import COLLEAGUE, frame, press, running, settle
from tests.tui.test_needs import newest
from tests.tui.test_people import SUPERVISOR
from tui import themes
from tui.changes import look
from tui.command_lines import Line, read_line
from tui.screens import dashboard
from tui.screens.base import BaseScreen
from tui.screens.calls import CallsScreen
from tui.screens.match import MatchScreen
from tui.screens.needs import NeedsScreen
from tui.screens.proposals import ProposalsScreen
from tui.screens.tour import STEPS, TourDialog
from tui.widgets.form_input import FormInput
from tui.widgets.record_list import RecordList

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


async def test_the_dashboard_counts_and_enter_opens_what_a_line_counts(stocked: Store) -> None:
    now = stocked.read(reference.now)
    waiting = {line.what: line for line in stocked.read(today.queue, by=OPERATOR, now=now)}
    async with running(stocked, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        shown = {row.code: int(row.cells[1]) for row in queue.rows}
        assert shown == {what: len(line.records) for what, line in waiting.items()}
        at = [row.code for row in queue.rows].index(today.TO_MATCH)
        await pilot.press(*("down",) * at, "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)
        assert "needs to match" in frame(pilot)
        listed = pilot.app.screen.query_one("#needs", RecordList)
        assert {row.code for row in listed.rows} == set(waiting[today.TO_MATCH].records)


async def test_reports_due_lead_to_the_period_that_is_due_first(stocked: Store) -> None:
    now = stocked.read(reference.now)
    (due,) = [
        line
        for line in stocked.read(today.queue, by=SUPERVISOR, now=now)
        if line.what == today.REPORTS
    ]
    assert len(due.records) > 1
    async with running(stocked, by=SUPERVISOR, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        at = [row.code for row in queue.rows].index(today.REPORTS)
        await press(pilot, *("down",) * at, "enter")
        listed = pilot.app.screen.query_one("#listed", RecordList)
        assert listed.code == due.records[0]
        assert "Reports due" in frame(pilot)
        assert due.records[0] in frame(pilot)


def test_what_is_overdue_comes_first_by_how_late_it_is(stocked: Store) -> None:
    late = stocked.read(reference.now) + timedelta(
        days=3
    )  # calls have clocks that have ended by then
    found = stocked.read(today.queue, by=OPERATOR, now=late)
    overdue = [line.overdue > 0 for line in found]
    assert overdue == sorted(overdue, reverse=True)
    first = [line.due for line in found if line.overdue]
    assert len(first) > 1
    assert first == sorted(first, key=lambda due: due or late)
    filing = next(at for at, line in enumerate(found) if line.what == "filing")
    assert filing < sum(overdue)


async def test_a_screen_looks_the_same_whatever_was_opened_before(stocked: Store) -> None:
    async with running(stocked, size=(140, 45)) as pilot:
        await press(pilot, "I")
        first = frame(pilot)
        await press(pilot, "B", "E", "X", "W", "6", "5", "I")
        assert frame(pilot) == first


async def test_a_line_of_calls_leads_to_the_call(stocked: Store) -> None:
    async with running(stocked, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        at = [row.code for row in queue.rows].index("answer")
        await pilot.press(*("down",) * at, "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, CallsScreen)
        assert (pilot.app.screen.listed.code or "").startswith("P")


@pytest.mark.parametrize("what", [owed.SUGGESTED, owed.CASES, owed.CHOOSE, owed.AFTERWARDS])
async def test_a_line_with_a_clock_leads_to_the_most_urgent_record(
    stocked: Store, what: str
) -> None:
    now = stocked.read(reference.now)
    lines = {line.what: line for line in stocked.read(today.queue, by=OPERATOR, now=now)}
    async with running(stocked, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        at = [row.code for row in queue.rows].index(what)
        await pilot.press(*("down",) * at, "enter")
        await settle(pilot)
        listed = "#trainees" if what == owed.AFTERWARDS else "#lines"
        assert pilot.app.screen.query_one(listed, RecordList).code == lines[what].records[0]


async def test_a_supervisor_comes_from_the_queue_to_the_claim(stocked: Store) -> None:
    async with running(stocked, by=SUPERVISOR, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        at = [row.code for row in queue.rows].index(owed.DECIDE_CLAIMS)
        await pilot.press(*("down",) * at, "enter")
        await settle(pilot)
        listed = pilot.app.screen.query_one("#policies", RecordList)
        (claim,) = stocked.read(claims.listed, by=SUPERVISOR, status="submitted")
        assert listed.code == claim.code


async def test_the_dashboard_follows_a_colleague(stocked: Store) -> None:
    from store.services import undoing

    async with running(stocked, start="dashboard") as pilot:
        queue = pilot.app.screen.query_one("#queue", RecordList)
        before = {row.code: int(row.cells[1]) for row in queue.rows}[today.TO_MATCH]
        code = newest(stocked).code
        stocked.write(undoing.withdraw_many, "need", (code,), by=COLLEAGUE)
        await pilot.pause(1)
        await settle(pilot)
        after = {row.code: int(row.cells[1]) for row in queue.rows}[today.TO_MATCH]
        assert after == before - 1


async def test_warnings_are_counted_again_after_a_rest_however_many_changes_come(
    stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def see_to(at: int) -> None:
        key = stocked.read(warned.warnings, by=COLLEAGUE, today=DAY)[at].key
        stocked.write(warned.acknowledge, key, until=DAY, by=COLLEAGUE, today=DAY)

    def title(count: int) -> str:
        return f"Short of · W {count} warnings"

    monkeypatch.setattr(dashboard, "_REST", 0.0)
    monkeypatch.setattr(dashboard, "_SHARE", 0)
    count = len(stocked.read(warned.warnings, by=OPERATOR, today=DAY))
    async with running(stocked, start="dashboard", size=(120, 40)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, dashboard.DashboardScreen)
        assert title(count) in frame(pilot)
        see_to(0)
        await look(pilot.app, screen.gateway)
        while title(count - 1) not in frame(pilot):
            await pilot.pause(0.05)
        await settle(pilot)
        monkeypatch.setattr(dashboard, "_REST", 3600.0)
        await press(pilot, "f5")
        for _ in range(2):  # two changes, one waiting for the rest
            see_to(0)
            await look(pilot.app, screen.gateway)
            await settle(pilot)
        assert title(count - 1) in frame(pilot)
        monkeypatch.setattr(screen, "_rested_at", 0.0)
        await press(pilot, "f1", "escape")  # something was in front when the rest was over
        while title(count - 3) not in frame(pilot):
            await pilot.pause(0.05)


def test_nobody_sees_what_another_organisation_did(stocked: Store) -> None:
    assert stocked.read(today.activity, by=OPERATOR)
    assert stocked.read(today.activity, by=SCHOOL) == ()
    now = stocked.read(reference.now)
    assert today.TO_MATCH not in {one.what for one in stocked.read(today.queue, by=SCHOOL, now=now)}
    assert stocked.read(today.registered, by=COLLEAGUE, today=DAY) == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("m 12", Line("m", "N000012")),
        ("p p000003", Line("p", "P000003")),
        ("b 7", Line("b", "B000007")),
        ("s 数控 车工", Line("s", "数控 车工")),
        (
            "n rpjm/skcg 4/5/2701",
            Line(
                "n",
                cells=(
                    ("enterprise", "rpjm"),
                    ("text", "skcg 4"),
                    ("heads", "5"),
                    ("latest", "2027-01-31"),
                ),
            ),
        ),
    ],
)
def test_lines_are_read(text: str, line: Line) -> None:
    assert read_line(text) == line


@pytest.mark.parametrize("text", ["", "n", "z 1", "a zwei", "n a/b/1/2/3/4/5"])
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="line_unknown"):
        read_line(text)


@pytest.mark.parametrize(
    ("language", "typed"), [("zh", "djxq"), ("zh", "登记需"), ("en", "djxq"), ("en", "register a")]
)
async def test_a_command_is_found_in_both_languages_and_by_initials(
    stocked: Store, language: str, typed: str
) -> None:
    async with running(stocked, language) as pilot:
        await pilot.press("colon", *typed)
        found = pilot.app.screen.query_one("#found", RecordList)
        assert [row.cells[0] for row in found.rows] == ["F2 n"]
        await pilot.press("enter")
        await settle(pilot)
        assert isinstance(pilot.app.focused, FormInput)


async def test_a_line_registers_a_need_and_another_matches_it(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("4", "colon", *"n rpjm/skcg 4/5/12-31", "enter")
        await settle(pilot)
        view = newest(stocked)
        assert (view.enterprise, view.text, view.heads) == ("E001", "数控车工四级", 5)
        await pilot.press("ctrl+p", *f"m {int(view.code[1:])}", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, MatchScreen)
        assert pilot.app.screen.need_code == view.code
        await pilot.press("colon", *"a 1", "enter")
        await settle(pilot)
        assert isinstance(pilot.app.screen, ProposalsScreen)


async def test_a_line_with_a_fault_comes_into_the_form(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("colon", *"n rpjm/焊工/viele", "enter")
        await settle(pilot)
        assert "not a whole number" in frame(pilot)
        assert pilot.app.screen.query_one("#heads", FormInput).value == "viele"


async def test_help_tells_the_field_the_last_words_and_scrolls(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await pilot.press("f2", *"E001", "tab", *"焊工", "tab", *"x", "ctrl+s")
        await settle(pilot)
        await pilot.press("f1")
        shown = frame(pilot)
        assert "How many people" in shown
        assert "Said last" in shown
        assert "not a whole number" in shown
        await pilot.press("end")
        await settle(pilot)
        assert "Esc closes" in frame(pilot)
        assert "question_mark" not in frame(pilot)


async def test_the_tour_shows_every_step_over_its_screen_and_can_be_left(stocked: Store) -> None:
    async with running(stocked, start="dashboard") as pilot:
        await pilot.press("colon", *"tour", "enter")
        await settle(pilot)
        for at, (where, _words) in enumerate(STEPS, 1):
            assert isinstance(pilot.app.screen, TourDialog)
            assert f"{at}/{len(STEPS)}" in frame(pilot)
            below = pilot.app.screen_stack[-2]
            assert isinstance(below, BaseScreen)
            assert where == below.TITLE_WORD
            await pilot.press("enter")
            await settle(pilot)
        assert isinstance(pilot.app.screen, NeedsScreen)


async def test_a_theme_is_put_on_by_its_words_and_kept(stocked: Store) -> None:
    async with running(stocked, "zh") as pilot:
        await pilot.press("colon", *"theme: light", "enter")
        await settle(pilot)
        assert pilot.app.theme == themes.LIGHT
    async with running(stocked, "zh") as pilot:
        assert pilot.app.theme == themes.LIGHT


# What institutions and supervisors never do has no key: (screen, keys that are there, keys that are not).
_SHOWN: dict[Actor, list[tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    SCHOOL: [
        ("1", (" F5Reload",), (" F2Register",)),
        ("2", (" fFilter",), (" F2", " F6Match")),
        ("4", (" F2New", " DelWithdraw"), ()),
        ("7", (" aAccept", " uTake back"), (" sSend", " cConfirm")),
        ("8", (" bSubstitute", " pPostpone"), (" wNo-show", " iIncident")),
        ("9", (" vNext view",), (" aSaid yes", " nNo answer", " tTalked")),
    ],
    SUPERVISOR: [
        ("1", (" F5Reload",), (" F2Register",)),
        ("4", (" eEdit",), (" F2New", " DelWithdraw")),
        ("7", (" vNext view",), (" aAccept", " sSend", " uTake back")),
        ("8", (" gRoster",), (" bSubstitute", " iIncident", " uTake back")),
        ("0", (" vNext view",), (" pHold",)),
        ("3", (" F8Next need",), (" pPropose", " cChoose")),
    ],
}


@pytest.mark.parametrize("by", _SHOWN)
async def test_a_role_has_no_keys_for_what_it_never_may(stocked: Store, by: Actor) -> None:
    async with running(stocked, by=by, size=(140, 45), start="dashboard") as pilot:
        for key, there, not_there in _SHOWN[by]:
            await press(pilot, key)
            keys = frame(pilot).splitlines()[-1]
            assert all(word in keys for word in there), keys
            assert not any(word in keys for word in not_there), keys
        if by is SCHOOL:
            await press(pilot, "1")
            head = frame(pilot).splitlines()[0]
            assert "3Match" not in head
            assert "0Plan" not in head
            before = frame(pilot)
            await press(pilot, "f2")
            assert frame(pilot) == before
