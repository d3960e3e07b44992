"""The audit trail for those who look after it: page by page, a row with its diff, and the chain."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from store import chain
from store.errors import NotFoundError
from store.ledger import REFUSED
from store.models import AuditRow
from store.schemas.actor import Actor
from store.services.reference import CHINA
from store.services.rights import Act, require


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of a person, an act, a kind, a record, from a day to a day, only refusals."""

    login: str = ""
    act: str = ""
    kind: str = ""
    code: str = ""
    since: date | None = None
    until: date | None = None
    refused: bool = False


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: who did what to which record, when, why, on whose request, and its digest.

    `wanted` is what somebody was refused: the act and the kind of record.
    """

    id: int
    at: datetime
    login: str
    role: str
    organisation: str
    act: str
    kind: str
    code: str
    reason: str | None
    request: str | None
    hash: str
    wanted: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first; `after` begins the next page, none where there is no more."""

    entries: tuple[Entry, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """A field before and after; none where it was not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One row with the fields that it changed."""

    entry: Entry
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The chain of digests: how many rows, the newest digest, and rows that do not follow on."""

    rows: int
    head: str
    broken: tuple[int, ...]


def page(
    session: Session,
    wanted: Wanted = ALL,
    *,
    by: Actor,
    after: int | None = None,
    limit: int = 50,
) -> Page:
    """Rows of the trail, the newest first, from below the row `after` on."""
    require(by, Act.READ, "audit", None)
    conditions = _conditions(wanted)
    if after is not None:
        conditions.append(AuditRow.id < after)
    rows = session.scalars(
        select(AuditRow).where(*conditions).order_by(AuditRow.id.desc()).limit(limit + 1)
    ).all()
    entries = tuple(_entry(row) for row in rows[:limit])
    return Page(entries, entries[-1].id if len(rows) > limit else None)


def shown(session: Session, id: int, *, by: Actor) -> Detail:
    """One row, and what it changed field by field."""
    require(by, Act.READ, "audit", None, str(id))
    row = session.get(AuditRow, id)
    if row is None:
        raise NotFoundError("audit", str(id))
    return Detail(_entry(row), differences(row.before, row.after))


def check(
    session: Session, *, by: Actor, progress: Callable[[int, int], None] | None = None
) -> Chain:
    """Reckon every digest of the chain anew; `progress` hears how far that is, and may stop it."""
    require(by, Act.READ, "audit", None)
    rows = session.scalar(select(func.count()).select_from(AuditRow)) or 0

    def tell(done: int) -> None:
        if progress is not None:
            progress(done, rows)

    broken = tuple(chain.broken(session, tell))
    return Chain(rows, chain.head(session), broken)


def differences(before: str | None, after: str | None) -> tuple[Change, ...]:
    """Fields that are not the same in two sets of values, as they are written in the trail."""
    old, new = _values(before), _values(after)
    return tuple(
        Change(name, _said(old, name), _said(new, name))
        for name in dict.fromkeys((*new, *old))
        if _said(old, name) != _said(new, name)
    )


def _values(text: str | None) -> Mapping[str, Any]:
    """Values of a row; what is no set of values, because it was written by no program of ours, as it is."""
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        found = text
    return found if isinstance(found, dict) else {"": found}


def _said(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    row = AuditRow
    pairs = (
        (row.login, wanted.login),
        (row.act, wanted.act),
        (row.kind, wanted.kind),
        (row.code, wanted.code),
        (row.act, REFUSED if wanted.refused else ""),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in pairs if value]
    if wanted.since is not None:
        found.append(row.at >= _midnight(wanted.since))
    if wanted.until is not None:
        found.append(row.at < _midnight(wanted.until + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _entry(row: AuditRow) -> Entry:
    return Entry(
        row.id,
        row.at,
        row.login,
        row.role,
        row.organisation,
        row.act,
        row.kind,
        row.code,
        row.reason,
        row.request,
        row.hash,
        _refused(row),
    )


def _refused(row: AuditRow) -> tuple[str, str] | None:
    if row.act != REFUSED:
        return None
    told = _values(row.after)
    return str(told.get("act", "")), str(told.get("kind", ""))
