"""What is wrong with a rule set: contradictions with a witness, gaps, rules that never hold.

Values of a fact that every test treats alike stand for each other, so trying one of each is trying all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from matching.subsidy.conditions import Test, holds, tests_in
from matching.subsidy.facts import FIELDS, LEVELS, Facts, Value
from matching.subsidy.rules import LEVEL, OCCUPATION, Formula, Rule, RuleSet, amount_of

_DAY = timedelta(days=1)
_OTHER = "–"  # any word that no rule names
_SOON = timedelta(days=60)
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a rule set; `stops` says that it cannot be published with it."""

    code: str
    stops: bool
    rules: tuple[str, ...] = ()
    kind: str = ""
    first: date | None = None
    last: date | None = None
    levels: tuple[int, ...] = ()
    facts: Mapping[str, Value] = field(default_factory=dict)
    fen: tuple[int, ...] = ()
    name: str = ""


def findings(one: RuleSet, today: date) -> tuple[Finding, ...]:
    """Everything about a rule set, what stops it first."""
    unknown = tuple(_unknown(one))
    odd = {code for found in unknown for code in found.rules}
    sound = [rule for rule in one.rules if rule.code not in odd]
    never = [rule for rule in sound if not _is_reached(one, rule)]
    live = [rule for rule in sound if rule not in never]
    return (
        *unknown,
        *(Finding("unreachable", True, (rule.code,), rule.kind) for rule in never),
        *_contradictions(one, live),
        *_gaps_of_days(one),
        *_gaps_of_levels(one, live),
        *_expiring(one, today),
    )


def _unknown(one: RuleSet) -> Iterator[Finding]:
    for rule in one.rules:
        tests = list(tests_in(rule.when))
        named = [test.field for test in tests]
        named += [rule.amount.field] if rule.amount.field else []
        for name in dict.fromkeys(named):
            if name not in FIELDS:
                yield Finding("unknown_field", True, (rule.code,), rule.kind, name=name)
        lists = [test.of for test in tests if test.of]
        lists += [rule.uplift.of] if rule.uplift else []
        for name in dict.fromkeys(lists):
            if name not in one.lists:
                yield Finding("unknown_list", True, (rule.code,), rule.kind, name=name)


def _is_reached(one: RuleSet, rule: Rule) -> bool:
    first, last = one.days(rule)
    if last is not None and last < first:
        return False
    return next(_cases(one, [rule], {}), None) is not None


