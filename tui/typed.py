"""Short ways of typing dates and weekly times, read into the forms that are stored."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from matching.types import Mode
from matching.weekly import parse_weekly
from store.errors import UsageError
from store.lifecycles import NEED
from store.services.filters import NeedFilter
from store.services.shelves import ShelfFilter
from store.standard.days import read_day
from tui.words import value_word

_TIMES = {
    "晚上": "Mon-Fri 18:30-21:30",
    "晚": "Mon-Fri 18:30-21:30",
    "eve": "Mon-Fri 18:30-21:30",
    "周末": "Sat,Sun all day",
    "wknd": "Sat,Sun all day",
    "白天": "Mon-Fri 08:30-17:30",
    "day": "Mon-Fri 08:30-17:30",
}
_UNTIL = re.compile(r"\s*(?:至|到|~|～|\.{2,}|…|—+|–)\s*|[\s,，、]+")
_YUAN = "(?:元|块钱?)?"
_JUST_PAST = 60  # days within which a day without a year is one that is past
_SPLIT = re.compile(r"[+＋、，,和及\s]+")


def typed_day(text: str, today: date) -> date:
    """The day that somebody typed; what is no day is refused."""
    try:
        return date.fromisoformat(read_day(text, today))
    except ValueError:
        raise UsageError("not_a_day", text=text) from None


def typed_week(text: str, today: date) -> date:
    """The Monday of the week that somebody typed: `2026-W48`, `W48`, or any day of it."""
    found = re.fullmatch(r"(?:(\d{4})-?)?[Ww](\d{1,2})", text.strip())
    if found is None:
        day = typed_day(text, today)
        return day - timedelta(days=day.weekday())
    try:
        return date.fromisocalendar(int(found[1] or today.isocalendar().year), int(found[2]), 1)
    except ValueError:
        raise UsageError("not_a_week", text=text) from None


def typed_month(text: str) -> date:
    """The first day of the month that somebody typed; what is no month is refused."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        raise UsageError("not_a_month", text=text) from None


def typed_days(text: str, today: date) -> tuple[date, date]:
    """First and last day: `11-23至11-29`, `11-23~11-29`, `11-23..11-29`, `11-23 11-29`, or one day alone.

    The second of two days without a year is not before the first: `12-28 1-3` goes over New Year.
    """
    words = [word for word in _UNTIL.split(text.strip()) if word]
    if not 1 <= len(words) <= 2:
        raise UsageError("not_two_days" if words else "not_a_day", text=text)
    first = typed_day(words[0], today)
    last = typed_day(words[-1], today)
    if last < first and _is_next_year(words[-1], first, last):
        last = typed_day(f"{last.year + 1}-{last:%m-%d}", today)
    if last < first:
        raise UsageError("days_backwards", first=first.isoformat(), last=last.isoformat())
    if last < today and not _has_year(words[-1]):  # else the year was meant, and others refuse it
        raise UsageError("days_over", text=text.strip(), last=last.isoformat())
    return first, last


def _is_next_year(word: str, first: date, last: date) -> bool:
    """Whether a day without a year, that would be long before another, is one of the year after."""
    return not _has_year(word) and (first - last).days > _JUST_PAST


def _has_year(word: str) -> bool:
    """Whether a day says its year, or how far ahead it is."""
    return bool(re.match(r"\d{4}\D|[+＋]", word))


def read_weekly(text: str) -> str:
    """`晚`, `周末`, `晚+周末` and `eve+wknd` for the usual patterns; other text comes back as it is."""
    parts = [part for part in _SPLIT.split(text.strip().lower()) if part]
    if parts and all(part in _TIMES for part in parts):
        return str(parse_weekly("; ".join(_TIMES[part] for part in parts)))
    return text.strip()


def read_filter(text: str) -> NeedFilter:
    """`open 四级 宝龙 skcg`: states in the session's language or as they are stored, and other words."""
    states = {word.lower(): state for state in NEED.states for word in (state, value_word(state))}
    states["待匹配"] = "open"  # what people call it
    words = text.split()
    return NeedFilter(
        tuple(states[word.lower()] for word in words if word.lower() in states),
        tuple(word for word in words if word.lower() not in states),
    )


def read_shelf(text: str, kept: Collection[str] = ()) -> ShelfFilter:
    """`四级 宝龙 线上 <2000`: yuan a head, modes as shown or stored, `kept` for those, other words."""
    modes = {word.lower(): mode.value for mode in Mode for word in (mode.value, value_word(mode))}
    found = ShelfFilter()
    for word in text.split():
        low = word.lower()
        if price := _prices(low):
            least, most = price
            found = replace(
                found, least_fen=least or found.least_fen, most_fen=most or found.most_fen
            )
        elif low in modes:
            found = replace(found, modes=(*found.modes, modes[low]))
        elif low in ("kept", "收藏"):
            found = replace(found, codes=tuple(kept))
        else:
            found = replace(found, words=(*found.words, word))
    return found


def _prices(word: str) -> tuple[int | None, int | None] | None:
    """Least and most of a word like `1000-2000`, `<2000`, `2000元以下`, `>500`, in fen."""
    if both := re.fullmatch(rf"(\d{{1,6}})[-~～—](\d{{1,6}}){_YUAN}", word):
        return int(both[1]) * 100, int(both[2]) * 100
    if most := re.fullmatch(
        rf"(?:[<≤＜]=?|不超过)(\d{{1,6}}){_YUAN}|(\d{{1,6}}){_YUAN}以[下内]", word
    ):
        return None, int(most[1] or most[2]) * 100
    if least := re.fullmatch(rf"[>≥＞]=?(\d{{1,6}}){_YUAN}|(\d{{1,6}}){_YUAN}以上", word):
        return int(least[1] or least[2]) * 100, None
    return None


def typed_number(text: str) -> int:
    """A whole number as people type it."""
    try:
        return int(text)
    except ValueError:
        raise UsageError("not_a_number", text=text) from None
