"""One file for one person: rosters, attendance, results, credits and outcome, with what is missing in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.subsidy.facts import CATEGORIES
from store.models import CourseRow, EnrolmentRow, OrganisationRow, TrainingClassRow
from store.schemas.actor import Actor, Role
from store.schemas.trainee import TraineeView
from store.schemas.vacancy import Referral
from store.services import (
    attendance,
    credits,
    outcomes,
    results,
    trainees,
    training_rules,
    vacancies,
)
from store.services.attendance import Standing
from store.services.credits import Account
from store.services.outcomes import Found
from store.services.results import Result

_SOON = timedelta(days=90)
_NEED_EVIDENCE = frozenset(CATEGORIES) - {"employed", "graduate", "other"}


@dataclass(frozen=True, slots=True)
class Training:
    """One class in a person's file."""

    training_class: str
    title: str
    institution_name: str
    first_day: date
    last_day: date
    status: str
    class_status: str
    funding: str
    reason: str | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class TraineeFile:
    """Everything kept of a person; `missing` are codes of what the file lacks, `alike` other files."""

    trainee: TraineeView
    codes: tuple[str, ...]
    trainings: tuple[Training, ...]
    results: tuple[Result, ...]
    outcomes: tuple[Found, ...]
    referrals: tuple[Referral, ...]
    account: Account
    missing: tuple[str, ...]
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Talent:
    """A valid certificate of somebody: who (by code), for which trade and level, until when."""

    trainee: str
    occupation: str
    occupation_name: str
    level: int | None
    certificate: str | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Skilled:
    """How many people hold a valid certificate of a trade and level, and how many of these end soon.

    The occupation is None in the line of all together, where everybody counts once.
    """

    occupation: str | None
    occupation_name: str
    level: int | None
    people: int
    certificates: int
    ending: int


def file(session: Session, code: str, *, by: Actor, today: date) -> TraineeFile:
    """The file of a person, with the history of files merged into it."""
    view = trainees.shown(session, code, by=by)
    codes = trainees.codes_of(session, code)
    found = _trainings(session, codes, today)
    of_person = results.of_people(session, codes)
    known = outcomes.of_results(session, tuple(one.id for one in of_person))
    row = trainees.load(session, code, by=by)
    twins = trainees.alike(session, row)
    is_all = by.role in (Role.SUPERVISOR, Role.SYSTEM)
    return TraineeFile(
        view,
        codes,
        found,
        of_person,
        tuple(known[one.id] for one in of_person if one.id in known),
        vacancies.of_people(session, codes),
        credits.account(session, code, by=by, day=today),
        _missing(session, view, found, of_person, known, today),
        twins if is_all else tuple(one for one in twins if _is_own(session, one, by)),
    )


def talents(
    session: Session,
    *,
    by: Actor,
    today: date,
    occupation: str | None = None,
    level: int | None = None,
) -> tuple[Talent, ...]:
    """Certificates that are valid today of people one may see, by trade and level."""
    seen = [one.code for one in trainees.listed(session, by=by, limit=100_000)]
    found = [
        Talent(
            one.trainee,
            one.occupation,
            one.occupation_name,
            one.level,
            one.certificate,
            one.valid_to,
        )
        for at in range(0, len(seen), 500)
        for one in results.of_people(session, tuple(seen[at : at + 500]))
        if one.outcome == "passed" and one.voided is None
        if one.valid_to is None or one.valid_to >= today
        if occupation in (None, one.occupation) and level in (None, one.level)
    ]
    return tuple(sorted(found, key=lambda one: (one.occupation, -(one.level or 0), one.trainee)))


def workforce(
    session: Session,
    *,
    by: Actor,
    today: date,
    occupation: str | None = None,
    level: int | None = None,
) -> tuple[Skilled, ...]:
    """The valid certificates of `talents` counted: all together, then by trade, the highest level first.

    `ending` are those that end within the next 90 days.
    """
    found = talents(session, by=by, today=today, occupation=occupation, level=level)
    groups: dict[tuple[str, int | None], list[Talent]] = defaultdict(list)
    for one in found:
        groups[one.occupation, one.level].append(one)
    lines = [
        _skilled(code, some[0].occupation_name, rank, some, today)
        for (code, rank), some in groups.items()
    ]
    return (_skilled(None, "", None, found, today), *lines)


def _skilled(
    code: str | None, name: str, level: int | None, some: Sequence[Talent], today: date
) -> Skilled:
    last = today + _SOON
    ending = sum(one.valid_to is not None and one.valid_to <= last for one in some)
    return Skilled(code, name, level, len({one.trainee for one in some}), len(some), ending)


def _trainings(session: Session, codes: tuple[str, ...], today: date) -> tuple[Training, ...]:
    rules, due = training_rules.rules(session), attendance.sheets_due(session, today)
    rows = session.execute(
        select(EnrolmentRow, TrainingClassRow, CourseRow.title, OrganisationRow.name)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .join(CourseRow, CourseRow.code == TrainingClassRow.course)
        .join(OrganisationRow, OrganisationRow.code == TrainingClassRow.institution)
        .where(EnrolmentRow.trainee.in_(codes))
        .order_by(TrainingClassRow.first_day, TrainingClassRow.code)
    ).all()  # fmt: skip
    marks = attendance.marks_of(session, [seat.id for seat, *_ in rows])
    return tuple(
        Training(
            row.code,
            title,
            home,
            row.first_day,
            row.last_day,
            seat.status,
            row.status,
            seat.funding,
            seat.reason,
            attendance.standing(
                attendance.lessons_of(row),
                marks.get(seat.id, {}),
                rules,
                seat.funding,
                is_over=row.last_day < due,
            ),
        )
        for seat, row, title, home in rows
    )


def _missing(
    session: Session,
    view: TraineeView,
    found: tuple[Training, ...],
    of_person: tuple[Result, ...],
    known: dict[int, Found],
    today: date,
) -> tuple[str, ...]:
    """What the rules of completeness ask for and the file does not have."""
    if view.status == "anonymised":
        return ()
    days = training_rules.rules(session).outcome_days
    over = [one for one in found if one.class_status in ("finished", "closed")]
    seated = [one for one in over if one.status in ("enrolled", "completed")]
    passed = [one for one in of_person if one.outcome == "passed" and one.voided is None]
    assessed = {one.training_class for one in of_person}
    told = (
        ("phone", view.phone is None),
        ("number", view.number is None and view.identity is None),
        ("employer", view.category == "employed" and view.employer is None),
        ("evidence", view.category in _NEED_EVIDENCE and view.evidence is None),
        ("attendance", any(one.standing.ahead for one in seated)),
        ("result", any(one.training_class not in assessed for one in seated)),
        ("certificate", any(one.certificate is None for one in passed)),
        ("outcome", any((today - p.day).days >= days and p.id not in known for p in passed)),
    )
    return tuple(code for code, is_missing in told if is_missing)


def _is_own(session: Session, code: str, by: Actor) -> bool:
    return trainees.owner_of(session, code) == by.organisation
