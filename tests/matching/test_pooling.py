"""Pools beside brute force on small markets: no larger cluster is overlooked, none shown that cannot be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.policy import DEFAULT_POLICY
from matching.pooling import (
    DEFAULT_POOLING,
    Pool,
    PoolingPolicy,
    cluster,
    fitted,
    merged,
    pool,
    share_allowed,
)
from matching.recheck import plan_violations
from matching.types import (
    Course,
    Institution,
    Instructor,
    Market,
    Mode,
    Need,
    OccupationShare,
    Point,
    Qualification,
    Severity,
    Slot,
    Venue,
)
from matching.weekly import Calendar, parse_weekly

TODAY = date(2026, 11, 23)
TRADE, OTHER = "6-18-01-01", "2-02-07-05"
MODULES = ("安全文明生产", "数控车编程", "零件检测")
WANTED = (("数控编程",), ("数控编程模块", "零件检测"), ("注塑成型",))
EVENINGS, WEEKENDS = parse_weekly("Mon-Fri 18:30-21:30"), parse_weekly("Sat,Sun 08:30-17:30")
EITHER = parse_weekly("Mon-Fri 18:30-21:30; Sat,Sun 08:30-17:30")
PLACES = (Point(22.60, 114.10), Point(22.62, 114.12), Point(22.80, 114.40))


def need(id: str, **fields: object) -> Need:
    values = {
        "heads": 3,
        "earliest": TODAY,
        "occupations": (OccupationShare(TRADE),),
        "level": 3,
        "enterprise": f"E{id}",
        **fields,
    }
    return Need(id, "数控车工", **values)  # type: ignore[arg-type]


def course(**fields: object) -> Course:
    values = {
        "occupations": (OccupationShare(TRADE),),
        "level": 3,
        "theory_hours": 8,
        "practice_hours": 8,
        "price_fen": 1_000_000,
        "price_per_class": True,
        "min_heads": 8,
        "max_heads": 12,
        "mode": Mode.CENTRE,
        "equipment": "LATHE",
        "heads_per_station": 2,
        "modules": MODULES,
        **fields,
    }
    return Course("C1", "数控车工（四级）", "T1", **values)  # type: ignore[arg-type]


def market(*courses: Course) -> Market:
    days = [TODAY + timedelta(days=d) for d in range(2, 30)]
    slots = []
    for venue, place in (("V1", 0), ("V2", 2)):
        for day in days:
            windows = ((1110, 1290),) if day.weekday() < 5 else ((510, 690), (840, 1020))
            slots += [
                Slot(f"S{venue}{day}{start}", venue, "LATHE", day, start, end, 6 + place)
                for start, end in windows
            ]
    return Market(
        courses=courses or (course(),),
        institutions={"T1": Institution("T1", "校", place=PLACES[0])},
        instructors=(
            Instructor("I1", "王", "T1", qualifications=(Qualification(TRADE, 4),)),
        ),
        venues={
            "V1": Venue("V1", "一号", "T1", PLACES[0]),
            "V2": Venue("V2", "二号", "T1", PLACES[2]),
        },
        slots=tuple(slots),
    )  # fmt: skip


@st.composite
def _needs(draw: st.DrawFn) -> list[Need]:
    count = draw(st.integers(2, 6))
    found = []
    for number in range(count):
        heads = draw(st.integers(1, 6))
        found.append(
            need(
                f"N{number}",
                heads=heads,
                enterprise=f"E{draw(st.integers(0, count))}",
                pattern=draw(st.sampled_from([None, EVENINGS, WEEKENDS, EITHER])),
                earliest=TODAY + timedelta(days=draw(st.integers(0, 12))),
                latest=draw(st.sampled_from([None, TODAY + timedelta(days=14)])),
                place=draw(st.sampled_from([None, *PLACES])),
                max_travel_km=draw(st.sampled_from([None, 5.0, 60.0])),
                budget_fen=draw(st.sampled_from([None, 90_000, 140_000, 400_000])),
                level=draw(st.sampled_from([None, 3, 3, 2])),
                apart_from=draw(st.sampled_from([(), (), ("E0",)])),
                occupations=(OccupationShare(draw(st.sampled_from([TRADE, TRADE, OTHER]))),),
                only_modules=draw(st.sampled_from([(), (), *WANTED])),
            )
        )
    return found


def _check(found: Pool, whole: Market) -> None:
    assert share_allowed(found.members)
    course = found.bundle.course
    assert found.heads <= (course.max_heads or found.heads)
    for member in found.members:
        asked = replace(member, heads=found.heads)
        broken = plan_violations(
            asked, found.bundle, whole.slots_by_id, Calendar(), TODAY, DEFAULT_POLICY
        )
        assert [v for v in broken if v.severity is Severity.BLOCK] == []
        price = found.bundle.price_fen
        assert member.budget_fen is None or price is None or price <= member.budget_fen


@given(_needs())
@settings(max_examples=60)
def test_brute_force_finds_no_larger_cluster(needs: list[Need]) -> None:
    whole = market()
    found = pool(needs, whole, Calendar(), TODAY)
    most = 0
    for size in range(2, len(needs) + 1):
        for chosen in combinations(needs, size):
            made = cluster(chosen, "C1", whole, Calendar(), TODAY)
            if made is not None:
                _check(made, whole)
                most = max(most, made.heads)
    assert max((one.heads for one in found), default=0) == most
    for one in found:
        _check(one, whole)
        assert one.is_exact


@given(_needs(), st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_needs_does_not_matter(needs: list[Need], shuffler: object) -> None:
    before = pool(needs, market(), Calendar(), TODAY)
    shuffled = list(needs)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]
    assert pool(shuffled, market(), Calendar(), TODAY) == before


@given(_needs())
@settings(max_examples=30)
def test_grown_clusters_say_so_and_are_feasible(needs: list[Need]) -> None:
    whole = market()
    small = replace(DEFAULT_POOLING, exact_needs=1)
    for one in pool(needs, whole, Calendar(), TODAY, pooling=small):
        _check(one, whole)
        assert not one.is_exact


def test_three_small_firms_fill_a_class_and_pay_less_the_more_they_are() -> None:
    needs = [need("A", budget_fen=130_000), need("B"), need("C", heads=4)]
    (found,) = pool(needs, market(), Calendar(), TODAY)
    assert [member.id for member in found.members] == ["A", "B", "C"]
    assert (found.heads, found.missing) == (10, 0)
    assert [(s.heads, s.price_fen) for s in found.steps] == [
        (8, 125_000),
        (10, 100_000),
        (11, 90_910),
        (12, 83_334),
    ]


def test_who_would_tip_it_and_what_they_would_give_up() -> None:
    needs = [
        need("A", pattern=EVENINGS),
        need("B", pattern=EVENINGS, heads=2),
        need("C", pattern=WEEKENDS, heads=2),
        need("D", pattern=WEEKENDS, heads=1, level=2),
        need("E", heads=3, budget_fen=1),
    ]
    found = pool(needs, market(), Calendar(), TODAY)
    best = next(one for one in found if {m.id for m in one.members} == {"A", "B"})
    assert best.missing == 3
    barriers = {one.need.id: [v.rule.value for v in one.violations] for one in best.outsiders}
    assert barriers == {"C": ["pattern"], "E": ["budget"], "D": ["pattern", "level"]}
    assert best.tipping[0] == ("E",)


def test_nobody_tips_a_class_in_which_they_could_not_sit() -> None:
    few = [need("A", heads=1), need("B", heads=1)]
    nearly_all = need("C", heads=8, level=2)
    (found,) = pool([*few, nearly_all], market(), Calendar(), TODAY)
    assert found.missing == 6
    assert found.tipping == ()
    rivals = [need("C", level=2, apart_from=("ED",)), need("D", level=2)]
    (found,) = pool([*few, *rivals], market(), Calendar(), TODAY)[-1:]
    assert found.tipping == ()
    pair = [need("C", heads=7, level=2), need("D", heads=7, level=2)]
    (found,) = [p for p in pool([*few, *pair], market(), Calendar(), TODAY) if p.missing]
    assert found.tipping == ()


def test_rivals_are_kept_apart_and_one_firm_may_not_be_nearly_all_of_a_class() -> None:
    needs = [need("A", apart_from=("EB",)), need("B"), need("C")]
    found = pool(needs, market(), Calendar(), TODAY)
    assert all({"A", "B"} - {m.id for m in one.members} for one in found)
    assert pool([need("A", heads=8), need("B", heads=1)], market(), Calendar(), TODAY) == ()
    wide = PoolingPolicy(most_share=1.0)
    assert pool([need("A", heads=8), need("B", heads=1)], market(), Calendar(), TODAY, pooling=wide)


def test_a_need_that_may_be_split_brings_what_there_is_room_for() -> None:
    large = need("A", heads=10, can_split=True, min_group=4)
    members = fitted([large, need("B"), need("C", heads=4)], 12)
    assert members is not None
    assert [member.heads for member in members] == [5, 3, 4]
    assert fitted([large, need("B", heads=9)], 12) is None
    (found,) = pool([large, need("B"), need("C", heads=4)], market(), Calendar(), TODAY)
    assert found.heads == 12


@st.composite
def _splitting(draw: st.DrawFn) -> list[Need]:
    count = draw(st.integers(2, 4))
    found = []
    for number in range(count):
        heads = draw(st.integers(1, 9))
        least = draw(st.sampled_from([None, 2, 3]))
        found.append(
            need(
                f"N{number}",
                heads=heads,
                enterprise=f"E{draw(st.integers(0, count))}",
                can_split=draw(st.booleans()),
                min_group=None if least is None else min(least, heads),
            )
        )
    return found


def _as_split(members: list[Need]) -> list[tuple[Need, ...]]:
    """The members in every way in which those that may be split can be."""
    heads = [
        range(m.min_group or 1, m.heads + 1) if m.can_split else (m.heads,) for m in members
    ]  # fmt: skip
    return [
        tuple(replace(m, heads=n) for m, n in zip(members, brought, strict=True))
        for brought in product(*heads)
    ]


@given(_splitting(), st.sampled_from([None, 6, 8, 10, 12]))
@settings(max_examples=300)
def test_no_other_split_brings_more_heads(needs: list[Need], most: int | None) -> None:
    allowed = [
        sum(m.heads for m in members)
        for members in _as_split(needs)
        if share_allowed(members) and (most is None or sum(m.heads for m in members) <= most)
    ]
    found = fitted(needs, most)
    is_allowed = found is not None and share_allowed(found)
    assert is_allowed == bool(allowed)
    if found is not None and is_allowed:
        assert sum(m.heads for m in found) == max(allowed)
        assert found in _as_split(needs)


def test_two_large_needs_share_a_class_rather_than_leave_it_half_empty() -> None:
    large = [need(id, heads=20, can_split=True) for id in "AB"]
    (found,) = pool(large, market(), Calendar(), TODAY)
    assert found.heads == 12


def test_needs_without_a_common_day_or_hour_are_not_merged() -> None:
    assert merged([need("A", pattern=EVENINGS), need("B", pattern=WEEKENDS)], TODAY) is None
    late = need("B", earliest=TODAY + timedelta(days=30))
    assert merged([need("A", latest=TODAY + timedelta(days=20)), late], TODAY) is None


def test_modules_bring_trades_and_levels_together_that_a_whole_course_would_not() -> None:
    whole = [need("A", heads=4), need("B", heads=3)]
    designers = {"occupations": (OccupationShare(OTHER),), "level": None, "text": "产品设计"}
    other_trade = replace(need("C", heads=2), **designers)  # type: ignore[arg-type]
    other_level = need("D", heads=2, level=1)
    assert _members(pool([*whole, other_trade, other_level], market(), Calendar(), TODAY)) == {
        "A",
        "B",
    }
    part = {"only_modules": ("数控编程",)}
    asked = [*whole, replace(other_trade, **part), replace(other_level, **part)]  # type: ignore[arg-type]
    (found,) = pool(asked, market(), Calendar(), TODAY)
    assert _members((found,)) == {"A", "B", "C", "D"}
    _check(found, market())
    silent = market(course(modules=()))  # what is not filed brings nobody of another trade
    assert _members(pool(asked, silent, Calendar(), TODAY)) == {"A", "B"}
    tested = [replace(one, certificate=True) for one in asked]  # a certificate is of the level
    assert "D" not in _members(pool(tested, market(), Calendar(), TODAY))


def _members(found: tuple[Pool, ...]) -> set[str]:
    return {member.id for one in found for member in one.members}


@pytest.mark.parametrize("mode", [Mode.FIRM])
def test_a_course_at_the_firm_is_not_pooled(mode: Mode) -> None:
    whole = market(course(mode=mode, equipment=None))
    assert pool([need("A"), need("B"), need("C")], whole, Calendar(), TODAY) == ()
