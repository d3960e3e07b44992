"""Taking seats, workstations, people's time and assessment seats, all parts or none, and giving them back.

Everything is read again here, inside the write; triggers keep the counters and refuse what slips through.
A few Core statements only: this is what other writers wait for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from store.errors import TakenError
from store.models import (
    RESOURCES,
    AssessmentRow,
    Base,
    BookingRow,
    InstructorRow,
    ProposalRow,
    RunRow,
    SlotRow,
    WaitingRow,
)
from store.schemas.actor import Actor
from store.services import bought
from store.services.among import Query, is_one_of

LIVE = ("held", "booked")
_QUEUED = ("waiting", "offered")
_FIRST_TOLD = ("run", "slot", "assessment", "instructor")  # what a refusal names first


def _table(row: type[Base]) -> Table:
    return cast(Table, row.__table__)


_BOOKINGS, _WAITING = _table(BookingRow), _table(WaitingRow)
_TAKE = insert(_BOOKINGS).inline()
_LEFT: dict[str, tuple[Table, str]] = {
    "run": (_table(RunRow), "seats_left"),
    "slot": (_table(SlotRow), "stations_free"),
    "assessment": (_table(AssessmentRow), "seats_left"),
}
_LEFT_NOW = {
    kind: Query(
        select(table.c.code, table.c[column], table.c.status).order_by(table.c.code), table.c.code
    )
    for kind, (table, column) in _LEFT.items()
}
_LEFT_LOCKED = {kind: query.locked() for kind, query in _LEFT_NOW.items()}
_IN_LINE = Query(
    select(_WAITING.c.resource).where(
        _WAITING.c.kind == bindparam("kind"), is_one_of(_WAITING.c.status, _QUEUED)
    ),
    _WAITING.c.resource,
)


@dataclass(frozen=True, slots=True, order=True)
class Claim:
    """So much of one resource on one day; minutes after midnight, whole days where seats are taken."""

    kind: str
    resource: str
    quantity: int
    day: date
    start: int = 0
    end: int = 24 * 60


@dataclass(frozen=True, slots=True)
class Holder:
    """What capacity is taken for: a proposal, or a firm in a waiting line."""

    proposal: str | None = None
    waiting: str | None = None


def take(
    session: Session,
    holder: Holder,
    claims: Iterable[Claim],
    *,
    until: datetime | None,
    now: datetime,
    by: Actor,
    turns: Collection[tuple[str, str]] = (),
) -> None:
    """Take every claim until a moment, or for good; where one cannot be had nothing is taken.

    `turns` are resources for which it is the holder's turn in the waiting line.
    """
    wanted = sorted(claims)
    for kind in _FIRST_TOLD:
        of_kind = [claim for claim in wanted if claim.kind == kind]
        if not of_kind:
            continue
        if kind == "instructor":
            _refuse_busy(session, of_kind)
        else:
            _refuse_short(session, kind, of_kind)
            if kind == "slot":
                _refuse_bought(session, of_kind, holder)
            if holder.waiting is None:
                _refuse_jump(session, [c for c in of_kind if (kind, c.resource) not in turns])
    if wanted:
        session.execute(
            _TAKE,
            [
                {
                    "proposal": holder.proposal,
                    "waiting": holder.waiting,
                    "kind": claim.kind,
                    "resource": claim.resource,
                    "quantity": claim.quantity,
                    "day": claim.day,
                    "start": claim.start,
                    "end": claim.end,
                    "status": "booked" if until is None else "held",
                    "until": until,
                    "login": by.login,
                    "at": now,
                }
                for claim in wanted
            ],
        )


def look(session: Session, claims: Iterable[Claim], own: Collection[Claim] = ()) -> None:
    """Refuse claims that could not be taken now; `own` is kept for whoever asks.

    It only reads, so they may still be taken meanwhile.
    """
    mine = {(claim.kind, claim.resource) for claim in own}
    wanted = sorted(claim for claim in claims if (claim.kind, claim.resource) not in mine)
    for kind in _FIRST_TOLD:
        of_kind = [claim for claim in wanted if claim.kind == kind]
        if not of_kind:
            continue
        if kind == "instructor":
            _refuse_busy(session, of_kind, is_locked=False)
        else:
            _refuse_short(session, kind, of_kind, is_locked=False)


def end(session: Session, status: str, *conditions: ColumnElement[bool]) -> set[tuple[str, str]]:
    """Give back live capacity; which resources have more of it now."""
    row = _BOOKINGS.c
    found = session.execute(
        update(_BOOKINGS)
        .where(row.status.in_(LIVE), *conditions)
        .values(status=status)
        .returning(row.kind, row.resource)
    ).all()
    return {(kind, resource) for kind, resource in found}


def expire(session: Session, now: datetime) -> set[tuple[str, str]]:
    """End every hold whose time is over."""
    row = _BOOKINGS.c
    return end(session, "expired", row.status == "held", row.until <= now)


def of_proposal(code: str, kinds: Collection[str] = RESOURCES) -> ColumnElement[bool]:
    """The capacity of some kinds that a proposal took."""
    return and_(_BOOKINGS.c.proposal == code, _BOOKINGS.c.kind.in_(kinds))


def of_waiting(code: str) -> ColumnElement[bool]:
    """The capacity that is kept for a waiting firm."""
    return _BOOKINGS.c.waiting == code


@dataclass(frozen=True, slots=True)
class Shared:
    """What proposals hold of some kinds together: who has it, what it is, and until when (None: for good)."""

    carriers: frozenset[str]
    claims: tuple[Claim, ...]
    until: datetime | None


def shared(session: Session, proposals: Collection[str], kinds: Collection[str]) -> Shared:
    """Live capacity of some kinds that any of the proposals has."""
    row = _BOOKINGS.c
    found = session.execute(
        select(
            row.proposal, row.until, row.kind, row.resource, row.quantity, row.day, row.start,
            row.end,
        ).where(row.proposal.in_(proposals), row.kind.in_(kinds), row.status.in_(LIVE))
    ).all()  # fmt: skip
    return Shared(
        frozenset(str(proposal) for proposal, *_ in found),
        tuple(sorted(Claim(*claim) for _, _, *claim in found)),
        max((until for _, until, *_ in found if until is not None), default=None),
    )


def end_shared(session: Session, proposals: Collection[str], kinds: Collection[str]) -> None:
    """Give back live capacity of some kinds that any of the proposals has."""
    if proposals:
        row = _BOOKINGS.c
        end(session, "released", row.proposal.in_(proposals), row.kind.in_(kinds))


def keep(
    session: Session, proposal: str, until: datetime | None, kinds: Collection[str] = RESOURCES
) -> int:
    """Move the end of a proposal's live capacity, or make it for good; how many parts there are."""
    row = _BOOKINGS.c
    found = session.execute(
        update(_BOOKINGS)
        .where(row.proposal == proposal, row.kind.in_(kinds), row.status.in_(LIVE))
        .values(status="booked" if until is None else "held", until=until)
    )
    return int(cast(Any, found).rowcount)


