"""Opinions, formulas, published scores and the standing of institutions; on both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from matching.types import Bar, Rule
from seed.demo import OPERATOR
from store import Store
from store.errors import DuijieError
from store.models import OrganisationRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import (
    classes,
    decisions,
    draws,
    formulas,
    matchmaking,
    offers,
    opinions,
    proposals,
    records,
    scores,
    scoring,
    standing,
)
from store.services.formulas import BUILT_IN, PARTS, Formula
from store.services.opinions import Opinion
from store.services.scores import Score
from store.services.scoring import Indicator
from store.services.standing import ADMISSION_ITEMS, Admission
from tests.conftest import DAY
from tests.store.test_supervision import NOW, OVER, SUPERVISOR, acting, refused
from tui.evaluation_text import score_lines

QUARTER = date(2026, 2, 15)  # the one after that in which the class of the demo ended
ENDED = date(2025, 12, 31)
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")


def opinion(
    rater: str, marks: int, day: date = date(2026, 2, 20), group: str = "trainee"
) -> Opinion:
    """The same mark for every question of a group."""
    return Opinion(OVER, group, rater, day, dict.fromkeys(opinions.QUESTIONS[group], marks))


def rate(store: Store) -> None:
    """Six opinions of three groups; one of them is said twice in the quarter, the latest counts."""
    sheet = store.read(classes.sheet, OVER, by=SYSTEM)
    firm = store.read(
        lambda s: s.scalar(text("SELECT enterprise FROM proposal WHERE code = 'P000000'"))
    )
    said = [
        opinion("H000001", 1, date(2026, 2, 1)),
        opinion("H000001", 5),
        opinion("H000002", 3),
        opinion("H000003", 4),
        opinion("H000004", 4),
        opinion(sheet.instructors[0], 5, group="instructor"),
        opinion(str(firm), 4, group="enterprise"),
    ]
    store.write(opinions.add_many, said, by=OPERATOR, now=NOW)


def clear(store: Store) -> None:
    """A store without opinions and scores of the demo's own."""

    def run(session: Session) -> None:
        session.execute(text("DELETE FROM opinion"))

    store.write(run)


def test_who_may_rate_what_and_when(store: Store) -> None:
    add: Any = acting(store, opinions.add, by=OPERATOR, now=NOW)
    refused("opinion_rater", lambda: add(opinion("H000009", 4)))
    refused("opinion_rater", lambda: add(opinion("E001", 4, group="instructor")))
    refused("opinion_day", lambda: add(opinion("H000001", 4, date(2025, 1, 1))))
    refused("opinion_day", lambda: add(opinion("H000001", 4, DAY + timedelta(days=1))))
    refused("opinion_marks", lambda: add(opinion("H000001", 6)))
    refused("field_unknown", lambda: add(Opinion(OVER, "press", "x", ENDED, {})))
    refused("not_found", lambda: add(Opinion("B9", "trainee", "x", ENDED, {})))
    add(opinion("C-BL", 4, group="agency"))
    told = store.read(opinions.listed, OVER, by=OPERATOR)
    assert ("agency", "C-BL") in [(one.group, one.rater) for one in told]
    school = Actor("z", "赵毅", Role.INSTITUTION, "T11")
    refused(
        "not_allowed", lambda: store.read(opinions.listed, OVER, by=school)
    )  # raters stay unknown
    before = store.read(opinions.latest, date.min, date.max)
    both = [opinion("H000001", 4), opinion("H000009", 4)]
    refused("opinion_rater", lambda: store.write(opinions.add_many, both, by=OPERATOR, now=NOW))
    assert store.read(opinions.latest, date.min, date.max) == before  # all or none


