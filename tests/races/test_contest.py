"""One seat, many desks: sold once, the others told so; and the controls in which it is sold twice."""

from __future__ import annotations

from collections import Counter

from store import Store
from tests.races import contest, world
from tests.races.contest import careless, count_then_insert, insert_only, without_guards
from tests.races.crew import Crew

_ROUNDS = 30


def test_without_lock_and_guards_the_seat_is_sold_twice(district: Store, crew: Crew) -> None:
    """The control: if this fails, the tests below may be worth nothing."""
    without_guards(district)
    found = contest.contest(crew, district, 5, count_then_insert, careless, is_forced=True)
    assert found.double >= 1


def test_the_write_lock_alone_sells_each_seat_once(small: Store, crew: Crew) -> None:
    without_guards(small)
    found = contest.contest(crew, small, 10, count_then_insert)
    assert (found.double, found.unsold, found.lock_errors) == (0, 0, 0)


def test_the_guards_alone_sell_each_seat_once(district: Store, crew: Crew) -> None:
    found = contest.contest(crew, district, 10, insert_only, careless)
    assert (found.double, found.unsold) == (0, 0)
    assert found.ends["taken"] == 10
    assert found.ends["ConflictError guard"] == 30


def test_each_seat_is_sold_once_and_every_loser_is_told(district: Store, crew: Crew) -> None:
    found = contest.contest(crew, district, _ROUNDS)
    assert (found.double, found.unsold, found.lock_errors) == (0, 0, 0)
    assert found.ends == {"taken": _ROUNDS, "TakenError taken": _ROUNDS * (crew.size - 1)}
    assert not contest.wrongs(district)


def test_desks_that_hold_the_same_run_at_once(district: Store, crew: Crew) -> None:
    choices = contest.prepared(district, "K1", ("N1", "N2", "N3", "N4"))
    ends = crew.each(contest.draft, world.location(district), choices)
    taken = sum(heads for _, heads, end in ends if end == "taken")
    assert taken <= 3
    for _, heads, end in ends:
        assert end == "taken" or (end == "TakenError taken" and heads > 3 - taken)
    assert not contest.wrongs(district)


def test_desks_that_hold_offer_and_take_back_never_meet_a_lock(district: Store, crew: Crew) -> None:
    """All of them write the same run, in whatever order each act takes its locks."""
    choices = contest.prepared(district, "K1", ("N1", "N2", "N3", "N4"))
    ends = crew.each(contest.desk, world.location(district), choices, 10)
    told = Counter(end for found in ends for end in found)
    assert set(told) <= {"sent", "taken", "TakenError taken"}, told
    assert not contest.wrongs(district)
