"""Other ways to deliver one course: those that are better in something that a person chooses by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from math import inf

from matching.bundles import Details
from matching.policy import DEFAULT_POLICY, Policy
from matching.search import Search
from matching.types import Bundle, Market, Need
from matching.weekly import Calendar

_Costs = tuple[float, ...]


class Merit(StrEnum):
    """What an alternative may be the best in."""

    CHEAPEST = "cheapest"
    SOONEST = "soonest"
    FINISHED_FIRST = "finished_first"
    NEAREST = "nearest"


def alternatives(
    need: Need,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    top: int = 5,
    details: Details | None = None,
) -> tuple[Bundle, ...]:
    """Ways to deliver the market's one course of which none is as good as another in everything.

    What counts is price, first day, last day and distance, unknown as worst. The best by score
    comes first, then the best in each, then the rest by score.
    """
    search = Search(need, market, calendar, today, policy)
    found: dict[_Costs, Bundle] = {}
    for candidate in search.shortlist()[0]:
        if details is not None:
            search.offer(details([candidate.course]))
        for option in search.options(candidate):
            if isinstance(option, Bundle):
                costs = _costs(option)
                if costs not in found or option.order_key < found[costs].order_key:
                    found[costs] = option
    front = sorted(
        (bundle for costs, bundle in found.items() if not _is_dominated(costs, found)),
        key=lambda bundle: bundle.order_key,
    )
    firsts = [min(front, key=lambda b: (_costs(b)[at], b.order_key)) for at in range(4) if front]
    ordered = {
        bundle.order_key + _costs(bundle): bundle for bundle in (*front[:1], *firsts, *front)
    }
    return tuple(ordered.values())[:top]


def merits(bundle: Bundle, shown: Sequence[Bundle]) -> tuple[Merit, ...]:
    """What a bundle is the best in among those shown, where they differ."""
    every = [_costs(other) for other in shown]
    return tuple(
        merit
        for at, merit in enumerate(Merit)
        if len({costs[at] for costs in every}) > 1
        and _costs(bundle)[at] == min(costs[at] for costs in every)
    )


def _costs(bundle: Bundle) -> _Costs:
    days = [session.day.toordinal() for session in bundle.sessions]
    return (
        inf if bundle.price_fen is None else bundle.price_fen,
        min(days, default=inf),
        max(days, default=inf),
        inf if bundle.travel_km is None else bundle.travel_km,
    )


def _is_dominated(costs: _Costs, found: dict[_Costs, Bundle]) -> bool:
    return any(
        other != costs and all(a <= b for a, b in zip(other, costs, strict=True)) for other in found
    )
