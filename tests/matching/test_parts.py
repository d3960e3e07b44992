"""A market in parts: nothing is lost, doubled or out of reach, and every answer is the whole's."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.constraints import travel_violations, window
from matching.parts import Asked, Part, around, by_area, by_trade, merge, pool_part, rank_part
from matching.policy import DEFAULT_POLICY
from matching.pooling import meant, pool
from matching.types import (
    Course,
    Institution,
    Instructor,
    Market,
    Need,
    OccupationShare,
    Point,
    Qualification,
    Slot,
    Venue,
)
from matching.weekly import Calendar

TODAY = date(2026, 11, 23)
TRADES = ("6-18-01-01", "6-18-01-02", "6-31-01-03")
AREAS = ("440307001", "440307002", "440307", "440306001", "")
PLACES = (None, Point(22.60, 114.10), Point(22.62, 114.12), Point(22.80, 114.40))


def shares(codes: list[str]) -> tuple[OccupationShare, ...]:
    return tuple(OccupationShare(code, 1.0) for code in sorted(set(codes)))


@st.composite
def needs(draw: st.DrawFn) -> list[Asked]:
    """Needs of several areas and trades, some placed, some with a limit of travel."""
    found = []
    for at in range(draw(st.integers(1, 9))):
        one = Need(
            id=f"N{at:03}",
            text="",
            heads=draw(st.integers(2, 8)),
            earliest=TODAY + timedelta(days=draw(st.sampled_from((0, 10, 40)))),
            occupations=shares(draw(st.lists(st.sampled_from(TRADES), max_size=2))),
            latest=TODAY + timedelta(days=draw(st.sampled_from((50, 90)))),
            place=draw(st.sampled_from(PLACES)),
            max_travel_km=draw(st.sampled_from((None, 1.0, 15.0, 60.0))),
            can_split=draw(st.booleans()),
            enterprise=f"E{at}",
        )
        found.append(Asked(one, draw(st.sampled_from(AREAS)), ("C0", "C1", "C2", "C3")))
    return found


@st.composite
def markets(draw: st.DrawFn) -> Market:
    """Four courses at three institutions, with venues here and there and slots now and then."""
    homes = {f"T{at}": Institution(f"T{at}", f"学校{at}") for at in range(3)}
    courses = tuple(
        Course(
            id=f"C{at}",
            institution=f"T{at % 3}",
            title="课",
            occupations=shares(draw(st.lists(st.sampled_from(TRADES), min_size=1, max_size=2))),
            theory_hours=4,
            practice_hours=draw(st.sampled_from((0, 4))),
            equipment="车床",
            heads_per_station=2,
            max_heads=20,
            on_demand=True,
        )
        for at in range(4)
    )
    people = tuple(
        Instructor(
            id=f"P{at}",
            name=f"师{at}",
            institution=f"T{at % 3}",
            qualifications=(Qualification(draw(st.sampled_from(TRADES)), 1, TODAY.replace(2030)),),
        )
        for at in range(4)
    )
    venues = {
        f"V{at}": Venue(
            f"V{at}", f"基地{at}", f"T{at}", place=draw(st.sampled_from(PLACES)), shared=at == 2
        )
        for at in range(3)
    }
    days = draw(st.lists(st.integers(1, 95), min_size=1, max_size=12, unique=True))
    slots = tuple(
        Slot(f"S{at:02}", f"V{at % 3}", "车床", TODAY + timedelta(days=day), 540, 720, 6, 100)
        for at, day in enumerate(days)
    )
    return Market(courses, homes, people, venues, slots)


@settings(max_examples=40)
@given(needs(), st.integers(1, 4))
def test_shards_hold_every_need_once(asked: list[Asked], most: int) -> None:
    shards = by_area(asked, most)
    assert sorted(one.need.id for shard in shards for one in shard) == [a.need.id for a in asked]
    assert all(0 < len(shard) <= most for shard in shards)
    assert all(len({one.area[:6] for one in shard}) == 1 for shard in shards)
    assert by_area(reversed(asked), most) == shards


@settings(max_examples=40)
@given(needs(), markets(), st.integers(1, 4))
def test_all_within_travel_stays_and_answers_are_the_wholes(
    asked: list[Asked], market: Market, most: int
) -> None:
    whole = Part(market, Calendar(), TODAY)
    expected = dict(zip([a.need.id for a in asked], rank_part(whole, asked), strict=True))
    for shard in by_area(asked, most):
        part = around(whole, [one.need for one in shard], set(shard[0].courses))
        kept = {slot.id for slot in part.market.slots}
        for one in shard:
            first, last = window(one.need, TODAY, DEFAULT_POLICY)
            for slot in market.slots:
                venue = market.venues[slot.venue]
                is_near = not travel_violations(one.need, venue, DEFAULT_POLICY)
                if is_near and first <= slot.day <= last:
                    assert slot.id in kept
        for ranking in rank_part(part, shard):
            assert ranking == expected[ranking.need]


@settings(max_examples=30)
@given(needs(), markets(), st.integers(1, 5))
def test_trades_apart_make_the_pools_of_all(asked: list[Asked], market: Market, least: int) -> None:
    whole = Part(market, Calendar(), TODAY)
    groups = by_trade([one.need for one in asked], market.courses, least)
    assert sorted(n.id for group in groups for n in group) == [a.need.id for a in asked]
    found = []
    for group in groups:
        codes = {code for need in group for code in meant(need)}
        courses = {c.id for c in market.courses if codes & {s.code for s in c.occupations}}
        found.append(pool_part(around(whole, group, courses), group))
    expected = pool([one.need for one in asked], market, Calendar(), TODAY)
    assert merge(found) == expected
