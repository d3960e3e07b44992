"""A read-only audit of what must always hold, each offence named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from store import chain
from store.models import (
    AssessmentRow,
    BookingRow,
    NeedRow,
    OccupationRow,
    ProposalRow,
    RunRow,
    SearchEntryRow,
    SlotRow,
    WorkstationRow,
)
from store.services.capacity import LIVE
from store.services.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Offence:
    """One thing that should never be: a code for the sentence, the record, and what was found."""

    code: str
    record: str
    found: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What a store stands on: the database, its version, the schema, and how SQLite keeps its journal."""

    database: str
    version: str
    schema: str
    journal: str


def ground(session: Session) -> Ground:
    """The database beneath a store."""
    name = session.get_bind().dialect.name
    is_file = name == "sqlite"
    version = session.scalar(text("SELECT sqlite_version()" if is_file else "SHOW server_version"))
    schema = session.scalar(text("SELECT version_num FROM alembic_version"))
    journal = session.scalar(text("PRAGMA journal_mode")) if is_file else ""
    return Ground(name, str(version), str(schema), str(journal))


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
    found.extend(_counters(session))
    found.extend(_double_people(session))
    found.extend(_overlapping_slots(session))
    found.extend(_states(session))
    found.extend(Offence("chain", str(row), "") for row in chain.broken(session))
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


def _counters(session: Session) -> list[Offence]:
    """Counters that do not say what the live bookings add up to."""
    found = []
    for kind, row in (("run", RunRow), ("slot", SlotRow), ("assessment", AssessmentRow)):
        taken = (
            select(BookingRow.resource, func.sum(BookingRow.quantity).label("taken"))
            .where(BookingRow.kind == kind, BookingRow.status.in_(LIVE))
            .group_by(BookingRow.resource)
            .subquery()
        )
        for code, claimed, total in session.execute(
            select(row.code, row.claimed, func.coalesce(taken.c.taken, 0))
            .outerjoin(taken, taken.c.resource == row.code)
            .where(row.claimed != func.coalesce(taken.c.taken, 0))
            .order_by(row.code)
        ):
            found.append(Offence("counter", code, f"{claimed}/{total}"))
    return found


def _double_people(session: Session) -> list[Offence]:
    one, other = aliased(BookingRow), aliased(BookingRow)
    rows = session.execute(
        select(one.resource, one.day, one.proposal, other.proposal)
        .join(
            other,
            (other.kind == "instructor")
            & (other.resource == one.resource)
            & (other.day == one.day)
            & (other.id > one.id)
            & (other.start < one.end)
            & (one.start < other.end),
        )
        .where(one.kind == "instructor", one.status.in_(LIVE), other.status.in_(LIVE))
        .order_by(one.resource, one.day)
    )
    return [Offence("person_twice", who, f"{day}: {a}, {b}") for who, day, a, b in rows]


def _overlapping_slots(session: Session) -> list[Offence]:
    one, other = aliased(SlotRow), aliased(SlotRow)
    rows = session.execute(
        select(one.code, other.code)
        .join(
            other,
            (other.venue == one.venue)
            & (other.equipment == one.equipment)
            & (other.day == one.day)
            & (other.code > one.code)
            & (other.start < one.end)
            & (one.start < other.end),
        )
        .where(one.status != "withdrawn", other.status != "withdrawn")
        .order_by(one.code)
    )
    return [Offence("slots_overlap", a, b) for a, b in rows]


def _states(session: Session) -> list[Offence]:
    """Proposals whose bookings, class or need do not go with their state."""
    held = (
        select(BookingRow.proposal, BookingRow.status)
        .where(BookingRow.status.in_(LIVE), BookingRow.proposal.is_not(None))
        .distinct()
    )
    states: dict[str, set[str]] = {}
    for code, status in session.execute(held):
        states.setdefault(str(code), set()).add(status)
    found = []
    for code, status, group, need in session.execute(
        select(ProposalRow.code, ProposalRow.status, ProposalRow.training_class, NeedRow.status)
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .order_by(ProposalRow.code)
    ):
        taken = states.get(code, set())
        is_over = status in ("declined", "withdrawn", "lapsed", "cancelled")
        is_firm = status in ("confirmed", "delivered")
        if (
            (is_over and taken)
            or (is_firm and (taken - {"booked"} or group is None))
            or (status in ("draft", "sent", "accepted") and "booked" in taken)
            or (status == "sent" and need not in ("matched", "confirmed"))
            or (is_over and group is not None)
        ):
            told = ", ".join([status, need, *sorted(taken), group or ""])
            found.append(Offence("proposal_state", code, told))
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
