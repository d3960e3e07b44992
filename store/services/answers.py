"""What the parties of a proposal say: yes, no, or other terms; and taking the last step back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from matching.types import Need, Rule
from store.errors import ConflictError, InvalidError
from store.lifecycles import PROPOSAL
from store.models import ProposalRow
from store.schemas.actor import Actor
from store.schemas.terms import TermsDraft
from store.services import audit, classes, clocks, dealing, market, plans, reducing, terms
from store.services.dealing import Outcome, outcome
from store.services.plans import Plan
from store.services.terms import Terms

_ANYBODYS = frozenset({"note"})  # what those may say, too, who only lend a part


def accept(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    party: str | None = None,
    version: int | None = None,
) -> Outcome:
    """One party agrees to the terms as they stand; when all have, the proposal is accepted."""
    row = dealing.load(session, code, by=by)
    party = dealing.acting_party(session, row, by, party)
    dealing.refuse_stale(row, version)
    PROPOSAL.step("accept", row.status, code)
    answer = dealing.answer(session, code, party)
    if answer.status == "accepted":
        return outcome(row)
    dealing.refuse_late(row, now)
    answer.status, answer.terms = "accepted", row.terms
    answer.answered_at, answer.answered_by = now, by.login
    session.flush()
    told = ({"answer": "pending", "party": party}, {"answer": "accepted", "party": party})
    waits = dealing.pending(session, code)
    if waits:
        row.until = min(waits)
        dealing.touch(session, row, "accept", "sent", by, now, told=told)
        return outcome(row)
    row.until = dealing.after_days(session, now, clocks.clocks(session).confirm_days)
    dealing.keep(session, row, row.until, by, now)
    step = PROPOSAL.step("agree", row.status, code)
    dealing.touch(session, row, "agree", step.after, by, now, told=told)
    return outcome(row)


def decline(
    session: Session,
    code: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    party: str | None = None,
    version: int | None = None,
) -> Outcome:
    """One party says no and why: what was held is free again, the need is open again."""
    row = dealing.load(session, code, by=by)
    party = dealing.acting_party(session, row, by, party)
    dealing.refuse_stale(row, version)
    step = PROPOSAL.step("decline", row.status, code)
    row.reason = dealing.reason_given(reason)
    answer = dealing.answer(session, code, party)
    told = ({"answer": answer.status, "party": party}, {"answer": "declined", "party": party})
    answer.status, answer.terms, answer.reason = "declined", row.terms, row.reason
    answer.answered_at, answer.answered_by = now, by.login
    row.until = None
    dealing.touch(session, row, "decline", step.after, by, now, told=told)
    dealing.follow(session, row.need, by, now)
    dealing.give_back(session, row, "released", now)
    return outcome(row)


def counter(
    session: Session,
    code: str,
    changes: TermsDraft,
    *,
    by: Actor,
    now: datetime,
    party: str | None = None,
    plan: Plan | None = None,
    version: int | None = None,
) -> Outcome:
    """One party puts other terms forward, with another plan where heads or dates change.

    It agrees to its own terms; of the others only those whose terms changed have to answer anew.
    """
    row = dealing.load(session, code, by=by)
    party = dealing.acting_party(session, row, by, party)
    dealing.refuse_stale(row, version)
    step = PROPOSAL.step("counter", row.status, code)
    dealing.refuse_late(row, now)
    if plan is not None or changes.model_dump(exclude_none=True).keys() - _ANYBODYS:
        dealing.require_course(row, by)
    if plan is not None:
        _refuse_pooled(row)
        plans.refuse_other(plans.loads(row.plan), plan, code)
    before = dealing.latest_terms(session, row)
    after = terms.changed(_replanned(row, before, plan), changes)
    changed = terms.changes(before, after)
    if not changed:
        raise InvalidError("nothing_changed", id=code)
    row.terms += 1
    dealing.put_terms(session, row, after, party, by, now)
    if plan is not None:
        need = dealing.need_row(session, row.need)
        dealing.require_heads(session, need, plan.heads, now, row.code)
        dealing.check(session, plan, now, row.code)
        dealing.replace_plan(session, row, plan)
    now_wanted = plan or plans.loads(row.plan)
    waits = dealing.ask(session, row, now_wanted, now, changed, party)
    days = clocks.clocks(session).confirm_days
    until = dealing.after_days(session, max(waits, default=now), days)
    dealing.take(session, row, now_wanted, until, by, now)
    told = dealing.told_changes(changed)
    if waits:
        row.until = min(waits)
        dealing.touch(session, row, "counter", step.after, by, now, told=told)
    else:
        row.until = until
        dealing.touch(session, row, "counter", "accepted", by, now, told=told)
    return outcome(row)


def _replanned(row: ProposalRow, before: Terms, plan: Plan | None) -> Terms:
    """Terms with another plan's heads and dates; a price that was negotiated stays."""
    if plan is None:
        return before
    after = terms.of_plan(plan, before)
    if before.price_fen == plans.loads(row.plan).price_fen:
        return after
    return replace(after, price_fen=before.price_fen)


