"""准入、年检、奖惩与退出: the file of an institution, which says when it may take new bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.constraints import standing_violations
from matching.policy import DEFAULT_POLICY
from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import LIVE
from store.models import (
    SANCTIONS,
    CourseRow,
    OccupationRow,
    OrganisationRow,
    ProposalRow,
    StandingRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.services import audit, offers
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach, require, require_some

ADMISSION_ITEMS = ("licence", "premises", "equipment", "staff", "plans", "fees", "safety")
INSPECTIONS = ("passed", "conditional", "failed")
_LONGEST = 500
_LONGEST_NUMBER = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a file: admission, inspection, sanction, exit or reward, with its days and reason."""

    id: int
    entry: str
    type: str | None
    number: str | None
    scope: tuple[str, ...]
    first: date
    last: date | None
    reason: str
    login: str
    at: datetime
    lifted_on: date | None
    lifted_by: str | None
    lifted_why: str | None


@dataclass(frozen=True, slots=True)
class File:
    """An institution's state today: who it is, its qualification, what keeps it from new bookings today."""

    institution: str
    name: str
    status: str
    scope: tuple[str, ...]
    qualified_to: date | None
    inspected_to: date | None
    barred_by: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What an institution is let in by: its number, prefixes of occupations (none for all), last day.

    `checked` are the items of the list that were looked at and found in order.
    """

    number: str
    scope: tuple[str, ...]
    until: date
    checked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What a sanction meets: classes that go on, and proposals that can be booked no more."""

    running: tuple[str, ...]
    coming: tuple[str, ...]
    proposals: tuple[str, ...]


def admit(
    session: Session, institution: str, given: Admission, *, by: Actor, now: datetime
) -> File:
    """Take an institution that applied into the market, or renew one in it: every item was checked."""
    row = _load(session, institution, by, Act.EDIT)
    today = day_of(now)
    if row.status not in ("applied", "active"):
        raise ConflictError("standing_state", id=institution, state=row.status)
    missing = [item for item in ADMISSION_ITEMS if item not in given.checked]
    if missing:
        raise InvalidError("admission_items", items=", ".join(missing))
    number, until, scope = given.number.strip(), given.until, given.scope
    if not number or len(number) > _LONGEST_NUMBER:
        raise InvalidError("admission_number", most=_LONGEST_NUMBER)
    if until < today:
        raise InvalidError("standing_until", day=until.isoformat())
    for prefix in scope:
        known = select(OccupationRow.code).where(OccupationRow.code.startswith(prefix)).limit(1)
        if session.scalar(known) is None:
            raise NotFoundError("occupation", prefix)
    _enter(
        session, institution, "admission", by, now, number=number,
        scope=";".join(scope) or None, first_day=today, last_day=until, reason=", ".join(given.checked),
    )  # fmt: skip
    before = {"status": row.status, "qualified_to": row.qualified_to and str(row.qualified_to)}
    row.status, row.scope, row.qualified_to = "active", tuple(scope) or ("ALL",), until
    _touch(row, by, now)
    after = {"status": "active", "qualified_to": until.isoformat(), "number": number}
    session.flush()
    audit.note(session, by, "admit", "institution", [(institution, before, after)], at=now)
    return file(session, institution, by=by, today=today)


