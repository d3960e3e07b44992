"""What rules give on a day: allowed, refused or unknown, how much, by which clause and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from matching.subsidy.conditions import Tested, decisive, holds
from matching.subsidy.facts import Facts
from matching.subsidy.rules import OCCUPATION, Cap, Rule, RuleSet, amount_of, level_of


@dataclass(frozen=True, slots=True)
class Claimed:
    """Money that was asked for and not refused: by whom, of which kind, for what, counted on which day."""

    person: str
    kind: str
    day: date
    occupation: str = ""
    level: int | None = None
    firm: str = ""
    fen: int = 0
    set: str = ""


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a cap is used; `budget` is the whole set's, in fen as `firm` is."""

    cap: str
    used: int
    most: int
    is_full: bool


@dataclass(frozen=True, slots=True)
class Item:
    """What one rule says. `is_open`: nobody was named, so what was had before was not counted."""

    set: str
    number: int
    rule: str
    kind: str
    clause: str
    source: str
    standing: str
    fen: int | None
    because: tuple[Tested, ...]
    missing: tuple[str, ...]
    caps: tuple[Used, ...]
    is_open: bool
    adds: bool
    no_amount: bool = False


def in_force(sets: Iterable[RuleSet], day: date) -> list[RuleSet]:
    """Of each rule set the newest edition that has begun, unless that has ended."""
    newest: dict[str, RuleSet] = {}
    for one in sets:
        known = newest.get(one.code)
        is_newer = known is None or (one.valid_from, one.number) > (known.valid_from, known.number)
        if one.valid_from <= day and is_newer:
            newest[one.code] = one
    return [one for one in newest.values() if one.valid_to is None or day <= one.valid_to]


def rules_on(
    sets: Iterable[RuleSet], areas: Sequence[str], day: date
) -> list[tuple[RuleSet, Rule]]:
    """The rules that hold in an area, named with those above it, nearest first.

    Of a kind and subject the nearest area's hold; what adds goes on top from every area.
    """
    here = [one for one in in_force(sets, day) if one.area in areas]
    here.sort(key=lambda one: (areas.index(one.area), one.code))
    holder: dict[tuple[str, str], str] = {}
    found = []
    for one in here:
        for rule in one.rules:
            if not one.holds_on(rule, day):
                continue
            nearest = one.area
            if not rule.adds:
                nearest = holder.setdefault((rule.kind, rule.subject), one.area)
            if nearest == one.area:
                found.append((one, rule))
    return found


def answers(
    rules: Sequence[tuple[RuleSet, Rule]],
    facts: Facts,
    day: date,
    history: Sequence[Claimed] = (),
    person: str | None = None,
) -> tuple[Item, ...]:
    """What each rule says of facts on a day, with what was claimed before."""
    return tuple(answer(one, rule, facts, day, history, person) for one, rule in rules)


def answer(
    one: RuleSet,
    rule: Rule,
    facts: Facts,
    day: date,
    history: Sequence[Claimed] = (),
    person: str | None = None,
) -> Item:
    """What one rule says."""
    truth = holds(rule.when, facts, one.lists)
    because = tuple(dict.fromkeys(decisive(rule.when, facts, one.lists)))
    amount = amount_of(rule, facts, one.lists)
    missing = [tested.test.field for tested in because if tested.holds is None]
    caps = _caps_used(one, rule, facts, day, (history, person, amount.fen or 0))
    if truth is not False:
        missing += amount.missing
        if any(cap.kind in ("once", "upward") for cap in rule.caps) and person:
            missing += [] if OCCUPATION in facts else [OCCUPATION]
    no_amount = amount.fen is None and not amount.missing
    is_out = truth is False or no_amount or any(cap.is_full for cap in caps)
    standing = "refused" if is_out else "unknown" if truth is None or missing else "allowed"
    return Item(
        set=one.code,
        number=one.number,
        rule=rule.code,
        kind=rule.kind,
        clause=rule.clause,
        source=one.source,
        standing=standing,
        fen=amount.fen if standing == "allowed" else None,
        because=because,
        missing=tuple(dict.fromkeys(missing)) if standing == "unknown" else (),
        caps=caps,
        is_open=any(
            "firm.code" not in facts if cap.kind == "firm" else not person for cap in rule.caps
        ),
        adds=rule.adds,
        no_amount=no_amount,
    )


_Asked = tuple[Sequence[Claimed], str | None, int]


def _caps_used(
    one: RuleSet, rule: Rule, facts: Facts, day: date, asked: _Asked
) -> tuple[Used, ...]:
    history, person, fen = asked
    found = [
        _used(cap, rule, facts, day, asked)
        for cap in rule.caps
        if (cap.kind == "firm" and "firm.code" in facts) or (cap.kind != "firm" and person)
    ]
    if one.budget is not None:
        spent = sum(c.fen for c in history if c.set == one.code and c.day.year == day.year)
        found.append(Used("budget", spent, one.budget, spent + fen > one.budget))
    return tuple(found)


def _used(cap: Cap, rule: Rule, facts: Facts, day: date, asked: _Asked) -> Used:
    history, person, fen = asked
    same = [c for c in history if c.kind == rule.kind]
    if cap.kind == "firm":
        firm = facts["firm.code"]
        spent = sum(c.fen for c in same if c.firm == firm and c.day.year == day.year)
        return Used(cap.kind, spent, cap.most, spent + fen > cap.most)
    own = [c for c in same if c.person == person]
    trade, level = facts.get(OCCUPATION), level_of(facts)
    if cap.kind == "year":
        own = [c for c in own if c.day.year == day.year]
    elif cap.kind == "once":
        own = [c for c in own if (c.occupation, c.level) == (trade, level)]
    elif cap.kind == "upward":
        own = [c for c in own if c.occupation == trade and (c.level or 0) > (level or 0)]
    return Used(cap.kind, len(own), cap.most, len(own) >= cap.most)
