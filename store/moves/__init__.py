"""A whole store copied into another database, in chunks, so that a killed move goes on where it was.

Nobody writes to the old store meanwhile; the new one is no store until it is proved to say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection, Engine, Table, func, inspect, select
from sqlalchemy.exc import DBAPIError

from store import chain
from store.engine import for_writing, make_engine, sqlite_path, store_url
from store.errors import ConflictError, DuijieError, StoreError, UsageError
from store.models import AuditRow, Base, OrganisationRow
from store.moves import indexes, notes, proof
from store.moves.carrying import carry_out
from store.moves.forms import Sum
from store.moves.notes import Origin
from store.moves.rows import chunks, key_of, speech, summed
from store.services.health import Offence
from store.text_index import Index
from store.unit_of_work import (
    MOVING,
    SCHEMA_VERSION,
    Store,
    create_store,
    expected_failures,
    failure,
    open_store,
    schema_version,
)


class Step(StrEnum):
    """What a move is at."""

    COPY = "copy"
    INDEX = "index"
    GUARD = "guard"
    COMPARE = "compare"
    CHECK = "check"
    EXPORT = "export"


Tell = Callable[[Step, int, int], None]


@dataclass(frozen=True, slots=True)
class Part:
    """One table: how many rows it has, and their digest where it was reckoned."""

    table: str
    rows: int
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved, whether an interrupted move was continued, and what was wrong before already."""

    parts: tuple[Part, ...]
    is_continued: bool
    offences: tuple[Offence, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(part.rows for part in self.parts)


@dataclass(slots=True)
class _Move:
    """One run: from where, into what, and what was seen of the rows on the way."""

    source: Connection
    target: Engine
    tell: Tell
    totals: dict[str, int]
    sums: dict[str, Sum] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.totals.values())


def _refused(what: str, cause: str) -> DuijieError:
    """Why the new database does not take rows or a rule; a full disk and the like are told as always."""
    told = failure(cause)
    if told.code != "store_failed":
        return told
    return StoreError("move_refused", what=what, cause=cause.splitlines()[0])


def plan(origin: str, target: str) -> Moved:
    """What `move` would do, with how many rows; nothing is changed."""
    with _opened(origin, target) as (source, found, into):
        is_continued = _may_fill(into, found, target, again=False)
        parts = [Part(name, rows) for name, rows in _counted(source).items()]
        return Moved(tuple(parts), is_continued)


def move(
    origin: str, target: str, tell: Tell = lambda step, done, total: None, *, again: bool = False
) -> Moved:
    """Copy a store into an empty database, or go on with a move of the same store that was interrupted.

    With `again` an interrupted move is begun anew. Writers of the old store wait, and give up as they do
    when it is busy. ConflictError when the target holds anything else or the old store was changed since,
    StoreError when a row does not fit or the two do not say the same.
    """
    with _opened(origin, target) as (source, found, into), expected_failures():
        is_continued = _may_fill(into, found, target, again=again)
        if not is_continued:
            _begin(into, found, target)
        moving = _Move(source, into, tell, _counted(source))
        _copy(moving)
        _index(moving)
        _guard(moving)
        _compare(moving)
        old, new = open_store(origin), Store(into)
        try:
            offences = _prove(old, new, tell)
        finally:
            old.close()
        with for_writing(into).begin() as connection:
            notes.end(connection, SCHEMA_VERSION)
    parts = [Part(table, rows.rows, str(rows)) for table, rows in moving.sums.items()]
    return Moved(tuple(parts), is_continued, offences)


@contextmanager
def _opened(origin: str, target: str) -> Iterator[tuple[Connection, Origin, Engine]]:
    """The old store with its writers held, which one it is, and an engine for the new."""
    if _place(origin) == _place(target):
        raise UsageError("move_onto_itself", location=target)
    open_store(origin).close()
    engines = [make_engine(store_url(where)) for where in (origin, target)]
    for engine in engines:
        speech(engine).prepare(engine)
    old, new = engines
    try:
        with expected_failures(), speech(old).held(old, _tables()) as source:
            _refuse_unknown(source)
            yield source, _origin(source), new
    finally:
        for engine in engines:
            engine.dispose()


def _place(location: str) -> object:
    url = store_url(location)
    path = sqlite_path(url)
    return path.resolve() if path else url


def _tables() -> Sequence[Table]:
    """Every table, those that others refer to first."""
    return Base.metadata.sorted_tables


def _refuse_unknown(source: Connection) -> None:
    """Refuse a store with tables or columns that this program does not know: they would be left behind."""
    found = inspect(source)
    ours = rf"alembic_version|({'|'.join(Index)})_(fts|vocabulary).*|{speech(source.engine).own_tables()}"
    known = {table.name: {column.name for column in table.columns} for table in _tables()}
    lost = [
        name
        for name in found.get_table_names()
        if not re.fullmatch(ours, name)
        and {column["name"] for column in found.get_columns(name)} != known.get(name)
    ]
    if lost:
        raise StoreError("move_unknown", tables=", ".join(lost))


def _origin(source: Connection) -> Origin:
    first = source.execute(select(AuditRow.hash).order_by(AuditRow.id).limit(1)).scalar()
    return Origin(SCHEMA_VERSION, str(first), chain.head(source))


def _counted(source: Connection) -> dict[str, int]:
    return {
        table.name: source.scalar(select(func.count()).select_from(table)) or 0
        for table in _tables()
    }


