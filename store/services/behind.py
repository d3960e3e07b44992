"""What the records behind a figure are: what each says, whose it is, and how many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import (
    CourseRow,
    EquipmentRow,
    InstructorRow,
    NeedRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import drilling
from store.services.among import among
from store.services.coverage import own_offers
from store.services.wanted import seen_by

_HOME = OrganisationRow.name


@dataclass(frozen=True, slots=True)
class Told:
    """One record: heads of a need, seats left of a run, workstations free of a slot; the rest has none."""

    text: str
    whose: str
    count: int | None = None
    day: date | None = None


def told(
    session: Session, records: Sequence[tuple[str, str]], *, by: Actor
) -> dict[tuple[str, str], Told]:
    """Needs, runs, slots and instructors by kind and code, as far as the actor's figures are made of them."""
    seen = seen_by(by)
    found: dict[tuple[str, str], Told] = {}
    codes = [code for kind, code in records if kind == "need"]
    texts = drilling.texts(session, codes, by)
    for condition in among(NeedRow.code, codes):
        rows = session.execute(select(NeedRow.code, NeedRow.heads).where(condition, seen))
        found |= {("need", code): Told(*texts[code], heads) for code, heads in rows}
    for kind, (row, query) in _OFFERS.items():
        for condition in among(row.code, [code for one, code in records if one == kind]):
            lines = session.execute(query.where(condition, own_offers(by, row)))
            found |= {(kind, code): Told(*rest) for code, *rest in lines}
    return found


_OFFERS: Mapping[str, tuple[Any, Any]] = {
    "run": (
        RunRow,
        select(RunRow.code, CourseRow.title, _HOME, RunRow.seats_left, RunRow.first_day)
        .join(CourseRow, CourseRow.code == RunRow.course)
        .join(OrganisationRow, OrganisationRow.code == CourseRow.institution),
    ),
    "slot": (
        SlotRow,
        select(SlotRow.code, EquipmentRow.name, VenueRow.name, SlotRow.stations_free, SlotRow.day)
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .join(EquipmentRow, EquipmentRow.code == SlotRow.equipment),
    ),
    "instructor": (
        InstructorRow,
        select(InstructorRow.code, InstructorRow.name, _HOME).join(
            OrganisationRow, OrganisationRow.code == InstructorRow.institution
        ),
    ),
}
