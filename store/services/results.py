"""What assessments came to, with re-sits and certificates; pass rates for others to use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import EnrolmentRow, OccupationRow, ResultRow, TrainingClassRow
from store.schemas.actor import Actor
from store.schemas.trainee import ResultDraft
from store.services import (
    admission,
    attendance,
    audit,
    classes,
    credits,
    plans,
    trainees,
    training_rules,
)
from store.services.clocks import day_of
from store.services.rights import Act

KIND = "result"


@dataclass(frozen=True, slots=True)
class Result:
    """One attempt: of whom, in which class, what came of it, and the certificate.

    `short` is told of a pass as it is recorded: class hours that this person lacks for good.
    """

    id: int
    trainee: str
    training_class: str
    attempt: int
    outcome: str
    day: date
    occupation: str
    occupation_name: str
    level: int | None
    certificate: str | None
    valid_to: date | None
    voided: str | None
    short: int = 0


@dataclass(frozen=True, slots=True)
class PassRate:
    """People who passed in the end, of those who were assessed at all; never who did not come."""

    passed: int
    assessed: int

    @property
    def share(self) -> float | None:
        """The part that passed; None where nobody was assessed."""
        return self.passed / self.assessed if self.assessed else None


def record(
    session: Session, code: str, trainee: str, draft: ResultDraft, *, by: Actor, now: datetime
) -> Result:
    """The result of somebody's next attempt; who has passed does not sit again."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    seat = _seat(session, code, trainee)
    if draft.day > day_of(now):
        raise ConflictError("result_ahead", day=draft.day)
    if draft.day < row.first_day:
        raise InvalidError("result_early", day=draft.day, first=row.first_day)
    before = attempts(session, seat.id)
    if any(one.outcome == "passed" and one.voided is None for one in before):
        raise ConflictError("passed_already", id=trainee, group=code)
    occupation, level = admission.trade_of(session, row.course)
    occupation, level = draft.occupation or occupation, draft.level or level
    if occupation is None or session.get(OccupationRow, occupation) is None:
        raise InvalidError("result_trade", id=code)
    _refuse_taken(session, draft.certificate, trainee)
    made = ResultRow(
        enrolment=seat.id,
        attempt=len(before) + 1,
        outcome=draft.outcome,
        day=draft.day,
        occupation=occupation,
        level=level,
        certificate=draft.certificate,
        valid_to=draft.valid_to,
        login=by.login,
        at=now,
    )
    session.add(made)
    session.flush()
    after = {
        "trainee": trainee,
        "attempt": made.attempt,
        "outcome": made.outcome,
        "day": made.day.isoformat(),
    }
    audit.note(session, by, "assess", "class", [(code, None, after)], at=now)
    if made.outcome == "passed":
        credits.award_certificate(session, trainee, made, row.institution, by=by, now=now)
    (told,) = _views(session, [(made, seat)])
    return replace(
        told, short=_short(session, row, seat, day_of(now)) if told.outcome == "passed" else 0
    )


def _short(session: Session, row: TrainingClassRow, seat: EnrolmentRow, today: date) -> int:
    """Class hours that somebody lacks for good; what nobody marked counts for nothing after the last day."""
    lessons, marks = attendance.lessons_of(row), attendance.marks_of(session, [seat.id])
    stands = attendance.standing(
        lessons, marks.get(seat.id, {}), training_rules.rules(session), seat.funding,
        is_over=row.last_day < today,
    )  # fmt: skip
    return stands.short if stands.is_lost else 0


