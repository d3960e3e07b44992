"""What somebody looks for in the audit trail, read from a line of words; days there are days gone by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from store.errors import UsageError
from store.services.trail import Wanted
from tui.i18n import in_chinese
from tui.words import ACTS, KINDS

_DAYS = re.compile(r"(\d+-[\d-]+)(?:\.\.([\d-]+))?")
_CODE = re.compile(r"[A-Z][A-Z0-9-]*\d[A-Z0-9-]*|[A-Z]+-[A-Z0-9-]+|\d+")
_LOGIN = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def past_day(text: str, today: date) -> date:
    """A day like `2026-11-21`, or `11-21`, which is the last one of that name."""
    found = re.fullmatch(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})", text.strip())
    try:
        if found is None:
            raise ValueError
        day = date(int(found[1] or today.year), int(found[2]), int(found[3]))
        return day if found[1] or day <= today else day.replace(year=day.year - 1)
    except ValueError:
        raise UsageError("not_a_day", text=text[:40]) from None


def read_wanted(text: str, today: date) -> Wanted:
    """Words such as `wangfang key revoke 11-01..11-20`: people, kinds, acts, codes, days, `refused`."""
    fields: dict[str, Any] = {}
    for word in text.split():
        fields.update(_read(word, today))
    return Wanted(**fields)


def _read(word: str, today: date) -> Mapping[str, object]:
    days = _DAYS.fullmatch(word)
    if days is not None:
        first = past_day(days[1], today)
        return {"since": first, "until": past_day(days[2], today) if days[2] else first}
    for field, names in (("kind", KINDS), ("act", ACTS)):
        name = _named(word, names)
        if name is not None:
            return {"refused": True} if name in ("refused", "refusal") else {field: name}
    if _CODE.fullmatch(word):
        return {"code": word}
    if _LOGIN.fullmatch(word):
        return {"login": word}
    raise UsageError("trail_word", text=word[:40])


def _named(word: str, names: Mapping[str, str]) -> str | None:
    """The name of a kind or an act, from itself or its words in either language."""
    typed = word.lower()
    return next(
        (name for name, said in names.items() if typed in (name, said, in_chinese(said))), None
    )
