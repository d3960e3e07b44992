"""What the passing of time does: holds end, proposals lapse, lines move on, classes start and finish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from store.lifecycles import NEED, PROPOSAL
from store.models import BookingRow, NeedRow, ProposalRow, TrainingClassRow, WaitingRow
from store.schemas.actor import SYSTEM
from store.services import audit, classes, clocks, course_calls, dealing, early, waiting
from store.services.clocks import day_of


@dataclass(frozen=True, slots=True)
class Swept:
    """How many holds ended, proposals lapsed, needs expired, proposals were delivered.

    `closed` are calls for courses whose deadline is over, `suggested` counts needs suggested ahead.
    """

    holds: int
    lapsed: tuple[str, ...]
    expired: tuple[str, ...]
    delivered: tuple[str, ...]
    closed: tuple[str, ...] = ()
    suggested: int = 0


def is_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to sweep: asked while reading, so that nothing is locked for nothing."""
    today = day_of(now)
    checks = (
        select(BookingRow.id).where(BookingRow.status == "held", BookingRow.until <= now),
        select(ProposalRow.code).where(
            ProposalRow.status.in_(("sent", "accepted")), ProposalRow.until <= now
        ),
        select(WaitingRow.code).where(
            WaitingRow.status.in_(("waiting", "offered")),
            or_(WaitingRow.until <= now, WaitingRow.day <= today),
        ),
        select(TrainingClassRow.code).where(
            TrainingClassRow.status.in_(("forming", "ready")), TrainingClassRow.first_day <= today
        ),
        select(TrainingClassRow.code).where(
            TrainingClassRow.status == "running", TrainingClassRow.last_day < today
        ),
        _overdue_needs(session, now),
    )
    is_over = any(session.scalar(check.limit(1)) is not None for check in checks)
    is_over = is_over or course_calls.is_due(session, today) or early.is_due(session, today)
    return is_over or bool(waiting.ready(session))


def _overdue_needs(session: Session, now: datetime) -> Select[Any]:
    oldest = now - timedelta(days=clocks.clocks(session).need_days)
    return (
        select(NeedRow.code)
        .where(NeedRow.status == "open")
        .where(or_(NeedRow.latest < day_of(now), NeedRow.changed_at < oldest))
        .order_by(NeedRow.code)
    )


def sweep(session: Session, now: datetime) -> Swept:
    """Do all of it, in one write."""
    held = select(func.count()).where(BookingRow.status == "held", BookingRow.until <= now)
    holds = session.scalar(held) or 0
    lapsed = _lapse(session, now)
    dealing.free_overdue(session, now)
    waiting.offer_next(session, waiting.ready(session), now)
    classes.move_on(session, now, SYSTEM)
    expired, delivered = _expire(session, now), _deliver(session, now)
    closed = course_calls.close_over(session, now)
    return Swept(holds, lapsed, expired, delivered, closed, early.run_all(session, now))


def _lapse(session: Session, now: datetime) -> tuple[str, ...]:
    found = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.status.in_(("sent", "accepted")), ProposalRow.until <= now)
        .order_by(ProposalRow.code)
    ).all()
    for row in found:
        step = PROPOSAL.step("lapse", row.status, row.code)
        row.until = None
        dealing.touch(session, row, "lapse", step.after, SYSTEM, now)
        dealing.follow(session, row.need, SYSTEM, now)
        dealing.give_back(session, row, "expired", now)
    return tuple(row.code for row in found)


def _expire(session: Session, now: datetime) -> tuple[str, ...]:
    """Needs whose window is over, or that nobody touched for too long."""
    codes = tuple(session.scalars(_overdue_needs(session, now)))
    for code in codes:
        row = session.get_one(NeedRow, code)
        row.status = NEED.step("expire", row.status, code).after
        row.version += 1
        session.flush()
        told = (code, {"status": "open"}, {"status": row.status})
        audit.note(session, SYSTEM, "expire", "need", [told], at=now)
        waiting.leave_all(session, code, SYSTEM, now)
    return codes


def _deliver(session: Session, now: datetime) -> tuple[str, ...]:
    """Proposals of finished classes, and their needs."""
    found = session.scalars(
        select(ProposalRow)
        .join(TrainingClassRow, TrainingClassRow.code == ProposalRow.training_class)
        .where(ProposalRow.status == "confirmed", TrainingClassRow.status == "finished")
        .order_by(ProposalRow.code)
    ).all()
    for row in found:
        step = PROPOSAL.step("deliver", row.status, row.code)
        dealing.touch(session, row, "deliver", step.after, SYSTEM, now)
        dealing.follow(session, row.need, SYSTEM, now)
    return tuple(row.code for row in found)
