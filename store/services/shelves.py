"""培训超市: courses of all institutions by a line of words: price, place, trade, level and mode."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from matching.text import fold, level_rank
from store.models import CourseOccupationRow, CourseRow, OrganisationRow
from store.schemas.actor import Actor
from store.services import filters, naming, records, search
from store.services.records import Page
from store.services.rights import Act, require_some

_HITS = 500
_NEAR = 0.7  # how well the words of a course or an institution must fit, 0 to 1
_SHOWN = "published"


@dataclass(frozen=True, slots=True)
class ShelfFilter:
    """What a course must be: modes and codes to keep (none: all), price in fen, words that each must fit.

    A word that means nothing here does not keep anything out: `unread` tells it.
    Where a price is asked for, courses without one do not pass; a price for a whole class counts as one a
    head of the most heads, which is what it comes to at least.
    """

    modes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    least_fen: int | None = None
    most_fen: int | None = None
    codes: tuple[str, ...] | None = None


def page(
    session: Session, wanted: ShelfFilter, *, by: Actor, after: str = "", limit: int = 200
) -> Page:
    """Published courses that pass, in order of code, of whichever institution the reader may see."""
    only = _conditions(session, wanted, by)
    return records.page(session, "course", by=by, after=after, limit=limit, only=only)


def unread(session: Session, wanted: ShelfFilter, *, by: Actor) -> tuple[str, ...]:
    """Words that mean nothing here: no level, place, trade, course or institution; `page` leaves them out."""
    require_some(by, Act.READ, "course")
    return tuple(word for word in wanted.words if not _senses(session, word, by))


def _conditions(session: Session, wanted: ShelfFilter, by: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [CourseRow.status == _SHOWN]
    if wanted.modes:
        found.append(CourseRow.mode.in_(wanted.modes))
    if wanted.codes is not None:
        found.append(CourseRow.code.in_(wanted.codes))
    a_head = _price_a_head()
    if wanted.least_fen is not None:
        found.append(a_head >= wanted.least_fen)
    if wanted.most_fen is not None:
        found.append(a_head <= wanted.most_fen)
    senses = (_senses(session, word, by) for word in wanted.words)
    return found + [or_(*some) for some in senses if some]


def _price_a_head() -> ColumnElement[float]:
    whole = CourseRow.price_fen * 1.0 / func.coalesce(CourseRow.max_heads, 1)
    return case((CourseRow.price_per == "class", whole), else_=CourseRow.price_fen * 1.0)


def _senses(session: Session, word: str, by: Actor) -> list[ColumnElement[bool]]:
    """A level; else place or name of its institution, its trade, its title; none where it means nothing."""
    level = level_rank(fold(word))
    if level is not None:
        return [CourseRow.level == level]
    found: list[ColumnElement[bool]] = []
    if places := filters.places(session, word, by):
        homes = select(OrganisationRow.code).where(OrganisationRow.area.in_(sorted(places)))
        found.append(CourseRow.institution.in_(homes))
    if meant := [share.code for share in naming.meanings(session, word)]:
        taught = select(CourseOccupationRow.course).where(
            CourseOccupationRow.code.in_(meant), CourseOccupationRow.position == 0
        )
        found.append(CourseRow.code.in_(taught))
    titled = CourseRow.title.contains(word, autoescape=True)
    if session.scalar(select(CourseRow.code).where(titled, CourseRow.status == _SHOWN).limit(1)):
        found.append(titled)
    hits = search.search(session, word, by=by, kinds=("course", "institution"), limit=_HITS)
    near = [hit for hit in hits if hit.score >= _NEAR]
    for kind, column in (("course", CourseRow.code), ("institution", CourseRow.institution)):
        if codes := [hit.code for hit in near if hit.kind == kind]:
            found.append(column.in_(codes))
    return found
