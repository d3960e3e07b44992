"""Heads that may be asked for in the next weeks, and how wrong such forecasts were on weeks that are over.

Four plain methods are tried: `last` (the same as last week), `median` (of the last eight weeks), `smooth`
(exponential smoothing) and `shrunk` (halfway between that and the mean of all weeks). Each is asked at past
weeks, with nothing known but what came before (a rolling origin). The one with the smallest error on the
earlier of these weeks is tried on the later ones; it is used only if it beats `last` there, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean, median

BASELINE = "last"
COVERAGE = 0.8  # of the weeks, an interval should contain
FEWEST_WEEKS = 12  # below these nothing is forecast but the baseline, without a proof
_LEARNT = 8  # weeks that the first forecast of a proof is made from
_RECENT = 8
_ALPHA = 0.25


def _last(weeks: Sequence[float]) -> float:
    return weeks[-1]


def _median(weeks: Sequence[float]) -> float:
    return median(weeks[-_RECENT:])


def _smooth(weeks: Sequence[float]) -> float:
    level = weeks[0]
    for heads in weeks[1:]:
        level += _ALPHA * (heads - level)
    return level


def _shrunk(weeks: Sequence[float]) -> float:
    return (_smooth(weeks) + fmean(weeks)) / 2


METHODS: Mapping[str, Callable[[Sequence[float]], float]] = {
    BASELINE: _last,
    "median": _median,
    "smooth": _smooth,
    "shrunk": _shrunk,
}


@dataclass(frozen=True, slots=True)
class Proof:
    """How wrong a method was on the later past weeks, in heads a week.

    `mae` is its mean absolute error, `baseline_mae` that of the same as last week, `mase` the first against
    the mean change from week to week before them (None where nothing changed), `coverage` the part of weeks
    within its interval, `count` how many forecasts were compared.
    """

    mae: float
    baseline_mae: float
    mase: float | None
    coverage: float
    count: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Heads in each of the coming weeks, alike, with an interval; the total of all; the method and its proof.

    Where too few weeks are known, there is neither an interval nor a proof.
    `tried` is the method that did best on the earlier past weeks; where the baseline is better on the later
    ones, `method` is the baseline.
    """

    method: str
    tried: str
    weekly: float
    low: float | None
    high: float | None
    total: float
    total_low: float | None
    total_high: float | None
    horizon: int
    proof: Proof | None


def forecast(weeks: Sequence[float], horizon: int) -> Forecast:
    """The coming weeks of a series of whole past weeks, the oldest first; of nothing, nothing.

    The interval is as wide as four fifths of the errors on past weeks were; it never goes below no heads.
    """
    if horizon < 1:
        raise ValueError("a forecast is of one week at least")
    if len(weeks) < FEWEST_WEEKS:
        return _made(BASELINE, BASELINE, weeks, horizon, None)
    origins = range(_LEARNT, len(weeks))
    earlier, later = origins[: len(origins) // 2], origins[len(origins) // 2 :]
    wrong = {name: _mae(weeks, name, earlier, horizon) for name in METHODS}
    tried = min(wrong, key=lambda name: (wrong[name], list(METHODS).index(name)))
    ours, plain = _mae(weeks, tried, later, horizon), _mae(weeks, BASELINE, later, horizon)
    used = tried if ours < plain else BASELINE
    return _made(used, tried, weeks, horizon, _proof(weeks, used, earlier, later, horizon))


def _made(
    used: str, tried: str, weeks: Sequence[float], horizon: int, proof: Proof | None
) -> Forecast:
    point = float(METHODS[used](weeks)) if weeks else 0.0
    if proof is None:
        return Forecast(used, tried, point, None, None, point * horizon, None, None, horizon, None)
    origins = range(min(_LEARNT, len(weeks)), len(weeks))
    wide = _width([abs(e) for e in _errors(weeks, used, origins, horizon)])
    of_all = _width(_sum_errors(weeks, used, origins, horizon)) or wide * horizon
    total = point * horizon
    return Forecast(
        used, tried, point, max(0.0, point - wide), point + wide,
        total, max(0.0, total - of_all), total + of_all, horizon, proof,
    )  # fmt: skip


def _errors(
    weeks: Sequence[float],
    name: str,
    origins: Sequence[int],
    horizon: int,
    until: int | None = None,
) -> list[float]:
    """Forecast less truth of each week within the horizon of each origin, of weeks before `until`."""
    end = len(weeks) if until is None else until
    found = []
    for at in origins:
        point = METHODS[name](weeks[:at])
        found += [point - weeks[week] for week in range(at, min(at + horizon, end))]
    return found


def _mae(weeks: Sequence[float], name: str, origins: Sequence[int], horizon: int) -> float:
    """Of origins of the earlier half nothing is compared that lies in the later one."""
    found = _errors(weeks, name, origins, horizon, origins[-1] + 1)
    return fmean(map(abs, found))


def _sum_errors(
    weeks: Sequence[float], name: str, origins: Sequence[int], horizon: int
) -> list[float]:
    """How wrong sums over the whole horizon were."""
    return [
        abs(horizon * METHODS[name](weeks[:at]) - sum(weeks[at : at + horizon]))
        for at in origins
        if at + horizon <= len(weeks)
    ]


def _proof(
    weeks: Sequence[float],
    name: str,
    earlier: Sequence[int],
    later: Sequence[int],
    horizon: int,
) -> Proof:
    """Everything about the later origins; the interval is that of the earlier ones."""
    found = _errors(weeks, name, later, horizon)
    first = later[0]
    wide = _width([abs(e) for e in _errors(weeks, name, earlier, horizon, first)])
    mae = fmean(map(abs, found))
    change = fmean(abs(weeks[at] - weeks[at - 1]) for at in range(1, first))
    return Proof(
        mae,
        _mae(weeks, BASELINE, later, horizon),
        mae / change if change else None,
        sum(abs(error) <= wide for error in found) / len(found),
        len(found),
    )


def _width(errors: Sequence[float]) -> float:
    """What so many of the errors do not exceed, one more counted for what is not known."""
    ordered = sorted(errors)
    at = min(len(ordered), ceil(COVERAGE * (len(ordered) + 1)))
    return ordered[at - 1] if ordered else 0.0
