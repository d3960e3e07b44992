"""Rival needs over scarce slots: the core, the extra and three solvers on the same markets, in one run."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from benchmarks import markets
from benchmarks.markets import Market
from matching.exact import prove
from matching.packing import Choice, Priced, Problem, pack
from matching.relaxation import add_columns, add_rows, new_solver

SLOTS_A_NEED = 3
SECONDS = 30.0  # of a solver
WITH_EXTRA = 19.5  # of core and extra together
_GAP = 1e-6
_WARM = Market(
    [Choice(f"{n}/{s}", n, 2.0, ((s, 2),)) for n in "ab" for s in "cde"], {"c": 2, "d": 2, "e": 2}
)
_COUNTS = {100: 30, 1_000: 5, 10_000: 2}  # markets of so many needs
_FEW = {100: 3, 1_000: 1, 10_000: 1}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one method reached on one market; infinity where it proves nothing."""

    value: float
    bound: float
    seconds: float


Method = Callable[[Market], tuple[float, float]]  # value and bound


def by_value(market: Market) -> tuple[float, float]:
    """Greedy: the most valuable choice of all that still fits, again and again."""
    problem = Problem(market.choices, market.capacity)
    left, served, value = list(problem.capacity), set(), 0.0
    found = [(-o[0], at, n) for at, few in enumerate(problem.options) for n, o in enumerate(few)]
    for worth, at, n in sorted(found):
        uses = problem.options[at][n][1]
        if at not in served and all(left[resource] >= much for resource, much in uses):
            served.add(at)
            value -= worth
            for resource, much in uses:
                left[resource] -= much
    return value, float("inf")


def core(market: Market) -> tuple[float, float]:
    """The product's own, in pure Python."""
    found = pack(market.choices, market.capacity)
    return found.value, found.bound


def with_extra(market: Market) -> tuple[float, float]:
    """The core, then the optimiser, both within the time."""
    until = time.monotonic() + WITH_EXTRA
    start = pack(market.choices, market.capacity)
    found = prove(market.choices, market.capacity, start, until - time.monotonic())
    return found.value, found.bound


def _columns(problem: Problem) -> list[tuple[int, Priced]]:
    return [(at, option) for at, options in enumerate(problem.options) for option in options]


def _limits(problem: Problem) -> list[float]:
    """Of the rows: one choice a claimant, then what there is of each resource that can run out."""
    return [1.0] * len(problem.options) + [float(much) for much in problem.capacity]


def highs(market: Market) -> tuple[float, float]:
    """HiGHS on the plain model, one thread."""
    import highspy

    problem = Problem(market.choices, market.capacity)
    columns, first = _columns(problem), len(problem.options)
    solver = new_solver()
    add_rows(solver, _limits(problem))
    add_columns(
        solver,
        [
            (o[0], [(at, 1), *((first + resource, much) for resource, much in o[1])])
            for at, o in columns
        ],
    )
    whole = [highspy.HighsVarType.kInteger] * len(columns)
    solver.changeColsIntegrality(len(columns), list(range(len(columns))), whole)
    solver.setOptionValue("time_limit", SECONDS)
    solver.setOptionValue("mip_rel_gap", _GAP)
    solver.run()
    found = solver.getInfo()
    value = found.objective_function_value if solver.getSolution().value_valid else 0.0
    return value, found.mip_dual_bound


