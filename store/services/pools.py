"""拼班: clusters of the centre's needs that can share a class, and one cluster made into proposals.

Firms learn of each other only when they have agreed: `reveal` names one to another, and that is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.parts import Part
from matching.pooling import DEFAULT_POOLING, Pool, PoolingPolicy, cluster, in_the_way, pool
from store.errors import ConflictError, InfeasibleError, InvalidError, NotFoundError
from store.models import AnswerRow, NeedRow, OrganisationRow, ProposalRow
from store.schemas.actor import Actor
from store.services import (
    audit,
    capacity,
    clocks,
    dealing,
    filing_calendar,
    in_shards,
    market,
    plans,
    proposals,
    records,
    reference,
    sharing,
    unmet,
)
from store.services.dealing import Outcome, outcome
from store.services.plans import Plan
from store.services.proposals import Origin
from store.services.rights import Act, require, require_some
from store.services.unmet import Unmet
from store.services.wanted import areas_within
from store.shards import Through


@dataclass(frozen=True, slots=True)
class Radar:
    """Every cluster, most heads first, with the needs behind it by code, outsiders' too.

    `due` is the day by which firms have to answer that are asked today.
    """

    pools: tuple[Pool, ...]
    needs: Mapping[str, Unmet]
    due: date


def radar(
    session: Session,
    *,
    by: Actor,
    today: date,
    pooling: PoolingPolicy = DEFAULT_POOLING,
    progress: Callable[[int, int], None] = lambda done, of: None,
    through: Through | None = None,
    area: str | None = None,
) -> Radar:
    """Classes that several of the centre's open needs, in an area or all, could share. It only reads.

    Where `through` is given, the work is done in shards by whoever it asks, with the same answer.
    """
    found = {one.view.code: one for one in unmet.unmet(session, by=by) if is_poolable(one)}
    if area is not None:
        inside = areas_within(session, area)
        found = {code: one for code, one in found.items() if one.view.area in inside}
    whole = market.snapshot(session, today, by.organisation)
    calendar, policy = reference.calendar(session), filing_calendar.in_force(session)
    needs = [one.need for one in found.values()]
    if through is None:
        made = pool(needs, whole, calendar, today, policy, pooling, progress)
    else:
        part = Part(whole, calendar, today, policy, pooling)
        made = in_shards.pools(session, needs, part, through)
    due = calendar.workdays_after(today, clocks.clocks(session).enterprise_days)
    return Radar(made, found, due)


def is_poolable(one: Unmet) -> bool:
    """An order class (订单班) is closed to others."""
    return one.view.type != "order"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A cluster made ready while reading, with the versions of the needs that it was made from."""

    pool: Pool
    versions: Mapping[str, int]
    policy: str


def prepare(
    session: Session,
    course: str,
    needs: Collection[str],
    *,
    by: Actor,
    today: date,
    pooling: PoolingPolicy = DEFAULT_POOLING,
) -> Prepared:
    """Certain needs in a class of a certain course, planned as things are now."""
    wanted = sorted(set(needs))
    found = {one.view.code: one for one in unmet.unmet(session, by=by, codes=wanted)}
    for code in wanted:
        if code not in found:
            _refuse(session, code, by)
        if not is_poolable(found[code]):
            raise ConflictError("order_class_closed", id=code)
    whole = market.snapshot(session, today, by.organisation)
    if course not in whole.courses_by_id:
        raise NotFoundError("course", course)
    asked = [one.need for one in found.values()]
    policy = filing_calendar.in_force(session)
    rest = (whole, reference.calendar(session), today, policy, pooling)
    made = cluster(asked, course, *rest)
    if made is None:
        rules = in_the_way(asked, course, *rest)
        raise InfeasibleError(course, rules, "pool_infeasible", needs=", ".join(wanted))
    return Prepared(made, {c: found[c].view.version for c in wanted}, pooling.version)


def _refuse(session: Session, code: str, by: Actor) -> NoReturn:
    """Say why a need cannot be pooled: it is not there, not this centre's, not open, or all proposed for."""
    row = session.get(NeedRow, code)
    if row is None:
        raise NotFoundError("need", code)
    require(by, Act.REGISTER, "proposal", row.owner, code)
    if row.status not in ("open", "matched"):
        raise ConflictError("need_not_open", id=code)
    raise ConflictError("heads_taken", id=code, left=0, wanted=row.heads)


