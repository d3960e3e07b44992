"""What was done to a class or a waiting line taken back: soon, by whoever did it, if nothing came of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import ConflictError, NotAllowedError, TakenError
from store.models import RunRow
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import (
    classes,
    desk,
    health,
    inbox,
    moving,
    proposals,
    records,
    taking_back,
    undoing,
    waiting,
)
from tests.store.test_deals import (
    COLLEAGUE,
    NOW,
    PLAN_NEED,
    RUN_NEED,
    book,
    need_status,
    run_of,
    seats_left,
)

NEIGHBOUR = Actor("zhaoliu", "赵六", Role.OPERATOR, OPERATOR.organisation)


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def group_of(store: Store, proposal: str) -> str:
    return store.read(inbox.proposal, proposal, by=OPERATOR).training_class or ""


def postponed(store: Store, group: str, days: int) -> moving.Postponement:
    first = store.read(classes.sheet, group, by=OPERATOR).first_day
    later = first + timedelta(days=days)
    impact = store.read(moving.impact, group, later, by=OPERATOR, now=NOW)
    store.write(moving.postpone, impact, reason="检修", by=OPERATOR, now=NOW)
    return impact


def stands(store: Store, proposal: str) -> dict[str, Any]:
    """What a deal and its class are, without versions and history."""
    found = store.read(inbox.proposal, proposal, by=OPERATOR)
    sheet = store.read(classes.sheet, found.training_class or "", by=OPERATOR)
    run = found.plan.run
    days = store.read(records.fetch, "run", run, by=OPERATOR) if run else None
    return {
        "deal": (found.status, found.terms, found.taken, found.plan, found.fee_fen, found.reason),
        "class": (sheet.code, sheet.status, sheet.sessions, sheet.first_day, sheet.decide_by),
        "run": days and (days.first_day, days.last_day, days.signup_closes, days.seats_left),
        "need": need_status(store, found.need),
    }


@pytest.mark.parametrize("need", [RUN_NEED, PLAN_NEED])
def test_a_postponement_is_taken_back_whole(store: Store, need: str) -> None:
    made = book(store, need)
    before, group = stands(store, made.code), group_of(store, made.code)
    impact = postponed(store, group, 7)
    assert not impact.affected[0].is_displaced
    assert stands(store, made.code) != before
    for by, error in ((COLLEAGUE, NotAllowedError), (NEIGHBOUR, ConflictError)):
        with pytest.raises(error):
            store.write(taking_back.undo, group, by=by, now=NOW)
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW + timedelta(minutes=31))
    undone = store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    assert (undone.act, undone.first_day) == ("postpone", before["class"][3])
    assert stands(store, made.code) == before
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)


def test_whoever_was_let_go_is_back_and_what_was_held_instead_is_given_back(store: Store) -> None:
    made = book(store, RUN_NEED)
    before, group = stands(store, made.code), group_of(store, made.code)
    impact = postponed(store, group, 70)
    assert impact.affected[0].is_displaced
    assert store.read(classes.sheet, group, by=OPERATOR).status == "cancelled"
    held = [
        line.code
        for line in store.read(inbox.proposals, by=OPERATOR, need=RUN_NEED, live_only=True)
    ]
    undone = store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    assert (undone.back, undone.withdrawn) == ((made.code,), tuple(held))
    assert stands(store, made.code) == before
    for code in held:
        assert store.read(inbox.proposal, code, by=OPERATOR).status == "withdrawn"


def test_a_postponement_stays_once_a_firm_was_rung_or_what_was_held_was_sent(store: Store) -> None:
    made = book(store, RUN_NEED)
    group = group_of(store, made.code)
    postponed(store, group, 70)
    (held,) = store.read(inbox.proposals, by=OPERATOR, need=RUN_NEED, live_only=True)
    store.write(proposals.send, held.code, by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="undo_used"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    other = book(store, PLAN_NEED)
    group = group_of(store, other.code)
    postponed(store, group, 7)
    home = store.read(inbox.proposal, other.code, by=OPERATOR).institution
    store.write(desk.outcome, other.code, home, "talked", by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="undo_outward"):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)


def test_another_desk_that_took_the_freed_seats_keeps_them(store: Store) -> None:
    """Two actors on one store: the second takes what the postponement freed, the first comes too late."""
    made = book(store, RUN_NEED)
    group, run = group_of(store, made.code), run_of(store, made.code)
    postponed(store, group, 70)
    assert store.read(inbox.proposal, made.code, by=OPERATOR).status == "cancelled"
    other = open_store(store.url.render_as_string(hide_password=False))

    def fill(session: Session) -> None:
        session.get_one(RunRow, run).seats_left = 0

    other.write(fill)
    other.close()
    before = store.read(classes.sheet, group, by=OPERATOR)
    with pytest.raises(TakenError):
        store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    assert store.read(classes.sheet, group, by=OPERATOR) == before
    assert seats_left(store, run) == 0


def test_no_shows_are_taken_back_one_after_the_other(store: Store) -> None:
    made = book(store, RUN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    start = datetime.combine(found.first_day, NOW.time(), UTC)
    group = found.training_class or ""
    store.write(classes.no_show, made.code, 1, by=OPERATOR, now=start)
    with pytest.raises(NotAllowedError):
        store.write(taking_back.undo_no_show, made.code, by=COLLEAGUE, now=start)
    undone = store.write(taking_back.undo, group, by=OPERATOR, now=start)
    assert undone.act == "no_show"
    (member,) = store.read(classes.sheet, group, by=OPERATOR).members
    assert (member.no_shows, member.owed_fen) == (0, 0)
    store.write(classes.no_show, made.code, 2, by=OPERATOR, now=start)
    late = start + timedelta(minutes=31)
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(taking_back.undo_no_show, made.code, by=OPERATOR, now=late)
    acts = store.write(undoing.undo, "proposal", [made.code], by=OPERATOR, now=start)
    assert acts == ("no_show",)
    trail = [entry.act for entry in store.read(inbox.proposal, made.code, by=OPERATOR).history]
    assert trail[-4:] == ["no_show", "undo", "no_show", "undo"]


def _full_line(store: Store, count: int) -> tuple[str, str, list[str]]:
    """A sold-out run, the deal that has the last seats, and firms of one head in its line."""
    first = book(store, RUN_NEED)
    run = run_of(store, first.code)

    def fill(session: Session) -> None:
        session.get_one(RunRow, run).seats_left = 0

    store.write(fill)
    view = store.read(records.fetch, "need", RUN_NEED, by=OPERATOR)
    values = {name: getattr(view, name) for name in NeedDraft.model_fields}
    draft = NeedDraft.model_validate({**values, "heads": 1, "min_group": None})
    needs = [store.write(records.register, draft, by=OPERATOR).code for _ in range(count)]
    codes = [
        store.write(waiting.join, need, "run", run, by=OPERATOR, now=NOW).code for need in needs
    ]
    return run, first.code, codes


def test_leaving_a_line_is_taken_back_to_the_old_place(store: Store) -> None:
    _, deal, (one, two) = _full_line(store, 2)
    store.write(waiting.leave, one, by=OPERATOR, now=NOW)
    with pytest.raises(NotAllowedError):
        store.write(waiting.undo, one, by=COLLEAGUE, now=NOW)
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(waiting.undo, one, by=NEIGHBOUR, now=NOW)
    back = store.write(waiting.undo, one, by=OPERATOR, now=NOW)
    assert (back.status, back.place) == ("waiting", 1)
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        store.write(waiting.undo, one, by=OPERATOR, now=NOW)
    store.write(waiting.leave, one, by=OPERATOR, now=NOW)
    store.write(proposals.cancel, deal, reason="停产", by=OPERATOR, now=NOW)
    assert store.read(waiting.waiting, two, by=OPERATOR).status == "offered"
    with pytest.raises(ConflictError, match="undo_passed"):
        store.write(waiting.undo, one, by=OPERATOR, now=NOW)


def test_joining_a_line_is_taken_back_with_what_was_kept_for_the_firm(store: Store) -> None:
    run, deal, (one, two) = _full_line(store, 2)
    store.write(proposals.cancel, deal, reason="停产", by=OPERATOR, now=NOW)
    assert store.read(waiting.waiting, one, by=OPERATOR).status == "offered"
    assert store.write(undoing.undo, "waiting", [one], by=OPERATOR, now=NOW) == ("join",)
    assert store.read(waiting.waiting, one, by=OPERATOR).status == "left"
    assert store.read(waiting.waiting, two, by=OPERATOR).status == "offered"
    with pytest.raises(ConflictError, match="undo_too_late"):
        store.write(waiting.undo, two, by=OPERATOR, now=NOW + timedelta(minutes=31))
    assert run
