"""A repair carried out in one write: classes changed or called off, other plans held, the days closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import schedule
from store.errors import DuijieError, StaleEditError
from store.lifecycles import CLASS
from store.models import BlackoutRow, InstructorRow, RunRow, SlotRow
from store.schemas.actor import Actor
from store.services import (
    audit,
    classes,
    clocks,
    dealing,
    moving,
    offers,
    proposals,
    reference,
)
from store.services.clocks import day_of
from store.services.proposals import Origin
from store.services.repair import Held, Remedy, Repair, Touched, Trouble
from store.services.rights import Act, require


@dataclass(frozen=True, slots=True)
class Done:
    """What a repair came to: classes changed and called off, and the drafts held for firms instead."""

    changed: tuple[str, ...]
    called_off: tuple[str, ...]
    held: tuple[str, ...]


def apply(
    session: Session,
    found: Repair,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    said: Mapping[str, Mapping[str, str]] | None = None,
) -> Done:
    """Do all of a repair in one write, or nothing; then nobody can book what cannot be had.

    `said` is what to tell whom, by class: it is kept in the history of the class.
    """
    require(by, Act.EDIT, "class", by.organisation)
    why = dealing.reason_given(reason)
    changed, called_off = [], []
    held: list[str] = []
    # what is not confirmed is taken back first: it would follow the class that it is pooled with
    for one in sorted(found.touched, key=lambda one: one.kind == "class"):
        if one.chosen.remedy is Remedy.BY_HAND:
            continue
        if one.kind == "class" and one.chosen.plan is not None:
            _change_class(session, one, why, by, now)
            changed.append(one.code)
        else:
            _call_off(session, one, why, by, now)
            called_off.append(one.code)
        if one.kind == "class":
            told = {"remedy": one.chosen.remedy.value, "said": dict((said or {}).get(one.code, {}))}
            audit.note(
                session, by, "repair", "class", [(one.code, {"plan": "before"}, told)],
                reason=why, at=now,
            )  # fmt: skip
    _close(session, found.trouble, why, by, now)
    for one in found.touched:
        for firm in one.firms:
            if firm.instead is not None:
                held += _hold(session, firm.instead, by, now)
    came_to = {"changed": changed, "called_off": called_off, "held": held}
    days = {"first": found.trouble.first.isoformat(), "last": found.trouble.last.isoformat()}
    audit.note(
        session, by, "repair", found.trouble.kind, [(found.trouble.code, days, came_to)],
        reason=why, at=now,
    )  # fmt: skip
    return Done(tuple(changed), tuple(called_off), tuple(held))


def _change_class(session: Session, one: Touched, why: str, by: Actor, now: datetime) -> None:
    row = classes.load(session, one.code, by=by, act=Act.EDIT, version=one.version)
    plan = one.chosen.plan
    assert plan is not None
    CLASS.step("substitute", row.status, one.code)
    if row.run is not None and one.chosen.remedy is Remedy.STAND_IN:
        moving.appoint(session, row.run, one.chosen.coming, "substitute", why, by, now)
    is_other_time = one.chosen.remedy is not Remedy.STAND_IN
    moving.put(session, row, plan, by, now, is_free_to_leave=is_other_time)


def _call_off(session: Session, one: Touched, why: str, by: Actor, now: datetime) -> None:
    if one.kind == "class":
        row = classes.load(session, one.code, by=by, act=Act.EDIT, version=one.version)
        CLASS.step("cancel", row.status, one.code)
        for member in classes.members(session, one.code):
            proposals.end(session, member, why, 0, by, now)
        return
    for firm in one.firms:
        held = dealing.load(session, firm.proposal, by=by)
        if firm.proposal == one.firms[0].proposal and held.version != one.version:
            raise StaleEditError("proposal", firm.proposal, held.version)
        proposals.withdraw(session, firm.proposal, by=by, now=now, reason=why)


def _close(session: Session, trouble: Trouble, why: str, by: Actor, now: datetime) -> None:
    """Keep what cannot be had from being booked on those days."""
    first, last = max(trouble.first, day_of(now)), trouble.last
    if trouble.kind == "instructor":
        row = session.get_one(InstructorRow, trouble.code, with_for_update=True)
        known = session.get(BlackoutRow, (row.code, first))
        if known is None:
            session.add(BlackoutRow(instructor=row.code, first_day=first, last_day=last))
        else:
            known.last_day = max(known.last_day, last)
        row.version += 1
        row.changed_at, row.changed_by = now, by.login
        told = {"blackout": f"{first}..{last}"}
        audit.note(session, by, "edit", "instructor", [(row.code, None, told)], reason=why, at=now)
        return
    for slot in session.scalars(
        select(SlotRow)
        .where(SlotRow.venue == trouble.code, SlotRow.day.between(first, last))
        .where(SlotRow.status == "published")
        .order_by(SlotRow.code)
    ).all():
        slot.status = "paused"
        slot.version += 1
        told = {"status": "paused"}
        audit.note(session, by, "edit", "slot", [(slot.code, {"status": "published"}, told)],
                   reason=why, at=now)  # fmt: skip
    for run in _runs_then(session, trouble.code, first, last):
        run.status = "paused"
        run.version += 1
        run.changed_at, run.changed_by = now, by.login
        told = {"status": "paused"}
        audit.note(session, by, "edit", "run", [(run.code, {"status": "published"}, told)],
                   reason=why, at=now)  # fmt: skip


def _runs_then(session: Session, venue: str, first: date, last: date) -> list[RunRow]:
    """Runs that would meet at a venue on those days and that nobody has seats of."""
    found = session.scalars(
        select(RunRow)
        .where(RunRow.venue == venue, RunRow.status == "published", RunRow.claimed == 0)
        .where(RunRow.first_day <= last)
        .order_by(RunRow.code)
    ).all()
    calendar = reference.calendar(session)
    met = {
        run.id
        for course in offers.courses(session, sorted({run.course for run in found}))
        for run in course.runs
        if any(first <= s.day <= last for s in schedule.run_sessions(run, course, calendar))
        or first <= run.first_day
    }
    return [run for run in found if run.code in met]


def _hold(session: Session, one: Held, by: Actor, now: datetime) -> list[str]:
    """A draft of a firm's other plan; where somebody was faster its need is simply open again."""
    need = dealing.need_row(session, one.need)
    require(by, Act.REGISTER, "proposal", need.owner, need.code)
    until = clocks.after_minutes(now, clocks.clocks(session).allocation_minutes)
    try:
        with session.begin_nested():
            dealing.require_heads(session, need, one.plan.heads, now)
            dealing.check(session, one.plan, now)
            row = proposals.hold(
                session, need, one.plan, until=until, by=by, now=now, origin=Origin()
            )
            proposals.note_hold(session, row, by=by, now=now)
            return [row.code]
    except DuijieError:
        return []
