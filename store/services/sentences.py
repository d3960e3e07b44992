"""What a sentence states of a need, as cells of the registration form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import text as words
from store.models import AreaRow, OrganisationRow
from store.schemas.actor import Actor
from store.schemas.fields import LADDER
from store.services import search
from store.services.rights import Act, reach, sees_firm_names

if TYPE_CHECKING:
    from matching.sentences import Stated
    from matching.sentences.shorthand import Shorthand

_SHORTEST_NAME = 2
_CANDIDATES = 8
_AREAS = select(AreaRow.code, AreaRow.name).order_by(AreaRow.code)
_DISTRICT = 6  # digits of an area's code that name its district


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field with its cell as the form and the templates write it, and the words it was read from.

    `start` and `end` count characters of the sentence. A place that is not among the areas has an empty cell.
    """

    field: str
    cell: str
    words: str
    start: int
    end: int


@lru_cache(maxsize=2)
def place_names(areas: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Folded names of areas (code, name), without 街道 and in pinyin too, to codes."""
    found: dict[str, str] = {}
    for code, name in areas:
        folded = words.fold(name)
        short = folded.removesuffix("街道").removesuffix("区") if len(folded) > 2 else folded
        for form in (folded, short, words.pinyin(short).replace(" ", "")):
            found.setdefault(form, code)
    return found


def read_cells(
    text: str, today: date, places: Mapping[str, str], names: Mapping[str, str]
) -> tuple[ReadField, ...]:
    """The fields of a sentence; `places` maps folded names to codes, `names` codes to names."""
    from matching.sentences import parse  # its patterns cost a start 0.1 s

    return tuple(
        ReadField(item.field, _cell(item, names), item.words, item.start, item.end)
        for item in parse(text, today, places)
    )


def read_sentence(session: Session, text: str, *, by: Actor, today: date) -> tuple[ReadField, ...]:
    """The fields of a sentence or of a shorthand line, with the firm where it names a registered one."""
    short = read_shorthand(session, text, by=by, today=today)
    return read_either(session, text, short, by=by, today=today)


def read_either(
    session: Session, text: str, short: Shorthand | None, *, by: Actor, today: date
) -> tuple[ReadField, ...]:
    """The fields of a shorthand line that was read already, else those of the sentence."""
    areas = _areas(session)
    names = dict(areas)
    if short is not None:
        return tuple(
            ReadField(item.field, _cell(item, names), item.words, item.start, item.end)
            for item in short.stated
        )
    found = read_cells(text, today, place_names(areas), names)
    firm = _firm(session, text, by)
    return (firm, *found) if firm else found


def read_shorthand(session: Session, text: str, *, by: Actor, today: date) -> Shorthand | None:
    """A line like `skcg 4 5p bl sat`, None where it is none."""
    if not text.isascii():
        return None
    from matching.sentences import parse, shorthand

    places = place_letters(session, by)
    return shorthand.read(text, today, places, lambda word: parse(word, today, {}))


def place_letters(session: Session, by: Actor) -> Mapping[str, str]:
    """Pinyin and initials of areas to codes; those of the actor's own district go first."""
    from matching.sentences import shorthand

    home = session.scalar(
        select(OrganisationRow.area).where(OrganisationRow.code == by.organisation)
    )
    return shorthand.place_letters(_areas(session), (home or "")[:_DISTRICT])


def _areas(session: Session) -> tuple[tuple[str, str], ...]:
    return tuple((code, name) for code, name in session.execute(_AREAS))


def _cell(item: Stated, names: Mapping[str, str]) -> str:
    if item.field == "area":
        return names.get(item.value, "")
    if item.field == "level":
        return LADDER[item.value - 1]
    if isinstance(item.value, bool):
        return "1" if item.value else "0"
    if isinstance(item.value, float):
        return f"{item.value:g}" if item.value < 100_000 else f"{item.value:.0f}"
    return str(item.value)


def _firm(session: Session, text: str, by: Actor) -> ReadField | None:
    """The registered firm whose name or short name stands in the text, the longest of several."""
    if not (sees_firm_names(by) and reach(by, Act.READ, "enterprise")):
        return None
    hits = search.search(session, text, by=by, kinds=("enterprise",), limit=_CANDIDATES)
    rows = session.execute(
        select(OrganisationRow.code, OrganisationRow.name, OrganisationRow.short_name).where(
            OrganisationRow.code.in_([hit.code for hit in hits])
        )
    )
    lowered = text.lower()
    named = [
        (len(name), code, lowered.find(name.lower()), name)
        for code, *both in rows
        for name in both
        if name and len(name) >= _SHORTEST_NAME and name.lower() in lowered
    ]
    if not named:
        return None
    length, code, start, _ = min(named, key=lambda item: (-item[0], item[1]))
    return ReadField("enterprise", code, text[start : start + length], start, start + length)