def test_a_published_score_is_what_one_reckons_by_hand_and_stays(store: Store) -> None:
    clear(store)
    rate(store)
    home = store.read(classes.sheet, OVER, by=SYSTEM).institution
    hidden = store.read(scores.board, "institution", of=QUARTER, by=OPERATOR, today=DAY)
    assert home not in [
        one.code for one in hidden if one.published is None
    ]  # previews are the bureau's
    preview = store.read(scores.board, "institution", of=QUARTER, by=SUPERVISOR, today=DAY)
    publish: Any = acting(store, scores.publish, now=NOW)
    refused("score_early", lambda: publish(of=DAY, by=SUPERVISOR))
    refused("not_allowed", lambda: publish(of=QUARTER, by=OPERATOR))
    made = {(one.kind, one.code): one for one in publish(of=QUARTER, by=SUPERVISOR)}
    mine = made["institution", home]
    assert mine.score == next(one.score for one in preview if one.code == home)
    outcome = has_too_few(store, mine)
    assert mine.count == 6
    row = store.read(records.fetch, "institution", home, by=SYSTEM)
    assert (row.evaluation, row.evaluation_count) == (mine.score, 6)  # what matching reads
    assert {kind for kind, _ in made} == {"institution", "course", "instructor"}
    refused("score_published", lambda: publish(of=QUARTER, by=SUPERVISOR))
    changes = {"outcome": 20, "process": 30, "satisfaction": 50, "min_count": 1}
    change: Any = acting(store, formulas.change, by=SUPERVISOR, now=NOW)
    refused("formula_past", lambda: change(changes, QUARTER, "旧季度"))
    refused("formula_sum", lambda: change({"outcome": 60}, DAY, "试"))
    refused("formula_reason", lambda: change(changes, DAY, " "))
    refused("rule_range", lambda: change({"min_count": 0}, DAY, "试"))
    refused("field_unknown", lambda: change({"luck": 1}, DAY, "试"))
    made_formula = change(changes, DAY, "提高满意度权重")
    assert made_formula.version == 2
    assert store.read(formulas.formula, QUARTER) == BUILT_IN
    assert store.read(formulas.formula, DAY).weights["satisfaction"] == 50
    kept = store.read(scores.board, "institution", of=QUARTER, by=OPERATOR, today=DAY)
    assert [one.score for one in kept if one.code == home] == [mine.score]
    for statement in ("UPDATE published_score SET score = 1", "DELETE FROM score_formula"):
        with pytest.raises(DuijieError):
            store.write(partial(_execute, statement))
    later = datetime(2027, 1, 10, 1, tzinfo=UTC)
    again = store.write(scores.publish, of=date(2026, 12, 1), by=SUPERVISOR, now=later)
    now = next(one for one in again if (one.kind, one.code) == ("institution", home))
    assert now.formula == 2
    assert now.parts["outcome"] == pytest.approx(outcome)  # its formula takes so few
    kept = store.read(scores.board, "institution", of=QUARTER, by=OPERATOR, today=DAY)
    assert [one.indicators for one in kept if one.code == home] == [mine.indicators]
    assert now.trend == pytest.approx((now.score or 0) - (mine.score or 0), abs=0.05)
    told = store.read(scores.history, "institution", home, by=COLLEAGUE)
    assert [one.period for one in told] == [date(2026, 10, 1), date(2026, 1, 1), date(2025, 10, 1)]
    teacher = Actor("z", "别家", Role.INSTITUTION, "T09")
    assert store.read(scores.board, "course", by=teacher, today=DAY)
    people = store.read(scores.board, "instructor", by=teacher, today=DAY)
    assert all(
        one.code not in store.read(classes.sheet, OVER, by=SYSTEM).instructors for one in people
    )


def _execute(statement: str, session: Session) -> None:
    session.execute(text(statement))


def has_too_few(store: Store, mine: Score) -> float:
    """A score in which results do not count, as too few people sat and were asked; what they would be."""
    by_tables, outcome, few = by_hand(store, mine.code)
    assert few < BUILT_IN.min_count
    assert mine.score == pytest.approx(by_tables, abs=0.05)
    assert mine.parts["outcome"] is None
    told = [one for one in mine.indicators if one.name in PARTS["outcome"]]
    assert [(one.count > 0, one.is_counted) for one in told] == [(True, False)] * 2
    assert sum("not counted" in line for line in score_lines(mine, BUILT_IN)) == len(told)
    return outcome


