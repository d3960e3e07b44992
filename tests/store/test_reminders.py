"""What stands in the calls in time, with its day and its reason, until somebody has talked about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor
from store.services import clocks, desk, inbox, moving, sweep, taking_back, today
from store.services.reminders import Call
from tests.store.test_combining import done, of_runs, only
from tests.store.test_deals import COLLEAGUE, NOW, RUN_NEED, book, parties, send


def calls(store: Store, why: str, now: datetime = NOW, by: Actor = OPERATOR) -> dict[str, Call]:
    found = store.read(desk.queue, by=by, now=now)
    return {call.record: call for call in found if call.why == why}


def talk(store: Store, call: Call, now: datetime = NOW) -> None:
    store.write(desk.outcome, call.record, call.party, "talked", by=OPERATOR, now=now)


def test_a_class_that_begins_is_called_about_until_somebody_has_talked(store: Store) -> None:
    made = book(store, RUN_NEED)  # begins on Tuesday, asked on Saturday
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    firm, home = calls(store, "begins")[made.code], calls(store, "begins_class")
    assert (firm.heads, firm.first_day) == (found.heads, found.first_day.isoformat())
    assert firm.due == clocks.close_of(found.first_day - timedelta(days=1))
    assert home[found.training_class or ""].party == found.institution
    assert made.code not in calls(store, "begins", NOW - timedelta(days=7))
    assert calls(store, "begins", by=COLLEAGUE).keys() & {made.code} == set()
    talk(store, firm)
    assert made.code not in calls(store, "begins")
    assert {"begins_class"} <= {line.what for line in store.read(today.queue, by=OPERATOR, now=NOW)}


def test_other_dates_are_called_about_unless_they_are_taken_back(store: Store) -> None:
    made = book(store, RUN_NEED)
    group = store.read(inbox.proposal, made.code, by=OPERATOR).training_class or ""
    assert calls(store, "moved").keys().isdisjoint({made.code})
    first = store.read(inbox.proposal, made.code, by=OPERATOR).first_day
    impact = store.read(moving.impact, group, first + timedelta(days=7), by=OPERATOR, now=NOW)
    store.write(moving.postpone, impact, reason="检修", by=OPERATOR, now=NOW)
    assert made.code in calls(store, "moved")
    store.write(taking_back.undo, group, by=OPERATOR, now=NOW)
    assert made.code not in calls(store, "moved")


def test_a_firm_whose_class_was_merged_is_called_once(store: Store) -> None:
    of_runs(store)
    came = done(store, only(store))
    waits = calls(store, "moved")
    assert set(came.moved) <= waits.keys()
    assert came.kept not in waits
    talk(store, waits[came.moved[0]])
    assert came.moved[0] not in calls(store, "moved")


def test_the_last_day_to_answer_is_told_apart(store: Store) -> None:
    made = send(store, RUN_NEED)  # two working days for the institution, four for the firm
    assert made.code in calls(store, "answer")
    monday = NOW + timedelta(days=2)
    assert made.code in calls(store, "answer_last", monday)
    assert made.code in calls(store, "answer_firm", monday)
    wednesday = NOW + timedelta(days=4)
    assert made.code in calls(store, "answer_last_firm", wednesday)
    assert len(parties(store, made.code)) == 2


def test_a_need_that_ran_out_is_offered_again_for_a_fortnight(store: Store) -> None:
    later = NOW + timedelta(days=400)
    assert RUN_NEED in store.write(sweep.sweep, later).expired
    call = calls(store, "renew", later)[RUN_NEED]
    assert RUN_NEED not in calls(store, "renew", later + timedelta(days=15))
    talk(store, call, later)
    assert RUN_NEED not in calls(store, "renew", later)
