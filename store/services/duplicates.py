"""Firms, institutions and courses that look like one, with what speaks for it; needs that were told twice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import text
from store.errors import ConflictError, InvalidError
from store.models import (
    ApartRow,
    AreaRow,
    CourseOccupationRow,
    CourseRow,
    EquipmentRow,
    NeedOccupationRow,
    NeedRow,
    OrganisationRow,
)
from store.schemas.actor import Actor
from store.services import audit, filing, naming, records
from store.services.kinds import kind_named
from store.services.rights import Act, require_some

KINDS = ("enterprise", "institution", "course")
MERGED = (*KINDS, "need")
LEAST = 0.8  # the score from which on two records are shown as perhaps one
_LARGEST_BLOCK = 200
_CODE = re.compile(r"[\w-]+")
_NAMED: Mapping[str, Any] = {
    "area": AreaRow,
    "enterprise": OrganisationRow,
    "institution": OrganisationRow,
    "equipment": EquipmentRow,
}
_OPEN = ("open", "matched")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be one, the older first: how alike from 0 to 1, and what speaks for it."""

    kind: str
    one: str
    other: str
    one_name: str
    other_name: str
    score: float
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Double:
    """Needs of two centres that may be one: of a firm or two that look alike, for a trade, at a time."""

    one: str
    other: str
    one_owner: str
    other_owner: str
    enterprise: str
    other_enterprise: str
    occupation: str
    occupation_name: str
    heads: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Side:
    """A field of two records beside each other, as it is written in tables, with names for codes."""

    field: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class _Firm:
    code: str
    name: str
    core: str
    sound: str
    short: str
    area: str | None
    contact: str | None


def listed(session: Session, *, by: Actor, kind: str | None = None) -> tuple[Pair, ...]:
    """Pairs that nobody has decided on, most alike first."""
    require_some(by, Act.READ, "duplicate")
    if kind is not None and kind not in KINDS:
        raise InvalidError("field_unknown", name=kind, known=", ".join(KINDS))
    found = [pair for one in ([kind] if kind else KINDS) for pair in _pairs(session, one)]
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.kind, pair.one, pair.other)))


def doubles(session: Session, *, by: Actor) -> tuple[Double, ...]:
    """Open needs of two centres that may be the same one, and that nobody has decided on."""
    require_some(by, Act.READ, "duplicate")
    known = _apart(session, "need")
    alike = _groups((pair.one, pair.other) for pair in _pairs(session, "enterprise"))
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in session.execute(
        select(
            NeedRow.code, NeedRow.owner, NeedRow.enterprise, NeedRow.earliest, NeedRow.latest,
            NeedRow.heads, NeedOccupationRow.code.label("occupation"),
        )
        .join(NeedOccupationRow, NeedOccupationRow.need == NeedRow.code)
        .where(NeedRow.status.in_(_OPEN), NeedOccupationRow.position == 0)
        .order_by(NeedRow.code)
    ):  # fmt: skip
        groups[alike.get(row.enterprise, row.enterprise), row.occupation].append(row)
    names = naming.occupation_names(session, {occupation for _firm, occupation in groups})
    return tuple(
        Double(
            one.code, other.code, one.owner, other.owner, one.enterprise, other.enterprise,
            one.occupation, names.get(one.occupation, one.occupation), (one.heads, other.heads),
        )
        for rows in groups.values()
        for one, other in combinations(rows, 2)
        if one.owner != other.owner
        and _overlap(one, other)
        and frozenset((one.code, other.code)) not in known
    )  # fmt: skip


def compared(session: Session, kind: str, one: str, other: str, *, by: Actor) -> tuple[Side, ...]:
    """Every field that two records fill, beside each other."""
    require_some(by, Act.READ, "duplicate", one)
    if kind not in MERGED:
        raise InvalidError("field_unknown", name=kind, known=", ".join(MERGED))
    about = kind_named(kind)
    first, second = (
        filing.named_cells(about, records.fetch(session, kind, code, by=by))
        for code in (one, other)
    )
    names = _names(session, (first, second))
    return tuple(
        Side(name, *(_named(cells[name], names.get(name, {})) for cells in (first, second)))
        for name in first
        if first[name] or second[name]
    )


