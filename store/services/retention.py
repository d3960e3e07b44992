"""Files without activity for years: named, and made anonymous; what is counted of them stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import (
    AttendanceRow,
    CreditRow,
    EnrolmentRow,
    IdentityRow,
    OutcomeRow,
    ReferralRow,
    ResultRow,
    TraineeRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.services import trainees, training_rules
from store.services.clocks import day_of
from store.services.credits import years_after
from store.services.rights import Act, Reach, reach, require_some

NOBODY = "＊＊＊"


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that nothing happened in since a day."""

    trainee: str
    since: date


def stale(session: Session, *, by: Actor, today: date) -> tuple[Stale, ...]:
    """Files that the rule makes anonymous, with those merged into them, the longest quiet first."""
    require_some(by, Act.WITHDRAW, trainees.KIND)
    years = training_rules.rules(session).retention_years
    query = select(TraineeRow).where(TraineeRow.status == "active")
    if reach(by, Act.WITHDRAW, trainees.KIND) is Reach.OWN:
        query = query.where(TraineeRow.owner == by.organisation)
    found = []
    for row in session.scalars(query.order_by(TraineeRow.code)):
        family = trainees.codes_of(session, row.code)
        last = max(_last(session, session.get_one(TraineeRow, code)) for code in family)
        if years_after(last, years) <= today:
            found.append(Stale(row.code, last))
    return tuple(sorted(found, key=lambda one: (one.since, one.trainee)))


def apply(session: Session, *, by: Actor, today: date) -> tuple[str, ...]:
    """Make every such file anonymous: who it was, their category and notes are gone for good."""
    require_some(by, Act.WITHDRAW, trainees.KIND)
    done = []
    old = stale(session, by=by, today=today)
    for code in [code for one in old for code in trainees.codes_of(session, one.trainee)]:
        row = session.get_one(TraineeRow, code, with_for_update=True)
        before = trainees.kept(row)
        row.name, row.phone, row.number, row.employer = NOBODY, None, None, None
        row.category, row.evidence, row.experience = "other", None, None
        row.status, row.merged_into = "anonymised", None
        _forget(session, row.code)
        trainees.save(session, row, "anonymise", before, by)
        done.append(row.code)
    return tuple(done)


def _last(session: Session, row: TraineeRow) -> date:
    """The last day on which anything happened: the file, its classes, results, credits, outcomes."""
    seats = select(EnrolmentRow.id).where(EnrolmentRow.trainee == row.code)
    attempts = select(ResultRow.id).where(ResultRow.enrolment.in_(seats))
    classes = select(EnrolmentRow.training_class).where(EnrolmentRow.trainee == row.code)
    days = (
        select(func.max(TrainingClassRow.last_day)).where(TrainingClassRow.code.in_(classes)),
        select(func.max(AttendanceRow.day)).where(AttendanceRow.enrolment.in_(seats)),
        select(func.max(ResultRow.day)).where(ResultRow.enrolment.in_(seats)),
        select(func.max(OutcomeRow.day)).where(OutcomeRow.result.in_(attempts)),
        select(func.max(func.coalesce(ReferralRow.result_day, ReferralRow.day))).where(
            ReferralRow.trainee == row.code
        ),
        select(func.max(CreditRow.day)).where(CreditRow.trainee == row.code),
    )
    found = [session.scalar(query) for query in days]
    return max([day_of(row.changed_at), *(day for day in found if day is not None)])


def _forget(session: Session, code: str) -> None:
    """What else says who it was: the identity number, numbers of certificates, notes and reasons."""
    identity = session.get(IdentityRow, code)
    if identity is not None:
        session.delete(identity)
    for referral in session.scalars(select(ReferralRow).where(ReferralRow.trainee == code)).all():
        referral.note = None
    for seat in session.scalars(select(EnrolmentRow).where(EnrolmentRow.trainee == code)).all():
        seat.reason = None
        for result in session.scalars(
            select(ResultRow).where(ResultRow.enrolment == seat.id)
        ).all():
            result.certificate = None
            outcome = session.get(OutcomeRow, result.id)
            if outcome is not None:
                outcome.note = None
    session.flush()
