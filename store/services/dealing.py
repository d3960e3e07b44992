"""What every step of a proposal shares: rights, state, capacity, clocks, terms, and the trail it leaves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from matching.types import Need, Rule, Violation
from store.engine import behind_no_wall
from store.errors import (
    ConflictError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from store.lifecycles import LIVE, NEED
from store.models import AnswerRow, ContactRow, NeedRow, ProposalRow, TermsRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.fields import STORED
from store.schemas.records import NeedView
from store.services import (
    audit,
    capacity,
    clocks,
    plans,
    reference,
    sharing,
    terms,
    waiting,
)
from store.services.capacity import Claim, Holder
from store.services.plans import Plan
from store.services.rights import Act, require, require_some
from store.services.terms import Change, Terms

COUNTED = (*LIVE, "delivered")
_SYSTEM_ROLES = (Role.OPERATOR, Role.SYSTEM)
_LONGEST_REASON = 500
Told = tuple[Mapping[str, object], Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act came to: the proposal's code, state and version, its clock, and rules that only warn."""

    code: str
    status: str
    version: int
    until: datetime | None
    warnings: tuple[Violation, ...] = ()


def outcome(row: ProposalRow, warnings: tuple[Violation, ...] = ()) -> Outcome:
    """The state of a proposal after an act."""
    return Outcome(row.code, row.status, row.version, row.until, warnings)


