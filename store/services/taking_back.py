"""The last thing done to a class taken back: a stand-in, a postponement, a merger with another, a no-show.

Soon, by whoever did it, and while nothing came of it: nobody was rung, nobody was asked anew, what was held
instead was not used, and the places can still be had.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import Rule
from store.errors import ConflictError, StaleEditError
from store.lifecycles import CLASS
from store.models import NoShowRow, ProposalRow, TermsRow, TrainingClassRow
from store.schemas.actor import Actor
from store.services import (
    answers,
    audit,
    capacity,
    classes,
    combining,
    dealing,
    moving,
    plans,
    proposals,
    sharing,
    terms,
    waiting,
)
from store.services.audit import Last
from store.services.clocks import day_of
from store.services.dealing import Told
from store.services.plans import Plan
from store.services.rights import Act


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back of a class, and how it stands now.

    `back` are proposals that are in it again, `withdrawn` drafts that were held for their firms instead.
    """

    code: str
    act: str
    status: str
    first_day: date
    instructors: tuple[str, ...]
    back: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()


def undo(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    version: int | None = None,
    request: str | None = None,
) -> Undone:
    """Take back one's own last act on a class or on a firm in it, if it is one that can be taken back.

    The same request a second time takes nothing more back and says what it took.
    """
    row = classes.load(session, code, by=by, act=Act.EDIT)
    asked = audit.Asked(request, "undo", "class", (code,), by)
    if audit.is_repeat(session, asked):
        return reverted(session, row, asked)
    if version is not None and row.version != version:
        raise StaleEditError("class", code, row.version)
    made = revert(session, row, by=by, now=now, request=request)
    audit.carried_out(session, asked)
    return made


def reverted(session: Session, row: TrainingClassRow, asked: audit.Asked) -> Undone:
    """What a request took back of a class before; its dates and people are those of now."""
    noted = audit.last(session, "class", row.code, asked=asked)
    if noted is None:  # a no-show is written down with its firm
        return _undone(row, "no_show")
    told = noted.after
    row = session.get_one(TrainingClassRow, told.get("of", row.code))
    return _undone(row, str(told["undone"]), told["back"], told["withdrawn"])


def revert(
    session: Session, row: TrainingClassRow, *, by: Actor, now: datetime, request: str | None = None
) -> Undone:
    """Take back one's own last act on a class, which whoever calls has asked rights for."""
    code = row.code
    missed = _newest_no_show(session, code)
    if missed is not None:
        undo_no_show(session, missed, by=by, now=now, request=request)
        return _undone(row, "no_show")
    made, told = _taken_back(session, row, by, now)
    values = {"undone": made.act, "back": list(made.back), "withdrawn": list(made.withdrawn)}
    changes = [(made.code, told[0], {**told[1], **values})]
    if made.code != code:  # asked for by the class that had ended
        changes.append((code, {}, {**values, "of": made.code}))
    audit.note(session, by, "undo", "class", changes, request=request, at=now)
    return made


def _taken_back(
    session: Session, row: TrainingClassRow, by: Actor, now: datetime
) -> tuple[Undone, Told]:
    """What was taken back, and the values before and after it for the trail."""
    code = row.code
    last = dealing.own_last(session, "class", code, by=by, now=now)
    if last.act == "undo":
        raise ConflictError("nothing_to_undo", id=code)
    if last.act == "substitute" and "plan" in last.before:
        return _substitution(session, row, last, by, now)
    if last.act == "postpone" and "plan" in last.before:
        return _postponement(session, row, last, by, now)
    if last.act == "combine":
        kept = str(last.after.get("into", code))
        return _separation(session, kept, by, now)
    raise ConflictError("undo_outward", id=code, act=last.act)


def _newest_no_show(session: Session, code: str) -> str | None:
    """The firm whose no-shows are the newest thing noted of a class, if they are."""
    newest = audit.last(session, "class", code)
    found = None
    for member in classes.members(session, code):
        last = audit.last(session, "proposal", member.code)
        is_newer = last is not None and (newest is None or last.number > newest.number)
        if last is not None and last.act == "no_show" and is_newer:
            newest, found = last, member.code
    return found


