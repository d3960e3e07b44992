"""Types of the fields that people type, each with how it is read from and written to a table cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from matching.text import level_rank
from matching.weekly import parse_weekly
from store.sensitive import holds_number

LADDER = ("学徒工", "五级", "四级", "三级", "二级", "一级", "特级技师", "首席技师")
_BRIEF = {  # level 4, L4, its English name; and what a screen shortens
    word: rank
    for rank, words in enumerate(
        ("l6 apprentice", "l5 junior", "l4 intermediate", "l3 senior", "l2 technician",
         "l1 senior technician", "ls special-grade technician", "lc chief technician"), 1
    )
    for word in words.split(" ", 1)
} | {"学徒": 1, "特级": 7, "首席": 8}  # fmt: skip
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_MOST_MARKS = 2
# Every mark that is put upon another character is among these.
_MARKS = re.compile(
    "[^\x00-\u02ff\u3000-\u3029\u3030-\u3098\u309b-\ua66e\uac00-\ud7ff\uff00-\uffff]"
)
STORED = object()  # the context in which a view is made of a row
_FORMULA = re.compile(r"^[=+\-@＝＋－＠]")
_WORD = re.compile(r"[^\W_]")
_JOINT = "¦"  # between texts that are looked at together; no character beside it is joined to it
_REFUSED = re.compile(rf"{_JOINT}(?:[=+\-@＝＋－＠]|[\W_]*{_JOINT})")
_BETWEEN = re.compile(r"[/、,，;；~—–至到或和()（）\-]+")
_YES = {"1", "true", "yes", "y", "是", "有", "要"}
_NO = {"0", "false", "no", "n", "否", "无", "不"}


@dataclass(frozen=True, slots=True)
class Cell:
    """How a value of the annotated type is written into a table cell."""

    write: Callable[[Any], str]


def printable(text: str) -> str:
    """NFC text, refused when it holds control, bidi-override or zero-width characters or stacked marks."""
    composed = unicodedata.normalize("NFC", text)
    if composed.isprintable() and not _MARKS.search(composed):
        return composed
    marks = 0
    for at, character in enumerate(composed):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MOST_MARKS or unicodedata.category(character) in _UNSEEN:
            raise PydanticCustomError(
                "control_character",
                "control character",
                {"at": at + 1, "code": f"U+{ord(character):04X}"},
            )
    return composed


def _said(text: str) -> str:
    if _FORMULA.match(text):
        raise PydanticCustomError("formula", "reads as a formula", {"first": text[0]})
    if not _WORD.search(text):
        raise PydanticCustomError("no_words", "no letter or digit")
    if holds_number(text):
        raise PydanticCustomError("identity_number", "a resident identity number")
    return text


def _without_identity(text: object) -> object:
    """What people put into a field of digits, unless it is a resident identity number."""
    if isinstance(text, str) and holds_number(text):
        raise PydanticCustomError("identity_number", "a resident identity number")
    return text


def _unless_stored(
    text: object, check: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> object:
    """What people type is checked; what is stored is shown as it is, by the one path that makes it harmless.

    Otherwise one record that was written behind the program's back would close every list it stands in.
    """
    return text if info.context is STORED and isinstance(text, str) else check(text)


def free_text(longest: int) -> Any:
    """Text as people type it: printable, trimmed, with at least one letter or digit."""
    return Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=longest),
        AfterValidator(lambda text: _said(printable(text))),
        WrapValidator(_unless_stored),
    ]


# The words that people write for where something is taught; the last two are what the screens show.
_MODES = {
    "online": ("线上", "网课", "线上授课", "在线", "网络"),
    "firm": ("上门", "到企业", "企业", "厂内", "送教上门", "at the firm"),
    "centre": ("中心", "机构", "到机构", "线下", "在机构", "at the institution"),
    "blended": ("混合", "线上线下", "线上线下结合"),
}


def read_mode(value: object) -> object:
    """A mode from its name or from the words that people write for it."""
    word = value.strip().lower() if isinstance(value, str) else value
    return next((mode for mode, names in _MODES.items() if word in names), word)


def _rank(text: str) -> int | None:
    said = _BRIEF.get(re.sub(r"^level\s*(?=\d)", "l", text.strip().casefold()))
    return said or level_rank(text if not text.isdigit() else f"{text}级")


def levels_said(text: str) -> tuple[int, ...]:
    """The ranks of the levels that a cell names, each once, the lowest first."""
    return tuple(sorted({rank for part in _BETWEEN.split(text) if (rank := _rank(part))}))


def _read_level(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text in LADDER:
        return LADDER.index(text) + 1
    whole = _rank(text)
    said = (whole,) if whole and text.isascii() else levels_said(text)
    if len(said) > 1:
        named = "、".join(LADDER[rank - 1] for rank in said)
        raise PydanticCustomError("level_many", "several skill levels", {"levels": named})
    rank = said[0] if said else whole
    if rank is None:
        raise PydanticCustomError("level", "no skill level", {"allowed": "、".join(LADDER)})
    return rank


def _read_weekly(value: object) -> object:
    try:
        return str(parse_weekly(str(value)))
    except ValueError as error:
        raise PydanticCustomError("weekly", "no weekly pattern") from error


def _read_clock(value: object) -> object:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})", value.strip())
    if not found or int(found[2]) > 59:
        raise PydanticCustomError("clock", "no time of day")
    return int(found[1]) * 60 + int(found[2])


def _read_yes(value: object) -> object:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _YES | _NO:
            return word in _YES
        raise PydanticCustomError("yes_no", "neither yes nor no")
    return value


def read_items(value: object) -> object:
    """The parts of a text with semicolons between."""
    if isinstance(value, str):
        return tuple(part.strip() for part in re.split(r"[;；]", value) if part.strip())
    return () if value is None else value


def _strict_date(value: object) -> object:
    """Only whole ISO dates: `1`, timestamps and `2026-13-40` are not dates."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise PydanticCustomError("iso_date", "no date")
    return value.strip() if isinstance(value, str) else value


