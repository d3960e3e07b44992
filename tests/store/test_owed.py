"""Steps with a clock in the queue of whoever takes them, and in nobody else's, on each database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import cases, claims, clocks, early, owed, today, visits
from store.services.owed import Waiting
from store.services.visits import Wish
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
NOON = clocks.close_of(DAY) - timedelta(hours=6)


def lines(store: Store, by: Actor = OPERATOR, days: int = 0) -> dict[str, Waiting]:
    now = NOON + timedelta(days=days)
    return {one.what: one for one in store.read(owed.steps, by=by, now=now)}


def test_suggestions_wait_with_their_clock_until_somebody_decides(store: Store) -> None:
    found = store.read(early.listed, by=OPERATOR)
    first = lines(store)[owed.SUGGESTED]
    assert set(first.records) == {one.code for one in found}
    assert (first.overdue, first.due) == (0, min(one.until for one in found))
    assert first.heads == sum(one.heads for one in found)
    assert lines(store, days=30)[owed.SUGGESTED].overdue == len(found)
    store.write(early.dismiss, [first.records[0]], reason="内训", by=OPERATOR)
    assert first.records[0] not in lines(store)[owed.SUGGESTED].records
    assert not set(lines(store, OTHER)) & {owed.SUGGESTED, owed.CASES, owed.CHOOSE}


def test_a_consultation_that_nobody_goes_on_with_is_overdue_until_it_is_noted(store: Store) -> None:
    asked, long_ago = "能否先做线上理论？", DAY - timedelta(days=8)
    store.write(cases.begin, "N000061", asked, despite=True, by=OPERATOR, today=long_ago)
    waiting = lines(store)[owed.CASES]
    assert (len(waiting.records), waiting.overdue) == (2, 1)
    store.write(cases.note, waiting.records[0], "已联系", by=OPERATOR, today=DAY)
    after = lines(store)[owed.CASES]
    assert (after.overdue, set(after.records)) == (0, set(waiting.records))
    for code in after.records:
        store.write(cases.close, code, "none", "没有办法", by=OPERATOR)
    assert owed.CASES not in lines(store)


def test_a_claim_waits_for_who_decides_and_returned_for_who_asked(store: Store) -> None:
    (claim,) = store.read(claims.listed, by=SUPERVISOR, status="submitted")
    asked = next(by for by in (OPERATOR, OTHER) if claim.owner == by.organisation)
    assert lines(store, SUPERVISOR)[owed.DECIDE_CLAIMS].records == (claim.code,)
    assert owed.DECIDE_CLAIMS not in lines(store, asked)
    store.write(claims.decide, claim.code, "return", reason="缺材料", by=SUPERVISOR, now=NOON)
    assert owed.DECIDE_CLAIMS not in lines(store, SUPERVISOR)
    if claim.submit_by is not None:
        assert claim.code in lines(store, asked)[owed.HAND_IN].records


def test_a_visit_that_was_to_be_made_waits_for_the_supervisor(stocked: Store) -> None:
    before = lines(stocked, SUPERVISOR).get(owed.VISITS)
    made = next(
        one for one in stocked.read(visits.listed, by=SUPERVISOR) if one.status != "withdrawn"
    )
    lesson = made.day + timedelta(days=1)
    planned = stocked.write(
        visits.plan, Wish(made.training_class, made.day), by=SUPERVISOR, now=NOON
    )
    days = max(0, (lesson - DAY).days)
    waiting = lines(stocked, SUPERVISOR, days)[owed.VISITS]
    assert planned.code in waiting.records
    assert waiting.overdue >= 1
    assert planned.code not in (before.records if before else ())
    assert owed.VISITS not in lines(stocked, OPERATOR, days)


@pytest.mark.parametrize("by", [SCHOOL, SYSTEM])
def test_nothing_of_it_waits_for_who_may_not_do_it(stocked: Store, by: Actor) -> None:
    assert lines(stocked, by) == {}


def test_the_queue_of_the_day_has_them_too(stocked: Store) -> None:
    shown = {one.what for one in stocked.read(today.queue, by=OPERATOR, now=NOON)}
    assert set(lines(stocked)) <= shown
