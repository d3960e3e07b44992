"""What cannot be as it stands: people in two places or away, classes on stations that cannot be had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from store.models import (
    AnswerRow,
    BookingRow,
    OrganisationRow,
    ProposalRow,
    RunRow,
    SlotRow,
    VenueRow,
    WorkstationRow,
)
from store.schemas.actor import Actor, Role
from store.services import tree
from store.services.board_people import Load, Meeting
from store.services.board_slots import Filter
from store.services.capacity import LIVE
from store.services.rights import Act, Reach, reach, require


@dataclass(frozen=True, slots=True)
class Clash:
    """One of them: its kind, whose it is (`row` is a key of the board), when, and the records in it.

    Kinds are `person_twice`, `person_away`, `slot_closed` and `stations_gone`. Codes of proposals that
    the actor may not open are left out.
    """

    kind: str
    row: str
    name: str
    day: date
    start: int
    end: int
    codes: tuple[str, ...]


def clashes(
    session: Session, days: tuple[date, date], only: Filter, people: Sequence[Load], by: Actor
) -> tuple[tuple[Clash, ...], tuple[Load, ...]]:
    """All of a week, soonest first; and the same people, without codes that the actor may not open."""
    require(by, Act.READ, "slot", only.institution)
    found = [*_of_people(people), *_of_stations(session, days, only)]
    stations = {code for one in found for code in one.codes if code.startswith("P")}
    hidden = _hidden(session, stations, people, by)
    shown = (
        Clash(
            one.kind, one.row, one.name, one.day, one.start, one.end,
            tuple(code for code in one.codes if code not in hidden),
        )
        for one in found
    )  # fmt: skip
    in_order = sorted(shown, key=lambda one: (one.day, one.start, one.row, one.codes))
    return tuple(in_order), tuple(_without(one, hidden) for one in people)


def _hidden(
    session: Session, proposals: set[str], people: Sequence[Load], by: Actor
) -> frozenset[str]:
    """Proposals and runs that an actor may not open, among some and those that people teach for."""
    met = [one for load in people for one in load.meetings]
    proposals = proposals | {one.code for one in met if one.kind != "run"}
    hidden = proposals - visible(session, proposals, by)
    if reach(by, Act.READ, "run") is Reach.OWN:
        runs = {one.code for one in met if one.kind == "run"}
        own = select(RunRow.code).where(
            RunRow.code.in_(sorted(runs)), RunRow.owner == by.organisation
        )
        hidden |= runs - set(session.scalars(own))
    return frozenset(hidden)


def _without(one: Load, hidden: frozenset[str]) -> Load:
    """A week in which what is hidden has hours but no code."""
    if not any(met.code in hidden for met in one.meetings):
        return one
    told = (replace(met, code="") if met.code in hidden else met for met in one.meetings)
    return replace(one, meetings=tuple(told))


def visible(session: Session, codes: set[str], by: Actor) -> frozenset[str]:
    """The proposals among these that an actor may open: an institution those that it was asked about."""
    allowed = reach(by, Act.READ, "proposal")
    if allowed is None:
        return frozenset()
    query = select(ProposalRow.code).where(ProposalRow.code.in_(sorted(codes)))
    if by.role is Role.INSTITUTION:
        asked = select(AnswerRow.proposal).where(AnswerRow.party == by.organisation)
        query = query.where(ProposalRow.code.in_(asked))
    elif allowed is Reach.OWN:
        query = query.where(ProposalRow.owner == by.organisation)
    return frozenset(session.scalars(query))


def _of_people(people: Sequence[Load]) -> Iterator[Clash]:
    for one in people:
        by_day: dict[date, list[Meeting]] = {}
        for meeting in one.meetings:
            by_day.setdefault(meeting.day, []).append(meeting)
        for day, meetings in by_day.items():
            for a, b in combinations(meetings, 2):
                start, end = max(a.start, b.start), min(a.end, b.end)
                if start < end and a.code != b.code:
                    yield Clash(
                        "person_twice", one.code, one.name, day, start, end, (a.code, b.code)
                    )
            if day in one.away:
                for a in meetings:
                    yield Clash("person_away", one.code, one.name, day, a.start, a.end, (a.code,))


def _of_stations(session: Session, days: tuple[date, date], only: Filter) -> Iterator[Clash]:
    """Live bookings of slots that are closed or whose stations are not there (any more)."""
    row, there = SlotRow, func.coalesce(WorkstationRow.count, 0)
    is_open = and_(
        row.status == "published", VenueRow.status == "active", OrganisationRow.status == "active"
    )
    query = (
        select(
            row.code, row.venue, row.equipment, VenueRow.name, row.day, row.start, row.end,
            is_open, BookingRow.proposal,
        )
        .join(VenueRow, VenueRow.code == row.venue)
        .join(OrganisationRow, OrganisationRow.code == VenueRow.institution)
        .join(BookingRow, and_(BookingRow.kind == "slot", BookingRow.resource == row.code))
        .outerjoin(
            WorkstationRow,
            and_(WorkstationRow.venue == row.venue, WorkstationRow.equipment == row.equipment),
        )
        .where(row.day.between(*days), BookingRow.status.in_(LIVE))
        .where(or_(~is_open, row.claimed > there))
        .order_by(row.code, BookingRow.proposal)
    )  # fmt: skip
    if only.institution is not None:
        query = query.where(VenueRow.institution == only.institution)
    if only.area is not None:
        query = query.where(tree.venue_is_in(only.area))
    if only.equipment is not None:
        query = query.where(row.equipment == only.equipment)
    for code, venue, equipment, name, day, start, end, is_offered, proposal in session.execute(
        query
    ).all():
        kind = "stations_gone" if is_offered else "slot_closed"
        held = (code, str(proposal))
        yield Clash(kind, f"{venue}/{equipment}", name, day, start, end, held)