def undo_no_show(
    session: Session, proposal: str, *, by: Actor, now: datetime, request: str | None = None
) -> int:
    """Take back the heads of a firm that one noted last as not having come; how many are noted then."""
    row = dealing.load(session, proposal, by=by)
    if row.training_class is None:
        dealing.require_centre(row, by)
        raise ConflictError("no_class", id=proposal)
    group = classes.load(session, row.training_class, by=by, act=Act.EDIT)
    last = dealing.own_last(session, "proposal", proposal, by=by, now=now)
    noted = session.scalars(
        select(NoShowRow).where(NoShowRow.proposal == proposal).order_by(NoShowRow.id.desc())
    ).all()
    if last.act != "no_show" or not noted:
        raise ConflictError("nothing_to_undo", id=proposal)
    if group.status == "closed":
        raise ConflictError("undo_closed", id=proposal, group=group.code)
    _refuse_told(session, (proposal,), last)
    heads = noted[0].heads
    told = ({"heads": heads, "fee_fen": noted[0].fee_fen}, {"heads": 0, "fee_fen": 0})
    session.delete(noted[0])
    session.flush()
    audit.note(session, by, "undo", "proposal", [(proposal, *told)], request=request, at=now)
    return sum(one.heads for one in noted) - heads


def _undone(
    row: TrainingClassRow, act: str, back: Collection[str] = (), withdrawn: Collection[str] = ()
) -> Undone:
    people = plans.loads(row.plan).instructors
    return Undone(row.code, act, row.status, row.first_day, people, tuple(back), tuple(withdrawn))


def _refuse_told(session: Session, codes: Collection[str], last: Last) -> None:
    """Refuse where somebody was rung about any of the proposals since."""
    for code in codes:
        if dealing.was_told(session, code, last.at):
            raise ConflictError("undo_outward", id=code, act=last.act)


def _substitution(
    session: Session, row: TrainingClassRow, last: Last, by: Actor, now: datetime
) -> tuple[Undone, Told]:
    members = classes.members(session, row.code)
    _refuse_told(session, [member.code for member in members], last)
    before = plans.loads(last.before["plan"])
    if row.run is not None and last.before["part"] in before.instructors:
        moving.appoint(session, row.run, last.before["part"], "undo", None, by, now)
    moving.put(session, row, before, by, now)
    for member in members:
        dealing.check(session, plans.loads(member.plan), now, member.code)
    told = ({"part": last.after["part"]}, {"part": last.before["part"]})
    return _undone(row, "substitute"), told


def _postponement(
    session: Session, row: TrainingClassRow, last: Last, by: Actor, now: datetime
) -> tuple[Undone, Told]:
    gone = list(last.after["gone"])
    stayed = [member.code for member in classes.members(session, row.code)]
    _refuse_told(session, [*stayed, *gone], last)
    if last.after["asked"]:
        asked = ", ".join(last.after["asked"])
        raise ConflictError("undo_asked_anew", id=row.code, proposals=asked)
    before, moved_to = plans.loads(last.before["plan"]), last.after["first_day"]
    _refuse_begun(row, before, now)
    withdrawn = _withdraw_held(session, row.code, last.after["held"], by, now)
    if row.run is not None:
        shift = timedelta(days=-int(last.after["days"]))
        moving.shift_run(session, row.run, shift, "undo", None, by, now)
    if stayed:
        restore(session, row, before, {code: before for code in stayed}, by, now)
    _bring_back(session, row.code, dict.fromkeys(gone, row.code), by, now)
    told = ({"first_day": moved_to}, {"first_day": row.first_day.isoformat()})
    return _undone(row, "postpone", gone, withdrawn), told


def _refuse_begun(row: TrainingClassRow, before: Plan, now: datetime) -> None:
    if before.days[0] <= day_of(now):
        raise ConflictError("undo_begun", id=row.code, day=before.days[0])


def _refuse_used(id: str, kind: str, other: str, state: str) -> NoReturn:
    raise ConflictError("undo_used", kind=kind, id=id, other=other, state=state)


def _withdraw_held(
    session: Session, of: str, held: Collection[str], by: Actor, now: datetime
) -> list[str]:
    """Give back what was held for firms that were let go, while it is nothing but held."""
    for code in held:
        draft = dealing.load(session, code, by=by)
        if draft.status != "draft":
            _refuse_used(of, "proposal", code, draft.status)
        proposals.withdraw(session, code, by=by, now=now, reason="undo")
    return list(held)


