"""Some heads of a confirmed deal withdrawn: what it costs, what becomes free, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import ConflictError, DuijieError, InvalidError, NotAllowedError, TakenError
from store.models import RunRow
from store.services import (
    answers,
    classes,
    health,
    inbox,
    proposals,
    records,
    reducing,
    waiting,
)
from store.services.reducing import Fewer
from tests.conftest import DAY
from tests.store.test_combining import book as book_class
from tests.store.test_combining import done, like, on_demand, only, stands
from tests.store.test_deals import COLLEAGUE, NOW, RUN_NEED, need_status, run_of, school, seats_left


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def eight(store: Store) -> str:
    """A confirmed deal for eight heads in a run; its code."""

    def widen(session: Session) -> None:
        session.get_one(RunRow, "R001").seats_left = 12

    store.write(widen)
    need = like(store, RUN_NEED, heads=8)
    group = book_class(store, need, "C003")
    (member,) = store.read(classes.sheet, group, by=OPERATOR).members
    return member.proposal


def test_eight_heads_become_five(store: Store) -> None:
    code = eight(store)
    before = store.read(inbox.proposal, code, by=OPERATOR)
    run, need = run_of(store, code), before.need
    left, price = seats_left(store, run), before.terms.price_fen or 0
    days = (before.first_day - DAY).days
    percent = 100 if days <= 9 else 75 if days <= 19 else 50
    cost = store.read(reducing.look, code, 5, by=OPERATOR, now=NOW)
    assert (cost.percent, cost.fee_fen) == (percent, -(-3 * price * percent // 100))
    made = store.write(reducing.reduce, code, Fewer(5), reason="离职", by=OPERATOR, now=NOW)
    after = store.read(inbox.proposal, code, by=OPERATOR)
    assert (made.status, after.heads, after.fee_fen) == ("confirmed", 5, cost.fee_fen)
    assert (after.terms.price_fen, after.terms.scale) == (price, before.terms.scale)
    assert after.terms.heads == 5
    assert seats_left(store, run) == left + 3
    view = store.read(records.fetch, "need", need, by=OPERATOR)
    assert (view.heads, view.status) == (5, "confirmed")
    more = store.write(reducing.reduce, code, Fewer(4), reason="再少", by=OPERATOR, now=NOW)
    owed = store.read(inbox.proposal, more.code, by=OPERATOR).fee_fen or 0
    assert owed == (cost.fee_fen or 0) + -(-price * percent // 100)
    store.write(proposals.cancel, code, reason="停产", by=OPERATOR, now=NOW)
    whole = store.read(inbox.proposal, code, by=OPERATOR).fee_fen or 0
    assert whole == owed + -(-4 * price * percent // 100)  # what was withdrawn before is owed, too
    store.write(answers.undo, code, by=OPERATOR, now=NOW)
    assert store.read(inbox.proposal, code, by=OPERATOR).fee_fen == owed


def test_heads_that_still_want_a_course_are_open_again_and_all_is_taken_back(store: Store) -> None:
    code = eight(store)
    before = store.read(inbox.proposal, code, by=OPERATOR)
    group = before.training_class or ""
    stood = stands(store, group)
    for wanted, state in ((True, "matched"), (False, "confirmed")):
        fewer = Fewer(5, is_still_wanted=wanted)
        store.write(reducing.reduce, code, fewer, reason="离职", by=OPERATOR, now=NOW)
        assert need_status(store, before.need) == state
        with pytest.raises(NotAllowedError):
            store.write(answers.undo, code, by=COLLEAGUE, now=NOW)
        store.write(answers.undo, code, by=OPERATOR, now=NOW)
        after = store.read(inbox.proposal, code, by=OPERATOR)
        assert (after.heads, after.fee_fen, after.taken) == (8, None, before.taken)
        assert store.read(records.fetch, "need", before.need, by=OPERATOR).heads == 8
        assert [one[1] for one in stands(store, group)][:1] == [stood[0][1]]


def test_who_may_how_few_and_how_late(store: Store) -> None:
    code = eight(store)
    found = store.read(inbox.proposal, code, by=OPERATOR)
    for heads in (0, 8, 9):
        with pytest.raises(InvalidError, match="fewer_heads"):
            store.write(reducing.reduce, code, Fewer(heads), reason="x", by=OPERATOR, now=NOW)
    with pytest.raises(InvalidError, match="reason_missing"):
        store.write(reducing.reduce, code, Fewer(5), reason=" ", by=OPERATOR, now=NOW)
    for by in (COLLEAGUE, school("T15")):
        with pytest.raises(NotAllowedError):
            store.read(reducing.look, code, 5, by=by, now=NOW)
        with pytest.raises(NotAllowedError):
            store.write(reducing.reduce, code, Fewer(5), reason="x", by=by, now=NOW)
    home = school(found.institution)
    with pytest.raises(NotAllowedError):  # another amount is the centre's to grant
        store.write(reducing.reduce, code, Fewer(5), reason="x", fee_fen=1, by=home, now=NOW)
    start = datetime.combine(found.first_day, NOW.time(), UTC)
    with pytest.raises(ConflictError, match="heads_began"):
        store.write(reducing.reduce, code, Fewer(5), reason="x", by=OPERATOR, now=start)
    late = NOW + timedelta(minutes=31)
    store.write(reducing.reduce, code, Fewer(5), reason="x", fee_fen=1, by=OPERATOR, now=NOW)
    assert store.read(inbox.proposal, code, by=OPERATOR).fee_fen == 1
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(answers.undo, code, by=OPERATOR, now=late)


def test_freed_seats_go_to_the_line_and_the_minimum_is_looked_at_again(store: Store) -> None:
    code = eight(store)
    run, found = run_of(store, code), store.read(inbox.proposal, code, by=OPERATOR)

    def fill(session: Session) -> None:
        row = session.get_one(RunRow, run)
        row.seats_left, row.seats = 0, row.claimed  # nobody else's people are in it

    store.write(fill)
    need = like(store, RUN_NEED, heads=2, enterprise="E006")
    line = store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW)
    group = found.training_class or ""
    sheet = store.read(classes.sheet, group, by=OPERATOR)
    cost = store.read(reducing.look, code, 3, by=OPERATOR, now=NOW)
    assert (cost.waits, cost.class_heads, cost.least) == (1, 3, sheet.min_heads)
    store.write(reducing.reduce, code, Fewer(3), reason="离职", by=OPERATOR, now=NOW)
    assert store.read(waiting.waiting, line.code, by=OPERATOR).status == "offered"
    assert seats_left(store, run) == 3
    after = store.read(classes.sheet, group, by=OPERATOR).status
    assert after == ("forming" if cost.is_below else "ready")
    with pytest.raises(TakenError):  # the line has two of the seats now
        store.write(answers.undo, code, by=OPERATOR, now=NOW)
    assert store.read(inbox.proposal, code, by=OPERATOR).heads == 3


def test_workstations_of_a_shared_class_follow(store: Store) -> None:
    on_demand(store)
    came = done(store, only(store))
    first, second = store.read(classes.sheet, came.kept, by=OPERATOR).members
    store.write(reducing.reduce, first.proposal, Fewer(1), reason="离职", by=OPERATOR, now=NOW)
    for code, heads in ((first.proposal, 1), (second.proposal, 2)):
        deal = store.read(inbox.proposal, code, by=OPERATOR)
        assert (deal.heads, deal.plan.class_heads) == (heads, 3)
        assert all(s.heads == 3 for s in deal.plan.sessions if s.slot)
    assert store.read(classes.sheet, came.kept, by=OPERATOR).heads == 3


def test_two_desks_withdraw_at_once_and_no_seat_is_freed_twice(store: Store) -> None:
    code = eight(store)
    run = run_of(store, code)
    left, place = seats_left(store, run), store.url.render_as_string(hide_password=False)
    version = store.read(inbox.proposal, code, by=OPERATOR).version
    start = Barrier(2)

    def act(heads: int) -> str:
        other = open_store(place)
        start.wait()
        try:
            other.write(
                reducing.reduce,
                code,
                Fewer(heads),
                reason="离职",
                by=OPERATOR,
                now=NOW,
                version=version,
            )
            return "done"
        except DuijieError as error:
            return error.code
        finally:
            other.close()

    with ThreadPoolExecutor(2) as crew:
        ends = list(crew.map(act, (5, 6)))
    assert sorted(ends) == ["done", "stale_edit"]
    heads = store.read(inbox.proposal, code, by=OPERATOR).heads
    assert seats_left(store, run) == left + 8 - heads
