"""Words for the time limits of steps, for the calls screen and the commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from store.services.clocks import Clocks
from tui.i18n import _, mark

_WORDS = {
    "draft_minutes": mark("a draft holds what it takes"),
    "allocation_minutes": mark("what an allocation or a repair holds"),
    "institution_days": mark("an institution answers a proposal"),
    "enterprise_days": mark("a firm answers a proposal"),
    "confirm_days": mark("the centre confirms what all agreed to"),
    "claim_days": mark("the first in a waiting line takes places up"),
    "decide_days": mark("before a class: decide whether it is held"),
    "undo_minutes": mark("a step can be taken back"),
    "need_days": mark("an open need expires"),
    "retry_minutes": mark("nobody answered: ring again"),
    "merge_days": mark("merged records can be parted again"),
    "suggest_days": mark("a suggestion waits for an answer"),
    "case_days": mark("an expert answers a consultation"),
    "remind_days": mark("before a class: remind everybody"),
    "renew_days": mark("a need ran out: ask the firm about it"),
}


def clock_word(name: str) -> str:
    """What a time limit is about."""
    return _(_WORDS[name])


def value_told(name: str, value: int) -> str:
    """A number with its unit: minutes, calendar days of a need, working days."""
    if name.endswith("_minutes"):
        return _("{count} min").format(count=value)
    if name in ("need_days", "renew_days"):
        return _("{count} days").format(count=value)
    return _("{count} working days").format(count=value)


def rows(found: Clocks) -> Iterator[tuple[str, str, str]]:
    """Each time limit: its name, its value, what it is about."""
    for name, value in asdict(found).items():
        yield name, value_told(name, value), clock_word(name)
