"""The filing standard: for each kind of record its columns, their headings, rules and words, as data.

The texts are `data/KIND.tsv`, one line a column. Version 1 were the tables whose headings are the names of
fields; since version 2 headings are words, Chinese or English. Tables of every version are read.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from store.errors import NotFoundError

VERSION = 2
_FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class StandardColumn:
    """One column: its name in the store, headings, what may stand in it, and other headings people use.

    `type` is one of text, code, codes, titles, level, day, count, number, yuan, yes, clock, weekly, choice,
    occupations, qualifications, blackouts, workstations, modules, members. `words` holds for each
    allowed value the words for it, the usual one first.
    """

    name: str
    zh: str
    en: str
    type: str
    unit: str
    allowed: tuple[str, ...]
    rule_zh: str
    rule_en: str
    example: str
    aliases: tuple[str, ...]
    required: bool
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Standard:
    """The columns of one kind in one version, the code first."""

    kind: str
    version: int
    zh: str
    en: str
    columns: tuple[StandardColumn, ...]

    def column(self, name: str) -> StandardColumn:
        """The column of that name; NotFoundError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise NotFoundError("column", name)


_NAMES = {
    "centre": ("服务中心", "service centre"),
    "enterprise": ("企业", "enterprise"),
    "institution": ("培训机构", "institution"),
    "need": ("培训需求", "training need"),
    "course": ("课程", "course"),
    "instructor": ("讲师", "instructor"),
    "venue": ("实训场地", "practical-training venue"),
    "run": ("班期", "scheduled run"),
    "slot": ("实训时段", "practical-training slot"),
    "purchase": ("购买工位", "bought workstations"),
    "assessment": ("考核场次", "assessment date"),
    "association": ("协作组织", "association"),
}
KIND_NAMES = tuple(_NAMES)


@cache
def standard(kind: str, version: int | None = None) -> Standard:
    """The standard of a kind, the newest version unless another is named; NotFoundError for others."""
    if kind not in _NAMES or version not in (None, 1, VERSION):
        raise NotFoundError("standard", kind if version is None else f"{kind} {version}")
    zh, en = _NAMES[kind]
    with (_FOLDER / f"{kind}.tsv").open(encoding="utf-8", newline="") as lines:
        columns = tuple(map(_column, csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)))
    if version == 1:
        columns = tuple(replace(column, zh=column.name, en=column.name) for column in columns)
    return Standard(kind, version or VERSION, zh, en, columns)


def _column(row: Mapping[str, str]) -> StandardColumn:
    words = {
        value: tuple(names.split("/"))
        for value, _, names in (item.partition("=") for item in row["allowed"].split("|") if item)
    }
    return StandardColumn(
        row["name"],
        row["zh"],
        row["en"],
        row["type"],
        row["unit"],
        tuple(words),
        row["rule_zh"],
        row["rule_en"],
        row["example"],
        tuple(item for item in row["aliases"].split(";") if item),
        row["required"] == "1",
        words,
    )
