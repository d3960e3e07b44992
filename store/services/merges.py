"""Two records made one: every reference moves in one write, the lost code stays a name of the kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Table, Text, and_, func, select, type_coerce, update
from sqlalchemy.orm import Session

from store.engine import behind_no_wall
from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    AnswerRow,
    AuditRow,
    Base,
    CaseRow,
    CourseCallRow,
    FilingRow,
    MergeRow,
    NeedRow,
    RecordRow,
    SearchEntryRow,
)
from store.schemas.actor import Actor
from store.services import audit, clocks, commitments, reference, search
from store.services.duplicates import MERGED
from store.services.kinds import Kind, kind_named
from store.services.rights import Act, require_some
from store.services.wanted import OPEN

_TABLES: Mapping[str, Table] = Base.metadata.tables
# Lists of codes of organisations that are kept as text.
_LISTS = (("need", "apart_from"), ("instructor", "institutions_last_year"))
_FILL = "fill"
_NOTHING = (None, "", ())
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
    """One merge: the record that was kept and the lost one, how many references moved, until when to undo.

    `filled` are the fields that the kept one had empty. Needs that were merged have numbers below 0.
    """

    id: int
    kind: str
    kept: str
    lost: str
    references: int
    login: str
    at: datetime
    until: datetime
    is_undone: bool
    filled: tuple[str, ...] = ()


def merge(
    session: Session, kind_name: str, kept: str, lost: str, *, by: Actor, reason: str = ""
) -> Merged:
    """Make a record part of another of its kind; what refers to it refers to the other from now on.

    What the kept one has empty is taken from the lost one. Of a need nothing but itself may be there, and
    nothing is taken from it: an empty field of a need says that anything will do.
    """
    require_some(by, Act.EDIT, "duplicate", lost)
    if kind_name not in MERGED or kept == lost:
        raise InvalidError("duplicate_pair", kind=kind_name, one=kept, other=lost)
    kind = kind_named(kind_name)
    keeper, loser = (_record(session, kind, code) for code in (kept, lost))
    if kind_name == "need":
        return _merge_needs(session, keeper, loser, by, reason)
    if kind_name == "course" and keeper.owner != loser.owner:
        raise ConflictError("merge_owners", one=kept, other=lost)
    _refuse_same_deal(session, kept, lost)
    search.forget_records(session, kind.name, [lost])
    moved = [*_filled(session, kind, keeper, loser, by), *_move(session, kind, kept, lost)]
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
    told: dict[str, object] = {"merged": lost, "references": _count(moved)}
    told |= {one[1]: one[3] for one in moved if one[2] == _FILL}
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (kept, None, told),
        (lost, {"status": row.status_before}, {"status": "withdrawn", "merged_into": kept}),
    ]
    audit.note(session, by, "merge", kind.name, changes, reason=reason or None)
    return _merged(session, row)


def undo(session: Session, kind_name: str, lost: str, *, by: Actor) -> Merged:
    """Two records again, each with what it had, as long as the clock for it runs; later changes stay."""
    require_some(by, Act.EDIT, "duplicate", lost)
    if kind_name == "need":
        return _part_needs(session, lost, by)
    row = session.scalars(
        select(MergeRow)
        .where(MergeRow.kind == kind_name, MergeRow.lost == lost, MergeRow.undone_at.is_(None))
        .order_by(MergeRow.id.desc())
        .with_for_update()
    ).first()
    if row is None:
        raise NotFoundError("merge", lost)
    if datetime.now(UTC) > _until(session, row.at):
        raise ConflictError("merge_over", id=lost, until=_until(session, row.at))
    kind = kind_named(kind_name)
    keeper: Any = _record(session, kind, row.kept)
    loser = session.get_one(kind.row, lost, with_for_update=True, populate_existing=True)
    moved = json.loads(row.moved)
    _emptied(session, kind, keeper, moved, by)
    for table, column, *rest in moved:
        if rest[0] != _FILL:
            _give_back(session, _TABLES[table], column, rest, row)
    _set(loser, row.status_before, None, by)
    row.undone_by, row.undone_at = by.login, datetime.now(UTC)
    session.flush()
    search.index_record(session, kind.name, lost, loser.owner, _titles(kind, loser))
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (row.kept, {"merged": lost}, None),
        (lost, {"merged_into": row.kept}, {"status": row.status_before}),
    ]
    audit.note(session, by, "unmerge", kind.name, changes)
    return _merged(session, row)


def listed(session: Session, *, by: Actor) -> tuple[Merged, ...]:
    """Every merge, newest first; of needs those that stand."""
    require_some(by, Act.READ, "duplicate")
    rows = session.scalars(select(MergeRow).order_by(MergeRow.id.desc()))
    withdrawn = select(NeedRow.code).where(NeedRow.status == "withdrawn")
    newest = (
        select(func.max(AuditRow.id))
        .where(AuditRow.kind == "need", AuditRow.code.in_(withdrawn))
        .group_by(AuditRow.code)
    )
    lost = session.scalars(
        select(AuditRow.code).where(AuditRow.id.in_(newest), AuditRow.act == "merge")
    )
    found = [_merged(session, row) for row in rows]
    found += [_merged_need(session, code) for code in lost]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _merge_needs(session: Session, keeper: Any, loser: Any, by: Actor, reason: str) -> Merged:
    """One need goes on with its own heads, the other ends; the trail of both says so."""
    if keeper.status not in OPEN:
        raise ConflictError("merge_need_over", kind="need", id=keeper.code, state=keeper.status)
    if loser.status not in OPEN:
        raise ConflictError("merge_need_over", kind="need", id=loser.code, state=loser.status)
    found = [*commitments.users(session, "need", [loser.code])]
    for row, states in ((CaseRow, ("open", "assigned")), (CourseCallRow, ("open", "closed"))):
        query = select(row.code).where(row.need == loser.code, row.status.in_(states))
        found += session.scalars(query.order_by(row.code))
    if found:
        raise ConflictError("merge_need_used", id=loser.code, records=", ".join(found[:5]))
    before = loser.status
    search.forget_records(session, "need", [loser.code])
    _end(session, loser.code, "withdrawn", by)
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (keeper.code, None, {"merged": loser.code}),
        (loser.code, {"status": before}, {"status": "withdrawn", "merged_into": keeper.code}),
    ]
    audit.note(session, by, "merge", "need", changes, reason=reason or None)
    return _merged_need(session, loser.code)


def _part_needs(session: Session, lost: str, by: Actor) -> Merged:
    """The lost need as it was, open for others."""
    kind = kind_named("need")
    made = _merged_need(session, lost)
    if reference.now(session) > made.until:
        raise ConflictError("merge_over", id=lost, until=made.until)
    _record(session, kind, made.kept)
    loser = session.get_one(NeedRow, lost, with_for_update=True, populate_existing=True)
    status = _last_merge(session, lost).before["status"]
    _end(session, lost, status, by)
    search.index_record(session, kind.name, lost, loser.owner, [loser.text])
    changes: list[tuple[str, Mapping[str, object] | None, Mapping[str, object] | None]] = [
        (made.kept, {"merged": lost}, None),
        (lost, {"merged_into": made.kept}, {"status": status}),
    ]
    audit.note(session, by, "unmerge", kind.name, changes)
    return replace(made, is_undone=True)


def _end(session: Session, need: str, status: str, by: Actor) -> None:
    """Another state of a need, which may be another centre's."""
    table = _TABLES[NeedRow.__tablename__]
    changed = {"changed_at": datetime.now(UTC), "changed_by": by.login}
    _put(session, table, table.c.code == need, {"status": status, **changed})


