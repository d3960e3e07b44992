"""Rates of the training fund and demands on instructors as people type them: `floor 1.5; cap 2.5`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from typing import Any

from matching.subsidy.facts import LEVELS, WordingError, read_value
from matching.subsidy.rules import LEVEL, Fund, Teaching

_DEMANDS = (
    "institutions",
    "refresher_months",
    "shop_floor_days",
    "certified",
    "per_course",
    "enrolled",
)
_FRONTS = ("front_line", "everybody")


def read_fund(text: str) -> Fund | None:
    """`floor 1.5; cap 2.5; share 60; front front_line; deduct 8; carry_years 3`; the rest as usual."""
    if not text.strip():
        return None
    told: dict[str, Any] = {}
    for name, value in _pairs(text):
        if name == "front" and value in _FRONTS:
            told[name] = value
        elif name == "carry_years" and value.isdecimal():
            told[name] = int(value)
        elif name in ("floor", "cap", "share", "deduct"):
            told[name] = _percent(name, value)
        else:
            raise WordingError("rule_setting", f"{name} {value}")
    return Fund(**told)


def read_teaching(text: str) -> Teaching | None:
    """`institutions 3; full_time 1/3; certified 90; per_course 15; enrolled 50`; the rest as usual."""
    if not text.strip():
        return None
    told: dict[str, int] = {}
    for name, value in _pairs(text):
        share = re.fullmatch(r"([1-9])/([1-9]\d?)", value)
        if name == "full_time" and share and int(share[1]) <= int(share[2]):
            told["full_time"], told["full_time_of"] = int(share[1]), int(share[2])
        elif name in _DEMANDS and re.fullmatch(r"[1-9]\d{0,2}", value):
            told[name] = int(value)
        else:
            raise WordingError("rule_setting", f"{name} {value}")
    return Teaching(**told)


def write_fund(fund: Fund | None) -> str:
    """Rates as they are typed."""
    return _written(asdict(fund)) if fund else ""


def write_teaching(teaching: Teaching | None) -> str:
    """Demands as they are typed."""
    if teaching is None:
        return ""
    told = asdict(teaching)
    share = f"{told.pop('full_time')}/{told.pop('full_time_of')}"
    return _written({**told, "full_time": share})


def _written(told: Mapping[str, object]) -> str:
    return "; ".join(f"{name} {value}" for name, value in told.items() if value is not None)


def read_lists(text: str) -> Mapping[str, tuple[str, ...]]:
    """`shortage=6-18-01-01,6-18-02-04; parks=…`: lists that conditions name with an @."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in re.split("[;；]", text))):
        name, sign, codes = part.partition("=")
        members = tuple(c.strip() for c in re.split("[,，、]", codes) if c.strip())
        if not sign or not re.fullmatch(r"\w+", name.strip()) or not members:
            raise WordingError("rule_list", part)
        found[name.strip()] = members
    return found


def write_lists(lists: Mapping[str, Any]) -> str:
    """Lists as they are typed."""
    return "; ".join(f"{name}={','.join(codes)}" for name, codes in lists.items())


def read_covers(text: str) -> tuple[int, ...]:
    """Levels that a rule set should leave no hole in: `五级,四级,三级`."""
    words = [word.strip() for word in re.split("[,，、]", text) if word.strip()]
    return tuple(sorted({int(Decimal(str(read_value(LEVEL, word)))) for word in words}))


def write_covers(covers: tuple[int, ...]) -> str:
    """Levels by their words."""
    return ",".join(LEVELS[rank - 1] for rank in covers)


def _pairs(text: str) -> list[tuple[str, str]]:
    parts = [part.split() for part in re.split("[;；]", text) if part.strip()]
    for part in parts:
        if len(part) != 2:
            raise WordingError("rule_setting", " ".join(part))
    return [(part[0], part[1]) for part in parts]


def _percent(name: str, value: str) -> Decimal:
    try:
        found = Decimal(value.rstrip("%％"))
    except InvalidOperation as error:
        raise WordingError("rule_setting", f"{name} {value}") from error
    if not (found.is_finite() and 0 <= found <= 100):
        raise WordingError("rule_setting", f"{name} {value}")
    return found
