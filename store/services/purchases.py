"""The register of bought workstations: at an institution's venues, and how much of each was used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import EquipmentRow, OrganisationRow, PurchaseRow, SlotRow, VenueRow
from store.schemas.actor import Actor
from store.services import bought, records, tree
from store.services.records import Page
from store.services.references import parts_of
from store.services.rights import Act, Reach, reach, require_some

KIND = "purchase"
_OFFERED = ("published", "paused")


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought where; of its stations, slot by slot, how many the buyer's centres have taken."""

    code: str
    buyer: str
    buyer_name: str
    venue: str
    venue_name: str
    equipment: str
    equipment_name: str
    stations: int
    first_day: date
    last_day: date
    price: float | None
    note: str | None
    slots: int
    offered: int
    used: int

    @property
    def share(self) -> float:
        """The part of what can be used that is used, 0 to 1."""
        return self.used / self.offered if self.offered else 0.0


def page(
    session: Session,
    institution: str,
    *,
    by: Actor,
    after: str = "",
    limit: int = 100,
    where: Mapping[str, object] | None = None,
) -> Page:
    """Purchases at the venues of an institution, in order of code."""
    require_some(by, Act.READ, KIND)
    there = select(VenueRow.code).where(VenueRow.institution == institution)
    only = [PurchaseRow.venue.in_(there)]
    return records.page(session, KIND, by=by, after=after, limit=limit, where=where, only=only)


def listed(
    session: Session, *, by: Actor, buyer: str | None = None, area: str | None = None
) -> tuple[Purchase, ...]:
    """Purchases in force, of a buyer or in an area where asked for, with what was used of each."""
    require_some(by, Act.READ, KIND)
    row = PurchaseRow
    query = (
        select(row, OrganisationRow.name, VenueRow.name, EquipmentRow.name)
        .join(OrganisationRow, OrganisationRow.code == row.buyer)
        .join(VenueRow, VenueRow.code == row.venue)
        .join(EquipmentRow, EquipmentRow.code == row.equipment)
        .where(row.status == "active")
        .order_by(row.first_day, row.code)
    )
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(row.owner == by.organisation)
    if buyer is not None:
        query = query.where(row.buyer == buyer)
    if area is not None:
        tree.require_area(session, area)
        query = query.where(tree.venue_is_in(area))
    return tuple(_purchase(session, *found) for found in session.execute(query).all())


def _purchase(
    session: Session, row: PurchaseRow, buyer: str, venue: str, equipment: str
) -> Purchase:
    slot = SlotRow
    found = session.execute(
        select(slot.code, slot.stations)
        .where(slot.venue == row.venue, slot.equipment == row.equipment)
        .where(slot.day.between(row.first_day, row.last_day), slot.status.in_(_OFFERED))
    ).all()
    own = list(session.scalars(tree.centres(row.buyer)))
    taken: dict[str, int] = {}
    for part in parts_of([code for code, _stations in found]):
        taken |= bought.used(session, part, own)
    price = None if row.price_fen is None else row.price_fen / 100
    return Purchase(
        row.code, row.buyer, buyer, row.venue, venue, row.equipment, equipment, row.stations,
        row.first_day, row.last_day, price, row.note, len(found),
        sum(min(row.stations, stations) for _code, stations in found),
        sum(min(row.stations, count) for count in taken.values()),
    )  # fmt: skip
