"""Classes that an agency is asked to rate: asked by supervisors, rated by the agency's own people alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import CourseRow, OrganisationRow, RatingRow, TrainingClassRow
from store.schemas.actor import Actor
from store.services import attendance, audit, classes, opinions, records
from store.services.opinions import Opinion
from store.services.rights import Act, Reach, reach, require, require_some

_KIND = "rating"
_GROUP = "agency"
PREFIX = "PJ"


@dataclass(frozen=True, slots=True)
class Rating:
    """A class as the agency that is asked sees it: what, where, when, how many; its newest marks, if any."""

    code: str
    training_class: str
    title: str
    institution: str
    institution_name: str
    first_day: date
    last_day: date
    sessions: int
    hours: int
    heads: int
    agency: str
    agency_name: str
    due: date | None
    day: date | None
    scores: Mapping[str, int]
    note: str

    @property
    def is_given(self) -> bool:
        """Whether marks were given."""
        return self.day is not None


def ask(
    session: Session,
    training_class: str,
    agency: str,
    due: date | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Rating:
    """Ask an assessment body or another agency to rate a class, until a day; a supervisor's act."""
    require(by, Act.REGISTER, _KIND, None)
    group = session.get(TrainingClassRow, training_class)
    if group is None:
        raise NotFoundError("class", training_class)
    if agency not in opinions.evaluators(session):
        raise InvalidError("rating_agency", id=agency)
    if agency == group.institution:
        raise ConflictError("rating_own", id=training_class, agency=agency)
    same = select(RatingRow.code).where(
        RatingRow.training_class == training_class, RatingRow.agency == agency
    )
    if (there := session.scalar(same)) is not None:
        raise ConflictError("rating_there", id=there)
    (code,) = records.next_codes(session, PREFIX, RatingRow.code, 1)
    row = RatingRow(
        code=code, training_class=training_class, agency=agency, due=due, login=by.login, at=now
    )
    session.add(row)
    session.flush()
    audit.note(session, by, "register", _KIND, [(code, None, _told(row))], at=now)
    return _views(session, [row])[0]


def listed(session: Session, *, by: Actor) -> tuple[Rating, ...]:
    """What was asked, that without marks first; an agency sees what it is asked itself."""
    require_some(by, Act.READ, _KIND)
    query = select(RatingRow).order_by(RatingRow.code)
    if reach(by, Act.READ, _KIND) is Reach.OWN:
        query = query.where(RatingRow.agency == by.organisation)
    found = _views(session, session.scalars(query).all())
    return tuple(sorted(found, key=lambda one: (one.is_given, one.due or date.max, one.code)))


def give(
    session: Session,
    code: str,
    scores: Mapping[str, int],
    day: date,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> Rating:
    """Marks of the agency about the class that it was asked about."""
    row = _row(session, code, Act.ANSWER, by)
    said = Opinion(row.training_class, _GROUP, row.agency, day, scores, note)
    opinions.keep(session, [said], by=by, now=now)
    return _views(session, [row])[0]


def withdraw(session: Session, code: str, *, by: Actor, now: datetime) -> str:
    """Ask no more; marks that were given stay."""
    row = _row(session, code, Act.WITHDRAW, by)
    told = _told(row)
    session.delete(row)
    session.flush()
    audit.note(session, by, "withdraw", _KIND, [(code, told, None)], at=now)
    return code


def _row(session: Session, code: str, act: Act, by: Actor) -> RatingRow:
    require_some(by, act, _KIND, code)
    row = session.get(RatingRow, code, with_for_update=True)
    if row is None:
        raise NotFoundError(_KIND, code)
    require(by, act, _KIND, row.agency, code)
    return row


def _told(row: RatingRow) -> dict[str, object]:
    due = row.due.isoformat() if row.due else None
    return {"class": row.training_class, "agency": row.agency, "due": due}


def _views(session: Session, rows: Sequence[RatingRow]) -> tuple[Rating, ...]:
    names = dict(session.execute(select(OrganisationRow.code, OrganisationRow.name)).all())
    said = opinions.of_agencies(session, {row.training_class for row in rows})
    return tuple(_view(session, row, names, said) for row in rows)


def _view(
    session: Session,
    row: RatingRow,
    names: Mapping[str, str],
    said: Mapping[tuple[str, str], Opinion],
) -> Rating:
    group = session.get_one(TrainingClassRow, row.training_class)
    lessons = attendance.lessons_of(group)
    one = said.get((row.training_class, row.agency))
    return Rating(
        row.code, group.code, session.get_one(CourseRow, group.course).title, group.institution,
        names.get(group.institution, ""), group.first_day, group.last_day, len(lessons),
        sum(lesson.hours for lesson in lessons), classes.heads_of(session, group.code), row.agency,
        names.get(row.agency, ""), row.due, one.day if one else None, one.scores if one else {},
        one.note if one else "",
    )  # fmt: skip
