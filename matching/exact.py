"""The optional optimiser: what `packing` found, improved and proven by HiGHS, a mixed-integer solver.

The package `highspy` is imported when something is to be solved, so this module does not need it before.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from time import monotonic

from matching.packing import Choice, Packing, Priced, Problem
from matching.relaxation import Options, Relaxation, add_columns, add_rows, new_solver

_PACKAGE = "highspy"
_AROUND = 200  # claimants who choose anew together at first
_WIDER = 3  # times as many in the next sweep
_TURNS = 2  # as often as everyone would be asked once if neighbourhoods did not overlap
_FEW = 5  # choices of each that come nearest to the prices
_MOST_NODES = 20  # of the solver's search among them
_RELAXED = 0.75  # of the time, for the bound, where most of the gap is
_MOST_AT_ONCE = 40_000  # choices; with many more the solver does not stop when its time is over
_PROVEN = 1e-6  # of the value


def is_available() -> bool:
    """Whether the extra is there; nothing of it is imported."""
    return importlib.util.find_spec(_PACKAGE) is not None


def prove(
    choices: Sequence[Choice], capacity: Mapping[str, int], start: Packing, seconds: float = 15.0
) -> Packing:
    """What `pack` found for the same market, better or with a lower bound, as far as seconds go.

    Never worth less than `start`, never with a higher bound; `optimal` when value and bound meet within a
    millionth. The same input gives the same answer unless time runs out. ValueError where `start` takes
    more than there is, ImportError without highspy.
    """
    if start.method == "optimal":
        return start
    until = monotonic() + seconds
    market = _Market(Problem(choices, capacity), start)
    bound, ahead = 0.0, len(market.options)
    for part in market.parts():
        now = monotonic()
        bound += market.improve(part, now + (until - now) * len(part) / ahead)
        ahead -= len(part)
    chosen = tuple(choices[option[2]] for option in market.taken if option is not None)
    value = sum(choice.value for choice in chosen)
    bound = max(value, min(start.bound, bound))
    method = "optimal" if bound - value <= _PROVEN * max(1.0, value) else "heuristic"
    return Packing(chosen, bound, start.prices, method)


class _Market:
    """Choices taken, what is left of each resource, and who rivals for it."""

    def __init__(self, problem: Problem, start: Packing) -> None:
        self.options = problem.options
        self._capacity = problem.capacity
        self._prices = [start.prices.get(resource, 0.0) for resource in problem.resources]
        self._left = list(problem.capacity)
        self.taken = problem.places([choice.id for choice in start.chosen])
        for option in self.taken:
            self._use(option, 1)
        if min(self._left, default=0) < 0:
            raise ValueError("start takes more than there is")
        self._rivals: list[list[tuple[int, int]]] = [[] for _ in problem.capacity]
        for at, options in enumerate(self.options):
            for n, (_, uses, _) in enumerate(options):
                for resource, _ in uses:
                    self._rivals[resource].append((at, n))

    def parts(self) -> list[list[int]]:
        """Claimants who rival, directly or through others; the smallest parts first."""
        parts: list[list[int]] = []
        seen: set[int] = set()
        for at in range(len(self.options)):
            if at not in seen:
                parts.append(self._near(at, len(self.options), {}))
                seen.update(parts[-1])
        return sorted(parts, key=len)

    def improve(self, part: Sequence[int], until: float) -> float:
        """Better choices for claimants who rival with nobody else; an upper bound of their value."""
        options = {at: self.options[at] for at in part}
        relaxed = Relaxation(options, self._capacity, self._prices)
        if self._is_proven(part, relaxed.bound):
            return relaxed.bound
        around = _AROUND
        if len(part) > around:
            relaxed.tighten(monotonic() + (until - monotonic()) * _RELAXED)
        while 2 * around < len(part) and monotonic() < until:
            self._sweep(part, around, relaxed.losses, until)
            around *= _WIDER
        if sum(map(len, options.values())) > _MOST_AT_ONCE:
            return relaxed.bound
        gap = relaxed.bound - self._value(part)
        useful = {
            at: [o for o, loss in zip(options[at], relaxed.losses[at], strict=True) if loss <= gap]
            for at in part
        }
        return min(relaxed.bound, self._solve(useful, until - monotonic()))

    def _is_proven(self, part: Sequence[int], bound: float) -> bool:
        return bound - self._value(part) <= _PROVEN * bound

    def _value(self, part: Sequence[int]) -> float:
        return sum(option[0] for at in part if (option := self.taken[at]) is not None)

    def _sweep(
        self,
        part: Sequence[int],
        around: int,
        losses: Mapping[int, Sequence[float]],
        until: float,
    ) -> None:
        """Let neighbours choose anew among a few choices, first around those who lost most."""
        lost = {at: self._lost(at, losses[at]) for at in part}
        seen: set[int] = set()
        turns = _TURNS * len(part) // around
        for at in sorted(part, key=lambda at: (-lost[at], at)):
            if at in seen:
                continue
            if turns == 0 or monotonic() >= until:
                return
            turns -= 1
            near = self._near(at, around, losses)
            seen.update(near)
            few = {rival: self._few(rival, losses[rival]) for rival in near}
            self._solve(few, until - monotonic(), _MOST_NODES)

    def _lost(self, at: int, losses: Sequence[float]) -> float:
        """What a claimant's choice is worth less than its best after prices; who has none comes first."""
        option = self.taken[at]
        return losses[self.options[at].index(option)] if option is not None else float("inf")

    def _few(self, at: int, losses: Sequence[float]) -> list[Priced]:
        order = sorted(range(len(losses)), key=losses.__getitem__)
        return [self.options[at][n] for n in order[:_FEW]]

    def _near(self, at: int, count: int, losses: Mapping[int, Sequence[float]]) -> list[int]:
        """A claimant and those with whom it may exchange places at the least loss."""
        near: set[int] = set()
        reached: set[int] = set()
        waiting = [(0.0, at)]
        while waiting and len(near) < count:
            lost, node = heappop(waiting)
            if node in near or node in reached:
                continue
            if node < 0:
                reached.add(node)
                for rival, n in self._rivals[~node]:
                    if rival not in near:
                        heappush(waiting, (lost + (losses[rival][n] if losses else 0.0), rival))
                continue
            near.add(node)
            for n, (_, uses, _) in enumerate(self.options[node]):
                far = lost + (losses[node][n] if losses else 0.0)
                for resource, _ in uses:
                    if ~resource not in reached:
                        heappush(waiting, (far, ~resource))
        return sorted(near)

    def _solve(self, options: Options, seconds: float, nodes: int | None = None) -> float:
        """The best choices for some claimants in what the others leave; an upper bound of their value."""
        if seconds <= 0:
            return float("inf")
        before = {at: self.taken[at] for at in options}
        self._take(dict.fromkeys(options))
        columns = [
            (at, option)
            for at, few in options.items()
            for option in dict.fromkeys([*few, *filter(None, [before[at]])])
            if all(self._left[resource] >= quantity for resource, quantity in option[1])
        ]
        found, bound = _search(columns, before, self._left, seconds, nodes)
        self._take(found)
        if _worth(found) < _worth(before) or self._is_over(found):
            self._take(before)
        return max(bound, _worth(before))

    def _take(self, choices: Mapping[int, Priced | None]) -> None:
        for at, option in choices.items():
            self._use(self.taken[at], -1)
            self._use(option, 1)
            self.taken[at] = option

    def _use(self, option: Priced | None, sign: int) -> None:
        for resource, quantity in option[1] if option is not None else ():
            self._left[resource] -= sign * quantity

    def _is_over(self, choices: Mapping[int, Priced | None]) -> bool:
        return any(
            self._left[resource] < 0
            for option in choices.values()
            if option is not None
            for resource, _ in option[1]
        )


