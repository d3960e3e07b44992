"""Names in cells where codes belong: the one record that is meant, or those that come nearest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Jaro
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matching.text import fold, own_name
from store.models import (
    AreaRow,
    CourseRow,
    EquipmentRow,
    InstructorRow,
    OrganisationRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import naming
from store.services.rights import Act, Reach, reach

_CODE = re.compile(r"(?=.*[0-9-])[A-Z0-9][A-Z0-9-]{0,39}")
_STATION = re.compile(
    r"(?P<name>.*?\D)\s*[x×*＊:：]?\s*(?P<count>\d+)\s*(?:台|个|套|张|间|工位|个工位)?"
)
_MOST_NAMES = 20_000  # of larger tables only whole names are looked up
_NEAREST = 3
_SURE = 88  # of 100: letters in common from which a name is taken for another
_AHEAD = 6
_ALIKE = 40  # letters in common from which on a name may be meant
_OWN_ALIKE = (
    0.7  # of 1: the same of what is an organisation's own; the first letter says a little more
)
_FIRST = 0.05
_TRADE = 0.75  # how well an occupation must fit to be taken
_ENDINGS = ("街道", "有限公司", "有限责任公司", "股份有限公司")


@dataclass(frozen=True, slots=True)
class Found:
    """A record: its code, its name, and whether it was written just so ("name") or alike ("near")."""

    code: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Read:
    """A cell with codes for names: what it says now, how, the names that were taken, those that are unclear.

    `unclear` holds a text that one record alone does not answer, and the nearest, best first.
    """

    text: str
    how: str = ""
    meant: str = ""
    unclear: str = ""
    nearest: tuple[Found, ...] = ()


_SOURCES: Mapping[str, tuple[str, type[Any]]] = {
    "area": ("area", AreaRow),
    "equipment": ("equipment", EquipmentRow),
    "workstations": ("equipment", EquipmentRow),
    "enterprise": ("enterprise", OrganisationRow),
    "apart_from": ("enterprise", OrganisationRow),
    "institution": ("institution", OrganisationRow),
    "institutions_last_year": ("institution", OrganisationRow),
    "body": ("institution", OrganisationRow),
    "buyer": ("centre", OrganisationRow),
    "parent": ("centre", OrganisationRow),
    "venue": ("venue", VenueRow),
    "course": ("course", CourseRow),
    "instructor": ("instructor", InstructorRow),
}
_TRADES = ("occupation", "occupations", "qualifications", "scope")
LOOKED_UP = frozenset((*_SOURCES, *_TRADES))


class Names:
    """Finds records by their names, as far as one person may see them; what was asked before is kept."""

    def __init__(self, session: Session, by: Actor) -> None:
        self._session = session
        self._by = by
        self._books: dict[str, tuple[dict[str, set[str]], dict[str, str]]] = {}
        self._trades: dict[str, tuple[Found, ...]] = {}

    def read(self, column: str, text: str) -> Read:
        """A cell of a column that wants codes; of a list every item that is no code is looked up."""
        if _CODE.fullmatch(text):
            return Read(text)
        items = [item.strip() for item in re.split(r"[;；]", text) if item.strip()]
        parts, hows, meant = [], set(), []
        for item in items:
            word, rest = _parted(column, item)
            if _CODE.fullmatch(word) or self._is_code(column, word):
                parts.append(item)
                continue
            found = self.nearest(column, word)
            if not found or not found[0].how:
                return Read(text, unclear=word, nearest=found)
            parts.append(found[0].code + rest)
            hows.add(found[0].how)
            meant.append(found[0].name)
        return Read(
            "; ".join(parts), "near" if "near" in hows else "name" if hows else "", "、".join(meant)
        )

    def nearest(self, column: str, word: str) -> tuple[Found, ...]:
        """The one record that is meant, alone and with how; else those that come nearest, without."""
        if column in _TRADES:
            if word not in self._trades:
                self._trades[word] = self._trade(word)
            return self._trades[word]
        exact, names = self._of(column)
        key = _folded(word)
        codes = exact.get(key, set())
        if len(codes) == 1:
            (code,) = codes
            return (Found(code, names[code], "name"),)
        if codes:
            return tuple(Found(code, names[code], "") for code in sorted(codes)[:_NEAREST])
        is_own = _SOURCES[column][1] is OrganisationRow
        return tuple(self._alike(key, exact, names, is_own=is_own))

    def _is_code(self, column: str, word: str) -> bool:
        """Whether a word that looks like none is the code of a record, such as BUREAU."""
        is_like = column in _SOURCES and word.isascii() and word.isupper()
        return is_like and word in self._of(column)[1]

    def _of(self, column: str) -> tuple[dict[str, set[str]], dict[str, str]]:
        table, row = _SOURCES[column]
        if table not in self._books:
            self._books[table] = self._book(table, row)
        return self._books[table]

    def _alike(
        self, key: str, exact: Mapping[str, set[str]], names: Mapping[str, str], *, is_own: bool
    ) -> Iterator[Found]:
        best: dict[str, float] = {}
        inside = {code for name in exact if len(key) > 1 and key in name for code in exact[name]}
        for name, score, _ in process.extract(
            key, exact.keys(), scorer=fuzz.ratio, limit=2 * _NEAREST
        ):
            for code in exact[name]:
                best[code] = max(score, best.get(code, 0.0))
        best.update(dict.fromkeys(inside, 100.0 if len(inside) == 1 else _SURE - 1.0))
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        gap = ranked[0][1] - ranked[1][1] if len(ranked) > 1 else 100
        if ranked and ranked[0][1] >= _SURE and gap >= _AHEAD:
            yield Found(ranked[0][0], names[ranked[0][0]], "near")
            return
        if is_own:
            ranked = _own_alike(key, exact, inside)
        for code, score in ranked[:_NEAREST]:
            if score >= _ALIKE:
                yield Found(code, names[code], "")

    def _trade(self, word: str) -> tuple[Found, ...]:
        said = naming.resolve_text(self._session, word, top=_NEAREST)
        found = said.matches
        if found and not said.is_ambiguous and found[0].score >= _TRADE:
            how = "name" if _folded(found[0].name) == _folded(word) else "near"
            return (Found(found[0].code, found[0].name, how),)
        return tuple(Found(match.code, match.name, "") for match in found)

    def _book(self, table: str, row: type[Any]) -> tuple[dict[str, set[str]], dict[str, str]]:
        """Folded names to codes, and codes to names; of a very large table none."""
        exact: dict[str, set[str]] = {}
        names: dict[str, str] = {}
        query = self._visible(table, row)
        if query is None:
            return exact, names
        if (
            self._session.scalar(select(func.count()).select_from(query.subquery())) or 0
        ) > _MOST_NAMES:
            return exact, names
        for code, *written in self._session.execute(query):
            names[code] = str(written[0])
            for name in filter(None, written):
                for form in _forms(_folded(name)):
                    exact.setdefault(form, set()).add(code)
        return exact, names

    def _visible(self, table: str, row: type[Any]) -> Select[Any] | None:
        """Codes and names that the person may see: their own where no more; None where none."""
        columns = [row.code, row.title if table == "course" else row.name]
        if row is OrganisationRow:
            columns.append(row.short_name)
        query = select(*columns)
        if table in ("area", "equipment"):
            return query
        allowed = reach(self._by, Act.READ, table)
        if allowed is None:
            return None
        if row is OrganisationRow:
            query = query.where(row.kind == table)
        if allowed is Reach.OWN:
            query = query.where(row.owner == self._by.organisation)
        return query.where(row.status != "withdrawn")


def _parted(column: str, item: str) -> tuple[str, str]:
    """The name in an item of a list, and what stands behind it in the form of the standard."""
    if column == "workstations":
        found = _STATION.fullmatch(item)
        return (found["name"].strip(" x×*＊:："), f" x{found['count']}") if found else (item, "")
    if column == "qualifications":
        word, _, rest = item.partition(" ")
        return word, f" {rest.strip()}" if rest.strip() else ""
    if column == "occupations":
        word, sign, rest = item.partition(":")
        return word.strip(), sign + rest
    return item, ""


def own_likeness(one: str, other: str) -> float:
    """How alike two names of organisations are in what is their own, about 0 to 1; 0 where too little."""
    left, right = own_name(one), own_name(other)
    likeness = Jaro.normalized_similarity(left, right) + _FIRST * (left[:1] == right[:1])
    return likeness if likeness >= _OWN_ALIKE else 0.0


def _own_alike(
    key: str, exact: Mapping[str, set[str]], inside: Collection[str]
) -> list[tuple[str, float]]:
    """Codes of organisations that may be meant by a folded name, best first."""
    best = dict.fromkeys(inside, 100.0)
    for name, codes in exact.items():
        likeness = 100 * own_likeness(key, name)
        for code in codes if likeness else ():
            best[code] = max(likeness, best.get(code, 0.0))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))


def _folded(name: str) -> str:
    return fold(name).replace(" ", "")


def _forms(name: str) -> Sequence[str]:
    """A name, and the name without an ending that people leave out."""
    short = [name.removesuffix(ending) for ending in _ENDINGS if name.endswith(ending)]
    return [name, *(form for form in short if len(form) > 1)]
