"""The linear relaxation of rival claims, tightened: an upper bound, and what each choice loses against it.

Needs `highspy`, which is imported where the model is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from time import monotonic
from typing import Any

from matching.packing import Priced

Options = Mapping[int, Sequence[Priced]]  # by the number of their claimant
Share = tuple[int, int]  # resource and divisor: a part of this size is counted whole or not at all
_AT_FIRST = 5  # choices a claimant in the model
_ROUNDS, _FROM_WITHIN = 20, 3  # the first of them by interior points: quicker while much moves
_GAINED = 2e-5  # of the bound, below which a round was the last
_VIOLATED = 1e-3  # of a row's capacity
_EPS = 1e-7


class Relaxation:
    """Prices of resources and of their shares, by a linear program, as far as time goes.

    Who takes 5 of a resource of 8 takes one of its two whole fours: floor(5/4) of floor(8/4). Such rows
    cost no whole-number answer, only broken ones. Choices enter the model when prices make them attractive.
    `bound` follows from the prices alone, over all choices, so no tolerance of the solver is in it;
    `losses` are what each choice is worth less, after prices, than the best of its claimant.
    """

    def __init__(self, options: Options, capacity: Sequence[int], prices: Sequence[float]) -> None:
        self._options = options
        self._capacity = capacity
        used = {r for choices in options.values() for _, uses, _ in choices for r, _ in uses}
        self._shares: list[Share] = [(resource, 1) for resource in sorted(used)]
        self._columns: list[tuple[int, int]] = []  # claimant, and which of its choices
        self.bound = float("inf")
        self.losses: dict[int, list[float]] = {}
        self._value([prices[resource] for resource, _ in self._shares])

    def tighten(self, until: float) -> None:
        """Lower the bound till that gains nothing more, or till a time of the monotonic clock."""
        solver = new_solver()
        add_rows(solver, [1.0] * len(self._options))
        add_rows(solver, [float(self._capacity[resource]) for resource, _ in self._shares])
        self._enter(solver, self._cheapest())
        for done in range(_ROUNDS):
            seconds = until - monotonic()
            if seconds <= 0:
                return
            before = self.bound
            solver.setOptionValue("solver", "ipm" if done < _FROM_WITHIN else "simplex")
            solver.setOptionValue("time_limit", solver.getRunTime() + seconds)
            solver.run()
            answer = solver.getSolution()
            if not answer.dual_valid:
                return
            duals = [max(0.0, dual) for dual in answer.row_dual]
            missing = self._value(duals[len(self._options) :], duals[: len(self._options)])
            shares = self._violated(answer.col_value)
            is_late = done >= _FROM_WITHIN and before - self.bound < _GAINED * self.bound
            if is_late or not (missing or shares):
                return
            self._divide(solver, shares)
            self._enter(solver, missing)

    def _value(
        self, prices: Sequence[float], worth: Sequence[float] | None = None
    ) -> list[tuple[int, int]]:
        """Keep the bound that prices prove, if it is lower; choices worth more than the claimant's dual."""
        priced: dict[int, list[tuple[int, float]]] = {}
        bound = 0.0
        for (resource, divisor), price in zip(self._shares, prices, strict=True):
            if price > 0:
                priced.setdefault(resource, []).append((divisor, price))
                bound += price * (self._capacity[resource] // divisor)
        losses: dict[int, list[float]] = {}
        missing = []
        for row, (claimant, choices) in enumerate(self._options.items()):
            left = [
                value - sum(q // d * price for r, q in uses for d, price in priced.get(r, ()))
                for value, uses, _ in choices
            ]
            best = max(0.0, *left) if left else 0.0
            bound += best
            losses[claimant] = [best - after for after in left]
            if worth is not None and best > worth[row] + _EPS:
                missing += [(claimant, n) for n, a in enumerate(left) if a > worth[row] + _EPS]
        if bound < self.bound:
            self.bound, self.losses = bound, losses
        return missing

    def _cheapest(self) -> list[tuple[int, int]]:
        return [
            (claimant, n)
            for claimant, losses in self.losses.items()
            for n in sorted(range(len(losses)), key=losses.__getitem__)[:_AT_FIRST]
        ]

    def _enter(self, solver: Any, columns: Sequence[tuple[int, int]]) -> None:
        """Choices as columns of the model."""
        first = len(self._options)
        rows: dict[int, list[tuple[int, int]]] = {}
        for row, (resource, divisor) in enumerate(self._shares, first):
            rows.setdefault(resource, []).append((row, divisor))
        number = {claimant: row for row, claimant in enumerate(self._options)}
        add_columns(
            solver,
            [
                (
                    self._options[claimant][n][0],
                    [
                        (row, quantity // divisor)
                        for resource, quantity in self._options[claimant][n][1]
                        for row, divisor in rows[resource]
                        if quantity >= divisor
                    ]
                    + [(number[claimant], 1)],
                )
                for claimant, n in columns
            ],
        )
        self._columns += columns

    def _violated(self, taken: Sequence[float]) -> list[Share]:
        """The share of each resource that a broken answer takes too much of, the worst one."""
        takers: dict[int, list[tuple[int, float]]] = {}
        for (claimant, n), part in zip(self._columns, taken, strict=True):
            if part > _EPS:
                for resource, quantity in self._options[claimant][n][1]:
                    takers.setdefault(resource, []).append((quantity, part))
        found = []
        for resource, parts in sorted(takers.items()):
            if all(part > 1 - _EPS for _, part in parts):
                continue
            much, divisor = max(_excess(parts, self._capacity[resource]), default=(0.0, 0))
            if much > _VIOLATED:
                found.append((resource, divisor))
        return found

    def _divide(self, solver: Any, shares: Sequence[Share]) -> None:
        """Shares as rows of the model, over the choices in it."""
        divisors = dict(shares)
        members: dict[int, tuple[list[int], list[float]]] = {r: ([], []) for r in divisors}
        for column, (claimant, n) in enumerate(self._columns):
            for resource, quantity in self._options[claimant][n][1]:
                divisor = divisors.get(resource, quantity + 1)
                if quantity >= divisor:
                    members[resource][0].append(column)
                    members[resource][1].append(float(quantity // divisor))
        for resource, divisor in shares:
            columns, quantities = members[resource]
            most = float(self._capacity[resource] // divisor)
            solver.addRow(-solver.getInfinity(), most, len(columns), columns, quantities)
        self._shares += shares


def _excess(parts: Sequence[tuple[int, float]], capacity: int) -> Iterator[tuple[float, int]]:
    """By how much of a capacity its shares are overtaken, for every divisor that may matter."""
    divisors = {quantity for quantity, _ in parts} | {capacity // whole + 1 for whole in (1, 2, 3)}
    for divisor in divisors:
        if 1 < divisor <= capacity:
            most = capacity // divisor
            taken = sum(quantity // divisor * part for quantity, part in parts)
            yield taken / most - 1, divisor


def new_solver() -> Any:
    """HiGHS, silent, on one thread, that maximises an empty model. ImportError without `highspy`."""
    import highspy

    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
    return solver


def add_rows(solver: Any, most: Sequence[float]) -> None:
    """Rows without entries yet, with nothing but an upper limit."""
    lowest = [-solver.getInfinity()] * len(most)
    solver.addRows(len(most), lowest, most, 0, [0] * len(most), [], [])


def add_columns(solver: Any, columns: Sequence[tuple[float, Sequence[tuple[int, int]]]]) -> None:
    """Choices as values from 0 to 1: what each is worth, and how much it takes of which rows."""
    count = len(columns)
    starts: list[int] = []
    index: list[int] = []
    quantities: list[float] = []
    for _, entries in columns:
        starts.append(len(index))
        index += [row for row, _ in entries]
        quantities += [float(quantity) for _, quantity in entries]
    costs = [value for value, _ in columns]
    solver.addCols(
        count, costs, [0.0] * count, [1.0] * count, len(index), starts, index, quantities
    )
