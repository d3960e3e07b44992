"""Rival claims on scarce resources: at most one choice a claimant, no resource over its capacity, most value.

Resource prices from a Lagrangian relaxation give the upper bound and steer a first answer; swaps along
chains of claimants improve it; small markets are then searched to the end. Pure Python, deterministic, and
the order of the input does not matter. Time grows with choices times resources of a choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

_PRICE_ROUNDS, _MORE_ROUNDS, _PRICED = 60, 300, 2_400_000  # at least, at most, choices in all
_SWEEPS = 20
_LONGEST_CHAIN = 2
_MOST_SEARCHED = 300  # claimants
_MOST_NODES = 20_000
_EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to serve a claimant: what it is worth and how much it takes of which resource.

    What is taken of a resource more than once, say by two sessions on one half day, is added up.
    """

    id: str
    claimant: str
    value: float
    uses: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        taken = dict(self.uses)
        if len(taken) < len(self.uses):
            taken = dict.fromkeys(taken, 0)
            for resource, quantity in self.uses:
                taken[resource] += quantity
            object.__setattr__(self, "uses", tuple(taken.items()))


@dataclass(frozen=True)
class Packing:
    """The choices taken, in order of claimant; `bound` is what no feasible answer is worth more than.

    `prices` is what one more unit of a scarce resource is about worth; `method` is `optimal` where the
    answer is proven best, else `heuristic`.
    """

    chosen: tuple[Choice, ...]
    bound: float
    prices: Mapping[str, float]
    method: str

    @cached_property
    def value(self) -> float:
        """What the choices are worth together."""
        return sum(choice.value for choice in self.chosen)

    @property
    def gap(self) -> float:
        """How far the answer may be from the best one, as a part of the bound."""
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0


Priced = tuple[float, tuple[tuple[int, int], ...], int]  # value, (resource, quantity), input place


class Problem:
    """Choices by claimant, best first, and the capacities that can run out; all others are left away."""

    def __init__(self, choices: Sequence[Choice], capacity: Mapping[str, int]) -> None:
        self.choices = choices
        by_claimant: dict[str, list[tuple[float, str, int]]] = {}
        for at, choice in enumerate(choices):
            if choice.value <= 0 or any(capacity.get(r, 0) < q for r, q in choice.uses):
                continue
            by_claimant.setdefault(choice.claimant, []).append((-choice.value, choice.id, at))
        self.claimants = sorted(by_claimant)
        tight = _tight(choices, by_claimant, capacity)
        self.resources = tight
        self.capacity = [capacity[resource] for resource in tight]
        number = {resource: at for at, resource in enumerate(tight)}
        self.options: list[list[Priced]] = []
        for claimant in self.claimants:
            ordered = sorted(by_claimant[claimant])
            self.options.append([
                (
                    -value,
                    tuple((number[r], q) for r, q in choices[at].uses if r in number),
                    at,
                )
                for value, _, at in ordered
            ])  # fmt: skip

    def places(self, ids: Collection[str]) -> list[Priced | None]:
        """Where certain choices are taken; of a claimant's the most valuable."""
        wanted = set(ids)
        return [
            next((o for o in options if self.choices[o[2]].id in wanted), None)
            for options in self.options
        ]


def _tight(
    choices: Sequence[Choice],
    by_claimant: Mapping[str, Sequence[tuple[float, str, int]]],
    capacity: Mapping[str, int],
) -> list[str]:
    """Resources that would run out if everyone took the most of them that they can."""
    most: dict[str, int] = {}
    for options in by_claimant.values():
        wanted: dict[str, int] = {}
        for _, _, at in options:
            for resource, quantity in choices[at].uses:
                if quantity > wanted.get(resource, 0):
                    wanted[resource] = quantity
        for resource, quantity in wanted.items():
            most[resource] = most.get(resource, 0) + quantity
    return sorted(resource for resource, quantity in most.items() if quantity > capacity[resource])


