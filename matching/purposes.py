"""What a course or a need says it is for: a first certificate, the renewal of one that is held, or either."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path

from matching.text import fold
from matching.types import Course, Need, Purpose

_GAP = "…"  # in a form of words: up to six characters of the same clause
_WITHIN_CLAUSE = r"[^，。,;；!！?？、\n]{0,6}?"


@lru_cache(maxsize=65536)
def purpose(text: str) -> Purpose | None:
    """What the words of a title or a need say; None where they say nothing."""
    words, forms = _forms()
    said = {words[str(found.lastgroup)] for found in forms.finditer(fold(text))} - {"neither"}
    return Purpose(said.pop()) if len(said) == 1 else Purpose.EITHER if said else None


def suits(wanted: Purpose | None, offered: Purpose | None) -> bool:
    """Whether a course may be for a need: renewal for those who ask for it, first-time for all others."""
    if offered is Purpose.RENEWAL:
        return wanted in (Purpose.RENEWAL, Purpose.EITHER)
    return offered is not Purpose.FIRST or wanted is not Purpose.RENEWAL


def is_unsaid(need: Need, course: Course) -> bool:
    """Whether renewal is wanted and the course does not say whom it is for."""
    return course.purpose is None and any(part.purpose is Purpose.RENEWAL for part in need.parts)


@cache
def _forms() -> tuple[dict[str, str], re.Pattern[str]]:
    """Every form of words with what it says, and one expression of them all: the longest at a place first."""
    path = Path(__file__).parent / "data" / "purposes.tsv"
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    rows.sort(key=lambda row: -len(row[1]))
    groups = {f"w{at}": said for at, (said, _) in enumerate(rows)}
    told = (f"(?P<w{at}>{_expression(form)})" for at, (_, form) in enumerate(rows))
    return groups, re.compile("|".join(told))


def _expression(form: str) -> str:
    parts = (re.escape(fold(part)) for part in form.split(_GAP))
    written = _WITHIN_CLAUSE.join(parts)
    return rf"\b{written}\b" if form.isascii() else written
