"""Every way in which needs could be served, alone or in pools: what an allocation is decided from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import workload
from matching.allocation import AllocationPolicy, Part, Rivals, Standing, Way
from matching.parts import Part as MarketPart
from matching.policy import Policy
from matching.pooling import Pool
from matching.pooling import pool as pool_needs
from matching.types import Bundle, Busy, Market, Need, Ranking, Run, Slot
from matching.weekly import Calendar
from store.models import NeedRow, WaitingRow
from store.schemas.actor import Actor
from store.services import (
    allocation_policy,
    filing_calendar,
    in_shards,
    market,
    matchmaking,
    plans,
    pools,
    reference,
    unmet,
)
from store.services.capacity import Claim
from store.services.rights import Act, require
from store.services.unmet import Unmet
from store.shards import Through

_BUNDLES = 8
Progress = Callable[[int, int], None]


@dataclass
class Gathered:
    """Everything that an allocation is decided from; ways grow as more are found."""

    needs: Mapping[str, Unmet]
    market: Market
    calendar: Calendar
    today: date
    policy: AllocationPolicy
    standings: Mapping[str, Standing]
    capacity: dict[str, int]
    ways: dict[str, Way]
    bundles: dict[str, tuple[Bundle, Pool | None]]
    rankings: dict[str, Ranking]
    ranking: Policy

    def add(self, parts: Sequence[Part], bundle: Bundle, pool: Pool | None = None) -> str:
        """One more way, unless it is known; its id."""
        way = way_of(parts, bundle)
        if way.id not in self.ways:
            self.ways[way.id] = way
            self.bundles[way.id] = (bundle, pool)
            for name, _ in way.takes:
                self.capacity.setdefault(name, 0)
        return way.id


def gather(
    session: Session,
    *,
    by: Actor,
    today: date,
    progress: Progress = lambda done, of: None,
    using: AllocationPolicy | None = None,
    through: Through | None = None,
) -> Gathered:
    """What every need could have, alone or in a pool, and what first come, first served would give it.

    Where `through` is given, whoever it asks ranks and pools in shards, with the same answer.
    """
    require(by, Act.READ, "allocation", by.organisation)
    found = {one.view.code: one for one in unmet.unmet(session, by=by)}
    whole = market.snapshot(session, today, by.organisation)
    said = using or allocation_policy.policy(session)
    known = Gathered(
        found,
        whole,
        reference.calendar(session),
        today,
        said,
        _standings(session, found.values(), today),
        _capacity(session, whole),
        {},
        {},
        {},
        filing_calendar.in_force(session),
    )
    part = MarketPart(whole, known.calendar, today, known.ranking, top=_BUNDLES)
    if through is not None:
        known.rankings.update(in_shards.rankings(session, found.values(), part, through))
    for at, (code, one) in enumerate(found.items()):
        progress(at, len(found))
        if through is None:
            known.rankings[code] = ranked(session, known, one.need, whole, _BUNDLES)
        for bundle in known.rankings[code].bundles:
            add_single(known, one.need, bundle)
    poolable = [one.need for one in found.values() if pools.is_poolable(one)]
    if through is None:
        pooled = pool_needs(
            poolable, whole, known.calendar, today, known.ranking, progress=progress
        )
    else:
        pooled = in_shards.pools(session, poolable, part, through)
    for pool in pooled:
        parts = [Part(m, m.heads, s) for m, s in zip(pool.members, pool.scores, strict=True)]
        known.add(parts, pool.bundle, pool)
    return known


def add_single(known: Gathered, need: Need, bundle: Bundle) -> str:
    """One more way to serve a need by itself; its id."""
    return known.add([Part(need, need.heads, bundle.score)], bundle)


def ranked(session: Session, known: Gathered, need: Need, whole: Market, top: int) -> Ranking:
    """The ranking of a need on a market in memory."""
    found = market.within(whole, session, need)
    return matchmaking.rank_offers(need, found, known.calendar, known.today, top, known.ranking)


def way_of(parts: Sequence[Part], bundle: Bundle) -> Way:
    """What a bundle takes, by the claims that booking it would make."""
    least = bundle.course.min_heads if bundle.run is None else None
    lack = max(0.0, 1 - sum(part.heads for part in parts) / least) if least else 0.0
    parts = tuple(replace(part, lack=lack) for part in parts)
    takes: Counter[str] = Counter()
    for claim in _claims(parts, bundle):
        if claim.kind != "instructor":
            takes[f"{claim.kind}:{claim.resource}"] += claim.quantity
    hours = tuple(
        (person.id, busy)
        for person in (bundle.instructors if bundle.run is None else ())
        for busy in workload.hours(
            [s for s in bundle.sessions if s.instructor == person.id],
            bundle.institution,
            bundle.venue,
            None,
        )
    )
    people = ",".join(person.id for person in bundle.instructors)
    first = bundle.sessions[0].day.isoformat() if bundle.sessions else ""
    slots = ",".join(sorted(name for name in takes if name.startswith("slot:")))
    id = "|".join(
        (
            "+".join(f"{part.need.id}x{part.heads}" for part in parts),
            bundle.course.id,
            bundle.run.id if bundle.run else "",
            people,
            first,
            slots,
        )
    )
    return Way(id, tuple(parts), tuple(sorted(takes.items())), hours)


def _claims(parts: Sequence[Part], bundle: Bundle) -> list[Claim]:
    if not bundle.sessions:
        return [Claim("run", "undated", 1, date.max)]  # what has no dates cannot be booked
    heads = sum(part.heads for part in parts)
    claims = plans.claims(plans.of_bundle(bundle, parts[0].need.id, heads))
    certified = sum(part.heads for part in parts if part.need.certificate)
    found = [c for c in claims if c.kind != "assessment"]
    if certified:
        found += [replace(c, quantity=certified) for c in claims if c.kind == "assessment"]
    return found


def _capacity(session: Session, whole: Market) -> dict[str, int]:
    """What is left of everything; nothing where others wait in line for it."""
    found = {f"slot:{slot.id}": slot.stations_free for slot in whole.slots}
    found |= {f"assessment:{s.id}": s.seats_left for s in whole.assessments}
    found |= {
        f"run:{run.id}": 10_000 if run.seats_left is None else run.seats_left
        for course in whole.courses
        for run in course.runs
    }
    for kind, resource in session.execute(
        select(WaitingRow.kind, WaitingRow.resource).where(
            WaitingRow.status.in_(("waiting", "offered"))
        )
    ):
        found[f"{kind}:{resource}"] = 0
    return found


def _standings(session: Session, needs: Iterable[Unmet], today: date) -> dict[str, Standing]:
    """Days waited, and how far each need's area is behind the best served one, by heads of this year."""
    asked: Counter[str] = Counter()
    served: Counter[str] = Counter()
    year = date(today.year, 1, 1)
    for area, heads, status in session.execute(
        select(NeedRow.area, NeedRow.heads, NeedRow.status).where(
            NeedRow.status != "withdrawn", NeedRow.earliest >= year
        )
    ):
        street = _street(area)
        asked[street] += heads
        served[street] += heads if status in ("confirmed", "delivered", "closed") else 0
    shares = {street: served[street] / heads for street, heads in asked.items() if heads}
    most = max(shares.values(), default=0.0)
    return {
        one.view.code: Standing(
            max(0, (today - one.registered).days),
            1 - shares.get(_street(one.view.area), 0.0) / most if most else 0.0,
        )
        for one in needs
    }