def scipy_milp(market: Market) -> tuple[float, float]:
    """scipy.optimize.milp on the plain model."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    problem = Problem(market.choices, market.capacity)
    columns, limits = _columns(problem), _limits(problem)
    first = len(problem.options)
    entries = [
        (row, column, much)
        for column, (at, option) in enumerate(columns)
        for row, much in [(at, 1), *((first + resource, m) for resource, m in option[1])]
    ]
    rows, places, quantities = zip(*entries, strict=True)
    matrix = csc_array((quantities, (rows, places)), shape=(len(limits), len(columns)))
    found = milp(
        -np.array([option[0] for _, option in columns]),
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, -np.inf, limits),
        options={"time_limit": SECONDS, "mip_rel_gap": _GAP},
    )
    value = 0.0 if found.x is None else -float(found.fun)
    return value, float("inf") if found.mip_dual_bound is None else -float(found.mip_dual_bound)


def cp_sat(market: Market) -> tuple[float, float]:
    """OR-tools CP-SAT on the plain model, with as many workers as it likes."""
    from ortools.sat.python import cp_model

    problem = Problem(market.choices, market.capacity)
    columns = _columns(problem)
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in columns]
    of: list[list[int]] = [[] for _ in problem.options]
    users: list[list[tuple[int, int]]] = [[] for _ in problem.capacity]
    for column, (at, option) in enumerate(columns):
        of[at].append(column)
        for resource, much in option[1]:
            users[resource].append((column, much))
    for some in of:
        model.add_at_most_one(taken[column] for column in some)
    for limit, some_users in zip(problem.capacity, users, strict=True):
        model.add(sum(taken[column] * much for column, much in some_users) <= limit)
    model.maximize(sum(taken[column] * o[0] for column, (_, o) in enumerate(columns)))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = SECONDS
    solver.parameters.relative_gap_limit = _GAP
    solver.solve(model)
    return max(0.0, solver.objective_value), solver.best_objective_bound


METHODS: tuple[tuple[str, Method], ...] = (
    ("greedy by value", by_value),
    ("pack (core)", core),
    ("pack + prove (extra)", with_extra),
    ("HiGHS alone", highs),
    ("scipy.optimize.milp", scipy_milp),
    ("CP-SAT", cp_sat),
)


def run(method: Method, market: Market) -> Outcome:
    """One method on one market, its model and all else included in the time."""
    started = time.perf_counter()
    value, bound = method(market)
    return Outcome(value, bound, time.perf_counter() - started)


def _beside(outcomes: Sequence[Outcome], bounds: Sequence[float]) -> str:
    """Mean and worst gap to the best bounds, to the own ones, and seconds."""
    gaps = [100 * max(0.0, 1 - o.value / bound) for o, bound in zip(outcomes, bounds, strict=True)]
    own = [100 * max(0.0, 1 - o.value / o.bound) for o in outcomes if 0 < o.bound < float("inf")]
    spent = [o.seconds for o in outcomes]
    proven = f"{statistics.mean(own):9.3f}{max(own):9.3f}" if own else f"{'-':>9}{'-':>9}"
    return (
        f"{statistics.mean(gaps):9.3f}{max(gaps):9.3f}{proven}"
        f"{statistics.mean(spent):9.2f}{max(spent):9.2f}"
    )


def beside_peers(made: Sequence[Market]) -> None:
    """All methods over the same markets, one table; the best bound is the lowest that any proves.

    Each has a process of its own: highspy and OR-tools cannot be loaded into one.
    """
    found: dict[str, list[Outcome]] = {}
    for name, method in METHODS:
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            try:
                pool.submit(run, method, _WARM).result()
                found[name] = [pool.submit(run, method, market).result() for market in made]
            except ImportError as missing:
                print(f"{name}: left out ({missing})")
    bounds = [min(o.bound for o in outcomes) for outcomes in zip(*found.values(), strict=True)]
    print(f"{'':22}{'gap to the best bound':>20}{'to its own, %':>16}{'seconds':>18}")
    print(f"{'':22}" + f"{'mean %':>9}{'worst %':>9}" + f"{'mean':>9}{'worst':>9}" * 2)
    for name, outcomes in found.items():
        print(f"{name:22}{_beside(outcomes, bounds)}", flush=True)


def main(sizes: Sequence[int] = (100, 1_000, 10_000), *, is_quick: bool = False) -> None:
    """Print a table a size, and one for the real problem's shape."""
    for needs in sizes:
        count = (_FEW if is_quick else _COUNTS).get(needs, 1)
        print(f"\n## {needs:,} needs, {SLOTS_A_NEED * needs:,} slots, {count} markets", flush=True)
        beside_peers([markets.slots(needs, SLOTS_A_NEED * needs, seed) for seed in range(count)])
    needs = min(1_000, max(sizes))
    count = 1 if is_quick else 2
    print(
        f"\n## {needs:,} needs for classes of 2 to 6 slots, with instructors and assessment seats"
    )
    print(f"{SLOTS_A_NEED * needs:,} slots, {count} markets", flush=True)
    beside_peers([markets.classes(needs, SLOTS_A_NEED * needs, seed) for seed in range(count)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1_000, 10_000])
    parser.add_argument("--quick", action="store_true", help="fewer markets of each size")
    options = parser.parse_args()
    main(options.sizes, is_quick=options.quick)
