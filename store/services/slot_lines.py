"""Slots whose workstations a need could wait for in line, and how many of them it takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import Rule, Severity, Violation
from store.errors import InfeasibleError
from store.models import SlotRow, VenueRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import market, records, reference
from store.services.clocks import day_of
from store.services.rights import Act, require

_MOST_SLOTS = 8  # that a need is shown to wait for


@dataclass(frozen=True, slots=True)
class FullSlot:
    """A slot that suits a need and has too few free workstations: when, where, how many are wanted.

    Times in minutes after midnight; a course that is taught on it, and how many firms wait.
    """

    code: str
    title: str
    venue: str
    day: date
    start: int
    end: int
    free: int
    wanted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Workstations of one type that a need takes, and the courses on demand that would use them by code."""

    places: int
    titles: dict[str, str]


def full_slots(session: Session, need: str, *, by: Actor, now: datetime) -> tuple[FullSlot, ...]:
    """Slots that a need could wait for, soonest first: courses on demand of its trade are taught on them."""
    require(by, Act.REGISTER, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.REGISTER, "waiting", view.owner, need)
    places_of = wanted(session, view, day_of(now))
    lines = market.lined(session, "slot")
    first = max(view.earliest, day_of(now) + timedelta(days=1))
    query = (
        select(SlotRow, VenueRow.name)
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(
            SlotRow.equipment.in_(places_of), SlotRow.status == "published", SlotRow.day >= first
        )
        .where(VenueRow.status == "active", VenueRow.is_open)
        .order_by(SlotRow.day, SlotRow.start, SlotRow.code)
    )
    if view.latest is not None:
        query = query.where(SlotRow.day <= view.latest)
    found = []
    for row, venue in session.execute(query):
        asked = places_of[row.equipment]
        if row.stations_free < asked.places <= row.stations and _fits_week(session, view, row):
            title = min(asked.titles.items())[1]
            when = (row.day, row.start, row.end)
            told = (row.stations_free, asked.places, lines.get(row.code, 0))
            found.append(FullSlot(row.code, title, venue, *when, *told))
        if len(found) == _MOST_SLOTS:
            break
    return tuple(found)


def wanted(session: Session, view: NeedView, today: date) -> dict[str, Wanted]:
    """Types of equipment that courses on demand which serve a need are taught on."""
    need = market.engine_need(session, view)
    found: dict[str, Wanted] = {}
    for course in market.serving(session, need, today):
        if course.on_demand and course.equipment:
            stations = -(-view.heads // course.heads_per_station)
            known = found.get(course.equipment, Wanted(0, {}))
            titles = {**known.titles, course.id: course.title}
            found[course.equipment] = Wanted(max(stations, known.places), titles)
    return found


def _fits_week(session: Session, view: NeedView, row: SlotRow) -> bool:
    pattern = market.engine_need(session, view).pattern
    calendar = reference.calendar(session)
    return pattern is None or pattern.covers(row.day, row.start, row.end, calendar)


def stations(session: Session, view: NeedView, row: SlotRow, today: date) -> int:
    """The workstations that a need takes of a slot; refused where they would not do for it."""
    places_of = wanted(session, view, today)
    rule = None
    if row.equipment not in places_of:
        rule = Rule.EQUIPMENT
    elif row.day < view.earliest or (view.latest is not None and row.day > view.latest):
        rule = Rule.DATES
    elif not _fits_week(session, view, row):
        rule = Rule.PATTERN
    if rule is not None:
        why = (Violation(rule, Severity.BLOCK, row.code),)
        raise InfeasibleError(row.code, why, "wrong_run", need=view.code)
    return places_of[row.equipment].places
