"""What to change: what one more of each scarce thing would serve, what holds needs up, what a term costs.

Each addition is tried on the allocation as it stands: the needs that go without are ranked again with it,
and the plan is packed anew from where it was. So more of anything never serves less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.additions import Addition, Sort, additions, helps, with_addition
from matching.allocation import AllocationPolicy
from matching.topic import topic_score
from matching.types import Course, Market, Rule
from store.models import EquipmentRow
from store.schemas.actor import Actor
from store.services import allocation, naming, ways
from store.services.allocation import Loser, Outlook, Why
from store.services.ways import Gathered, Progress

_ABOUT = 0.5  # a topic from which a course is about a need's trade


@dataclass(frozen=True, slots=True)
class Effect:
    """What an addition would do: more heads served and more points, and which needs would get something."""

    addition: Addition
    heads: int
    value: float
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """What keeps some needs without: a rule, or a scarce thing that others have; most heads first."""

    rule: Rule | None
    resource: str
    why: Why
    needs: tuple[str, ...]
    heads: int


@dataclass(frozen=True, slots=True)
class TermPrice:
    """What the plan would be without one term of the policy.

    Heads and plain points (100 times score times heads) more, and the needs that would get something
    then, or no longer.
    """

    term: str
    heads: int
    points: float
    gains: tuple[str, ...]
    loses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The plan as it stands, and what could be changed, most heads first; `names` are of codes."""

    outlook: Outlook
    bottlenecks: tuple[Bottleneck, ...]
    effects: tuple[Effect, ...]
    terms: tuple[TermPrice, ...]
    names: Mapping[str, str]


def look(
    session: Session,
    *,
    by: Actor,
    today: date,
    progress: Progress = lambda done, of: None,
) -> WhatIf:
    """Everything that could be changed about the plan of the centre's open needs. It only reads."""
    known = ways.gather(session, by=by, today=today, progress=progress)
    outlook = allocation.decide(session, known, None, progress)
    return what_if(session, known, outlook, progress)


def what_if(
    session: Session,
    known: Gathered,
    outlook: Outlook,
    progress: Progress = lambda done, of: None,
) -> WhatIf:
    """Try every addition that could help a need which goes without, and every term of the policy."""
    wanted = {one.need: _courses(known, one.need) for one in outlook.losers}
    courses = list(dict.fromkeys(course for found in wanted.values() for course in found))
    tries = additions(courses, known.market, known.today)
    priced = _terms(known.policy)
    effects: list[Effect] = []
    for at, addition in enumerate(tries):
        progress(at, len(tries) + len(priced))
        able = [need for need, found in wanted.items() if any(helps(addition, c) for c in found)]
        effects.append(_effect(session, known, outlook, addition, able))
    terms: list[TermPrice] = []
    for at, (term, policy) in enumerate(priced):
        progress(len(tries) + at, len(tries) + len(priced))
        terms.append(_term_price(session, known, outlook, term, policy))
    effects.sort(key=lambda e: (-e.heads, -e.value, e.addition.quantity, str(e.addition)))
    bottlenecks = _bottlenecks(outlook.losers)
    names = _names(session, known, tries)
    return WhatIf(outlook, bottlenecks, tuple(effects), tuple(terms), names)


def _names(session: Session, known: Gathered, tries: Sequence[Addition]) -> dict[str, str]:
    """What people call the equipment, trades, venues and runs' courses of additions."""
    found = {venue.id: venue.name for venue in known.market.venues.values()}
    found |= {run.id: course.title for course in known.market.courses for run in course.runs}
    subjects = {addition.subject for addition in tries}
    found |= naming.occupation_names(session, subjects)
    equipment = select(EquipmentRow.code, EquipmentRow.name).where(EquipmentRow.code.in_(subjects))
    return found | dict(session.execute(equipment).all())


def _courses(known: Gathered, code: str) -> list[Course]:
    """Courses about the trade of a need."""
    need = known.needs[code].need
    return [course for course in known.market.courses if topic_score(need, course)[0] >= _ABOUT]


def _effect(
    session: Session,
    known: Gathered,
    outlook: Outlook,
    addition: Addition,
    needs: Sequence[str],
) -> Effect:
    grown = _grown(known, with_addition(known.market, addition, known.calendar))
    before = {award.need for award in outlook.awards}
    left = ways.left(grown, outlook.ways)
    for code in needs:
        need = known.needs[code].need
        for bundle in ways.ranked(session, grown, need, left, 2).bundles:
            ways.add_single(grown, need, bundle)
    if len(grown.ways) == len(known.ways) and addition.sort is not Sort.SEATS:
        return Effect(addition, 0, 0.0, ())
    after = allocation.packed(grown, outlook)
    gained = sorted({part.need.id for way in after.ways for part in way.parts} - before)
    heads = sum(part.heads for way in after.ways for part in way.parts) - outlook.heads
    return Effect(addition, heads, after.value - outlook.value, tuple(gained))


def _grown(known: Gathered, market: Market) -> Gathered:
    """What was gathered, with another market and what is left of everything in it."""
    capacity = {f"slot:{slot.id}": slot.stations_free for slot in market.slots}
    capacity |= {f"assessment:{s.id}": s.seats_left for s in market.assessments}
    more = {name: quantity for name, quantity in capacity.items() if name not in known.capacity}
    for before, after in zip(known.market.courses, market.courses, strict=True):
        for old, new in zip(before.runs, after.runs, strict=True):
            if old.seats_left is not None and new.seats_left != old.seats_left:
                name = f"run:{new.id}"
                more[name] = known.capacity[name] + (new.seats_left or 0) - old.seats_left
    return replace(
        known,
        market=market,
        capacity={**known.capacity, **more},
        ways=dict(known.ways),
        bundles=dict(known.bundles),
    )


def _terms(policy: AllocationPolicy) -> list[tuple[str, AllocationPolicy]]:
    """The policy without each of its terms that say anything."""
    found = []
    for term in ("urgency", "waiting", "shortage", "area", "thin", "least_score", "firm_heads"):
        off = None if term == "firm_heads" else 0.0
        if getattr(policy, term) != off:
            found.append((term, replace(policy, **{term: off})))  # type: ignore[arg-type]
    return found


def _term_price(
    session: Session, known: Gathered, outlook: Outlook, term: str, policy: AllocationPolicy
) -> TermPrice:
    without = replace(known, policy=policy, ways=dict(known.ways), bundles=dict(known.bundles))
    other = allocation.decide(session, without)
    now = {award.need for award in outlook.awards}
    then = {award.need for award in other.awards}
    return TermPrice(
        term,
        other.heads - outlook.heads,
        _plain(other) - _plain(outlook),
        tuple(sorted(then - now)),
        tuple(sorted(now - then)),
    )


def _plain(outlook: Outlook) -> float:
    """Points before any term."""
    return sum(100 * award.score * award.heads for award in outlook.awards)


def _bottlenecks(losers: Sequence[Loser]) -> tuple[Bottleneck, ...]:
    needs: dict[tuple[Rule | None, str, Why], list[str]] = {}
    heads: Counter[tuple[Rule | None, str, Why]] = Counter()
    for one in losers:
        rule = one.violations[0].rule if one.violations else None
        key = (rule, one.resource, one.why)
        needs.setdefault(key, []).append(one.need)
        heads[key] += one.heads
    ordered = sorted(needs, key=lambda key: (-heads[key], str(key)))
    return tuple(Bottleneck(*key, tuple(needs[key]), heads[key]) for key in ordered)
