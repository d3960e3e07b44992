"""What a move asks of SQLite in SQLite's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, event

from store import queue
from store.engine import for_writing, sqlite_path
from store.moves.carrying import carry_out, driver
from store.moves.forms import Form, form

_ASIDE = """SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL
    AND (type = 'trigger' OR type = 'index' AND sql NOT LIKE 'CREATE UNIQUE%') ORDER BY rowid"""


def prepare(engine: Engine) -> None:
    """References are checked at the end, all at once; text that is not UTF-8 is an error."""
    event.listen(engine, "connect", _prepare)


def _prepare(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.text_factory = str


@contextmanager
def held(engine: Engine, _tables: Sequence[Table]) -> Iterator[Connection]:
    """A connection to read by while every writer waits, as for any other writer."""
    path = sqlite_path(engine.url)
    waiting = queue.queue_file(path) if path and queue.has_queues() else None
    with queue.turn(waiting), for_writing(engine).connect() as connection:
        connection.begin()
        yield connection


def plain_value(column: Column[Any], name: str) -> str:
    """The expression that reads a column as a plain value."""
    if form(column) is Form.MOMENT:
        return f"CASE WHEN length({name}) = 19 THEN {name} || '.000000' ELSE {name} END"
    return name


def key_value(_column: Column[Any], bind: str) -> str:
    """The expression of a plain value to compare a key with."""
    return bind


def put_aside(connection: Connection) -> list[str]:
    """Take away triggers, which would fire, and indexes; how to make them again."""
    later = []
    for kind, name, made in connection.exec_driver_sql(_ASIDE).all():
        carry_out(connection, f'DROP {kind.upper()} "{name}"')
        later.append(made)
    return later


def clear(connection: Connection, tables: Sequence[Table], indexes: Iterable[str]) -> None:
    """Take every row out; triggers are put aside."""
    for index in indexes:
        connection.exec_driver_sql(f"INSERT INTO {index}_fts({index}_fts) VALUES ('delete-all')")
    for table in reversed(tables):
        connection.exec_driver_sql(f'DELETE FROM "{table.name}"')


def write(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of plain values."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" for _ in table.columns)
    driver(connection).executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)


def number_on(_connection: Connection, _tables: Sequence[Table]) -> None:
    """Let new rows be numbered after the old ones: SQLite looks at the highest number itself."""


def gather_statistics(connection: Connection) -> None:
    """Let the planner know the tables."""
    connection.exec_driver_sql("PRAGMA optimize=0x10002")


def own_tables() -> str:
    """Names of tables, as a regular expression, that the database keeps for itself."""
    return "sqlite_.*"