def _last_merge(session: Session, lost: str) -> audit.Last:
    """The merge that a need ended by, from its trail."""
    last = audit.last(session, "need", lost)
    if last is None or last.act != "merge" or "merged_into" not in last.after:
        raise NotFoundError("merge", lost)
    return last


def _merged_need(session: Session, lost: str) -> Merged:
    last = _last_merge(session, lost)
    until = _until(session, last.at)
    kept = last.after["merged_into"]
    return Merged(-last.number, "need", kept, lost, 0, last.login, last.at, until, is_undone=False)


def _filled(session: Session, kind: Kind, keeper: Any, loser: Any, by: Actor) -> list[list[Any]]:
    """Give the kept record what only the lost one says, but what a supervisor alone may say."""
    found: list[list[Any]] = []
    for name in kind.draft.model_fields:
        if name in (*kind.parts, *kind.governed, "status"):
            continue
        value = getattr(loser, name)
        if getattr(keeper, name) in _NOTHING and value not in _NOTHING:
            setattr(keeper, name, value)
            found.append([kind.row.__tablename__, name, _FILL, _plain(value)])
    if found:
        _changed(session, kind, keeper, by)
    return found


def _emptied(session: Session, kind: Kind, keeper: Any, moved: Iterable[Any], by: Actor) -> None:
    """Take back what a merge filled in and nobody has changed since."""
    filled = [(one[1], one[3]) for one in moved if one[2] == _FILL]
    for name, value in filled:
        if _plain(getattr(keeper, name)) == value:
            setattr(keeper, name, None)
    if filled:
        _changed(session, kind, keeper, by)


def _changed(session: Session, kind: Kind, keeper: Any, by: Actor) -> None:
    """Say that a kept record was changed, and let it be found by what it is called now."""
    _set(keeper, keeper.status, keeper.merged_into, by)
    session.flush()
    search.index_record(session, kind.name, keeper.code, keeper.owner, _titles(kind, keeper))


def _titles(kind: Kind, row: Any) -> list[str]:
    return [title for name in kind.titles if (title := getattr(row, name))]


def _plain(value: Any) -> Any:
    """A value as it is kept as JSON."""
    return json.loads(json.dumps(value, default=str))


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
        if one[0] != SearchEntryRow.__tablename__ and one[2] != _FILL
    )


def _until(session: Session, at: datetime) -> datetime:
    days = clocks.clocks(session).merge_days
    return clocks.after_workdays(reference.calendar(session), at, days)


def _merged(session: Session, row: MergeRow) -> Merged:
    moved = json.loads(row.moved)
    filled = tuple(one[1] for one in moved if one[2] == _FILL)
    return Merged(
        row.id, row.kind, row.kept, row.lost, _count(moved), row.login, row.at,
        _until(session, row.at), row.undone_at is not None, filled,
    )  # fmt: skip
