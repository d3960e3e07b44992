"""One-line commands such as `n rpjm/skcg 4/5/12-31` and `m 12`, read into what is to be done."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

from store.errors import UsageError

_NEED_FIELDS = ("enterprise", "text", "heads", "latest", "weekly", "budget")
_PREFIX = {"m": "N", "p": "P", "b": "B"}
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """What to do (`n`, `m`, …), with the code or words it is about, or the cells of a need."""

    verb: str
    rest: str = ""
    cells: tuple[tuple[str, str], ...] = ()


def read_line(text: str) -> Line:
    """The meaning of a line; a verb that does not exist, or nothing behind it, is refused."""
    verb, _blank, rest = text.strip().partition(" ")
    verb, rest = verb.lower(), rest.strip()
    if not rest or verb not in ("n", "m", "a", "p", "b", "f", "s"):
        raise UsageError("line_unknown", text=text[:60])
    if verb == "n":
        cells = [cell.strip() for cell in rest.split("/")]
        named = dict(zip(_NEED_FIELDS, cells, strict=False))
        if len(cells) > len(_NEED_FIELDS):
            raise UsageError("line_unknown", text=text[:60])
        if "latest" in named:
            named["latest"] = _month_end(named["latest"])
        return Line(verb, cells=tuple(named.items()))
    if verb == "a" and not rest.isdecimal():
        raise UsageError("line_unknown", text=text[:60])
    return Line(verb, _code(_PREFIX[verb], rest) if verb in _PREFIX else rest)


def _code(prefix: str, text: str) -> str:
    """`12` is N000012 where the prefix is N; a whole code stays."""
    if text.isdecimal():
        return f"{prefix}{int(text):0{_DIGITS}d}"
    if not re.fullmatch(rf"{prefix}\d{{1,9}}", text.upper()):
        raise UsageError("line_unknown", text=text[:60])
    return text.upper()


def _month_end(text: str) -> str:
    """`2701` is the last day of January 2027; other text stays."""
    found = re.fullmatch(r"([2-4]\d)(0[1-9]|1[0-2])", text)
    if found is None or int(found[1]) <= 12:
        return text
    year, month = 2000 + int(found[1]), int(found[2])
    return f"{year}-{month:02d}-{monthrange(year, month)[1]}"