def _contradictions(one: RuleSet, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Two rules of one kind that give different amounts for the same facts on the same day."""
    for a, b in combinations(rules, 2):
        if (a.kind, a.subject) != (b.kind, b.subject) or a.adds or b.adds:
            continue
        days = _shared(one, a, b)
        if days is None:
            continue
        for facts, fen in _cases(one, [a, b], {}):
            if fen[0] != fen[1]:
                first, last = days
                codes = (a.code, b.code)
                yield Finding(
                    "contradiction", True, codes, a.kind, first, last, facts=facts, fen=fen
                )
                break


def _shared(one: RuleSet, a: Rule, b: Rule) -> tuple[date, date | None] | None:
    (a_first, a_last), (b_first, b_last) = one.days(a), one.days(b)
    ends = [day for day in (a_last, b_last) if day is not None]
    first, last = max(a_first, b_first), min(ends) if ends else None
    return None if last is not None and last < first else (first, last)


def _cases(
    one: RuleSet, rules: Sequence[Rule], given: Facts
) -> Iterator[tuple[Facts, tuple[int, ...]]]:
    """Facts for which every rule holds and gives an amount, one of each sort, with the amounts."""
    tests = [test for rule in rules for test in tests_in(rule.when)]
    names = [test.field for test in tests]
    names += [rule.amount.field for rule in rules if rule.amount.field]
    names += [OCCUPATION for rule in rules if rule.uplift]
    shared = sorted(dict.fromkeys(names), key=lambda name: (-names.count(name), name))
    choices = {name: _values(one, name, tests, rules) for name in shared if name not in given}
    yield from _try(one, rules, dict(given), choices)


def _try(
    one: RuleSet, rules: Sequence[Rule], facts: dict[str, Value], left: Mapping[str, list[Value]]
) -> Iterator[tuple[Facts, tuple[int, ...]]]:
    truths = [holds(rule.when, facts, one.lists) for rule in rules]
    if False in truths:
        return
    amounts = [amount_of(rule, facts, one.lists) for rule in rules]
    if all(truths) and all(amount.fen is not None for amount in amounts):
        yield dict(facts), tuple(amount.fen or 0 for amount in amounts)
        return
    if not left:
        return
    name = next(iter(left))
    rest = {other: values for other, values in left.items() if other != name}
    for value in left[name]:
        yield from _try(one, rules, {**facts, name: value}, rest)


def _values(one: RuleSet, name: str, tests: Sequence[Test], rules: Sequence[Rule]) -> list[Value]:
    """Values of a fact, one for each way in which tests and amounts can tell values apart."""
    here = [test for test in tests if test.field == name]
    formulas = [rule.amount for rule in rules if rule.amount.field == name]
    lists = {test.of for test in here if test.of}
    if name == OCCUPATION:
        lists |= {rule.uplift.of for rule in rules if rule.uplift}
    found: list[Value] = [value for test in here for value in test.values]
    found += [key for formula in formulas for key, _fen in formula.table]
    found += [code for of in sorted(lists) for code in one.lists.get(of, ())]
    every = _widened(name, found, formulas)
    if any(formula.kind in ("per", "share") for formula in formulas):
        return every
    sort = _sorter(one, here, formulas, sorted(lists))
    return list({sort(value): value for value in reversed(every)}.values())[::-1]


def _widened(name: str, found: Sequence[Value], formulas: Sequence[Formula]) -> list[Value]:
    """Values that are named, and those beside them."""
    told = FIELDS[name]
    if told.type == "yes":
        return [True, False]
    if told.type == "level":
        return [Decimal(rank) for rank in range(1, len(LEVELS) + 1)]
    if told.choices:
        return list(told.choices)
    if told.type == "word":
        return list(dict.fromkeys([*found, _OTHER]))
    numbers = {value for value in found if isinstance(value, Decimal)} | {Decimal(1)}
    for formula in formulas:
        slope = Decimal(formula.fen) if formula.kind == "per" else formula.percent
        ends = (formula.least, formula.most)
        numbers |= {Decimal(int(end / slope)) for end in ends if end is not None and slope}
    return sorted({value + step for value in numbers for step in (-1, 0, 1) if value + step >= 0})


def _sorter(
    one: RuleSet, tests: Sequence[Test], formulas: Sequence[Formula], lists: Sequence[str]
) -> Callable[[Value], tuple[object, ...]]:
    def sort(value: Value) -> tuple[object, ...]:
        by_test = (holds(test, {test.field: value}, one.lists) for test in tests)
        by_table = (dict(formula.table).get(value) for formula in formulas)
        return (*by_test, *by_table, *(value in one.lists.get(of, ()) for of in lists))

    return sort


def _gaps_of_days(one: RuleSet) -> Iterator[Finding]:
    """Days of the set on which a kind that it speaks of has no rule."""
    for kind in dict.fromkeys(rule.kind for rule in one.rules if not rule.adds):
        for first, last in _uncovered(one, [rule for rule in one.rules if rule.kind == kind]):
            yield Finding("gap_days", False, kind=kind, first=first, last=last)


def _uncovered(one: RuleSet, rules: Sequence[Rule]) -> Iterator[Span]:
    end = _end(one)
    next_day = one.valid_from
    spans = sorted(_closed(one, rule, end) for rule in rules if not rule.adds)
    for first, last in spans:
        if first > min(last, end):
            continue
        if first > next_day:
            yield next_day, first - _DAY
        next_day = max(next_day, last + _DAY)
    if next_day <= end:
        yield next_day, end


def _end(one: RuleSet) -> date:
    """The set's last day; of one without, the last border of a rule."""
    borders = [day for rule in one.rules for day in (rule.valid_from, rule.valid_to) if day]
    return one.valid_to or max([*borders, one.valid_from])


def _closed(one: RuleSet, rule: Rule, end: date) -> Span:
    first, last = one.days(rule)
    return first, last or end


def _gaps_of_levels(one: RuleSet, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Levels that the set should cover, and between two days no rule of a kind does."""
    end = _end(one)
    for kind in dict.fromkeys(rule.kind for rule in one.rules if not rule.adds):
        said = [rule for rule in one.rules if rule.kind == kind and not rule.adds]
        if not any(_names_levels(rule) for rule in said):
            continue
        spans = {rule.code: _closed(one, rule, end) for rule in rules if rule in said}
        starts = {day for day in (one.valid_from, *_borders(spans.values())) if day <= end}
        for first, last in _pieces(sorted(starts), end):
            here = [r for r in rules if r.code in spans and _is_in(first, spans[r.code])]
            levels = tuple(rank for rank in one.covers if not _covers(one, here, rank))
            if levels and (here or len(starts) == 1):
                yield Finding("gap_level", False, (), kind, first, last, levels)


def _names_levels(rule: Rule) -> bool:
    names = {test.field for test in tests_in(rule.when)} | {rule.amount.field}
    return LEVEL in names


def _borders(spans: Iterable[Span]) -> Iterator[date]:
    for first, last in spans:
        yield first
        yield last + _DAY


def _pieces(starts: Sequence[date], end: date) -> Iterator[Span]:
    for at, first in enumerate(starts):
        last = starts[at + 1] - _DAY if at + 1 < len(starts) else end
        yield first, last


def _is_in(day: date, span: Span) -> bool:
    return span[0] <= day <= span[1]


def _covers(one: RuleSet, rules: Sequence[Rule], rank: int) -> bool:
    given: Facts = {LEVEL: Decimal(rank)}
    return any(next(_cases(one, [rule], given), None) is not None for rule in rules)


def _expiring(one: RuleSet, today: date) -> Iterator[Finding]:
    if one.valid_to is not None and _is_near(one.valid_to, today):
        yield Finding("expiring", False, last=one.valid_to)
    for rule in one.rules:
        if rule.valid_to and rule.valid_to != one.valid_to and _is_near(rule.valid_to, today):
            yield Finding("expiring", False, (rule.code,), rule.kind, last=rule.valid_to)


def _is_near(day: date, today: date) -> bool:
    return today <= day < today + _SOON
