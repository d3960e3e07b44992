"""Firms in line for workstations: in order, a group together, freed by whatever ends; nobody gets past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InfeasibleError, TakenError
from store.models import RunRow, SlotRow
from store.services import (
    answers,
    class_lines,
    classes,
    decisions,
    desk,
    health,
    inbox,
    market,
    matchmaking,
    proposals,
    records,
    reducing,
    run_lines,
    slot_lines,
    sweep,
    waiting,
)
from tests.conftest import DAY
from tests.store.test_combining import done, like, on_demand, only
from tests.store.test_deals import NOW, PLAN_NEED, RUN_NEED, agree, book, hold


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def full(store: Store, slots: list[str]) -> None:
    """Nothing of some slots is free but what proposals have."""

    def fill(session: Session) -> None:
        for code in slots:
            row = session.get_one(SlotRow, code)
            row.stations, row.stations_free = max(row.claimed, 1), 0

    store.write(fill)


def slots_of(store: Store, proposal: str) -> list[str]:
    taken = store.read(inbox.proposal, proposal, by=OPERATOR).taken
    return [claim.resource for claim in taken if claim.kind == "slot"]


def free(store: Store, slot: str) -> int:
    return int(store.read(lambda s: s.get_one(SlotRow, slot).stations_free))


def join(store: Store, need: str, slot: str) -> waiting.Waiting:
    return store.write(waiting.join, need, "slot", slot, by=OPERATOR, now=NOW)


def test_freed_workstations_are_kept_for_the_first_and_held_by_their_proposal(store: Store) -> None:
    made = book(store, PLAN_NEED)
    slots = slots_of(store, made.code)
    view_heads = store.read(inbox.proposal, made.code, by=OPERATOR).heads
    full(store, slots)
    first = like(store, PLAN_NEED, heads=view_heads, enterprise="E005")
    second = like(store, PLAN_NEED, heads=1, enterprise="E006")
    group = store.read(inbox.proposal, made.code, by=OPERATOR).training_class or ""
    (full_class,) = [
        one
        for one in store.read(class_lines.full_classes, first, by=OPERATOR, now=NOW)
        if one.code == group
    ]
    assert full_class.slots == len(slots)
    assert store.read(slot_lines.full_slots, first, by=OPERATOR, now=NOW)
    both = [
        {w.resource: w for w in store.write(class_lines.join, need, group, by=OPERATOR, now=NOW)}
        for need in (first, second)
    ]
    lines = {slot: [both[0][slot], both[1][slot]] for slot in slots}
    assert [w.place for w in lines[slots[0]]] == [1, 2]
    with pytest.raises(ConflictError, match="already_waiting"):
        join(store, first, slots[0])
    store.write(proposals.cancel, made.code, reason="停产", by=OPERATOR, now=NOW)
    for slot in slots:
        ahead, behind = (store.read(waiting.waiting, w.code, by=OPERATOR) for w in lines[slot])
        assert (ahead.status, behind.status) == ("offered", "waiting")  # not the one that also fits
        assert free(store, slot) == 0
    rung = [c.record for c in store.read(desk.queue, by=OPERATOR, now=NOW) if c.why == "claim"]
    assert rung == [first]  # once, however many sessions
    with pytest.raises(TakenError):  # nobody gets past, not whoever had them a moment ago
        store.write(answers.undo, made.code, by=OPERATOR, now=NOW)
    found = store.read(decisions.prepare_best, first, by=OPERATOR, today=DAY)
    held = store.write(proposals.draft, found, by=OPERATOR, now=NOW)
    used = set(slots_of(store, held.code))
    assert used == set(slots)  # the plan is of what was kept
    for slot in used:
        assert store.read(waiting.waiting, lines[slot][0].code, by=OPERATOR).status == "taken"


def test_a_claim_that_nobody_takes_up_goes_to_the_next(store: Store) -> None:
    held = hold(store, PLAN_NEED)
    slot, *_ = slots_of(store, held.code)
    full(store, [slot])
    needs = [like(store, PLAN_NEED, heads=1, enterprise=firm) for firm in ("E005", "E006")]
    lines = [join(store, need, slot) for need in needs]
    store.write(sweep.sweep, NOW + timedelta(minutes=31))  # the draft's short hold is over
    status = [store.read(waiting.waiting, w.code, by=OPERATOR).status for w in lines]
    assert status == ["offered", "waiting"]  # one claim at a time
    until = store.read(waiting.waiting, lines[0].code, by=OPERATOR).until
    assert until is not None
    store.write(sweep.sweep, until)
    assert store.read(waiting.waiting, lines[0].code, by=OPERATOR).status == "lapsed"
    assert store.read(waiting.waiting, lines[1].code, by=OPERATOR).status == "offered"
    store.write(waiting.leave, lines[1].code, by=OPERATOR, now=until)
    assert not store.read(sweep.is_due, until)


def test_a_pooled_class_keeps_its_own_and_gives_the_line_what_it_needs_no_more(
    store: Store,
) -> None:
    one, other = on_demand(store)
    found = only(store)
    plans = (found.kept.plan, found.ended.plan)
    slots = sorted({s.slot for plan in plans for s in plan.sessions if s.slot})
    full(store, slots)
    third = like(store, PLAN_NEED, heads=1, enterprise="E007")
    line = join(store, third, slots[0])
    came = done(store, found)
    assert {one, other} == {came.kept, came.ended}
    sheet = store.read(classes.sheet, came.kept, by=OPERATOR)
    is_moved = slots[0] not in {s.slot for s in sheet.sessions}
    status = store.read(waiting.waiting, line.code, by=OPERATOR).status
    assert status == ("offered" if is_moved else "waiting")
    for member in sheet.members:
        code, asked = member.proposal, reducing.Fewer(1)
        store.write(reducing.reduce, code, asked, reason="离职", by=OPERATOR, now=NOW)
    assert store.read(waiting.waiting, line.code, by=OPERATOR).status == "offered"


def test_only_what_is_full_suits_and_is_to_come_is_waited_for(store: Store) -> None:
    made = agree(store, PLAN_NEED)
    slot, *_ = slots_of(store, made.code)
    small = like(store, PLAN_NEED, heads=1, enterprise="E005")
    with pytest.raises(ConflictError, match="seats_free"):
        join(store, small, slot)
    full(store, [slot])
    with pytest.raises(InfeasibleError, match="wrong_run"):
        join(store, RUN_NEED, slot)
    large = like(store, PLAN_NEED, heads=400, enterprise="E006")
    with pytest.raises(ConflictError, match="line_too_small"):
        join(store, large, slot)
    late = like(store, PLAN_NEED, heads=1, earliest=DAY + timedelta(days=300), latest=None)
    with pytest.raises(InfeasibleError, match="wrong_run"):
        join(store, late, slot)
    waits = join(store, small, slot)
    assert store.write(waiting.undo, waits.code, by=OPERATOR, now=NOW).status == "left"


def test_lines_to_choose_from_serve_the_need_and_say_who_waits(store: Store) -> None:
    made = book(store, PLAN_NEED)
    slots = slots_of(store, made.code)
    full(store, slots)
    course = store.read(inbox.proposal, made.code, by=OPERATOR).course
    need = like(store, PLAN_NEED, heads=2, enterprise="E005")
    ahead = like(store, PLAN_NEED, heads=1, enterprise="E006")
    join(store, ahead, slots[0])
    asked = store.read(lambda s: market.engine_need(s, records.fetch(s, "need", need, by=OPERATOR)))
    serving = {c.id: c for c in store.read(market.serving, asked, DAY)}
    assert course in serving
    ranked = store.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY, top=50).ranking
    fitting = {bundle.course.id for bundle in ranked.bundles}
    assert fitting <= set(serving)
    found = {s.code: s for s in store.read(slot_lines.full_slots, need, by=OPERATOR, now=NOW)}
    assert found[slots[0]].waiting == 1
    titles = {one.title for one in serving.values()}
    assert {one.title for one in found.values()} <= titles
    (group,) = store.read(class_lines.full_classes, need, by=OPERATOR, now=NOW)
    assert group.title == serving[course].title
    assert group.institution
    assert group.waiting == 1
    other = like(
        store, RUN_NEED, heads=2, enterprise="E007"
    )  # another trade, the same machines or not
    assert group not in store.read(class_lines.full_classes, other, by=OPERATOR, now=NOW)


def test_runs_to_wait_for_are_those_that_would_do(store: Store) -> None:
    def fill(session: Session) -> None:
        for run in session.scalars(select(RunRow)):
            run.seats_left = min(run.seats_left or 0, 1)

    store.write(fill)
    need = like(store, RUN_NEED, heads=4, enterprise="E005")
    found = store.read(run_lines.full_runs, need, by=OPERATOR, now=NOW)
    assert found
    assert all((one.free, one.wanted, one.waiting) == (1, 4, 0) for one in found)
    told = [(one.title, one.institution, one.first_day) for one in found]
    assert len(told) == len(set(told))
    line = store.write(waiting.join, need, "run", found[0].code, by=OPERATOR, now=NOW)
    assert (line.heads, line.group, line.free) == (4, 4, 1)
    again = store.read(run_lines.full_runs, need, by=OPERATOR, now=NOW)
    assert again[0].waiting == 1
    large = like(store, RUN_NEED, heads=400, enterprise="E006")
    assert not store.read(run_lines.full_runs, large, by=OPERATOR, now=NOW)


def test_a_line_for_workstations_says_how_many_people_wait(store: Store) -> None:
    made = agree(store, PLAN_NEED)
    slot, *_ = slots_of(store, made.code)
    full(store, [slot])
    need = like(store, PLAN_NEED, heads=2, enterprise="E005")
    line = join(store, need, slot)
    assert (line.group, line.free) == (2, 0)