def inspect(
    session: Session,
    institution: str,
    result: str,
    until: date | None,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> File:
    """The result of an annual inspection; after its last day nothing new is booked; failed, at once."""
    _load(session, institution, by, Act.EDIT)
    today = day_of(now)
    if result not in INSPECTIONS:
        raise InvalidError("field_unknown", name=result, known=", ".join(INSPECTIONS))
    if result == "failed":
        last = today
    elif until is None or until <= today:
        raise InvalidError("standing_until", day=until.isoformat() if until else "–")
    else:
        last = until
    _enter(
        session, institution, "inspection", by, now, type=result, first_day=today, last_day=last,
        reason=_reason(reason),
    )  # fmt: skip
    told = {"result": result, "valid_to": last.isoformat()}
    audit.note(session, by, "inspect", "institution", [(institution, None, told)], at=now)
    return file(session, institution, by=by, today=today)


def impact(
    session: Session,
    institution: str,
    first: date,
    last: date | None,
    *,
    by: Actor,
    today: date,
) -> Impact:
    """What a sanction between two days would meet, before it is imposed.

    Classes that are confirmed are taught to their end unless somebody cancels them; proposals that are not
    confirmed cannot be any more.
    """
    require_some(by, Act.EDIT, "standing", institution)
    _load(session, institution, by, Act.READ)
    row = TrainingClassRow
    found = session.execute(
        select(row.code, row.first_day)
        .where(row.institution == institution, row.status.not_in(("closed", "cancelled")))
        .where(row.last_day >= max(first, today))
        .order_by(row.code)
    ).all()
    held = [(code, day) for code, day in found if last is None or day <= last]
    deal = ProposalRow
    open_deals = (
        select(deal.code)
        .join(CourseRow, CourseRow.code == deal.course)
        .where(CourseRow.institution == institution, deal.status.in_(set(LIVE) - {"confirmed"}))
        .where(deal.last_day >= first)
        .order_by(deal.code)
    )
    if last is not None:
        open_deals = open_deals.where(deal.first_day <= last)
    return Impact(
        tuple(code for code, day in held if day <= today),
        tuple(code for code, day in held if day > today),
        tuple(session.scalars(open_deals)),
    )


def sanction(
    session: Session,
    institution: str,
    kind: str,
    days: tuple[date, date | None],
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> File:
    """Impose a sanction from a day on, to a day or until it is lifted; a notice only warns."""
    _load(session, institution, by, Act.EDIT)
    if kind not in SANCTIONS:
        raise InvalidError("field_unknown", name=kind, known=", ".join(SANCTIONS))
    first, last = days
    today = day_of(now)
    if first < today or (last is not None and last < first):
        raise InvalidError(
            "sanction_days", first=first.isoformat(), last=last.isoformat() if last else "–"
        )
    _enter(
        session, institution, "sanction", by, now, type=kind, first_day=first, last_day=last,
        reason=_reason(reason),
    )  # fmt: skip
    told = {
        "sanction": kind,
        "first": first.isoformat(),
        "last": last.isoformat() if last else None,
    }
    audit.note(
        session, by, "sanction", "institution", [(institution, None, told)], reason=reason.strip(), at=now
    )  # fmt: skip
    return file(session, institution, by=by, today=today)


def lift(session: Session, entry: int, reason: str, *, by: Actor, now: datetime) -> File:
    """Lift a sanction from today on; what it kept out before stays as it was."""
    require_some(by, Act.EDIT, "standing", str(entry))
    row = session.get(StandingRow, entry, with_for_update=True)
    if row is None:
        raise NotFoundError("sanction", str(entry))
    _load(session, row.institution, by, Act.EDIT)
    today = day_of(now)
    if row.entry != "sanction" or row.lifted_on is not None:
        raise ConflictError("sanction_over", id=entry)
    if row.last_day is not None and row.last_day < today:
        raise ConflictError("sanction_over", id=entry)
    row.lifted_on, row.lifted_by, row.lifted_why = today, by.login, _reason(reason)
    session.flush()
    told = {"sanction": row.type, "lifted_on": today.isoformat()}
    audit.note(
        session, by, "lift", "institution", [(row.institution, None, told)], reason=row.lifted_why, at=now
    )  # fmt: skip
    return file(session, row.institution, by=by, today=today)


def leave(session: Session, institution: str, reason: str, *, by: Actor, now: datetime) -> File:
    """End an institution's part in the market for good; its classes are taught to their end."""
    row = _load(session, institution, by, Act.EDIT)
    if row.status == "exited":
        raise ConflictError("standing_state", id=institution, state=row.status)
    today = day_of(now)
    _enter(session, institution, "exit", by, now, first_day=today, reason=_reason(reason))
    before = {"status": row.status}
    row.status = "exited"
    _touch(row, by, now)
    session.flush()
    audit.note(
        session, by, "leave_market", "institution", [(institution, before, {"status": "exited"})],
        reason=reason.strip(), at=now,
    )  # fmt: skip
    return file(session, institution, by=by, today=today)


def reward(session: Session, institution: str, words: str, *, by: Actor, now: datetime) -> File:
    """Write a reward into the file."""
    _load(session, institution, by, Act.EDIT)
    today = day_of(now)
    _enter(session, institution, "reward", by, now, first_day=today, reason=_reason(words))
    told = (institution, None, {"reward": words.strip()})
    audit.note(session, by, "reward", "institution", [told], at=now)
    return file(session, institution, by=by, today=today)


def file(session: Session, institution: str, *, by: Actor, today: date) -> File:
    """The file of an institution, the newest entry first, and what bars it from bookings for today."""
    row = _load(session, institution, by, Act.READ)
    known = offers.institutions(session, [institution])[institution]
    broken = standing_violations(known, (today, today), DEFAULT_POLICY)
    rows = session.scalars(
        select(StandingRow)
        .where(StandingRow.institution == institution)
        .order_by(StandingRow.id.desc())
    )
    return File(
        institution,
        row.name,
        row.status,
        tuple(row.scope or ()),
        row.qualified_to,
        known.inspected_to,
        tuple(one.evidence[0] if one.rule != "inspection" else "inspection" for one in broken),
        tuple(_entry(one) for one in rows),
    )


def files(session: Session, *, by: Actor, today: date) -> tuple[File, ...]:
    """The files that the actor may read, in order of code."""
    require_some(by, Act.READ, "standing")
    query = select(OrganisationRow.code).where(
        OrganisationRow.kind == "institution", OrganisationRow.merged_into.is_(None)
    )
    if reach(by, Act.READ, "standing") is Reach.OWN:
        query = query.where(OrganisationRow.code == by.organisation)
    codes = session.scalars(query.order_by(OrganisationRow.code)).all()
    return tuple(file(session, code, by=by, today=today) for code in codes)


def _load(session: Session, institution: str, by: Actor, act: Act) -> OrganisationRow:
    require_some(by, act, "standing", institution)
    require(by, act, "standing", institution, institution)
    row = session.get(OrganisationRow, institution, with_for_update=act is not Act.READ)
    if row is None or row.kind != "institution":
        raise NotFoundError("institution", institution)
    return row


def _enter(
    session: Session, institution: str, entry: str, by: Actor, now: datetime, **values: object
) -> None:
    session.add(StandingRow(institution=institution, entry=entry, login=by.login, at=now, **values))
    session.flush()


def _reason(words: str) -> str:
    if not words.strip():
        raise InvalidError("standing_reason")
    if len(words) > _LONGEST:
        raise InvalidError("reason_too_long", most=_LONGEST)
    return words.strip()


def _touch(row: OrganisationRow, by: Actor, now: datetime) -> None:
    row.version += 1
    row.changed_at, row.changed_by = now, by.login


def _entry(row: StandingRow) -> Entry:
    return Entry(
        row.id,
        row.entry,
        row.type,
        row.number,
        tuple((row.scope or "").split(";")) if row.scope else (),
        row.first_day,
        row.last_day,
        row.reason,
        row.login,
        row.at,
        row.lifted_on,
        row.lifted_by,
        row.lifted_why,
    )
