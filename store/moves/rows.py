"""Rows of a table read in order of its key, a few thousand at a time, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Engine, Table, text

from store.moves.forms import Sum

Rows = list[tuple[Any, ...]]
AT_ONCE = 5000


class Speech(Protocol):
    """What `on_file` and `on_server` both have: one database's own words for the steps of a move."""

    def prepare(self, engine: Engine, /) -> None:
        """Make an engine's connections fit for moving."""

    def held(
        self, engine: Engine, tables: Sequence[Table], /
    ) -> AbstractContextManager[Connection]:
        """A connection to read by while nobody writes."""

    def plain_value(self, column: Column[Any], name: str, /) -> str:
        """The expression that reads a column as a plain value."""

    def key_value(self, column: Column[Any], bind: str, /) -> str:
        """The expression of a plain value to compare a key with."""

    def put_aside(self, connection: Connection, /) -> list[str]:
        """Take away what is in the way of rows; the statements that make it again."""

    def clear(
        self, connection: Connection, tables: Sequence[Table], indexes: Iterable[str], /
    ) -> None:
        """Take every row out."""

    def write(
        self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], /
    ) -> None:
        """Write rows of plain values."""

    def number_on(self, connection: Connection, tables: Sequence[Table], /) -> None:
        """Let new rows be numbered after the old ones."""

    def gather_statistics(self, connection: Connection, /) -> None:
        """Let the planner know the tables."""

    def own_tables(self) -> str:
        """Names of tables, as a regular expression, that the database keeps for itself."""


def speech(engine: Engine) -> Speech:
    """The words of an engine's database."""
    from store.moves import on_file, on_server

    return on_file if engine.dialect.name == "sqlite" else on_server


def chunks(
    connection: Connection, table: Table, after: tuple[object, ...] | None = None
) -> Iterator[Rows]:
    """The rows whose key is above `after`, in order of the key; memory does not grow with the table."""
    words = speech(connection.engine)
    keys = list(table.primary_key)
    named = ", ".join(f'"{key.name}"' for key in keys)
    binds = ", ".join(words.key_value(key, f":k{at}") for at, key in enumerate(keys))
    read = ", ".join(words.plain_value(column, f'"{column.name}"') for column in table.columns)
    beginning = f'SELECT {read} FROM "{table.name}"'
    ending = f"ORDER BY {named} LIMIT {AT_ONCE}"
    while True:
        where = "" if after is None else f"WHERE ({named}) > ({binds})"
        values = {f"k{at}": value for at, value in enumerate(after or ())}
        rows = [
            tuple(row) for row in connection.execute(text(f"{beginning} {where} {ending}"), values)
        ]
        if not rows:
            return
        yield rows
        after = key_of(table, rows[-1])


def key_of(table: Table, row: Sequence[object]) -> tuple[object, ...]:
    """The key of a row of plain values."""
    names = [column.name for column in table.columns]
    return tuple(row[names.index(key.name)] for key in table.primary_key)


def summed(connection: Connection, table: Table) -> Iterator[Sum]:
    """What the rows of a table add up to, told after every chunk; at least once."""
    found = Sum()
    yield found
    for rows in chunks(connection, table):
        found = found.plus(rows)
        yield found
