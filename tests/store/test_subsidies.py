"""Subsidy rules, claims, training funds and instructor rules in the store; both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import (
    ConflictError,
    DuijieError,
    InvalidError,
    NotAllowedError,
    StaleEditError,
)
from store.models import AuditRow, ClaimRow
from store.schemas.actor import Actor, Role
from store.schemas.policy import ClaimDraft, DutyDraft, FundDraft, RuleDraft, SetDraft
from store.schemas.trainee import TraineeDraft
from store.services import (
    claims,
    classes,
    faculty,
    funds,
    matchmaking,
    policies,
    subsidies,
    trainees,
)
from tests.conftest import DAY

SET = "LG-JN"
NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
BUREAU = _SUPERVISOR
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHER = "6-31-01-03"  # no class of the demo was claimed for it


def rule(**cells: str) -> RuleDraft:
    """A rule of the next edition."""
    base = {"code": "T9", "clause": "第九条", "kind": "project", "amount": "100"}
    return RuleDraft.model_validate({**base, **cells})


def asked(person: str = "H000005", **cells: str) -> ClaimDraft:
    """A claim of a firm in the district with every paper."""
    base = {
        "person": person, "enterprise": "E001", "institution": "T01", "policy": SET, "rule": "T1",
        "day": "2026-10-12", "occupation": OTHER, "level": "四级", "certificate_day": "2026-11-02",
        "papers": "certificate, roster, invoice, bank_account",
    }  # fmt: skip
    return ClaimDraft.model_validate({**base, **cells})


def test_a_set_is_drafted_checked_mended_and_published(store: Store) -> None:
    found = store.read(policies.check, SET, by=OPERATOR, today=DAY)
    assert [(one.code, one.rules) for one in found] == [("contradiction", ("T2", "T5"))]
    assert store.read(policies.check, SET, 1, by=OPERATOR, today=DAY) == ()
    with pytest.raises(ConflictError) as stopped:
        store.write(policies.publish, SET, by=BUREAU, today=DAY)
    assert (stopped.value.code, stopped.value.params["rules"]) == ("policy_stopped", "T2, T5")
    mended = rule(
        code="T2",
        clause="第四条",
        kind="assessment",
        amount="200",
        when="class.certificate = yes and not class.level in 三级,二级",
    )
    draft = store.read(policies.shown, SET, by=BUREAU)
    put = store.write(policies.put_rule, SET, mended, version=draft.version, by=BUREAU, today=DAY)
    assert store.read(policies.check, SET, by=BUREAU, today=DAY) == ()
    with pytest.raises(StaleEditError):
        store.write(policies.put_rule, SET, mended, version=draft.version, by=BUREAU, today=DAY)
    published = store.write(policies.publish, SET, version=put.version, by=BUREAU, today=DAY)
    assert (published.status, published.rules.number) == ("published", 2)
    with pytest.raises(ConflictError) as again:
        store.write(policies.publish, SET, by=BUREAU, today=DAY)
    assert again.value.code == "policy_published"
    for day, number in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 2), (date(2023, 1, 1), 0)):
        held = store.read(policies.listed, by=OPERATOR, as_of=day)
        assert [one.rules.number for one in held if one.rules.code == SET] == [number][:number]
    begun = store.write(policies.put_rule, SET, rule(), by=BUREAU, today=DAY)
    assert (begun.rules.number, begun.status) == (3, "draft")
    assert begun.rules.valid_from == date(2027, 1, 2)
    left = store.write(policies.drop_rule, SET, "T9", by=BUREAU, today=DAY)
    assert "T9" not in {one.code for one in left.rules.rules}
    with pytest.raises(NotAllowedError):
        store.write(policies.put_rule, SET, rule(), by=OPERATOR, today=DAY)
    acts = store.read(
        lambda s: s.scalars(select(AuditRow.act).where(AuditRow.kind == "policy_set")).all()
    )
    assert list(acts[-4:]) == ["edit", "publish", "edit", "edit"]


def test_no_edition_begins_under_classes_that_have_begun(store: Store) -> None:
    said = {
        "code": SET, "name": "改", "area": "440307", "source": "虚构", "valid_from": "2026-11-01",
    }  # fmt: skip
    store.write(policies.begin, SetDraft.model_validate(said), [rule()], by=BUREAU)
    with pytest.raises(ConflictError) as refused:
        store.write(policies.publish, SET, by=BUREAU, today=DAY)
    assert refused.value.code == "policy_backwards"
    with pytest.raises(InvalidError) as nowhere:
        store.write(policies.begin, SetDraft.model_validate({**said, "area": "999999"}), by=BUREAU)
    assert nowhere.value.code == "unknown_reference"
    with pytest.raises(InvalidError) as twice:
        store.write(policies.begin, SetDraft.model_validate(said), [rule(), rule()], by=BUREAU)
    assert twice.value.code == "rule_twice"


def test_what_a_need_is_given_and_what_a_head_then_costs(store: Store) -> None:
    more = {"class.occupation": "6-18-01-01"}
    found = store.read(subsidies.ask, "N000016", by=OPERATOR, as_of=DAY, more=more)
    (training,) = [one for one in found.items if one.kind == "training"]
    assert (training.standing, training.fen, training.clause) == ("allowed", 120000, "第三条")
    assert training.is_open
    bare = store.read(subsidies.ask, "N000016", by=OPERATOR, as_of=DAY)
    assert [one.missing for one in bare.items if one.kind == "training"] == [("class.occupation",)]
    had = store.read(subsidies.ask, "N000016", by=OPERATOR, as_of=DAY, person="H000009", more=more)
    caps = {cap.cap: (cap.used, cap.is_full) for one in had.items[:1] for cap in one.caps}
    assert (caps["once"], had.items[0].standing) == ((1, True), "refused")
    before = store.read(subsidies.ask, "E001", by=OPERATOR, as_of=date(2020, 1, 1))
    assert before.items == ()
    ranked = store.read(matchmaking.rank_bundles, "N000016", by=OPERATOR, today=DAY)
    nets = store.read(subsidies.nets, ranked, by=OPERATOR)
    assert len(nets) == len(ranked.ranking.bundles)
    for net, bundle in zip(nets, ranked.ranking.bundles, strict=True):
        assert net.price == bundle.price_fen
        assert net.net == (net.price or 0) - (net.subsidy or 0)
    assert nets[0].clauses == ("第三条",)
    with pytest.raises(InvalidError) as unknown:
        store.read(subsidies.ask, "E001", by=OPERATOR, as_of=DAY, more={"firm.moon": "3"})
    assert unknown.value.code == "fact_unknown"


def test_a_class_and_a_person_are_asked_about(store: Store) -> None:
    taught = store.read(classes.sheet, "B000000", by=OPERATOR)
    found = store.read(subsidies.ask, "B000000", by=OPERATOR)
    assert (found.name, found.day) == (taught.title, taught.first_day)  # the rules of its own day
    said = {name: found.facts[name] for name in ("class.heads", "class.level", "class.certificate")}
    assert said == {"class.heads": taught.heads, "class.level": 3, "class.certificate": True}
    assert "class.price" in found.facts
    (training,) = [one for one in found.items if one.kind == "training"]
    assert (training.standing, training.is_open) == ("allowed", True)
    passed = store.read(subsidies.ask, "H000001", by=OPERATOR)
    assert (passed.day, passed.facts["person.category"]) == (taught.first_day, "employed")
    assert passed.facts["firm.code"] == found.facts["firm.code"]
    (training,) = [one for one in passed.items if one.kind == "training"]
    assert (training.standing, training.is_open) == ("allowed", False)
    assert {cap.cap for cap in training.caps} > {"once"}
    draft = TraineeDraft(name="新人", category="veteran")
    new = store.write(trainees.register, draft, by=OPERATOR).code
    bare = store.read(subsidies.ask, new, by=OPERATOR)
    assert (bare.day, dict(bare.facts)) == (DAY, {"person.category": "veteran"})
    assert {one.standing for one in bare.items if one.kind == "training"} == {"unknown"}
    with pytest.raises(InvalidError) as unknown:
        store.read(subsidies.ask, "T01", by=OPERATOR)
    assert unknown.value.code == "ask_about"
    for code, actor in (("H000001", _COLLEAGUE), ("H000001", SCHOOL), ("B000000", _COLLEAGUE)):
        with pytest.raises(NotAllowedError):
            store.read(subsidies.ask, code, by=actor)


def test_a_claim_from_its_draft_to_its_payment(store: Store) -> None:
    made = store.write(claims.claim, asked(papers="roster"), by=OPERATOR)
    assert (made.amount_fen, made.status, made.submit_by) == (120000, "draft", date(2027, 11, 2))
    assert made.missing == ("certificate", "invoice", "bank_account")
    with pytest.raises(ConflictError) as lacking:
        store.write(claims.submit, made.code, by=OPERATOR, now=NOW)
    assert lacking.value.code == "claim_papers"
    papers = ["certificate", "invoice", "bank_account"]
    with pytest.raises(ConflictError) as late:
        store.write(
            claims.submit, made.code, by=OPERATOR, now=NOW + timedelta(days=400), papers=papers
        )
    assert late.value.code == "claim_late"
    handed = store.write(claims.submit, made.code, by=OPERATOR, now=NOW, papers=papers)
    assert handed.due is not None
    assert handed.due > NOW + timedelta(days=26)  # twenty working days
    for by in (OPERATOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(claims.decide, made.code, "approve", by=by, now=NOW)
    with pytest.raises(NotAllowedError):
        store.read(claims.shown, made.code, by=_COLLEAGUE)
    with pytest.raises(InvalidError) as why:
        store.write(claims.decide, made.code, "return", by=BUREAU, now=NOW)
    assert why.value.code == "claim_reason"
    store.write(claims.decide, made.code, "return", by=BUREAU, now=NOW, reason="发票不清")
    store.write(claims.submit, made.code, by=OPERATOR, now=NOW)
    store.write(claims.decide, made.code, "approve", by=BUREAU, now=NOW)
    paid = store.write(claims.decide, made.code, "pay", by=BUREAU, now=NOW)
    assert (paid.status, paid.reason, paid.due) == ("paid", "发票不清", None)
    with pytest.raises(ConflictError) as over:
        store.write(claims.withdraw, made.code, by=OPERATOR, now=NOW)
    assert over.value.code == "no_such_step"


def test_nothing_is_claimed_twice_whoever_asks(store: Store) -> None:
    first = store.write(claims.claim, asked(), by=OPERATOR)
    elsewhere = asked(enterprise="E022", institution="T03")
    with pytest.raises(ConflictError) as twice:
        store.write(claims.claim, elsewhere, by=_COLLEAGUE)
    assert twice.value.code == "claim_cap_once"
    assert "T01" not in str(twice.value.params)
    with pytest.raises(ConflictError) as lower:
        store.write(claims.claim, asked(level="五级"), by=_COLLEAGUE)
    assert lower.value.code == "claim_cap_upward"
    store.write(claims.withdraw, first.code, by=OPERATOR, now=NOW)
    store.write(claims.claim, elsewhere, by=_COLLEAGUE)
    for draft, code in (
        (asked("H000006", day="2020-01-01"), "rule_not_held"),
        (asked("H000006", rule="T3", facts="person.category=disabled"), "claim_unknown"),
        (asked("H000006", level="学徒工"), "claim_not_met"),
    ):
        with pytest.raises(ConflictError) as refused:
            store.write(claims.claim, draft, by=OPERATOR)
        assert refused.value.code == code
    with pytest.raises(InvalidError):
        store.write(claims.claim, asked("H000006", institution="E001"), by=OPERATOR)


def test_the_file_of_a_person_says_their_category(store: Store) -> None:
    more = {"class.hours": "60"}

    def living(person: str, by: Actor = OPERATOR, category: str = "") -> str:
        told = {**more, "person.category": category} if category else more
        found = store.read(subsidies.ask, "E001", by=by, as_of=DAY, person=person, more=told)
        (item,) = [one for one in found.items if one.kind == "living"]
        return item.standing

    view = store.read(trainees.shown, "H000005", by=OPERATOR)
    assert view.category == "unemployed"
    assert living("H000005") == "allowed"
    assert living("H000001") == "refused"  # employed
    assert living("H777003") == "unknown"  # no file
    assert living("H000005", _COLLEAGUE) == "unknown"  # another centre's
    assert living("H777003", category="registered_poor") == "allowed"  # as it was said
    assert living("H000005", category="on_post") == "refused"  # what is said counts
    draft = asked(
        "H000005", rule="T3", facts="class.hours=60", papers="roster, attendance, bank_account"
    )
    made = store.write(claims.claim, draft, by=OPERATOR)
    assert made.facts["person.category"] == "unemployed"
    fields = {**trainees.draft_of(view), "category": "rehabilitation"}
    said = TraineeDraft.model_validate(fields)
    changed = store.write(trainees.edit, "H000005", said, version=view.version, by=OPERATOR)
    assert changed.category == "rehabilitation"


def test_many_desks_at_once_cannot_pass_a_cap(store: Store) -> None:
    trades = ["6-18-01-01", "6-18-02-04", OTHER, "4-10-01-05", "6-18-01-02", "4-01-02-04"]
    drafts = [asked(occupation=trade) for trade in trades for _twice in range(2)]

    def one(draft: ClaimDraft) -> str:
        try:
            return store.write(claims.claim, draft, by=OPERATOR).code
        except DuijieError as error:
            return error.code

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(one, drafts))
    count = select(func.count()).where(ClaimRow.person == "H000005")
    assert store.read(lambda s: s.scalar(count)) == 3


def test_a_fund_is_seen_by_its_centre_and_the_bureau_only(store: Store) -> None:
    found = store.read(funds.look, "E001", by=OPERATOR)
    assert [(y.year, y.is_front_met) for y in found.results] == [(2024, True), (2025, False)]
    assert found.results[1].brought == found.results[0].carried == 7_400_000
    assert store.read(funds.look, "E001", by=BUREAU).results == found.results
    for by in (_COLLEAGUE, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.read(funds.look, "E001", by=by)
    with pytest.raises(NotAllowedError):
        store.write(funds.record, "E001", 2025, FundDraft(), by=_COLLEAGUE)
    assert [code for code, _name, _years in store.read(funds.firms, by=OPERATOR)] == ["E001"]
    early = store.write(funds.record, "E001", 2019, FundDraft(payroll=Decimal(10)), by=OPERATOR)
    assert early.without_rates == (2019,)
    planned = FundDraft(payroll=Decimal(10), spent=Decimal(1))
    with pytest.raises(InvalidError, match="fund_ahead"):
        store.write(funds.record, "E001", DAY.year + 1, planned, by=OPERATOR)
    store.write(funds.record, "E001", DAY.year + 1, FundDraft(payroll=Decimal(10)), by=OPERATOR)
    wrong = FundDraft(spent=Decimal(1), front=Decimal(2))
    with pytest.raises(InvalidError) as more:
        store.write(funds.record, "E001", 2026, wrong, by=OPERATOR)
    assert more.value.code == "fund_front"


def test_instructors_against_the_rules(store: Store) -> None:
    found = store.read(faculty.look, "T01", by=SCHOOL, today=DAY).faculty
    assert (found.full_time, found.total, found.is_met) == (8, 14, True)
    used = {one.code: one.used for one in found.members}
    assert (used["I004"], used["I007"], used["I001"]) == (2, 3, None)
    duty = DutyDraft(kind="shop_floor", day=DAY, days=20)
    assert store.write(faculty.log, "I003", duty, by=SCHOOL, today=DAY).shop_floor_days == 20
    with pytest.raises(InvalidError):
        store.write(faculty.log, "I003", duty, by=SCHOOL, today=DAY - timedelta(days=1))
    for code in ("T03", "T99"):
        with pytest.raises(NotAllowedError):
            store.read(faculty.look, code, by=SCHOOL, today=DAY)