def live(session: Session, *proposals: str) -> tuple[Claim, ...]:
    """What proposals have taken now, in order."""
    row = _BOOKINGS.c
    found = session.execute(
        select(row.kind, row.resource, row.quantity, row.day, row.start, row.end).where(
            row.proposal.in_(proposals), row.status.in_(LIVE)
        )
    )
    return tuple(sorted(Claim(*part) for part in found))


def hours_of(
    session: Session, people: Collection[str]
) -> dict[str, list[tuple[date, int, int, str]]]:
    """Live hours of people, with the proposal that has them."""
    row = _BOOKINGS.c
    found: dict[str, list[tuple[date, int, int, str]]] = {}
    if people:
        for person, day, start, end_, proposal in session.execute(
            select(row.resource, row.day, row.start, row.end, row.proposal).where(
                row.kind == "instructor", row.resource.in_(people), row.status.in_(LIVE)
            )
        ):
            found.setdefault(person, []).append((day, start, end_, str(proposal)))
    return found


def kept(session: Session, need: str) -> tuple[Claim, ...]:
    """Seats that are kept for a need whose turn it is in a waiting line."""
    row = _BOOKINGS.c
    found = session.execute(
        select(row.kind, row.resource, row.quantity, row.day, row.start, row.end)
        .join_from(_BOOKINGS, _WAITING, _WAITING.c.code == row.waiting)
        .where(_WAITING.c.need == need, row.status == "held")
    )
    return tuple(sorted(Claim(*part) for part in found))


