"""One plan for all open needs on each database: no worse than turn by turn, all or none, undone exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from matching.additions import Addition, Sort, with_addition
from matching.types import Market
from matching.weekly import Calendar
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, DuijieError, InvalidError, NotAllowedError
from store.models import BookingRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import (
    allocation,
    allocation_policy,
    allotment,
    audit,
    decisions,
    filing,
    health,
    inbox,
    market,
    proposals,
    records,
    ways,
)
from store.services.allocation import Outlook, Why
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
TEACHER = Actor("teacher", "老师", Role.INSTITUTION, "T01")
KINDS = ("need", "course", "run", "instructor", "venue", "slot", "assessment")


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def look(store: Store, by: Actor = OPERATOR) -> Outlook:
    return store.read(allocation.outlook, by=by, today=DAY)


def _rows(session: Session, kind: str) -> list[list[str]]:
    return list(filing.export_rows(session, kind, by=SYSTEM))


def everything(store: Store) -> dict[str, object]:
    """What the store offers and asks, and what is taken of it now."""
    found: dict[str, object] = {kind: store.read(_rows, kind) for kind in KINDS}
    found["live"] = store.read(
        lambda s: Counter(
            (b.proposal, b.kind, b.resource, b.quantity, b.status)
            for b in s.query(BookingRow).where(BookingRow.status.in_(("held", "booked")))
        )
    )
    listed = store.read(inbox.proposals, by=OPERATOR)
    found["proposals"] = [(p.code, p.status) for p in listed if p.status != "withdrawn"]
    return found


def test_every_need_is_told_once_and_no_worse_off_together_than_turn_by_turn(store: Store) -> None:
    found = look(store)
    named = [award.need for award in found.awards] + [one.need for one in found.losers]
    assert sorted(named) == sorted(found.needs)
    assert found.before_value <= found.value <= found.bound + 1e-6
    assert found.value == pytest.approx(sum(award.value for award in found.awards))
    assert found.gap < 0.02
    for one in found.losers:
        if one.why is Why.RIVALS:
            assert one.resource


def test_it_is_the_same_every_time(store: Store) -> None:
    first, again = look(store), look(store)
    assert [(a.need, a.bundle.order_key) for a in first.awards] == [
        (a.need, a.bundle.order_key) for a in again.awards
    ]
    assert first.value == again.value


def test_nothing_is_given_twice_and_no_rule_is_broken(store: Store) -> None:
    """Applying looks at capacity and every rule again, so that it went through is the proof."""
    found = look(store)
    made = store.write(allotment.apply, found, by=OPERATOR, now=NOW)
    views = [store.read(inbox.proposal, code, by=OPERATOR) for code in made.proposals]
    assert Counter(v.need for v in views) == Counter(a.need for a in found.awards)
    assert {view.status for view in views} == {"draft"}
    assert {view.until for view in views} == {NOW + timedelta(minutes=240)}


def test_applying_and_undoing_leaves_the_store_as_it_was(store: Store) -> None:
    before, seen = everything(store), look(store)
    made = store.write(allotment.apply, seen, by=OPERATOR, now=NOW)
    assert everything(store) != before
    undone = store.write(allotment.undo, made.code, by=OPERATOR, now=NOW)
    assert undone.status == "undone"
    assert everything(store) == before
    after = look(store)
    assert [(a.need, a.value) for a in after.awards] == [(a.need, a.value) for a in seen.awards]


def test_all_or_none(store: Store) -> None:
    seen = look(store)
    single = next(award for award in seen.awards if award.pool is None)
    choice = store.read(
        decisions.prepare,
        single.need,
        single.bundle.course.id,
        by=OPERATOR,
        today=DAY,
        reason="客户指定",
    )
    store.write(proposals.draft, choice, by=OPERATOR, now=NOW)
    before = everything(store)
    with pytest.raises(DuijieError):
        store.write(allotment.apply, seen, by=OPERATOR, now=NOW)
    assert everything(store) == before


def test_what_was_sent_is_not_undone(store: Store) -> None:
    made = store.write(allotment.apply, look(store), by=OPERATOR, now=NOW)
    view = store.read(inbox.proposal, made.proposals[0], by=OPERATOR)
    store.write(proposals.send, view.code, by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="allocation_sent"):
        store.write(allotment.undo, made.code, by=OPERATOR, now=NOW)
    sent = store.write(allotment.send, made.code, by=OPERATOR, now=NOW)
    assert set(sent.sent) == set(made.proposals)


def test_a_repeat_does_nothing_twice(store: Store) -> None:
    seen = look(store)
    first = store.write(allotment.apply, seen, by=OPERATOR, now=NOW, request="noon")
    again = store.write(allotment.apply, seen, by=OPERATOR, now=NOW, request="noon")
    assert again.code == first.code
    assert [one.code for one in store.read(allotment.applied, by=OPERATOR)] == [first.code]


def test_a_supervisor_looks_at_all_and_sets_the_policy_but_books_nothing(store: Store) -> None:
    found = look(store, SUPERVISOR)
    assert set(found.needs) >= set(look(store).needs)
    with pytest.raises(NotAllowedError):
        store.write(allotment.apply, found, by=SUPERVISOR, now=NOW)
    after = store.write(
        allocation_policy.set_policy, {"shortage": 1.0, "short": ("6-18-02-04",)}, by=SUPERVISOR
    )
    assert after.version == "v1+JQ000001"
    assert store.read(audit.entries, "allocation_policy", "v1")
    assert look(store).policy == after
    for other in (OPERATOR, TEACHER, COLLEAGUE):
        with pytest.raises(NotAllowedError):
            store.write(allocation_policy.set_policy, {"urgency": 1.0}, by=other)
    with pytest.raises(InvalidError):
        store.write(allocation_policy.set_policy, {"urgency": -1.0}, by=SUPERVISOR)
    with pytest.raises(InvalidError):
        store.write(allocation_policy.set_policy, {"speed": 1.0}, by=SUPERVISOR)


def test_a_foreign_tenant_sees_and_does_nothing(store: Store) -> None:
    made = store.write(allotment.apply, look(store), by=OPERATOR, now=NOW)
    assert look(store, COLLEAGUE).needs.keys().isdisjoint(look(store, OPERATOR).needs)
    for act in (allotment.undo, allotment.send):
        with pytest.raises(NotAllowedError):
            store.write(act, made.code, by=COLLEAGUE, now=NOW)
    with pytest.raises(NotAllowedError):
        store.read(allotment.show, made.code, by=COLLEAGUE)
    with pytest.raises(NotAllowedError):
        look(store, TEACHER)


def test_a_cap_on_one_firm_is_kept(store: Store) -> None:
    store.write(allocation_policy.set_policy, {"firm_heads": 5}, by=SUPERVISOR)
    found = look(store)
    by_firm: Counter[str] = Counter()
    for award in found.awards:
        by_firm[found.needs[award.need].view.enterprise] += award.heads
    assert by_firm
    assert max(by_firm.values()) <= 5


def test_stopping_it_half_way_is_possible(store: Store) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        assert of == 76
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        store.read(ways.gather, by=OPERATOR, today=DAY, progress=stop)


def test_a_receipt_of_it_is_kept(store: Store) -> None:
    made = store.write(allotment.apply, look(store), by=OPERATOR, now=NOW)
    kept = store.read(audit.entries, "allocation", made.code)
    assert [entry.act for entry in kept] == ["apply"]
    need = store.read(inbox.proposal, made.proposals[0], by=OPERATOR).need
    assert store.read(records.fetch, "need", need, by=OPERATOR).status == "open"


def test_drafts_that_ran_out_do_not_hide_their_needs(store: Store) -> None:
    before = look(store)
    made = store.write(allotment.apply, before, by=OPERATOR, now=NOW - timedelta(days=1))
    again = look(store)  # a day later
    assert set(again.needs) == set(before.needs)
    store.write(allotment.apply, again, by=OPERATOR, now=NOW)
    late = made.proposals[0]
    with pytest.raises(ConflictError, match="heads_taken"):
        store.write(proposals.send, late, by=OPERATOR, now=NOW)


def test_what_was_sent_and_withdrawn_is_not_undone_and_what_is_undone_not_sent(
    store: Store,
) -> None:
    made = store.write(allotment.apply, look(store), by=OPERATOR, now=NOW)
    store.write(proposals.send, made.proposals[0], by=OPERATOR, now=NOW)
    store.write(proposals.withdraw, made.proposals[0], by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="allocation_sent"):
        store.write(allotment.undo, made.code, by=OPERATOR, now=NOW)
    for code in made.proposals[1:]:
        store.write(proposals.withdraw, code, by=OPERATOR, now=NOW)
    other = store.write(allotment.apply, look(store), by=OPERATOR, now=NOW)
    store.write(allotment.undo, other.code, by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="no_such_step"):
        store.write(allotment.send, other.code, by=OPERATOR, now=NOW)


def test_needs_that_fill_a_class_together_get_it_and_not_three_thin_ones(store: Store) -> None:
    found = look(store)
    together = [{m.id for m in a.pool.members} for a in found.awards if a.pool is not None]
    for planted in (
        {"N000016", "N000017", "N000037", "N000068"},
        {"N000012", "N000034", "N000050", "N000072"},
        {"N000024", "N000043", "N000069", "N000074"},
        {"N000021", "N000038", "N000057", "N000077"},
    ):
        assert any(planted <= members for members in together)
    assert found.method == "optimal"


def test_one_more_person_never_makes_the_whole_plan_worth_less(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it anew, ranking and pooling, too: whoever gives way may push others to what nobody saw."""
    before = look(store)
    whole = market.snapshot

    def with_one_more(session: Session, today: date, owner: str | None = None) -> Market:
        more = Addition(Sort.INSTRUCTOR, "6-18-01-07", 1)
        return with_addition(whole(session, today, owner), more, Calendar())

    monkeypatch.setattr(market, "snapshot", with_one_more)
    assert look(store).value >= before.value - 1e-6
