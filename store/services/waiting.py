"""Waiting lines for seats and workstations: strictly in order, a group's together, one claim at a time.

Nobody is promoted after the start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.engine import behind_no_wall
from store.errors import ConflictError, InfeasibleError, NotFoundError, TakenError
from store.lifecycles import WAITING
from store.models import (
    AssessmentRow,
    ContactRow,
    NeedRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    WaitingRow,
)
from store.schemas.actor import SYSTEM, Actor
from store.schemas.records import NeedView
from store.services import audit, capacity, market, records, reference, slot_lines
from store.services.capacity import Claim, Holder
from store.services.clocks import after_workdays, clocks, day_of
from store.services.rights import Act, Reach, reach, require, require_some

_QUEUED = ("waiting", "offered")
Line = RunRow | AssessmentRow | SlotRow
_TABLES: Mapping[str, Any] = {"run": RunRow, "assessment": AssessmentRow, "slot": SlotRow}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A firm in a line: its place (from 1, 0 once it has left), and until when its claim stands.

    `heads` are the seats or workstations that it waits for, `group` its people, who get in together;
    `free` is how many there are now, None where nobody counts.
    """

    code: str
    need: str
    enterprise: str
    kind: str
    resource: str
    heads: int
    status: str
    place: int
    until: datetime | None
    owner: str
    created_at: datetime
    group: int
    free: int | None


