"""What institutions register is looked at first: submitted, checked, published, or sent back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import OFFERING
from store.models import OrganisationRow, RecordRow, VerificationRow
from store.schemas.actor import Actor, Role
from store.schemas.records import Draft
from store.services import audit, reference
from store.services.kinds import Kind, kind_named
from store.services.rights import Act, Reach, reach, require, require_some

KINDS = ("course", "run", "slot", "assessment")
WAITING = ("submitted", "checked")
_META = "verification"
_DEFAULT = ("course",)
_IMMATERIAL = {"status", "filed_on", "seats_left", "stations_free", "signup_closes"}
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Submission:
    """A record in the queue: whose it is, how far it has come, by whom, when, and why it was sent back."""

    kind: str
    code: str
    title: str
    owner: str
    owner_name: str
    status: str
    submitted_by: str
    submitted_at: datetime
    checked_by: str | None
    checked_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    reason: str | None


def kinds(session: Session) -> tuple[str, ...]:
    """The kinds of which institutions' own entries are looked at first."""
    said = reference.meta(session, _META)
    return tuple(json.loads(said)) if said else _DEFAULT


def set_kinds(session: Session, chosen: Sequence[str], *, by: Actor) -> tuple[str, ...]:
    """Say of which kinds that is; a supervisor's act. What waits already stays in the queue."""
    require(by, Act.EDIT, "verification_kinds", None)
    for kind in chosen:
        if kind not in KINDS:
            raise InvalidError("field_unknown", name=kind, known=", ".join(KINDS))
    before, after = kinds(session), tuple(kind for kind in KINDS if kind in chosen)
    reference.set_meta(session, _META, json.dumps(after))
    told = [("VERIFICATION", {"kinds": list(before)}, {"kinds": list(after)})]
    audit.note(session, by, "edit", "verification", told)
    return after


def queue(
    session: Session, *, by: Actor, kind: str | None = None, returned: bool = False
) -> tuple[Submission, ...]:
    """What waits to be checked or published, the oldest first; with `returned`, what was sent back."""
    require_some(by, Act.READ, "verification")
    row = VerificationRow
    states = ("returned",) if returned else WAITING
    query = (
        select(row, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == row.owner)
        .where(row.status.in_(states))
        .order_by(row.submitted_at, row.code)
    )
    if reach(by, Act.READ, "verification") is Reach.OWN:
        query = query.where(row.owner == by.organisation)
    if kind is not None:
        query = query.where(row.kind == kind)
    found = session.execute(query).all()
    records = {one.kind: _records(session, one.kind, found) for one, _ in found}
    return tuple(
        _submission(one, record, name)
        for one, name in found
        for record in [records[one.kind].get(one.code)]
        if record is not None and record.status == ("draft" if returned else one.status)
    )


def standing(session: Session, kind: str, code: str, *, by: Actor) -> Submission | None:
    """How far a record has come, and why it was sent back; None where that is over or never began."""
    require_some(by, Act.READ, "verification", code)
    row = session.get(VerificationRow, (kind, code))
    if row is None:
        return None
    require(by, Act.READ, "verification", row.owner, code)
    record = session.get_one(kind_named(kind).row, code)
    if record.status != ("draft" if row.status == "returned" else row.status):
        return None
    return _submission(row, record, session.get_one(OrganisationRow, row.owner).name)


def check(session: Session, what: Sequence[tuple[str, str]], *, by: Actor) -> int:
    """Records (kind, code) that were looked at and may be published; how many, all or none."""
    return _each(session, what, "check", by, "")


def publish(session: Session, what: Sequence[tuple[str, str]], *, by: Actor) -> int:
    """Checked records that are matched from now on; how many, all or none."""
    return _each(session, what, "publish", by, "")


def send_back(session: Session, what: Sequence[tuple[str, str]], reason: str, *, by: Actor) -> int:
    """Records that are drafts again, with what is wrong about them; how many, all or none."""
    return _each(session, what, "return", by, reason.strip())


def entered(session: Session, kind: Kind, drafts: Sequence[Draft], *, by: Actor) -> list[Draft]:
    """New records as they begin: published as an institution writes them, they are submitted first."""
    if by.role is not Role.INSTITUTION or kind.name not in kinds(session):
        return list(drafts)
    shown = ("published", "checked")
    return [
        draft.model_copy(update={"status": "submitted"}) if _status(draft) in shown else draft
        for draft in drafts
    ]


