"""Two files of one person made one, and parted again; what shows two people asks for a reason."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from store.errors import ConflictError
from store.models import AttendanceRow, ClaimRow, CreditRow, EnrolmentRow
from store.schemas.actor import Actor
from store.schemas.trainee import TraineeView
from store.services import credits, reference, trainees
from store.services.rights import Act

_THERE = ("present", "late")
_DEAD = ("refused", "withdrawn")


def merge(session: Session, code: str, into: str, *, by: Actor, reason: str = "") -> TraineeView:
    """Let one file go on as another of the same centre; both keep their history, and it can be undone.

    Without a reason it is refused where both were in the same session, or where the same aid is claimed
    for both. A class that gave both credits counts once.
    """
    row = trainees.load(session, code, by=by, act=Act.EDIT)
    target = trainees.load(session, into, by=by, act=Act.EDIT)
    if code == into or row.owner != target.owner:
        raise ConflictError("merge_other", id=code, into=into)
    for one in (row, target):
        if one.status != "active":
            raise ConflictError("trainee_not_active", id=one.code, state=one.status)
    family, other = trainees.codes_of(session, code), trainees.codes_of(session, into)
    against = (*_together(session, family, other), *_claims(session, family, other))
    if against and not reason.strip():
        raise ConflictError("merge_two_people", id=code, into=into, records=", ".join(against))
    before = trainees.kept(row)
    row.status, row.merged_into = "merged", into
    trainees.save(session, row, "merge", before, by, reason)
    now = reference.now(session)
    for source in _sources(session, other):
        for file in family:
            credits.take_back(session, file, source, _mark(code, into), by=by, now=now)
    return trainees.shown(session, into, by=by)


def unmerge(session: Session, code: str, *, by: Actor, reason: str = "") -> TraineeView:
    """Let a merged file go on by itself again, with the credits that counted once."""
    row = trainees.load(session, code, by=by, act=Act.EDIT)
    if row.status != "merged" or row.merged_into is None:
        raise ConflictError("trainee_not_merged", id=code)
    before, told = trainees.kept(row), _mark(code, row.merged_into)
    row.status, row.merged_into = "active", None
    trainees.save(session, row, "unmerge", before, by, reason)
    now = reference.now(session)
    for one in trainees.codes_of(session, code):
        credits.restore(session, one, told, by=by, now=now)
    return trainees.shown(session, code, by=by)


def _mark(code: str, into: str) -> str:
    return f"{code} → {into}"


def _together(session: Session, family: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """Classes in a session of which both were there."""
    mark, twin = AttendanceRow, aliased(AttendanceRow)
    seat, place = EnrolmentRow, aliased(EnrolmentRow)
    query = (
        select(seat.training_class)
        .join(mark, mark.enrolment == seat.id)
        .join(place, place.training_class == seat.training_class)
        .join(twin, (twin.enrolment == place.id) & (twin.day == mark.day) & (twin.start == mark.start))
        .where(seat.trainee.in_(family), place.trainee.in_(other))
        .where(mark.mark.in_(_THERE), twin.mark.in_(_THERE))
        .distinct()
    )  # fmt: skip
    return sorted(session.scalars(query))


def _claims(session: Session, family: tuple[str, ...], other: tuple[str, ...]) -> list[str]:
    """Claims of the same aid for the same trade and level, of which only one could have been made."""
    rows = session.scalars(
        select(ClaimRow)
        .where(ClaimRow.person.in_((*family, *other)), ClaimRow.status.not_in(_DEAD))
        .where(ClaimRow.once.is_not(None))
        .order_by(ClaimRow.code)
    ).all()
    return [
        one.code
        for one in rows
        if any(
            (one.kind, one.occupation, one.level) == (twin.kind, twin.occupation, twin.level)
            and (one.person in family) != (twin.person in family)
            for twin in rows
        )
    ]


def _sources(session: Session, codes: tuple[str, ...]) -> list[str]:
    """Classes that gave some files credits."""
    query = select(CreditRow.source).where(
        CreditRow.trainee.in_(codes), CreditRow.source.startswith("class:")
    )
    return sorted(set(session.scalars(query)))
