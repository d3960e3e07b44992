"""At which institutions people teach: bookings and classes of runs of the last 365 days, and to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import BookingRow, CourseRow, ProposalRow, RunRow, TrainingClassRow
from store.services.among import among

_YEAR = timedelta(days=365)


def institutions(
    session: Session, codes: Collection[str] | None, today: date
) -> Mapping[str, frozenset[str]]:
    """Whose courses each of some people (None for all) teaches, from a year ago on; others are not named.

    What is held counts like what is booked; classes that were called off do not count.
    """
    since = today - _YEAR
    found: dict[str, set[str]] = defaultdict(set)
    for condition in among(BookingRow.resource, codes):
        rows = session.execute(
            select(BookingRow.resource, CourseRow.institution)
            .join(ProposalRow, ProposalRow.code == BookingRow.proposal)
            .join(CourseRow, CourseRow.code == ProposalRow.course)
            .where(condition, BookingRow.kind == "instructor", BookingRow.day >= since)
            .where(BookingRow.status.in_(("held", "booked")))
            .distinct()
        )
        for person, institution in rows:
            found[person].add(institution)
    for condition in among(RunRow.instructor, codes):
        rows = session.execute(
            select(RunRow.instructor, TrainingClassRow.institution)
            .join(TrainingClassRow, TrainingClassRow.run == RunRow.code)
            .where(condition, RunRow.instructor.is_not(None))
            .where(TrainingClassRow.last_day >= since, TrainingClassRow.status != "cancelled")
            .distinct()
        )
        for person, institution in rows:
            found[person].add(institution)
    return {person: frozenset(places) for person, places in found.items()}
