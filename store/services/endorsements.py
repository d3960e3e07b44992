"""Needs that a trade committee or an alliance stands behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.models import AssociationRow, EndorsementRow
from store.schemas.actor import Actor
from store.schemas.support import EndorsementDraft
from store.services import audit, records
from store.services.clocks import day_of
from store.services.rights import Act, require, require_some

_KIND = "association"


@dataclass(frozen=True, slots=True)
class Endorsement:
    """Who stands behind a need since when, and why."""

    need: str
    association: str
    name: str
    day: date
    note: str | None


def of_need(session: Session, need: str, *, by: Actor) -> tuple[Endorsement, ...]:
    """Who stands behind a need, the first first."""
    records.fetch(session, "need", need, by=by)
    query = (
        select(EndorsementRow, AssociationRow.name)
        .join(AssociationRow, AssociationRow.code == EndorsementRow.association)
        .where(EndorsementRow.need == need)
        .order_by(EndorsementRow.day, EndorsementRow.association)
    )
    return tuple(
        Endorsement(row.need, row.association, name, row.day, row.note)
        for row, name in session.execute(query)
    )


def endorse(
    session: Session, need: str, draft: EndorsementDraft, *, by: Actor, now: datetime
) -> tuple[Endorsement, ...]:
    """Let an association of one's own stand behind a need, once."""
    row = _association(session, draft.association, by)
    records.fetch(session, "need", need, by=by)
    if session.get(EndorsementRow, (need, row.code)) is not None:
        raise ConflictError("endorsed_already", need=need, id=row.code)
    made = EndorsementRow(
        need=need, association=row.code, day=day_of(now), note=draft.note, login=by.login, at=now
    )
    session.add(made)
    session.flush()
    told = (row.code, None, {"need": need, "note": draft.note})
    audit.note(session, by, "endorse", _KIND, [told], at=now)
    return of_need(session, need, by=by)


def take_back(
    session: Session, need: str, association: str, *, by: Actor, now: datetime
) -> tuple[Endorsement, ...]:
    """Stand behind a need no more."""
    _association(session, association, by)
    row = session.get(EndorsementRow, (need, association))
    if row is None:
        raise NotFoundError("endorsement", f"{association} {need}")
    session.delete(row)
    session.flush()
    told = (association, {"need": need, "note": row.note}, None)
    audit.note(session, by, "unendorse", _KIND, [told], at=now)
    return of_need(session, need, by=by)


def _association(session: Session, code: str, by: Actor) -> AssociationRow:
    require_some(by, Act.EDIT, _KIND, code)
    row = session.get(AssociationRow, code)
    if row is None or row.status == "withdrawn":
        raise NotFoundError(_KIND, code)
    require(by, Act.EDIT, _KIND, row.owner, code)
    return row
