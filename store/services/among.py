"""Rows of many codes at once: conditions over codes, and statements made once that are asked for some."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, true
from sqlalchemy.orm import Session

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


class Query:
    """A statement and the column it is narrowed by, made once: making one costs as much as asking it."""

    def __init__(self, statement: Select[*tuple[Any, ...]], column: Any) -> None:
        self._whole = statement
        self._narrowed = statement.where(column.in_(bindparam("codes", expanding=True)))

    def rows(
        self, session: Session, codes: Collection[Any] | None, **values: object
    ) -> Iterator[Any]:
        """Rows whose column is one of the codes, in order of these by the five hundred; None gives all."""
        if codes is None:
            yield from session.execute(self._whole, values).all()
            return
        for some in _some(codes):
            yield from session.execute(self._narrowed, {"codes": some, **values}).all()


def _some(codes: Collection[Any]) -> Iterator[list[Any]]:
    """The codes in order, few enough at a time for one query."""
    ordered = sorted(codes)
    for at in range(0, len(ordered), _PER_QUERY):
        yield ordered[at : at + _PER_QUERY]
