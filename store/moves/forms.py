"""Columns as plain values, the same out of either database: numbers, text, bytes; and what rows add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import blake2b
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine

_BYTES = 16


class Form(Enum):
    """What a plain value is: a day is 2026-11-22, a moment 2026-11-22 09:30:00.000000 in UTC, yes is 1."""

    YES_NO = auto()
    WHOLE = auto()
    REAL = auto()
    DAY = auto()
    MOMENT = auto()
    TEXT = auto()
    BYTES = auto()


_FORMS: tuple[tuple[type[TypeEngine[Any]], Form], ...] = (
    (Boolean, Form.YES_NO),
    (Integer, Form.WHOLE),
    (Float, Form.REAL),
    (Date, Form.DAY),
    (DateTime, Form.MOMENT),
    (LargeBinary, Form.BYTES),
    (String, Form.TEXT),
)


def form(column: Column[Any]) -> Form:
    """The form of a column's values; TypeError for a type that nobody has said how to move."""
    found: Any = column.type
    while isinstance(found, TypeDecorator):
        found = found.impl_instance
    for type_, wanted in _FORMS:
        if isinstance(found, type_):
            return wanted
    raise TypeError(f"{column.table}.{column.name}: {found!r}")


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows, and the sum of their digests (128 bits): the same in whatever order they are read."""

    rows: int = 0
    digest: int = 0

    def plus(self, rows: Iterable[tuple[Any, ...]]) -> Sum:
        """The sum with these rows of plain values added."""
        count, total = self.rows, self.digest
        for row in rows:
            told = repr(row).encode("utf-8", "surrogatepass")
            total += int.from_bytes(blake2b(told, digest_size=_BYTES).digest())
            count += 1
        return Sum(count, total % (1 << 8 * _BYTES))

    def __str__(self) -> str:
        return f"{self.digest:0{2 * _BYTES}x}"
