"""Courses for holders and for first certificates: what texts say, whom rules keep out, what is unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.bundles import rank
from matching.concessions import Change, Wish, concessions, smallest_changes
from matching.policy import DEFAULT_POLICY
from matching.purposes import purpose
from matching.types import Bundle, Criterion, Market, Need, Purpose, Rule
from tests.matching.test_bundles import CALENDAR, TODAY, course, market, markets, need, needs

REST = (CALENDAR, TODAY, DEFAULT_POLICY)
SAID = {
    None: (
        "数控车工",
        "电工（五级）",
        "4个护理员，晚上",
        "专利复审员",
        "renewable energy",
        "合同到期",
    ),
    Purpose.RENEWAL: ("低压电工复审班", "電工證複審", "N1换证", "N1 renewal", "焊工证快到期了"),
    Purpose.FIRST: (
        "低压电工取证班",
        "初训",
        "考新证不是复审",
        "4个水电工，没有电工上岗证",
        "first-time",
    ),
    Purpose.EITHER: ("低压电工初训/复审", "复审9人 高压电工新考2人"),
}
purposes = st.sampled_from([None, *Purpose])


@pytest.mark.parametrize(("said", "text"), [(p, t) for p, texts in SAID.items() for t in texts])
def test_what_a_text_says(said: Purpose | None, text: str) -> None:
    assert purpose(text) is said


@given(
    st.sampled_from(["低压电工", "叉车N1", "焊接与热切割", "高处作业"]),
    st.lists(st.sampled_from([("复审", Purpose.RENEWAL), ("取证", Purpose.FIRST), ("晚上", None)])),
)
def test_a_text_says_what_its_parts_say(
    trade: str, parts: list[tuple[str, Purpose | None]]
) -> None:
    said = {one for _, one in parts} - {None}
    whole = "，".join([trade, *(word for word, _ in parts)])
    assert purpose(whole) is (Purpose.EITHER if len(said) > 1 else next(iter(said), None))


@given(needs, markets(), purposes, st.lists(purposes, min_size=8, max_size=8))
@settings(max_examples=60)
def test_nobody_is_ranked_for_the_other_purpose(
    a_need: Need, a_market: Market, wanted: Purpose | None, offered: list[Purpose | None]
) -> None:
    named = zip(a_market.courses, offered * len(a_market.courses), strict=False)
    courses = tuple(replace(one, purpose=said) for one, said in named)
    a_need, a_market = replace(a_need, purpose=wanted), replace(a_market, courses=courses)
    found = rank(a_need, a_market, *REST, top=len(courses) + 1)
    barred = {
        None: {Purpose.RENEWAL},
        Purpose.FIRST: {Purpose.RENEWAL},
        Purpose.RENEWAL: {Purpose.FIRST},
        Purpose.EITHER: set(),
    }[wanted]
    assert not barred & {bundle.course.purpose for bundle in found.bundles}
    for rejection in found.rejections:
        told = {v.rule for v in rejection.violations} & {Rule.RENEWAL, Rule.FIRST_TIME}
        assert bool(told) == (rejection.course.purpose in barred)
    # the bounds of courses that do not say hold: one place is the first of all places
    assert rank(a_need, a_market, *REST, top=1).bundles == found.bundles[:1]


def _two(*said: Purpose | None) -> Market:
    courses = [course(id=f"C{at}", purpose=one) for at, one in enumerate(said, 1)]
    return market(courses=tuple(courses))


def _topic(bundle: Bundle) -> float:
    (found,) = (r for r in bundle.explanation.reasons if r.criterion is Criterion.TOPIC)
    return found.score


def test_a_course_that_says_renewal_comes_before_one_that_does_not_say() -> None:
    wanted = need(purpose=Purpose.RENEWAL)
    found = rank(wanted, _two(None, Purpose.RENEWAL), *REST).bundles
    assert [bundle.course.id for bundle in found] == ["C2", "C1"]
    reason = found[1].explanation.reasons[0]
    assert reason.evidence[-1] == "renewal"
    assert _topic(found[1]) == pytest.approx(0.75 * _topic(found[0]))


def test_where_nothing_is_said_nothing_changes() -> None:
    before = replace(DEFAULT_POLICY, asks_purpose=False)
    found = [rank(need(), _two(None, Purpose.FIRST), CALENDAR, TODAY, p) for p in (before, REST[2])]
    assert found[0].bundles == found[1].bundles


def test_policies_of_old_receipts_do_not_ask() -> None:
    old = replace(DEFAULT_POLICY, asks_purpose=False)
    assert rank(need(), _two(Purpose.RENEWAL), CALENDAR, TODAY, old).bundles


@pytest.mark.parametrize(
    ("wanted", "offered", "value"),
    [(None, Purpose.RENEWAL, "renewal"), (Purpose.RENEWAL, Purpose.FIRST, "first")],
)
def test_why_not_knows_what_would_open_it(
    wanted: Purpose | None, offered: Purpose, value: str
) -> None:
    a_need = need(purpose=wanted)
    change = Change(Wish.PURPOSE, value)
    violations, found = smallest_changes(a_need, "C1", _two(offered), *REST)
    assert [v.rule for v in violations] in ([Rule.RENEWAL], [Rule.FIRST_TIME])
    assert [one.changes for one in found] == [(change,)]
    opened = {c.changes: c.opens for c in concessions(a_need, _two(None, offered), *REST)}
    assert opened[change,] == ("C2",)


def test_people_without_the_certificate_cannot_give_that_up() -> None:
    first = need(purpose=Purpose.FIRST)
    violations, found = smallest_changes(first, "C1", _two(Purpose.RENEWAL), *REST)
    assert violations
    assert found == ()


def test_every_firm_of_a_shared_class_must_want_it() -> None:
    holders, others = need(id="N1", purpose=Purpose.RENEWAL), need(id="N2")
    both = need(id="N1+N2", members=(holders, others))
    assert not rank(both, _two(Purpose.RENEWAL), *REST).bundles
    assert not rank(both, _two(Purpose.FIRST), *REST).bundles
    assert rank(both, _two(Purpose.EITHER), *REST).bundles
