"""An allocation carried out: held as drafts in one write or not at all, sent, or undone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.lifecycles import ALLOCATION
from store.models import AllocationRow, AnswerRow, ProposalRow
from store.schemas.actor import Actor
from store.services import audit, capacity, clocks, dealing, plans, pools, proposals, records
from store.services.allocation import Outlook
from store.services.proposals import Origin
from store.services.rights import Act, Reach, reach, require, require_some


@dataclass(frozen=True, slots=True)
class Applied:
    """An allocation that was carried out: its code and the drafts that hold what it gave."""

    code: str
    status: str
    proposals: tuple[str, ...]
    sent: tuple[str, ...] = ()


def apply(
    session: Session,
    found: Outlook,
    *,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> Applied:
    """Hold everything that an allocation gives, as drafts, in one write or not at all."""
    require(by, Act.REGISTER, "allocation", by.organisation)
    done = audit.done(session, request, "apply", "allocation", by)
    if done is not None:
        return show(session, done, by=by)
    if not found.awards:
        raise ConflictError("nothing_to_apply")
    dealing.free_overdue(session, now)
    (code,) = records.next_codes(session, "A", AllocationRow.code, 1)
    row = AllocationRow(
        code=code,
        status="applied",
        owner=by.organisation,
        day=found.day,
        policy=json.dumps(asdict(found.policy)),
        result=json.dumps(_receipt(found), ensure_ascii=False),
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(row)
    session.flush()
    until = clocks.after_minutes(now, clocks.clocks(session).allocation_minutes)
    made = _hold_all(session, found, Origin(allocation=code), until, by, now)
    told = {"proposals": len(made), "value": round(found.value, 3), "policy": found.policy.version}
    audit.note(session, by, "apply", "allocation", [(code, None, told)], request=request, at=now)
    audit.remember(session, request, "apply", "allocation", code, by)
    return Applied(code, row.status, tuple(made))


def _hold_all(
    session: Session, found: Outlook, origin: Origin, until: datetime, by: Actor, now: datetime
) -> list[str]:
    made: list[str] = []
    pooled: set[tuple[str, ...]] = set()
    for award in found.awards:
        if award.pool is None:
            need = proposals.need_to_serve(
                session, award.need, found.needs[award.need].view.version, by=by
            )
            plan = plans.of_bundle(award.bundle, award.need, award.heads)
            dealing.require_heads(session, need, plan.heads, now)
            capacity.look(session, plans.claims(plan))
            dealing.check(session, plan, now)
            row = proposals.hold(session, need, plan, until=until, by=by, now=now, origin=origin)
            proposals.note_hold(session, row, by=by, now=now)
            made.append(row.code)
            continue
        members = tuple(member.id for member in award.pool.members)
        if members in pooled:
            continue
        pooled.add(members)
        versions = {code: found.needs[code].view.version for code in members}
        choice = pools.Prepared(award.pool, versions, found.policy.version)
        rows = pools.hold(session, choice, origin, until=until, by=by, now=now)
        made += [row.code for row in rows]
    return made


def send(session: Session, code: str, *, by: Actor, now: datetime) -> Applied:
    """Offer every draft of an allocation that was not sent yet, all or none."""
    row = _load(session, code, by)
    ALLOCATION.step("send", row.status, code)
    drafts = [p for p in _proposals(session, row.code) if p.status == "draft"]
    if not drafts:
        raise ConflictError("nothing_to_send", id=code)
    for draft in drafts:
        proposals.send(session, draft.code, by=by, now=now)
    return show(session, code, by=by)


def undo(session: Session, code: str, *, by: Actor, now: datetime) -> Applied:
    """Give everything that an allocation held back, while nothing of it was sent."""
    row = _load(session, code, by)
    step = ALLOCATION.step("undo", row.status, code)
    found = _proposals(session, code)
    codes = [proposal.code for proposal in found]
    sent = session.scalars(
        select(AnswerRow.proposal).where(AnswerRow.proposal.in_(codes)).distinct()
    ).all()
    if sent:
        raise ConflictError("allocation_sent", id=code, count=len(sent))
    for proposal in found:
        if proposal.status == "draft":
            proposals.withdraw(session, proposal.code, by=by, now=now)
    row.status = step.after
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    told = (code, {"status": "applied"}, {"status": row.status})
    audit.note(session, by, "undo", "allocation", [told], at=now)
    return show(session, code, by=by)


def show(session: Session, code: str, *, by: Actor) -> Applied:
    """An allocation that was applied, with its proposals and those of them that are out."""
    require_some(by, Act.READ, "allocation", code)
    row = session.get(AllocationRow, code)
    if row is None:
        raise NotFoundError("allocation", code)
    require(by, Act.READ, "allocation", row.owner, code)
    found = _proposals(session, code)
    return Applied(
        code,
        row.status,
        tuple(proposal.code for proposal in found),
        tuple(p.code for p in found if p.status not in ("draft", "withdrawn")),
    )


def applied(session: Session, *, by: Actor, limit: int = 50) -> tuple[Applied, ...]:
    """The newest allocations, of the centre or of all."""
    require(by, Act.READ, "allocation", by.organisation)
    query = select(AllocationRow.code).order_by(AllocationRow.code.desc()).limit(limit)
    if reach(by, Act.READ, "allocation") is Reach.OWN:
        query = query.where(AllocationRow.owner == by.organisation)
    return tuple(show(session, code, by=by) for code in session.scalars(query).all())


def _load(session: Session, code: str, by: Actor) -> AllocationRow:
    require_some(by, Act.EDIT, "allocation", code)
    row = session.get(AllocationRow, code, with_for_update=True)
    if row is None:
        raise NotFoundError("allocation", code)
    require(by, Act.EDIT, "allocation", row.owner, code)
    return row


def _proposals(session: Session, code: str) -> list[ProposalRow]:
    return list(
        session.scalars(
            select(ProposalRow).where(ProposalRow.allocation == code).order_by(ProposalRow.code)
        )
    )


def _receipt(found: Outlook) -> dict[str, object]:
    """What is kept of an allocation: who got what, who went without and why, value and bound."""
    return {
        "value": round(found.value, 6),
        "before_value": round(found.before_value, 6),
        "bound": round(found.bound, 6),
        "method": found.method,
        "awards": [
            {
                "need": award.need,
                "heads": award.heads,
                "course": award.bundle.course.id,
                "score": round(award.score, 6),
                "value": round(award.value, 6),
                "pool": [member.id for member in award.pool.members] if award.pool else None,
            }
            for award in found.awards
        ],
        "losers": [
            {"need": one.need, "heads": one.heads, "why": one.why.value, "resource": one.resource}
            for one in found.losers
        ],
    }
