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

_HITS = 500
_NEAR = 0.7  # how well the words of a course or an institution must fit, 0 to 1
_SHOWN = "published"


@dataclass(frozen=True, slots=True)
class ShelfFilter:
    """What a course must be: modes and codes to keep (none: all), price in fen, words that each must fit.

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
    return found + [_fits(session, word, by) for word in wanted.words]


def _price_a_head() -> ColumnElement[float]:
    whole = CourseRow.price_fen * 1.0 / func.coalesce(CourseRow.max_heads, 1)
    return case((CourseRow.price_per == "class", whole), else_=CourseRow.price_fen * 1.0)


def _fits(session: Session, word: str, by: Actor) -> ColumnElement[bool]:
    """A level, else any of: the place of its institution, its trade, its title, its institution's name."""
    level = level_rank(fold(word))
    if level is not None:
        return CourseRow.level == level
    meant = [share.code for share in naming.meanings(session, word)]
    homes = select(OrganisationRow.code).where(
        OrganisationRow.area.in_(sorted(filters.places(session, word, by)))
    )
    hits = search.search(session, word, by=by, kinds=("course", "institution"), limit=_HITS)
    near = [hit for hit in hits if hit.score >= _NEAR]
    return or_(
        CourseRow.institution.in_(homes),
        CourseRow.code.in_(
            select(CourseOccupationRow.course).where(
                CourseOccupationRow.code.in_(meant), CourseOccupationRow.position == 0
            )
        ),
        CourseRow.title.contains(word, autoescape=True),
        CourseRow.code.in_([hit.code for hit in near if hit.kind == "course"]),
        CourseRow.institution.in_([hit.code for hit in near if hit.kind == "institution"]),
    )
