"""Forecasts against "the same as last week" on weeks that are over: `python -m benchmarks.forecasting`.

The demo's imported history is invented, and so are the three other worlds; what is measured is the method.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import sin, tau
from random import Random
from statistics import fmean

from matching.forecasting import BASELINE, forecast
from seed import demo
from seed.demo import watched

_DAY = date(2026, 11, 21)
_TRADES, _WEEKS = 40, 52


def _worlds() -> dict[str, list[list[int]]]:
    history: dict[str, list[int]] = {}
    for one in watched.past(_DAY, demo.table("demand_history")):
        history.setdefault(one.occupation, []).append(one.heads)
    random = Random(1)
    return {
        "demo history": list(history.values()),
        "steady with chance": [
            [max(0, round(random.gauss(12, 4))) for _ in range(_WEEKS)] for _ in range(_TRADES)
        ],
        "rare orders": [
            [random.choice((0, 0, 0, 0, 20)) for _ in range(_WEEKS)] for _ in range(_TRADES)
        ],
        "wave of half a year": [
            [
                max(0, round(15 + 10 * sin(tau * (at + shift) / 26) + random.gauss(0, 3)))
                for at in range(_WEEKS)
            ]
            for shift in range(_TRADES)
        ],
        "walk": [_walk(random) for _ in range(_TRADES)],
    }


def _walk(random: Random) -> list[int]:
    found = [30]
    while len(found) < _WEEKS:
        found.append(max(0, found[-1] + random.choice((-3, -1, 0, 1, 3))))
    return found


def _line(name: str, trades: Sequence[Sequence[int]], horizon: int) -> str:
    found = [forecast(weeks, horizon) for weeks in trades]
    proofs = [one.proof for one in found if one.proof is not None]
    scaled = [one.mase for one in proofs if one.mase is not None]
    cells = (
        name,
        str(horizon),
        str(len(proofs)),
        f"{fmean(one.mae for one in proofs):.2f}",
        f"{fmean(one.baseline_mae for one in proofs):.2f}",
        f"{fmean(scaled):.2f}",
        f"{fmean(one.coverage for one in proofs):.0%}",
        str(sum(one.method == BASELINE for one in found)),
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """A line a world and horizon."""
    print("| weeks of | horizon | series | MAE | MAE of last week | MASE | within interval |"
          " baseline used |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, trades in _worlds().items():
        for horizon in (4, 8):
            print(_line(name, trades, horizon))


if __name__ == "__main__":
    main()
