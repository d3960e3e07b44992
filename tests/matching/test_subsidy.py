"""Subsidy rules against the written cases, and the laws that hold whatever the rules are."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.subsidy.answers import Claimed, answer, answers, in_force, rules_on
from matching.subsidy.checks import findings
from matching.subsidy.conditions import All, Either, Not, Test, from_json, holds, to_json
from matching.subsidy.facts import FIELDS, LEVELS, Facts, WordingError, read_value, write_value
from matching.subsidy.rules import Cap, Formula, Rule, RuleSet, rule_from_json, rule_json
from matching.subsidy.wording import (
    read_amount,
    read_caps,
    read_condition,
    read_uplift,
    write_amount,
    write_caps,
    write_condition,
    write_uplift,
)

DATA = Path(__file__).parent / "data"
PARENT = {"440307019": "440307", "440307": "4403", "440306": "4403", "4403": None, "4401": None}
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def _rule(told: Mapping[str, Any]) -> Rule:
    return Rule(
        told["code"],
        told["clause"],
        told["kind"],
        read_condition(told.get("when", "")),
        read_amount(told["amount"]),
        read_caps(told.get("caps", "")),
        read_uplift(told.get("uplift", "")),
        told.get("subject", "trainee"),
        told.get("adds", False),
        told.get("valid_from"),
        told.get("valid_to"),
    )


def _sets() -> list[RuleSet]:
    told = tomllib.loads((DATA / "policy_sets.toml").read_text(encoding="utf-8"))
    return [
        RuleSet(
            one["code"],
            one["number"],
            one["area"],
            one["name"],
            one["source"],
            one["valid_from"],
            one["valid_to"],
            tuple(map(_rule, one["rules"])),
            one.get("lists", {}),
        )
        for one in told["sets"]
    ]


SETS = _sets()


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def _areas(code: str) -> list[str]:
    found: list[str] = []
    here: str | None = code
    while here:
        found.append(here)
        here = PARENT[here]
    return found


def _facts(text: str) -> Facts:
    pairs = (word.split("=") for word in text.split())
    return {name: read_value(name, value) for name, value in pairs}


def _history(text: str) -> list[Claimed]:
    found = []
    for line in filter(None, text.split("; ")):
        kind, what, day, *more = line.split()
        trade, _, level = what.partition("/")
        rank = LEVELS.index(level) + 1 if level else None
        firm, yuan = more or ("", "0")
        day_of = date.fromisoformat(day)
        found.append(Claimed("H1", kind, day_of, trade, rank, firm, int(yuan) * 100))
    return found


CASES, WRONGS = _rows("policy_cases.tsv"), _rows("policy_findings.tsv")


@pytest.mark.parametrize("row", CASES, ids=[row["case"] for row in CASES])
def test_the_written_cases(row: dict[str, str]) -> None:
    day = date.fromisoformat(row["day"])
    rules = rules_on(SETS, _areas(row["area"]), day)
    found = answers(rules, _facts(row["facts"]), day, _history(row["history"]), "H1")
    items = [i for i in found if i.kind == row["kind"] and row["clause"] in ("", i.clause)]
    if row["standing"] == "none":
        assert not items
        return
    (item,) = items
    assert (item.standing, item.clause) == (row["standing"], row["clause"])
    assert item.fen == (int(row["amount"]) * 100 if row["amount"] else None)
    assert (item.standing == "unknown") == bool(item.missing)
    assert item.because or item.caps


def _mini(text: str) -> RuleSet:
    rules = []
    for part in text.split(" ;; "):
        code, kind, days, when, amount = part.split("|")
        first, last = (date.fromisoformat(day) for day in days.split("..")) if days else YEAR
        rule = Rule(code, code, kind, read_condition(when), read_amount(amount))
        rules.append(rule_from_json({**rule_json(rule), "valid_from": str(first)}))
        rules[-1] = rule_from_json({**rule_json(rules[-1]), "valid_to": str(last)})
    return RuleSet("T", 1, "4403", "t", "s", *YEAR, tuple(rules), covers=(1, 2, 3, 4))


@pytest.mark.parametrize("row", WRONGS, ids=[row["case"] for row in WRONGS])
def test_what_is_found_wrong(row: dict[str, str]) -> None:
    found = findings(_mini(row["rules"]), date(2026, 2, 1))
    told = []
    for one in found:
        if one.code == "contradiction":
            witness = {name: write_value(name, value) for name, value in one.facts.items()}
            witness |= {"day": str(one.first)} if one.first == one.last else {}
            facts = ",".join(f"{name}={value}" for name, value in witness.items())
            told.append(" ".join((one.code, *one.rules, facts)))
            assert one.fen[0] != one.fen[1]
        elif one.code == "gap_level":
            told.append(f"gap_level {one.kind} " + ",".join(LEVELS[r - 1] for r in one.levels))
        elif one.code == "gap_days":
            told.append(f"gap_days {one.kind} {one.first}..{one.last}")
        else:
            told.append(" ".join((one.code, *one.rules, one.name)).strip())
    wanted = [part for part in row["findings"].split("; ") if part]
    assert sorted(told) == sorted(wanted)


def test_what_ends_soon_and_lists_that_are_not_there() -> None:
    one = _mini("R1|living||firm.industry in @parks|500")
    found = findings(one, date(2026, 12, 1))
    assert [(f.code, f.stops) for f in found if f.code != "gap_days"] == [
        ("unknown_list", True),
        ("expiring", False),
    ]


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_condition, "class.level in"),
        (read_condition, "class.level = 九级"),
        (read_condition, "(class.hours > 3"),
        (read_condition, "class.mode > online"),
        (read_condition, "not " * 40 + "class.hours > 3"),
        (read_amount, "many"),
        (read_amount, "NaN"),
        (read_amount, "100; perhaps 3"),
        (read_amount, "-5"),
        (read_caps, "often"),
        (read_uplift, "20 shortage"),
    ],
)
def test_texts_that_are_no_rules_are_refused(read: Any, text: str) -> None:
    with pytest.raises(WordingError):
        read(text)


_TESTS = st.one_of(
    st.builds(
        Test,
        st.just("class.level"),
        st.sampled_from(["=", "<", "<=", ">", ">=", "!="]),
        st.tuples(st.integers(1, 8).map(Decimal)),
    ),
    st.builds(
        Test,
        st.just("class.hours"),
        st.sampled_from(["<", ">="]),
        st.tuples(st.integers(0, 100).map(Decimal)),
    ),
    st.builds(
        Test,
        st.just("person.category"),
        st.just("in"),
        st.lists(st.sampled_from(FIELDS["person.category"].choices), min_size=1).map(tuple),
    ),
)
_CONDITIONS = st.recursive(
    _TESTS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=6,
)
_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "class.level": st.integers(1, 8).map(Decimal),
        "class.hours": st.integers(0, 101).map(Decimal),
        "person.category": st.sampled_from(FIELDS["person.category"].choices),
    },
)


@given(_CONDITIONS, _FACTS)
@settings(max_examples=50)
def test_conditions_mean_the_same_when_written_and_read(condition: Any, facts: Facts) -> None:
    for again in (read_condition(write_condition(condition)), from_json(to_json(condition))):
        assert holds(again, facts, {}) == holds(condition, facts, {})


@given(_CONDITIONS, _FACTS, _FACTS)
@settings(max_examples=50)
def test_more_facts_never_turn_an_answer_round(condition: Any, few: Facts, more: Facts) -> None:
    known = holds(condition, few, {})
    assert known is None or holds(condition, {**more, **few}, {}) == known


@given(_CONDITIONS, _CONDITIONS, _FACTS)
@settings(max_examples=50)
def test_no_facts_escape_the_search_for_contradictions(a: Any, b: Any, facts: Facts) -> None:
    """Where two rules hold for any facts at all, a witness is found."""
    rules = (Rule("A", "A", "living", a, Formula(fen=1)), Rule("B", "B", "living", b, Formula()))
    one = RuleSet("T", 1, "4403", "t", "s", *YEAR, rules)
    found = [f for f in findings(one, YEAR[0]) if f.code == "contradiction"]
    if holds(a, facts, {}) and holds(b, facts, {}):
        assert found
    for one_found in found:
        assert holds(a, one_found.facts, {})
        assert holds(b, one_found.facts, {})


_CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(["H1", "H2"]),
        st.sampled_from(["6-18-01-01", "6-31-01-03"]),
        st.integers(2, 5),
        st.integers(0, 700),
        st.sampled_from(["E1", "E2"]),
    ),
    max_size=14,
)
_CAPPED = Rule(
    "R",
    "R",
    "training",
    amount=Formula("by", 0, "class.level", tuple((Decimal(n), n * 10000) for n in range(2, 6))),
    caps=(Cap("year", 3), Cap("once"), Cap("upward"), Cap("firm", 120000)),
)
_BUDGETED = RuleSet("T", 1, "4403", "t", "s", date(2026, 1, 1), None, (_CAPPED,), budget=200000)


@given(_CLAIMS)
@settings(max_examples=50)
def test_no_order_of_claims_passes_a_cap(wanted: list[tuple[str, str, int, int, str]]) -> None:
    """Each claim is asked for at whatever institution; the history of all of them is one."""
    had: list[Claimed] = []
    for person, trade, level, days, firm in wanted:
        day = date.fromordinal(YEAR[0].toordinal() + days)
        facts: Facts = {
            "class.occupation": trade,
            "class.level": Decimal(level),
            "firm.code": firm,
        }
        item = answer(_BUDGETED, _CAPPED, facts, day, had, person)
        if item.standing == "allowed":
            had.append(Claimed(person, "training", day, trade, level, firm, item.fen or 0, "T"))
    for year in (2026, 2027):
        in_year = [c for c in had if c.day.year == year]
        assert sum(c.fen for c in in_year) <= 200000
        for firm in ("E1", "E2"):
            assert sum(c.fen for c in in_year if c.firm == firm) <= 120000
        for person in ("H1", "H2"):
            assert len([c for c in in_year if c.person == person]) <= 3
    keys = [(c.person, c.occupation, c.level) for c in had]
    assert len(keys) == len(set(keys))
    for at, later in enumerate(had):
        same = [c for c in had[:at] if (c.person, c.occupation) == (later.person, later.occupation)]
        assert all((c.level or 0) <= (later.level or 0) for c in same)


@given(st.integers(0, 365), st.integers(0, 365))
@settings(max_examples=25)
def test_an_old_class_keeps_its_rule_whatever_comes_later(began: int, later: int) -> None:
    day = date.fromordinal(YEAR[0].toordinal() + began)
    new = RuleSet("LG", 3, "440307", "n", "s", date.fromordinal(day.toordinal() + 1 + later))
    assert in_force(SETS, day) == in_force([*SETS, new], day)


def test_rules_survive_being_stored() -> None:
    for one in SETS:
        for rule in one.rules:
            assert rule_from_json(rule_json(rule)) == rule
            assert read_amount(write_amount(rule.amount)) == rule.amount
            assert read_caps(write_caps(rule.caps)) == rule.caps
            assert read_uplift(write_uplift(rule.uplift)) == rule.uplift