def edited(
    session: Session, kind: Kind, code: str, before: Draft, draft: Draft, *, by: Actor
) -> Draft:
    """A changed record: submitted again where its institution changed it materially, else where it was.

    Nobody edits a record past those who look at it.
    """
    was, wanted = _status(before), _status(draft)
    if by.role is Role.INSTITUTION and kind.name in kinds(session):
        if wanted not in (*WAITING, "published"):
            return _unless_waiting(kind, code, was, wanted, draft)
        after = was if was in WAITING else wanted
        if is_material(before, draft) or (was == "draft" and wanted == "published"):
            after = "submitted"
        return draft.model_copy(update={"status": after})
    return _unless_waiting(kind, code, was, wanted, draft)


def is_material(before: Draft, draft: Draft) -> bool:
    """Whether more was changed than counts and dates of filing."""
    return any(
        getattr(before, name) != getattr(draft, name)
        for name in type(draft).model_fields
        if name not in _IMMATERIAL
    )


def note(
    session: Session,
    kind: Kind,
    changed: Iterable[tuple[str, str, Draft | None, Draft]],
    *,
    by: Actor,
) -> None:
    """Keep who submitted the records (code, owner, before, after) that wait now."""
    for code, owner, before, draft in changed:
        status = _status(draft)
        is_new = before is None or _status(before) != status or is_material(before, draft)
        if kind.name not in KINDS or status not in WAITING or not is_new:
            continue
        row = session.get(VerificationRow, (kind.name, code)) or VerificationRow(
            kind=kind.name, code=code, owner=owner
        )
        now = datetime.now(UTC)
        row.status, row.submitted_by, row.submitted_at, row.reason = status, by.login, now, None
        is_checked = (
            status == "checked"
        )  # what is entered as checked was looked at by whoever enters it
        row.checked_by, row.checked_at = (by.login, now) if is_checked else (None, None)
        row.ended_by = row.ended_at = None
        session.add(row)


def _status(draft: Draft) -> str:
    return str(getattr(draft, "status", ""))


def _unless_waiting(kind: Kind, code: str, was: str, wanted: str, draft: Draft) -> Draft:
    if was != wanted and (was in WAITING or wanted in WAITING):
        raise ConflictError("verify_there", kind=kind.name, id=code, state=was)
    return draft


def _each(
    session: Session, what: Sequence[tuple[str, str]], act: str, by: Actor, reason: str
) -> int:
    require_some(by, Act.EDIT, "verification", what[0][1] if what else "")
    if act == "return" and not reason:
        raise InvalidError("reason_missing")
    if len(reason) > _LONGEST_REASON:
        raise InvalidError("reason_too_long", most=_LONGEST_REASON)
    for kind, code in what:
        _step(session, kind, code, act, by, reason)
    return len(what)


def _step(session: Session, kind: str, code: str, act: str, by: Actor, reason: str) -> None:
    record = _record(session, kind, code)
    row = session.get(VerificationRow, (kind, code), with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("verification", code)
    require(by, Act.EDIT, "verification", row.owner, code)
    before = record.status
    after = OFFERING.step(act, before, code).after
    if before not in WAITING:
        raise ConflictError("verify_not_waiting", kind=kind, id=code, state=before)
    if by.organisation == row.owner or by.login == row.submitted_by:
        raise ConflictError("own_submission", id=code, login=row.submitted_by)
    now = datetime.now(UTC)
    record.status, record.changed_at, record.changed_by = after, now, by.login
    record.version += 1
    if act == "check":
        row.status, row.checked_by, row.checked_at = after, by.login, now
    else:
        row.status, row.reason = ("returned" if act == "return" else after), reason or None
        row.ended_by, row.ended_at = by.login, now
    session.flush()
    told = [(code, {"status": before}, {"status": after})]
    audit.note(session, by, act, kind, told, reason=reason or None)


def _record(session: Session, kind: str, code: str) -> RecordRow:
    if kind not in KINDS:
        raise NotFoundError(kind, code)
    row = session.get(kind_named(kind).row, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(kind, code)
    return row


def _records(session: Session, kind: str, found: Iterable[Any]) -> dict[str, Any]:
    row = kind_named(kind).row
    codes = [one.code for one, _ in found if one.kind == kind]
    return {one.code: one for one in session.scalars(select(row).where(row.code.in_(codes)))}


_TITLES: dict[str, Callable[[Any], str]] = {
    "course": lambda row: str(row.title),
    "run": lambda row: f"{row.course} {row.first_day} {row.weekly}",
    "slot": lambda row: f"{row.venue} {row.equipment} {row.day}",
    "assessment": lambda row: f"{row.occupation} {row.day}",
}


def _submission(one: VerificationRow, record: Any, name: str) -> Submission:
    return Submission(
        one.kind, one.code, _TITLES[one.kind](record), one.owner, name, one.status, one.submitted_by,
        one.submitted_at, one.checked_by, one.checked_at, one.ended_by, one.ended_at, one.reason,
    )  # fmt: skip