def void(
    session: Session, code: str, result: int, reason: str, *, by: Actor, now: datetime
) -> Result:
    """Let a result that was entered wrongly count no more; its credits are reversed."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    classes.require_course(row, by)
    if not reason.strip():
        raise InvalidError("void_reason")
    found = session.get(ResultRow, result)
    seat = session.get(EnrolmentRow, found.enrolment) if found is not None else None
    if found is None or seat is None or seat.training_class != code:
        raise NotFoundError(KIND, str(result))
    if found.voided is not None:
        raise ConflictError("voided_already", id=result)
    found.voided = reason.strip()
    session.flush()
    told = (code, {"outcome": found.outcome}, {"trainee": seat.trainee, "voided": True})
    audit.note(session, by, "void", "class", [told], reason=found.voided, at=now)
    source = f"result:{result}"
    credits.take_back(session, seat.trainee, source, found.voided, by=by, now=now)
    return _views(session, [(found, seat)])[0]


def listed(session: Session, code: str, *, by: Actor) -> tuple[Result, ...]:
    """Every attempt of a class, by trainee and in order."""
    classes.load(session, code, by=by)
    rows = session.execute(
        select(ResultRow, EnrolmentRow)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(EnrolmentRow.training_class == code)
        .order_by(EnrolmentRow.trainee, ResultRow.attempt)
    )
    return _views(session, list(rows))


def of_people(session: Session, codes: tuple[str, ...]) -> tuple[Result, ...]:
    """Every attempt of some files, the oldest first."""
    rows = session.execute(
        select(ResultRow, EnrolmentRow)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(EnrolmentRow.trainee.in_(codes))
        .order_by(ResultRow.day, ResultRow.id)
    )
    return _views(session, list(rows))


def attempts(session: Session, enrolment: int) -> tuple[ResultRow, ...]:
    """The attempts of one place on a roster, in order."""
    query = select(ResultRow).where(ResultRow.enrolment == enrolment)
    return tuple(session.scalars(query.order_by(ResultRow.attempt)))


def pass_rates(
    session: Session, group: str, first: date | None = None, last: date | None = None
) -> Mapping[str, PassRate]:
    """Pass rates by `class`, `institution` or `instructor` of some days; rights are the caller's.

    A person counts once a class, as passed if any attempt was; whoever only stayed away does not count.
    """
    query = (
        select(ResultRow.enrolment, ResultRow.outcome, TrainingClassRow)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .where(ResultRow.voided.is_(None), ResultRow.outcome != "absent")
        .order_by(ResultRow.enrolment, ResultRow.attempt)
    )
    if first is not None:
        query = query.where(ResultRow.day >= first)
    if last is not None:
        query = query.where(ResultRow.day <= last)
    passed: dict[str, dict[int, bool]] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for enrolment, outcome, row in session.execute(query):
        if row.code not in keys:
            keys[row.code] = _keys(row, group)
        for key in keys[row.code]:
            of_key = passed.setdefault(key, {})
            of_key[enrolment] = of_key.get(enrolment, False) or outcome == "passed"
    return {key: PassRate(sum(of.values()), len(of)) for key, of in sorted(passed.items())}


def _keys(row: TrainingClassRow, group: str) -> tuple[str, ...]:
    if group == "instructor":
        return plans.loads(row.plan).instructors
    return (row.institution if group == "institution" else row.code,)


def _refuse_taken(session: Session, certificate: str | None, trainee: str) -> None:
    """A certificate's number is one person's."""
    if certificate is None:
        return
    query = (
        select(EnrolmentRow.trainee, EnrolmentRow.training_class)
        .join(ResultRow, ResultRow.enrolment == EnrolmentRow.id)
        .where(ResultRow.certificate == certificate, ResultRow.voided.is_(None))
    )
    selves = trainees.selves(session, trainee)
    for other, group in session.execute(query):
        if other not in selves:
            raise ConflictError("certificate_taken", number=certificate, group=group)


def _seat(session: Session, code: str, trainee: str) -> EnrolmentRow:
    seat = session.scalar(
        select(EnrolmentRow).where(
            EnrolmentRow.training_class == code,
            EnrolmentRow.trainee == trainee,
            EnrolmentRow.status.in_(("enrolled", "completed")),
        )
    )
    if seat is None:
        raise ConflictError("not_on_roster", id=trainee, group=code)
    return seat


def _views(session: Session, rows: list[tuple[ResultRow, EnrolmentRow]]) -> tuple[Result, ...]:
    trade = OccupationRow
    codes = {row.occupation for row, _ in rows}
    names: dict[str, str] = {
        code: name
        for code, name in session.execute(
            select(trade.code, trade.name).where(trade.code.in_(codes))
        )
    }
    return tuple(
        Result(
            row.id,
            seat.trainee,
            seat.training_class,
            row.attempt,
            row.outcome,
            row.day,
            row.occupation,
            names.get(row.occupation, ""),
            row.level,
            row.certificate,
            row.valid_to,
            row.voided,
        )
        for row, seat in rows
    )
