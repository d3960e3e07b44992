"""What a centre is to remind people of in time: a class that begins, other dates, a need that ran out.

Each is a call with its day and its reason; it is gone once somebody has talked about it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import (
    AuditRow,
    ContactRow,
    CourseRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.services import classes, clocks, reference
from store.services.clocks import day_of

BEGINS, BEGINS_CLASS, MOVED, RENEW = "begins", "begins_class", "moved", "renew"
_AHEAD = ("forming", "ready")


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make: about which record, to whom, why (a code), by when, and how often it was tried.

    `heads`, `title`, `first_day` and `firm` are what the two sentences are made from.
    """

    record: str
    why: str
    party: str
    name: str
    firm: str
    title: str
    heads: int
    first_day: str
    due: datetime | None
    tries: int = 0
    again: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether its clock has ended."""
        return self.due is not None and self.due <= now


def reminders(session: Session, *, by: Actor, now: datetime) -> Iterator[Call]:
    """What a centre has to remind its firms and institutions of now."""
    yield from _moved(session, by, now)
    yield from _beginning(session, by, now)
    yield from _expired(session, by, now)


def _confirmed(session: Session, by: Actor, now: datetime) -> Sequence[ProposalRow]:
    """Deals of the centre whose class has not begun."""
    return session.scalars(
        select(ProposalRow)
        .where(ProposalRow.owner == by.organisation, ProposalRow.status == "confirmed")
        .where(ProposalRow.first_day > day_of(now))
        .order_by(ProposalRow.code)
    ).all()


def _talked(session: Session, records: Sequence[str]) -> dict[tuple[str, str], datetime]:
    """When somebody was last talked to about each of the records."""
    rows = session.execute(
        select(ContactRow.record, ContactRow.party, func.max(ContactRow.at))
        .where(ContactRow.record.in_(records), ContactRow.outcome == "talked")
        .group_by(ContactRow.record, ContactRow.party)
    )
    return {(record, party): at for record, party, at in rows}


def _moved(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Firms whose class has other dates than they agreed to, by a postponement, a merger or a repair."""
    deals = {row.code: row for row in _confirmed(session, by, now)}
    moved: dict[str, datetime] = {}
    for code, act, at, after in session.execute(
        select(AuditRow.code, AuditRow.act, AuditRow.at, AuditRow.after)
        .where(AuditRow.code.in_(list(deals)), AuditRow.kind == "proposal")
        .where(AuditRow.act.in_(("move", "undo")))
        .order_by(AuditRow.id)
    ):
        if act == "undo":
            moved.pop(code, None)
        elif "sessions" in json.loads(after or "{}"):
            moved[code] = at
    talked = _talked(session, list(moved))
    calendar = reference.calendar(session)
    for code, at in sorted(moved.items()):
        row = deals[code]
        last = talked.get((code, row.enterprise))
        if last is None or last < at:
            yield _to_firm(session, row, MOVED, clocks.after_workdays(calendar, at, 1), by)


def _beginning(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Firms and institutions of classes that begin in a few working days."""
    calendar, today = reference.calendar(session), day_of(now)
    days = clocks.clocks(session).remind_days
    soon = [
        row
        for row in _confirmed(session, by, now)
        if calendar.workdays_before(row.first_day, days) <= today
    ]
    talked = _talked(session, [row.code for row in soon])
    for row in soon:
        since = calendar.workdays_before(row.first_day, days)
        if _is_silent(talked.get((row.code, row.enterprise)), since):
            due = clocks.close_of(calendar.workdays_before(row.first_day, 1))
            yield _to_firm(session, row, BEGINS, due, by)
    found = session.execute(
        select(TrainingClassRow, CourseRow.title, OrganisationRow.name)
        .join(CourseRow, CourseRow.code == TrainingClassRow.course)
        .join(OrganisationRow, OrganisationRow.code == TrainingClassRow.institution)
        .where(TrainingClassRow.owner == by.organisation, TrainingClassRow.status.in_(_AHEAD))
        .where(TrainingClassRow.first_day > today)
        .order_by(TrainingClassRow.code)
    ).all()
    known = _talked(session, [row.code for row, _title, _name in found])
    for group, title, name in found:
        since = calendar.workdays_before(group.first_day, days)
        if since <= today and _is_silent(known.get((group.code, group.institution)), since):
            due = clocks.close_of(calendar.workdays_before(group.first_day, 1))
            heads = classes.enrolled(session, group)
            day = group.first_day.isoformat()
            yield Call(
                group.code, BEGINS_CLASS, group.institution, name, "", title, heads, day, due
            )


def _is_silent(last: datetime | None, since: date) -> bool:
    """Whether nobody has talked since the day from which on one is to be reminded."""
    return last is None or day_of(last) < since


def _expired(session: Session, by: Actor, now: datetime) -> Iterator[Call]:
    """Needs whose time ran out a short while ago: does the firm want to renew them?"""
    since = now - timedelta(days=clocks.clocks(session).renew_days)
    rows = session.execute(
        select(NeedRow, OrganisationRow.name, func.max(AuditRow.at))
        .join(OrganisationRow, OrganisationRow.code == NeedRow.enterprise)
        .join(AuditRow, AuditRow.code == NeedRow.code)
        .where(NeedRow.owner == by.organisation, NeedRow.status == "expired")
        .where(AuditRow.kind == "need", AuditRow.act == "expire", AuditRow.at >= since)
        .group_by(NeedRow.code, OrganisationRow.name)
        .order_by(NeedRow.code)
    ).all()
    talked = _talked(session, [row.code for row, _name, _at in rows])
    calendar = reference.calendar(session)
    for row, name, at in rows:
        last = talked.get((row.code, row.enterprise))
        if last is None or last < at:
            due = clocks.after_workdays(calendar, at, 5)
            day = row.earliest.isoformat()
            yield Call(row.code, RENEW, row.enterprise, name, name, row.text, row.heads, day, due)


def _to_firm(session: Session, row: ProposalRow, why: str, due: datetime, by: Actor) -> Call:
    name = classes.firm_name(session, row, by)
    title = session.scalar(select(CourseRow.title).where(CourseRow.code == row.course)) or ""
    day = row.first_day.isoformat()
    return Call(row.code, why, row.enterprise, name, name, title, row.heads, day, due)
