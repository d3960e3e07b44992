"""Self-study hours: filed apart, told with a bundle, counted where a rule asks; never planned."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.models import CourseRow
from store.schemas.policy import RuleDraft
from store.schemas.records import CourseDraft
from store.services import filing, matchmaking, offers, policies, records, subsidies
from store.services.kinds import kind_named
from tests.conftest import DAY
from tui import compare_text, render

NEED, COURSE = "N000024", "C002"


def say(store: Store, code: str, hours: int | None) -> None:
    def put(session: Any) -> None:
        session.get_one(CourseRow, code).self_study_hours = hours

    store.write(put)


def test_hours_are_filed_written_out_and_read_in(store: Store) -> None:
    draft = CourseDraft(
        institution="T02",
        title="物业管理师（五级）",
        theory_hours=40,
        practice_hours=0,
        self_study_hours=16,
    )
    view = store.write(records.register, draft, by=OPERATOR)
    assert filing.named_cells(kind_named("course"), view)["self_study_hours"] == "16"
    report = store.write(
        filing.import_rows,
        "course",
        ["编码", "机构", "课程名称", "业余自学"],
        [(2, (view.code, "T02", "物业管理师（五级）", "24学时"))],
        by=OPERATOR,
    )
    assert report.changed == (view.code,)
    found = store.read(records.fetch, "course", view.code, by=OPERATOR)
    assert (found.self_study_hours, found.theory_hours) == (24, 40)
    with pytest.raises(ValidationError):
        CourseDraft(institution="T02", title="班", self_study_hours=-1)


def test_nothing_is_planned_for_them_and_they_are_told(stocked: Store) -> None:
    before = stocked.read(matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY).ranking
    first = before.bundles[0]
    assert not render.self_study(first.course)
    say(stocked, first.course.id, 30)
    after = stocked.read(matchmaking.rank_bundles, NEED, by=OPERATOR, today=DAY).ranking
    same = after.bundles[0]
    assert (same.course.id, same.score, same.sessions) == (
        first.course.id, first.score, first.sessions,
    )  # fmt: skip
    assert "30 class hours of self-study" in render.self_study(same.course)
    rows = {row.name: row for row in compare_text.rows(after.bundles[:2], 4)}
    assert rows["self_study"].cells == ("30", "–")
    assert "self_study" not in {r.name for r in compare_text.rows(before.bundles[:2], 4)}


def test_a_scheme_counts_them_only_where_it_asks_for_the_whole(store: Store) -> None:
    (course,) = store.read(offers.courses, [COURSE])
    taught = Decimal((course.theory_hours or 0) + (course.practice_hours or 0))
    say(store, COURSE, 14)
    facts = store.read(subsidies.course_facts, COURSE)
    assert (facts["class.hours"], facts["class.whole_hours"]) == (taught, taught + 14)
    assert facts["class.self_study_hours"] == 14
    say(store, COURSE, None)
    facts = store.read(subsidies.course_facts, COURSE)
    assert facts["class.whole_hours"] == taught
    assert "class.self_study_hours" not in facts


def test_a_rule_may_ask_for_hours_with_self_study(store: Store) -> None:
    rule = RuleDraft.model_validate(
        {"code": "T9", "clause": "第九条", "kind": "project", "amount": "100",
         "when": "class.whole_hours >= 100 and class.self_study_hours <= 20"}
    )  # fmt: skip
    draft = store.read(policies.shown, "LG-JN", by=_SUPERVISOR)
    put = store.write(
        policies.put_rule, "LG-JN", rule, version=draft.version, by=_SUPERVISOR, today=DAY
    )
    assert "T9" in {one.code for one in put.rules.rules}
