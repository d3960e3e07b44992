"""A trouble repaired on each database: most classes kept, few told, all rules kept, in one write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import DuijieError, InvalidError, NotAllowedError, NotFoundError, StaleEditError
from store.models import RunRow
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import (
    answers,
    audit,
    classes,
    decisions,
    health,
    inbox,
    mending,
    moving,
    pools,
    proposals,
    records,
    repair,
)
from store.services.classes import TrainingClass
from store.services.repair import Remedy, Repair, Trouble
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
WELD = ("C054", ("N000012", "N000034", "N000050", "N000072"))
OPTICS = ("C082", ("N000024", "N000043", "N000069", "N000074"))
LATHE = ("C002", ("N000016", "N000017", "N000037", "N000068"))


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def book(store: Store, cluster: tuple[str, tuple[str, ...]]) -> TrainingClass:
    choice = store.read(pools.prepare, *cluster, by=OPERATOR, today=DAY)
    made = store.write(pools.draft, choice, by=OPERATOR, now=NOW)
    codes = [one.code for one in made]
    pool = store.read(inbox.proposal, codes[0], by=OPERATOR).pool
    store.write(pools.send, str(pool), by=OPERATOR, now=NOW)
    for code in codes:
        for answer in store.read(inbox.proposal, code, by=OPERATOR).answers:
            store.write(answers.accept, code, by=OPERATOR, now=NOW, party=answer.party)
        store.write(proposals.confirm, code, by=OPERATOR, now=NOW)
    found = store.read(classes.list_classes, by=OPERATOR)
    return next(c for c in found if {m.proposal for m in c.members} == set(codes))


def look(store: Store, kind: str, code: str, days: tuple[date, date]) -> Repair:
    return store.read(repair.look, Trouble(kind, code, *days), by=OPERATOR, now=NOW)


def week_of(found: TrainingClass) -> tuple[date, date]:
    return found.first_day, found.first_day + timedelta(days=6)


def sheet(store: Store, code: str) -> TrainingClass:
    return store.read(classes.sheet, code, by=OPERATOR)


def test_an_illness_is_covered_by_somebody_who_passes_every_rule(store: Store) -> None:
    welding = book(store, WELD)
    (ill,) = welding.instructors
    first, last = week_of(welding)
    found = look(store, "instructor", ill, (first, last))
    one = next(t for t in found.touched if t.code == welding.code)
    assert one.chosen.remedy is Remedy.STAND_IN
    assert one.chosen.coming != ill
    assert found.kept == sum(t.heads for t in found.touched)
    store.write(mending.apply, found, reason="发烧", by=OPERATOR, now=NOW)
    after = sheet(store, welding.code)
    for before, now in zip(welding.sessions, after.sessions, strict=True):
        assert (before.day, before.start) == (now.day, now.start)
        stands_in = first <= now.day <= last
        assert now.instructor == (one.chosen.coming if stands_in else ill)
    person = store.read(records.fetch, "instructor", ill, by=OPERATOR)
    assert (first, last) in [(b.first_day, b.last_day) for b in person.blackouts]
    assert look(store, "instructor", ill, (first, last)).touched == ()


def test_a_closed_workshop_moves_sessions_or_finds_another_plan(store: Store) -> None:
    turning = book(store, LATHE)
    assert turning.venue is not None
    practice = [s.day for s in turning.sessions if s.slot]
    days = (practice[0], practice[0] + timedelta(days=2))
    found = look(store, "venue", turning.venue, days)
    one = next(t for t in found.touched if t.code == turning.code)
    assert one.chosen.remedy in (Remedy.MOVE, Remedy.REPLAN)
    done = store.write(mending.apply, found, reason="停电检修", by=OPERATOR, now=NOW)
    assert turning.code in done.changed
    after = sheet(store, turning.code)
    slots = [s for s in after.sessions if s.slot]
    is_elsewhere = after.venue != turning.venue
    assert is_elsewhere or not any(days[0] <= s.day <= days[1] for s in slots)
    assert sum((s.end or 0) - (s.start or 0) for s in after.sessions) >= sum(
        (s.end or 0) - (s.start or 0) for s in turning.sessions
    )


def test_what_cannot_be_kept_is_called_off_and_firms_are_held_something_else(store: Store) -> None:
    optics = book(store, OPTICS)
    assert optics.venue is not None
    found = look(store, "venue", optics.venue, (DAY, DAY + timedelta(days=120)))
    one = next(t for t in found.touched if t.code == optics.code)
    assert one.chosen.remedy is Remedy.CALL_OFF
    assert {firm.enterprise for firm in one.firms} <= set(found.told)
    wanted = [firm.instead.plan for firm in one.firms if firm.instead]
    done = store.write(mending.apply, found, reason="消防整改", by=OPERATOR, now=NOW)
    assert optics.code in done.called_off
    assert sheet(store, optics.code).status == "cancelled"
    held = [store.read(inbox.proposal, code, by=OPERATOR) for code in done.held]
    assert {view.status for view in held} <= {"draft"}
    assert all(view.plan in wanted and view.plan.venue != optics.venue for view in held)


def test_two_classes_are_not_given_the_same_person_at_once(store: Store) -> None:
    book(store, WELD)
    turning = book(store, LATHE)
    days = (DAY, DAY + timedelta(days=60))
    for person in turning.instructors:
        found = look(store, "instructor", person, days)
        try:
            store.write(mending.apply, found, reason="病假", by=OPERATOR, now=NOW)
        except DuijieError as error:  # the sentence would name who is there twice
            pytest.fail(f"{error.code} {error.params}")


def test_nobody_else_may_and_nonsense_is_refused(store: Store) -> None:
    welding = book(store, WELD)
    ill, days = welding.instructors[0], week_of(welding)
    for other in (
        Actor("t", "t", Role.INSTITUTION, "T03"),
        Actor("s", "s", Role.SUPERVISOR, "BUREAU"),
    ):
        with pytest.raises(NotAllowedError):
            store.read(repair.look, Trouble("instructor", ill, *days), by=other, now=NOW)
    theirs = store.read(repair.look, Trouble("instructor", ill, *days), by=COLLEAGUE, now=NOW)
    assert theirs.touched == ()
    with pytest.raises(NotFoundError):
        look(store, "instructor", "I999", days)
    with pytest.raises(InvalidError):
        look(store, "car", ill, days)
    with pytest.raises(InvalidError):
        look(store, "instructor", ill, (days[1], days[0]))


def test_a_class_that_changed_meanwhile_stops_all_of_it(store: Store) -> None:
    welding = book(store, WELD)
    ill, days = welding.instructors[0], week_of(welding)
    found = look(store, "instructor", ill, days)
    (able, *_) = store.read(moving.stand_ins, welding.code, ill, by=OPERATOR, now=NOW)
    store.write(
        moving.substitute, welding.code, ill, able.code, reason="换人", by=OPERATOR, now=NOW
    )
    with pytest.raises(StaleEditError):
        store.write(mending.apply, found, reason="病了", by=OPERATOR, now=NOW)


def test_what_was_repaired_is_kept(store: Store) -> None:
    welding = book(store, WELD)
    ill, days = welding.instructors[0], week_of(welding)
    store.write(
        mending.apply, look(store, "instructor", ill, days), reason="流感", by=OPERATOR, now=NOW
    )
    assert "repair" in [e.act for e in store.read(audit.entries, "instructor", ill)]
    assert "repair" in [e.act for e in store.read(audit.entries, "class", welding.code)]


def on_run(store: Store, need: str, by: Actor) -> str:
    """A need's own best plan, confirmed; the code of its class."""
    choice = store.read(decisions.prepare_best, need, by=by, today=DAY)
    code = store.write(proposals.draft, choice, by=by, now=NOW).code
    store.write(proposals.send, code, by=by, now=NOW)
    for answer in store.read(inbox.proposal, code, by=by).answers:
        store.write(answers.accept, code, by=by, now=NOW, party=answer.party)
    store.write(proposals.confirm, code, by=by, now=NOW)
    return str(store.read(inbox.proposal, code, by=by).training_class)


