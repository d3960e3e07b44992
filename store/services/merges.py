"""Two records made one: every reference moves in one write, the lost code stays a name of the kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Table, Text, and_, func, select, type_coerce, update
from sqlalchemy.orm import Session

from store.engine import behind_no_wall
from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import AnswerRow, Base, FilingRow, MergeRow, RecordRow, SearchEntryRow
from store.schemas.actor import Actor
from store.services import audit, clocks, reference, search
from store.services.duplicates import KINDS
from store.services.kinds import Kind, kind_named
from store.services.rights import Act, require_some

_TABLES: Mapping[str, Table] = Base.metadata.tables
# Lists of codes of organisations that are kept as text.
_LISTS = (("need", "apart_from"), ("instructor", "institutions_last_year"))
# A record's own columns and parts, and filings, which stay with whoever made them.
_STAYS = {
    ("organisation", "owner"),
    ("course_occupation", "course"),
    ("course_module", "course"),
    (FilingRow.__tablename__, "institution"),
}
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """One merge: the record that was kept and the lost one, how many references moved, until when to undo."""

    id: int
    kind: str
    kept: str
    lost: str
    references: int
    login: str
    at: datetime
    until: datetime
    is_undone: bool


def merge(
    session: Session, kind_name: str, kept: str, lost: str, *, by: Actor, reason: str = ""
) -> Merged:
    """Make a record part of another of its kind; what refers to it refers to the other from now on."""
    require_some(by, Act.EDIT, "duplicate", lost)
    if kind_name not in KINDS or kept == lost:
        raise InvalidError("duplicate_pair", kind=kind_name, one=kept, other=lost)
    kind = kind_named(kind_name)
    keeper, loser = (_record(session, kind, code) for code in (kept, lost))
    if kind_name == "course" and keeper.owner != loser.owner:
        raise ConflictError("merge_owners", one=kept, other=lost)
    _refuse_same_deal(session, kept, lost)
    search.forget_records(session, kind.name, [lost])
    moved = list(_move(session, kind, kept, lost))
    row = MergeRow(
        kind=kind_name,
        kept=kept,
        lost=lost,
        status_before=loser.status,
        moved=json.dumps(moved, ensure_ascii=False),
        reason=reason or None,
        login=by.login,
        at=datetime.now(UTC),
    )
    session.add(row)
    _set(loser, "withdrawn", kept, by)
    session.flush()
    told = _count(moved)
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (kept, None, {"merged": lost, "references": told}),
        (lost, {"status": row.status_before}, {"status": "withdrawn", "merged_into": kept}),
    ]
    audit.note(session, by, "merge", kind.name, changes, reason=reason or None)
    return _merged(session, row)


def undo(session: Session, kind_name: str, lost: str, *, by: Actor) -> Merged:
    """Two records again, each with what it had, as long as the clock for it runs; later changes stay."""
    require_some(by, Act.EDIT, "duplicate", lost)
    row = session.scalars(
        select(MergeRow)
        .where(MergeRow.kind == kind_name, MergeRow.lost == lost, MergeRow.undone_at.is_(None))
        .order_by(MergeRow.id.desc())
        .with_for_update()
    ).first()
    if row is None:
        raise NotFoundError("merge", lost)
    if datetime.now(UTC) > _until(session, row):
        raise ConflictError("merge_over", id=lost, until=_until(session, row))
    kind = kind_named(kind_name)
    _record(session, kind, row.kept)
    loser = session.get_one(kind.row, lost, with_for_update=True, populate_existing=True)
    for table, column, *rest in json.loads(row.moved):
        _give_back(session, _TABLES[table], column, rest, row)
    _set(loser, row.status_before, None, by)
    row.undone_by, row.undone_at = by.login, datetime.now(UTC)
    session.flush()
    titles = [title for name in kind.titles if (title := getattr(loser, name))]
    search.index_record(session, kind.name, lost, loser.owner, titles)
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (row.kept, {"merged": lost}, None),
        (lost, {"merged_into": row.kept}, {"status": row.status_before}),
    ]
    audit.note(session, by, "unmerge", kind.name, changes)
    return _merged(session, row)


def listed(session: Session, *, by: Actor) -> tuple[Merged, ...]:
    """Every merge, newest first."""
    require_some(by, Act.READ, "duplicate")
    rows = session.scalars(select(MergeRow).order_by(MergeRow.id.desc()))
    return tuple(_merged(session, row) for row in rows)


def _record(session: Session, kind: Kind, code: str) -> RecordRow:
    row = session.get(kind.row, code, with_for_update=True, populate_existing=True)
    if row is None or any(getattr(row, name) != value for name, value in kind.fixed.items()):
        raise NotFoundError(kind.name, code)
    if row.status == "withdrawn":
        raise ConflictError("already_withdrawn", kind=kind.name, id=code)
    return row


def _refuse_same_deal(session: Session, kept: str, lost: str) -> None:
    """Two parties of one proposal are two: each has answered for itself."""
    both = session.scalar(
        select(AnswerRow.proposal)
        .where(AnswerRow.party.in_((kept, lost)))
        .group_by(AnswerRow.proposal)
        .having(func.count() > 1)
        .limit(1)
    )
    if both is not None:
        raise ConflictError("merge_one_deal", one=kept, other=lost, id=both)


def _move(session: Session, kind: Kind, kept: str, lost: str) -> Iterator[list[Any]]:
    """Put the kept code wherever the lost one stands; what was moved, as table, column and keys."""
    for column in _referring(kind):
        table = column.table
        assert isinstance(table, Table)
        keys = [
            list(key)
            for key in session.execute(
                select(*table.primary_key).where(column == lost).order_by(*table.primary_key)
            )
        ]
        if keys:
            _put(session, table, column == lost, {column.name: kept})
            yield [table.name, column.name, "key", _after(table, column, keys, kept)]
    for name, field in _LISTS if "kind" in kind.fixed else ():
        table = _TABLES[name]
        for code, before in session.execute(
            select(table.c.code, table.c[field]).where(
                type_coerce(table.c[field], Text).contains(lost)
            )
        ).all():
            after = tuple(dict.fromkeys(kept if one == lost else one for one in before))
            if after != before:
                _put(session, table, table.c.code == code, {field: after})
                yield [name, field, "list", code, list(before), list(after)]


def _referring(kind: Kind) -> Iterator[Column[Any]]:
    """Every column that names records of the kind's table, and search's note of owners."""
    target = _TABLES[kind.row.__tablename__].c.code
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_reference = any(key.column is target for key in column.foreign_keys)
            if is_reference and (table.name, column.name) not in _STAYS:
                yield column
    if "kind" in kind.fixed:
        yield _TABLES[SearchEntryRow.__tablename__].c.owner


def _after(table: Table, column: Column[Any], keys: list[list[Any]], kept: str) -> list[list[Any]]:
    """The keys of rows as they are once a column has the kept code; it may be part of them."""
    names = [one.name for one in table.primary_key]
    if column.name not in names:
        return keys
    at = names.index(column.name)
    return [[*key[:at], kept, *key[at + 1 :]] for key in keys]


@behind_no_wall
def _put(session: Session, table: Table, where: Any, values: dict[str, Any]) -> None:
    if "version" in table.c and table.name != "profile":
        values = {**values, "version": table.c.version + 1}
    session.execute(update(table).where(where).values(values))
    session.expire_all()


def _give_back(
    session: Session, table: Table, column: str, rest: Sequence[Any], row: MergeRow
) -> None:
    """What a merge moved and nobody has changed since."""
    if rest[0] == "list":
        _, code, before, after = rest
        is_as_left = table.c[column] == tuple(after)
        _put(session, table, (table.c.code == code) & is_as_left, {column: tuple(before)})
        return
    for key in rest[1]:
        same = and_(*(one == part for one, part in zip(table.primary_key, key, strict=True)))
        _put(session, table, same & (table.c[column] == row.kept), {column: row.lost})


def _set(row: Any, status: str, into: str | None, by: Actor) -> None:
    row.status, row.merged_into = status, into
    row.version += 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login


def _count(moved: Sequence[Sequence[Any]]) -> int:
    """How many references moved; search's own notes are none."""
    return sum(
        len(one[3]) if one[2] == "key" else 1
        for one in moved
        if one[0] != SearchEntryRow.__tablename__
    )


def _until(session: Session, row: MergeRow) -> datetime:
    days = clocks.clocks(session).merge_days
    return clocks.after_workdays(reference.calendar(session), row.at, days)


def _merged(session: Session, row: MergeRow) -> Merged:
    return Merged(
        row.id, row.kind, row.kept, row.lost, _count(json.loads(row.moved)), row.login, row.at,
        _until(session, row), row.undone_at is not None,
    )  # fmt: skip
