"""Proposals of one pooled class: one of them carries the stations and people that all of them share.

Whoever is confirmed carries them for good; until somebody is, they are held as long as the longest of the
proposals needs. When the carrier leaves, the next one takes them over in the same transaction, so that
nobody else can have them between. Every proposal has its own assessment seats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.engine import behind_no_wall
from store.lifecycles import LIVE
from store.models import RESOURCES, AnswerRow, ProposalRow
from store.schemas.actor import Actor
from store.services import capacity, clocks, plans, reference
from store.services.capacity import Claim, Holder

COMMON = ("slot", "instructor")
Resource = tuple[str, str]  # kind and code


def group(session: Session, row: ProposalRow) -> tuple[str, ...]:
    """The live proposals of the same class, in order, itself among them whatever its state."""
    if row.pool is None:
        return (row.code,)
    return tuple(sorted({row.code, *(other.code for other in members(session, row.pool))}))


def own_kinds(row: ProposalRow) -> tuple[str, ...]:
    """The kinds of capacity that a proposal takes itself: all, or in a pooled class those not shared."""
    return RESOURCES if row.pool is None else tuple(k for k in RESOURCES if k not in COMMON)


def own(row: ProposalRow, claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """What of these a proposal takes itself."""
    kinds = own_kinds(row)
    return tuple(claim for claim in claims if claim.kind in kinds)


def taken(session: Session, row: ProposalRow) -> tuple[Claim, ...]:
    """What a proposal has taken now, with what its class shares whoever carries it."""
    found = set(capacity.live(session, row.code))
    for code in group(session, row):
        found.update(c for c in capacity.live(session, code) if c.kind in COMMON)
    return tuple(sorted(found))


@behind_no_wall
def settle(
    session: Session, row: ProposalRow, until: datetime | None, now: datetime, by: Actor
) -> set[Resource]:
    """See to it that what a pooled class shares is held for a proposal until then, or for good.

    Returned is what it does not need as before: others may have more of it now.
    """
    if row.pool is None:
        return set()
    others = [other for other in members(session, row.pool) if other.code != row.code]
    live = sorted([row, *others], key=lambda one: one.code)
    booked = {other.code for other in others if other.status == "confirmed"}
    return _carry(session, live, booked | ({row.code} if until is None else set()), until, now, by)


@behind_no_wall
def leave(session: Session, row: ProposalRow, now: datetime, by: Actor) -> set[Resource]:
    """Hand on what a proposal carried for its class, to whoever of it is left; what nobody of them needs."""
    if row.pool is None:
        return set()
    live = [other for other in members(session, row.pool) if other.code != row.code]
    booked = {other.code for other in live if other.status == "confirmed"}
    return _carry(session, live, booked, row.until, now, by, row.code)


def _carry(
    session: Session,
    live: list[ProposalRow],
    booked: set[str],
    until: datetime | None,
    now: datetime,
    by: Actor,
    leaving: str = "",
) -> set[Resource]:
    """Let one live proposal carry what all share: a booked one for good, else long enough for all.

    Returned is what they had and have no more, or less of.
    """
    before = capacity.shared(session, {leaving, *(one.code for one in live)}, COMMON)
    carrier = next((one for one in live if one.code in booked), None)
    carrier = carrier or next((one for one in live if one.code in before.carriers), None)
    carrier = carrier or next(iter(live), None)
    had = _quantities(before.claims)
    if carrier is None:
        capacity.end_shared(session, before.carriers, COMMON)
        return set(had)
    moments = (before.until, until, *(_needed_until(session, one) for one in live))
    ends = max((moment for moment in moments if moment), default=now)
    wanted = tuple(c for c in plans.claims(plans.loads(carrier.plan)) if c.kind in COMMON)
    if before.carriers == {carrier.code} and before.claims == wanted:
        capacity.keep(session, carrier.code, None if booked else ends, COMMON)
        return set()
    capacity.end_shared(session, before.carriers, COMMON)
    needs = _quantities(wanted)
    own = {resource for resource, quantity in needs.items() if quantity <= had[resource]}
    holder, ends_then = Holder(carrier.code), None if booked else ends
    capacity.take(session, holder, wanted, until=ends_then, now=now, by=by, turns=own)
    return {resource for resource, quantity in had.items() if quantity > needs[resource]}


def _quantities(claims: Iterable[Claim]) -> Counter[Resource]:
    """How much of each resource."""
    found: Counter[tuple[str, str]] = Counter()
    for claim in claims:
        found[claim.kind, claim.resource] += claim.quantity
    return found


def _needed_until(session: Session, row: ProposalRow) -> datetime | None:
    """Until when a proposal needs what its class shares: to be answered by everyone, then confirmed."""
    asked = session.scalars(
        select(AnswerRow.due).where(AnswerRow.proposal == row.code, AnswerRow.status == "pending")
    ).all()
    if row.status != "sent" or not asked:
        return row.until
    days = clocks.clocks(session).confirm_days
    return clocks.after_workdays(reference.calendar(session), max(asked), days)


def members(session: Session, pool: str) -> list[ProposalRow]:
    """The live proposals of a pooled class, in order."""
    return list(
        session.scalars(
            select(ProposalRow)
            .where(ProposalRow.pool == pool, ProposalRow.status.in_(LIVE))
            .order_by(ProposalRow.code)
        )
    )
