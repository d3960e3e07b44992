"""Conditions, amounts and caps as people type them, and typed out again: `class.level in 五级,四级`."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from matching.subsidy.conditions import (
    ALWAYS,
    OPERATORS,
    ORDERED,
    All,
    Condition,
    Either,
    Not,
    Test,
)
from matching.subsidy.facts import FIELDS, WordingError, read_value, write_value
from matching.subsidy.rules import Cap, Formula, Uplift

_WORD = re.compile(r"\s*(<=|>=|!=|[()<>=]|[^\s()<>=!]+)")
_DEEPEST = 20


def read_condition(text: str) -> Condition:
    """A condition as typed; an empty text always holds."""
    words = _words(text)
    if not words:
        return ALWAYS
    found = _either(words, 0)
    if words:
        raise WordingError("rule_condition", " ".join(words))
    return found


def _words(text: str) -> list[str]:
    text = re.sub(r"\s*[,，、]\s*", ",", text.replace("（", "(").replace("）", ")"))
    words = _WORD.findall(text)
    if "".join(words) != re.sub(r"\s", "", text):
        raise WordingError("rule_condition", text)
    return words


def _either(words: list[str], depth: int) -> Condition:
    if depth > _DEEPEST:
        raise WordingError("rule_condition", " ".join(words))
    parts = [_both(words, depth)]
    while words and words[0] == "or":
        words.pop(0)
        parts.append(_both(words, depth))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def _both(words: list[str], depth: int) -> Condition:
    parts = [_one(words, depth)]
    while words and words[0] == "and":
        words.pop(0)
        parts.append(_one(words, depth))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _one(words: list[str], depth: int) -> Condition:
    if not words or depth > _DEEPEST:
        raise WordingError("rule_condition", " ".join(words))
    word = words.pop(0)
    if word == "not":
        return Not(_one(words, depth + 1))
    if word == "(":
        inner = _either(words, depth + 1)
        if not words or words.pop(0) != ")":
            raise WordingError("rule_condition", ")")
        return inner
    if len(words) < 2 or words[0] not in OPERATORS:
        raise WordingError("rule_condition", " ".join([word, *words[:2]]))
    return _test(word, words.pop(0), words.pop(0))


def _test(name: str, op: str, text: str) -> Test:
    if text.startswith("@"):
        if op not in ("in", "!="):
            raise WordingError("rule_condition", f"{name} {op} {text}")
        return Test(name, op, of=text[1:])
    values = tuple(read_value(name, part) for part in text.split(",") if part)
    is_ordered = name not in FIELDS or FIELDS[name].type in ("number", "level")
    if not values or (op in ORDERED and (len(values) != 1 or not is_ordered)):
        raise WordingError("rule_condition", f"{name} {op} {text}")
    return Test(name, op, values)


def write_condition(condition: Condition) -> str:
    """A condition as it is typed."""
    if isinstance(condition, Test):
        told = ",".join(write_value(condition.field, value) for value in condition.values)
        return f"{condition.field} {condition.op} " + (f"@{condition.of}" if condition.of else told)
    if isinstance(condition, Not):
        return f"not {_within(condition.part, (All, Either))}"
    if isinstance(condition, Either):
        return " or ".join(_within(part, (Either,)) for part in condition.parts)
    return " and ".join(_within(part, (All, Either)) for part in condition.parts)


def _within(part: Condition, loose: tuple[type, ...]) -> str:
    told = write_condition(part)
    return f"({told})" if isinstance(part, loose) else told


def read_amount(text: str) -> Formula:
    """`800`, `by class.level 五级=800, 四级=1000`, `10 per class.hours`, `70% of class.price`."""
    first, *bounds = (part.strip() for part in re.split("[;；]", text))
    limits: dict[str, int] = {}
    for bound in filter(None, bounds):
        name, _, figure = bound.partition(" ")
        if name not in ("least", "most"):
            raise WordingError("rule_amount", bound)
        limits[name] = _fen(figure)
    least, most = limits.get("least"), limits.get("most")
    if found := re.fullmatch(r"by (\S+) (.+)", first):
        pairs = [pair.split("=") for pair in re.split("[,，、]", found[2])]
        if any(len(pair) != 2 for pair in pairs):
            raise WordingError("rule_amount", first)
        table = tuple((read_value(found[1], key.strip()), _fen(fen)) for key, fen in pairs)
        return Formula("by", 0, found[1], table, least=least, most=most)
    if found := re.fullmatch(r"(\S+) per (\S+)", first):
        return Formula("per", _fen(found[1]), found[2], least=least, most=most)
    if found := re.fullmatch(r"([\d.]+)\s*[%％] of (\S+)", first):
        return Formula(
            "share", 0, found[2], percent=_number(found[1], first), least=least, most=most
        )
    return Formula(fen=_fen(first), least=least, most=most)


def write_amount(formula: Formula) -> str:
    """An amount as it is typed."""
    if formula.kind == "by":
        pairs = (f"{write_value(formula.field, key)}={yuan(fen)}" for key, fen in formula.table)
        told = f"by {formula.field} " + ", ".join(pairs)
    elif formula.kind == "per":
        told = f"{yuan(formula.fen)} per {formula.field}"
    elif formula.kind == "share":
        told = f"{formula.percent.normalize():f}% of {formula.field}"
    else:
        told = yuan(formula.fen)
    least = "" if formula.least is None else f"; least {yuan(formula.least)}"
    return told + least + ("" if formula.most is None else f"; most {yuan(formula.most)}")


def read_caps(text: str) -> tuple[Cap, ...]:
    """`3 a year; once; upward; 1 ever; firm 20000 a year`."""
    found = []
    for part in filter(None, (part.strip() for part in re.split("[;；]", text))):
        if part in ("once", "upward"):
            found.append(Cap(part))
        elif told := re.fullmatch(r"firm (\S+) a year", part):
            found.append(Cap("firm", _fen(told[1])))
        elif told := re.fullmatch(r"([1-9]\d?) (a year|ever)", part):
            found.append(Cap("ever" if told[2] == "ever" else "year", int(told[1])))
        else:
            raise WordingError("rule_caps", part)
    return tuple(found)


def write_caps(caps: tuple[Cap, ...]) -> str:
    """Caps as they are typed."""
    return "; ".join(map(write_cap, caps))


def write_cap(cap: Cap) -> str:
    """One cap as it is typed."""
    told = {
        "year": f"{cap.most} a year",
        "ever": f"{cap.most} ever",
        "firm": f"firm {yuan(cap.most)} a year",
    }
    return told.get(cap.kind, cap.kind)


def read_uplift(text: str) -> Uplift | None:
    """`20% @shortage`; nothing for an empty text."""
    if not text.strip():
        return None
    found = re.fullmatch(r"(\d{1,3})\s*[%％]\s*@(\w+)", text.strip())
    if found is None:
        raise WordingError("rule_uplift", text)
    return Uplift(int(found[1]), found[2])


def write_uplift(uplift: Uplift | None) -> str:
    """An uplift as it is typed."""
    return f"{uplift.percent}% @{uplift.of}" if uplift else ""


def yuan(fen: int) -> str:
    """An amount in yuan, as short as it can be."""
    return f"{(Decimal(fen) / 100).normalize():f}"


def _fen(text: str) -> int:
    amount = _number(text.strip().lstrip("¥￥"), text)
    if not 0 <= amount <= 100_000_000:
        raise WordingError("rule_amount", text)
    return int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


def _number(text: str, whole: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise WordingError("rule_amount", whole) from error
    if not found.is_finite():
        raise WordingError("rule_amount", whole)
    return found
