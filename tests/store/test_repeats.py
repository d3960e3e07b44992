"""The same request a second time: nothing is written, the first answer comes; other content is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, NotAllowedError
from store.models import AuditRow, ContactRow, NoShowRow
from store.schemas.actor import Actor, Role
from store.services import (
    answers,
    classes,
    combining,
    desk,
    health,
    inbox,
    records,
    reducing,
    reference,
    taking_back,
    undoing,
    waiting,
)
from store.services.reducing import Fewer
from tests.store.test_combining import like, of_runs, only, stands
from tests.store.test_deals import COLLEAGUE, NOW, RUN_NEED, book, run_of, send
from tests.store.test_reducing import eight

NEIGHBOUR = Actor("zhaoliu", "赵六", Role.OPERATOR, OPERATOR.organisation)


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def twice(store: Store, ask: Callable[..., Any], *other: Callable[..., Any]) -> Any:
    """Ask twice under one id, then something else each time; the answer. Only the first writes anything."""
    first = ask()
    rows = select(func.count()).select_from(AuditRow)
    before = store.read(lambda s: s.scalar(rows))
    assert ask() == first
    for one in other:
        with pytest.raises(ConflictError, match="request_reused"):
            one()
    assert store.read(lambda s: s.scalar(rows)) == before
    return first


def test_no_shows_are_noted_once_and_taken_back_once(store: Store) -> None:
    deal = store.read(inbox.proposal, eight(store), by=OPERATOR)
    then = datetime.combine(deal.first_day, NOW.time(), UTC)

    def note(heads: int = 2, by: Actor = OPERATOR, reason: str = "病假") -> Any:
        more = {"reason": reason, "request": "r1"}
        return store.write(classes.no_show, deal.code, heads, by=by, now=then, **more)

    fee = twice(store, note, lambda: note(3), lambda: note(reason="事假"))
    assert fee == 2 * (deal.terms.price_fen or 0)
    note(1, NEIGHBOUR)  # an id is its person's
    assert store.read(lambda s: s.scalar(select(func.sum(NoShowRow.heads)))) == 3
    with pytest.raises(NotAllowedError):
        note(2, COLLEAGUE)

    def undo(code: str = deal.training_class or "") -> Any:
        return store.write(taking_back.undo, code, by=NEIGHBOUR, now=then, request="r2")

    assert twice(store, undo).act == "no_show"
    assert store.read(lambda s: s.scalar(select(func.sum(NoShowRow.heads)))) == 2


def test_a_call_is_kept_once(store: Store) -> None:
    made = send(store, RUN_NEED)
    first, other = store.read(inbox.proposal, made.code, by=OPERATOR).answers
    later = iter(NOW + timedelta(minutes=m) for m in range(9))

    def call(party: str = first.party, note: str = "占线") -> Any:
        more: Any = {"now": next(later), "note": note, "request": "r1"}
        return store.write(desk.outcome, made.code, party, "no_answer", by=OPERATOR, **more)

    again = twice(store, call, lambda: call(other.party), lambda: call(note="关机"))
    assert again is not None
    count = select(func.count()).where(ContactRow.record == made.code)
    assert store.read(lambda s: s.scalar(count)) == 1


def test_classes_are_merged_once_and_parted_once(store: Store) -> None:
    early, late = of_runs(store)
    before = stands(store, early, late)
    found = store.read(combining.look, late, early, by=OPERATOR, now=NOW)

    def merge(reason: str = "人数不足") -> Any:
        return store.write(
            combining.combine, found, reason=reason, by=OPERATOR, now=NOW, request="r1"
        )

    came = twice(store, merge, lambda: merge("别的"))
    assert (came.kept, came.heads, came.moved) == (late, 4, only_moved(found))
    repeated = store.read(
        combining.repeated, late, early, reason="人数不足", by=OPERATOR, request="r1"
    )
    assert repeated == came

    def part(code: str = early) -> Any:
        return store.write(taking_back.undo, code, by=OPERATOR, now=NOW, request="r2")

    undone = twice(store, part, lambda: part(late))
    assert (undone.code, undone.act) == (late, "combine")
    assert stands(store, early, late) == before
    assert only(store).is_possible


def only_moved(found: combining.Combination) -> tuple[str, ...]:
    return tuple(one.proposal for one in found.affected if one.proposal in found.moved)


def test_heads_are_withdrawn_once_and_come_back_once(store: Store) -> None:
    code = eight(store)

    def fewer(heads: int = 5, fee: int | None = None, reason: str = "离职") -> Any:
        asked = Fewer(heads, request="r1")
        more: Any = {"reason": reason, "fee_fen": fee}
        return store.write(reducing.reduce, code, asked, by=OPERATOR, now=NOW, **more)

    twice(store, fewer, lambda: fewer(4), lambda: fewer(fee=1), lambda: fewer(reason="x"))
    assert store.read(inbox.proposal, code, by=OPERATOR).heads == 5

    def undo(reason: str = "") -> Any:
        return store.write(answers.undo, code, by=OPERATOR, now=NOW, reason=reason, request="r2")

    twice(store, undo, lambda: undo("x"))
    assert store.read(inbox.proposal, code, by=OPERATOR).heads == 8


def test_taking_back_by_code_is_done_once_for_every_kind(store: Store) -> None:
    def undo(kind: str, *codes: str, id: str) -> Any:
        now = store.read(reference.now) if kind == "need" else NOW
        return store.write(undoing.undo, kind, codes, by=OPERATOR, now=now, request=id)

    needs = [like(store, RUN_NEED, heads=heads) for heads in (1, 2)]
    made = twice(
        store,
        lambda: undo("need", *needs, id="n"),
        lambda: undo("need", needs[0], id="n"),
        lambda: undo("proposal", "P000001", id="n"),
    )
    assert made == ("register", "register")
    assert twice(store, lambda: undo("need", needs[1], id="m")) == ("withdraw",)
    assert store.read(records.fetch, "need", needs[1], by=OPERATOR).status == "open"
    deal = book(store, RUN_NEED)
    assert twice(store, lambda: undo("proposal", deal.code, id="p")) == ("confirm",)
    full = like(store, RUN_NEED, heads=12, enterprise="E007")
    run = run_of(store, deal.code)
    waits = store.write(waiting.join, full, "run", run, by=OPERATOR, now=NOW)
    assert twice(store, lambda: undo("waiting", waits.code, id="w")) == ("join",)
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(waiting.undo, waits.code, by=OPERATOR, now=NOW, request="v")
    early, late = of_runs(store)
    found = store.read(combining.look, late, early, by=OPERATOR, now=NOW)
    store.write(combining.combine, found, reason="人数不足", by=OPERATOR, now=NOW)
    assert twice(store, lambda: undo("class", late, id="c")) == ("combine",)
