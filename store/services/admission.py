"""What is to be looked at before somebody sits in a class: overlaps, what came before, who paid before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.types import Session as Meeting
from store.errors import ConflictError
from store.models import (
    CourseOccupationRow,
    CourseRow,
    EnrolmentRow,
    ResultRow,
    TraineeRow,
    TrainingClassRow,
)
from store.services import plans, trainees, training_rules

_SEATED = ("enrolled", "completed")
_FREE_LEVEL = 3  # 四级 and above ask for what comes before
_STEP = 1


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing to look at: its code, and a detail such as a class or a level."""

    code: str
    detail: str


def look(
    session: Session, row: TrainingClassRow, person: TraineeRow, funding: str, *, is_told: bool
) -> tuple[Caution, ...]:
    """Everything that warns; an overlap is refused where the rules say so.

    Files of other centres are told apart from their number only to who is `is_told`.
    """
    rules = training_rules.rules(session)
    family = trainees.codes_of(session, person.code)
    twins = trainees.alike(session, person)
    found = []
    clashing = clashes(session, (*family, *twins), row)
    if clashing:
        if rules.overlap_blocks:
            raise ConflictError("trainee_overlap", id=person.code, group=clashing[0])
        found.append(Caution("overlap", clashing[0]))
    if twins:
        shown = [one for one in twins if is_told or _is_own(session, one, person.owner)]
        found.append(Caution("alike", ", ".join(shown) or str(len(twins))))
    found += _before(session, row, person, family)
    if funding == "government":
        found += _funded(session, row, (*family, *twins), rules.funded_a_year)
    return tuple(found)


def clashes(session: Session, codes: Iterable[str], row: TrainingClassRow) -> tuple[str, ...]:
    """Other classes that these files sit in at the same hours as a class."""
    other = TrainingClassRow
    query = (
        select(other)
        .join(EnrolmentRow, EnrolmentRow.training_class == other.code)
        .where(EnrolmentRow.trainee.in_(tuple(codes)), EnrolmentRow.status.in_(_SEATED))
        .where(other.code != row.code, other.status != "cancelled")
        .where(other.first_day <= row.last_day, other.last_day >= row.first_day)
        .order_by(other.code)
        .distinct()
    )
    own = plans.loads(row.plan).sessions
    return tuple(
        one.code
        for one in session.scalars(query)
        if is_overlapping(own, plans.loads(one.plan).sessions)
    )


def is_overlapping(one: Iterable[Meeting], other: Iterable[Meeting]) -> bool:
    """Whether any two meetings are at the same time; one without times takes the whole day."""
    by_day: dict[object, list[Meeting]] = {}
    for meeting in other:
        by_day.setdefault(meeting.day, []).append(meeting)
    return any(
        _together(meeting, rival) for meeting in one for rival in by_day.get(meeting.day, ())
    )


def _together(one: Meeting, other: Meeting) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return True
    return one.start < other.end and other.start < one.end


def trade_of(session: Session, course: str) -> tuple[str | None, int | None]:
    """The first occupation and the level of a course, either unknown."""
    level = session.scalar(select(CourseRow.level).where(CourseRow.code == course))
    occupation = session.scalar(
        select(CourseOccupationRow.code)
        .where(CourseOccupationRow.course == course)
        .order_by(CourseOccupationRow.position, CourseOccupationRow.code)
        .limit(1)
    )
    return occupation, level


def _before(
    session: Session, row: TrainingClassRow, person: TraineeRow, family: tuple[str, ...]
) -> Iterator[Caution]:
    """From 四级 on a certificate one level below, or years of work as text."""
    occupation, level = trade_of(session, row.course)
    if level is None or level < _FREE_LEVEL or person.experience:
        return
    held = session.scalar(
        select(ResultRow.id)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(EnrolmentRow.trainee.in_(family), ResultRow.outcome == "passed")
        .where(ResultRow.voided.is_(None), ResultRow.occupation == occupation)
        .where(ResultRow.level >= level - _STEP)
        .limit(1)
    )
    if held is None:
        yield Caution("no_prerequisite", str(level - _STEP))


def _funded(
    session: Session, row: TrainingClassRow, codes: tuple[str, ...], most: int
) -> Iterator[Caution]:
    """Paid by government before: the same trade and level, a higher one, or too often this year."""
    paid = session.scalars(
        select(TrainingClassRow)
        .join(EnrolmentRow, EnrolmentRow.training_class == TrainingClassRow.code)
        .where(EnrolmentRow.trainee.in_(codes), EnrolmentRow.funding == "government")
        .where(EnrolmentRow.status.in_(_SEATED), TrainingClassRow.code != row.code)
        .where(TrainingClassRow.status != "cancelled")
        .order_by(TrainingClassRow.code)
    ).all()
    occupation, level = trade_of(session, row.course)
    for one in paid:
        trade, rank = trade_of(session, one.course)
        if trade is not None and trade == occupation:
            if rank == level:
                yield Caution("funded_before", one.code)
            elif rank is not None and level is not None and rank > level:
                yield Caution("funded_higher", one.code)
    if sum(one.first_day.year == row.first_day.year for one in paid) >= most:
        yield Caution("funded_often", str(most))


def _is_own(session: Session, code: str, owner: str) -> bool:
    return session.get_one(TraineeRow, code).owner == owner