def _names(session: Session, sides: Sequence[Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    """Names of the codes in some columns of records, by column."""
    trades = {code for cells in sides for code in _CODE.findall(cells.get("occupations", ""))}
    found = {"occupations": naming.occupation_names(session, trades)}
    for name, row in _NAMED.items():
        codes = {cells[name] for cells in sides if cells.get(name)}
        query = select(row.code, row.name).where(row.code.in_(codes))
        found[name] = dict(session.execute(query).all())
    return found


def _named(cell: str, names: Mapping[str, str]) -> str:
    return _CODE.sub(lambda found: names.get(found[0], found[0]), cell) if names else cell


def apart(session: Session, kind: str, one: str, other: str, *, by: Actor) -> None:
    """Remember that two records are not the same: the pair is not shown again."""
    require_some(by, Act.EDIT, "duplicate", one)
    if kind not in MERGED or one == other:
        raise InvalidError("duplicate_pair", kind=kind, one=one, other=other)
    for code in (one, other):
        records.fetch(session, kind, code, by=by)
    low, high = sorted((one, other))
    if session.get(ApartRow, (kind, low, high)) is None:
        now = datetime.now(UTC)
        session.add(ApartRow(kind=kind, one=low, other=high, login=by.login, at=now))
        session.flush()
        audit.note(session, by, "apart", "duplicate", [(low, None, {"kind": kind, "other": high})])


def undo_apart(session: Session, kind: str, one: str, other: str, *, by: Actor) -> None:
    """Two records that somebody said are not the same may be it after all: the pair is shown again."""
    require_some(by, Act.EDIT, "duplicate", one)
    low, high = sorted((one, other))
    row = session.get(ApartRow, (kind, low, high))
    if row is None:
        raise ConflictError("nothing_to_undo", id=one)
    session.delete(row)
    audit.note(session, by, "undo", "duplicate", [(low, {"kind": kind, "other": high}, None)])


def _pairs(session: Session, kind: str) -> list[Pair]:
    known = _apart(session, kind)
    found = _courses(session) if kind == "course" else _firms(session, kind)
    return [
        pair
        for pair in found
        if pair.score >= LEAST and frozenset((pair.one, pair.other)) not in known
    ]


def _apart(session: Session, kind: str) -> set[frozenset[str]]:
    """Pairs that somebody said are not the same."""
    query = select(ApartRow.one, ApartRow.other).where(ApartRow.kind == kind)
    return {frozenset(pair) for pair in session.execute(query)}


def _firms(session: Session, kind: str) -> Iterator[Pair]:
    row = OrganisationRow
    firms = [
        _firm(*found)
        for found in session.execute(
            select(row.code, row.name, row.short_name, row.area, row.contact)
            .where(row.kind == kind, row.status != "withdrawn")
            .order_by(row.created_at, row.code)
        )
    ]
    areas = dict(session.execute(select(AreaRow.code, AreaRow.name)).all())
    for one, other in _blocked(firms, _keys):
        score, evidence = _alike(one, other, areas)
        yield Pair(kind, one.code, other.code, one.name, other.name, score, evidence)


def _firm(code: str, name: str, short: str | None, area: str | None, contact: str | None) -> _Firm:
    core = text.without_form(text.fold(name))
    return _Firm(
        code,
        name,
        core,
        text.pinyin(core),
        text.fold(short or ""),
        area,
        contact and text.fold(contact),
    )


def _keys(firm: _Firm) -> Iterator[Hashable]:
    yield "name", firm.core[:2]
    yield "sound", text.pinyin(firm.core[:2])
    if firm.short:
        yield "short", firm.short
    if firm.contact and firm.area:
        yield "contact", firm.contact, firm.area


def _blocked(firms: Sequence[_Firm], keys: Any) -> Iterator[tuple[_Firm, _Firm]]:
    """Pairs that share a key, each once; keys that very many share tell nothing."""
    blocks: dict[Hashable, list[_Firm]] = defaultdict(list)
    for firm in firms:
        for key in keys(firm):
            blocks[key].append(firm)
    seen: set[tuple[str, str]] = set()
    for block in blocks.values():
        for one, other in combinations(block, 2) if len(block) <= _LARGEST_BLOCK else ():
            if one.code != other.code and (one.code, other.code) not in seen:
                seen.add((one.code, other.code))
                yield one, other


def _alike(
    one: _Firm, other: _Firm, areas: Mapping[str, str]
) -> tuple[float, tuple[tuple[str, str], ...]]:
    """The name says four fifths of it, where they are and whom one asks for a tenth each."""
    from rapidfuzz.fuzz import ratio

    name = ratio(one.core, other.core) / 100
    evidence = [("name", f"{round(100 * name)}")]
    if one.sound == other.sound and one.core != other.core:
        name = max(name, 0.95)
        evidence.append(("sound", one.sound))
    if one.short and one.short == other.short:
        name = max(name, 0.9)
        evidence.append(("short_name", one.short))
    score = 0.8 * name
    for field in ("area", "contact"):
        value = getattr(one, field)
        if value and value == getattr(other, field):
            score += 0.1
            evidence.append((field, areas.get(value, value)))
    return round(score, 3), tuple(evidence)


def _courses(session: Session) -> Iterator[Pair]:
    """Courses of one institution for one trade and level whose titles say the same, but for its order."""
    from rapidfuzz.fuzz import ratio

    row, share = CourseRow, CourseOccupationRow
    groups: dict[tuple[str, str, int | None], list[Any]] = defaultdict(list)
    for one in session.execute(
        select(
            row.code, row.title, row.institution, row.level, row.price_fen, row.theory_hours,
            row.practice_hours, row.delivery, share.code.label("trade"),
        )
        .join(share, share.course == row.code)
        .where(row.status != "withdrawn", share.position == 0)
        .order_by(row.created_at, row.code)
    ):  # fmt: skip
        groups[one.institution, one.trade, one.level].append(one)
    for rows in groups.values():
        for one, other in combinations(rows, 2):
            name = ratio(text.fold(one.title), text.fold(other.title)) / 100
            same = tuple(
                (field, str(getattr(one, field)))
                for field in ("price_fen", "theory_hours", "practice_hours", "delivery")
                if getattr(one, field) == getattr(other, field) is not None
            )
            score = round(0.6 * name + 0.1 * len(same), 3)
            evidence = (("title", f"{round(100 * name)}"), *same)
            yield Pair("course", one.code, other.code, one.title, other.title, score, evidence)


def _groups(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Each code of the pairs with one that stands for all that hang together with it."""
    into: dict[str, str] = {}

    def root(code: str) -> str:
        while into.get(code, code) != code:
            code = into[code]
        return code

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        into.setdefault(low, low)
        into[high] = low
    return {code: root(code) for code in into}


def _overlap(one: Any, other: Any) -> bool:
    return bool(
        one.earliest <= (other.latest or date.max) and other.earliest <= (one.latest or date.max)
    )