def _may_fill(into: Engine, found: Origin, target: str, *, again: bool) -> bool:
    """Whether an interrupted move is to be continued; ConflictError where the target is something else."""
    path = sqlite_path(into.url)
    if path is not None and not path.exists():
        return False
    try:
        schema = schema_version(into)
    except DBAPIError as error:
        raise StoreError("cannot_open", location=target, cause=str(error.orig)) from error
    with into.connect() as connection:
        if schema == MOVING:
            return _is_continued(connection, found, target, again=again)
        has_tables = bool(inspect(connection).get_table_names())
        if schema is None and not has_tables:
            return False
        if schema != SCHEMA_VERSION or _was_used(connection):
            raise ConflictError("move_over", location=target)
    return False


def _was_used(connection: Connection) -> bool:
    """Whether anybody has done anything in a store; one that was only made may be filled."""
    rows = [select(func.count()).select_from(row) for row in (AuditRow, OrganisationRow)]
    return any(connection.scalar(row) for row in rows)


def _is_continued(connection: Connection, found: Origin, target: str, *, again: bool) -> bool:
    begun = notes.origin(connection)
    if begun.schema != found.schema:
        raise ConflictError("move_other_schema", location=target, found=begun.schema)
    if again:
        return False
    if begun.first != found.first:
        raise ConflictError("move_of_other", location=target)
    if begun.head != found.head:
        raise ConflictError("move_changed", location=target)
    return True


def _begin(into: Engine, found: Origin, target: str) -> None:
    """The schema without a row in it, and without what would fire or refuse row by row."""
    words, path = speech(into), sqlite_path(into.url)
    if (path is not None and not path.exists()) or schema_version(into) != MOVING:
        create_store(target).close()
    with for_writing(into).begin() as connection:
        if notes.is_there(connection):
            notes.start_over(connection, found)
        else:
            notes.begin(connection, found)
        notes.keep(connection, words.put_aside(connection))
        words.clear(connection, _tables(), Index)


def _copy(moving: _Move) -> None:
    """Write what the new store lacks; each chunk is one transaction with the note of how far it reaches."""
    with moving.target.connect() as connection:
        finished = notes.finished(connection)
    done = 0
    for table in _tables():
        if table.name not in finished:
            for rows in _copied(moving, table):
                done += rows
                moving.tell(Step.COPY, min(done, moving.total), moving.total)
        else:
            done += moving.totals[table.name]


def _copied(moving: _Move, table: Table) -> Iterator[int]:
    words, found = speech(moving.target), Sum()
    with moving.target.connect() as connection:
        after = notes.last(connection, table.name)
    for rows in chunks(moving.source, table, after):
        try:
            with for_writing(moving.target).begin() as connection:
                words.write(connection, table, rows)
                notes.reached(connection, table.name, key_of(table, rows[-1]))
        except moving.target.dialect.loaded_dbapi.Error as error:
            raise _refused(table.name, str(error)) from error
        found = found.plus(rows)
        yield len(rows)
    if after is None:
        moving.sums[table.name] = found
    with for_writing(moving.target).begin() as connection:
        notes.finish(connection, table.name)


def _index(moving: _Move) -> None:
    """Make the text indexes anew."""
    with moving.target.connect() as connection:
        finished = notes.finished(connection)
    for index in Index:
        if f"{index}_fts" in finished:
            continue
        done, total = 0, moving.totals[index]
        for entries in indexes.rebuild(moving.target, index):
            done += entries
            moving.tell(Step.INDEX, min(done, total), total)
        with for_writing(moving.target).begin() as connection:
            notes.finish(connection, f"{index}_fts")


def _guard(moving: _Move) -> None:
    """Make indexes, references, exclusions and triggers again; each proves what stands there already."""
    words = speech(moving.target)
    with moving.target.connect() as connection:
        later = notes.later(connection)
    for done, (number, statement) in enumerate(later.items(), 1):
        try:
            with for_writing(moving.target).begin() as connection:
                carry_out(connection, statement)
                notes.carried_out(connection, number)
        except moving.target.dialect.loaded_dbapi.Error as error:
            raise _refused(" ".join(statement.split())[:120], str(error)) from error
        moving.tell(Step.GUARD, done, len(later))
    with for_writing(moving.target).begin() as connection:
        words.number_on(connection, _tables())
        words.gather_statistics(connection)


def _compare(moving: _Move) -> None:
    """Read the new store, and of the old what this run did not copy, and compare what they add up to."""
    differing, before = [], 0
    with moving.target.connect() as connection:
        for table in _tables():
            there = Sum()
            for there in summed(connection, table):
                moving.tell(Step.COMPARE, min(before + there.rows, moving.total), moving.total)
            before += there.rows
            if table.name not in moving.sums:
                (*_rest, moving.sums[table.name]) = summed(moving.source, table)
            if there != moving.sums[table.name]:
                differing.append(table.name)
    if differing:
        raise StoreError("move_differs", what=", ".join(differing))


def _prove(old: Store, new: Store, tell: Tell) -> tuple[Offence, ...]:
    tell(Step.CHECK, 0, 1)
    offences = proof.offences(old, new)
    proof.compare_indexes(old, new)
    tell(Step.CHECK, 1, 1)
    proof.compare_exports(old, new, lambda done, total: tell(Step.EXPORT, done, total))
    return offences