def by_hand(store: Store, home: str) -> tuple[float, float, int]:
    """The institution's score from the tables, step by step, with nothing of the services' arithmetic.

    And what its results would be, had they not been too few, and how many people sat.
    """

    def rows(statement: str) -> list[Any]:

        def run(session: Session) -> list[Any]:
            return list(session.execute(text(statement), {"home": home}).all())

        return store.read(run)

    of_home = "JOIN training_class c ON c.code = e.training_class WHERE c.institution = :home"
    passed = rows(
        "SELECT e.id, max(CASE WHEN r.outcome = 'passed' THEN 1 ELSE 0 END) FROM assessment_result r "
        f"JOIN enrolment e ON e.id = r.enrolment {of_home} AND c.code = 'B000000' "
        "AND r.outcome <> 'absent' AND r.voided IS NULL AND r.day <= '2026-03-31' GROUP BY e.id"
    )
    pass_rate = 100 * sum(one[1] for one in passed) / len(passed)
    plan = json.loads(rows("SELECT plan FROM training_class WHERE code = 'B000000'")[0][0])
    hours = {}
    for one in plan["sessions"]:
        hours[str(one["day"])[:10], one["start"]] = (one["end"] - one["start"]) // 45
    attended = marked = 0
    for day, start, mark in rows(
        f"SELECT a.day, a.start, a.mark FROM attendance a JOIN enrolment e ON e.id = a.enrolment {of_home}"
    ):
        worth = hours[str(day)[:10], start]
        marked += worth
        attended += {"present": worth, "late": max(0, worth - 1)}.get(mark, 0)
    penalties = {"minor": 10, "major": 30, "grave": 100}
    visits: dict[str, int] = {}
    for code, severity in rows(
        "SELECT v.code, f.severity FROM visit v LEFT JOIN visit_finding f ON f.visit = v.code "
        "WHERE v.training_class = 'B000000' AND v.status = 'closed'"
    ):
        visits[code] = max(0, visits.get(code, 100) - penalties.get(severity, 0))
    found = sum(visits.values()) / len(visits)
    process = (40 * 100 * attended / marked + 20 * found + 10 * 100 + 10 * 100) / (
        40 + 20 + 10 + 10
    )
    trainee = (100 + 50 + 75 + 75) / 4
    satisfaction = (40 * trainee + 10 * 100 + 40 * 75) / 90
    score = float(30 * process + 20 * satisfaction) / 50
    return score, (60 * pass_rate + 40 * 100) / 100, len(passed)


def test_too_few_opinions_make_no_score(stocked: Store) -> None:
    clear(stocked)
    said = [opinion(f"H00000{at}", 5) for at in range(1, 5)]
    stocked.write(opinions.add_many, said, by=OPERATOR, now=NOW)
    home = stocked.read(classes.sheet, OVER, by=SYSTEM).institution
    before = stocked.read(records.fetch, "institution", home, by=SYSTEM)
    made = stocked.write(scores.publish, of=QUARTER, by=SUPERVISOR, now=NOW)
    mine = next(one for one in made if (one.kind, one.code) == ("institution", home))
    assert (mine.score, mine.count) == (None, 4)
    assert mine.parts["process"] is not None
    after = stocked.read(records.fetch, "institution", home, by=SYSTEM)
    assert before.evaluation is not None
    assert (after.evaluation, after.evaluation_count) == (
        None,
        4,
    )  # what was published before is over


_VALUES = st.one_of(st.none(), st.floats(0, 100))


@settings(max_examples=50)
@given(st.lists(_VALUES, min_size=11, max_size=11), st.integers(0, 9))
def test_a_score_lies_between_its_indicators(values: list[float | None], count: int) -> None:
    names = [name for some in PARTS.values() for name in some]
    given_ = [
        Indicator(name, value, 0 if value is None else count)
        for name, value in zip(names, values, strict=True)
    ]
    made = scoring.compose(Formula(min_count=1), given_)
    known = [one.value for one in given_ if one.value is not None]
    opinions_said = sum(one.count for one in given_ if one.name in PARTS["satisfaction"])
    if made.score is None:
        assert opinions_said < 1 or not known
    else:
        assert min(known) - 0.06 <= made.score <= max(known) + 0.06
        better = [
            Indicator(one.name, None if one.value is None else 100.0, one.count) for one in given_
        ]
        assert scoring.compose(Formula(min_count=1), better).score == 100.0


