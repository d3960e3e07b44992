"""Conditions over many codes at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, true

_PER_QUERY = 500


def among(column: Any, codes: Collection[Any] | None) -> Iterator[ColumnElement[bool]]:
    """Conditions that together pick the codes, each short enough for one query; None picks all."""
    if codes is None:
        yield true()
        return
    ordered = sorted(codes)
    for at in range(0, len(ordered), _PER_QUERY):
        yield column.in_(ordered[at : at + _PER_QUERY])