def replan(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    heads: int | None = None,
    not_before: date | None = None,
) -> Plan:
    """Another plan for a proposal's course: for other heads, or not before a day. It only reads."""
    row = dealing.find(session, code, by=by)
    dealing.require_concerned(session, row, by)
    dealing.require_course(row, by)
    asked = replace(dealing.engine_need(session, row.need), heads=heads or row.heads)
    if not_before is not None:
        asked = replace(asked, earliest=max(asked.earliest, not_before))
    return again(session, row, asked, clocks.day_of(now))


def again(session: Session, row: ProposalRow, asked: Need, today: date) -> Plan:
    """The best plan of a proposal's own course for a need, its own capacity counted as free."""
    _refuse_pooled(row)
    found = market.best_of(session, asked, row.course, today, (row.code,))
    if found is None:
        raise ConflictError("no_other_plan", id=row.code, course=row.course)
    return plans.of_bundle(found, asked.id, asked.heads)


def _refuse_pooled(row: ProposalRow) -> None:
    """One firm of a pooled class cannot have other dates than the rest."""
    if row.pool is not None:
        raise ConflictError("pooled_dates", id=row.code, pool=row.pool)


def undo(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    request: str | None = None,
) -> Outcome:
    """Take one's own last step of a proposal back: soon, and if it still can be.

    The same request a second time takes nothing more back.
    """
    row = dealing.load(session, code, by=by)
    dealing.require_concerned(session, row, by)
    asked = audit.Asked(request, "undo", "proposal", (code, reason.strip()), by)
    if audit.is_repeat(session, asked):
        return outcome(row)
    dealing.refuse_stale(row, version)
    revert(session, row, by=by, now=now, reason=reason, request=request)
    audit.carried_out(session, asked)
    return outcome(row)


def revert(
    session: Session,
    row: ProposalRow,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    request: str | None = None,
) -> None:
    """Take one's own last step of a proposal back, which whoever calls has asked rights for."""
    code = row.code
    last = dealing.own_last(session, "proposal", code, by=by, now=now)
    if last.act == "undo" or last.act not in _ACTS:
        raise ConflictError("nothing_to_undo", id=code)
    if last.act not in _UNDOABLE or dealing.was_told(session, code, last.at):
        raise ConflictError("undo_outward", id=code, act=last.act)
    status = str(last.before["status"])
    if last.act == "send":
        _unsend(session, row, by, now)
    elif last.act in ("accept", "agree"):
        _unanswer(session, row, str(last.after["party"]), "pending")
        _hold_for_answers(session, row, by, now)
    elif last.act == "confirm":
        classes.leave(session, row, by=by, now=now)
        row.until = dealing.after_days(session, now, clocks.clocks(session).confirm_days)
        dealing.keep(session, row, row.until, by, now)
    elif last.act == "reduce":
        reducing.undo(session, row, last, by, now)
    else:
        if last.act == "decline":
            _unanswer(session, row, str(last.after["party"]), str(last.before["answer"]))
        bring_back(session, row, status, by, now)
    if last.act != "reduce":
        row.reason = reason.strip() or None
    dealing.touch(session, row, "undo", status, by, now, request=request)
    if last.act == "cancel":
        classes.join(session, row, plans.loads(row.plan), by=by, now=now)
    dealing.follow(session, row.need, by, now)


_ACTS = {step.act for step in PROPOSAL.steps}
_UNDOABLE = {step.act for step in PROPOSAL.steps if step.can_undo}


def _unsend(session: Session, row: ProposalRow, by: Actor, now: datetime) -> None:
    for answer in dealing.answers(session, row.code):
        session.delete(answer)
    row.until = clocks.after_minutes(now, clocks.clocks(session).draft_minutes)
    dealing.keep(session, row, row.until, by, now)


def _unanswer(session: Session, row: ProposalRow, party: str, status: str) -> None:
    answer = dealing.answer(session, row.code, party)
    answer.status, answer.reason = status, None
    if status == "pending":
        answer.answered_at = answer.answered_by = None
    session.flush()


def _hold_for_answers(session: Session, row: ProposalRow, by: Actor, now: datetime) -> datetime:
    """Set the proposal's clock by who has yet to answer; until when its capacity is to be held."""
    days = clocks.clocks(session).confirm_days
    waits = dealing.pending(session, row.code)
    row.until = min(waits, default=dealing.after_days(session, now, days))
    until = dealing.after_days(session, max(waits), days) if waits else row.until
    dealing.keep(session, row, until, by, now)
    return until


def bring_back(session: Session, row: ProposalRow, status: str, by: Actor, now: datetime) -> None:
    """Capacity as it was in a state that was left a moment ago, if it can still be had.

    That a run has closed its list meanwhile does not matter: the firm was on it.
    """
    need, plan = dealing.need_row(session, row.need), plans.loads(row.plan)
    dealing.require_heads(session, need, row.heads, now, row.code)
    classes.refuse_moved(session, row, plan)
    was_booked = status == "confirmed"
    dealing.check(session, plan, now, row.code, but=(Rule.RUN_CLOSED,) if was_booked else ())
    if status == "confirmed":
        last = audit.last(session, "proposal", row.code)
        row.fee_fen = last.before.get("fee_fen") if last is not None else None
        row.until = None
        dealing.take(session, row, plan, None, by, now)
    elif status == "draft":
        row.until = clocks.after_minutes(now, clocks.clocks(session).draft_minutes)
        dealing.take(session, row, plan, row.until, by, now)
    else:
        dealing.take(session, row, plan, _hold_for_answers(session, row, by, now), by, now)
