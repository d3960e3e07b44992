"""At which institutions people teach: bookings and classes of runs of the last 365 days, and to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from store.models import BookingRow, CourseRow, ProposalRow, RunRow, TrainingClassRow
from store.services.among import Query, is_one_of

_YEAR = timedelta(days=365)
_BOOKED = Query(
    select(BookingRow.resource, CourseRow.institution)
    .join(ProposalRow, ProposalRow.code == BookingRow.proposal)
    .join(CourseRow, CourseRow.code == ProposalRow.course)
    .where(BookingRow.kind == "instructor", BookingRow.day >= bindparam("since"))
    .where(is_one_of(BookingRow.status, ("held", "booked")))
    .distinct(),
    BookingRow.resource,
)
_APPOINTED = Query(
    select(RunRow.instructor, TrainingClassRow.institution)
    .join(TrainingClassRow, TrainingClassRow.run == RunRow.code)
    .where(RunRow.instructor.is_not(None), TrainingClassRow.last_day >= bindparam("since"))
    .where(TrainingClassRow.status != "cancelled")
    .distinct(),
    RunRow.instructor,
)


def institutions(
    session: Session, codes: Collection[str] | None, today: date
) -> Mapping[str, frozenset[str]]:
    """Whose courses each of some people (None for all) teaches, from a year ago on; others are not named.

    What is held counts like what is booked; classes that were called off do not count.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for query in (_BOOKED, _APPOINTED):
        for person, institution in query.rows(session, codes, since=today - _YEAR):
            found[person].add(institution)
    return {person: frozenset(places) for person, places in found.items()}
