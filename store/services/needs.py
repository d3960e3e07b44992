"""What the registration desk asks while a need is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.topic import core, likeness
from matching.types import Resolution
from store.models import AreaRow, NeedOccupationRow, NeedRow, OrganisationRow
from store.schemas.actor import Actor
from store.services import naming, search, sentences
from store.services.rights import Act, require
from store.services.search import Hit
from store.services.sentences import ReadField

_ALIKE = 0.6
_SURE = 0.75
_CLEAR_GAP = 0.1


@dataclass(frozen=True, slots=True)
class Likeness:
    """An open need that may be the same one: how alike, who registered it and when."""

    code: str
    text: str
    heads: int
    score: float
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LiveCheck:
    """What is known of a need while it is typed."""

    enterprises: tuple[Hit, ...]
    resolution: Resolution | None
    duplicates: tuple[Likeness, ...]
    read: tuple[ReadField, ...] = ()


def check(session: Session, enterprise: str, text: str, *, by: Actor, today: date) -> LiveCheck:
    """Firms that the typed words may mean, occupations, open needs that look the same, fields stated."""
    require(by, Act.REGISTER, "need", by.organisation)
    firms = find_enterprises(session, enterprise, by=by) if enterprise.strip() else ()
    resolution = naming.resolve_text(session, text, top=5) if len(text.strip()) > 1 else None
    read = sentences.read_sentence(session, text, by=by, today=today) if resolution else ()
    chosen = sure_enterprise(firms)
    duplicates: tuple[Likeness, ...] = ()
    if chosen is not None and resolution is not None:
        codes = [match.code for match in resolution.matches[:1]]
        duplicates = _duplicates(session, chosen.code, text, codes)
    return LiveCheck(firms, resolution, duplicates, read)


def find_enterprises(session: Session, text: str, *, by: Actor) -> tuple[Hit, ...]:
    """Firms by name, short name, code or pinyin initials, best first."""
    return search.search(session, text, by=by, kinds=("enterprise",), limit=6)


def sure_enterprise(hits: Sequence[Hit]) -> Hit | None:
    """The one firm that the words clearly mean, None when a person must choose."""
    if not hits or hits[0].score < _SURE:
        return None
    if len(hits) > 1 and hits[0].score < 1 and hits[0].score - hits[1].score < _CLEAR_GAP:
        return None
    return hits[0]


def _duplicates(
    session: Session, enterprise: str, text: str, codes: Sequence[str]
) -> tuple[Likeness, ...]:
    rows = session.execute(
        select(NeedRow, NeedOccupationRow.code)
        .outerjoin(
            NeedOccupationRow,
            (NeedOccupationRow.need == NeedRow.code) & (NeedOccupationRow.position == 0),
        )
        .where(NeedRow.enterprise == enterprise, NeedRow.status == "open")
        .order_by(NeedRow.code)
    )
    wanted = core(text)
    found = []
    for need, code in rows:
        score = likeness(wanted, core(need.text))
        if code is not None and code in codes:
            score = max(score, 0.9)
        if score >= _ALIKE:
            found.append(
                Likeness(need.code, need.text, need.heads, score, need.created_by, need.created_at)
            )
    return tuple(sorted(found, key=lambda item: (-item.score, item.code)))


def find_area(session: Session, text: str) -> tuple[tuple[str, str], ...]:
    """Areas whose code is the text or whose name contains it, codes and names."""
    word = text.strip()
    if not word:
        return ()
    rows = session.execute(
        select(AreaRow.code, AreaRow.name)
        .where(or_(AreaRow.code == word.upper(), AreaRow.name.contains(word, autoescape=True)))
        .order_by(AreaRow.code)
    )
    return tuple((code, name) for code, name in rows)


def area_of(session: Session, enterprise: str) -> str | None:
    """Where a firm is."""
    row = session.get(OrganisationRow, enterprise)
    return row.area if row else None
