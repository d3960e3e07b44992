"""What is agreed on: price, heads, dates, what is included, the cancellation scale copied in for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from store.models import in_fen
from store.schemas.terms import TermsDraft
from store.services.plans import Plan, session_lines

# Days before the first session and the percent of the price then owed; before the first line nothing.
# The scale of SAC: 20 to 30 days 50 %, 10 to 19 days 75 %, less 100 %.
SCALE = ((30, 50), (19, 75), (9, 100))
_MOST_NOTE = 500
# Who has to agree anew when a term changes: everyone, or only those it is about.
_CONCERNS: Mapping[str, tuple[str, ...]] = {
    "price_fen": ("course", "enterprise"),
    "scale": ("course", "enterprise"),
    "no_show_percent": ("course", "enterprise"),
    "includes": ("course", "enterprise"),
    "note": (),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """One round of terms; `price_fen` is a head's, None unknown; `scale` is (days before, percent owed)."""

    heads: int
    price_fen: int | None
    sessions: tuple[str, ...]
    instructors: tuple[str, ...] = ()
    venue: str | None = None
    assessment: str | None = None
    scale: tuple[tuple[int, int], ...] = SCALE
    no_show_percent: int = 100
    includes: str = ""
    note: str = ""

    @property
    def total_fen(self) -> int | None:
        """The price of all heads."""
        return None if self.price_fen is None else self.price_fen * self.heads


@dataclass(frozen=True, slots=True)
class Change:
    """One term that two rounds say differently."""

    name: str
    before: Any
    after: Any


@cache
def _adapter() -> TypeAdapter[Terms]:
    return TypeAdapter(Terms)


def of_plan(plan: Plan, like: Terms | None = None) -> Terms:
    """The terms that a plan comes with, the rest as in other terms."""
    found = Terms(
        plan.heads,
        plan.price_fen,
        session_lines(plan.sessions),
        plan.instructors,
        plan.venue,
        plan.assessment,
    )
    if like is None:
        return found
    return replace(
        found,
        scale=like.scale,
        no_show_percent=like.no_show_percent,
        includes=like.includes,
        note=like.note,
    )


def changed(before: Terms, said: TermsDraft) -> Terms:
    """Terms with what somebody typed; what they left out stays."""
    new = {
        name: value
        for name in ("scale", "no_show_percent", "includes", "note")
        if (value := getattr(said, name)) is not None
    }
    if said.price is not None:
        new["price_fen"] = in_fen(said.price)
    return replace(before, **new)


def without_price(terms: Terms) -> Terms:
    """Terms for a party that lends a part: what the course costs and on which conditions is not said."""
    return replace(terms, price_fen=None, scale=(), no_show_percent=0, includes="")


def dumps(terms: Terms) -> str:
    """Terms as JSON."""
    return _adapter().dump_json(terms).decode()


def loads(text: str) -> Terms:
    """Terms from their JSON."""
    return _adapter().validate_json(text)


def changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    """Terms that differ, in the order they are written in."""
    return tuple(
        Change(f.name, getattr(before, f.name), getattr(after, f.name))
        for f in fields(Terms)
        if getattr(before, f.name) != getattr(after, f.name)
    )


def is_concerned(parts: tuple[str, ...], changed: tuple[Change, ...]) -> bool:
    """Whether a party has to agree anew to changed terms: only those whose own terms changed do."""
    for change in changed:
        wanted = _CONCERNS.get(change.name)
        if wanted is None or set(wanted) & set(parts):
            return True
    return False


def fee_fen(terms: Terms, first_day: date, today: date) -> int | None:
    """What cancelling costs today by the frozen scale, in fen; None where the price is unknown."""
    percent = owed_percent(terms, first_day, today)
    if terms.total_fen is None:
        return None if percent else 0
    return -(-terms.total_fen * percent // 100)


def owed_percent(terms: Terms, first_day: date, today: date) -> int:
    """The percent of the price that is owed when a class is cancelled today."""
    days = (first_day - today).days
    return max((percent for most, percent in terms.scale if days <= most), default=0)


def no_show_fen(terms: Terms, heads: int) -> int | None:
    """What heads that did not come cost, in fen."""
    if terms.price_fen is None:
        return None
    return -(-terms.price_fen * heads * terms.no_show_percent // 100)
