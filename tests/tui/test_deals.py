"""The deal on the screen: one key holds, the next best is one key away, answers, calls, classes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, open_store
from store.models import NeedRow, RunRow, TrainingClassRow
from store.schemas.actor import Actor, Role
from store.schemas.terms import TermsDraft
from store.services import (
    answers,
    audit,
    classes,
    clocks,
    decisions,
    health,
    inbox,
    matchmaking,
    proposals,
    reference,
    waiting,
)
from store.services.clocks import Clocks
from tests.conftest import DAY
from tests.store.test_combining import like, of_runs
from tests.store.test_deals import PLAN_NEED, book
from tests.store.test_slot_lines import full, slots_of
from tests.tui.driving import frame, running, settle
from tui import changes, clock_text
from tui.widgets.record_list import RecordList

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


async def press(pilot: object, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)  # type: ignore[attr-defined]
        await settle(pilot)  # type: ignore[arg-type]


def newest(store: Store) -> inbox.Line:
    found = store.read(inbox.proposals, by=OPERATOR)
    return max(found, key=lambda line: line.code)


async def test_one_key_holds_a_bundle_and_a_few_more_book_it(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8", "p")
        await settle(pilot)
        made = newest(stocked)
        assert (made.need, made.status) == ("N000001", "draft")
        assert made.code in frame(pilot)
        await press(pilot, "s", "a", "1", "a", "c")
        assert newest(stocked).status == "confirmed"
        assert "✓" in frame(pilot)
        await press(pilot, "u")
        assert newest(stocked).status == "accepted"


async def test_whoever_comes_second_is_told_by_whom_and_takes_the_next_best_with_one_key(
    stocked: Store, demo_path: Path
) -> None:
    """Both look at the same last workstations; the other desk holds them first."""
    other = open_store(str(demo_path))
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8")
        need = "N000001"
        seen = stocked.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY).ranking.bundles
        first = seen[0]
        assert first.run is not None
        run, heads = first.run.id, 2

        def leave_one(session: Session) -> None:
            session.get_one(RunRow, run).seats_left = heads - 1

        other.write(leave_one)
        await press(pilot, "p")
        shown = frame(pilot)
        assert "1 left" in shown
        assert "Next best" in shown
        assert stocked.read(inbox.proposals, by=OPERATOR, need=need) == ()
        await press(pilot, "enter")
        await settle(pilot)
        made = newest(stocked)
        assert (made.need, made.status) == (need, "draft")
        held = stocked.read(inbox.proposal, made.code, by=OPERATOR).plan
        assert held.run != run
    other.close()


async def test_terms_of_a_draft_are_edited_and_wrong_ones_told(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8", "p")
        await press(pilot, "e")
        await press(pilot, *"12x", "enter", "enter", "enter", "enter", "enter")
        assert "Price" in frame(pilot)
        assert newest(stocked).status == "draft"
        await press(pilot, "escape", "e")
        await press(pilot, *"1200", "ctrl+s")
        found = stocked.read(inbox.proposal, newest(stocked).code, by=OPERATOR)
        assert found.terms.price_fen == 120000


async def test_typed_terms_stay_when_refused_and_stand_beside_theirs(
    stocked: Store, demo_path: Path
) -> None:
    other = open_store(str(demo_path))
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8", "p")
        made = newest(stocked)
        await press(pilot, "e", *"1200")
        theirs = TermsDraft.model_validate({"price": "1500", "note": "x1"})
        now = other.read(reference.now)
        version = other.read(inbox.proposal, made.code, by=OPERATOR).version
        other.write(proposals.revise, made.code, theirs, version=version, by=OPERATOR, now=now)
        await press(pilot, "ctrl+s")
        shown = frame(pilot)
        assert "yours 1200 | theirs ¥1,500" in shown
        assert "Note: theirs x1" in shown
        await press(pilot, "ctrl+s")
    found = stocked.read(inbox.proposal, made.code, by=OPERATOR)
    assert (found.terms.price_fen, found.terms.note) == (120000, "x1")
    other.close()


async def test_a_counter_offer_shows_what_changed(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8", "p", "s", "o", "1")
        await press(pilot, *"999", "ctrl+s")
        shown = frame(pilot)
        assert "Price a head: ¥3,680 → ¥999" in shown


async def test_cancelling_says_what_it_costs_before_it_is_done(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "3", "f8", "p", "s", "a", "1", "a", "c", "x")
        shown = frame(pilot)
        assert "100 %" in shown
        assert newest(stocked).status == "confirmed"
        await press(pilot, *"stop", "enter")
        assert newest(stocked).status == "cancelled"


async def test_an_institution_works_from_the_same_list_and_sees_no_firm(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "colon", *"m 1", "enter", "p", "s")
    code = newest(stocked).code
    firm = stocked.read(inbox.proposal, code, by=OPERATOR).enterprise
    async with running(stocked, by=SCHOOL) as pilot:
        await press(pilot, "7")
        shown = frame(pilot)
        assert code in shown
        assert firm not in shown
        await press(pilot, "a")
        assert "✓" in frame(pilot)
    (answer,) = [
        a for a in stocked.read(inbox.proposal, code, by=OPERATOR).answers if a.party == "T01"
    ]
    assert (answer.status, answer.answered_by) == ("accepted", "heling")


async def test_a_call_is_logged_with_one_key(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "9")
        shown = frame(pilot)
        assert "Good day, this is" in shown
        await press(pilot, "n")
        assert "Again" in frame(pilot)
        await press(pilot, "a")
    found = stocked.read(inbox.proposals, by=OPERATOR)
    waits = next(line for line in found if line.code == "P000001")
    assert len(waits.waits_for) == 3


async def test_another_slot_is_picked_by_its_day_and_stands_in(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "8", "b")
        assert "08:30" in frame(pilot)
        await press(pilot, "down", "enter")
        assert "fits" in frame(pilot)
        await press(pilot, "enter", *"ill", "enter")
        assert "Done" in frame(pilot)
    assert stocked.read(health.check) == ()


async def test_a_firm_joins_and_leaves_the_line_of_a_full_run_by_key(stocked: Store) -> None:
    def fill(session: Session) -> None:
        session.get_one(RunRow, "R001").seats_left = 0

    stocked.write(fill)
    async with running(stocked) as pilot:
        await press(pilot, "3", "h")
        assert "no line to join" in frame(pilot)
        await press(pilot, "f8", "h")
        assert "All 2 heads wait until there is room for all." in frame(pilot)
        assert "0/2 seats, 0 wait · 数控车工（三级）高级工班" in frame(pilot)
        await press(pilot, "enter")
        assert "place 1 for R001" in frame(pilot)
        assert "all 2 wait together" in frame(pilot)
        await press(pilot, "u")
        assert stocked.read(waiting.lines, by=OPERATOR) == ()
        await press(pilot, "h", "enter")
        (line,) = stocked.read(waiting.lines, by=OPERATOR)
        assert (line.need, line.resource) == ("N000001", "R001")
        await press(pilot, "h", "enter")
    assert stocked.read(waiting.lines, by=OPERATOR) == ()


async def test_a_supervisor_changes_a_time_limit_by_key_and_others_only_see_it(
    stocked: Store,
) -> None:
    assert {name for name, _value, _word in clock_text.rows(Clocks())} == set(asdict(Clocks()))
    async with running(stocked) as pilot:
        await press(pilot, "9", "c")
        assert "a draft holds what it takes" in frame(pilot)
        await press(pilot, "1")
        assert "supervisor changes time limits" in frame(pilot)
    chief = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
    async with running(stocked, by=chief) as pilot:
        await press(pilot, "9", "c", "1", *"4x", "enter")
        assert stocked.read(clocks.clocks).draft_minutes == 30
        await press(pilot, "backspace", "5", "enter")
        assert "30 min → 45 min" in frame(pilot)
    assert stocked.read(clocks.clocks).draft_minutes == 45
    assert stocked.read(audit.entries, "clocks", "CLOCKS")[-1].login == "supervisor"


async def test_how_fast_parties_answer_is_one_key_away(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "9", "v")
        assert "How fast parties answer" in frame(pilot)


async def test_an_answer_from_elsewhere_appears_by_itself(stocked: Store, demo_path: Path) -> None:
    other = open_store(str(demo_path))
    async with running(stocked) as pilot:
        await press(pilot, "7")
        before = frame(pilot)
        assert "P000001" in before
        now = other.read(reference.now)
        party = other.read(inbox.proposal, "P000002", by=OPERATOR).answers[0].party
        other.write(answers.decline, "P000002", reason="x", by=OPERATOR, now=now, party=party)
        await changes.look(pilot.app, pilot.app._gateway)  # type: ignore[attr-defined]
        await settle(pilot)
        assert "declined" in frame(pilot)
    other.close()


async def test_the_class_sheet_substitutes_postpones_and_counts_no_shows(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "8")
        assert "B000001" in frame(pilot)
        await press(pilot, "v")
        assert "Sessions" in frame(pilot)
        await press(pilot, "v", "v", "w")
        assert "begins on" in frame(pilot)  # nothing to note before it has begun
        await press(pilot, "p", *"12-05", "enter")
        await settle(pilot)
        assert "P000004" in frame(pilot)
        await press(pilot, "escape")


async def test_a_desk_ends_what_is_over(stocked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    found = stocked.read(decisions.prepare_best, "N000001", by=OPERATOR, today=DAY)
    now = stocked.read(reference.now) - timedelta(minutes=31)
    made = stocked.write(proposals.draft, found, by=OPERATOR, now=now)
    monkeypatch.setattr(changes, "TICK", 0.05)
    async with running(stocked) as pilot:
        for _ in range(100):
            await pilot.pause(0.05)
            if not stocked.read(inbox.proposal, made.code, by=OPERATOR).taken:
                break
    assert stocked.read(inbox.proposal, made.code, by=OPERATOR).taken == ()


async def test_a_class_is_closed_and_a_need_opened_and_closed_by_key(stocked: Store) -> None:
    def late(session: Session) -> None:
        row = session.get_one(NeedRow, "N000080")
        row.status = "expired"

    stocked.write(late)
    async with running(stocked) as pilot:
        await press(pilot, "home")
        assert pilot.app.screen.needs.code == "N000080"  # type: ignore[attr-defined]
        await press(pilot, "o")
        assert "N000080: open" in frame(pilot)
        await press(pilot, "o")
        told = " ".join(frame(pilot).splitlines()[-4:])
        assert "is “open”" in told  # what is open cannot be opened: told why
        await press(pilot, "8", "c")
        assert "close" in "".join(frame(pilot).splitlines()[-3:])  # it has not finished yet
        stocked.write(finish_first)
        await press(pilot, "r", "c")
        assert "closed" in frame(pilot)


def finish_first(session: Session) -> None:
    session.get_one(TrainingClassRow, "B000001").status = "finished"


async def test_another_amount_than_the_terms_is_asked_for_with_the_reason(stocked: Store) -> None:
    async with running(stocked) as pilot:
        await press(pilot, "7")
        while pilot.app.screen._found.status != "confirmed":  # type: ignore[attr-defined]
            await press(pilot, "down")
        code = pilot.app.screen._found.code  # type: ignore[attr-defined]
        await press(pilot, "x", *"=500 by phone", "enter")
        found = stocked.read(inbox.proposal, code, by=OPERATOR)
        assert (found.status, found.fee_fen, found.reason) == ("cancelled", 50_000, "by phone")


async def test_a_firm_waits_for_the_workstations_of_a_class_by_key(stocked: Store) -> None:
    made = book(stocked, PLAN_NEED)
    slots = slots_of(stocked, made.code)
    group = stocked.read(inbox.proposal, made.code, by=OPERATOR).training_class
    full(stocked, slots)
    need = like(stocked, PLAN_NEED, heads=1, enterprise="E005")
    async with running(stocked) as pilot:
        await pilot.app.run_action(f"app.open_record({need!r})")
        await settle(pilot)
        await press(pilot, "h")
        picks = pilot.app.screen.query_one("#picks", RecordList)
        while picks.code != group:
            await press(pilot, "down")
        await press(pilot, "enter")
        assert len(stocked.read(waiting.lines, by=OPERATOR)) == len(slots)
        await press(pilot, "u")
        assert stocked.read(waiting.lines, by=OPERATOR) == ()


async def test_classes_are_merged_and_parted_and_heads_withdrawn_by_key(stocked: Store) -> None:
    early, late = of_runs(stocked)
    async with running(stocked) as pilot:
        await press(pilot, "8")
        while pilot.app.screen.listed.code != early:  # type: ignore[attr-defined]
            await press(pilot, "down")
        await press(pilot, "m")
        assert f"{early} into {late}" in frame(pilot)
        await press(pilot, "enter")
        shown = frame(pilot)
        assert "Room for 12 heads" in shown
        assert "to be asked again" in shown
        assert "PgDn: read on" in shown
        for _ in range(3):
            await press(pilot, "pagedown")
            shown += frame(pilot)
        for words in ("Please confirm.", "time then is free again."):  # institution, who taught it
            assert words in " ".join(shown.replace("│", " ").split())
        await press(pilot, *"too few", "enter")
        (last, *_) = stocked.read(classes.history, late, by=OPERATOR)[::-1]
        assert "people of other firms join it" in (last.after or "")
        assert stocked.read(classes.sheet, late, by=OPERATOR).heads == 4
        assert stocked.read(classes.sheet, early, by=OPERATOR).status == "cancelled"
        while pilot.app.screen.listed.code != late:  # type: ignore[attr-defined]
            await press(pilot, "up")
        await press(pilot, "u")
        assert stocked.read(classes.sheet, early, by=OPERATOR).heads == 2
        (member,) = stocked.read(classes.sheet, early, by=OPERATOR).members
        await press(pilot, "7")
        while pilot.app.screen.listed.code != member.proposal:  # type: ignore[attr-defined]
            await press(pilot, "down")
        await press(pilot, "h", "1", "enter")
        assert "2 → 1 heads" in frame(pilot)
        await press(pilot, "enter", *"ill", "enter")
        assert stocked.read(inbox.proposal, member.proposal, by=OPERATOR).heads == 1
        await press(pilot, "u")
        assert stocked.read(inbox.proposal, member.proposal, by=OPERATOR).heads == 2
