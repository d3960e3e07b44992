"""下一步开什么: heads that nothing is arranged for, by trade and level, with the firms masked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import AreaRow, CourseCallRow
from store.schemas.actor import SYSTEM, Actor
from store.services import naming
from store.services.rights import Act, require, sees_firm_names
from store.services.wanted import Wanted, monday, wanted

FEW = 3  # fewer firms than this are not counted out to those who may not know them


@dataclass(frozen=True, slots=True)
class Wish:
    """What could be opened next: heads, from how many firms (None: fewer than three), the most they pay.

    `ceilings` are the lowest and highest price per head that is named, None where none is; `areas` names of
    places, none where so few firms could be told by them; weeks are Mondays of the first and the last.
    """

    occupation: str
    name: str
    level: int | None
    heads: int
    needs: int
    firms: int | None
    ceilings: tuple[float, float] | None
    areas: tuple[str, ...]
    first_week: date
    last_week: date
    calls: tuple[str, ...]


def board(session: Session, *, by: Actor, today: date) -> tuple[Wish, ...]:
    """Lines by trade and level, most heads first; unsettled trades are left out.

    A centre sees its own demand, others the whole district's, with what is arranged by whomever left out.
    """
    for kind in ("need", "course"):
        require(by, Act.READ, kind, by.organisation)
    is_told = sees_firm_names(by)
    groups: dict[tuple[str, int | None], list[Wanted]] = defaultdict(list)
    for one in wanted(session, by=by if is_told else SYSTEM, today=today):
        if one.left and one.occupation:
            groups[one.occupation, one.level].append(one)
    names = naming.occupation_names(session, {occupation for occupation, _ in groups})
    places = dict(session.execute(select(AreaRow.code, AreaRow.name)).all())
    calls: dict[str, list[tuple[int | None, str]]] = defaultdict(list)
    query = select(CourseCallRow.occupation, CourseCallRow.level, CourseCallRow.code)
    for occupation, level, code in session.execute(
        query.where(CourseCallRow.status == "open").order_by(CourseCallRow.code)
    ):
        calls[occupation].append((level, code))
    found = [
        _wish(
            some,
            names.get(occupation, occupation),
            tuple(code for asked, code in calls[occupation] if asked in (None, level)),
            places,
            is_told,
        )
        for (occupation, level), some in groups.items()
    ]
    found.sort(key=lambda one: (-one.heads, one.occupation, one.level or 0))
    return tuple(found)


def _wish(
    some: list[Wanted],
    name: str,
    calls: tuple[str, ...],
    places: dict[str, str],
    is_told: bool,
) -> Wish:
    first = some[0]
    firms = len({one.enterprise for one in some})
    is_shown = is_told or firms >= FEW
    prices = [one.budget_fen / 100 for one in some if one.budget_fen is not None]
    areas = sorted({places.get(one.area, one.area) for one in some if one.area})
    return Wish(
        first.occupation or "",
        name,
        first.level,
        sum(one.left for one in some),
        len(some),
        firms if is_shown else None,
        (min(prices), max(prices)) if prices else None,
        tuple(areas) if is_shown else (),
        monday(min(one.first for one in some)),
        monday(max(one.last for one in some)),
        calls,
    )