def _bring_back(
    session: Session, of: str, gone: Mapping[str, str], by: Actor, now: datetime
) -> None:
    """Put firms that were let go into their classes again, with all that their plans take."""
    for code, group in gone.items():
        proposal = dealing.load(session, code, by=by)
        row = session.get_one(TrainingClassRow, group, with_for_update=True)
        if proposal.status != "cancelled" or proposal.training_class is not None:
            _refuse_used(of, "proposal", code, proposal.status)
        answers.bring_back(session, proposal, "confirmed", by, now)
        proposal.reason = None
        dealing.touch(session, proposal, "undo", "confirmed", by, now)
        classes.enter(session, proposal, row, by=by, now=now)
        dealing.follow(session, proposal.need, by, now)


def _separation(session: Session, code: str, by: Actor, now: datetime) -> tuple[Undone, Told]:
    """Make two classes again of two that were made one."""
    kept = classes.load(session, code, by=by, act=Act.EDIT)
    last = dealing.own_last(session, "class", code, by=by, now=now)
    if last.act != "combine" or "members" not in last.before:
        raise ConflictError("nothing_to_undo", id=code)
    ended = classes.load(session, last.after["ended"], by=by, act=Act.EDIT)
    before, gone = last.before["members"], last.after["gone"]
    _refuse_told(session, [*before, *gone], last)
    _refuse_touched(session, kept, ended, before, last)
    _refuse_begun(kept, plans.loads(last.before["plan"]), now)
    _refuse_begun(ended, plans.loads(ended.plan), now)
    withdrawn = _withdraw_held(session, code, last.after["held"], by, now)
    if last.before["paused"]:
        combining.set_run(session, ended, "published", None, by, now)
    classes.move(
        session, ended, CLASS.step("separate", ended.status, ended.code).after, "separate", by, now
    )
    capacity.end_shared(session, before, sharing.COMMON)  # what they share is taken anew below
    freed = {(c.kind, c.resource) for c in plans.claims(plans.loads(kept.plan))}
    for one in before:
        member = session.get_one(ProposalRow, one, with_for_update=True)
        member.training_class, member.pool = before[one]["class"], before[one]["pool"]
    for row, plan in ((kept, last.before["plan"]), (ended, ended.plan)):
        own = {one: v["plan"] for one, v in before.items() if v["class"] == row.code}
        of_members = {one: plans.loads(text) for one, text in own.items()}
        restore(session, row, plans.loads(plan), of_members, by, now)
    _bring_back(session, code, gone, by, now)
    for row in (kept, ended):
        classes.weigh(session, row, by, now)
    waiting.offer_next(session, freed, now)
    told = ({"ended": ended.code}, {"separated": ended.code})
    return _undone(kept, "combine", gone, withdrawn), told


def _refuse_touched(
    session: Session,
    kept: TrainingClassRow,
    ended: TrainingClassRow,
    before: Collection[str],
    last: Last,
) -> None:
    """Refuse where anything was done to the class that ended, or to a firm, since they were made one."""
    newest = audit.last(session, "class", ended.code)
    if newest is None or newest.act != "combine":
        _refuse_used(kept.code, "class", ended.code, ended.status)
    for code in before:
        member = session.get_one(ProposalRow, code)
        newest = audit.last(session, "proposal", code)
        if newest is None or newest.number > last.number or member.training_class != kept.code:
            _refuse_used(kept.code, "proposal", code, member.status)


def restore(
    session: Session,
    row: TrainingClassRow,
    plan: Plan,
    of_members: dict[str, Plan],
    by: Actor,
    now: datetime,
) -> None:
    """Give a class and proposals in it the plans that they had, with the terms of the round before."""
    row.plan = plans.dumps(plan)
    row.first_day, row.last_day = plan.days
    row.decide_by = classes.decide_by(session, row.first_day, now)
    classes.touch(row, by, now)
    rows = [session.get_one(ProposalRow, code, with_for_update=True) for code in of_members]
    for member in rows:
        own = plans.loads(member.plan)
        dealing.replace_plan(session, member, moving.of_member(of_members[member.code], own))
    for member in rows:
        earlier = terms.loads(session.get_one(TermsRow, (member.code, member.terms - 1)).body)
        told = dealing.told_changes(terms.changes(dealing.latest_terms(session, member), earlier))
        member.terms += 1
        dealing.put_terms(session, member, earlier, by.organisation, by, now)
        changed = plans.loads(member.plan)
        dealing.take(session, member, changed, None, by, now)
        dealing.check(session, changed, now, member.code, but=(Rule.RUN_CLOSED,))
        dealing.touch(session, member, "undo", member.status, by, now, told=told)
    session.flush()
