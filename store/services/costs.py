"""共建共享: what institutions agreed on the costs of a shared room, charged from what classes have booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.models import (
    BookingRow,
    CostRow,
    CostShareRow,
    EquipmentRow,
    OrganisationRow,
    ProposalRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.cost import Borne, Cost, CostDraft, Part, Shared
from store.services import audit, records
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "shared_cost"
PREFIX = "FT"


def listed(session: Session, *, by: Actor) -> tuple[Cost, ...]:
    """Agreements that stand, by venue and day; institutions see those that they bear a part of."""
    require_some(by, Act.READ, KIND)
    query = select(CostRow).where(CostRow.status == "active")
    if by.role is Role.INSTITUTION:
        bears = select(CostShareRow.cost).where(CostShareRow.institution == by.organisation)
        query = query.where(CostRow.code.in_(bears))
    elif reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(CostRow.owner == by.organisation)
    query = query.order_by(CostRow.venue, CostRow.first_day, CostRow.code)
    return _views(session, session.scalars(query).all())


def agree(session: Session, draft: CostDraft, *, by: Actor, now: datetime) -> Cost:
    """An agreement on a venue, or on one type of its workstations; none on the same for the same days."""
    require(by, Act.REGISTER, KIND, by.organisation)
    # whoever agrees on a venue waits for whoever does so at the same time
    query = select(VenueRow.code).where(VenueRow.code == draft.venue).with_for_update()
    if session.scalar(query) is None:
        raise NotFoundError("venue", draft.venue)
    if draft.equipment is not None and session.get(EquipmentRow, draft.equipment) is None:
        raise NotFoundError("equipment", draft.equipment)
    homes = _names(session, draft.shares)
    for code in draft.shares:
        if code not in homes:
            raise NotFoundError("organisation", code)
    _refuse_twice(session, draft)
    (code,) = records.next_codes(session, PREFIX, CostRow.code, 1)
    row = CostRow(
        code=code, owner=by.organisation, status="active", version=1, created_at=now,
        created_by=by.login, changed_at=now, changed_by=by.login,
        **draft.model_dump(exclude={"shares"}),
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.add_all(
        CostShareRow(cost=code, institution=institution, percent=percent)
        for institution, percent in sorted(draft.shares.items())
    )
    session.flush()
    audit.note(session, by, "register", KIND, [(code, None, draft.model_dump(mode="json"))], at=now)
    return _views(session, [row])[0]


def end(session: Session, code: str, *, by: Actor, now: datetime, reason: str = "") -> Cost:
    """An agreement that was never right: nothing is charged by it any more."""
    require_some(by, Act.WITHDRAW, KIND, code)
    row = session.get(CostRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, Act.WITHDRAW, KIND, row.owner, code)
    if row.status != "active":
        raise ConflictError("already_withdrawn", kind=KIND, id=code)
    row.status, row.version = "withdrawn", row.version + 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    change = (code, {"status": "active"}, {"status": "withdrawn"})
    audit.note(session, by, "withdraw", KIND, [change], reason=reason.strip() or None, at=now)
    return _views(session, [row])[0]


def of_class(session: Session, code: str) -> tuple[Shared, ...]:
    """What a class comes to under each agreement; rights are the caller's."""
    return _charged(session, [code]).get(code, ())


def borne(session: Session, first: date, last: date, *, by: Actor) -> tuple[Borne, ...]:
    """What each institution bears of the sessions of some days, the most first; institutions: their own."""
    require_some(by, Act.READ, KIND)
    agreed = {one.code for one in listed(session, by=by)}
    fen: dict[str, int] = defaultdict(int)
    classes: dict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    for group, found in _charged(session, None, (first, last)).items():
        for part in (part for one in found if one.cost in agreed for part in one.parts):
            fen[part.institution] += part.fen
            classes[part.institution].add(group)
            names[part.institution] = part.name
    own = by.organisation if by.role is Role.INSTITUTION else None
    lines = [
        Borne(code, names[code], len(classes[code]), amount)
        for code, amount in fen.items()
        if own in (None, code)
    ]
    return tuple(sorted(lines, key=lambda one: (-one.fen, one.institution)))


