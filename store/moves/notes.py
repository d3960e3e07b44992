"""What a move that is under way notes in its target: what it is a copy of, how far it is, what to put back.

The notes are written with the rows they speak of, so a killed move goes on where it was. While they are
there the schema says `MOVING`, and no program works in what is only half a store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    text,
    update,
)

from store.unit_of_work import MOVING

HALF = "half_moved"
_NOTES = Table(
    HALF,
    MetaData(),
    Column("what", String(10), primary_key=True),
    Column("name", String(120), primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_strict=True,
)
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Origin:
    """Which store is being copied, at which moment: its schema, its first audit digest and its newest."""

    schema: str
    first: str
    head: str


def is_there(connection: Connection) -> bool:
    """Whether a move into this database has begun and not ended."""
    return inspect(connection).has_table(HALF)


def begin(connection: Connection, origin: Origin) -> None:
    """Note what is to be copied; from now on nobody opens the target as a store."""
    _NOTES.create(connection)
    for name in ("schema", "first", "head"):
        _put(connection, "origin", name, getattr(origin, name))
    connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": MOVING})


def origin(connection: Connection) -> Origin:
    """What the move in this database copies."""
    return Origin(**_all(connection, "origin"))


def keep(connection: Connection, statements: Sequence[str]) -> None:
    """Note statements to be carried out, after those noted already, once every row is there."""
    first = max((int(number) + 1 for number in later(connection)), default=0)
    for at, statement in enumerate(statements, first):
        _put(connection, "later", f"{at:04d}", statement)


def later(connection: Connection) -> dict[str, str]:
    """The statements that are still to be carried out, in their order, by their number."""
    return _all(connection, "later")


def carried_out(connection: Connection, number: str) -> None:
    """Forget a statement, in the transaction that carried it out."""
    connection.execute(delete(_NOTES).where(_NOTES.c.what == "later", _NOTES.c.name == number))


def reached(connection: Connection, part: str, last: Sequence[object]) -> None:
    """Note the key of the newest row of a table that was written, in its transaction."""
    value = json.dumps(list(last))
    found = connection.execute(
        update(_NOTES).where(_NOTES.c.what == "last", _NOTES.c.name == part).values(value=value)
    )
    if not found.rowcount:
        _put(connection, "last", part, value)


def last(connection: Connection, part: str) -> tuple[object, ...] | None:
    """The key of the newest row of a table that was written, None before the first."""
    found = _all(connection, "last").get(part)
    return None if found is None else tuple(json.loads(found))


def finish(connection: Connection, part: str) -> None:
    """Note that a table has all its rows."""
    _put(connection, _DONE, part, "")


def finished(connection: Connection) -> frozenset[str]:
    """The tables that have all their rows."""
    return frozenset(_all(connection, _DONE))


def start_over(connection: Connection, new: Origin) -> None:
    """Forget how far the move was; what is to be put back at its end stays noted."""
    connection.execute(delete(_NOTES).where(_NOTES.c.what != "later"))
    for name in ("schema", "first", "head"):
        _put(connection, "origin", name, getattr(new, name))


def end(connection: Connection, schema: str) -> None:
    """Make the target a store like any other."""
    _NOTES.drop(connection)
    connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": schema})


def _put(connection: Connection, what: str, name: str, value: str) -> None:
    connection.execute(insert(_NOTES), {"what": what, "name": name, "value": value})


def _all(connection: Connection, what: str) -> dict[str, str]:
    rows = connection.execute(
        select(_NOTES.c.name, _NOTES.c.value).where(_NOTES.c.what == what).order_by(_NOTES.c.name)
    )
    return {name: value for name, value in rows}
