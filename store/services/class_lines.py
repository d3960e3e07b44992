"""Waiting for what a class on demand has: one line for each of its slots, joined and left together.

When the class is called off or needs less, all its slots are free at the same moment, so that the first in
line is offered all of them in one claim window and its plan is made of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError
from store.models import SlotRow, WaitingRow
from store.schemas.actor import Actor
from store.services import classes, market, records, slot_lines, waiting
from store.services.clocks import day_of
from store.services.plans import Plan, loads
from store.services.rights import Act, require
from store.services.slot_lines import Wanted
from store.services.waiting import Waiting

_QUEUED = ("waiting", "offered")


@dataclass(frozen=True, slots=True)
class FullClass:
    """A class whose workstations a need could wait for: how many slots are short, how many firms wait."""

    code: str
    title: str
    institution: str
    first_day: date
    slots: int
    waiting: int


def full_classes(session: Session, need: str, *, by: Actor, now: datetime) -> tuple[FullClass, ...]:
    """Classes on demand of courses that serve a need, not begun, with workstations too few; soonest first."""
    require(by, Act.REGISTER, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.REGISTER, "waiting", view.owner, need)
    wanted = slot_lines.wanted(session, view, day_of(now))
    courses = {course for one in wanted.values() for course in one.titles}
    standing = [
        one
        for one in classes.list_classes(session, by=by)
        if one.run is None and one.status in ("forming", "ready") and one.course in courses
    ]
    homes = market.short_names(session, {one.institution for one in standing})
    lines = market.lined(session, "slot")
    found = []
    for one in standing:
        short = _short(session, wanted, [s.slot for s in one.sessions if s.slot])
        if short and one.first_day > day_of(now):
            most = max(lines.get(slot, 0) for slot in short)
            told = (homes[one.institution], one.first_day, len(short), most)
            found.append(FullClass(one.code, one.title, *told))
    return tuple(found)


def _short(session: Session, wanted: Mapping[str, Wanted], codes: Sequence[str]) -> list[str]:
    """Slots of which a need could use workstations, and too few are free."""
    rows = session.scalars(select(SlotRow).where(SlotRow.code.in_(codes)).order_by(SlotRow.code))
    return [
        row.code
        for row in rows
        if row.equipment in wanted and row.stations_free < wanted[row.equipment].places
    ]


def join(
    session: Session, need: str, group: str, *, by: Actor, now: datetime
) -> tuple[Waiting, ...]:
    """Put a need at the end of the line of every slot of a class that is short for it, all or none."""
    require(by, Act.REGISTER, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.REGISTER, "waiting", view.owner, need)
    plan: Plan = loads(classes.load(session, group, by=by).plan)
    if plan.days[0] <= day_of(now):
        raise ConflictError("line_closed", id=group, day=plan.days[0])
    slots = [s.slot for s in plan.sessions if s.slot]
    short = _short(session, slot_lines.wanted(session, view, day_of(now)), slots)
    if not short:
        raise ConflictError("nothing_short", id=group, need=need)
    return tuple(waiting.join(session, need, "slot", slot, by=by, now=now) for slot in short)


def leave(session: Session, need: str, *, by: Actor, now: datetime) -> tuple[Waiting, ...]:
    """Take a need out of every line for workstations; what was kept for it goes to the next."""
    require(by, Act.EDIT, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.EDIT, "waiting", view.owner, need)
    codes = session.scalars(
        select(WaitingRow.code)
        .where(WaitingRow.need == need, WaitingRow.kind == "slot")
        .where(WaitingRow.status.in_(_QUEUED))
        .order_by(WaitingRow.code)
    ).all()
    return tuple(waiting.leave(session, code, by=by, now=now) for code in codes)
