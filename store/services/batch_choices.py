"""What a wrong cell may mean, nearest first: codes by their names, words of a list, levels, days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process
from sqlalchemy.orm import Session

from matching.text import fold, is_latin
from store.schemas.actor import Actor
from store.schemas.fields import LADDER, levels_said
from store.services import naming, reference, search
from store.services.kinds import Kind
from store.services.looking_up import LOOKED_UP, Names, own_likeness
from store.standard import StandardColumn, standard

MOST_CHOICES = 9
_TABLES = {
    "area": reference.areas,
    "equipment": reference.equipment,
    "workstations": reference.equipment,
}
_KINDS: Mapping[str, str] = {
    "apart_from": "enterprise",
    "institutions_last_year": "institution",
    "body": "institution",
}
_TRADES = ("occupation", "occupations", "qualifications", "scope")
_ORGANISATIONS = ("enterprise", "institution", "centre")
_ALIKE = 0.4  # below this nothing is offered
_SOUNDS = 0.8  # letters that are pinyin say as much
_YEARS = 10  # no table speaks of days further away


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that could be meant: what to write into the cell, and what people call it."""

    value: str
    name: str


def choices(
    session: Session, kind: Kind, column: str, text: str, *, by: Actor
) -> tuple[Choice, ...]:
    """What a wrong cell may mean, nearest first, nine at most; nothing where anything may be written."""
    if column not in LOOKED_UP:
        about = standard(kind.name).column(column)
        found = _allowed(about, text, reference.today(session))
    else:
        near = Names(session, by).nearest(column, text) if text else ()
        found = [Choice(one.code, one.name) for one in near] + _further(session, column, text, by)
    return tuple(dict.fromkeys(found))[:MOST_CHOICES]


def _further(session: Session, column: str, text: str, by: Actor) -> list[Choice]:
    """What comes less near, as far as it may be meant."""
    if column in _TABLES:
        return _alike(text, _TABLES[column](session), least=100 * _ALIKE)
    if column in _TRADES:
        said = naming.resolve_text(session, text, top=MOST_CHOICES)
        return [Choice(one.code, one.name) for one in said.matches if one.score >= _ALIKE]
    kind = _KINDS.get(column, column)
    hits = search.search(session, text, by=by, kinds=[kind], limit=MOST_CHOICES)
    return [Choice(hit.code, hit.title) for hit in hits if _may_be_meant(kind, fold(text), hit)]


def _may_be_meant(kind: str, folded: str, hit: search.Hit) -> bool:
    """Whether a record is near enough; names of organisations are alike in sort and place anyway."""
    if kind not in _ORGANISATIONS:
        return hit.score >= _ALIKE
    if is_latin(folded):
        return hit.score >= _SOUNDS
    return folded in fold(hit.title) or own_likeness(folded, fold(hit.title)) > 0


def _alike(text: str, known: Iterable[tuple[str, str]], *, least: float = 0) -> list[Choice]:
    """The nearest of some names, letter by letter; in their own order where they are level."""
    named = [Choice(code, name) for code, name in known]
    folded = [fold(choice.name) for choice in named]
    found = process.extract(
        fold(text), folded, scorer=fuzz.WRatio, limit=MOST_CHOICES, score_cutoff=least
    )
    return [named[at] for _, _, at in found]


def _allowed(about: StandardColumn, text: str, today: date) -> list[Choice]:
    """Levels, days and words of a list; nothing where anything may be written."""
    if about.type == "level":
        said = [LADDER[rank - 1] for rank in levels_said(text)]
        return [Choice(word, word) for word in said] + _alike(
            text, [(word, word) for word in LADDER]
        )
    if about.type == "day":
        return _days(text, today)
    return _alike(text, [(word, about.words.get(word, (word,))[0]) for word in about.allowed])


def _days(text: str, today: date) -> list[Choice]:
    """Every day that digits can be read as: year first or last, day and month either way round."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if len(numbers) != 3:
        return []
    first, second, third = numbers
    orders = (
        (first, second, third),
        (first, third, second),
        (third, first, second),
        (third, second, first),
    )
    found = []
    for year, month, day in orders:
        with suppress(ValueError):
            read = date(year if year > 99 else 2000 + year, month, day)
            if abs(read.year - today.year) < _YEARS:
                found.append(Choice(read.isoformat(), read.isoformat()))
    return found