def draft(
    session: Session,
    choice: Prepared,
    *,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> tuple[Outcome, ...]:
    """Hold a class for all of a cluster: a draft for each firm, all or none. Nobody has been told yet."""
    require(by, Act.REGISTER, "proposal", by.organisation)
    done = audit.done(session, request, "pool", "proposal", by)
    if done is not None:
        return tuple(outcome(row) for row in _known(session, done, by))
    dealing.free_overdue(session, now)
    until = clocks.after_minutes(now, clocks.clocks(session).draft_minutes)
    made = hold(session, choice, Origin(), until=until, by=by, now=now)
    audit.remember(session, request, "pool", "proposal", str(made[0].pool), by)
    return tuple(outcome(row) for row in made)


def hold(
    session: Session, choice: Prepared, origin: Origin, *, until: datetime, by: Actor, now: datetime
) -> list[ProposalRow]:
    """The drafts of one class in one write, with their trail."""
    (code,) = records.next_codes(session, "G", ProposalRow.pool, 1)  # type: ignore[arg-type]
    of_class = _plans(choice.pool)
    claims = [claim for plan in of_class for claim in plans.claims(plan)]
    common = {claim for claim in claims if claim.kind in sharing.COMMON}
    capacity.look(session, [*common, *(c for c in claims if c.kind not in sharing.COMMON)])
    made: list[ProposalRow] = []
    for plan in of_class:
        need = proposals.need_to_serve(session, plan.need, choice.versions[plan.need], by=by)
        dealing.require_heads(session, need, plan.heads, now)
        dealing.check(session, plan, now, made[0].code if made else None)
        row = proposals.hold(
            session, need, plan, until=until, by=by, now=now, origin=replace(origin, pool=code)
        )
        proposals.note_hold(session, row, by=by, now=now)
        made.append(row)
    told = {
        "course": choice.pool.bundle.course.id,
        "needs": [plan.need for plan in of_class],
        "heads": choice.pool.heads,
        "policy": choice.policy,
        "score": round(choice.pool.bundle.score, 6),
    }
    audit.note(session, by, "pool", "proposal", [(code, None, told)], at=now)
    return made


def _plans(found: Pool) -> list[Plan]:
    """The plan of each member: the same class, its own heads and assessment seats."""
    made = []
    for member in found.members:
        plan = plans.of_bundle(found.bundle, member.id, member.heads)
        if not member.certificate:
            plan = replace(plan, assessment=None, assessment_day=None)
        made.append(replace(plan, class_heads=found.heads))
    return made


def send(session: Session, code: str, *, by: Actor, now: datetime) -> tuple[Outcome, ...]:
    """Offer every draft of a pooled class, all or none."""
    found = [row for row in _members(session, code, by) if row.status == "draft"]
    if not found:
        raise ConflictError("nothing_to_send", id=code)
    return tuple(proposals.send(session, row.code, by=by, now=now) for row in found)


def withdraw(
    session: Session, code: str, *, by: Actor, now: datetime, reason: str = ""
) -> tuple[Outcome, ...]:
    """Take every proposal of a pooled class back that is not confirmed, all or none."""
    found = [r for r in _members(session, code, by) if r.status in ("draft", "sent", "accepted")]
    if not found:
        raise ConflictError("nothing_to_withdraw", id=code)
    return tuple(
        proposals.withdraw(session, row.code, by=by, now=now, reason=reason) for row in found
    )


def reveal(session: Session, code: str, firm: str, to: str, *, by: Actor, now: datetime) -> str:
    """A firm's name for another of its class, once it has agreed to the class; the telling is kept."""
    found = {row.enterprise: row for row in _members(session, code, by)}
    for enterprise in (firm, to):
        if enterprise not in found:
            raise NotFoundError("enterprise", enterprise)
    if firm == to:
        raise InvalidError("reveal_to_itself", id=firm)
    answer = session.get(AnswerRow, (found[firm].code, firm))
    if answer is None or answer.status != "accepted":
        raise ConflictError("no_consent", id=firm)
    told = {"firm": firm, "to": to, "proposal": found[firm].code}
    audit.note(session, by, "reveal", "proposal", [(code, None, told)], at=now)
    return session.get_one(OrganisationRow, firm).name


def history(session: Session, code: str, *, by: Actor) -> tuple[audit.AuditEntry, ...]:
    """What was done with a pooled class as a whole, and who was named to whom; kept when all is over."""
    require_some(by, Act.READ, "proposal", code)
    owners = session.scalars(select(ProposalRow.owner).where(ProposalRow.pool == code)).all()
    if not owners:
        raise NotFoundError("pool", code)
    for owner in owners:
        require(by, Act.READ, "proposal", owner, code)
    return audit.entries(session, "proposal", code)


def proposals_of(session: Session, code: str, *, by: Actor) -> tuple[str, ...]:
    """The proposals of a pooled class, whatever became of them, in order."""
    return tuple(row.code for row in _known(session, code, by))


def _members(session: Session, code: str, by: Actor) -> Sequence[ProposalRow]:
    """The live proposals of a class of the centre's own."""
    _known(session, code, by)
    return sharing.members(session, code)


def _known(session: Session, code: str, by: Actor) -> Sequence[ProposalRow]:
    """Every proposal of a class of the centre's own, whatever became of it."""
    require_some(by, Act.EDIT, "proposal", code)
    found = session.scalars(
        select(ProposalRow).where(ProposalRow.pool == code).order_by(ProposalRow.code)
    ).all()
    if not found:
        raise NotFoundError("pool", code)
    for row in found:
        dealing.require_centre(row, by)
    return found
