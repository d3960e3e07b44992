"""统筹调配: one plan for rival needs over scarce capacity, under a stated, versioned policy.

Ways to serve needs (bundles for one, pools for several) become choices for `matching.packing`: their value
by the policy, their seats, stations and assessment seats as quantities, and the hours of a person as one
unit each, with the way and the rest between two classes that the same person cannot both hold.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from matching.packing import Choice, Packing, first_come, pack
from matching.policy import DEFAULT_POLICY, Policy
from matching.types import Busy, Need
from matching.workload import cannot_both


@dataclass(frozen=True, slots=True)
class AllocationPolicy:
    """What an allocation is worth: score (0..1) times heads, raised by up to so much of itself for each term.

    `urgency` grows to full when the firm's last day is `urgent_days` away or nearer, `waiting` when it has
    waited `waiting_days`; `shortage` is for the occupations in `short`, `area` for areas that got less of
    what they asked for than others. A class below its minimum is worth less, by `thin` times the part of the
    minimum that is missing. Hard rules: nothing below `least_score`, and of one firm no more than
    `firm_heads` heads in one plan (None: no such rule).
    """

    version: str = "2026-11.1"
    urgency: float = 0.3
    urgent_days: int = 45
    waiting: float = 0.2
    waiting_days: int = 30
    shortage: float = 0.3
    short: tuple[str, ...] = ()
    area: float = 0.2
    thin: float = 0.3
    least_score: float = 0.4
    firm_heads: int | None = None


DEFAULT_ALLOCATION = AllocationPolicy()
Prove = Callable[[Sequence[Choice], Mapping[str, int], Packing], Packing]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the policy asks of a need beside its plan: days waited, and how far its area is behind (0..1)."""

    waited_days: int = 0
    area_lack: float = 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """A need in a way: how many heads of it are served, how well (0..1).

    `lack` is the part of the class minimum (0..1) that is missing.
    """

    need: Need
    heads: int
    score: float
    lack: float = 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """One way to serve a need, or several together: what it takes, and whose hours where.

    `takes` are quantities of named resources with a capacity; `hours` are by person.
    """

    id: str
    parts: tuple[Part, ...]
    takes: tuple[tuple[str, int], ...] = ()
    hours: tuple[tuple[str, Busy], ...] = ()


def need_value(
    part: Part, standing: Standing, today: date, policy: AllocationPolicy = DEFAULT_ALLOCATION
) -> float:
    """What serving a need's heads this well is worth: 100 for one head served perfectly, before the terms."""
    terms = sum(_terms(part.need, standing, today, policy)) - policy.thin * part.lack
    return 100 * part.score * part.heads * (1 + terms)


def _terms(
    need: Need, standing: Standing, today: date, policy: AllocationPolicy
) -> tuple[float, ...]:
    days = (need.latest - today).days if need.latest is not None else None
    near = 0.0 if days is None else _part(policy.urgent_days - days, policy.urgent_days)
    codes = {share.code for share in need.occupations}
    return (
        policy.urgency * near,
        policy.waiting * _part(standing.waited_days, policy.waiting_days),
        policy.shortage * bool(codes & set(policy.short)),
        policy.area * standing.area_lack,
    )


def _part(value: float, whole: float) -> float:
    return min(1.0, max(0.0, value / whole)) if whole else 0.0


