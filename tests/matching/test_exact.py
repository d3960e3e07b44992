"""The optional optimiser: as good as looking at everything, never worse than what it was given."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.exact import is_available, prove
from matching.packing import Choice, Packing, Problem, pack
from matching.relaxation import Relaxation

pytestmark = pytest.mark.skipif(
    not is_available(), reason="the extra opt (highspy) is not installed"
)

_RESOURCES = ("a", "b", "c")
Market = tuple[list[Choice], dict[str, int]]


@st.composite
def _markets(draw: st.DrawFn) -> Market:
    uses = st.dictionaries(st.sampled_from(_RESOURCES), st.integers(1, 4), max_size=3)
    choices = [
        Choice(f"{at}/{n}", f"n{at}", float(draw(st.integers(1, 40))), tuple(draw(uses).items()))
        for at in range(draw(st.integers(1, 5)))
        for n in range(draw(st.integers(1, 3)))
    ]
    return choices, {name: draw(st.integers(0, 7)) for name in _RESOURCES}


def _brute_force(choices: list[Choice], capacity: dict[str, int]) -> float:
    by_claimant: dict[str, list[Choice | None]] = {}
    for choice in choices:
        by_claimant.setdefault(choice.claimant, [None]).append(choice)
    answers = ([choice for choice in some if choice] for some in product(*by_claimant.values()))
    return max(sum(choice.value for choice in a) for a in answers if _fits(a, capacity))


def _fits(chosen: list[Choice], capacity: dict[str, int]) -> bool:
    used: dict[str, int] = {}
    for choice in chosen:
        for resource, quantity in choice.uses:
            used[resource] = used.get(resource, 0) + quantity
    return all(quantity <= capacity[resource] for resource, quantity in used.items())


def _large(seed: int, claimants: int) -> Market:
    rng = Random(seed)
    choices = []
    for n in range(claimants):
        heads = rng.randint(1, 9)
        for slot in rng.sample(range(claimants), 8):
            uses = ((f"slot{slot:03}", heads), (f"person{slot % 9}/{rng.randint(0, 99)}", 1))
            value = heads * rng.uniform(0.4, 1)
            choices.append(Choice(f"n{n:03}/{slot:03}", f"n{n:03}", value, uses))
    capacity = {f"slot{slot:03}": rng.randint(3, 12) for slot in range(claimants)}
    return choices, capacity | {f"person{p}/{t}": 1 for p in range(9) for t in range(100)}


def _check(found: Packing, start: Packing, capacity: dict[str, int]) -> None:
    assert _fits(list(found.chosen), capacity)
    claimants = [choice.claimant for choice in found.chosen]
    assert claimants == sorted(set(claimants))
    assert start.value - 1e-9 <= found.value <= found.bound <= max(start.bound, found.value)


# What knows nothing: no choice, no prices, a bound that is true and far away.
def _blank(choices: list[Choice]) -> Packing:
    return Packing((), sum(choice.value for choice in choices) + 1, {}, "heuristic")


@given(_markets())
@settings(max_examples=150)
def test_small_markets_are_solved_as_brute_force_does(market: Market) -> None:
    choices, capacity = market
    start = _blank(choices)
    found = prove(choices, capacity, start)
    _check(found, start, capacity)
    assert found.value == pytest.approx(_brute_force(choices, capacity))
    assert found.method == "optimal"


@given(_markets(), st.lists(st.floats(0, 10), min_size=3, max_size=3))
@settings(max_examples=150)
def test_the_relaxation_bounds_every_answer_whatever_the_prices(
    market: Market, prices: list[float]
) -> None:
    choices, capacity = market
    problem = Problem(choices, capacity)
    relaxed = Relaxation(dict(enumerate(problem.options)), problem.capacity, prices)
    loose = relaxed.bound
    relaxed.tighten(float("inf"))
    best = _brute_force(choices, capacity)
    assert best - 1e-9 <= relaxed.bound <= loose


@pytest.mark.parametrize("seed", range(4))
def test_the_relaxation_bounds_what_is_best_closer_than_prices_alone(seed: int) -> None:
    choices, capacity = _large(seed, 60)
    start = pack(choices, capacity)
    best = prove(choices, capacity, start)
    problem = Problem(choices, capacity)
    relaxed = Relaxation(dict(enumerate(problem.options)), problem.capacity, [0.0] * 999)
    relaxed.tighten(float("inf"))
    assert best.method == "optimal"
    assert best.value - 1e-9 <= relaxed.bound < start.bound


@pytest.mark.parametrize(("seed", "claimants"), [(0, 60), (1, 60), (2, 500)])
def test_larger_markets_come_nearer_to_their_bound(seed: int, claimants: int) -> None:
    choices, capacity = _large(seed, claimants)
    start = pack(choices, capacity)
    found = prove(choices, capacity, start, seconds=5)
    _check(found, start, capacity)
    assert found.gap < start.gap


def test_parts_that_rival_with_nobody_else_are_solved_apart() -> None:
    choices: list[Choice] = []
    capacity: dict[str, int] = {}
    for seed in range(3):
        part, limits = _large(seed, 12)
        choices += [
            replace(
                choice,
                id=f"{seed} {choice.id}",
                claimant=f"{seed} {choice.claimant}",
                uses=tuple((f"{seed} {resource}", much) for resource, much in choice.uses),
            )
            for choice in part
        ]
        capacity |= {f"{seed} {resource}": limit for resource, limit in limits.items()}
    whole = prove(choices, capacity, _blank(choices))
    apart = [
        prove(*market, _blank(market[0])) for market in (_large(seed, 12) for seed in range(3))
    ]
    assert whole.method == "optimal"
    assert whole.value == pytest.approx(sum(found.value for found in apart), rel=1e-5)


def test_without_time_the_start_is_the_answer() -> None:
    choices, capacity = _large(0, 60)
    start = pack(choices, capacity)
    found = prove(choices, capacity, start, seconds=0)
    assert (found.chosen, found.method) == (start.chosen, start.method)
    assert found.bound == pytest.approx(start.bound)


def test_what_is_proven_is_given_back() -> None:
    choices = [Choice("a/1", "a", 5.0, (("s", 2),)), Choice("b/1", "b", 9.0, (("s", 2),))]
    start = pack(choices, {"s": 2})
    assert prove(choices, {"s": 2}, start) is start
    assert prove([], {}, _blank([])).chosen == ()


def test_a_start_that_does_not_fit_is_refused() -> None:
    choices = [Choice(f"{n}/1", n, 5.0, (("s", 2),)) for n in "ab"]
    with pytest.raises(ValueError, match="more than there is"):
        prove(choices, {"s": 2}, replace(_blank(choices), chosen=tuple(choices)))
