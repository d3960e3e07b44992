"""What is asked of an institution's instructors: for how many they teach, full-time share, what is due."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matching.subsidy.rules import Teaching


@dataclass(frozen=True, slots=True)
class Member:
    """One instructor: where they taught in 365 days, last refresher, days on a shop floor this year."""

    code: str
    name: str
    employment: str
    institutions: frozenset[str]
    refreshed: date | None = None
    shop_floor_days: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One instructor against the rules: used of most institutions, when the refresher is due, days to go."""

    code: str
    name: str
    employment: str
    used: int | None
    most: int
    refresher_due: date | None
    is_refresher_over: bool | None
    shop_floor_left: int | None


@dataclass(frozen=True, slots=True)
class Faculty:
    """The full-time share, and what would break it: so many leaving, so many others hired; 0 means broken."""

    full_time: int
    total: int
    wanted: tuple[int, int]
    is_met: bool
    breaks_at_leaves: int
    breaks_at_hires: int
    full_timers: tuple[str, ...]
    members: tuple[Standing, ...]


def look(members: Sequence[Member], rules: Teaching, today: date) -> Faculty:
    """Everybody of one institution against the rules of a day."""
    own, of = rules.full_time, rules.full_time_of
    full = [one.code for one in members if one.employment == "full_time"]
    total = len(members)
    spare = of * len(full) - own * total  # at least 0 while the share is met
    is_met = spare >= 0
    leaves = spare // (of - own) + 1 if of > own else 1
    hires = spare // own + 1 if own else 0
    return Faculty(
        full_time=len(full),
        total=total,
        wanted=(own, of),
        is_met=is_met,
        breaks_at_leaves=leaves if is_met else 0,
        breaks_at_hires=hires if is_met else 0,
        full_timers=tuple(full),
        members=tuple(_standing(one, rules, today) for one in members),
    )


def _standing(one: Member, rules: Teaching, today: date) -> Standing:
    due = None
    if rules.refresher_months is not None and one.refreshed is not None:
        due = months_after(one.refreshed, rules.refresher_months)
    left = None
    if rules.shop_floor_days is not None and one.shop_floor_days is not None:
        left = max(0, rules.shop_floor_days - one.shop_floor_days)
    return Standing(
        code=one.code,
        name=one.name,
        employment=one.employment,
        used=len(one.institutions) if one.employment == "part_time" else None,
        most=rules.institutions,
        refresher_due=due,
        is_refresher_over=None if due is None else due < today,
        shop_floor_left=left,
    )


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
