"""Local occupations in words and as a sheet, and a line that somebody types about one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from store.errors import UsageError
from store.schemas.occupation import LocalOccupation
from tui.i18n import _
from tui.sheets import Column, Line, Sheet
from tui.words import level_short

_PARTS = ("name", "near", "source", "ladder", "also")
_LEAST = 3


def sheet(found: Sequence[LocalOccupation]) -> Sheet:
    """Local occupations, those that still are first."""
    columns = (
        Column("code", _("Code"), 10),
        Column("name", _("Name"), 20),
        Column("needs", _("Needs"), 6),
        Column("courses", _("Courses"), 7),
        Column("mapped", _("National code"), 12),
        Column("from", _("From"), 10),
    )
    lines_ = tuple(
        Line(
            one.code,
            (one.code, one.name, one.needs, one.courses, one.mapped_to or "",
             one.valid_from.isoformat()),
        )
        for one in found
    )  # fmt: skip
    still = sum(one.mapped_to is None for one in found)
    told = _("{count} local occupations, {still} of them without a national code").format(
        count=len(found), still=still
    )
    return Sheet("occupations", _("Local occupations"), columns, lines_, told)


def lines(one: LocalOccupation) -> Iterator[str]:
    """Everything about one."""
    yield f"{one.code} {one.name}"
    if one.also:
        yield _("Also: {names}").format(names=_(", ").join(one.also))
    yield _("Nearest to: {code} {name}").format(code=one.near, name=one.near_name)
    if one.lowest is not None:
        ladder = f"{level_short(one.lowest).strip()}–{level_short(one.highest).strip()}"
        yield _("Ladder: {ladder}").format(ladder=ladder)
    yield _("By: {source}, from {day}").format(source=one.source, day=one.valid_from)
    yield _("Needs: {needs}, courses: {courses}").format(needs=one.needs, courses=one.courses)
    if one.mapped_to:
        yield _("Since {day} it is {code} {name}.").format(
            day=one.mapped_on, code=one.mapped_to, name=one.mapped_name
        )


def read_fields(words: str, today: date) -> Mapping[str, str]:
    """`NAME; NEAREST CODE; SOURCE; LEVELS; OTHER NAMES` as fields of a draft; from today."""
    parts = [part.strip() for part in words.replace("；", ";").split(";")]
    if not _LEAST <= len(parts) <= len(_PARTS):
        raise UsageError("line_words", text=words)
    given = dict(zip(_PARTS, parts, strict=False))
    fields = {**given, **ladder(given.pop("ladder", "")), "valid_from": today.isoformat()}
    fields.pop("ladder", None)
    return {**fields, "near": given["near"].upper()}


def ladder(words: str) -> Mapping[str, str]:
    """`五级-三级` as the lowest and highest level; one alone is both; none is none."""
    if not words.strip():
        return {}
    lowest, _sign, highest = words.replace("–", "-").partition("-")
    return {"lowest": lowest.strip(), "highest": (highest or lowest).strip()}
