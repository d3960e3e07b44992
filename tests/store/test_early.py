"""Needs before they are asked for, on each database: what speaks for them, never twice, what stays said."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from matching.purposes import purpose
from matching.types import Purpose
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, RefusedFileError
from store.models import AuditRow, NeedRow, ResultRow
from store.schemas.actor import Actor, Role
from store.schemas.early import PlanDraft, SuggestionView
from store.schemas.records import NeedDraft
from store.services import (
    causes,
    clocks,
    covered,
    early,
    early_rules,
    listed,
    plan_rows,
    records,
    reference,
    sweep,
    training_plans,
)
from store.services.causes import Worker
from store.services.early_rules import EarlyRules
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def found(store: Store, by: Actor = OPERATOR, status: str | None = None) -> list[SuggestionView]:
    return list(store.read(early.listed, status, by=by))


def by_cause(store: Store, cause: str) -> SuggestionView:
    return next(one for one in found(store) if one.cause == cause and one.status == "suggested")


def test_every_cause_is_found_with_the_records_behind_it(store: Store) -> None:
    kinds = {one.cause for one in found(store)}
    assert kinds == {"certificate", "apprenticeship", "plan", "coverage"}
    ends = by_cause(store, "certificate")
    query = "SELECT e.trainee, r.valid_to FROM assessment_result r JOIN enrolment e ON e.id = r.enrolment"
    rows = store.read(lambda s: s.execute(text(f"{query} WHERE r.valid_to IS NOT NULL")).all())
    assert set(ends.facts) == {f"{person} {until}" for person, until in rows}
    assert ends.due == min(date.fromisoformat(str(until)) for _, until in rows)
    assert (ends.heads, ends.certificate) == (2, True)
    plan = by_cause(store, "plan")
    line = next(
        one
        for one in store.read(training_plans.listed, by=OPERATOR)
        if plan.facts == (f"{one.code} {one.heads}",)
    )
    assert (plan.enterprise, plan.heads, plan.earliest) == (
        line.enterprise, line.heads, date(line.year, 3 * line.quarter - 2, 1),
    )  # fmt: skip
    assert all(one.due <= DAY + timedelta(days=90) for one in found(store))
    assert plan.until > datetime.combine(DAY, datetime.min.time(), reference.CHINA)


def test_a_second_look_suggests_nothing_twice_nor_beside_an_open_need(store: Store) -> None:
    before = found(store)
    again = store.write(early.run, by=OPERATOR, today=DAY)
    assert (again.made, again.renewed, again.lapsed) == ((), (), ())
    assert found(store) == before
    asked = {
        (firm, trade)
        for firm, trade in store.read(
            lambda s: s.execute(
                text(
                    "SELECT n.enterprise, o.code FROM need n JOIN need_occupation o ON o.need = n.code"
                    " WHERE o.position = 0 AND n.status IN ('draft', 'open', 'matched', 'confirmed')"
                )
            ).all()
        )
    }
    assert not asked & {(one.enterprise, one.occupation) for one in before}
    planned = {
        (one.enterprise, one.occupation) for one in store.read(training_plans.listed, by=OPERATOR)
    }
    assert asked & planned  # what the firm asks for already was planned, too, and is not suggested


def test_a_certificate_that_runs_out_becomes_a_need_for_its_renewal(store: Store) -> None:
    ends = by_cause(store, "certificate")
    ((_, need),) = store.write(early.accept, [ends.code], by=OPERATOR, today=DAY).needs
    text = store.read(records.fetch, "need", need, by=OPERATOR).text
    assert purpose(text) is Purpose.RENEWAL


def test_accepting_many_makes_needs_and_what_was_asked_meanwhile_is_told(store: Store) -> None:
    plan, ends = by_cause(store, "plan"), by_cause(store, "certificate")
    done = store.write(early.accept, [plan.code], by=OPERATOR, today=DAY)
    ((code, need),) = done.needs
    made = store.read(records.fetch, "need", need, by=OPERATOR)
    assert (made.source, made.type, made.heads, made.enterprise) == (
        "提前", plan.type, plan.heads, plan.enterprise,
    )  # fmt: skip
    assert [one.code for one in made.occupations] == [plan.occupation]
    assert store.read(early.listed, "accepted", by=OPERATOR)[0].need == need
    with pytest.raises(ConflictError):
        store.write(early.accept, [code], by=OPERATOR, today=DAY)
    values = {name: getattr(made, name) for name in NeedDraft.model_fields}
    same = {
        **values, "enterprise": ends.enterprise, "text": "复训", "source": None,
        "occupations": f"{ends.occupation}", "level": ends.level,
    }  # fmt: skip
    other = store.write(records.register, NeedDraft.model_validate(same), by=OTHER)
    late = store.write(early.accept, [ends.code], by=OPERATOR, today=DAY)
    assert (late.needs, late.covered) == ((), ((ends.code, other.code),))
    assert store.write(early.run, by=OPERATOR, today=DAY).made == ()
    acts = store.read(
        lambda s: s.scalars(select(AuditRow.act).where(AuditRow.kind == "suggestion")).all()
    )
    assert acts[-2:] == ["accept", "lapse"]


def test_what_was_dismissed_comes_back_only_with_other_facts(store: Store) -> None:
    ends = by_cause(store, "certificate")
    with pytest.raises(InvalidError):
        store.write(early.dismiss, [ends.code], reason=" ", by=OPERATOR)
    store.write(early.dismiss, [ends.code], reason="两人都要离职", by=OPERATOR)
    assert store.write(early.run, by=OPERATOR, today=DAY).made == ()

    def renew_one(session: object) -> None:
        row = session.scalars(  # type: ignore[attr-defined]
            select(ResultRow).where(ResultRow.valid_to.is_not(None)).order_by(ResultRow.valid_to)
        ).first()
        row.valid_to = DAY + timedelta(days=800)

    store.write(renew_one)
    (code,) = store.write(early.run, by=OPERATOR, today=DAY).made
    again = next(one for one in found(store) if one.code == code)
    assert (again.heads, again.cause) == (1, "certificate")
    assert set(again.facts) < set(ends.facts)


def test_facts_that_go_take_their_suggestion_along_and_new_ones_renew_it(store: Store) -> None:
    plan = by_cause(store, "plan")
    line = plan.facts[0].split()[0]
    store.write(training_plans.withdraw, line, by=OPERATOR)
    assert store.write(early.run, by=OPERATOR, today=DAY).lapsed == (plan.code,)
    rest = by_cause(store, "coverage")
    later = rest.due + timedelta(days=1)
    looked = store.write(early.run, by=OPERATOR, today=later)
    assert rest.code not in (*looked.made, *looked.lapsed)  # the same people are short still
    with pytest.raises(ConflictError):
        store.write(early.accept, [plan.code], by=OPERATOR, today=DAY)


def test_the_sweep_looks_once_a_day_at_every_centre(store: Store) -> None:
    line = PlanDraft(enterprise="E010", year=2027, quarter=1, occupation="6-31-07-02", heads=3)
    store.write(training_plans.add, [line], by=OTHER)
    now = clocks.close_of(DAY + timedelta(days=1))
    assert store.read(early.is_due, clocks.day_of(now))
    assert store.write(sweep.sweep, now).suggested == 1
    assert [one.enterprise for one in found(store, OTHER)] == ["E010"]
    assert not store.read(early.is_due, clocks.day_of(now))
    assert store.write(sweep.sweep, now).suggested == 0


def test_rules_are_data_and_a_supervisors(store: Store) -> None:
    for by in (OPERATOR, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(early_rules.set_rules, {"plan": 0}, by=by)
    for wrong in ({"plan": 2}, {"ahead_days": 0}, {"colour": 1}):
        with pytest.raises(InvalidError):
            store.write(early_rules.set_rules, wrong, by=SUPERVISOR)
    store.write(early_rules.set_rules, {"plan": 0, "coverage": 0}, by=SUPERVISOR)
    gone = store.write(early.run, by=OPERATOR, today=DAY).lapsed
    assert {one.cause for one in found(store) if one.code in gone} == {"plan", "coverage"}


def test_coverage_counts_people_and_those_of_key_trades_twice(store: Store) -> None:
    told = store.read(covered.coverage, "E023", by=OPERATOR, today=DAY)
    rows = store.read(
        lambda s: s.execute(
            text("SELECT count(*) FROM trainee WHERE employer = 'E023' AND owner = 'C-BL'")
        ).scalar()
    )
    assert told.files == sum(one.people for one in told.trades) == rows
    key = store.read(listed.short, DAY)[1]
    assert all(one.needed == (2 if one.occupation in key else 1) for one in told.trades)
    assert store.read(covered.coverage, "E023", by=OTHER, today=DAY).files == 0
    assert store.read(covered.coverage, "E023", by=SUPERVISOR, today=DAY) == told


def test_plans_come_in_by_tables_all_or_none(store: Store) -> None:
    heads = ("企业", "年份", "季度", "职业", "级别", "人数", "项目类型", "月数")
    right = ["锐坪精密", "2027", "Q2", "电工", "四级", "6", "学徒制", "12"]
    wrong = ["不存在的厂", "2027", "5", "电工", "", "六", "学徒制", ""]
    with pytest.raises(RefusedFileError) as refused:
        store.write(plan_rows.take, heads, [(2, right), (3, wrong)], by=OPERATOR)
    assert {(p.row, p.column) for p in refused.value.problems} == {  # type: ignore[attr-defined]
        (3, "enterprise"), (3, "quarter"), (3, "heads"),
    }  # fmt: skip
    (made,) = store.write(plan_rows.take, heads, [(2, right)], by=OPERATOR)
    assert (made.enterprise, made.quarter, made.programme, made.months) == (
        "E001", 2, "apprenticeship", 12,
    )  # fmt: skip
    with pytest.raises(RefusedFileError):
        store.write(plan_rows.take, heads, [(2, right)], by=OPERATOR)
    with pytest.raises(InvalidError):
        store.write(plan_rows.take, ("企业", "颜色"), [], by=OPERATOR)
    assert made.code not in {one.code for one in store.read(training_plans.listed, by=OTHER)}


def test_a_plan_may_be_for_a_group_of_people(store: Store) -> None:
    head = ["企业", "年份", "季度", "职业", "人数", "人群"]
    rows = [
        (2, ["E001", "2027", "2", "6-18-01-01", "3", "农村劳动力"]),
        (3, ["E001", "2027", "2", "6-18-01-01", "4", ""]),
    ]
    made = store.write(plan_rows.take, head, rows, by=OPERATOR)
    assert [(one.category, one.heads) for one in made] == [("rural", 3), (None, 4)]
    assert "rural" in {
        one.category for one in store.read(training_plans.listed, "E001", 2027, by=OPERATOR)
    }


def test_nothing_of_it_is_seen_by_another_centre(store: Store) -> None:
    assert found(store, OTHER) == []
    assert {one.code for one in found(store, SUPERVISOR)} == {one.code for one in found(store)}
    code = found(store)[0].code
    for by in (OTHER, SCHOOL, SUPERVISOR):
        with pytest.raises(NotAllowedError):
            store.write(early.dismiss, [code], reason="不要", by=by)
    count = store.read(lambda s: len(s.scalars(select(NeedRow.code)).all()))
    assert store.rehearse(
        early.accept, [by_cause(store, "plan").code], by=OPERATOR, today=DAY
    ).needs
    assert store.read(lambda s: len(s.scalars(select(NeedRow.code)).all())) == count


@settings(max_examples=40)
@given(st.lists(st.dates(date(2020, 1, 1), DAY), max_size=5), st.integers(1, 4))
def test_more_courses_never_make_anybody_short_sooner(days: list[date], needed: int) -> None:
    rules = EarlyRules()
    one = Worker("H1", "E1", None, tuple(days))
    due = causes.short_from(one, needed, rules, DAY)
    more = causes.short_from(Worker("H1", "E1", None, (*days, DAY)), needed, rules, DAY)
    fewer = causes.short_from(one, needed + 1, rules, DAY)
    assert fewer <= due <= more
    assert due >= DAY
