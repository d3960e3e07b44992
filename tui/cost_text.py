"""Costs of shared rooms in words and as sheets, and lines that enter them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from store.errors import UsageError
from store.schemas.cost import Borne, Cost, CostDraft
from tui.i18n import _
from tui.render import money
from tui.sheets import Column, Line, Sheet
from tui.typed import typed_day

_LEAST, _MOST = 4, 5
_FEWEST = 2  # institutions that share


def sheet(found: Sequence[Cost]) -> Sheet:
    """Agreements by venue and day."""
    columns = (
        Column("code", _("Code"), 8),
        Column("venue", _("Venue"), 20),
        Column("hour", _("Yuan/hour"), 10),
        Column("first_day", _("Starts"), 10),
        Column("last_day", _("Ends"), 10),
        Column("equipment", _("Equipment"), 14),
        Column("shares", _("Shares"), 20),
    )
    lines_ = tuple(
        Line(
            one.code,
            (one.code, one.venue_name, money(one.hour_fen), one.first_day.isoformat(),
             one.last_day.isoformat(), one.equipment_name or _("every type"), shares(one)),
        )
        for one in found
    )  # fmt: skip
    told = _("{count} shared rooms").format(count=len(found))
    return Sheet("shared_costs", _("Shared costs"), columns, lines_, told)


def sums(found: Sequence[Borne], first: date, last: date) -> Sheet:
    """What each institution bears over some days."""
    columns = (
        Column("institution", _("Code"), 8),
        Column("name", _("Institution"), 30),
        Column("classes", _("Classes"), 7),
        Column("amount", _("Bears"), 12),
    )
    lines_ = tuple(
        Line(one.institution, (one.institution, one.name, one.classes, money(one.fen)))
        for one in found
    )
    told = _("{first} to {last}: {amount} together").format(
        first=first, last=last, amount=money(sum(one.fen for one in found))
    )
    return Sheet("borne", _("Shared costs by institution"), columns, lines_, told)


def shares(one: Cost) -> str:
    """`T01 60 %, T02 40 %`."""
    return _(", ").join(f"{part.institution} {part.percent} %" for part in one.parts)


def lines(one: Cost) -> Iterator[str]:
    """Everything about one."""
    yield f"{one.code}  {one.venue} {one.venue_name}"
    yield one.equipment_name or _("every type")
    yield _("A station's hour: {amount}").format(amount=money(one.hour_fen))
    yield _("{first} to {last}").format(first=one.first_day, last=one.last_day)
    for part in one.parts:
        yield f"  {part.institution} {part.name}  {part.percent} %"
    if one.note:
        yield one.note


def borne_lines(institution: str, found: Sequence[Cost]) -> Iterator[str]:
    """The agreements that an institution bears a part of."""
    for one in found:
        for part in one.parts:
            if part.institution == institution:
                yield f"{one.code}  {one.venue_name}  {part.percent} %"


def read_cost(words: str, today: date) -> CostDraft:
    """`VENUE; YUAN; FIRST..LAST; T01 60, T02 40[; EQUIPMENT]` as a draft."""
    from tui.cli.people import checked

    parts = [part.strip() for part in words.replace("；", ";").split(";")]
    if not _LEAST <= len(parts) <= _MOST or ".." not in parts[2]:
        raise UsageError("cost_words", text=words[:80])
    first, _dots, last = parts[2].partition("..")
    draft: CostDraft = checked(
        CostDraft,
        {
            "venue": parts[0].upper(),
            "hour": parts[1],
            "first_day": typed_day(first, today).isoformat(),
            "last_day": typed_day(last, today).isoformat(),
            "shares": read_shares(parts[3]),
            "equipment": parts[_LEAST].upper() if len(parts) > _LEAST and parts[_LEAST] else None,
        },
    )
    return draft


def read_shares(words: str) -> Mapping[str, str]:
    """`T01 60, T02 40` or `T01=60,T02=40` as percent by institution."""
    found = {}
    for part in words.replace("，", ",").replace("=", " ").replace("%", "").split(","):
        code, _space, percent = part.strip().upper().partition(" ")
        if code in found or not percent.strip().isdecimal():
            raise UsageError("shares_words", text=words[:80])
        found[code] = percent.strip()
    if len(found) < _FEWEST:
        raise UsageError("shares_words", text=words[:80])
    return found
