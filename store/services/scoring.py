"""How indicators become one score: weighted parts, what is not known left out, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from store.services.formulas import PARTS, Formula

_PENALTY = {"minor": 10, "major": 30, "grave": 100}  # off a visit's hundred, a finding each
_LOWEST, _HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator in percent of the best, None where nothing is known, and how many it was counted over.

    What rests on too few people is shown but not counted.
    """

    name: str
    value: float | None
    count: int
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class Composed:
    """A score from 0 to 100 with its three parts; None where nothing is known or too few said anything."""

    score: float | None
    parts: Mapping[str, float | None]
    indicators: tuple[Indicator, ...]


def share(name: str, good: int, whole: int) -> Indicator:
    """So many of so many as an indicator."""
    return Indicator(name, 100 * good / whole if whole else None, whole)


def mean(name: str, values: Sequence[float]) -> Indicator:
    """The mean of values that are percents already."""
    return Indicator(name, sum(values) / len(values) if values else None, len(values))


def mark_percent(marks: Sequence[int]) -> float:
    """Marks from 1 to 5 of one answer as a percent: all 1 are 0, all 5 are 100."""
    middle = sum(marks) / len(marks)
    return 100 * (middle - _LOWEST) / (_HIGHEST - _LOWEST)


def visit_percent(severities: Sequence[str]) -> float:
    """What findings leave of a visit's hundred."""
    return float(max(0, 100 - sum(_PENALTY[one] for one in severities)))


def compose(formula: Formula, indicators: Sequence[Indicator]) -> Composed:
    """Indicators into parts, parts into a score; weights of what is not known go to the rest of its part.

    Fewer opinions than the formula's least number make no score, whatever else is known; results of fewer
    people than that are not counted.
    """
    told = tuple(
        replace(one, is_counted=one.name not in PARTS["outcome"] or one.count >= formula.min_count)
        for one in indicators
    )
    values = {one.name: one.value for one in told if one.is_counted}
    counts = {one.name: one.count for one in told}
    parts = {
        part: _weighed({name: values.get(name) for name in names}, formula.weights)
        for part, names in PARTS.items()
    }
    opinions = sum(counts.get(name, 0) for name in PARTS["satisfaction"])
    score = None if opinions < formula.min_count else _weighed(parts, formula.weights)
    return Composed(None if score is None else round(score, 1), parts, told)


def _weighed(values: Mapping[str, float | None], weights: Mapping[str, int]) -> float | None:
    known = {name: value for name, value in values.items() if value is not None and weights[name]}
    whole = sum(weights[name] for name in known)
    if not whole:
        return None
    return sum(value * weights[name] for name, value in known.items()) / whole