def _worth(choices: Mapping[int, Priced | None]) -> float:
    return sum(option[0] for option in choices.values() if option is not None)


def _search(
    columns: Sequence[tuple[int, Priced]],
    start: Mapping[int, Priced | None],
    left: Sequence[int],
    seconds: float,
    nodes: int | None,
) -> tuple[dict[int, Priced | None], float]:
    """The solver's best answer from a known one on, and the upper bound that it had when it stopped."""
    import highspy

    found: dict[int, Priced | None] = dict.fromkeys(start)
    if not columns:
        return found, 0.0
    claimants = {at: row for row, at in enumerate(start)}
    used = sorted({resource for _, option in columns for resource, _ in option[1]})
    rows = {resource: row for row, resource in enumerate(used, len(start))}
    solver = new_solver()
    add_rows(solver, [1.0] * len(start) + [float(left[resource]) for resource in used])
    add_columns(
        solver,
        [
            (value, [(claimants[at], 1), *((rows[resource], q) for resource, q in uses)])
            for at, (value, uses, _) in columns
        ],
    )
    whole = [highspy.HighsVarType.kInteger] * len(columns)
    solver.changeColsIntegrality(len(columns), list(range(len(columns))), whole)
    solver.setOptionValue("time_limit", seconds)
    solver.setOptionValue("mip_rel_gap", _PROVEN / 10)
    if nodes is not None:
        solver.setOptionValue("mip_max_nodes", nodes)
    known = highspy.HighsSolution()
    known.col_value = [float(start[at] is option) for at, option in columns]
    solver.setSolution(known)
    solver.run()
    answer = solver.getSolution()
    if answer.value_valid:
        for (at, option), part in zip(columns, answer.col_value, strict=True):
            if part > 0.5:
                found[at] = option
    bound = solver.getInfo().mip_dual_bound
    return found, bound + _PROVEN / 10 * max(1.0, abs(bound))
