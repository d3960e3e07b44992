"""Needs that want only some modules of a course: what suits them, what keeps them out, what would help."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.bundles import rank
from matching.concessions import Wish, smallest_changes
from matching.policy import DEFAULT_POLICY
from matching.topic import same_module, topic_score, untaught
from matching.types import OccupationShare, Rule
from tests.matching.test_bundles import CALENDAR, TODAY, best, course, market, need, rules

TAUGHT = ("安全文明生产", "数控车编程", "PLC 梯形图编程")
OTHER = (OccupationShare("4-01-02-01"),)
titles = st.sampled_from([*TAUGHT, "数控编程", "梯形图", "注塑", "氩弧焊"])


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("数控编程", "数控车编程", True),
        ("plc梯形图", "PLC 梯形图编程", True),
        ("氩弧焊模块", "手工钨极氩弧焊", True),
        ("老年人照护", "老年照护", True),
        ("低压电工", "高压电工", False),
        ("短视频拍摄", "短视频剪辑", False),
        ("机床操作", "机床维护", False),
    ],
)
def test_titles_of_modules_are_read_as_people_write_them(
    one: str, other: str, is_same: bool
) -> None:
    assert same_module(one, other) is same_module(other, one) is is_same


@given(st.lists(titles, max_size=4).map(tuple), st.lists(titles, max_size=4).map(tuple))
def test_a_course_is_kept_out_for_just_the_modules_it_lacks(
    wanted: tuple[str, ...], taught: tuple[str, ...]
) -> None:
    asked, offered = need(only_modules=wanted), course(modules=taught)
    lacking = untaught(asked, offered)
    assert set(lacking) == {w for w in wanted if not any(same_module(w, t) for t in taught)}
    found = rank(asked, market(courses=(offered,)), CALENDAR, TODAY)
    assert bool(found.bundles) is (not lacking or not taught)
    warned = [v.rule for bundle in found.bundles for v in bundle.warnings]
    assert (Rule.MODULES_UNKNOWN in warned) is bool(wanted and not taught)


def test_a_part_is_found_in_a_course_of_another_trade_and_level() -> None:
    offered = market(courses=(course(modules=TAUGHT),))
    elsewhere = need(text="仓库里的事", occupations=OTHER, level=1)
    assert best(elsewhere, offered) is None
    part = need(text="仓库里的事", occupations=OTHER, level=1, only_modules=("梯形图",))
    assert best(part, offered) is not None
    certified = need(level=1, only_modules=("梯形图",), certificate=True)
    assert Rule.LEVEL in rules(certified, offered)
    assert topic_score(need(only_modules=("梯形图",)), course(modules=TAUGHT)) == topic_score(
        need(), course(modules=TAUGHT)
    )


def test_doing_without_a_module_is_the_smallest_change() -> None:
    offered = market(courses=(course(modules=TAUGHT),))
    asked = need(only_modules=("数控编程", "注塑"))
    broken, (found,) = smallest_changes(asked, "C1", offered, CALENDAR, TODAY, DEFAULT_POLICY)
    assert [(v.rule, v.evidence) for v in broken] == [(Rule.MODULES, ("注塑",))]
    assert [(c.wish, c.value) for c in found.changes] == [(Wish.MODULES, "注塑")]
