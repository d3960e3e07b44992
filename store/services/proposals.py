"""The centre's side of a proposal: hold, revise, send, withdraw, confirm, cancel.

Each is one short write: rights, state, capacity and rules are looked at again inside it. What takes
thought, ranking and planning, was done before and comes in as a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matching.types import Bundle
from store.errors import ConflictError, StaleEditError
from store.lifecycles import PROPOSAL
from store.models import NeedRow, ProposalRow
from store.schemas.actor import Actor
from store.schemas.terms import TermsDraft
from store.services import (
    audit,
    capacity,
    classes,
    clocks,
    dealing,
    decisions,
    plans,
    records,
    terms,
)
from store.services.dealing import Outcome, outcome
from store.services.decisions import Prepared
from store.services.plans import Plan
from store.services.rights import Act, require


def look(session: Session, need: str, heads: int, bundle: Bundle, *, by: Actor) -> None:
    """Refuse a bundle that somebody else has taken a part of since it was ranked. It only reads."""
    require(by, Act.READ, "match", None, need)
    plan = plans.of_bundle(bundle, need, heads)
    capacity.look(session, plans.claims(plan), capacity.kept(session, need))


def draft(
    session: Session, choice: Prepared, *, by: Actor, now: datetime, request: str | None = None
) -> Outcome:
    """Hold a bundle's capacity for a short while and keep the receipt; nobody has been told yet."""
    require(by, Act.REGISTER, "proposal", by.organisation)
    done = audit.done(session, request, "hold", "proposal", by)
    if done is not None:
        held = dealing.load(session, done, by=by)
        dealing.require_centre(held, by)
        if held.need != choice.need.code:
            raise ConflictError("request_reused", id=request)
        return outcome(held)
    need = need_to_serve(session, choice.need.code, choice.need.version, by=by)
    plan = plans.of_bundle(choice.bundle, need.code, choice.asked.heads)
    dealing.require_heads(session, need, plan.heads, now)
    dealing.free_overdue(session, now)
    # before the rules, which only see that somebody is busy, not by whom
    capacity.look(session, plans.claims(plan), capacity.kept(session, need.code))
    warnings = dealing.check(session, plan, now)
    until = clocks.after_minutes(now, clocks.clocks(session).draft_minutes)
    receipt = decisions.keep(session, choice, by=by)
    row = hold(
        session, need, plan, until=until, by=by, now=now, origin=Origin(decision=receipt.code)
    )
    note_hold(session, row, by=by, now=now, request=request)
    audit.remember(session, request, "hold", "proposal", row.code, by)
    return outcome(row, warnings)


def need_to_serve(session: Session, code: str, version: int, *, by: Actor) -> NeedRow:
    """A need of the centre's own that nobody has changed since it was looked at."""
    require(by, Act.REGISTER, "proposal", by.organisation, code)
    need = dealing.need_row(session, code)
    require(by, Act.REGISTER, "proposal", need.owner, need.code)
    if need.version != version:
        raise StaleEditError("need", need.code, need.version)
    return need


@dataclass(frozen=True, slots=True)
class Origin:
    """What a proposal came from: a receipt, a pooled class, an allocation."""

    decision: str | None = None
    pool: str | None = None
    allocation: str | None = None