def pack(
    choices: Sequence[Choice], capacity: Mapping[str, int], start: Collection[str] = ()
) -> Packing:
    """The best answer found, never worse than `start` (ids of choices that fit together) or than greedy.

    A choice that takes more of a resource than there is, or of one without capacity, is never taken.
    """
    problem = Problem(choices, capacity)
    held = _Answer(problem)
    held.fill(_by_value(problem))
    if start:
        known = _Answer(problem)
        known.adopt(problem.places(start))
        held = max(known, held, key=lambda answer: answer.value)
    prices, bound = _prices(problem, held.value)
    steered = _Answer(problem)
    steered.fill(_by_regret(problem, prices))
    steered.improve()
    best = steered
    if held.value > steered.value + _EPS:
        held.improve()
        best = held
    is_best = len(problem.claimants) <= _MOST_SEARCHED and _Search(problem, prices, best).run()
    value = best.value
    is_best = is_best or bound - value <= _EPS * max(1.0, value)
    return Packing(
        tuple(choices[option[2]] for option in best.taken if option is not None),
        value if is_best else max(bound, value),
        {r: round(p, 6) for r, p in zip(problem.resources, prices, strict=True) if p > _EPS},
        "optimal" if is_best else "heuristic",
    )


def first_come(
    choices: Sequence[Choice], capacity: Mapping[str, int], order: Sequence[str]
) -> tuple[str, ...]:
    """What each claimant takes, in an order, of what those before left: the most valuable that fits."""
    problem = Problem(choices, capacity)
    number = {claimant: at for at, claimant in enumerate(problem.claimants)}
    answer = _Answer(problem)
    answer.fill(
        (number[claimant], option)
        for claimant in order
        if claimant in number
        for option in problem.options[number[claimant]]
    )
    return tuple(choices[option[2]].id for option in answer.taken if option is not None)


def _by_value(problem: Problem) -> Iterator[tuple[int, Priced]]:
    """Every claimant's choices, the most valuable first."""
    found = [
        (o[0], -at, -n) for at, options in enumerate(problem.options) for n, o in enumerate(options)
    ]
    found.sort(reverse=True)
    for _, at, n in found:
        yield -at, problem.options[-at][-n]


def _by_regret(problem: Problem, prices: Sequence[float]) -> Iterator[tuple[int, Priced]]:
    """Choices after the prices, first of those who lose most by a second best; then whatever is left."""
    order = []
    for at, options in enumerate(problem.options):
        worth = sorted((_reduced(option, prices) for option in options), reverse=True)[:2]
        second = max(0.0, worth[1]) if len(worth) > 1 else 0.0
        order.append((second - worth[0], at))
    order.sort()
    for _, at in order:
        options = problem.options[at]
        for option in sorted(options, key=lambda o: -_reduced(o, prices)):
            if _reduced(option, prices) < -_EPS:
                break
            yield at, option
    for _, at in order:
        for option in problem.options[at]:
            yield at, option


def _reduced(option: Priced, prices: Sequence[float]) -> float:
    value = option[0]
    for resource, quantity in option[1]:
        value -= prices[resource] * quantity
    return value


