"""A firm withdraws some heads of a confirmed deal: seats, price, class and need follow, by the frozen terms.

The terms keep price and scale. What the heads withdrawn owe is by the scale as for a whole cancellation and
adds up with what was owed before. From the first day on heads that stay away are no-shows instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError
from store.lifecycles import PROPOSAL
from store.models import NeedRow, ProposalRow, TrainingClassRow, WaitingRow
from store.schemas.actor import Actor
from store.services import audit, classes, clocks, dealing, plans, roster, sharing, terms
from store.services.dealing import Outcome, outcome
from store.services.plans import Plan
from store.services.terms import Terms


@dataclass(frozen=True, slots=True)
class Reduction:
    """What withdrawing heads would come to; amounts in fen, None where no price is known.

    `fee_fen` is for the heads withdrawn, `owed_fen` with what was owed before. `least` is the minimum of the
    class, `class_heads` what it has then. `waits` counts firms in line for the seats that become free.
    """

    code: str
    before: int
    after: int
    days: int
    percent: int
    fee_fen: int | None
    owed_fen: int | None
    class_heads: int
    least: int
    waits: int

    @property
    def is_below(self) -> bool:
        """Whether the class then has fewer heads than its minimum."""
        return self.class_heads < self.least


@dataclass(frozen=True, slots=True)
class Fewer:
    """With how many heads a deal goes on, whether the others still want a course, and on whose request id."""

    heads: int
    is_still_wanted: bool = False
    request: str | None = None


def look(session: Session, code: str, heads: int, *, by: Actor, now: datetime) -> Reduction:
    """What it would cost and mean to go on with so many heads only, before anything is done."""
    row = dealing.find(session, code, by=by)
    dealing.require_concerned(session, row, by)
    dealing.require_course(row, by)
    PROPOSAL.step("reduce", row.status, code)
    if not 1 <= heads < row.heads:
        raise InvalidError("fewer_heads", id=code, most=row.heads - 1)
    said, today = dealing.latest_terms(session, row), clocks.day_of(now)
    less = replace(said, heads=row.heads - heads)
    fee = terms.fee_fen(less, row.first_day, today)
    group = session.get_one(TrainingClassRow, row.training_class)
    return Reduction(
        code,
        row.heads,
        heads,
        (row.first_day - today).days,
        terms.owed_percent(said, row.first_day, today),
        fee,
        _sum(row.fee_fen, fee),
        classes.enrolled(session, group) - row.heads + heads,
        group.min_heads or 1,
        _waits(session, row),
    )


def _waits(session: Session, row: ProposalRow) -> int:
    """Firms in line for the run of a deal."""
    query = select(func.count()).where(
        WaitingRow.kind == "run",
        WaitingRow.resource == row.run,
        WaitingRow.status.in_(("waiting", "offered")),
    )
    return int(session.scalar(query) or 0) if row.run else 0


def _sum(before: int | None, fee: int | None) -> int | None:
    return None if fee is None else (before or 0) + fee


def reduce(
    session: Session,
    code: str,
    fewer: Fewer,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    fee_fen: int | None = None,
    version: int | None = None,
) -> Outcome:
    """Go on with so many heads of a confirmed deal only; another fee than by the terms is the centre's alone.

    The need asks for that many fewer, too, unless they are still wanted elsewhere. The same request a
    second time changes nothing.
    """
    before_this = repeated(session, code, fewer, reason=reason, by=by, fee_fen=fee_fen)
    if before_this is not None:
        return before_this
    row = dealing.load(session, code, by=by)
    dealing.refuse_stale(row, version)
    cost = look(session, code, fewer.heads, by=by, now=now)
    if cost.days <= 0:
        raise ConflictError("heads_began", id=code, day=row.first_day)
    if fee_fen is not None and fee_fen != cost.fee_fen:
        dealing.require_centre(row, by)
    why = dealing.reason_given(reason)
    _refuse_rostered(session, row, fewer.heads)
    owed = cost.owed_fen if fee_fen is None else _sum(row.fee_fen, fee_fen)
    less = 0 if fewer.is_still_wanted else row.heads - fewer.heads
    need = dealing.need_row(session, row.need)
    told: dealing.Told = (
        {"heads": row.heads, "fee_fen": row.fee_fen, "reason": row.reason, "group": need.min_group},
        {"heads": fewer.heads, "fee_fen": owed, "need": less},
    )
    row.fee_fen, row.reason = owed, why
    dealing.touch(session, row, "reduce", row.status, by, now, told=told, request=fewer.request)
    put(session, row, fewer.heads, by, now)
    if less:
        least = need.min_group and min(need.min_group, need.heads - less)
        _ask_for(session, need, need.heads - less, least, by, now)
    dealing.follow(session, row.need, by, now)
    audit.carried_out(session, _asked(code, fewer, reason, by, fee_fen))
    return outcome(row)


def repeated(
    session: Session, code: str, fewer: Fewer, *, reason: str, by: Actor, fee_fen: int | None = None
) -> Outcome | None:
    """How a deal stands whose heads were withdrawn on the same request before; None where it is a new one."""
    row = dealing.find(session, code, by=by)
    dealing.require_concerned(session, row, by)
    dealing.require_course(row, by)
    is_repeat = audit.is_repeat(session, _asked(code, fewer, reason, by, fee_fen))
    return outcome(row) if is_repeat else None


def _asked(code: str, fewer: Fewer, reason: str, by: Actor, fee_fen: int | None) -> audit.Asked:
    content = (code, fewer.heads, fewer.is_still_wanted, reason.strip(), fee_fen)
    return audit.Asked(fewer.request, "reduce", "proposal", content, by)


def _refuse_rostered(session: Session, row: ProposalRow, heads: int) -> None:
    """Refuse while more people of the firm are on the roster than would have places."""
    named = row.heads - roster.places(session, row)
    if named > heads:
        raise ConflictError("roster_longer", id=row.code, named=named, heads=heads)


def put(session: Session, row: ProposalRow, heads: int, by: Actor, now: datetime) -> None:
    """Give a deal other heads: its terms, what it takes, and the class that it is in."""
    said, own = dealing.latest_terms(session, row), plans.loads(row.plan)
    changed = heads - row.heads
    mates = (
        [m for m in sharing.members(session, row.pool) if m.code != row.code] if row.pool else []
    )
    total = own.class_heads + changed if own.class_heads is not None else None
    plan = _resized(replace(own, heads=heads), own, total)
    dealing.replace_plan(session, row, plan)
    for mate in mates:  # one class: what it shares is for so many fewer
        of_mate = plans.loads(mate.plan)
        dealing.replace_plan(session, mate, _resized(of_mate, of_mate, total))
    row.terms += 1
    new: Terms = replace(terms.of_plan(plan, said), price_fen=said.price_fen)
    dealing.put_terms(session, row, new, by.organisation, by, now)
    dealing.take(session, row, plan, None, by, now)
    group = session.get_one(TrainingClassRow, row.training_class, with_for_update=True)
    of_class = plans.loads(group.plan)
    mine = heads if of_class.need == own.need else of_class.heads
    group.plan = plans.dumps(_resized(replace(of_class, heads=mine), of_class, total))
    classes.touch(group, by, now)
    session.flush()
    classes.weigh(session, group, by, now)


def _resized(plan: Plan, before: Plan, class_heads: int | None) -> Plan:
    """A plan whose sessions are for the heads that there are then: workstations follow."""
    now = class_heads or plan.heads
    was = before.class_heads or before.heads
    sessions = tuple(
        s if s.heads is None else replace(s, heads=now if s.heads == was else min(s.heads, now))
        for s in plan.sessions
    )
    return replace(plan, class_heads=class_heads, sessions=sessions)


def _ask_for(
    session: Session, need: NeedRow, heads: int, min_group: int | None, by: Actor, now: datetime
) -> None:
    """Let a need ask for more or fewer heads."""
    before = need.heads
    need.heads, need.min_group = heads, min_group
    need.version += 1
    need.changed_at, need.changed_by = now, by.login
    session.flush()
    told = (need.code, {"heads": before}, {"heads": heads})
    audit.note(session, by, "reduce", "need", [told], at=now)


def undo(session: Session, row: ProposalRow, last: audit.Last, by: Actor, now: datetime) -> None:
    """Heads, fee and need as they were before the last withdrawal; refused where the seats are gone."""
    if row.first_day <= clocks.day_of(now):
        raise ConflictError("heads_began", id=row.code, day=row.first_day)
    need = dealing.need_row(session, row.need)
    heads = int(last.before["heads"])
    if last.after["need"]:
        more = need.heads + int(last.after["need"])
        _ask_for(session, need, more, last.before["group"], by, now)
    taken = dealing.heads_taken(session, need.code, dealing.COUNTED, row.code, now)
    if taken + heads > need.heads:
        raise ConflictError("heads_taken", id=need.code, left=need.heads - taken, wanted=heads)
    row.fee_fen, row.reason = last.before["fee_fen"], last.before["reason"]
    put(session, row, heads, by, now)
