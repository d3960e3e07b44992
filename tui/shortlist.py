"""Courses that a person has put on their shortlist, kept from session to session."""

from __future__ import annotations

from collections.abc import Collection

from tui.remembered import Remembered

_NAME = "shortlist"
_MOST = 200


def kept(remembered: Remembered) -> tuple[str, ...]:
    """Codes of the courses, in the order in which they were kept."""
    found = remembered.get(_NAME)
    return tuple(map(str, found)) if isinstance(found, list) else ()


def put(remembered: Remembered, codes: Collection[str], *, is_kept: bool) -> bool:
    """Keep courses or let them go; the oldest of more than 200 go by themselves. Whether it could be done."""
    rest = [code for code in kept(remembered) if code not in codes]
    return remembered.put(_NAME, [*rest, *(codes if is_kept else ())][-_MOST:])