def _prices(problem: Problem, lower: float) -> tuple[list[float], float]:
    """Prices of the scarce resources and the lowest upper bound that they prove.

    A subgradient ascent: where all claimants together take more of a resource than there is, it becomes
    dearer. Steps follow the distance to a known answer (Polyak) and shorten when nothing is gained.
    """
    size = len(problem.capacity)
    prices = [0.0] * size
    best_prices, best = prices, float("inf")
    way = [0.0] * size
    reach, idle = 1.0, 0
    count = sum(map(len, problem.options))
    for _ in range(max(_PRICE_ROUNDS, min(_MORE_ROUNDS, _PRICED // max(1, count)))):
        worth, used = _at_prices(problem, prices)
        bound = worth + sum(p * c for p, c in zip(prices, problem.capacity, strict=True))
        idle = 0 if bound < best * (1 - 1e-6) else idle + 1
        if bound < best:
            best, best_prices = bound, prices
        if best - lower <= _EPS * max(1.0, lower):
            break
        if idle >= 4:
            reach, idle, prices = reach * 0.7, 0, best_prices
        way = [
            step if (step := u - c + 0.5 * w) > 0 or p > 0 else 0.0
            for u, c, w, p in zip(used, problem.capacity, way, prices, strict=True)
        ]
        length = sum(w * w for w in way)
        if length < 1e-12:
            break
        pace = reach * max(bound - lower, 1e-4 * bound) / length
        prices = [
            moved if (moved := p + pace * w) > 0 else 0.0 for p, w in zip(prices, way, strict=True)
        ]
    return best_prices, best


def _at_prices(problem: Problem, prices: Sequence[float]) -> tuple[float, list[int]]:
    """What everybody's best choice is worth after prices, and how much these take of each resource."""
    worth = 0.0
    used = [0] * len(problem.capacity)
    for options in problem.options:
        best = 0.0
        uses: tuple[tuple[int, int], ...] = ()
        for value, takes, _ in options:
            if value <= best:
                break
            left = value
            for resource, quantity in takes:
                left -= prices[resource] * quantity
            if left > best:
                best, uses = left, takes
        worth += best
        for resource, quantity in uses:
            used[resource] += quantity
    return worth, used


class _Answer:
    """Choices taken so far, and what is left of each resource."""

    def __init__(self, problem: Problem) -> None:
        self.options = problem.options
        self.left = list(problem.capacity)
        self.taken: list[Priced | None] = [None] * len(problem.options)
        self._holders: list[set[int]] = [set() for _ in problem.capacity]

    @property
    def value(self) -> float:
        """What the choices are worth together."""
        return sum(option[0] for option in self.taken if option is not None)

    def put(self, claimant: int, option: Priced | None) -> None:
        """Give a claimant another choice, or none; the caller knows that it fits."""
        before = self.taken[claimant]
        if before is not None:
            for resource, quantity in before[1]:
                self.left[resource] += quantity
                self._holders[resource].discard(claimant)
        self.taken[claimant] = option
        if option is not None:
            for resource, quantity in option[1]:
                self.left[resource] -= quantity
                self._holders[resource].add(claimant)

    def fits(self, option: Priced) -> bool:
        """Whether enough is left."""
        left = self.left
        for resource, quantity in option[1]:  # noqa: SIM110 - asked millions of times
            if left[resource] < quantity:
                return False
        return True

    def fill(self, wanted: Iterator[tuple[int, Priced]]) -> None:
        """Take choices in an order, each claimant's first that fits."""
        taken = self.taken
        for claimant, option in wanted:
            if taken[claimant] is None and self.fits(option):
                self.put(claimant, option)

    def adopt(self, options: Sequence[Priced | None]) -> None:
        """Take known choices, then what else fits."""
        self.fill((at, option) for at, option in enumerate(options) if option is not None)
        self.fill((at, o) for at, options in enumerate(self.options) for o in options)

    def improve(self) -> None:
        """Move claimants along chains (one takes another's place, who takes a third's) while that gains."""
        for _ in range(_SWEEPS):
            has_gained = False
            for length in range(1, _LONGEST_CHAIN + 1):
                for claimant, options in enumerate(self.options):
                    if self.taken[claimant] is options[0]:
                        continue  # there is nothing better for them
                    if self._better(claimant, length, 0.0, {claimant}) is not None:
                        has_gained = True
            if not has_gained:
                return

    def _better(self, claimant: int, length: int, least: float, chain: set[int]) -> float | None:
        """Move a claimant so that the chain gains more than `least`; the gain, or None and no change."""
        before = self.taken[claimant]
        worth = before[0] if before is not None else 0.0
        self.put(claimant, None)
        for option in self.options[claimant]:
            gain = option[0] - worth
            if gain <= least + _EPS:
                break
            lacking = [r for r, q in option[1] if self.left[r] < q]
            if not lacking:
                self.put(claimant, option)
                return gain
            if length:
                chained = self._instead_of(claimant, option, lacking, length, gain - least, chain)
                if chained is not None:
                    return least + chained
        self.put(claimant, before)
        return None

    def _instead_of(
        self,
        claimant: int,
        option: Priced,
        lacking: Sequence[int],
        length: int,
        spare: float,
        chain: set[int],
    ) -> float | None:
        """Take one other's place; the other may lose less than `spare`. What is spared then, or None."""
        for rival, its in self._rivals(option, lacking, chain):
            self.put(rival, None)
            self.put(claimant, option)
            for other in self.options[rival]:
                if other[0] <= its[0] - spare + _EPS:
                    break
                if self.fits(other):
                    self.put(rival, other)
                    return spare + other[0] - its[0]
            if length > 1:
                chain.add(claimant)
                found = self._better(rival, length - 1, its[0] - spare, chain)
                chain.discard(claimant)
                if found is not None:
                    return found - (its[0] - spare)
            if its[0] < spare - _EPS:
                return spare - its[0]
            self.put(claimant, None)
            self.put(rival, its)
        return None

    def _rivals(
        self, option: Priced, lacking: Sequence[int], chain: set[int]
    ) -> list[tuple[int, Priced]]:
        """Those whose leaving alone would make room for a choice, the least valuable first."""
        (first, missing), *others = [(r, q - self.left[r]) for r, q in option[1] if r in lacking]
        found = []
        for rival in self._holders[first]:
            its = self.taken[rival]
            if rival in chain or its is None:
                continue
            frees = dict(its[1])
            if frees[first] < missing:
                continue
            if not others or all(frees.get(r, 0) >= much for r, much in others):
                found.append((its[0], rival, its))
        found.sort(key=itemgetter(0, 1))
        return [(rival, its) for _, rival, its in found]


class _Search:
    """Every answer that could be better, claimant by claimant, as long as that is few."""

    def __init__(self, problem: Problem, prices: Sequence[float], best: _Answer) -> None:
        self._best = best
        self._value = best.value
        self._left = list(problem.capacity)
        self._nodes = 0
        worth = []
        for at, options in enumerate(problem.options):
            ranked = sorted(
                ((_reduced(o, prices), o) for o in options), key=lambda t: (-t[0], t[1])
            )
            second = max(0.0, ranked[1][0]) if len(ranked) > 1 else 0.0
            worth.append((second - ranked[0][0], at, ranked))
        worth.sort(key=itemgetter(0, 1))
        self._order = [(at, ranked) for _, at, ranked in worth]
        self._bound = sum(p * c for p, c in zip(prices, problem.capacity, strict=True))
        self._bound += sum(max(0.0, ranked[0][0]) for _, ranked in self._order)
        self._taken: list[Priced | None] = [None] * len(problem.options)

    def run(self) -> bool:
        """Search, put what is better into the answer; whether it is proven that nothing is."""
        return not self._could_beat(0.0) or self._step(0, 0.0)

    def _could_beat(self, lost: float) -> bool:
        """Whether an answer that gives up so much beside the bound may be better than the best."""
        return self._bound - lost > self._value + _EPS * max(1.0, self._value)

    def _step(self, n: int, lost: float) -> bool:
        """Try the claimants from the n-th on; False when that became too many."""
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            return False
        if n == len(self._order):
            self._keep()
            return True
        at, ranked = self._order[n]
        most = max(0.0, ranked[0][0])
        for worth, option in [*ranked, (0.0, None)]:
            if not self._could_beat(lost + most - worth):
                continue
            if option is not None and any(self._left[r] < q for r, q in option[1]):
                continue
            self._move(at, option, -1)
            is_done = self._step(n + 1, lost + most - worth)
            self._move(at, option, 1)
            if not is_done:
                return False
        return True

    def _move(self, at: int, option: Priced | None, sign: int) -> None:
        if option is not None:
            for resource, quantity in option[1]:
                self._left[resource] += sign * quantity
        self._taken[at] = option if sign < 0 else None

    def _keep(self) -> None:
        value = sum(option[0] for option in self._taken if option is not None)
        if value <= self._value + _EPS:
            return
        self._value = value
        for claimant in range(len(self._taken)):
            self._best.put(claimant, None)
        for claimant, option in enumerate(self._taken):
            self._best.put(claimant, option)
