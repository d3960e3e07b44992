"""Needs by a line of words: state, level, place by name or letters, firm, trade; every word must fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matching.text import fold, level_rank
from store.errors import NotAllowedError
from store.models import AreaRow, NeedOccupationRow, NeedRow
from store.schemas.actor import Actor
from store.services import naming, records, search, sentences, tree
from store.services.records import Page
from store.services.rights import Act, require_some, sees_firm_names

_HITS = 500
_NEAR = 0.7  # how well a firm's or a need's words must fit, 0 to 1


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """States and codes to keep (none: all) and words that each must fit; `beyond` keeps codes above it.

    `area` keeps needs in an area and in those beneath it.
    """

    states: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    beyond: str = ""
    codes: tuple[str, ...] = ()
    area: str = ""


def page(
    session: Session, wanted: NeedFilter, *, by: Actor, after: str = "", limit: int = 200
) -> Page:
    """Needs that pass, newest first; of a word that means more than 500 firms or needs, the best 500."""
    return records.page(
        session,
        "need",
        by=by,
        after=after,
        limit=limit,
        newest_first=True,
        only=_conditions(session, wanted, by),
    )


def beneath(
    session: Session,
    kind: str,
    *,
    by: Actor,
    area: str | None = None,
    centre: str | None = None,
    after: str = "",
    limit: int = 100,
    where: Mapping[str, object] | None = None,
) -> Page:
    """Records of a kind in an area and those beneath it; needs of a centre and of those beneath it."""
    require_some(by, Act.READ, kind)
    only: list[ColumnElement[bool]] = []
    if area is not None:
        tree.require_area(session, area)
        only.append(tree.is_in(kind, area))
    if centre is not None:
        if kind != "need" or not sees_firm_names(by):  # to others centres are masked
            raise NotAllowedError(Act.READ, "centre", centre)
        only.append(NeedRow.owner.in_(tree.centres(centre)))
    return records.page(session, kind, by=by, after=after, limit=limit, where=where, only=only)


def count(session: Session, wanted: NeedFilter, *, by: Actor) -> int:
    """How many needs pass."""
    return records.page(
        session, "need", by=by, limit=1, newest_first=True, only=_conditions(session, wanted, by)
    ).total


def newest(session: Session, *, by: Actor) -> str:
    """The highest code of a need, which is where a next visit begins; empty before there is any."""
    require_some(by, Act.READ, "need")
    return session.scalar(select(func.max(NeedRow.code))) or ""


def _conditions(session: Session, wanted: NeedFilter, by: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(NeedRow.status.in_(wanted.states))
    if wanted.codes:
        found.append(NeedRow.code.in_(wanted.codes))
    if wanted.beyond:
        found.append(NeedRow.code > wanted.beyond)
    if wanted.area:
        tree.require_area(session, wanted.area)
        found.append(tree.is_in("need", wanted.area))
    return found + [_fits(session, word, by) for word in wanted.words]


def places(session: Session, word: str, by: Actor) -> set[str]:
    """Areas of that name or those letters, with what lies in them."""
    rows = session.execute(select(AreaRow.code, AreaRow.name, AreaRow.parent)).all()
    short = sentences.place_letters(session, by).get(word.lower())
    found = {code for code, name, _parent in rows if word in name or code == short}
    while more := {code for code, _name, parent in rows if parent in found} - found:
        found |= more
    return found


def _fits(session: Session, word: str, by: Actor) -> ColumnElement[bool]:
    """A level, else any of: a place, a need's own words, its occupation, its firm."""
    level = level_rank(fold(word))
    if level is not None:
        return NeedRow.level == level
    meant = [share.code for share in naming.meanings(session, word)]
    found: list[ColumnElement[bool]] = [
        NeedRow.area.in_(sorted(places(session, word, by))),
        NeedRow.code.in_(
            select(NeedOccupationRow.need).where(
                NeedOccupationRow.code.in_(meant), NeedOccupationRow.position == 0
            )
        ),
    ]
    if sees_firm_names(by):  # for others the words would tell which firm a masked need is of
        hits = search.search(session, word, by=by, kinds=("need", "enterprise"), limit=_HITS)
        near = [hit for hit in hits if hit.score >= _NEAR]
        found += [
            NeedRow.text.contains(word, autoescape=True),
            NeedRow.code.in_([hit.code for hit in near if hit.kind == "need"]),
            NeedRow.enterprise.in_([hit.code for hit in near if hit.kind == "enterprise"]),
        ]
    return or_(*found)