def load(session: Session, code: str, *, by: Actor) -> ProposalRow:
    """A proposal to change, for whoever has to do with proposals; whose it is the caller asks next."""
    require_some(by, Act.READ, "proposal", code)
    row = session.get(ProposalRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("proposal", code)
    return row


def refuse_stale(row: ProposalRow, version: int | None) -> None:
    """Refuse a change that was begun on an older version; asked after rights, so it tells nobody else."""
    if version is not None and row.version != version:
        raise StaleEditError("proposal", row.code, row.version)


def find(session: Session, code: str, *, by: Actor) -> ProposalRow:
    """A proposal to look at, for whoever has to do with proposals; whose it is the caller asks next."""
    require_some(by, Act.READ, "proposal", code)
    row = session.get(ProposalRow, code)
    if row is None:
        raise NotFoundError("proposal", code)
    return row


def require_centre(row: ProposalRow, by: Actor) -> None:
    """Only the centre whose proposal it is."""
    require(by, Act.EDIT, "proposal", row.owner, row.code)


def acting_party(session: Session, row: ProposalRow, by: Actor, party: str | None) -> str:
    """For whom somebody answers: their own organisation, or for the centre the one that it speaks for."""
    asked = {answer.party: answer.status for answer in answers(session, row.code)}
    if by.role not in _SYSTEM_ROLES:
        if by.organisation not in asked or party not in (None, by.organisation):
            raise NotAllowedError(Act.ANSWER, "proposal", row.code)
        require(by, Act.ANSWER, "proposal", by.organisation, row.code)
        return by.organisation
    require_centre(row, by)
    if party is None:
        waits = [code for code, status in asked.items() if status == "pending"]
        if len(waits) != 1:
            told = ", ".join(waits or asked)
            raise InvalidError("which_party", id=row.code, parties=told)
        return waits[0]
    if party not in asked:
        raise InvalidError("which_party", id=row.code, parties=", ".join(asked))
    return party


def require_concerned(session: Session, row: ProposalRow, by: Actor) -> None:
    """The centre whose proposal it is, and whoever was asked."""
    if by.role in _SYSTEM_ROLES:
        require_centre(row, by)
    elif session.get(AnswerRow, (row.code, by.organisation)) is None:
        raise NotAllowedError(Act.ANSWER, "proposal", row.code)
    else:
        require(by, Act.ANSWER, "proposal", by.organisation, row.code)


def require_course(row: ProposalRow, by: Actor) -> None:
    """Of institutions only the one whose course it is: who lends a part neither prices, plans nor ends it."""
    if by.role is Role.INSTITUTION and by.organisation != plans.loads(row.plan).institution:
        raise NotAllowedError(Act.EDIT, "proposal", row.code)


def answers(session: Session, code: str) -> list[AnswerRow]:
    """Every organisation that was asked, in order."""
    return list(
        session.scalars(
            select(AnswerRow).where(AnswerRow.proposal == code).order_by(AnswerRow.party)
        )
    )


def answer(session: Session, code: str, party: str) -> AnswerRow:
    """One organisation's answer."""
    return session.get_one(AnswerRow, (code, party))


def pending(session: Session, code: str) -> list[datetime]:
    """The clocks of those who have not answered."""
    return [found.due for found in answers(session, code) if found.status == "pending"]


def was_told(session: Session, code: str, since: datetime) -> bool:
    """Whether somebody was rung about a proposal since a moment."""
    return bool(
        session.scalar(
            select(ContactRow.id).where(ContactRow.record == code, ContactRow.at >= since).limit(1)
        )
    )


def own_last(session: Session, kind: str, code: str, *, by: Actor, now: datetime) -> audit.Last:
    """The newest act on a record, if the actor may still take it back: their own, and a moment ago."""
    last = audit.last(session, kind, code)
    if last is None or (last.login, last.organisation) != (by.login, by.organisation):
        raise ConflictError("nothing_to_undo", id=code)
    minutes = clocks.clocks(session).undo_minutes
    if (now - last.at).total_seconds() > minutes * 60:
        raise ConflictError("undo_too_late", id=code, minutes=minutes)
    return last


def refuse_late(row: ProposalRow, now: datetime) -> None:
    """Refuse what comes after its clock ended, even where nobody has swept it up yet."""
    if row.until is not None and row.until <= now:
        raise ConflictError("clock_over", id=row.code, until=row.until.isoformat())


def latest_terms(session: Session, row: ProposalRow) -> Terms:
    """The terms that stand now."""
    return terms.loads(session.get_one(TermsRow, (row.code, row.terms)).body)


def put_terms(
    session: Session, row: ProposalRow, said: Terms, party: str, by: Actor, now: datetime
) -> None:
    """Keep a round of terms under the proposal's present number."""
    session.add(
        TermsRow(
            proposal=row.code,
            number=row.terms,
            party=party,
            login=by.login,
            at=now,
            body=terms.dumps(said),
        )
    )
    session.flush()


def ask(
    session: Session,
    row: ProposalRow,
    plan: Plan,
    now: datetime,
    changed: tuple[Change, ...] | None = None,
    author: str = "",
) -> list[datetime]:
    """Ask everyone, or after a counter-offer those it concerns; the ends of the clocks that now run."""
    said, calendar = clocks.clocks(session), reference.calendar(session)
    wanted = plans.parties(session, plan, row.enterprise)
    known = {found.party: found for found in answers(session, row.code)}
    for party, found in known.items():
        if party not in wanted:
            session.delete(found)
    for party, parts in wanted.items():
        one = known.get(party)
        is_untouched = changed is not None and not terms.is_concerned(parts, changed)
        if one is not None and is_untouched and one.status == "accepted":
            one.parts, one.terms = parts, row.terms
            continue
        if one is None:
            one = AnswerRow(proposal=row.code, party=party)
            session.add(one)
        days = said.enterprise_days if "enterprise" in parts else said.institution_days
        one.parts, one.terms, one.reason = parts, row.terms, None
        one.asked_at, one.due = now, clocks.after_workdays(calendar, now, days)
        one.status, one.answered_at, one.answered_by = "pending", None, None
    if author in wanted:
        own = known[author]
        own.status, own.answered_at = "accepted", now
    session.flush()
    return pending(session, row.code)


def check(
    session: Session,
    plan: Plan,
    now: datetime,
    holder: str | None = None,
    *,
    but: Collection[Rule] = (),
) -> tuple[Violation, ...]:
    """Refuse a plan that a rule blocks now, `but` some rules; what only warns is returned."""
    need = engine_need(session, plan.need)
    row = session.get(ProposalRow, holder) if holder else None
    holders = sharing.group(session, row) if row is not None else ()
    return plans.check(session, plan, need, clocks.day_of(now), holders, but=but)


def engine_need(session: Session, code: str) -> Need:
    """A stored need as the engine takes it."""
    from store.services import market  # with all that matching needs, which most who deal do not

    return market.engine_need(
        session, NeedView.model_validate(_need_with_parts(session, code), context=STORED)
    )


def _need_with_parts(session: Session, code: str) -> NeedRow:
    return session.get_one(
        NeedRow, code, options=[selectinload(NeedRow.occupations)], populate_existing=True
    )


def need_row(session: Session, code: str) -> NeedRow:
    """A need to change."""
    need = session.get(NeedRow, code, with_for_update=True)
    if need is None:
        raise NotFoundError("need", code)
    return need


def move_need(session: Session, code: str, act: str, *, by: Actor, now: datetime) -> str:
    """Open an expired need again, close a delivered one, let one wait for a course or not; its new state."""
    require_some(by, Act.EDIT, "need", code)
    need = session.get(NeedRow, code, with_for_update=True)
    if need is None:
        raise NotFoundError("need", code)
    require(by, Act.EDIT, "need", need.owner, code)
    before = need.status
    need.status = NEED.step(act, before, code).after
    need.version += 1
    need.changed_at, need.changed_by = now, by.login
    session.flush()
    told = (code, {"status": before}, {"status": need.status})
    audit.note(session, by, act, "need", [told], at=now)
    return need.status


def heads_taken(
    session: Session, need: str, states: tuple[str, ...], but: str = "", now: datetime | None = None
) -> int:
    """Heads of a need that proposals in some states are for; drafts that ran out by `now` are not."""
    query = select(func.sum(ProposalRow.heads)).where(
        ProposalRow.need == need, ProposalRow.status.in_(states), ProposalRow.code != but
    )
    if now is not None:
        query = query.where(is_held(now))
    return int(session.scalar(query) or 0)


def is_held(now: datetime) -> ColumnElement[bool]:
    """All proposals but drafts whose short hold is over: these keep nobody else from the need."""
    return or_(ProposalRow.status != "draft", ProposalRow.until > now)


def require_heads(
    session: Session, need: NeedRow, heads: int, now: datetime, but: str = ""
) -> None:
    """Refuse to offer for more heads than the need has left."""
    if need.status not in ("open", "matched"):
        raise ConflictError("need_not_open", id=need.code)
    taken = heads_taken(session, need.code, COUNTED, but, now)
    if taken + heads > need.heads:
        raise ConflictError("heads_taken", id=need.code, left=need.heads - taken, wanted=heads)


# The steps from one state of a need to another, by what its proposals came to.
_PATHS = {
    ("open", "matched"): ("match",),
    ("open", "confirmed"): ("confirm",),
    ("open", "delivered"): ("confirm", "deliver"),
    ("matched", "open"): ("reopen",),
    ("matched", "confirmed"): ("confirm",),
    ("matched", "delivered"): ("confirm", "deliver"),
    ("confirmed", "open"): ("reopen",),
    ("confirmed", "matched"): ("reopen", "match"),
    ("confirmed", "delivered"): ("deliver",),
}


def follow(session: Session, code: str, by: Actor, now: datetime) -> None:
    """Take a need to the state that its proposals say: open, matched, confirmed or delivered."""
    need = need_row(session, code)
    for act in _PATHS.get((need.status, _state_of(session, need)), ()):
        before = need.status
        need.status = NEED.step(act, before, code).after
        need.changed_at, need.changed_by = now, by.login
        session.flush()
        told = ({"status": before}, {"status": need.status})
        audit.note(session, by, act, "need", [(code, *told)], at=now)
    if need.status in ("confirmed", "delivered"):
        waiting.leave_all(session, code, by, now)


def _state_of(session: Session, need: NeedRow) -> str:
    if heads_taken(session, need.code, ("delivered",)) >= need.heads:
        return "delivered"
    if heads_taken(session, need.code, ("confirmed", "delivered")) >= need.heads:
        return "confirmed"
    is_out = heads_taken(session, need.code, ("sent", "accepted", "confirmed", "delivered"))
    return "matched" if is_out else "open"


def take(
    session: Session,
    row: ProposalRow,
    plan: Plan,
    until: datetime | None,
    by: Actor,
    now: datetime,
) -> None:
    """Have exactly what the plan takes, until a moment or for good: kept where it is held, else taken."""
    session.flush()
    wanted = sharing.own(row, plans.claims(plan))
    before = sharing.own(row, capacity.live(session, row.code))
    if before == wanted:
        keep(session, row, until, by, now)
        return
    mine = capacity.of_proposal(row.code, sharing.own_kinds(row))
    freed = capacity.end(session, "released", mine)
    own = {
        resource for resource in freed if _sum(wanted, resource) <= _sum(before, resource)
    }  # whoever has seats need not queue for them again, only for more
    turns = waiting.settle(session, row.need, wanted, by=by, now=now)
    capacity.take(session, Holder(row.code), wanted, until=until, now=now, by=by, turns=turns | own)
    less = sharing.settle(session, row, until, now, by)
    waiting.offer_next(session, freed | turns | less, now)


def keep(
    session: Session, row: ProposalRow, until: datetime | None, by: Actor, now: datetime
) -> None:
    """Move the end of what a proposal holds, or make it for good."""
    session.flush()
    capacity.keep(session, row.code, until, sharing.own_kinds(row))
    waiting.offer_next(session, sharing.settle(session, row, until, now, by), now)


def _sum(claims: Iterable[Claim], resource: tuple[str, str]) -> int:
    return sum(claim.quantity for claim in claims if (claim.kind, claim.resource) == resource)


def give_back(session: Session, row: ProposalRow, ended: str, now: datetime) -> None:
    """Free what a proposal took and offer it to whoever waits; what its class shares is handed on."""
    session.flush()
    freed = capacity.end(session, ended, capacity.of_proposal(row.code))
    less = sharing.leave(session, row, now, SYSTEM)
    waiting.offer_next(session, freed | less, now)


@behind_no_wall
def free_overdue(session: Session, now: datetime) -> None:
    """End every hold whose time is over and offer what it frees to whoever waits."""
    waiting.lapse(session, now)
    freed = capacity.expire(session, now)
    if freed:
        waiting.offer_next(session, freed, now)


def replace_plan(session: Session, row: ProposalRow, plan: Plan) -> None:
    """Give a proposal another plan."""
    row.plan, row.heads, row.run, row.venue = plans.dumps(plan), plan.heads, plan.run, plan.venue
    row.first_day, row.last_day = plan.days
    session.flush()


def after_days(session: Session, now: datetime, days: int) -> datetime:
    """The close of a later working day."""
    return clocks.after_workdays(reference.calendar(session), now, days)


def touch(
    session: Session,
    row: ProposalRow,
    act: str,
    status: str,
    by: Actor,
    now: datetime,
    *,
    told: Told = ({}, {}),
    request: str | None = None,
) -> None:
    """Move a proposal into its next state and leave a trail."""
    before = row.status
    row.status = status
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    values = ({"status": before, **told[0]}, {"status": status, **told[1]})
    audit.note(
        session,
        by,
        act,
        "proposal",
        [(row.code, *values)],
        reason=row.reason,
        request=request,
        at=now,
    )


def reason_given(text: str) -> str:
    """A reason that says something."""
    if not text.strip():
        raise InvalidError("reason_missing")
    if len(text) > _LONGEST_REASON:
        raise InvalidError("reason_too_long", most=_LONGEST_REASON)
    return text.strip()


def told_changes(changed: tuple[Change, ...]) -> Told:
    """Changed terms as the trail keeps them."""
    return (
        {change.name: change.before for change in changed},
        {change.name: change.after for change in changed},
    )