def test_an_illness_that_lasts_longer_is_repaired_again(store: Store) -> None:
    welding = book(store, WELD)
    ill, (first, last) = welding.instructors[0], week_of(welding)
    for days in ((first, last), (first, last), (first, last + timedelta(days=14))):
        found = look(store, "instructor", ill, days)
        store.write(mending.apply, found, reason="还没好", by=OPERATOR, now=NOW)
    person = store.read(records.fetch, "instructor", ill, by=OPERATOR)
    away = [(b.first_day, b.last_day) for b in person.blackouts]
    assert (first, last + timedelta(days=14)) in away
    assert look(store, "instructor", ill, (first, last + timedelta(days=14))).touched == ()


def test_who_may_not_repair_closes_nothing_either(store: Store) -> None:
    days = (DAY + timedelta(days=100), DAY + timedelta(days=101))
    found = look(store, "venue", "V01", days)
    assert found.touched == ()
    for other in (
        Actor("t", "t", Role.INSTITUTION, "T03"),
        Actor("s", "s", Role.SUPERVISOR, "BUREAU"),
        Actor("a", "a", Role.ADMIN, "BUREAU"),
    ):
        with pytest.raises(NotAllowedError):
            store.write(mending.apply, found, reason="停电", by=other, now=NOW)


def test_runs_that_would_meet_in_a_closed_workshop_are_offered_no_more(store: Store) -> None:
    group = on_run(store, "N000001", OPERATOR)
    found = sheet(store, group)
    assert found.run is not None
    assert found.venue is not None
    repaired = look(store, "venue", found.venue, (found.first_day, found.last_day))
    done = store.write(mending.apply, repaired, reason="消防整改", by=OPERATOR, now=NOW)
    assert group in done.called_off
    assert store.read(records.fetch, "run", found.run, by=OPERATOR).status == "paused"

    def offered(session: Session) -> list[str]:
        at = select(RunRow).where(RunRow.venue == found.venue, RunRow.status == "published")
        runs = session.scalars(at).all()
        return [r.code for r in runs if found.first_day <= r.first_day <= found.last_day]

    assert store.read(offered) == []