def _charged(
    session: Session, codes: Sequence[str] | None, days: tuple[date, date] | None = None
) -> Mapping[str, tuple[Shared, ...]]:
    """Of each class what its booked stations come to, agreement by agreement."""
    slot, booking = SlotRow, BookingRow
    query = (
        select(
            ProposalRow.training_class, slot.venue, slot.equipment, booking.day,
            booking.quantity * (booking.end - booking.start),
        )
        .join(booking, booking.proposal == ProposalRow.code)
        .join(slot, slot.code == booking.resource)
        .where(booking.kind == "slot", booking.status == "booked")
        .where(slot.venue.in_(select(CostRow.venue).where(CostRow.status == "active")))
        .where(ProposalRow.training_class.is_not(None))
    )  # fmt: skip
    if codes is not None:
        query = query.where(ProposalRow.training_class.in_(codes))
    if days is not None:
        query = query.where(booking.day.between(*days))
    found = session.execute(query).all()
    if not found:
        return {}
    costs = _views(
        session, session.scalars(select(CostRow).where(CostRow.status == "active")).all()
    )
    minutes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for group, venue, equipment, day, count in found:
        for one in costs:
            is_there = one.venue == venue and one.equipment in (None, equipment)
            if is_there and one.first_day <= day <= one.last_day:
                minutes[str(group)][one.code] += count
    return {
        group: tuple(_shared(one, said[one.code]) for one in costs if one.code in said)
        for group, said in sorted(minutes.items())
    }


def _shared(one: Cost, minutes: int) -> Shared:
    fen = (one.hour_fen * minutes + 30) // 60
    return Shared(one.code, one.venue_name, one.hour_fen, minutes, fen, split(fen, one.parts))


def split(fen: int, parts: Sequence[Part]) -> tuple[Part, ...]:
    """An amount by percent, to the fen: what is left over goes to the largest remainders."""
    found = [fen * part.percent // 100 for part in parts]
    order = sorted(range(len(parts)), key=lambda at: -(fen * parts[at].percent % 100))
    for at in order[: fen - sum(found)]:
        found[at] += 1
    return tuple(
        Part(part.institution, part.name, part.percent, amount)
        for part, amount in zip(parts, found, strict=True)
    )


def _refuse_twice(session: Session, draft: CostDraft) -> None:
    row = CostRow
    query = select(row.code).where(
        row.venue == draft.venue, row.status == "active",
        row.first_day <= draft.last_day, row.last_day >= draft.first_day,
    )  # fmt: skip
    if draft.equipment is not None:
        query = query.where(or_(row.equipment.is_(None), row.equipment == draft.equipment))
    there = session.scalar(query.order_by(row.code).limit(1))
    if there is not None:
        raise ConflictError("cost_there", id=there)


def _views(session: Session, rows: Sequence[CostRow]) -> tuple[Cost, ...]:
    codes = [row.code for row in rows]
    shares = session.scalars(
        select(CostShareRow)
        .where(CostShareRow.cost.in_(codes))
        .order_by(CostShareRow.cost, CostShareRow.institution)
    ).all()
    homes = _names(session, {one.institution for one in shares})
    parts: dict[str, list[Part]] = defaultdict(list)
    for one in shares:
        parts[one.cost].append(Part(one.institution, homes[one.institution], one.percent))
    venues = dict(
        session.execute(
            select(VenueRow.code, VenueRow.name).where(VenueRow.code.in_([r.venue for r in rows]))
        ).all()
    )
    types = dict(session.execute(select(EquipmentRow.code, EquipmentRow.name)).all())
    return tuple(
        Cost(
            row.code, row.status, row.owner, row.venue, venues.get(row.venue, ""), row.equipment,
            types.get(row.equipment or "", ""), row.hour_fen, row.first_day, row.last_day,
            tuple(parts[row.code]), row.note,
        )
        for row in rows
    )  # fmt: skip


def _names(session: Session, codes: Iterable[str]) -> Mapping[str, str]:
    """Organisations by code."""
    row = OrganisationRow
    query = select(row.code, row.name).where(row.code.in_(sorted(codes)))
    return {code: name for code, name in session.execute(query)}
