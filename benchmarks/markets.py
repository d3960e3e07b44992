"""Invented markets of needs that rival for scarce slots, for measuring how they are allotted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import nlargest
from random import Random

from matching.packing import Choice

TOP = 20  # candidates a need
_NEEDS_A_TRADE = 60
_HALF_DAYS, _OPEN, _DATES = 20, 12, 4  # in all; of a venue; of assessment, a trade


@dataclass(frozen=True)
class Market:
    """Choices of needs and the capacities that they share."""

    choices: list[Choice]
    capacity: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Place:
    """What a need wants or a slot is: a trade, where, when, and how good."""

    trade: int
    east: float
    north: float
    day: float
    quality: float
    heads: int

    def likeness(self, slot: _Place) -> float:
        """How well a slot suits this need; one of a neighbouring trade suits less."""
        way = math.hypot(self.east - slot.east, self.north - slot.north)
        wait = abs(self.day - slot.day)
        other = self.trade != slot.trade
        return 1 - 0.25 * way - 0.15 * wait - 0.6 * slot.quality - 0.15 * other


def _places(rng: Random, count: int, trades: int, heads: tuple[int, int]) -> list[_Place]:
    """Some trades are asked for and offered far more than others, alike in markets of any size."""
    weights = [(rank % 16 + 1) ** -0.7 for rank in range(trades)]
    return [
        _Place(
            rng.choices(range(trades), weights)[0],
            rng.random(), rng.random(), rng.random(), rng.random(), rng.randint(*heads),
        )
        for _ in range(count)
    ]  # fmt: skip


def _candidates(
    rng: Random, needs: list[_Place], slots: list[_Place]
) -> list[list[tuple[float, int]]]:
    """For each need its best slots that are large enough, with scores, best first.

    A need looks at its own trade and the next one on either side, so that no trade stands apart.
    """
    by_trade: dict[int, list[int]] = {}
    for at, slot in enumerate(slots):
        by_trade.setdefault(slot.trade, []).append(at)
    return [
        nlargest(TOP, (
            (max(0.05, need.likeness(slots[at]) + 0.2 * (rng.random() - 0.5)), at)
            for trade in (need.trade - 1, need.trade, need.trade + 1)
            for at in by_trade.get(trade, ())
            if slots[at].heads >= need.heads
        ))
        for need in needs
    ]  # fmt: skip


def slots(needs: int, slots: int, seed: int) -> Market:
    """Each choice takes the need's heads in one slot; its value is score times heads."""
    rng = Random(seed)
    trades = max(3, needs // _NEEDS_A_TRADE)
    wanted = _places(rng, needs, trades, (1, 12))
    offered = _places(rng, slots, trades, (4, 16))
    found = _candidates(rng, wanted, offered)
    choices = [
        Choice(f"{n:05}/{at:05}", f"{n:05}", score * need.heads, ((f"slot {at:05}", need.heads),))
        for n, (need, scored) in enumerate(zip(wanted, found, strict=True))
        for score, at in scored
    ]
    return Market(choices, {f"slot {at:05}": slot.heads for at, slot in enumerate(offered)})


def classes(needs: int, slots: int, seed: int) -> Market:
    """Each choice takes stations of 2 to 6 slots, an instructor's hours at those times, assessment seats.

    A venue has a slot on 12 of 20 half days; an instructor teaches one class at a time.
    """
    rng = Random(seed)
    trades = max(3, needs // _NEEDS_A_TRADE)
    wanted = _places(rng, needs, trades, (1, 12))
    venues = _places(rng, slots // _OPEN, trades, (8, 32))
    days = [sorted(rng.sample(range(_HALF_DAYS), _OPEN)) for _ in venues]
    staff: list[list[int]] = [[] for _ in range(trades)]
    for who, teacher in enumerate(_places(rng, needs // 2, trades, (1, 1))):
        staff[teacher.trade].append(who)
    heads = [sum(need.heads for need in wanted if need.trade == trade) for trade in range(trades)]
    capacity = {
        f"slot {at:04}/{day:02}": v.heads for at, v in enumerate(venues) for day in days[at]
    }
    capacity |= {
        f"person {who:04}/{day:02}": 1 for who in range(needs // 2) for day in range(_HALF_DAYS)
    }
    capacity |= {
        f"seats {trade}/{date}": max(12, int(heads[trade] * rng.uniform(0.2, 0.4)))
        for trade in range(trades)
        for date in range(_DATES)
    }
    choices = []
    for n, need in enumerate(wanted):
        sessions = rng.randint(2, 6)
        near = [
            (need.likeness(venue), at)
            for at, venue in enumerate(venues)
            if abs(venue.trade - need.trade) <= 1 and venue.heads >= need.heads
        ]
        plans = nlargest(
            TOP,
            (
                (
                    max(0.05, suits - 0.01 * first + 0.2 * (rng.random() - 0.5)),
                    at,
                    first,
                    rng.choice(staff[need.trade]),
                )
                for suits, at in near
                for first in rng.sample(range(_OPEN - sessions + 1), 2)
            ),
        )
        for number, (score, at, first, who) in enumerate(plans):
            times = days[at][first : first + sessions]
            uses = [(f"slot {at:04}/{day:02}", need.heads) for day in times]
            uses += [(f"person {who:04}/{day:02}", 1) for day in times]
            uses.append(
                (
                    f"seats {need.trade}/{min(_DATES - 1, times[-1] * _DATES // _HALF_DAYS)}",
                    need.heads,
                )
            )
            choices.append(
                Choice(f"{n:05}/{number:02}", f"{n:05}", score * need.heads, tuple(uses))
            )
    return Market(choices, capacity)