def hold(
    session: Session,
    need: NeedRow,
    plan: Plan,
    *,
    until: datetime,
    by: Actor,
    now: datetime,
    origin: Origin,
) -> ProposalRow:
    """A new draft of a plan, with what it takes held; rights, heads and rules were asked by the caller."""
    (code,) = records.next_codes(session, "P", ProposalRow.code, 1)
    first, last = plan.days
    row = ProposalRow(
        code=code,
        pool=origin.pool,
        allocation=origin.allocation,
        status="draft",
        owner=need.owner,
        need=need.code,
        enterprise=need.enterprise,
        course=plan.course,
        run=plan.run,
        venue=plan.venue,
        decision=origin.decision,
        heads=plan.heads,
        first_day=first,
        last_day=last,
        plan=plans.dumps(plan),
        terms=1,
        until=until,
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(row)
    session.flush()
    dealing.put_terms(session, row, terms.of_plan(plan), by.organisation, by, now)
    dealing.take(session, row, plan, until, by, now)
    return row


def note_hold(
    session: Session, row: ProposalRow, *, by: Actor, now: datetime, request: str | None = None
) -> None:
    """Leave a trail of a new draft."""
    told = {"status": row.status, "need": row.need, "course": row.course, "heads": row.heads}
    more = {"pool": row.pool, "allocation": row.allocation}
    told |= {name: code for name, code in more.items() if code is not None}
    audit.note(session, by, "hold", "proposal", [(row.code, None, told)], request=request, at=now)


def revise(
    session: Session,
    code: str,
    changes: TermsDraft,
    *,
    version: int,
    by: Actor,
    now: datetime,
) -> Outcome:
    """Change the terms of a draft that nobody has seen: price, scale, no-show, what is included, note."""
    row = _own(session, code, by, version)
    PROPOSAL.step("hold", row.status, code)
    before = dealing.latest_terms(session, row)
    after = terms.changed(before, changes)
    if after != before:
        row.terms += 1
        dealing.put_terms(session, row, after, by.organisation, by, now)
        told = dealing.told_changes(terms.changes(before, after))
        dealing.touch(session, row, "revise", row.status, by, now, told=told)
    return outcome(row)


def send(
    session: Session,
    code: str,
    *,
    version: int | None = None,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> Outcome:
    """Offer a draft to everyone it concerns; holds that ran out are taken again, or it is refused."""
    done = audit.done(session, request, "send", "proposal", by)
    if done is not None:
        return outcome(_own(session, done, by))
    row = _own(session, code, by, version)
    step = PROPOSAL.step("send", row.status, code)
    plan = plans.loads(row.plan)
    dealing.free_overdue(session, now)
    warnings = dealing.check(session, plan, now, row.code)
    need = dealing.need_row(session, row.need)
    dealing.require_heads(session, need, row.heads, now, row.code)
    dues = dealing.ask(session, row, plan, now)
    until = dealing.after_days(session, max(dues), clocks.clocks(session).confirm_days)
    dealing.take(session, row, plan, until, by, now)
    row.until = min(dues)
    dealing.touch(session, row, "send", step.after, by, now, request=request)
    dealing.follow(session, row.need, by, now)
    audit.remember(session, request, "send", "proposal", code, by)
    return outcome(row, warnings)


def withdraw(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> Outcome:
    """The centre takes a proposal back before it is confirmed."""
    row = _own(session, code, by, version)
    step = PROPOSAL.step("withdraw", row.status, code)
    row.reason = dealing.reason_given(reason) if reason.strip() else None
    row.until = None
    dealing.touch(session, row, "withdraw", step.after, by, now)
    dealing.follow(session, row.need, by, now)
    dealing.give_back(session, row, "released", now)
    return outcome(row)


def confirm(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
    request: str | None = None,
) -> Outcome:
    """Turn every part of an accepted proposal into bookings, or none, and put it into its class."""
    done = audit.done(session, request, "confirm", "proposal", by)
    if done is not None:
        return outcome(_own(session, done, by))
    row = _own(session, code, by, version)
    step = PROPOSAL.step("confirm", row.status, code)
    dealing.refuse_late(row, now)
    plan = plans.loads(row.plan)
    warnings = dealing.check(session, plan, now, row.code)
    dealing.take(session, row, plan, None, by, now)
    row.until = None
    dealing.touch(session, row, "confirm", step.after, by, now, request=request)
    classes.join(session, row, plan, by=by, now=now)
    dealing.follow(session, row.need, by, now)
    audit.remember(session, request, "confirm", "proposal", code, by)
    return outcome(row, warnings)


@dataclass(frozen=True, slots=True)
class Cost:
    """What cancelling would cost today by the frozen terms; amounts in fen, None where no price is known."""

    code: str
    days: int
    percent: int
    fee_fen: int | None
    total_fen: int | None


def cancel_cost(session: Session, code: str, *, by: Actor, now: datetime) -> Cost:
    """The price of cancelling, before anything is done."""
    row = dealing.find(session, code, by=by)
    dealing.require_concerned(session, row, by)
    dealing.require_course(row, by)
    PROPOSAL.step("cancel", row.status, code)
    said, today = dealing.latest_terms(session, row), clocks.day_of(now)
    return Cost(
        code,
        (row.first_day - today).days,
        terms.owed_percent(said, row.first_day, today),
        terms.fee_fen(said, row.first_day, today),
        said.total_fen,
    )


def _own(session: Session, code: str, by: Actor, version: int | None = None) -> ProposalRow:
    """A proposal of the centre's own to change, as it was when the change was begun."""
    row = dealing.load(session, code, by=by)
    dealing.require_centre(row, by)
    dealing.refuse_stale(row, version)
    return row


def _may_waive(row: ProposalRow, by: Actor, fee_fen: int) -> bool:
    """An institution may ask nothing for what it cancels itself."""
    return fee_fen == 0 and by.organisation == plans.loads(row.plan).institution


def cancel(
    session: Session,
    code: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    fee_fen: int | None = None,
    version: int | None = None,
) -> Outcome:
    """Cancel a confirmed proposal by its frozen terms; another amount than theirs is for the centre alone."""
    row = dealing.load(session, code, by=by)
    dealing.require_concerned(session, row, by)
    dealing.require_course(row, by)
    dealing.refuse_stale(row, version)
    cost = cancel_cost(session, code, by=by, now=now)
    if cost.days <= 0:
        raise ConflictError("class_began", id=code, day=row.first_day)
    if fee_fen is not None and fee_fen != cost.fee_fen and not _may_waive(row, by, fee_fen):
        dealing.require_centre(row, by)
    end(session, row, reason, cost.fee_fen if fee_fen is None else fee_fen, by, now)
    return outcome(row)


def end(
    session: Session, row: ProposalRow, reason: str, fee_fen: int | None, by: Actor, now: datetime
) -> None:
    """End a confirmed proposal: bookings, class and need follow. Rights were asked by whoever calls."""
    step = PROPOSAL.step("cancel", row.status, row.code)
    before = row.fee_fen  # of heads that were withdrawn earlier: owed all the same
    row.fee_fen = None if fee_fen is None else (before or 0) + fee_fen
    row.reason = dealing.reason_given(reason)
    told: dealing.Told = ({"fee_fen": before}, {"fee_fen": row.fee_fen})
    dealing.touch(session, row, "cancel", step.after, by, now, told=told)
    classes.leave(session, row, by=by, now=now)
    dealing.follow(session, row.need, by, now)
    dealing.give_back(session, row, "cancelled", now)
