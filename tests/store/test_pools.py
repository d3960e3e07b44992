"""Pooled classes on each database: found, held for all or none, shared, handed on, and told to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from matching.pooling import merged, share_allowed
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InfeasibleError, NotAllowedError, StaleEditError, TakenError
from store.models import BookingRow
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft
from store.services import (
    answers,
    classes,
    health,
    inbox,
    moving,
    pools,
    proposals,
    records,
    sharing,
    sweep,
)
from store.services.dealing import Outcome
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
TEACHER = Actor("teacher", "老师", Role.INSTITUTION, "T01")
Cluster = tuple[str, tuple[str, ...]]
WELD: Cluster = ("C054", ("N000012", "N000034", "N000050", "N000072"))
LATHE: Cluster = ("C002", ("N000016", "N000017", "N000037", "N000068"))
PLANTED = {
    "数控车": {"N000016", "N000017", "N000037", "N000068"},
    "焊": {"N000012", "N000034", "N000050", "N000072"},
    "眼镜": {"N000024", "N000043", "N000069", "N000074"},
    "质检": {"N000021", "N000038", "N000057", "N000077"},
}


@pytest.fixture(autouse=True)
def _sound(store: Store) -> Iterator[None]:
    """Whatever a test does, the store is sound after it."""
    yield
    assert store.read(health.check) == ()


def hold(store: Store, now: datetime = NOW, of: Cluster = LATHE) -> tuple[Outcome, ...]:
    choice = store.read(pools.prepare, *of, by=OPERATOR, today=DAY)
    return store.write(pools.draft, choice, by=OPERATOR, now=now)


def pool_of(store: Store, made: tuple[Outcome, ...]) -> str:
    found = store.read(inbox.proposal, made[0].code, by=OPERATOR).pool
    assert found is not None
    return found


def shared_with(store: Store, codes: list[str]) -> dict[str, set[str]]:
    """Who carries what is shared, by state."""

    def look(session: object) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for row in session.query(BookingRow).where(BookingRow.proposal.in_(codes)):  # type: ignore[attr-defined]
            if row.kind in sharing.COMMON and row.status in ("held", "booked"):
                found.setdefault(row.status, set()).add(row.proposal)
        return found

    return store.read(look)


def agree(store: Store, code: str, now: datetime = NOW) -> Outcome:
    made = None
    for answer in store.read(inbox.proposal, code, by=OPERATOR).answers:
        made = store.write(answers.accept, code, by=OPERATOR, now=now, party=answer.party)
    assert made is not None
    return made


def test_the_radar_finds_the_planted_clusters_and_none_that_cannot_be(store: Store) -> None:
    found = store.read(pools.radar, by=OPERATOR, today=DAY)
    assert found.pools
    for one in found.pools:
        assert merged(one.members, DAY) is not None
        assert share_allowed(one.members)
        assert one.bundle.course.max_heads is None or one.heads <= one.bundle.course.max_heads
        price = one.bundle.price_fen
        assert price is None or all(
            m.budget_fen is None or price <= m.budget_fen for m in one.members
        )
        assert len({member.enterprise for member in one.members}) >= 2
    for word, planted in PLANTED.items():
        assert any(planted <= {m.id for m in one.members} for one in found.pools), word


def test_a_pooled_class_is_held_for_all_and_carried_by_one(store: Store) -> None:
    made = hold(store)
    assert [one.status for one in made] == ["draft"] * 4
    codes = [one.code for one in made]
    assert shared_with(store, codes) == {"held": {codes[0]}}
    views = [store.read(inbox.proposal, code, by=OPERATOR) for code in codes]
    assert {view.pool for view in views} == {pool_of(store, made)}
    assert all(len(view.mates) == 3 for view in views)
    assert len({view.taken for view in views if not view.plan.assessment}) <= 1
    assert sum(view.heads for view in views) == 13 == views[0].plan.class_heads


def test_whoever_leaves_hands_on_what_all_share(store: Store) -> None:
    made = hold(store)
    codes = [one.code for one in made]
    before = store.read(inbox.proposal, codes[1], by=OPERATOR).taken
    store.write(proposals.withdraw, codes[0], by=OPERATOR, now=NOW)
    assert shared_with(store, codes) == {"held": {codes[1]}}
    after = store.read(inbox.proposal, codes[1], by=OPERATOR).taken
    common = {claim for claim in before if claim.kind in sharing.COMMON}
    assert {claim for claim in after if claim.kind in sharing.COMMON} == common
    for code in codes[1:]:
        store.write(proposals.withdraw, code, by=OPERATOR, now=NOW)
    assert shared_with(store, codes) == {}


def test_the_first_to_be_confirmed_carries_them_for_good_and_all_meet_in_one_class(
    store: Store,
) -> None:
    made = hold(store)
    codes = [one.code for one in made]
    sent = store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    assert {one.status for one in sent} == {"sent"}
    agree(store, codes[2])
    store.write(proposals.confirm, codes[2], by=OPERATOR, now=NOW)
    assert shared_with(store, codes) == {"booked": {codes[2]}}
    agree(store, codes[0])
    store.write(proposals.confirm, codes[0], by=OPERATOR, now=NOW)
    classes_found = store.read(classes.list_classes, by=OPERATOR)
    one = next(c for c in classes_found if {m.proposal for m in c.members} == {codes[0], codes[2]})
    assert one.heads == 3 + 3
    # the clocks of the others run out: they leave, the class stays booked
    store.write(sweep.sweep, NOW + timedelta(days=30))
    assert shared_with(store, codes)["booked"] <= {codes[0], codes[2]}
    # the carrier cancels: the other one takes over
    store.write(proposals.cancel, codes[2], reason="停产", by=OPERATOR, now=NOW)
    assert shared_with(store, codes) == {"booked": {codes[0]}}


def test_a_confirmation_taken_back_is_held_again(store: Store) -> None:
    made = hold(store)
    codes = [one.code for one in made]
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    agree(store, codes[1])
    store.write(proposals.confirm, codes[1], by=OPERATOR, now=NOW)
    store.write(answers.undo, codes[1], by=OPERATOR, now=NOW)
    assert list(shared_with(store, codes)) == ["held"]


def test_who_takes_over_holds_as_long_as_the_last_answer_may_take(store: Store) -> None:
    made = hold(store, of=WELD)
    codes = [one.code for one in made]
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)

    def until() -> datetime:
        def look(session: object) -> datetime:
            rows = session.query(BookingRow)  # type: ignore[attr-defined]
            rows = rows.filter(BookingRow.proposal.in_(codes), BookingRow.status == "held")
            found: datetime = min(row.until for row in rows if row.kind in sharing.COMMON)
            return found

        return store.read(look)

    before = until()
    for code in codes[:2]:
        store.write(proposals.withdraw, code, by=OPERATOR, now=NOW)
        assert until() == before
    last = max(a.due for a in store.read(inbox.proposal, codes[2], by=OPERATOR).answers)
    for answer in store.read(inbox.proposal, codes[2], by=OPERATOR).answers:
        if answer.due < last:
            store.write(answers.accept, codes[2], by=OPERATOR, now=NOW, party=answer.party)
    store.write(sweep.sweep, last - timedelta(minutes=1))
    assert store.read(inbox.proposal, codes[2], by=OPERATOR).status == "sent"
    assert shared_with(store, codes) == {"held": {codes[2]}}


def test_what_was_told_of_a_pooled_class_can_be_read_when_it_is_over(store: Store) -> None:
    made = hold(store)
    pool = pool_of(store, made)
    store.write(pools.withdraw, pool, by=OPERATOR, now=NOW)
    for reader in (OPERATOR, SUPERVISOR):
        assert [e.act for e in store.read(pools.history, pool, by=reader)] == ["pool"]
    for other in (COLLEAGUE, TEACHER):
        with pytest.raises(NotAllowedError):
            store.read(pools.history, pool, by=other)


def test_a_decline_of_one_leaves_the_others(store: Store) -> None:
    made = hold(store)
    codes = [one.code for one in made]
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    firm = next(
        a.party
        for a in store.read(inbox.proposal, codes[0], by=OPERATOR).answers
        if "enterprise" in a.parts
    )
    store.write(answers.decline, codes[0], reason="太贵", by=OPERATOR, now=NOW, party=firm)
    assert shared_with(store, codes) == {"held": {codes[1]}}


def test_all_or_none(store: Store) -> None:
    choice = store.read(pools.prepare, *LATHE, by=OPERATOR, today=DAY)
    other = store.read(pools.prepare, LATHE[0], LATHE[1][:2], by=OPERATOR, today=DAY)
    store.write(pools.draft, other, by=OPERATOR, now=NOW)
    before = store.read(inbox.proposals, by=OPERATOR)
    with pytest.raises((TakenError, ConflictError)):
        store.write(pools.draft, choice, by=OPERATOR, now=NOW)
    assert store.read(inbox.proposals, by=OPERATOR) == before


def test_two_desks_pool_at_once_and_a_repeat_does_nothing_twice(store: Store) -> None:
    choice = store.read(pools.prepare, *LATHE, by=OPERATOR, today=DAY)
    first = store.write(pools.draft, choice, by=OPERATOR, now=NOW, request="abc")
    again = store.write(pools.draft, choice, by=OPERATOR, now=NOW, request="abc")
    assert [one.code for one in again] == [one.code for one in first]


def test_a_need_that_changed_meanwhile_is_not_pooled(store: Store) -> None:
    choice = store.read(pools.prepare, *LATHE, by=OPERATOR, today=DAY)
    view = store.read(records.fetch, "need", "N000016", by=OPERATOR)
    changed = NeedDraft.model_validate(
        {**view.model_dump(include=set(NeedDraft.model_fields)), "heads": 2}
    )
    store.write(records.edit, "N000016", changed, version=view.version, by=OPERATOR)
    with pytest.raises(StaleEditError):
        store.write(pools.draft, choice, by=OPERATOR, now=NOW)


def test_nobody_else_may(store: Store) -> None:
    choice = store.read(pools.prepare, *LATHE, by=OPERATOR, today=DAY)
    for other in (COLLEAGUE, SUPERVISOR, TEACHER):
        with pytest.raises(NotAllowedError):
            store.write(pools.draft, choice, by=other, now=NOW)
    with pytest.raises(NotAllowedError):
        store.read(pools.radar, by=TEACHER, today=DAY)
    made = hold(store)
    with pytest.raises(NotAllowedError):
        store.write(pools.send, pool_of(store, made), by=COLLEAGUE, now=NOW)


def test_a_name_is_told_only_of_a_firm_that_agreed_and_the_telling_is_kept(store: Store) -> None:
    made = hold(store)
    pool = pool_of(store, made)
    store.write(pools.send, pool, by=OPERATOR, now=NOW)
    views = [store.read(inbox.proposal, one.code, by=OPERATOR) for one in made]
    firms = [next(a.party for a in v.answers if "enterprise" in a.parts) for v in views]
    with pytest.raises(ConflictError, match="no_consent"):
        store.write(pools.reveal, pool, firms[0], firms[1], by=OPERATOR, now=NOW)
    store.write(answers.accept, made[0].code, by=OPERATOR, now=NOW, party=firms[0])
    name = store.write(pools.reveal, pool, firms[0], firms[1], by=OPERATOR, now=NOW)
    assert name == views[0].enterprise
    kept = store.read(pools.history, pool, by=OPERATOR)
    assert [entry.act for entry in kept] == ["pool", "reveal"]
    masked = store.read(inbox.proposal, made[1].code, by=Actor("t", "t", Role.INSTITUTION, "T01"))
    assert {mate.enterprise for mate in masked.mates} == {
        records.MASKED
    }  # nothing is confirmed yet


def test_an_institution_reads_neither_names_nor_codes_of_firms_that_have_not_agreed(
    store: Store,
) -> None:
    made = hold(store, of=WELD)
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    views = [store.read(inbox.proposal, one.code, by=OPERATOR) for one in made]
    firms = {a.party for v in views for a in v.answers if "enterprise" in a.parts}
    asked = Actor("t", "t", Role.INSTITUTION, views[0].institution)
    lines = store.read(inbox.proposals, by=asked)
    assert {line.code for line in lines} >= {one.code for one in made}
    seen = repr(lines) + repr([store.read(inbox.proposal, v.code, by=asked) for v in views])
    for view in views:
        assert view.enterprise not in seen
    for firm in firms:
        assert firm not in seen


def test_dates_of_a_pooled_class_are_not_one_firms_to_change(store: Store) -> None:
    made = hold(store)
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    with pytest.raises(ConflictError, match="pooled_dates"):
        store.read(answers.replan, made[0].code, by=OPERATOR, now=NOW, heads=2)


def test_a_pooled_class_can_be_given_somebody_else_and_other_dates(store: Store) -> None:
    made = hold(store, of=WELD)
    codes = [one.code for one in made]
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    for code in codes:
        agree(store, code)
        store.write(proposals.confirm, code, by=OPERATOR, now=NOW)
    found = next(
        c for c in store.read(classes.list_classes, by=OPERATOR)
        if {m.proposal for m in c.members} == set(codes)
    )  # fmt: skip
    leaving = found.instructors[0]
    able = store.read(moving.stand_ins, found.code, leaving, by=OPERATOR, now=NOW)
    assert able
    store.write(
        moving.substitute, found.code, leaving, able[0].code, reason="病了", by=OPERATOR, now=NOW
    )
    assert len(shared_with(store, codes)["booked"]) == 1
    later = found.first_day + timedelta(days=3)
    impact = store.read(moving.impact, found.code, later, by=OPERATOR, now=NOW)
    store.write(moving.postpone, impact, reason="设备检修", by=OPERATOR, now=NOW)
    live = [c for c in codes if store.read(inbox.proposal, c, by=OPERATOR).status == "confirmed"]
    assert len(shared_with(store, live)["booked"]) == 1


def moved_while_two_are_asked(store: Store) -> tuple[str, list[str]]:
    """A pooled class put off when one firm has confirmed, one withdrew, one agreed, one is asked still."""
    made = hold(store, of=WELD)
    codes = [one.code for one in made]
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    for code in codes[1:3]:
        agree(store, code)
    store.write(proposals.confirm, codes[1], by=OPERATOR, now=NOW)
    store.write(proposals.withdraw, codes[0], by=OPERATOR, now=NOW)
    group = store.read(inbox.proposal, codes[1], by=OPERATOR).training_class
    assert group is not None
    found = store.read(classes.sheet, group, by=OPERATOR)
    later = found.first_day + timedelta(days=7)
    impact = store.read(moving.impact, group, later, by=OPERATOR, now=NOW)
    store.write(moving.postpone, impact, reason="设备检修", by=OPERATOR, now=NOW)
    return group, codes


def test_who_has_not_confirmed_is_asked_about_the_new_dates_of_the_class(store: Store) -> None:
    group, codes = moved_while_two_are_asked(store)
    sessions = store.read(classes.sheet, group, by=OPERATOR).sessions
    for code in codes[2:]:
        view = store.read(inbox.proposal, code, by=OPERATOR)
        assert (view.status, view.plan.sessions) == ("sent", sessions)
        assert "sessions" in {change.name for change in view.changes}
        assert all(a.status == "pending" for a in view.answers if "enterprise" in a.parts)
        agree(store, code)
        store.write(proposals.confirm, code, by=OPERATOR, now=NOW)
    found = store.read(classes.sheet, group, by=OPERATOR)
    assert {member.proposal for member in found.members} == set(codes[1:])
    assert shared_with(store, codes) == {"booked": {codes[1]}}


def test_what_was_out_of_play_does_not_come_into_a_class_of_other_dates(store: Store) -> None:
    group, codes = moved_while_two_are_asked(store)
    with pytest.raises(InfeasibleError):
        store.write(answers.undo, codes[0], by=OPERATOR, now=NOW)
    members = store.read(classes.sheet, group, by=OPERATOR).members
    assert {member.proposal for member in members} == {codes[1]}


def test_no_cluster_of_the_trade_has_more_heads_than_the_one_that_is_shown(store: Store) -> None:
    found = store.read(pools.radar, by=OPERATOR, today=DAY)
    best = next(one for one in found.pools if one.bundle.course.id == "C002")
    needs = [m.id for m in best.members] + [one.need.id for one in best.outsiders]
    most = 0
    for size in range(2, len(needs) + 1):
        for chosen in combinations(needs, size):
            try:
                made = store.read(pools.prepare, "C002", chosen, by=OPERATOR, today=DAY)
            except ConflictError:
                continue
            most = max(most, made.pool.heads)
    assert most == best.heads


def test_a_need_for_one_module_joins_a_class_of_another_trade_and_level(store: Store) -> None:
    course, members = LATHE
    said = {
        "enterprise": "E003",
        "text": "两个设计员要会看数控程序",
        "occupations": "2-02-07-05",
        "level": 5,
        "heads": 2,
        "earliest": DAY,
        "weekly": "Mon-Fri 18:30-21:30; Sat,Sun 08:30-17:30",
    }
    draft = NeedDraft.model_validate(said)
    asked = store.write(records.register, draft, by=OPERATOR)
    together = (course, (*members, asked.code))
    with pytest.raises(InfeasibleError):
        store.read(pools.prepare, *together, by=OPERATOR, today=DAY)
    part = NeedDraft.model_validate({**said, "only_modules": "数控编程"})
    asked = store.write(records.edit, asked.code, part, version=asked.version, by=OPERATOR)
    assert asked.only_modules == ("数控编程",)
    (found,) = [
        one
        for one in store.read(pools.radar, by=OPERATOR, today=DAY).pools
        if one.bundle.course.id == course
    ]
    assert {member.id for member in found.members} == set(together[1])
    made = hold(store, of=together)
    store.write(pools.send, pool_of(store, made), by=OPERATOR, now=NOW)
    mine = next(
        o.code for o in made if store.read(inbox.proposal, o.code, by=OPERATOR).need == asked.code
    )
    assert agree(store, mine).status == "accepted"
    assert store.write(proposals.confirm, mine, by=OPERATOR, now=NOW).status == "confirmed"
