"""What waits for a person today, what has been done lately, and how many needs they have registered."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.models import AuditRow, NeedRow, TrainingClassRow
from store.schemas.actor import Actor, Role
from store.services import clocks, desk, owed, packs, verification
from store.services.audit import Done
from store.services.clocks import day_of
from store.services.owed import Waiting
from store.services.reminders import Call
from store.services.rights import Act, Reach, reach, require
from store.services.wanted import start_of

TO_MATCH, STARTS, TO_VERIFY, REPORTS = "to_match", "starts", "to_verify", "reports"
_AT_HAND = ("ready", "forming")
_KINDS = (
    "need",
    "proposal",
    "class",
    "offering",
    "allocation",
    "course",
    "run",
    "slot",
    "instructor",
)


def queue(session: Session, *, by: Actor, now: datetime) -> tuple[Waiting, ...]:
    """Kinds of steps that wait for the actor: overdue ones first, the latest on top; then by clock."""
    groups: dict[str, list[Call]] = defaultdict(list)
    for call in desk.queue(session, by=by, now=now):
        groups[call.why].append(call)
    found = [_of_calls(why, calls, now) for why, calls in groups.items()]
    more = (
        _to_match(session, by),
        _starting(session, by, now),
        _to_verify(session, by),
        _reports(session, by, now),
    )
    found += [line for line in more if line]
    found += owed.steps(session, by=by, now=now)
    return tuple(
        sorted(
            found,
            key=lambda line: (
                not line.overdue,
                line.due is None,
                line.due or now,
                -line.heads,
            ),
        )
    )


def _of_calls(why: str, calls: list[Call], now: datetime) -> Waiting:
    clocks = [call.due for call in calls if call.due]
    return Waiting(
        why,
        sum(call.heads for call in calls),
        min(clocks, default=None),
        sum(call.is_overdue(now) for call in calls),
        None,
        tuple(call.record for call in calls),
        tuple(call.party for call in calls),
    )


def _to_match(session: Session, by: Actor) -> Waiting | None:
    """Open needs, the oldest first."""
    if by.role is Role.INSTITUTION or reach(by, Act.READ, "need") is None:
        return None
    rows = session.execute(
        select(NeedRow.code, NeedRow.heads, NeedRow.created_at)
        .where(NeedRow.status == "open", *_own(by, NeedRow.owner))
        .order_by(NeedRow.created_at, NeedRow.code)
    ).all()
    if not rows:
        return None
    codes = tuple(code for code, _heads, _at in rows)
    return Waiting(TO_MATCH, sum(heads for _code, heads, _at in rows), None, 0, rows[0][2], codes)


def _starting(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Classes that begin today or tomorrow."""
    today = day_of(now)
    mine = TrainingClassRow.institution if by.role is Role.INSTITUTION else TrainingClassRow.owner
    rows = session.execute(
        select(TrainingClassRow.code, TrainingClassRow.first_day)
        .where(
            TrainingClassRow.status.in_(_AT_HAND),
            TrainingClassRow.first_day.between(today, today + timedelta(days=1)),
            *_own(by, mine),
        )
        .order_by(TrainingClassRow.first_day, TrainingClassRow.code)
    ).all()
    if not rows:
        return None
    return Waiting(STARTS, 0, start_of(rows[0][1]), 0, None, tuple(code for code, _day in rows))


def _to_verify(session: Session, by: Actor) -> Waiting | None:
    """What institutions have submitted, for those who look at it."""
    if reach(by, Act.EDIT, "verification") is None:
        return None
    found = verification.queue(session, by=by)
    if not found:
        return None
    codes = tuple(one.code for one in found)
    return Waiting(TO_VERIFY, 0, None, 0, found[0].submitted_at, codes)


def _reports(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Bulletins of periods that are over, not published yet."""
    if by.role is not Role.SUPERVISOR:
        return None
    today = day_of(now)
    states = ("due", "overdue")
    open_now = [p for p in packs.packs(session, by=by, today=today) if p.state(today) in states]
    if not open_now:
        return None
    late = sum(one.state(today) == "overdue" for one in open_now)
    due = clocks.close_of(open_now[0].due)
    return Waiting(REPORTS, 0, due, late, None, tuple(str(one.period) for one in open_now))


def activity(session: Session, *, by: Actor, limit: int = 30) -> tuple[Done, ...]:
    """What people of the actor's organisation have done lately, newest first; supervisors see everybody."""
    require(by, Act.READ, "proposal", by.organisation)
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.kind.in_(_KINDS), *_own(by, AuditRow.organisation))
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    return tuple(Done(row.at, row.login, row.act, row.kind, row.code) for row in rows)


def registered(session: Session, *, by: Actor, today: date) -> int:
    """Needs that the actor has registered since midnight."""
    return (
        session.scalar(
            select(func.count())
            .select_from(NeedRow)
            .where(
                NeedRow.created_by == by.login,
                NeedRow.created_at >= start_of(today),
                NeedRow.status != "withdrawn",
            )
        )
        or 0
    )


def _own(by: Actor, owner: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    return [] if reach(by, Act.READ, "proposal") is Reach.ANY else [owner == by.organisation]
