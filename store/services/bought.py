"""Workstations that public bodies bought: no more than there are, and kept for the buyers' own centres."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.types import Slot
from store.errors import ConflictError, InvalidError
from store.models import (
    BookingRow,
    OrganisationRow,
    ProposalRow,
    PurchaseRow,
    VenueRow,
    WorkstationRow,
)
from store.schemas.records import Draft, PurchaseDraft
from store.services import tree
from store.services.references import parts_of

_LIVE = ("held", "booked")
_SOLD = select(
    PurchaseRow.buyer, PurchaseRow.venue, PurchaseRow.equipment, PurchaseRow.first_day,
    PurchaseRow.last_day, PurchaseRow.stations,
).where(PurchaseRow.status == "active")  # fmt: skip
Where = tuple[str, str, str, date]  # a slot: its code, venue, equipment and day


def refuse_sold(session: Session, code: str | None, draft: Draft) -> None:
    """Refuse stations that are not there or were sold for some of the days, and buyers that are no centre."""
    if not isinstance(draft, PurchaseDraft):
        return
    buyer = session.get(OrganisationRow, draft.buyer)
    if buyer is None or buyer.kind not in ("centre", "bureau"):
        raise InvalidError("unknown_reference", column="buyer", value=draft.buyer, kind="centre")
    # whoever buys at a venue waits for whoever does so at the same time
    session.execute(
        select(VenueRow.code).where(VenueRow.code == draft.venue).with_for_update()
    ).all()
    there = session.get(WorkstationRow, (draft.venue, draft.equipment))
    count = there.count if there else 0
    others = [one for one in _at(session, draft) if one.code != code]
    days = {draft.first_day, *(one.first_day for one in others)}
    for day in sorted(days):
        if not draft.first_day <= day <= draft.last_day:
            continue
        sold = [one for one in others if one.first_day <= day <= one.last_day]
        left = count - sum(one.stations for one in sold)
        if draft.stations > left:
            raise ConflictError(
                "sold_already",
                venue=draft.venue,
                equipment=draft.equipment,
                day=day,
                count=count,
                left=max(0, left),
                codes=", ".join(one.code for one in sold) or "–",
            )


def kept_for_others(
    session: Session, slots: Sequence[Where | Slot], owner: str | None
) -> Mapping[str, int]:
    """Of each slot how many stations are kept for buyers that a centre is not beneath."""
    sold: dict[str, dict[tuple[str, str], list[tuple[date, date, int]]]] = {}
    for buyer, venue, equipment, first, last, count in session.execute(_SOLD):
        sold.setdefault(buyer, {}).setdefault((venue, equipment), []).append((first, last, count))
    found: dict[str, int] = {}
    for buyer, theirs in sold.items():
        own = frozenset(session.scalars(tree.centres(buyer)))
        if owner in own:
            continue
        of_buyer: dict[str, int] = {}
        for slot in slots:
            for first, last, count in theirs.get((slot[1], slot[2]), ()):
                if first <= slot[3] <= last:
                    of_buyer[slot[0]] = of_buyer.get(slot[0], 0) + count
        taken: dict[str, int] = {}
        for part in parts_of(sorted(of_buyer)):
            taken |= used(session, part, own)
        for code, count in of_buyer.items():
            found[code] = found.get(code, 0) + max(0, count - taken.get(code, 0))
    return found


def without(session: Session, slots: Sequence[Slot], owner: str | None) -> list[Slot]:
    """Slots with the stations that are free for a centre, those kept for other buyers left out."""
    if owner is None or not slots:
        return list(slots)
    kept = kept_for_others(session, slots, owner)
    if not kept:
        return list(slots)
    return [
        one._replace(stations_free=max(0, one.stations_free - kept.get(one.id, 0))) for one in slots
    ]


def used(session: Session, slots: Collection[str], centres: Collection[str]) -> dict[str, int]:
    """Stations of slots that proposals of some centres hold or have booked."""
    row = BookingRow
    rows = session.execute(
        select(row.resource, func.sum(row.quantity))
        .join(ProposalRow, ProposalRow.code == row.proposal)
        .where(row.kind == "slot", row.status.in_(_LIVE), row.resource.in_(slots))
        .where(ProposalRow.owner.in_(centres))
        .group_by(row.resource)
    )
    return {slot: int(count) for slot, count in rows}


def on_day(session: Session, venue: str, equipment: str, day: date) -> list[PurchaseRow]:
    """Purchases of a type of workstation at a venue that cover a day."""
    row = PurchaseRow
    query = select(row).where(
        row.venue == venue, row.equipment == equipment, row.status == "active"
    )
    return list(
        session.scalars(query.where(row.first_day <= day, row.last_day >= day).order_by(row.code))
    )


def _at(session: Session, draft: PurchaseDraft) -> list[PurchaseRow]:
    row = PurchaseRow
    return list(
        session.scalars(
            select(row)
            .where(row.venue == draft.venue, row.equipment == draft.equipment)
            .where(row.status == "active", row.first_day <= draft.last_day)
            .where(row.last_day >= draft.first_day)
            .order_by(row.code)
        )
    )