def test_a_pooled_class_that_not_everyone_confirmed_is_repaired(store: Store) -> None:
    choice = store.read(pools.prepare, *WELD, by=OPERATOR, today=DAY)
    codes = [one.code for one in store.write(pools.draft, choice, by=OPERATOR, now=NOW)]
    pool = store.read(inbox.proposal, codes[0], by=OPERATOR).pool
    store.write(pools.send, str(pool), by=OPERATOR, now=NOW)
    for answer in store.read(inbox.proposal, codes[1], by=OPERATOR).answers:
        store.write(answers.accept, codes[1], by=OPERATOR, now=NOW, party=answer.party)
    store.write(proposals.confirm, codes[1], by=OPERATOR, now=NOW)
    view = store.read(inbox.proposal, codes[1], by=OPERATOR)
    (ill,) = view.plan.instructors
    found = look(store, "instructor", ill, (view.first_day, view.first_day + timedelta(days=6)))
    done = store.write(mending.apply, found, reason="发烧", by=OPERATOR, now=NOW)
    assert done.changed == (view.training_class,)
    assert done.called_off == (pool,)


def test_nothing_is_held_for_the_firms_of_another_centre(store: Store) -> None:
    group = on_run(store, "N000001", OPERATOR)
    own = store.read(records.fetch, "need", "N000001", by=OPERATOR)
    same = NeedDraft.model_validate(
        {**own.model_dump(include=set(NeedDraft.model_fields)), "heads": 1}
    )
    theirs = store.write(records.register, same, by=COLLEAGUE).code
    assert on_run(store, theirs, COLLEAGUE) == group
    found = sheet(store, group)
    repaired = look(store, "venue", str(found.venue), (found.first_day, found.last_day))
    one = next(t for t in repaired.touched if t.code == group)
    assert len(one.firms) == 2
    for firm in one.firms:
        is_own = store.read(inbox.proposals, by=OPERATOR, need="N000001")[0].code == firm.proposal
        assert (firm.instead is not None) == is_own
    store.write(mending.apply, repaired, reason="消防整改", by=OPERATOR, now=NOW)
    assert [
        line.status for line in store.read(inbox.proposals, by=COLLEAGUE, need=theirs)
    ] == ["cancelled"]  # fmt: skip