def test_the_window_is_five_years_and_begins_anywhere(stocked: Store) -> None:
    found = scores.window(BUILT_IN, date(2025, 10, 1), DAY)
    assert (found.first, found.last) == (date(2021, 1, 1), ENDED)
    leap = scores.window(Formula(years=1), date(2024, 1, 1), date(2024, 2, 29))
    assert leap.first == date(2023, 3, 1)
    assert stocked.read(draws.coverage, of=DAY, by=OPERATOR).wanted >= 1


def applicant(store: Store) -> str:
    """An institution of the demo as one that has applied."""

    def run(session: Session) -> None:
        session.get_one(OrganisationRow, "T06").status = "applied"

    store.write(run)
    return "T06"


def test_an_institution_is_let_in_by_a_checklist_and_a_number(store: Store) -> None:
    code = applicant(store)
    admit: Any = acting(store, standing.admit, code, by=SUPERVISOR, now=NOW)
    until = DAY + timedelta(days=400)
    whole = Admission("粤深人社培〔2026〕07号（虚构）", ("6-18",), until, ADMISSION_ITEMS)
    refused("admission_items", lambda: admit(Admission("1", (), until, ADMISSION_ITEMS[1:])))
    refused("admission_number", lambda: admit(Admission(" ", (), until, ADMISSION_ITEMS)))
    refused("standing_until", lambda: admit(Admission("1", (), date(2026, 1, 1), ADMISSION_ITEMS)))
    refused("not_found", lambda: admit(Admission("1", ("99-9",), until, ADMISSION_ITEMS)))
    refused("not_allowed", lambda: store.write(standing.admit, code, whole, by=OPERATOR, now=NOW))
    found = admit(whole)
    assert (found.status, found.qualified_to, found.scope) == ("active", until, ("6-18",))
    assert (found.entries[0].entry, found.entries[0].number) == ("admission", whole.number)
    gone = store.write(standing.leave, code, "停办", by=SUPERVISOR, now=NOW)
    assert gone.status == "exited"
    refused("standing_state", lambda: admit(whole))
    own = Actor("z", "本校", Role.INSTITUTION, code)
    assert store.read(standing.file, code, by=own, today=DAY).entries[0].entry == "exit"
    refused("not_allowed", lambda: store.read(standing.file, "T01", by=own, today=DAY))
    assert len(store.read(standing.files, by=own, today=DAY)) == 1
    assert len(store.read(standing.files, by=OPERATOR, today=DAY)) > 5


def best(store: Store, need: str = "N000024") -> tuple[str, str]:
    """Course and institution of a need's best bundle."""
    bundles = store.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY).ranking.bundles
    return (bundles[0].course.id, bundles[0].institution.id) if bundles else ("", "")


def rules_of(store: Store, course: str, need: str = "N000024") -> set[str]:
    """The rules that keep a course from a need."""
    found = store.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY).ranking
    return {
        one.rule for each in found.rejections if each.course.id == course for one in each.violations
    }


