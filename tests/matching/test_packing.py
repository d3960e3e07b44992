"""Rival claims: nothing over capacity, nothing better overlooked where all of it can be looked at."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.packing import Choice, Packing, first_come, pack

_RESOURCES = ("a", "b", "c")


@st.composite
def _markets(draw: st.DrawFn) -> tuple[list[Choice], dict[str, int]]:
    claimants = draw(st.integers(1, 5))
    choices = []
    for claimant in range(claimants):
        for number in range(draw(st.integers(1, 3))):
            uses = draw(st.dictionaries(st.sampled_from(_RESOURCES), st.integers(1, 4), max_size=3))
            value = draw(st.integers(1, 40))
            choices.append(
                Choice(f"{claimant}/{number}", f"n{claimant}", float(value), tuple(uses.items()))
            )
    capacity = {name: draw(st.integers(0, 7)) for name in _RESOURCES}
    return choices, capacity


def _brute_force(choices: list[Choice], capacity: dict[str, int]) -> float:
    by_claimant: dict[str, list[Choice | None]] = {}
    for choice in choices:
        by_claimant.setdefault(choice.claimant, [None]).append(choice)
    return max(
        sum(choice.value for choice in answer if choice)
        for answer in product(*by_claimant.values())
        if _fits([choice for choice in answer if choice], capacity)
    )


def _fits(chosen: list[Choice], capacity: dict[str, int]) -> bool:
    used: dict[str, int] = {}
    for choice in chosen:
        for resource, quantity in choice.uses:
            used[resource] = used.get(resource, 0) + quantity
    return all(quantity <= capacity[resource] for resource, quantity in used.items())


def _check(found: Packing, capacity: dict[str, int]) -> None:
    assert _fits(list(found.chosen), capacity)
    claimants = [choice.claimant for choice in found.chosen]
    assert claimants == sorted(set(claimants))
    assert found.bound >= found.value - 1e-6


@given(_markets())
@settings(max_examples=300)
def test_small_markets_are_solved_as_brute_force_does(
    market: tuple[list[Choice], dict[str, int]],
) -> None:
    choices, capacity = market
    found = pack(choices, capacity)
    _check(found, capacity)
    assert found.value == pytest.approx(_brute_force(choices, capacity))
    assert found.method == "optimal"


@given(_markets(), st.randoms(use_true_random=False))
@settings(max_examples=100)
def test_the_order_of_the_input_does_not_matter(
    market: tuple[list[Choice], dict[str, int]], shuffler: Random
) -> None:
    choices, capacity = market
    before = pack(choices, capacity)
    shuffled = list(choices)
    shuffler.shuffle(shuffled)
    assert pack(shuffled, capacity) == before


@given(_markets(), st.sampled_from(_RESOURCES), st.integers(1, 4))
@settings(max_examples=100)
def test_more_of_anything_is_never_worth_less(
    market: tuple[list[Choice], dict[str, int]], resource: str, more: int
) -> None:
    choices, capacity = market
    before = pack(choices, capacity).value
    assert pack(choices, {**capacity, resource: capacity[resource] + more}).value >= before - 1e-9


def _large(seed: int, claimants: int = 60) -> tuple[list[Choice], dict[str, int]]:
    rng = Random(seed)
    choices = []
    for n in range(claimants):
        heads = rng.randint(1, 9)
        for slot in rng.sample(range(claimants), 8):
            uses = ((f"slot{slot:03}", heads), (f"person{slot % 9}/{rng.randint(0, 20)}", 1))
            value = heads * rng.uniform(0.4, 1)
            choices.append(Choice(f"n{n:03}/{slot:03}", f"n{n:03}", value, uses))
    capacity = {f"slot{slot:03}": rng.randint(3, 12) for slot in range(claimants)}
    capacity |= {f"person{p}/{t}": 1 for p in range(9) for t in range(21)}
    return choices, capacity


@pytest.mark.parametrize("seed", range(6))
def test_markets_too_large_to_search_are_packed_near_their_own_bound(seed: int) -> None:
    choices, capacity = _large(seed)
    found = pack(choices, capacity)
    _check(found, capacity)
    order = sorted({choice.claimant for choice in choices})
    by_turn = first_come(choices, capacity, order)
    came = [choice for choice in choices if choice.id in set(by_turn)]
    assert _fits(came, capacity)
    assert found.value >= sum(choice.value for choice in came)
    assert found.gap < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_an_answer_that_is_known_is_never_made_worse(seed: int) -> None:
    choices, capacity = _large(seed)
    known = pack(choices, capacity)
    more = {resource: quantity + 1 for resource, quantity in capacity.items()}
    again = pack(choices, more, start=[choice.id for choice in known.chosen])
    assert again.value >= known.value - 1e-9


def test_a_resource_that_a_choice_names_twice_is_taken_twice() -> None:
    choices = [
        Choice("a/1", "a", 5.0, (("s", 2), ("t", 1), ("s", 2))),
        Choice("b/1", "b", 4.0, (("s", 2),)),
    ]
    assert choices[0].uses == (("s", 4), ("t", 1))
    found = pack(choices, {"s": 3, "t": 1})
    assert [choice.id for choice in found.chosen] == ["b/1"]


def test_nothing_to_allot_is_no_failure() -> None:
    assert pack([], {}).chosen == ()
    unknown = [Choice("x", "n", 3.0, (("nowhere", 1),))]
    assert pack(unknown, {}).chosen == ()


def test_first_come_takes_the_best_of_what_is_left() -> None:
    choices = [
        Choice("a/1", "a", 5.0, (("s", 2),)),
        Choice("b/1", "b", 9.0, (("s", 2),)),
        Choice("b/2", "b", 1.0, (("t", 2),)),
    ]
    assert first_come(choices, {"s": 2, "t": 2}, ["a", "b"]) == ("a/1", "b/2")
