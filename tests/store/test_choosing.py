"""Why not, receipts that replay, and a centre's own weights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matching.policy import DEFAULT_POLICY, Policy
from matching.types import Criterion, Rule
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseView
from store.services import audit, decisions, filing_calendar, matchmaking, profiles, records
from store.services.kinds import kind_named
from tests.conftest import DAY

STRANGER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
SUPERVISOR = Actor("supervisor", "督导", Role.SUPERVISOR, "C-LG")
NEED = "N000017"


def ranked(store: Store, **more: object) -> list[str]:
    found = store.read(matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY, **more)  # type: ignore[arg-type]
    return [bundle.course.id for bundle in found.ranking.bundles]


def decide(store: Store, course: str, by: Actor = OPERATOR, **more: str) -> decisions.Decision:
    return store.write(decisions.decide, NEED, course, by=by, today=DAY, **more)  # type: ignore[arg-type]


def test_a_receipt_replays_exactly_and_says_what_changed(store: Store) -> None:
    first, second, *_ = ranked(store)
    made = decide(store, first)
    again = store.read(decisions.replay, made.code, by=OPERATOR)
    assert again.is_same
    assert again.changes == ()
    assert [seen.course for seen in again.now] == ranked(store)
    view: CourseView = store.read(records.fetch, "course", second, by=OPERATOR)
    fields = {name: getattr(view, name) for name in kind_named("course").draft.model_fields}
    dearer = kind_named("course").draft(**{**fields, "price": 9999})
    store.write(records.edit, second, dearer, version=view.version, by=OPERATOR)
    again = store.read(decisions.replay, made.code, by=OPERATOR)
    assert not again.is_same
    assert (f"course {second}", "changed") in again.changes
    assert [seen.course for seen in again.decision.seen] == [first, second, *_]


def test_a_change_elsewhere_leaves_the_ranking_as_it_was(store: Store) -> None:
    made = decide(store, ranked(store)[0])
    store.write(profiles.save, "价格优先", {"price": 60.0}, by=OPERATOR)
    assert store.read(decisions.replay, made.code, by=OPERATOR).is_same


def test_the_filing_calendar_says_what_is_stale_and_receipts_keep_the_days(store: Store) -> None:
    def points(policy: Policy = DEFAULT_POLICY) -> tuple[str, list[float]]:
        found = store.read(
            matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY, policy=policy
        ).ranking
        at = list(Criterion).index(Criterion.FRESHNESS)
        return found.weights_version, [b.explanation.reasons[at].score for b in found.bundles]

    version, before = points()
    assert version == DEFAULT_POLICY.version
    made = decide(store, ranked(store)[0])
    shorter = {f"{kind}.fresh": "1" for kind in DEFAULT_POLICY.part_days}
    shorter |= {f"{kind}.stale": "2" for kind in DEFAULT_POLICY.part_days}
    store.write(filing_calendar.set_calendar, shorter, by=SUPERVISOR)
    store.write(filing_calendar.set_calendar, {"course.fresh": "80"}, by=SUPERVISOR)
    version, after = points()
    assert version == ("2026-11.3 (course 80/365, instructor 1/2, run 1/2, slot 1/2, venue 1/2)")
    assert sum(after) < sum(before)
    assert store.read(filing_calendar.in_force).part_days["slot"] == (1, 2)
    unaged = replace(DEFAULT_POLICY, part_days={})  # as before parts were looked at
    assert dict(store.read(filing_calendar.in_force, unaged).part_days) == {}
    again = store.read(decisions.replay, made.code, by=OPERATOR)
    assert (again.is_same, again.changes) == (True, ())
    newer = decide(store, ranked(store)[0])
    assert newer.policy == version
    store.write(filing_calendar.set_calendar, {"slot.stale": "9"}, by=SUPERVISOR)
    assert store.read(decisions.replay, newer.code, by=OPERATOR).is_same


def test_a_choice_below_the_first_needs_a_reason_and_must_have_been_seen(store: Store) -> None:
    second = ranked(store)[1]
    with pytest.raises(InvalidError):
        decide(store, second)
    made = decide(store, second, reason="企业指定")
    assert made.reason == "企业指定"
    with pytest.raises(ConflictError):
        decide(store, "C150")
    (entry,) = store.read(audit.entries, "decision", made.code)
    assert (entry.act, entry.login) == ("decide", "wangfang")


def test_rights_of_receipts(store: Store) -> None:
    first = ranked(store)[0]
    made = decide(store, first)
    assert store.read(decisions.decisions, NEED, by=STRANGER) == ()
    assert len(store.read(decisions.decisions, NEED, by=SUPERVISOR)) == 1
    for by in (STRANGER, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.read(decisions.replay, made.code, by=by)
        with pytest.raises(NotAllowedError):
            decide(store, first, by=by)
    with pytest.raises(NotFoundError):
        store.read(decisions.replay, "D999999", by=OPERATOR)


def test_weights_move_the_order_and_are_kept_by_name(store: Store) -> None:
    before = ranked(store)
    saved = store.write(profiles.save, "价格优先", {"price": 90.0, "topic": 5.0}, by=OPERATOR)
    assert (saved.version, round(sum(saved.weights.values()), 6)) == (1, 1.0)
    policy = store.read(profiles.policy, "价格优先", by=OPERATOR)
    assert policy.version == "C-BL/价格优先 v1"
    assert ranked(store, policy=policy) != before
    assert store.write(profiles.save, "价格优先", {"price": 50.0}, by=OPERATOR).version == 2
    found = store.read(matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY, policy=policy)
    assert found.ranking.weights_version == "C-BL/价格优先 v1"
    entries = store.read(audit.entries, "profile", "价格优先")
    assert [entry.act for entry in entries] == ["save", "save"]
    store.write(profiles.drop, "价格优先", by=OPERATOR)
    with pytest.raises(NotFoundError):
        store.read(profiles.policy, "价格优先", by=OPERATOR)


def test_a_decision_made_with_a_profile_outlives_it(store: Store) -> None:
    store.write(profiles.save, "近", {"travel": 80.0}, by=OPERATOR)
    policy = store.read(profiles.policy, "近", by=OPERATOR)
    first = ranked(store, policy=policy)[0]
    made = store.write(decisions.decide, NEED, first, by=OPERATOR, today=DAY, policy=policy)
    store.write(profiles.drop, "近", by=OPERATOR)
    again = store.read(decisions.replay, made.code, by=OPERATOR)
    assert (again.is_same, again.decision.policy) == (True, "C-BL/近 v1")


def test_one_centre_does_not_see_or_change_anothers_weights(store: Store) -> None:
    store.write(profiles.save, "价格优先", {"price": 60.0}, by=OPERATOR)
    assert "先看价格" not in {p.name for p in store.read(profiles.profiles, by=STRANGER)}
    with pytest.raises(NotFoundError):
        store.read(profiles.policy, "价格优先", by=STRANGER)
    with pytest.raises(NotFoundError):
        store.write(profiles.drop, "价格优先", by=STRANGER)
    for service in (profiles.profiles,):
        with pytest.raises(NotAllowedError):
            store.read(service, by=SCHOOL)
    for act in (
        lambda: store.write(profiles.save, "x", {"price": 60.0}, by=SUPERVISOR),
        lambda: store.write(profiles.drop, "价格优先", by=SUPERVISOR),
        lambda: store.write(profiles.drop, "价格优先", by=SCHOOL),
    ):
        with pytest.raises(NotAllowedError):
            act()
    with pytest.raises(InvalidError):
        store.write(profiles.save, "内置", {"price": 60.0}, by=OPERATOR)


@pytest.mark.parametrize(
    "weights",
    [{"beauty": 5.0}, {"price": -1.0}, dict.fromkeys(map(str, Criterion), 0.0)],
)
def test_wrong_weights_are_refused(store: Store, weights: dict[str, float]) -> None:
    with pytest.raises(InvalidError):
        store.write(profiles.save, "x", weights, by=OPERATOR)


def test_why_not_names_what_stands_in_the_way_and_what_would_remove_it(store: Store) -> None:
    found = store.read(matchmaking.why_not, "N000014", by=OPERATOR, today=DAY)
    assert found.concessions
    for item in found.concessions:
        (change,) = item.changes
        one = store.read(
            matchmaking.why_not, "N000014", item.best.course.id, by=OPERATOR, today=DAY
        )
        assert one.violations
        assert change.wish in {c.wish for other in one.concessions for c in other.changes}
    other = store.read(matchmaking.why_not, "N000014", "C001", by=OPERATOR, today=DAY)
    assert [violation.rule for violation in other.violations] == [Rule.TOPIC]
    with pytest.raises(NotFoundError):
        store.read(matchmaking.why_not, "N000014", "C999", by=OPERATOR, today=DAY)
    with pytest.raises(NotAllowedError):
        store.read(matchmaking.why_not, "N000014", by=SCHOOL, today=DAY)


def test_a_guest_of_a_suspended_institution_is_told_of(stocked: Store) -> None:
    _, ways = stocked.read(matchmaking.alternatives, "N000034", "C054", by=OPERATOR, today=DAY)
    told = {(v.subject, *v.evidence) for w in ways for v in w.warnings if v.rule is Rule.GUEST_HOME}
    assert told == {("I072", "T10", "suspended")}


def test_texts_of_the_store_say_whom_courses_are_for(stocked: Store) -> None:
    def found(need: str) -> tuple[str, set[str]]:
        ranking = stocked.read(
            matchmaking.rank_bundles, need, by=OPERATOR, today=DAY, top=50
        ).ranking
        kept_out = {Rule.RENEWAL: set[str](), Rule.FIRST_TIME: set[str]()}
        for rejection in ranking.rejections:
            for one in rejection.violations:
                if one.rule in kept_out:
                    kept_out[one.rule].add(rejection.course.id)
        assert not (kept_out[Rule.RENEWAL] and kept_out[Rule.FIRST_TIME])
        return ranking.bundles[0].course.id, set().union(*kept_out.values())

    best, ruled_out = found("N000026")  # 柴车司机复审
    assert best == "C069"
    assert "C067" in ruled_out
    best, ruled_out = found("N000079")  # 叉车N1
    assert best != "C069"
    assert ruled_out == {"C069"}
