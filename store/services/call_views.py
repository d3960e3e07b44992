"""Calls for courses as each side may see them: a bid is its bidder's alone until the deadline is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.lifecycles import COURSE_CALL
from store.models import (
    BookingRow,
    CourseBidRow,
    CourseCallRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    ScoreRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.support import BidView, CourseCallView, SuggestedInstructor
from store.services import naming
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "course_call"
_MOST = 500
_FEW = 5
_AHEAD = timedelta(weeks=4)
_PLAIN = (
    "code", "owner", "version", "created_at", "created_by", "changed_at", "changed_by", "status",
    "need", "occupation", "level", "title", "modules", "theory_hours", "practice_hours", "heads",
    "unmet", "deadline", "course",
)  # fmt: skip


def listed(session: Session, status: str | None = None, *, by: Actor) -> tuple[CourseCallView, ...]:
    """Calls (of a state where said), those that end first first; a centre's own, all for institutions."""
    require_some(by, Act.READ, KIND)
    query = select(CourseCallRow).order_by(CourseCallRow.deadline, CourseCallRow.code).limit(_MOST)
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(CourseCallRow.owner == by.organisation)
    if status is not None:
        if status not in COURSE_CALL.states:
            raise InvalidError("unknown_state", state=status, known=", ".join(COURSE_CALL.states))
        query = query.where(CourseCallRow.status == status)
    return tuple(view(session, call, by) for call in session.scalars(query).all())


def shown(session: Session, code: str, *, by: Actor) -> CourseCallView:
    """One call."""
    require_some(by, Act.READ, KIND, code)
    call = session.get(CourseCallRow, code)
    if call is None:
        raise NotFoundError(KIND, code)
    require(by, Act.READ, KIND, call.owner, code)
    return view(session, call, by)


def view(session: Session, call: CourseCallRow, by: Actor) -> CourseCallView:
    """A call with the bids that the actor may see: one's own always, others once the call is not open.

    Institutions see them only once one is chosen, and read why only where they bid.
    """
    rows = session.scalars(
        select(CourseBidRow)
        .where(CourseBidRow.call == call.code)
        .order_by(CourseBidRow.price_fen, CourseBidRow.institution)
    ).all()
    own = [row for row in rows if row.institution == by.organisation]
    is_institution = by.role is Role.INSTITUTION
    is_told = call.status != "open" and (bool(own) or not is_institution)
    is_opened = is_told and (call.chosen is not None or not is_institution)
    seen = rows if is_opened else own
    names = naming.occupation_names(session, {call.occupation})
    return CourseCallView(
        **{name: getattr(call, name) for name in _PLAIN},
        occupation_name=names.get(call.occupation, call.occupation),
        ceiling=None if call.ceiling is None else float(call.ceiling),
        chosen=call.chosen if is_opened else None,
        reason=call.reason if is_told else None,
        bids=_bids(session, seen),
        count=len(rows) if is_opened or not is_institution else None,
        able=_able(session, call, by) if is_institution and call.status == "open" else (),
        suggested=_suggested(session, call) if not is_institution and call.status == "open" else (),
    )


def kept_bid(row: CourseBidRow) -> dict[str, object]:
    """What the trail keeps of a bid: that it was made and by whom; its price stays sealed with it."""
    return {"institution": row.institution, "instructors": list(row.instructors or ())}


def _bids(session: Session, rows: Sequence[CourseBidRow]) -> tuple[BidView, ...]:
    homes = select(OrganisationRow.code, OrganisationRow.name)
    names = dict(
        session.execute(
            homes.where(OrganisationRow.code.in_({row.institution for row in rows}))
        ).all()
    )
    people = select(InstructorRow.code, InstructorRow.name)
    teach = {code for row in rows for code in row.instructors}
    known = dict(session.execute(people.where(InstructorRow.code.in_(teach))).all())
    return tuple(
        BidView(
            institution=row.institution,
            institution_name=names.get(row.institution, row.institution),
            price=float(row.price),
            plan=row.plan,
            instructors=row.instructors,
            instructor_names=tuple(known.get(code, code) for code in row.instructors),
            at=row.at,
        )
        for row in rows
    )


def _suggested(session: Session, call: CourseCallRow) -> tuple[SuggestedInstructor, ...]:
    """Instructors of any institution who could teach it, the highest scores first, then the least busy."""
    person, home, busy = InstructorRow, OrganisationRow, func.count(BookingRow.id)
    last = call.deadline + _AHEAD
    query = (
        _qualified(call, person.code, person.name, home.name, busy)
        .join(home, home.code == person.institution)
        .outerjoin(
            BookingRow,
            (BookingRow.kind == "instructor")
            & (BookingRow.resource == person.code)
            & BookingRow.status.in_(("held", "booked"))
            & BookingRow.day.between(call.deadline, last),
        )
        .where(home.status == "active", person.register_state.is_distinct_from("struck_off"))
        .group_by(person.code, person.name, home.name)
        .order_by(busy, person.code)
    )
    found = session.execute(query.limit(_MOST)).all()
    told = select(ScoreRow.code, ScoreRow.score).where(ScoreRow.kind == "instructor")
    told = told.where(ScoreRow.code.in_([row[0] for row in found])).order_by(ScoreRow.period)
    scores = {code: score for code, score in session.execute(told)}  # the newest last
    made = [
        SuggestedInstructor(
            code=code, name=name, institution_name=at, sessions=taken, score=scores.get(code)
        )
        for code, name, at, taken in found
    ]
    made.sort(key=lambda one: (-(one.score or 0.0), one.sessions, one.code))
    return tuple(made[:_FEW])


def _able(session: Session, call: CourseCallRow, by: Actor) -> tuple[tuple[str, str], ...]:
    """An institution's own people who could teach it."""
    person = InstructorRow
    query = _qualified(call, person.code, person.name).distinct()
    query = query.where(person.institution == by.organisation).order_by(person.code)
    return tuple((code, name) for code, name in session.execute(query))


def _qualified(call: CourseCallRow, *columns: Any) -> Select[Any]:
    """Of instructors who are qualified for the trade up to the level by then."""
    held, person = QualificationRow, InstructorRow
    query = (
        select(*columns)
        .join(held, held.instructor == person.code)
        .where(person.status == "active", held.occupation == call.occupation)
        .where(held.valid_to.is_(None) | (held.valid_to >= call.deadline))
    )
    if call.level is not None:
        query = query.where(held.level.is_(None) | (held.level >= call.level))
    return query
