"""Rules and rule sets: when one holds, what it gives, how often; amounts are in fen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from matching.subsidy import conditions
from matching.subsidy.conditions import ALWAYS, Condition, Lists
from matching.subsidy.facts import Facts, Value, read_value, write_value

KINDS = ("training", "assessment", "living", "startup", "apprenticeship", "project")
SUBJECTS = ("trainee", "firm", "class", "programme")
PAPERS = ("certificate", "roster", "attendance", "invoice", "contract", "bank_account", "identity")
OCCUPATION, LEVEL = "class.occupation", "class.level"


@dataclass(frozen=True, slots=True)
class Formula:
    """How much: `fixed` fen, `by` a field's value, fen `per` unit of one, a `share` of one in yuan."""

    kind: str = "fixed"
    fen: int = 0
    field: str = ""
    table: tuple[tuple[Value, int], ...] = ()
    percent: Decimal = Decimal(0)
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """How often or how much: `year`/`ever` times, `once` a trade and level, `upward`, `firm` fen a year."""

    kind: str
    most: int = 1


@dataclass(frozen=True, slots=True)
class Uplift:
    """So many percent more for trades of a list."""

    percent: int
    of: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause; without days of its own it holds as long as its set does. `adds` goes on top of others."""

    code: str
    clause: str
    kind: str
    when: Condition = ALWAYS
    amount: Formula = field(default_factory=Formula)
    caps: tuple[Cap, ...] = ()
    uplift: Uplift | None = None
    subject: str = "trainee"
    adds: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    papers: tuple[str, ...] = ()
    claim_months: int | None = None


@dataclass(frozen=True, slots=True)
class Fund:
    """What firms set aside and may deduct, in percent of payroll; `front` names whose share counts."""

    floor: Decimal = Decimal("1.5")
    cap: Decimal = Decimal("2.5")
    share: Decimal = Decimal(60)
    front: str = "front_line"
    deduct: Decimal = Decimal(8)
    carry_years: int | None = None


@dataclass(frozen=True, slots=True)
class Teaching:
    """What is asked of an institution's instructors; `full_time` of `full_time_of` are full-time.

    `certified` percent of those who teach theory and practice hold a valid certificate, `per_course` may
    teach each course, and in a year `enrolled` percent as many people are trained as it has students.
    """

    institutions: int = 3
    full_time: int = 1
    full_time_of: int = 3
    refresher_months: int | None = None
    shop_floor_days: int | None = None
    certified: int | None = None
    per_course: int | None = None
    enrolled: int | None = None


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One edition of the rules of an area: an edition is never changed, the next one takes its place."""

    code: str
    number: int
    area: str
    name: str
    source: str
    valid_from: date
    valid_to: date | None = None
    rules: tuple[Rule, ...] = ()
    lists: Lists = field(default_factory=dict)
    covers: tuple[int, ...] = ()
    budget: int | None = None
    decide_days: int = 20
    fund: Fund | None = None
    teaching: Teaching | None = None

    def holds_on(self, rule: Rule, day: date) -> bool:
        """Whether a rule of the set holds on a day."""
        first, last = self.days(rule)
        return first <= day and (last is None or day <= last)

    def days(self, rule: Rule) -> tuple[date, date | None]:
        """The first and the last day of a rule within its set; the last before the first: none."""
        first = max(self.valid_from, rule.valid_from or self.valid_from)
        ends = [day for day in (self.valid_to, rule.valid_to) if day is not None]
        return first, min(ends) if ends else None


@dataclass(frozen=True, slots=True)
class Amount:
    """What a formula comes to, or the facts it misses; neither where its table has no such value."""

    fen: int | None = None
    missing: tuple[str, ...] = ()


def amount_of(rule: Rule, facts: Facts, lists: Lists) -> Amount:
    """What a rule gives for facts, bounds first, then what is added for trades of a list."""
    formula, uplift = rule.amount, rule.uplift
    wanted = [formula.field] if formula.field else []
    wanted += [OCCUPATION] if uplift else []
    missing = tuple(name for name in wanted if name not in facts)
    if missing:
        return Amount(missing=missing)
    fen = _before_bounds(formula, facts)
    if fen is None:
        return Amount()
    if formula.least is not None:
        fen = max(fen, formula.least)
    if formula.most is not None:
        fen = min(fen, formula.most)
    if uplift and facts[OCCUPATION] in lists.get(uplift.of, ()):
        fen = _whole(Decimal(fen) * (100 + uplift.percent) / 100)
    return Amount(fen)


def _before_bounds(formula: Formula, facts: Facts) -> int | None:
    if formula.kind == "fixed":
        return formula.fen
    fact = facts[formula.field]
    if formula.kind == "by":
        return dict(formula.table).get(fact)
    if not isinstance(fact, Decimal):
        return None
    return _whole(fact * (formula.fen if formula.kind == "per" else formula.percent))


def _whole(fen: Decimal) -> int:
    return int(fen.quantize(Decimal(1), ROUND_HALF_UP))


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule as JSON values, its condition as a tree."""
    told = {
        "code": rule.code,
        "clause": rule.clause,
        "kind": rule.kind,
        "subject": rule.subject,
        "when": conditions.to_json(rule.when),
        "amount": _formula_json(rule.amount),
        "caps": [{"kind": cap.kind, "most": cap.most} for cap in rule.caps],
        "uplift": rule.uplift and {"percent": rule.uplift.percent, "list": rule.uplift.of},
        "adds": rule.adds,
        "valid_from": rule.valid_from and rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(),
        "papers": list(rule.papers),
        "claim_months": rule.claim_months,
    }
    return {name: value for name, value in told.items() if value not in (None, [], False)}


def rule_from_json(told: Mapping[str, Any]) -> Rule:
    """The rule that `rule_json` told."""
    uplift = told.get("uplift")
    return Rule(
        code=told["code"],
        clause=told["clause"],
        kind=told["kind"],
        subject=told.get("subject", "trainee"),
        when=conditions.from_json(told.get("when", {"all": []})),
        amount=_formula_from(told["amount"]),
        caps=tuple(Cap(cap["kind"], cap["most"]) for cap in told.get("caps", ())),
        uplift=Uplift(uplift["percent"], uplift["list"]) if uplift else None,
        adds=told.get("adds", False),
        valid_from=_day(told.get("valid_from")),
        valid_to=_day(told.get("valid_to")),
        papers=tuple(told.get("papers", ())),
        claim_months=told.get("claim_months"),
    )


def _formula_json(formula: Formula) -> dict[str, Any]:
    told = {
        "kind": formula.kind,
        "fen": formula.fen or None,
        "field": formula.field or None,
        "table": {write_value(formula.field, key): fen for key, fen in formula.table} or None,
        "percent": str(formula.percent) if formula.percent else None,
        "least": formula.least,
        "most": formula.most,
    }
    return {name: value for name, value in told.items() if value is not None}


def _formula_from(told: Mapping[str, Any]) -> Formula:
    name = told.get("field", "")
    table = told.get("table", {}).items()
    return Formula(
        told["kind"],
        told.get("fen", 0),
        name,
        tuple((read_value(name, key), fen) for key, fen in table),
        Decimal(told.get("percent", "0")),
        told.get("least"),
        told.get("most"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def level_of(facts: Facts) -> int | None:
    """The rank of the level, where the facts tell it."""
    found = facts.get(LEVEL)
    return int(found) if isinstance(found, Decimal) else None
