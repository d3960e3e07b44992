"""A need in a few letters, for lines typed without an input method: `skcg 4 5p bl sat 12-31`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from matching import text as words
from matching.sentences.reading import Stated

_WORD = re.compile(r"\S+")
_TRADE = re.compile(r"([a-z]+)([1-9]?)")
_LEVEL = re.compile(r"[1-5]")
_HEADS = re.compile(r"(?:x(\d{1,3})|(\d{1,3})[pr])")
_DAY = re.compile(r"<?(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
_BUDGET = re.compile(r"(?:y|¥)(\d{2,6})|(\d{2,6})y")
_LOWEST = 7  # ranks count from 2 for 五级, which is typed 5, to 6 for 一级


@dataclass(frozen=True, slots=True)
class Shorthand:
    """The letters of the trade, which of its candidates was picked by number (from 1), and the fields."""

    trade: str
    picked: int | None
    stated: tuple[Stated, ...]


def read(
    text: str,
    today: date,
    places: Mapping[str, str],
    parse: Callable[[str], Sequence[Stated]],
) -> Shorthand | None:
    """The line's reading; None where any word of it is something else, so that sentences stay sentences.

    The trade comes first: letters, with a number right behind them to pick a candidate (`skcg2`). `places`
    maps letters (initials or pinyin) to area codes; `parse` reads a word as a sentence would be read.
    """
    found = [(one.group().lower(), *one.span()) for one in _WORD.finditer(text)]
    trade = _TRADE.fullmatch(found[0][0]) if found else None
    if trade is None or len(trade[1]) < 2 or (len(found) == 1 and not trade[2]):
        return None
    stated: list[Stated] = []
    for word, start, end in found[1:]:
        read = _field(word, today, places) or _spoken(word, parse)
        if read is None or any(one.field == read[0] for one in stated):
            return None
        stated.append(Stated(*read, start, end, text[start:end]))
    return Shorthand(trade[1], int(trade[2]) if trade[2] else None, tuple(stated))


@lru_cache(maxsize=8)
def place_letters(areas: tuple[tuple[str, str], ...], home: str) -> Mapping[str, str]:
    """Pinyin and initials of areas (code, name) to codes; of several, the one under `home`."""
    found: dict[str, set[str]] = {}
    for code, name in areas:
        sounds = words.pinyin(words.fold(name).removesuffix("街道"))
        for form in (sounds.replace(" ", ""), words.initials(sounds)):
            found.setdefault(form, set()).add(code)
    near = {form: {c for c in codes if c.startswith(home)} for form, codes in found.items()}
    sure = {form: codes if len(codes) == 1 else near[form] for form, codes in found.items()}
    return {form: min(codes) for form, codes in sure.items() if len(codes) == 1 and len(form) > 1}


def _field(word: str, today: date, places: Mapping[str, str]) -> tuple[str, Any] | None:
    heads, budget = _HEADS.fullmatch(word), _BUDGET.fullmatch(word)
    if _LEVEL.fullmatch(word):
        return "level", _LOWEST - int(word)
    if heads:
        return "heads", int(heads[1] or heads[2])
    if budget:
        return "budget", float(budget[1] or budget[2])
    if word in places:
        return "area", places[word]
    return _latest(word, today)


def _latest(word: str, today: date) -> tuple[str, Any] | None:
    day = _DAY.fullmatch(word)
    if day is None:
        return None
    try:
        found = date(int(day[1] or today.year), int(day[2]), int(day[3]))
        return "latest", found if day[1] or found >= today else found.replace(year=today.year + 1)
    except ValueError:
        return None


def _spoken(word: str, parse: Callable[[str], Sequence[Stated]]) -> tuple[str, Any] | None:
    read = parse(word)
    if len(read) == 1 and (read[0].start, read[0].end) == (0, len(word)):
        return read[0].field, read[0].value
    return None
