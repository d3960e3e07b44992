"""Headings as people write them, recognised as columns of the standard; what is not sure is said to be so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from store.standard import standard

_MARKS = re.compile(
    r"[\s*＊★●·:：_\-–—/、,，.。“”\"']+|必填项?|选填项?|可选|required|optional|mandatory"
)
_BRACKETS = re.compile(r"[(（\[【<《〔].*?[)）\]】>》〕]")
_ENOUGH = 75  # of 100: letters two headings must have in common
_AHEAD = 8
_LEFT = frozenset(("序号", "序", "行号", "no", "#", "备注", "说明", "remarks", "remark"))
_ORDER = {"name": 0, "alias": 1, "near": 2, "left": 3, "": 4}


@dataclass(frozen=True, slots=True)
class Recognised:
    """For each heading the column it was taken for, None where it was not understood, and how.

    `how` is "name", "alias", "near" or "" each, and "left" for columns that hold no data, such as 序号;
    `missing` are the required columns that no heading was taken for.
    """

    columns: tuple[str | None, ...]
    how: tuple[str, ...]
    missing: tuple[str, ...]


def recognise(headings: Sequence[str], kind: str) -> Recognised:
    """What each heading means; of two for one column the surer is taken, the other is not understood."""
    found = [_meant(heading, kind) for heading in headings]
    best: dict[str, int] = {}
    for at, (column, how) in enumerate(found):
        if column and _ORDER[how] < _ORDER[found[best[column]][1] if column in best else ""]:
            best[column] = at
    for at, (column, _) in enumerate(found):
        if column and best[column] != at:
            found[at] = (None, "")
    taken = {column for column, _ in found if column}
    missing = tuple(c.name for c in standard(kind).columns if c.required and c.name not in taken)
    return Recognised(tuple(column for column, _ in found), tuple(how for _, how in found), missing)


def fits(headings: Sequence[str], kind: str) -> int:
    """How many of the cells are surely headings of a kind: by which a heading row is told from a title."""
    return sum(_surely(heading, kind)[1] in ("name", "alias") for heading in headings)


def folded(heading: str) -> str:
    """A heading without width, case, blanks, marks and what says that it must be filled in."""
    from matching.text import to_simplified

    return to_simplified(_MARKS.sub("", unicodedata.normalize("NFKC", heading).casefold()))


@lru_cache(maxsize=1024)
def _filled_forms(heading: str) -> Sequence[str]:
    """The heading, and the heading without what stands in brackets, as far as anything is left of them."""
    text = unicodedata.normalize("NFKC", heading)
    whole, short = folded(re.sub(r"[()（）\[\]【】]", "", text)), folded(_BRACKETS.sub("", text))
    return tuple(form for form in dict.fromkeys((whole, short)) if form)


@cache
def _known(kind: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Folded headings of a kind and its columns: those of the standard, and other words."""
    names: dict[str, str] = {}
    others: dict[str, str] = {}
    for column in standard(kind).columns:
        for heading in (column.name, column.zh, column.en):
            names.setdefault(folded(heading), column.name)
    for column in standard(kind).columns:
        for alias in column.aliases:
            if folded(alias) not in names:
                others.setdefault(folded(alias), column.name)
    return names, others


@lru_cache(maxsize=4096)
def _meant(heading: str, kind: str) -> tuple[str | None, str]:
    found = _surely(heading, kind)
    if found[1]:
        return found
    names, others = _known(kind)
    return _near(_filled_forms(heading), {**others, **names})


def _surely(heading: str, kind: str) -> tuple[str | None, str]:
    """What a heading means that is written as one of the known ones."""
    names, others = _known(kind)
    forms = _filled_forms(heading)
    for how, known in (("name", names), ("alias", others)):
        for form in forms:
            if form in known:
                return known[form], how
    return None, "left" if any(form in _LEFT for form in forms) else ""


def _near(forms: Sequence[str], known: Mapping[str, str]) -> tuple[str | None, str]:
    """The one column whose headings are clearly nearest, if any is near enough."""
    from rapidfuzz import fuzz

    scores: dict[str, float] = {}
    for form in forms:
        for heading, column in known.items():
            score = fuzz.ratio(form, heading)
            if len(heading) > 2 and len(form) <= 12 and (heading in form or form in heading):
                score = max(score, _ENOUGH + 2 * min(len(heading), len(form)))
            scores[column] = max(score, scores.get(column, 0.0))
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < _ENOUGH:
        return None, ""
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _AHEAD:
        return None, ""
    return ranked[0][0], "near"
