"""The register of instructors: a number given once; whether an entry holds, has changed or has ended.

What it says stands in the instructor's own record, so that it is listed, exported and kept in its history.
Whoever is struck off is not planned with and not booked any more; what is booked already stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from store.errors import ConflictError, NotFoundError, StaleEditError
from store.lifecycles import INSTRUCTOR_REGISTER
from store.models import BookingRow, InstructorRow, OrganisationRow
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.records import InstructorDraft
from store.services import audit, dealing, reference
from store.services.kinds import kind_named
from store.services.on_register import KIND
from store.services.records import next_codes
from store.services.rights import Act, Reach, reach, require, require_some


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of an instructor; `booked` are sessions from today on that are promised."""

    code: str
    name: str
    institution: str
    institution_name: str
    number: str | None
    registered_on: date | None
    state: str
    ended: date | None
    reason: str | None
    booked: int


def listed(
    session: Session,
    *,
    by: Actor,
    today: date,
    institution: str | None = None,
    state: str | None = None,
    limit: int = 200,
) -> tuple[Entry, ...]:
    """Active instructors by institution and number; `state` may be `unfiled`, too."""
    require_some(by, Act.READ, "instructor")
    row = InstructorRow
    query = select(row.code).where(row.status == "active")
    if reach(by, Act.READ, "instructor") is Reach.OWN:
        query = query.where(row.owner == by.organisation)
    if institution is not None:
        query = query.where(row.institution == institution)
    if state is not None:
        query = query.where(row.register_state == (None if state == _FIRST else state))
    query = query.order_by(row.institution, row.register_number.is_(None), row.register_number)
    codes = list(session.scalars(query.order_by(row.code).limit(limit)))
    found = {one.code: one for one in _entries(session, codes, today)}
    return tuple(found[code] for code in codes)


def enter(
    session: Session,
    code: str,
    *,
    by: Actor,
    today: date,
    number: str | None = None,
    version: int | None = None,
) -> Entry:
    """Put an instructor on the register, or look through what has changed; the number is given once.

    `number` takes one over that was given elsewhere.
    """
    row = _row(session, code, by, version)
    INSTRUCTOR_REGISTER.step("file", _state(row), code)
    if number is not None and number != row.register_number:
        _refuse_taken(session, number, code)
    before = _draft(row)
    if number is None and row.register_number is None:
        column = cast(InstrumentedAttribute[str], InstructorRow.register_number)
        (number,) = next_codes(session, f"JS{today.year}-", column, 1)
    row.register_number = number or row.register_number
    row.registered_on, row.register_state = today, "filed"
    row.register_ended = row.register_reason = None
    return _saved(session, row, before, "file", by, None, today)


def lapse(
    session: Session,
    code: str,
    *,
    reason: str,
    by: Actor,
    today: date,
    version: int | None = None,
) -> Entry:
    """Note that an entry holds no more, such as for want of a certificate; it may be filed again."""
    return _end(session, code, "lapse", reason, by, today, version)


def strike_off(
    session: Session,
    code: str,
    *,
    reason: str,
    by: Actor,
    today: date,
    version: int | None = None,
) -> Entry:
    """Strike an instructor off: nothing new is planned with or booked for them until they are filed again."""
    return _end(session, code, "strike_off", reason, by, today, version)


_FIRST = INSTRUCTOR_REGISTER.states[0]


def _end(
    session: Session,
    code: str,
    act: str,
    reason: str,
    by: Actor,
    today: date,
    version: int | None,
) -> Entry:
    row = _row(session, code, by, version)
    why = dealing.reason_given(reason)
    step = INSTRUCTOR_REGISTER.step(act, _state(row), code)
    before = _draft(row)
    row.register_state, row.register_ended = step.after, today
    row.register_reason = why[:200]
    return _saved(session, row, before, act, by, why, today)


def _row(session: Session, code: str, by: Actor, version: int | None) -> InstructorRow:
    require(by, Act.EDIT, KIND, None, code)
    parts = [selectinload(InstructorRow.qualifications), selectinload(InstructorRow.blackouts)]
    row = session.get(
        InstructorRow, code, options=parts, with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFoundError("instructor", code)
    if row.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind="instructor", id=code)
    if version is not None and version != row.version:
        raise StaleEditError("instructor", code, row.version)
    return row


def _saved(
    session: Session,
    row: InstructorRow,
    before: InstructorDraft,
    act: str,
    by: Actor,
    reason: str | None,
    today: date,
) -> Entry:
    row.version += 1
    row.changed_at, row.changed_by = reference.now(session), by.login
    session.flush()
    change = (row.code, before, _draft(row))
    audit.record(session, by, act, kind_named("instructor"), [change], reason=reason)
    return _entries(session, [row.code], today)[0]


def _draft(row: InstructorRow) -> InstructorDraft:
    return InstructorDraft.model_validate(row, context=STORED)


def _state(row: Any) -> str:
    return row.register_state or _FIRST


def _refuse_taken(session: Session, number: str, code: str) -> None:
    query = select(InstructorRow.code).where(InstructorRow.register_number == number)
    taken = session.scalar(query)
    if taken is not None and taken != code:
        raise ConflictError("register_taken", number=number, id=taken)


def _entries(session: Session, codes: list[str], today: date) -> list[Entry]:
    row, booking = InstructorRow, BookingRow
    ahead = dict(
        session.execute(
            select(booking.resource, func.count())
            .where(
                booking.kind == "instructor",
                booking.resource.in_(codes),
                booking.status.in_(("held", "booked")),
                booking.day >= today,
            )
            .group_by(booking.resource)
        ).all()
    )
    rows = session.execute(
        select(row, func.coalesce(OrganisationRow.short_name, OrganisationRow.name))
        .join(OrganisationRow, OrganisationRow.code == row.institution)
        .where(row.code.in_(codes))
    )
    return [
        Entry(
            one.code, one.name, one.institution, home, one.register_number, one.registered_on,
            _state(one), one.register_ended, one.register_reason, ahead.get(one.code, 0),
        )
        for one, home in rows
    ]  # fmt: skip