def join(
    session: Session, need: str, kind: str, resource: str, *, by: Actor, now: datetime
) -> Waiting:
    """Put a need at the end of the line for seats of a run or a sitting, or for workstations of a slot."""
    require(by, Act.REGISTER, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.REGISTER, "waiting", view.owner, need)
    if view.status != "open":
        raise ConflictError("need_not_open", id=need)
    row: Line | None = session.get(_TABLES[kind], resource, with_for_update=True)
    if row is None:
        raise NotFoundError(kind, resource)
    day: date = row.first_day if isinstance(row, RunRow) else row.day
    if day <= day_of(now):
        raise ConflictError("line_closed", id=resource, day=day)
    places = view.heads
    if isinstance(row, RunRow):
        _refuse_unsuitable(session, view, row, day_of(now))
    elif isinstance(row, SlotRow):
        places = slot_lines.stations(session, view, row, day_of(now))
    whole, left = _places(row)
    if whole is not None and places > whole:
        raise ConflictError("line_too_small", id=resource, seats=whole, heads=places)
    queue = _line(session, kind, resource)
    if any(other.need == need for other in queue):
        raise ConflictError("already_waiting", id=need, resource=resource)
    if not queue and left is not None and left >= places:
        raise ConflictError("seats_free", id=resource, left=left)
    (code,) = records.next_codes(session, "W", WaitingRow.code, 1)
    made = WaitingRow(
        code=code,
        need=need,
        kind=kind,
        resource=resource,
        heads=places,
        day=day,
        status="waiting",
        owner=view.owner,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(made)
    session.flush()
    told = {"need": need, "resource": resource, "status": "waiting"}
    audit.note(session, by, "join", "waiting", [(code, None, told)], at=now)
    offer_next(session, {(kind, resource)}, now)
    return waiting(session, code, by=by)


def _refuse_unsuitable(session: Session, view: NeedView, run: RunRow, today: date) -> None:
    """Refuse to wait for a run that would not do for the need even with seats."""
    need = market.engine_need(session, view)
    found = market.unsuited(session, need, run.course, run.code, today)
    if found is not None:
        raise InfeasibleError(run.code, found, "wrong_run", need=view.code)


def _places(row: Line) -> tuple[int | None, int | None]:
    """How many places there are in all and free now: seats or workstations, None where nobody counts."""
    if isinstance(row, SlotRow):
        return row.stations, row.stations_free
    return row.seats, row.seats_left


def leave(session: Session, code: str, *, by: Actor, now: datetime) -> Waiting:
    """Take a firm out of its line; what was kept for it goes to the next."""
    require_some(by, Act.EDIT, "waiting", code)
    row = _load(session, code)
    require(by, Act.EDIT, "waiting", row.owner, code)
    _step(session, row, "leave", by, now)
    return waiting(session, code, by=by)


def undo(
    session: Session, code: str, *, by: Actor, now: datetime, request: str | None = None
) -> Waiting:
    """Take one's own joining or leaving of a line back; whoever left has their place again.

    Nobody gets their place again past a firm behind them that was offered seats meanwhile. The same
    request a second time takes nothing more back.
    """
    require_some(by, Act.EDIT, "waiting", code)
    row = _load(session, code)
    require(by, Act.EDIT, "waiting", row.owner, code)
    asked = audit.Asked(request, "undo", "waiting", (code,), by)
    if not audit.is_repeat(session, asked):
        revert(session, code, by=by, now=now, request=request)
        audit.carried_out(session, asked)
    return waiting(session, code, by=by)


def revert(
    session: Session, code: str, *, by: Actor, now: datetime, request: str | None = None
) -> None:
    """Take one's own joining or leaving back, as `undo` does with a request that is known to be new."""
    require_some(by, Act.EDIT, "waiting", code)
    row = _load(session, code)
    require(by, Act.EDIT, "waiting", row.owner, code)
    last = _own_last(session, row, by, now)
    if last.act == "leave" and row.status == "left":
        _return(session, row, last, by, now, request)
    else:
        _step(session, row, "undo", by, now, request)


def _own_last(session: Session, row: WaitingRow, by: Actor, now: datetime) -> audit.Last:
    """The step to take back: an offer of seats that came of joining is no step of anybody's."""
    last = audit.last(session, "waiting", row.code)
    if last is not None and (last.act, last.login) == ("offer", SYSTEM.login):
        last = audit.last(session, "waiting", row.code, earlier=last.number)
    if last is None or (last.login, last.organisation) != (by.login, by.organisation):
        raise ConflictError("nothing_to_undo", id=row.code)
    if last.act not in ("join", "leave"):
        raise ConflictError("nothing_to_undo", id=row.code)
    minutes = clocks(session).undo_minutes
    if (now - last.at).total_seconds() > minutes * 60:
        raise ConflictError("undo_too_late", id=row.code, minutes=minutes)
    rung = select(ContactRow.id).where(ContactRow.record == row.need, ContactRow.at >= last.at)
    if session.scalar(rung.limit(1)) is not None:
        raise ConflictError("undo_outward", id=row.code, act=last.act)
    return last


def _return(
    session: Session,
    row: WaitingRow,
    last: audit.Last,
    by: Actor,
    now: datetime,
    request: str | None,
) -> None:
    need = session.get_one(NeedRow, row.need, with_for_update=True)
    if need.status != "open":
        raise ConflictError("need_not_open", id=need.code)
    if row.day <= day_of(now):
        raise ConflictError("line_closed", id=row.resource, day=row.day)
    if any(other.need == row.need for other in _line(session, row.kind, row.resource)):
        raise ConflictError("already_waiting", id=row.need, resource=row.resource)
    passed = session.scalar(
        select(WaitingRow.code)
        .where(WaitingRow.kind == row.kind, WaitingRow.resource == row.resource)
        .where(WaitingRow.code > row.code, WaitingRow.status.in_(("offered", "taken")))
        .where(WaitingRow.changed_at >= last.at)
        .order_by(WaitingRow.code)
        .limit(1)
    )
    if passed is not None:
        raise ConflictError("undo_passed", id=row.code, other=passed, resource=row.resource)
    status = WAITING.step("return", row.status, row.code).after
    _touch(session, row, "undo", status, by, now, request)
    offer_next(session, {(row.kind, row.resource)}, now)


def waiting(session: Session, code: str, *, by: Actor) -> Waiting:
    """One firm's place in a line."""
    require_some(by, Act.READ, "waiting", code)
    row = session.get(WaitingRow, code)
    if row is None:
        raise NotFoundError("waiting", code)
    require(by, Act.READ, "waiting", row.owner, code)
    return _view(session, row)


def lines(session: Session, *, by: Actor, resource: str | None = None) -> tuple[Waiting, ...]:
    """Firms that wait, by line and place."""
    require(by, Act.READ, "waiting", by.organisation)
    query = (
        select(WaitingRow)
        .where(WaitingRow.status.in_(_QUEUED))
        .order_by(WaitingRow.kind, WaitingRow.resource, WaitingRow.code)
    )
    if resource is not None:
        query = query.where(WaitingRow.resource == resource)
    if reach(by, Act.READ, "waiting") is Reach.OWN:
        query = query.where(WaitingRow.owner == by.organisation)
    return tuple(_view(session, row) for row in session.scalars(query))


@behind_no_wall
def offer_next(session: Session, freed: Iterable[tuple[str, str]], now: datetime) -> None:
    """Keep freed seats for the first of each line, when all of its heads fit; nobody else moves up."""
    for kind, resource in sorted(freed):
        if kind not in _TABLES:
            continue
        queue = _line(session, kind, resource)
        if not queue or any(row.status == "offered" for row in queue):
            continue
        first = queue[0]
        if first.day <= day_of(now):
            continue
        days = clocks(session).claim_days
        until = after_workdays(reference.calendar(session), now, days)
        claim = Claim(kind, resource, first.heads, first.day)
        if kind == "slot":
            slot = session.get_one(SlotRow, resource)
            claim = replace(claim, start=slot.start, end=slot.end)
        holder = Holder(waiting=first.code)
        try:
            capacity.take(session, holder, [claim], until=until, now=now, by=SYSTEM)
        except TakenError:
            continue
        first.until = until
        _touch(session, first, "offer", "offered", SYSTEM, now)


def ready(session: Session) -> set[tuple[str, str]]:
    """Lines whose first could be offered places now: more seats came in than by anybody's giving up."""
    found = set()
    for kind, resource in session.execute(
        select(WaitingRow.kind, WaitingRow.resource)
        .where(WaitingRow.status.in_(_QUEUED))
        .group_by(WaitingRow.kind, WaitingRow.resource)
    ):
        first = _line(session, kind, resource)[0]
        row: Line | None = session.get(_TABLES[kind], resource, populate_existing=True)
        if row is None or row.status != "published" or first.status != "waiting":
            continue
        left = _places(row)[1]
        if left is None or left >= first.heads:
            found.add((kind, resource))
    return found


@behind_no_wall
def settle(
    session: Session, need: str, claims: Iterable[Claim], *, by: Actor, now: datetime
) -> frozenset[tuple[str, str]]:
    """Give up what was kept for a waiting need, for its proposal to take; for what it was its turn."""
    wanted = {(claim.kind, claim.resource) for claim in claims}
    turns = set()
    for row in session.scalars(
        select(WaitingRow).where(WaitingRow.need == need, WaitingRow.status == "offered")
    ).all():
        if (row.kind, row.resource) in wanted:
            turns.add((row.kind, row.resource))
            capacity.end(session, "released", capacity.of_waiting(row.code))
            row.until = None
            _touch(session, row, "take", "taken", by, now)
    return frozenset(turns)


@behind_no_wall
def move(session: Session, run: str, shift: timedelta) -> None:
    """Lines of a run that begins later close later."""
    for row in session.scalars(
        select(WaitingRow).where(WaitingRow.kind == "run", WaitingRow.resource == run)
    ).all():
        row.day += shift
    session.flush()


@behind_no_wall
def leave_all(session: Session, need: str, by: Actor, now: datetime) -> None:
    """Take a need that asks for nothing more out of every line."""
    for row in session.scalars(
        select(WaitingRow).where(WaitingRow.need == need, WaitingRow.status.in_(_QUEUED))
    ).all():
        _step(session, row, "leave", by, now)


def lapse(session: Session, now: datetime) -> None:
    """End claims that nobody took up and lines whose class has begun; the next in line is offered."""
    over = session.scalars(
        select(WaitingRow)
        .where(WaitingRow.status.in_(_QUEUED))
        .where((WaitingRow.until <= now) | (WaitingRow.day <= day_of(now)))
        .order_by(WaitingRow.code)
    ).all()
    for row in over:
        _step(session, row, "lapse", SYSTEM, now)


def _step(
    session: Session,
    row: WaitingRow,
    act: str,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> None:
    step = WAITING.step(act, row.status, row.code)
    capacity.end(session, "released", capacity.of_waiting(row.code))
    row.until = None
    _touch(session, row, act, step.after, by, now, request)
    offer_next(session, {(row.kind, row.resource)}, now)


def _touch(
    session: Session,
    row: WaitingRow,
    act: str,
    status: str,
    by: Actor,
    now: datetime,
    request: str | None = None,
) -> None:
    before = row.status
    row.status = status
    row.version += 1
    row.changed_at, row.changed_by = now.astimezone(UTC), by.login
    session.flush()
    told = (row.code, {"status": before}, {"status": row.status})
    audit.note(session, by, act, "waiting", [told], request=request, at=now)


def _line(session: Session, kind: str, resource: str) -> list[WaitingRow]:
    return list(
        session.scalars(
            select(WaitingRow)
            .where(WaitingRow.kind == kind, WaitingRow.resource == resource)
            .where(WaitingRow.status.in_(_QUEUED))
            .order_by(WaitingRow.code)
        )
    )


def _load(session: Session, code: str) -> WaitingRow:
    row = session.get(WaitingRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("waiting", code)
    return row


def _view(session: Session, row: WaitingRow) -> Waiting:
    line = [other.code for other in _line(session, row.kind, row.resource)]
    firm, group = session.execute(
        select(OrganisationRow.name, NeedRow.heads)
        .join(NeedRow, NeedRow.enterprise == OrganisationRow.code)
        .where(NeedRow.code == row.need)
    ).one()
    resource: Line | None = session.get(_TABLES[row.kind], row.resource)
    return Waiting(
        row.code,
        row.need,
        firm,
        row.kind,
        row.resource,
        row.heads,
        row.status,
        line.index(row.code) + 1 if row.code in line else 0,
        row.until,
        row.owner,
        row.created_at,
        group,
        _places(resource)[1] if resource is not None else None,
    )
