"""What a move asks of PostgreSQL in PostgreSQL's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Column, Connection, Engine, Table, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from store.engine import wait_turn
from store.moves.carrying import carry_out, driver
from store.moves.forms import Form, form

# References and exclusions are made again at the end, which proves them for every row at once.
_CONSTRAINTS = """
    SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
      'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
        || pg_get_constraintdef(c.oid)
    FROM pg_constraint c
    WHERE c.contype IN ('f', 'x') AND c.connamespace = current_schema()::regnamespace
    ORDER BY c.contype, c.conname"""
_INDEXES = """
    SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT i.indisunique
      AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
    ORDER BY 1"""
_TRIGGERS = """
    SELECT DISTINCT 'ALTER TABLE ' || t.tgrelid::regclass || ' DISABLE TRIGGER USER',
      'ALTER TABLE ' || t.tgrelid::regclass || ' ENABLE TRIGGER USER'
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"""


def prepare(_engine: Engine) -> None:
    """Nothing to prepare: what is in the way is put aside in the database itself."""


@contextmanager
def held(engine: Engine, tables: Sequence[Table]) -> Iterator[Connection]:
    """A connection to read by while every writer waits, also one that is not this program."""
    with engine.connect() as connection, connection.begin():
        wait_turn(Session(connection))
        names = ", ".join(f'"{table.name}"' for table in tables)
        connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        _in_utc(connection)
        yield connection


def _in_utc(connection: Connection) -> None:
    connection.execute(text("SET LOCAL TimeZone = 'UTC'"))


def plain_value(column: Column[Any], name: str) -> str:
    """The expression that reads a column as a plain value."""
    return {
        Form.YES_NO: f"CAST({name} AS INTEGER)",
        Form.DAY: f"to_char({name}, 'YYYY-MM-DD')",
        Form.MOMENT: rf"to_char({name}, 'YYYY-MM-DD HH24\:MI\:SS.US')",
    }.get(form(column), name)


def key_value(column: Column[Any], bind: str) -> str:
    """The expression of a plain value to compare a key with."""
    return f"CAST({bind} AS {column.type.compile(postgresql.dialect())})"  # type: ignore[no-untyped-call]


def put_aside(connection: Connection) -> list[str]:
    """Take away triggers, references, exclusions and indexes; how to make them again, indexes first."""
    later = []
    for question in (_TRIGGERS, _CONSTRAINTS, _INDEXES):
        found = connection.exec_driver_sql(question).all()
        for away, _again in found:
            carry_out(connection, away)
        later.append([again for _away, again in found])
    return [again for part in reversed(later) for again in part]


def clear(connection: Connection, tables: Sequence[Table], indexes: Iterable[str]) -> None:
    """Take every row out; triggers and references are put aside."""
    names = [*(f'"{table.name}"' for table in tables), *(f"{index}_fts" for index in indexes)]
    connection.exec_driver_sql(f"TRUNCATE {', '.join(names)}")


def write(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write rows of plain values."""
    _in_utc(connection)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    with (
        driver(connection).cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as into,
    ):
        for row in rows:
            into.write_row(row)


def number_on(connection: Connection, tables: Sequence[Table]) -> None:
    """Let new rows be numbered after the old ones."""
    for table in tables:
        for column in table.primary_key:
            asked = text("SELECT pg_get_serial_sequence(:table, :column)")
            sequence = connection.scalar(asked, {"table": f'"{table.name}"', "column": column.name})
            if sequence is not None:
                newest = f'(SELECT max("{column.name}") FROM "{table.name}")'
                connection.execute(
                    text(f"SELECT setval('{sequence}', COALESCE({newest}, 1), {newest} > 0)")
                )


def gather_statistics(connection: Connection) -> None:
    """Let the planner know the tables."""
    connection.exec_driver_sql("ANALYZE")


def own_tables() -> str:
    """Names of tables, as a regular expression, that the database keeps for itself."""
    return "pg_.*"
