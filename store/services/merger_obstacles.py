"""What stands in the way of one class made of two: too little room, other firms in line, wishes of firms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.pooling import DEFAULT_POOLING, share_allowed
from matching.types import Need
from store.models import (
    CourseRow,
    NeedRow,
    ProposalRow,
    RunRow,
    SlotRow,
    TrainingClassRow,
    WaitingRow,
)
from store.services import capacity, classes, dealing, market, plans, sharing
from store.services.plans import Plan

SEATS, LARGE, LINE, APART, SHARE = "seats", "large", "line", "apart", "share"
ORDER, OUT, OWN, PLAN, NOBODY = "order", "out", "own", "plan", "nobody"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why two classes cannot be one: a code, how many there are and how many there would have to be."""

    code: str
    subject: str = ""
    have: int = 0
    wanted: int = 0


def members_of(session: Session, *rows: TrainingClassRow) -> list[ProposalRow]:
    """Confirmed proposals of some classes."""
    return [member for row in rows for member in classes.members(session, row.code)]


def holders_of(session: Session, *rows: TrainingClassRow) -> tuple[str, ...]:
    """Proposals that have anything of what some classes use."""
    members = members_of(session, *rows)
    return tuple({code for member in members for code in sharing.group(session, member)})


def needs_of(session: Session, members: Sequence[ProposalRow]) -> list[Need]:
    """What firms in a class asked for, with the heads that they have in it."""
    return [
        replace(dealing.engine_need(session, member.need), heads=member.heads) for member in members
    ]


def short_of_stations(
    session: Session, plan: Plan | None, holders: Sequence[str]
) -> tuple[Obstacle, ...]:
    """Workstations that a plan lacks with what some proposals have given back; None is a plan in turns."""
    if plan is None:
        return (Obstacle(PLAN),)
    own: dict[str, int] = {}
    for claim in capacity.live(session, *holders):
        if claim.kind == "slot":
            own[claim.resource] = own.get(claim.resource, 0) + claim.quantity
    for claim in plans.claims(plan):
        if claim.kind != "slot":
            continue
        had = own.get(claim.resource, 0)
        if claim.quantity > had and claim.resource in market.lined(session, "slot"):
            return (Obstacle(LINE, claim.resource, 1),)
        free = session.scalar(select(SlotRow.stations_free).where(SlotRow.code == claim.resource))
        have = (free or 0) + had
        if have < claim.quantity:
            return (Obstacle(SEATS, claim.resource, have, claim.quantity),)
    return ()


def short_of_seats(
    session: Session, run: str, kept: TrainingClassRow, ended: TrainingClassRow
) -> tuple[Obstacle, ...]:
    """Seats of a run that firms of the class that ends would lack, and firms that wait for them."""
    row = session.get_one(RunRow, run)
    coming = sum(member.heads for member in members_of(session, ended))
    waits = session.scalar(
        select(func.count()).where(
            WaitingRow.kind == "run",
            WaitingRow.resource == run,
            WaitingRow.status.in_(("waiting", "offered")),
        )
    )
    found = []
    if row.seats_left is not None and row.seats_left < coming:
        found.append(Obstacle(SEATS, run, row.seats_left, coming))
    if waits:
        found.append(Obstacle(LINE, run, int(waits)))
    return tuple(found)


def between(
    session: Session,
    kept: TrainingClassRow,
    ended: TrainingClassRow,
    members: Sequence[ProposalRow],
) -> Iterator[Obstacle]:
    """What keeps the firms of two classes from sitting together, whatever the dates."""
    heads = sum(member.heads for member in members) + classes.elsewhere(session, kept)
    most = session.scalar(select(CourseRow.max_heads).where(CourseRow.code == kept.course))
    if most is not None and heads > most:
        yield Obstacle(LARGE, kept.course, most, heads)
    own = classes.elsewhere(session, ended)
    if own:
        yield Obstacle(OWN, ended.code, own)
    for code in session.scalars(
        select(NeedRow.code)
        .where(NeedRow.code.in_([member.need for member in members]), NeedRow.type == "order")
        .order_by(NeedRow.code)
    ):
        yield Obstacle(ORDER, code)
    for pool in sorted({member.pool for member in members if member.pool}):
        for mate in sharing.members(session, pool):
            if mate.status != "confirmed":
                yield Obstacle(OUT, mate.code)
    yield from _not_together(needs_of(session, members))


def _not_together(needs: Sequence[Need]) -> Iterator[Obstacle]:
    firms = {need.enterprise for need in needs}
    for need in needs:
        for code in sorted(set(need.apart_from) & firms):
            yield Obstacle(APART, code)
    largest = max(sum(n.heads for n in needs if n.enterprise == firm) for firm in firms)
    if len(firms) > 1 and not share_allowed([replace(n, apart_from=()) for n in needs]):
        total = sum(need.heads for need in needs)
        yield Obstacle(SHARE, "", 100 * largest // total, round(100 * DEFAULT_POOLING.most_share))
