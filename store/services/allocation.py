"""统筹调配: what each open need would get, who goes without and why.

It begins with first come, first served: each need ranked on what those before it left. The packing of all
ways together is never worth less; needs that go without are ranked again on what it leaves, until that
opens nothing more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from matching.allocation import (
    Allocation,
    AllocationPolicy,
    Part,
    Prove,
    Rivals,
    Way,
    allocate,
    need_value,
)
from matching.pooling import Pool
from matching.types import Bundle, Violation
from store.schemas.actor import Actor
from store.services import ways
from store.services.unmet import Unmet
from store.services.ways import Gathered, Progress
from store.shards import Through

_ROUNDS = 3


class Why(StrEnum):
    """Why a need goes without."""

    NOTHING_FITS = "nothing_fits"
    RIVALS = "rivals"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Award:
    """What a need gets: a bundle of its own, or a place in a pooled class."""

    need: str
    heads: int
    score: float
    value: float
    bundle: Bundle
    pool: Pool | None = None


@dataclass(frozen=True, slots=True)
class Loser:
    """A need that goes without: no rule-abiding way (`violations`), or others have what it wanted."""

    need: str
    heads: int
    why: Why
    violations: tuple[Violation, ...] = ()
    resource: str = ""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outlook:
    """An allocation as people read it, each need once in `awards` or `losers`.

    `before` is what first come, first served would give; values are the policy's points.
    """

    day: date
    policy: AllocationPolicy
    needs: Mapping[str, Unmet]
    awards: tuple[Award, ...]
    losers: tuple[Loser, ...]
    before: Mapping[str, Award]
    value: float
    before_value: float
    bound: float
    method: str
    prices: Mapping[str, float]
    ways: tuple[Way, ...]

    @property
    def gap(self) -> float:
        """How far the value may be from the best that these ways allow, as a part of the bound."""
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0

    @property
    def heads(self) -> int:
        """Heads that get something."""
        return sum(award.heads for award in self.awards)

    @property
    def before_heads(self) -> int:
        """Heads that first come, first served would give something."""
        return sum(award.heads for award in self.before.values())


def outlook(
    session: Session,
    *,
    by: Actor,
    today: date,
    progress: Progress = lambda done, of: None,
    prove: Prove | None = None,
    using: AllocationPolicy | None = None,
    through: Through | None = None,
) -> Outlook:
    """One plan for every open need of the centre (of the district, for a supervisor). It only reads.

    `progress` is told how many of the needs were looked at, and may raise to stop; `through` is as in
    `ways.gather`.
    """
    known = ways.gather(
        session, by=by, today=today, progress=progress, using=using, through=through
    )
    return decide(session, known, prove, progress)


def decide(
    session: Session,
    known: Gathered,
    prove: Prove | None = None,
    progress: Progress = lambda done, of: None,
) -> Outlook:
    """The plan for what was gathered; needs that go without are ranked again on what it leaves."""
    came = _by_turn(session, known, progress)
    allocation = _allocated(known, came, came, prove)
    for _ in range(_ROUNDS):
        if not _add_left_over(session, known, allocation, progress):
            break
        allocation = _allocated(known, came, [way.id for way in allocation.ways], prove)
    return _told(known, allocation)


def _allocated(
    known: Gathered, came: Collection[str], start: Collection[str], prove: Prove | None
) -> Allocation:
    found = tuple(known.ways.values())
    rest = (known.capacity, known.standings, known.today, known.policy)
    return allocate(found, *rest, came, start, prove)


def packed(known: Gathered, start: Outlook) -> Allocation:
    """The best plan of the ways that are known, from a plan that is known: never worth less than that."""
    return _allocated(known, (), [way.id for way in start.ways], None)


def _by_turn(session: Session, known: Gathered, progress: Progress) -> tuple[str, ...]:
    """First come, first served as desks do it: each need takes the best of what those before it left."""
    taken: list[Way] = []
    in_turn = sorted(known.needs.values(), key=lambda one: (one.registered, one.view.code))
    for at, one in enumerate(in_turn):
        progress(at, len(in_turn))
        best = next(iter(known.rankings[one.view.code].bundles), None)
        if best is None:
            continue
        way = ways.way_of([Part(one.need, one.need.heads, best.score)], best)
        if not ways.fits(known, [*taken, way]):
            left = ways.left(known, taken)
            ranking = ways.ranked(session, known, one.need, left, 1)
            if not ranking.bundles:
                continue
            best = ranking.bundles[0]
            way = known.ways[ways.add_single(known, one.need, best)]
            if not ways.fits(known, [*taken, way]):
                continue
        if best.score >= known.policy.least_score:
            taken.append(way)
    return tuple(way.id for way in taken)


def _add_left_over(
    session: Session, known: Gathered, allocation: Allocation, progress: Progress
) -> bool:
    """Ways for needs that go without or gave way, on what the rest of the plan leaves; whether any are new.

    For those in whose way they are, too: what each of them could have instead.
    """
    alone = {way.parts[0].need.id: way for way in allocation.ways if len(way.parts) == 1}
    pooled = {part.need.id for way in allocation.ways for part in way.parts} - alone.keys()
    before = len(known.ways)
    for at, (code, one) in enumerate(known.needs.items()):
        progress(at, len(known.needs))
        best = next(iter(known.rankings[code].bundles), None)
        own = alone.get(code)
        if code in pooled or best is None or (own and own.parts[0].score >= best.score):
            continue
        rest = [way for way in allocation.ways if way is not own]
        _add_ranked(session, known, one, rest)
        wanted = ways.way_of([Part(one.need, one.need.heads, best.score)], best)
        for rival in ways.sharing(wanted, alone.values()):
            others = [way for way in rest if way is not rival]
            _add_ranked(session, known, known.needs[rival.parts[0].need.id], [*others, wanted])
    return len(known.ways) > before


def _add_ranked(session: Session, known: Gathered, one: Unmet, taken: Iterable[Way]) -> None:
    """The two best ways of a need on what others leave."""
    left = ways.left(known, taken)
    for bundle in ways.ranked(session, known, one.need, left, 2).bundles:
        ways.add_single(known, one.need, bundle)


def _told(known: Gathered, allocation: Allocation) -> Outlook:
    awards = sorted(
        (award for way in allocation.ways for award in _awards(known, way)), key=lambda a: a.need
    )
    before = {award.need: award for way in allocation.before for award in _awards(known, way)}
    served = {award.need for award in awards}
    losers = tuple(
        _loser(known, one, allocation) for code, one in known.needs.items() if code not in served
    )
    return Outlook(
        known.today,
        known.policy,
        known.needs,
        tuple(awards),
        losers,
        before,
        allocation.value,
        allocation.before_value,
        allocation.bound,
        allocation.method,
        allocation.prices,
        allocation.ways,
    )


def _awards(known: Gathered, way: Way) -> list[Award]:
    """What each need in a way gets."""
    bundle, pool = known.bundles[way.id]
    return [
        Award(
            part.need.id,
            part.heads,
            part.score,
            need_value(part, known.standings[part.need.id], known.today, known.policy),
            bundle,
            pool,
        )
        for part in way.parts
    ]


def _loser(known: Gathered, one: Unmet, allocation: Allocation) -> Loser:
    """Why a need goes without: no way at all, none good enough, or who has what its best way takes."""
    code, heads = one.view.code, one.need.heads
    own = [w for w in known.ways.values() if any(p.need.id == code for p in w.parts)]
    if not own:
        rejections = known.rankings[code].rejections
        first = Counter(r.violations[0].rule for r in rejections if r.violations).most_common(1)
        told = (
            next(
                r.violations
                for r in rejections
                if r.violations and r.violations[0].rule == first[0][0]
            )
            if first
            else ()
        )
        return Loser(code, heads, Why.NOTHING_FITS, told)
    good = [w for w in own if min(p.score for p in w.parts) >= known.policy.least_score]
    if not good:
        return Loser(code, heads, Why.POLICY)
    best = max(good, key=lambda w: (_score_of(code, w), w.id))
    for name, holders in _in_the_way(known, code, best, allocation):
        return Loser(code, heads, Why.RIVALS, (), name, holders)
    return Loser(code, heads, Why.RIVALS)


def _score_of(code: str, way: Way) -> float:
    return next(part.score for part in way.parts if part.need.id == code)


def _in_the_way(
    known: Gathered, code: str, way: Way, allocation: Allocation
) -> Iterable[tuple[str, tuple[str, ...]]]:
    """Resources that a way lacks in the plan, each with the needs that have it."""
    rivals = Rivals(
        [*allocation.ways, way], known.capacity, known.standings, known.today, known.policy
    )
    wanted = next(c for c in rivals.choices if c.id == way.id)
    for resource, quantity in wanted.uses:
        holders = [c for c in rivals.choices if c.id != way.id and resource in dict(c.uses)]
        used = sum(dict(c.uses)[resource] for c in holders)
        if used + quantity > rivals.capacity.get(resource, 0):
            needs = [p.need.id for c in holders for p in rivals.ways[c.id].parts]
            yield resource, tuple(dict.fromkeys(n for n in needs if n != code))
