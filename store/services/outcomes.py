"""What people do ninety days after a certificate: whom to ring, what came of it, and the rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.models import EnrolmentRow, OutcomeRow, ResultRow, TraineeRow, TrainingClassRow
from store.schemas.actor import Actor
from store.schemas.trainee import OutcomeDraft, masked_name
from store.services import audit, trainees, training_rules, vacancies
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, require_some

IN_WORK = ("same_post", "promoted", "new_job", "self_employed")
_UNKNOWN = "not_reached"


@dataclass(frozen=True, slots=True)
class Due:
    """A certificate whose holder is to be rung: since when, and whether somebody tried in vain."""

    result: int
    trainee: str
    name: str
    training_class: str
    certified: date
    due: date
    tried: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one certificate."""

    result: int
    kind: str
    day: date
    note: str | None
    vacancy: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """People in work, of those who could be asked, of all whose call was due."""

    in_work: int
    asked: int
    due: int

    @property
    def share(self) -> float | None:
        """The part in work of those asked; None where nobody was."""
        return self.in_work / self.asked if self.asked else None


def due(session: Session, *, by: Actor, today: date) -> tuple[Due, ...]:
    """Holders of certificates to be rung now, the longest due first; names masked as in every list."""
    require_some(by, Act.READ, trainees.KIND)
    days = timedelta(days=training_rules.rules(session).outcome_days)
    query = _passed(today - days).outerjoin(OutcomeRow, OutcomeRow.result == ResultRow.id)
    query = query.where((OutcomeRow.result.is_(None)) | (OutcomeRow.kind == _UNKNOWN))
    if reach(by, Act.READ, trainees.KIND) is Reach.OWN:
        query = query.where(TraineeRow.owner == by.organisation)
    found = []
    for result, seat, person in session.execute(query.order_by(ResultRow.day, ResultRow.id)):
        tried = session.get(OutcomeRow, result.id) is not None
        name = masked_name(person.name)
        when = result.day + days
        found.append(
            Due(result.id, person.code, name, seat.training_class, result.day, when, tried)
        )
    return tuple(found)


def put(session: Session, trainee: str, draft: OutcomeDraft, *, by: Actor, now: datetime) -> Found:
    """What somebody does after their newest certificate that is due; a second answer replaces the first."""
    trainees.load(session, trainee, by=by, act=Act.EDIT)
    newest = _certificate_due(session, trainee, draft.day)
    if draft.day > day_of(now):
        raise ConflictError("result_ahead", day=draft.day)
    if draft.vacancy is not None and draft.kind != "new_job":
        raise ConflictError("vacancy_outcome")
    vacancies.require_known(session, draft.vacancy, by=by)
    row = session.get(OutcomeRow, newest, with_for_update=True)
    before = {"kind": row.kind, "vacancy": row.vacancy} if row is not None else None
    if row is None:
        row = OutcomeRow(result=newest)
        session.add(row)
    row.kind, row.day, row.note, row.vacancy = draft.kind, draft.day, draft.note, draft.vacancy
    row.login, row.at = by.login, now
    session.flush()
    after = {"kind": draft.kind, "day": draft.day.isoformat(), "vacancy": draft.vacancy}
    audit.note(session, by, "follow_up", trainees.KIND, [(trainee, before, after)], at=now)
    return _found(row)


def _certificate_due(session: Session, trainee: str, day: date) -> int:
    """The newest certificate of a person whose call is due on a day."""
    days = timedelta(days=training_rules.rules(session).outcome_days)
    query = (
        _passed(day)
        .where(EnrolmentRow.trainee.in_(trainees.codes_of(session, trainee)))
        .with_only_columns(ResultRow.id, ResultRow.day)
        .order_by(ResultRow.day.desc(), ResultRow.id.desc())
    )
    made = session.execute(query).all()
    if not made:
        raise NotFoundError("certificate", trainee)
    due = [result for result, certified in made if certified + days <= day]
    if not due:
        first = min(certified for _, certified in made)
        raise ConflictError(
            "outcome_early", id=trainee, certified=first, days=days.days, first=first + days
        )
    return int(due[0])


def of_results(session: Session, results: tuple[int, ...]) -> dict[int, Found]:
    """What came of some certificates."""
    rows = session.scalars(select(OutcomeRow).where(OutcomeRow.result.in_(results)))
    return {row.result: _found(row) for row in rows}


def _found(row: OutcomeRow) -> Found:
    return Found(row.result, row.kind, row.day, row.note, row.vacancy)


def rates(session: Session, today: date, institution: str | None = None) -> Rate:
    """How many were in work ninety days after, of an institution or of all; rights are the caller's."""
    days = timedelta(days=training_rules.rules(session).outcome_days)
    query = _passed(today - days).outerjoin(OutcomeRow, OutcomeRow.result == ResultRow.id)
    if institution is not None:
        query = query.join(
            TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class
        ).where(TrainingClassRow.institution == institution)
    kinds = session.scalars(query.with_only_columns(OutcomeRow.kind)).all()
    asked = [kind for kind in kinds if kind not in (None, _UNKNOWN)]
    return Rate(sum(kind in IN_WORK for kind in asked), len(asked), len(kinds))


def _passed(until: date) -> Select[ResultRow, EnrolmentRow, TraineeRow]:
    """Certificates up to a day, with whose they are."""
    return (
        select(ResultRow, EnrolmentRow, TraineeRow)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .join(TraineeRow, TraineeRow.code == EnrolmentRow.trainee)
        .where(ResultRow.outcome == "passed", ResultRow.voided.is_(None))
        .where(ResultRow.day <= until, TraineeRow.status != "anonymised")
    )