@dataclass(frozen=True)
class Allocation:
    """Which ways are taken; `value` of at most `bound`, whatever else could be done with these ways.

    `before` are the ways that first come, first served would take, and what they are worth.
    `prices` is what one more of a scarce resource is about worth.
    """

    ways: tuple[Way, ...]
    value: float
    bound: float
    method: str
    before: tuple[Way, ...]
    before_value: float
    prices: Mapping[str, float] = field(default_factory=dict)

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a part of the bound."""
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0


def allocate(
    ways: Sequence[Way],
    capacity: Mapping[str, int],
    standings: Mapping[str, Standing],
    today: date,
    policy: AllocationPolicy,
    came: Collection[str] = (),
    known: Collection[str] = (),
    prove: Prove | None = None,
) -> Allocation:
    """The most valuable plan found, worth no less than turn by turn (`came`) nor than `known` ways (ids).

    `capacity` is what is left of each resource. Deterministic, unless `prove` improves it against a clock.
    """
    problem = Rivals(ways, capacity, standings, today, policy)
    singly = [choice for choice in problem.choices if choice.claimant in problem.needs]
    listed = first_come(singly, problem.capacity, sorted(problem.needs))
    best = max((tuple(known), tuple(came), listed), key=problem.worth)
    found = pack(problem.choices, problem.capacity, best)
    if prove is not None:
        found = prove(problem.choices, problem.capacity, found)
    return problem.told(found, came)


class Rivals:
    """Ways as choices on shared resources; what an optimiser takes in the place of `pack`."""

    def __init__(
        self,
        ways: Sequence[Way],
        capacity: Mapping[str, int],
        standings: Mapping[str, Standing],
        today: date,
        policy: AllocationPolicy = DEFAULT_ALLOCATION,
        engine: Policy = DEFAULT_POLICY,
    ) -> None:
        allowed = sorted(
            (w for w in ways if min(part.score for part in w.parts) >= policy.least_score),
            key=lambda way: way.id,
        )
        self.ways = {way.id: way for way in allowed}
        self.needs = {part.need.id for way in allowed for part in way.parts}
        self.capacity = dict(capacity)
        pooled = {p.need.id for way in allowed if len(way.parts) > 1 for p in way.parts}
        self.capacity |= {f"need:{need}": 1 for need in pooled}
        if policy.firm_heads is not None:
            firms = {part.need.enterprise for way in allowed for part in way.parts}
            self.capacity |= {f"firm:{firm}": policy.firm_heads for firm in firms}
        hours = exclusions({way.id: way.hours for way in allowed}, engine)
        self.capacity |= {name: 1 for names in hours.values() for name in names}
        self.choices = tuple(
            Choice(
                way.id,
                way.parts[0].need.id if len(way.parts) == 1 else f"pool {way.id}",
                sum(
                    need_value(part, standings.get(part.need.id, Standing()), today, policy)
                    for part in way.parts
                ),
                _uses(way, pooled, policy, hours[way.id]),
            )
            for way in allowed
        )
        self._values = {choice.id: choice.value for choice in self.choices}

    def worth(self, ids: Collection[str]) -> float:
        """What some ways are worth together."""
        return sum(self._values.get(id, 0.0) for id in sorted(ids))

    def told(self, found: Packing, came: Collection[str]) -> Allocation:
        """A packing as an allocation."""
        return Allocation(
            tuple(self.ways[choice.id] for choice in found.chosen),
            found.value,
            found.bound,
            found.method,
            tuple(self.ways[id] for id in came),
            self.worth(came),
            found.prices,
        )


def _uses(
    way: Way, pooled: Collection[str], policy: AllocationPolicy, hours: Iterable[str]
) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for resource, quantity in way.takes:
        found[resource] = found.get(resource, 0) + quantity
    for part in way.parts:
        if part.need.id in pooled:
            found[f"need:{part.need.id}"] = 1
        if policy.firm_heads is not None:
            firm = f"firm:{part.need.enterprise}"
            found[firm] = found.get(firm, 0) + part.heads
    found |= dict.fromkeys(hours, 1)
    return tuple(sorted(found.items()))


def exclusions(
    hours: Mapping[str, Sequence[tuple[str, Busy]]], engine: Policy = DEFAULT_POLICY
) -> dict[str, list[str]]:
    """For each id names of unit resources, so that two share one just where a person cannot do both.

    `hours` are by id: whose they are, and when and where.
    """
    by_person: dict[str, dict[Busy, list[str]]] = {}
    for id, taught in hours.items():
        for person, busy in taught:
            by_person.setdefault(person, {}).setdefault(busy, []).append(id)
    found: dict[str, list[str]] = {id: [] for id in hours}
    for person, stints in sorted(by_person.items()):
        ordered = sorted(stints, key=lambda b: (b.day, b.start, b.end, str(b.place)))
        for at, busy in enumerate(ordered):
            for id in stints[busy]:
                found[id].append(f"who:{person}:{at}")
        for (a, first), (b, then) in combinations(enumerate(ordered), 2):
            if (then.day - first.day).days > 1:
                continue
            if cannot_both(first, then, engine):
                for id in {*stints[first], *stints[then]}:
                    found[id].append(f"who:{person}:{a}+{b}")
    return found
