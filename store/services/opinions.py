"""What trainees, instructors, firms and agencies say of classes; the latest answer in a quarter counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    RATER_GROUPS,
    EnrolmentRow,
    OpinionRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.services import audit, draws, plans
from store.services.clocks import day_of
from store.services.rights import Act, require_some

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "trainee": ("content", "teaching", "practice", "facilities", "organisation"),
    "instructor": ("preparation", "equipment", "organisation"),
    "enterprise": ("usefulness", "behaviour", "communication"),
    "agency": ("compliance", "records", "quality"),
}
EVALUATES = "assessment_body"  # the sort of organisation that judges others
BEST = 5  # marks are from 1 to this
_AFTER = timedelta(days=366)  # how long after a class it is rated
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Opinion:
    """One answer: of whom, about which class, on which day; marks from 1 to 5 by question."""

    training_class: str
    group: str
    rater: str
    day: date
    scores: Mapping[str, int]
    note: str = ""

    @property
    def period(self) -> date:
        """The first day of the quarter that it counts for."""
        return draws.quarter(self.day)[0]


def add(session: Session, one: Opinion, *, by: Actor, now: datetime) -> Opinion:
    """Keep one answer; a later one of the same rater in the same quarter takes its place in every score."""
    return add_many(session, [one], by=by, now=now)[0]


def add_many(
    session: Session, opinions: Sequence[Opinion], *, by: Actor, now: datetime
) -> tuple[Opinion, ...]:
    """Keep answers, all or none."""
    require_some(by, Act.REGISTER, "evaluation")
    return keep(session, opinions, by=by, now=now)


def keep(
    session: Session, opinions: Sequence[Opinion], *, by: Actor, now: datetime
) -> tuple[Opinion, ...]:
    """Check and write answers; rights are the caller's."""
    for one in opinions:
        _check(session, one, now)
    session.add_all(
        OpinionRow(
            training_class=one.training_class,
            rater_group=one.group,
            rater=one.rater,
            period=one.period,
            day=one.day,
            scores=json.dumps(dict(one.scores)),
            note=one.note.strip() or None,
            login=by.login,
            at=now,
        )
        for one in opinions
    )
    session.flush()
    told = [
        (one.training_class, None, {"group": one.group, "rater": one.rater, **one.scores})
        for one in opinions
    ]
    if told:
        audit.note(session, by, "rate", "evaluation", told, at=now)
    return tuple(opinions)


def _check(session: Session, one: Opinion, now: datetime) -> None:
    row = session.get(TrainingClassRow, one.training_class)
    if row is None:
        raise NotFoundError("class", one.training_class)
    if one.group not in RATER_GROUPS:
        raise InvalidError("field_unknown", name=one.group, known=", ".join(RATER_GROUPS))
    asked = QUESTIONS[one.group]
    if set(one.scores) != set(asked) or not all(1 <= m <= BEST for m in one.scores.values()):
        raise InvalidError("opinion_marks", questions=", ".join(asked), most=BEST)
    if not row.first_day <= one.day <= min(day_of(now), row.last_day + _AFTER):
        raise ConflictError("opinion_day", id=row.code, day=one.day.isoformat())
    if len(one.note) > _LONGEST:
        raise InvalidError("reason_too_long", most=_LONGEST)
    known = raters(session, row, one.group)
    if one.rater not in known:
        raise InvalidError(
            "opinion_rater", id=row.code, rater=one.rater, known=", ".join(sorted(known)[:12])
        )


def raters(session: Session, row: TrainingClassRow, group: str) -> set[str]:
    """Who may rate a class: its trainees, instructors, firms; as agencies centres, the bureau, evaluators."""
    if group == "trainee":
        query = select(EnrolmentRow.trainee).where(
            EnrolmentRow.training_class == row.code,
            EnrolmentRow.status.in_(("enrolled", "completed")),
        )
        return set(session.scalars(query))
    if group == "instructor":
        return set(plans.loads(row.plan).instructors)
    if group == "enterprise":
        query = select(ProposalRow.enterprise).where(ProposalRow.training_class == row.code)
        return set(session.scalars(query))
    kinds = ("centre", "bureau")
    query = select(OrganisationRow.code).where(OrganisationRow.kind.in_(kinds))
    return {*session.scalars(query), *evaluators(session)}


def evaluators(session: Session) -> set[str]:
    """Assessment bodies and other agencies that are in the market to judge."""
    return set(
        session.scalars(
            select(OrganisationRow.code).where(
                OrganisationRow.sort == EVALUATES, OrganisationRow.status == "active"
            )
        )
    )


def of_agencies(session: Session, groups: Collection[str]) -> Mapping[tuple[str, str], Opinion]:
    """The newest answer of each agency about some classes, by class and agency; rights are the caller's."""
    rows = session.scalars(
        select(OpinionRow)
        .where(OpinionRow.rater_group == "agency", OpinionRow.training_class.in_(sorted(groups)))
        .order_by(OpinionRow.day, OpinionRow.id)
    )
    return {(row.training_class, row.rater): _opinion(row) for row in rows}


def _opinion(row: OpinionRow) -> Opinion:
    return Opinion(
        row.training_class,
        row.rater_group,
        row.rater,
        row.day,
        json.loads(row.scores),
        row.note or "",
    )


def latest(session: Session, first: date, last: date) -> tuple[Opinion, ...]:
    """Of each rater's answers about a class in a quarter the latest; quarters between two days.

    Rights are the caller's.
    """
    rows = session.scalars(
        select(OpinionRow)
        .where(OpinionRow.period.between(first, last), OpinionRow.day <= last)
        .order_by(OpinionRow.day, OpinionRow.id)
    )
    found: dict[tuple[str, str, str, date], Opinion] = {}
    for row in rows:
        key = (row.training_class, row.rater_group, row.rater, row.period)
        found[key] = _opinion(row)
    return tuple(found[key] for key in sorted(found))


def listed(session: Session, training_class: str, *, by: Actor) -> tuple[Opinion, ...]:
    """What was said of a class, the latest of each rater and quarter; of whoever enters answers."""
    require_some(by, Act.REGISTER, "evaluation", training_class)
    if session.get(TrainingClassRow, training_class) is None:
        raise NotFoundError("class", training_class)
    every = latest(session, date.min, date.max)
    return tuple(one for one in every if one.training_class == training_class)
