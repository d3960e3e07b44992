"""A read-only audit of what must always hold, each offence named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from store.models import (
    AssessmentRow,
    NeedRow,
    OccupationRow,
    RunRow,
    SearchEntryRow,
    SlotRow,
    WorkstationRow,
)
from store.services.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Offence:
    """One thing that should never be: a code for the sentence, the record, and what was found."""

    code: str
    record: str
    found: str


def pages(session: Session) -> tuple[Offence, ...]:
    """What is wrong with a SQLite file itself and with its references; a server looks after its own."""
    if session.get_bind().dialect.name != "sqlite":
        return ()
    lines = session.scalars(text("PRAGMA integrity_check")).all()
    rows = session.execute(text("PRAGMA foreign_key_check")).all()
    return (
        *(Offence("integrity", "", str(line)) for line in lines if line != "ok"),
        *(Offence("foreign_key", str(row[0]), str(row[2])) for row in rows),
    )


def check(session: Session) -> tuple[Offence, ...]:
    """Every broken invariant of the store, none when it is sound."""
    found = list(pages(session))
    found.extend(_capacities(session))
    found.extend(_overfull_venues(session))
    found.extend(_unsearchable(session))
    found.extend(_windows(session))
    if session.scalar(select(func.count()).select_from(OccupationRow)) == 0:
        found.append(Offence("no_reference", "", ""))
    return tuple(found)


def _capacities(session: Session) -> list[Offence]:
    found = []
    for row, left, total in (
        (RunRow, RunRow.seats_left, RunRow.seats),
        (SlotRow, SlotRow.stations_free, SlotRow.stations),
        (AssessmentRow, AssessmentRow.seats_left, AssessmentRow.seats),
    ):
        for code, free, size in session.execute(
            select(row.code, left, total).where((left > total) | (left < 0))
        ):
            found.append(Offence("capacity", code, f"{free}/{size}"))
    return found


def _overfull_venues(session: Session) -> list[Offence]:
    rows = session.execute(
        select(SlotRow.code, SlotRow.stations, WorkstationRow.count)
        .join(
            WorkstationRow,
            (WorkstationRow.venue == SlotRow.venue)
            & (WorkstationRow.equipment == SlotRow.equipment),
        )
        .where(SlotRow.stations > WorkstationRow.count, SlotRow.status == "published")
    )
    return [Offence("more_stations_than_there_are", code, f"{n}/{m}") for code, n, m in rows]


def _unsearchable(session: Session) -> list[Offence]:
    """Records with a title that search does not know, and the reverse."""
    found = []
    for kind in KINDS.values():
        if not kind.titles:
            continue
        fixed = [getattr(kind.row, column) == value for column, value in kind.fixed.items()]
        indexed = select(SearchEntryRow.code).where(SearchEntryRow.kind == kind.name)
        for code in session.scalars(
            select(kind.row.code).where(
                *fixed, kind.row.status != "withdrawn", kind.row.code.not_in(indexed)
            )
        ):
            found.append(Offence("not_searchable", code, kind.name))
    return found


def _windows(session: Session) -> list[Offence]:
    rows = session.execute(
        select(NeedRow.code, NeedRow.earliest, NeedRow.latest).where(
            NeedRow.latest < NeedRow.earliest
        )
    )
    return [Offence("window", code, f"{first}..{last}") for code, first, last in rows]
