"""Conditions as a typed tree, told true, false or unknown of facts: a fact that is missing is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matching.subsidy.facts import Facts, Value, read_value, write_value

Lists = Mapping[str, Sequence[str]]
ORDERED = ("<", "<=", ">", ">=")
OPERATORS = ("=", "!=", *ORDERED, "in")


@dataclass(frozen=True, slots=True)
class Test:
    """One fact against values, or against a named list of the rule set."""

    __test__ = False  # no test of ours, whatever its name says to pytest

    field: str
    op: str
    values: tuple[Value, ...] = ()
    of: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with no parts, always."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Test | All | Either | Not
ALWAYS = All()


@dataclass(frozen=True, slots=True)
class Tested:
    """A test that decided, with the fact it saw, None where that is missing, and what came of it."""

    test: Test
    fact: Value | None
    holds: bool | None


def holds(condition: Condition, facts: Facts, lists: Lists) -> bool | None:
    """Whether a condition holds; None where the facts do not say."""
    if isinstance(condition, Test):
        return _tested(condition, facts.get(condition.field), lists)
    if isinstance(condition, Not):
        inner = holds(condition.part, facts, lists)
        return None if inner is None else not inner
    found = [holds(part, facts, lists) for part in condition.parts]
    ends = isinstance(condition, Either)  # one such part decides
    if ends in found:
        return ends
    return None if None in found else not ends


def _tested(test: Test, fact: Value | None, lists: Lists) -> bool | None:
    if fact is None:
        return None
    if test.op in ORDERED:
        (limit,) = test.values
        if not isinstance(fact, Decimal) or not isinstance(limit, Decimal):
            return None
        return {
            "<": fact < limit,
            "<=": fact <= limit,
            ">": fact > limit,
            ">=": fact >= limit,
        }[test.op]
    among = lists.get(test.of, ()) if test.of else test.values
    return (fact in among) != (test.op == "!=")


def decisive(condition: Condition, facts: Facts, lists: Lists) -> Iterator[Tested]:
    """The tests because of which a condition holds, does not, or is unknown."""
    if isinstance(condition, Test):
        truth = holds(condition, facts, lists)
        yield Tested(condition, facts.get(condition.field), truth)
    elif isinstance(condition, Not):
        yield from decisive(condition.part, facts, lists)
    else:
        whole = holds(condition, facts, lists)
        for part in condition.parts:
            if holds(part, facts, lists) is whole:
                yield from decisive(part, facts, lists)


def tests_in(condition: Condition) -> Iterator[Test]:
    """Every test of a condition."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests_in(condition.part)
    else:
        for part in condition.parts:
            yield from tests_in(part)


def to_json(condition: Condition) -> dict[str, Any]:
    """The tree as JSON values: `field, op, values | list`, or `all`, `any`, `not` of such."""
    if isinstance(condition, Test):
        told: dict[str, Any] = {"field": condition.field, "op": condition.op}
        if condition.of:
            return {**told, "list": condition.of}
        return {**told, "values": [write_value(condition.field, v) for v in condition.values]}
    if isinstance(condition, Not):
        return {"not": to_json(condition.part)}
    word = "any" if isinstance(condition, Either) else "all"
    return {word: [to_json(part) for part in condition.parts]}


def from_json(told: Mapping[str, Any]) -> Condition:
    """The condition that `to_json` told."""
    if "not" in told:
        return Not(from_json(told["not"]))
    if "any" in told:
        return Either(tuple(from_json(part) for part in told["any"]))
    if "all" in told:
        return All(tuple(from_json(part) for part in told["all"]))
    name = str(told["field"])
    values = tuple(read_value(name, str(text)) for text in told.get("values", ()))
    return Test(name, str(told["op"]), values, str(told.get("list", "")))