def write_cell(annotation: object, metadata: list[Any], value: object) -> str:
    """A value as table text: the type's own `Cell` where it has one, plain text otherwise."""
    if value is None or value == ():
        return ""
    for cell in _cells(annotation, metadata):
        return cell.write(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ";".join(str(part) for part in value)
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _cells(annotation: object, metadata: list[Any]) -> list[Cell]:
    found = [item for item in metadata if isinstance(item, Cell)]
    for part in get_args(annotation):
        found.extend([part] if isinstance(part, Cell) else _cells(part, []))
    return found


def _write_level(rank: int) -> str:
    return LADDER[rank - 1]


def write_clock(minutes: int) -> str:
    """`18:30` for minutes after midnight."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


Text20 = free_text(20)
Text60 = free_text(60)
Text120 = free_text(120)
Text200 = free_text(200)
Text500 = free_text(500)
_LONGEST = ((Text20, 20), (Text60, 60), (Text120, 120), (Text200, 200), (Text500, 500))


def longest_text(annotation: object) -> int:
    """How many characters a field of free text takes; 0 of fields that hold anything else."""
    return next((most for text, most in _LONGEST if annotation in (text, text | None)), 0)


def all_plain(texts: Sequence[str], longest: int) -> bool:
    """Whether free text so long surely takes each of the trimmed texts as it stands, told of all at once.

    False says nothing of any one: some may be wrong, need mending, or only look so together.
    """
    whole = f"{_JOINT}{_JOINT.join(texts)}{_JOINT}"
    return (
        max(map(len, texts), default=0) <= longest
        and whole.isprintable()
        and unicodedata.is_normalized("NFC", whole)
        and not _MARKS.search(whole)
        and not _REFUSED.search(whole)
        and not holds_number(whole)
    )


Code = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Z0-9][A-Z0-9-]{0,39}$")
]
NotIdentity = BeforeValidator(_without_identity)
CodeTuple = Annotated[tuple[Code, ...], BeforeValidator(read_items)]
Level = Annotated[int, BeforeValidator(_read_level), Field(ge=1, le=8), Cell(_write_level)]
Weekly = Annotated[str, BeforeValidator(_read_weekly), StringConstraints(max_length=200)]
Clock = Annotated[int, BeforeValidator(_read_clock), Field(ge=0, le=1440), Cell(write_clock)]
Yes = Annotated[bool, BeforeValidator(_read_yes)]
Day = Annotated[date, BeforeValidator(_strict_date)]
Yuan = Annotated[Decimal, Field(ge=0, le=10_000_000, decimal_places=2)]
Heads = Annotated[int, Field(ge=1, le=500)]
Hours = Annotated[int, Field(ge=0, le=5000)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Kilometres = Annotated[float, Field(gt=0, le=1000)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