def users(session: Session, kind: str, codes: Collection[str]) -> tuple[str, ...]:
    """Proposals that have live capacity of some records of a kind."""
    row = _BOOKINGS.c
    found = session.scalars(
        select(row.proposal)
        .where(row.kind == kind, row.resource.in_(sorted(codes)), row.status.in_(LIVE))
        .where(row.proposal.is_not(None))
        .distinct()
        .order_by(row.proposal)
    )
    return tuple(str(code) for code in found)


def _refuse_short(
    session: Session, kind: str, claims: Sequence[Claim], *, is_locked: bool = True
) -> None:
    wanted: dict[str, int] = {}
    for claim in claims:
        wanted[claim.resource] = wanted.get(claim.resource, 0) + claim.quantity
    query = (_LEFT_LOCKED if is_locked else _LEFT_NOW)[kind]
    left = {code: (free, status) for code, free, status in query.rows(session, wanted)}
    for code, quantity in wanted.items():
        free, status = left.get(code, (0, "gone"))
        if status != "published":
            raise TakenError("not_offered", kind=kind, id=code, wanted=quantity, left=0, taker="")
        if free is not None and free < quantity:
            taker = _last_taker(session, kind, code)
            raise TakenError("taken", kind=kind, id=code, wanted=quantity, left=free, taker=taker)


def _refuse_bought(session: Session, claims: Sequence[Claim], holder: Holder) -> None:
    """Nobody gets at workstations that were bought for centres that the proposal or the turn is not of."""
    wanted: Counter[str] = Counter()
    for claim in claims:
        wanted[claim.resource] += claim.quantity
    row = _table(SlotRow).c
    columns = (row.code, row.venue, row.equipment, row.day, row.stations_free)
    slots = session.execute(select(*columns).where(row.code.in_(wanted))).all()
    centre = session.scalar(
        select(ProposalRow.owner).where(ProposalRow.code == holder.proposal)
        if holder.proposal is not None
        else select(WaitingRow.owner).where(WaitingRow.code == holder.waiting)
    )
    kept = bought.kept_for_others(session, [tuple(slot[:4]) for slot in slots], centre)
    free = {slot.code: slot.stations_free for slot in slots}
    for code, count in kept.items():
        left = max(0, free[code] - count)
        if count and wanted[code] > left:
            raise TakenError("bought", kind="slot", id=code, wanted=wanted[code], left=left)


def _refuse_busy(session: Session, claims: Sequence[Claim], *, is_locked: bool = True) -> None:
    people = {claim.resource for claim in claims}
    if is_locked:
        person = _table(InstructorRow).c
        found = session.execute(
            select(person.code, person.register_state)
            .where(is_one_of(person.code, people))
            .order_by(person.code)
            .with_for_update()
        )
        struck = [code for code, state in found if state == "struck_off"]
        if struck:
            raise TakenError("struck_off", kind="instructor", id=", ".join(struck))
    row = _BOOKINGS.c
    taken = session.execute(
        select(row.resource, row.day, row.start, row.end, row.proposal).where(
            row.kind == "instructor",
            is_one_of(row.resource, people),
            is_one_of(row.day, {claim.day for claim in claims}),
            is_one_of(row.status, LIVE),
        )
    ).all()
    for claim in claims:
        for person, day, start, end_, proposal in taken:
            if (person, day) == (claim.resource, claim.day) and (
                start < claim.end and claim.start < end_
            ):
                raise TakenError(
                    "person_taken", kind="instructor", id=person, day=day, taker=proposal or ""
                )


def _refuse_jump(session: Session, claims: Sequence[Claim]) -> None:
    """Nobody gets past a waiting line; the claims are of one kind."""
    if not claims:
        return
    wanted = {claim.resource for claim in claims}
    lines = Counter(code for (code,) in _IN_LINE.rows(session, wanted, kind=claims[0].kind))
    for resource, count in sorted(lines.items()):
        raise TakenError("queue", kind=claims[0].kind, id=resource, count=count)


def _last_taker(session: Session, kind: str, code: str) -> str:
    row = _BOOKINGS.c
    found = session.execute(
        select(row.proposal, row.waiting)
        .where(row.kind == kind, row.resource == code, row.status.in_(LIVE))
        .order_by(row.id.desc())
        .limit(1)
    ).first()
    return str(found[0] or found[1]) if found else ""
