"""What a firm could give up: the smallest steps, wishes only, and what each opens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings

from matching.bundles import rank
from matching.concessions import Change, Wish, concessions, smallest_changes, widest
from matching.policy import DEFAULT_POLICY
from matching.types import Institution, Market, Need, Rule
from matching.weekly import parse_weekly
from tests.matching.test_bundles import (
    CALENDAR,
    TODAY,
    course,
    instructor,
    market,
    markets,
    need,
    needs,
)

REST = (CALENDAR, TODAY, DEFAULT_POLICY)


@given(needs, markets())
@settings(max_examples=60)
def test_a_concession_opens_what_was_closed(a_need: Need, a_market: Market) -> None:
    ranking = rank(a_need, a_market, *REST, top=len(a_market.courses) + 1)
    closed = {rejection.course.id for rejection in ranking.rejections}
    found = concessions(a_need, a_market, *REST)
    for item in found:
        assert set(item.opens) <= closed
        assert item.best.course.id in item.opens
    assert [len(c.opens) for c in found] == sorted((len(c.opens) for c in found), reverse=True)


@given(needs, markets())
@settings(max_examples=60)
def test_the_smallest_changes_open_the_course(a_need: Need, a_market: Market) -> None:
    bundles = rank(a_need, a_market, *REST, top=len(a_market.courses) + 1).bundles
    ranked = {bundle.course.id for bundle in bundles}
    for offered in a_market.courses:
        violations, found = smallest_changes(a_need, offered.id, a_market, *REST)
        if offered.id in ranked:
            assert not violations
            assert not found
        assert len({len(item.changes) for item in found}) <= 1
        assert all(item.opens == (offered.id,) for item in found)


@pytest.mark.parametrize(
    ("a_need", "a_market", "changes"),
    [
        (need(certificate=True, level=4), market(), (Change(Wish.LEVEL, "3"),)),
        (need(min_practice_hours=12), market(), (Change(Wish.PRACTICE, "6"),)),
        (
            need(heads=30),
            market(courses=(course(max_heads=15),)),
            (Change(Wish.SPLIT, "2"),),
        ),
        (
            need(pattern=parse_weekly("Mon 08:00-12:00")),
            market(),
            (Change(Wish.TIMES, "Mon-Fri 18:30-21:30"),),
        ),
    ],
)
def test_the_change_that_helps(a_need: Need, a_market: Market, changes: tuple[Change, ...]) -> None:
    violations, found = smallest_changes(a_need, "C1", a_market, *REST)
    assert violations
    assert changes in [item.changes for item in found]


def test_standing_and_qualification_are_never_given_up() -> None:
    suspended = {"T1": Institution("T1", "技校", status="suspended")}
    unqualified = (instructor(qualifications=()),)
    for a_market, rule in (
        (market(institutions=suspended), Rule.INSTITUTION_STATUS),
        (market(instructors=unqualified), Rule.QUALIFICATION),
    ):
        violations, found = smallest_changes(need(), "C1", a_market, *REST)
        assert rule in {violation.rule for violation in violations}
        assert found == ()


def test_the_widest_need_takes_every_last_step() -> None:
    wide = widest(need(min_practice_hours=40), TODAY)
    assert wide.latest == TODAY + timedelta(days=30 + 56)
    assert wide.pattern == parse_weekly("Mon-Sun all day")
    assert (wide.max_travel_km, wide.level, wide.min_practice_hours) == (35, None, None)
    assert wide.heads == 2
