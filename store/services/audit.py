"""What is kept of every change, and of the requests that asked for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from store import ledger
from store.errors import ConflictError, InvalidError
from store.models import AuditRow, RequestRow
from store.schemas.actor import Actor
from store.schemas.records import Draft
from store.services import reference
from store.services.kinds import Kind

_REMEMBER = insert(cast(Table, RequestRow.__table__)).inline()
_LONGEST_REQUEST = 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the history of a record, or of one that became part of it; before and after are JSON."""

    code: str
    at: datetime
    login: str
    act: str
    before: str | None
    after: str | None
    reason: str | None


def entries(session: Session, kind: str, *codes: str) -> tuple[AuditEntry, ...]:
    """Every change of a record, and of those that became part of it, oldest first."""
    rows = session.scalars(
        select(AuditRow)
        .where(AuditRow.kind == kind, AuditRow.code.in_(codes))
        .order_by(AuditRow.id)
    )
    return tuple(
        AuditEntry(row.code, row.at, row.login, row.act, row.before, row.after, row.reason)
        for row in rows
    )


def became_part(session: Session, kind: str, code: str) -> tuple[str, ...]:
    """Codes of the records that were made part of one, by its trail, and not parted again."""
    found: dict[str, None] = {}
    for one in entries(session, kind, code):
        if one.act == "merge" and one.after:
            found |= dict.fromkeys(filter(None, [json.loads(one.after).get("merged")]))
        elif one.act == "unmerge" and one.before:
            found.pop(json.loads(one.before).get("merged"), None)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Done:
    """Something that was done: when, by whom, what act on which record."""

    at: datetime
    login: str
    act: str
    kind: str
    code: str


@dataclass(frozen=True, slots=True)
class Last:
    """The newest act on a record, its number in the trail, and the values before and after it."""

    number: int
    act: str
    at: datetime
    login: str
    organisation: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def last(
    session: Session,
    kind: str,
    code: str,
    *,
    earlier: int | None = None,
    asked: Asked | None = None,
) -> Last | None:
    """The newest act on a record; the newest earlier than a certain row of the trail, or by a request."""
    query = select(AuditRow).where(AuditRow.kind == kind, AuditRow.code == code)
    if earlier is not None:
        query = query.where(AuditRow.id < earlier)
    if asked is not None:
        query = query.where(AuditRow.request == asked.id, AuditRow.login == asked.by.login)
    row = session.scalars(query.order_by(AuditRow.id.desc()).limit(1)).first()
    if row is None:
        return None
    before, after = (json.loads(text) if text else {} for text in (row.before, row.after))
    return Last(row.id, row.act, row.at, row.login, row.organisation, before, after)


def note(
    session: Session,
    by: Actor,
    act: str,
    kind: str,
    changes: Sequence[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]],
    *,
    request: str | None = None,
    reason: str | None = None,
    at: datetime | None = None,
) -> None:
    """Write audit rows: (code, values before, values after) each, at the moment by the store's clock."""
    moment = at or reference.now(session)
    ledger.note(session, by, act, kind, changes, request=request, reason=reason, at=moment)


def done(session: Session, request: str | None, act: str, kind: str, by: Actor) -> str | None:
    """The code that a request was carried out on before; a request id serves one act of one person."""
    if request is None:
        return None
    if len(request) > _LONGEST_REQUEST:
        raise InvalidError("request_too_long", most=_LONGEST_REQUEST)
    found = session.get(RequestRow, (request, by.login))
    if found is None:
        return None
    if (found.act, found.kind) != (act, kind):
        raise ConflictError("request_reused", id=request)
    return found.code


def remember(
    session: Session, request: str | None, act: str, kind: str, code: str, by: Actor
) -> None:
    """Keep that a request was carried out."""
    if request is not None:
        told = {"id": request, "act": act, "kind": kind, "code": code, "login": by.login}
        session.execute(_REMEMBER, told)


@dataclass(frozen=True, slots=True)
class Asked:
    """A person's request to do one act on some kind of record: its id, None where a repeat need not be known.

    `content` is all that was asked for: under the same id nothing else may be asked.
    """

    id: str | None
    act: str
    kind: str
    content: tuple[object, ...]
    by: Actor

    @property
    def digest(self) -> str:
        """40 characters that stand for the content."""
        return hashlib.sha256(repr(self.content).encode()).hexdigest()[:40]


def is_repeat(session: Session, asked: Asked) -> bool:
    """Whether a request was carried out before; refused where something else was asked under its id."""
    found = done(session, asked.id, asked.act, asked.kind, asked.by)
    if found is not None and found != asked.digest:
        raise ConflictError("request_reused", id=asked.id)
    return found is not None


def carried_out(session: Session, asked: Asked) -> None:
    """Keep that a request was carried out, and what was asked."""
    remember(session, asked.id, asked.act, asked.kind, asked.digest, asked.by)


def record(
    session: Session,
    by: Actor,
    act: str,
    kind: Kind,
    changes: Sequence[tuple[str, Draft | None, Draft | None]],
    *,
    request: str | None = None,
    reason: str | None = None,
) -> None:
    """Write an audit row for each change (code, before, after), in the caller's transaction."""
    told = [(code, _values(before), _values(after)) for code, before, after in changes]
    note(session, by, act, kind.name, told, request=request, reason=reason)


def _values(draft: Draft | None) -> Mapping[str, object] | None:
    return draft.model_dump(mode="json") if draft else None
