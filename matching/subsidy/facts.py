"""The facts that rules may ask for: their names, and what values each can have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal, get_args

from matching.text import level_rank

Value = Decimal | str | bool
Facts = Mapping[str, Value]
LEVELS = ("学徒工", "五级", "四级", "三级", "二级", "一级", "特级技师", "首席技师")
Category = Literal[
    "employed",
    "unemployed",
    "rural",
    "lifted_from_poverty",
    "disabled",
    "veteran",
    "graduate",
    "detained",
    "rehabilitation",
    "other",
]
CATEGORIES: tuple[str, ...] = get_args(Category)
# As rules and claims said before there was one list of categories; both are still read.
_CATEGORY, _MODE = "person.category", "class.mode"
_FORMER = {
    (_CATEGORY, "on_post"): "employed",
    (_CATEGORY, "registered_poor"): "lifted_from_poverty",
    (_MODE, "centre"): "at_centre",
    (_MODE, "firm"): "at_firm",
}
_YES = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: how its values are written; `choices` are all of them where there are few."""

    type: Literal["number", "level", "yes", "word"]
    choices: tuple[str, ...] = ()


_NUMBER, _YES_NO, _WORD = Field("number"), Field("yes"), Field("word")
FIELDS: Mapping[str, Field] = {
    "firm.code": _WORD,
    "firm.industry": _WORD,
    "firm.staff": _NUMBER,
    "firm.output": _NUMBER,
    "firm.trains_itself": _YES_NO,
    "firm.grants_need_training": _YES_NO,
    "class.occupation": _WORD,
    "class.level": Field("level"),
    "class.hours": _NUMBER,
    "class.practice_percent": _NUMBER,
    "class.self_study_hours": _NUMBER,
    "class.whole_hours": _NUMBER,
    "class.price": _NUMBER,
    "class.heads": _NUMBER,
    "class.certificate": _YES_NO,
    _MODE: Field("word", ("at_centre", "at_firm", "blended", "online")),
    "class.type": Field("word", ("pre_post", "on_post", "transfer", "order", "directed")),
    _CATEGORY: Field("word", CATEGORIES),
    "person.age": _NUMBER,
    "person.insured_months": _NUMBER,
    "programme.kind": Field(
        "word", ("apprenticeship", "short", "project", "order", "start_up", "degree")
    ),
    "programme.months": _NUMBER,
}


class WordingError(ValueError):
    """A text that is no rule: `code` says what is wrong, `text` is the part it is about."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text


def read_value(name: str, text: str) -> Value:
    """A value as typed; levels, by word or number, become ranks from 1."""
    field = FIELDS.get(name, _WORD)
    try:
        if field.type == "level":
            rank = LEVELS.index(text) + 1 if text in LEVELS else level_rank(_graded(text))
            if rank is not None:
                return Decimal(rank)
            raise WordingError("rule_value", f"{name} {text}")
        if field.type == "yes":
            return _YES[text.lower()]
        if field.type == "number":
            return Decimal(text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise WordingError("rule_value", f"{name} {text}") from error
    text = _FORMER.get((name, text), text)
    if field.choices and text not in field.choices:
        raise WordingError("rule_value", f"{name} {text}")
    return text


def _graded(text: str) -> str:
    return f"{text}级" if text.isdigit() else text


def write_value(name: str, value: Value) -> str:
    """A value as it is typed."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if FIELDS.get(name, _WORD).type == "level" and value in range(1, len(LEVELS) + 1):
        return LEVELS[int(value) - 1]
    return f"{value.normalize():f}"