def _street(area: str | None) -> str:
    """The street of an area code: nine digits, a park's own after them."""
    return (area or "")[:9]


def fits(known: Gathered, ways: Sequence[Way]) -> bool:
    """Whether ways can all be had at once."""
    rivals = Rivals(ways, known.capacity, known.standings, known.today, known.policy)
    used: Counter[str] = Counter()
    for choice in rivals.choices:
        for resource, quantity in choice.uses:
            used[resource] += quantity
    return len(rivals.choices) == len(ways) and all(
        quantity <= rivals.capacity.get(resource, 0) for resource, quantity in used.items()
    )


def sharing(way: Way, others: Iterable[Way]) -> list[Way]:
    """Those of other ways that take some of the same thing, or hours of the same person."""
    names = {name for name, _ in (*way.takes, *way.hours)}
    return [
        other
        for other in others
        if other.id != way.id
        and not names.isdisjoint(name for name, _ in (*other.takes, *other.hours))
    ]


def left(known: Gathered, ways: Iterable[Way]) -> Market:
    """The market that ways leave."""
    taken: Counter[str] = Counter()
    busy: dict[str, list[Busy]] = {}
    for way in ways:
        for name, quantity in way.takes:
            taken[name] += quantity
        for person, hours in way.hours:
            busy.setdefault(person, []).append(hours)
    whole = known.market

    def run_left(run: Run) -> Run:
        if run.seats_left is None:
            return run
        left = known.capacity[f"run:{run.id}"] - taken[f"run:{run.id}"]
        return replace(run, seats_left=left) if left != run.seats_left else run

    def slot_left(slot: Slot) -> Slot:
        used = taken[f"slot:{slot.id}"]
        return slot._replace(stations_free=slot.stations_free - used) if used else slot

    slots = (slot_left(slot) for slot in whole.slots)
    return replace(
        whole,
        courses=tuple(
            replace(course, runs=tuple(run_left(run) for run in course.runs))
            if course.runs
            else course
            for course in whole.courses
        ),
        slots=tuple(slot for slot in slots if slot.stations_free > 0),
        instructors=tuple(
            replace(person, busy=(*person.busy, *busy[person.id])) if person.id in busy else person
            for person in whole.instructors
        ),
        assessments=tuple(
            replace(s, seats_left=s.seats_left - taken[f"assessment:{s.id}"])
            for s in whole.assessments
        ),
    )