def test_a_sanction_gates_new_bookings_by_the_days_of_the_class(store: Store) -> None:
    course, home = best(store)
    impose: Any = acting(store, standing.sanction, home, by=SUPERVISOR, now=NOW)
    refused("sanction_days", lambda: impose("suspended", (DAY - timedelta(days=1), None), "x"))
    refused("field_unknown", lambda: impose("banned", (DAY, None), "x"))
    refused("standing_reason", lambda: impose("suspended", (DAY, None), " "))
    met = store.read(standing.impact, home, DAY, None, by=SUPERVISOR, today=DAY)
    assert set(met.running) | set(met.coming) == expected_classes(store, home)
    impose("notice", (DAY, None), "公示通报（虚构）")
    assert best(store) == (course, home)  # a notice warns and hides nobody
    bundle = store.read(
        matchmaking.rank_bundles, "N000024", by=OPERATOR, today=DAY
    ).ranking.bundles[0]
    assert Rule.INSTITUTION_NOTICE in {one.rule for one in bundle.warnings}
    draft = prepared(store, course)
    past = impose("suspended", (DAY + timedelta(days=900), DAY + timedelta(days=930)), "以后的事")
    assert best(store)[1] == home  # days of a class that are not met
    assert past.barred_by == ("notice",)
    found = impose("delisted", (DAY, None), "虚假培训（虚构）")
    assert set(found.barred_by) == {"notice", "delisted"}
    assert best(store)[1] != home
    assert Rule.INSTITUTION_SANCTION in rules_of(store, course)
    held = refused("infeasible", lambda: store.write(proposals.draft, draft, by=OPERATOR, now=NOW))
    assert "institution_sanction" in str([one.rule for one in held.violations])  # type: ignore[attr-defined]
    entry = found.entries[0].id
    lifted = store.write(standing.lift, entry, "整改合格", by=SUPERVISOR, now=NOW)
    assert lifted.barred_by == ("notice",)
    refused("sanction_over", lambda: store.write(standing.lift, entry, "x", by=SUPERVISOR, now=NOW))
    assert best(store) == (course, home)
    store.write(standing.reward, home, "区级示范机构（虚构）", by=SUPERVISOR, now=NOW)
    file = store.read(standing.file, home, by=OPERATOR, today=DAY)
    assert [one.entry for one in file.entries[:2]] == ["reward", "sanction"]


def expected_classes(store: Store, home: str) -> set[str]:
    """Classes of an institution that are not over."""
    return {
        one.code
        for one in store.read(classes.list_classes, by=SUPERVISOR)
        if one.institution == home
        and one.status not in ("closed", "cancelled")
        and one.last_day >= DAY
    }


def prepared(store: Store, course: str) -> Any:
    """A choice that is made ready for a proposal."""
    return store.read(
        decisions.prepare, "N000024", course, by=OPERATOR, today=DAY, top=20, reason="试"
    )


def test_after_an_inspection_has_expired_nothing_new_is_booked(stocked: Store) -> None:
    course, home = best(stocked)
    enter: Any = acting(stocked, standing.inspect, home, by=SUPERVISOR, now=NOW)
    refused("standing_until", lambda: enter("passed", None, "x"))
    refused("field_unknown", lambda: enter("fine", DAY + timedelta(days=300), "x"))
    enter("passed", DAY + timedelta(days=700), "年检合格（虚构）")
    assert best(stocked) == (course, home)
    found = enter("failed", None, "年检不合格（虚构）")
    assert found.inspected_to == DAY
    assert best(stocked)[1] != home
    assert Rule.INSPECTION in rules_of(stocked, course)
    enter("conditional", DAY + timedelta(days=700), "整改后复检")
    assert best(stocked) == (course, home)
    known = stocked.read(offers.institutions, [home])[home]
    assert known.inspected_to == DAY + timedelta(days=700)


_SPAN = st.tuples(st.integers(0, 40), st.integers(0, 20))


@settings(max_examples=40)
@given(_SPAN, st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 20))))
def test_a_bar_meets_what_has_a_day_in_it(
    span: tuple[int, int], barred: tuple[int, int | None]
) -> None:
    first, last = DAY + timedelta(span[0]), DAY + timedelta(span[0] + span[1])
    begin = DAY + timedelta(barred[0])
    end = None if barred[1] is None else begin + timedelta(barred[1])
    bar = Bar("suspended", begin, end)
    days = [first + timedelta(at) for at in range(span[1] + 1)]
    inside = [begin <= day and (end is None or day <= end) for day in days]
    assert bar.meets(first, last) == any(inside)
    assert bar.covers(first, last) == all(inside)
