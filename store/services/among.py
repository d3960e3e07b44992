"""Rows of many codes at once: conditions over codes, and statements written once that are asked for some."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Dialect, Select, bindparam, or_, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

from store.engine import fetched

_PER_QUERY = 500
_FEW = 2


def among(column: Any, codes: Collection[Any] | None) -> Iterator[ColumnElement[bool]]:
    """Conditions that together pick the codes, each short enough for one query; None picks all."""
    if codes is None:
        yield true()
        return
    for some in _some(codes):
        yield column.in_(some)


def is_one_of(column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Whether a column is one of some values; a few one by one, which costs a third of a list."""
    if not 0 < len(values) <= _FEW:
        return column.in_(values)  # type: ignore[no-any-return]
    return or_(*(column == value for value in values))


class Listed(ColumnElement[bool]):
    """Whether a column is in a list that is given as one value: the statement is the same for any length."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.list: BindParameter[Any] = bindparam(name)


@compiles(Listed)
def _in_array(listed: Listed, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (listed.column, listed.list))
    return f"{column} = ANY ({values})"


@compiles(Listed, "sqlite")
def _in_json(listed: Listed, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (listed.column, listed.list))
    return f"{column} IN (SELECT value FROM json_each({values}))"


class Query:
    """A statement and the column it is narrowed by, written out once for each database.

    The statement is handed to the driver as it is and rows come as plain tuples: a match asks forty of them,
    and what SQLAlchemy does for each cost as much as all that the databases do.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], column: Any) -> None:
        self._whole, self._column = statement, column
        self._narrowed = statement.where(Listed(column, "codes"))
        self._written: dict[tuple[str, bool], _Written] = {}

    def locked(self) -> Query:
        """The same, whose rows nobody else can change until the transaction is over."""
        return Query(self._whole.with_for_update(), self._column)

    def rows(
        self, session: Session, codes: Collection[Any] | None, **values: object
    ) -> Iterator[tuple[Any, ...]]:
        """Rows whose column is one of the codes, in order of these by the five hundred; None gives all."""
        if codes is None:
            yield from self._asked(session, values)
            return
        for some in _some(codes):
            yield from self._asked(session, {"codes": some, **values})

    def _asked(self, session: Session, values: Mapping[str, object]) -> Iterator[tuple[Any, ...]]:
        connection = session.connection()
        key = (connection.dialect.name, "codes" in values)
        if key not in self._written:
            statement = self._narrowed if "codes" in values else self._whole
            self._written[key] = _Written(statement, connection.dialect)
        written = self._written[key]
        given = written.given(values)
        cursor = connection.exec_driver_sql(written.text, given).cursor
        return written.read(cursor.description, fetched(cursor, written.text, given))


class _Written:
    """One statement in the words of a database, and how its values go in and come out."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.text = str(compiled)
        self._fixed = compiled.construct_params(_check=False)
        self._order = compiled.positiontup
        self._types = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        self._dialect = dialect
        self._readers: list[tuple[int, Callable[[Any], Any]]] | None = None

    def given(self, values: Mapping[str, object]) -> Any:
        """Values as the driver takes them: SQLite has neither days nor lists."""
        if self._order is None:
            return {**self._fixed, **values}
        said = {**self._fixed, **{name: _as_text(value) for name, value in values.items()}}
        return tuple(said[name] for name in self._order)

    def read(
        self, columns: Sequence[Any], rows: Sequence[tuple[Any, ...]]
    ) -> Iterator[tuple[Any, ...]]:
        """Rows with the values that their columns stand for, worked out a column at a time."""
        if self._readers is None:
            self._readers = [
                (at, reader)
                for at, type_ in enumerate(self._types)
                if (reader := type_.result_processor(self._dialect, columns[at][1]))
            ]
        if not rows or not self._readers:
            return iter(rows)
        found: list[Any] = list(zip(*rows, strict=True))
        for at, read in self._readers:
            found[at] = map(read, found[at])
        return zip(*found, strict=True)


def _as_text(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Collection) and not isinstance(value, str):
        return json.dumps([_as_text(one) for one in value])
    return value


def _some(codes: Collection[Any]) -> Iterator[list[Any]]:
    """The codes in order, few enough at a time for one query."""
    ordered = sorted(codes)
    for at in range(0, len(ordered), _PER_QUERY):
        yield ordered[at : at + _PER_QUERY]
