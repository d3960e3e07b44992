"""Which open needs could be added to a cell of the board: those that a good plan with it would serve."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matching.types import Bundle
from store.models import CourseOccupationRow, CourseRow, NeedOccupationRow, NeedRow
from store.schemas.actor import Actor
from store.services import filing_calendar, market, matchmaking, reference, unmet
from store.services.among import among
from store.services.board import View
from store.services.board_cell import CellDetail, Place, cell
from store.services.rights import Act, Reach, reach, require

MOST_NEEDS = 24  # that are ranked for one cell
_BEST = 20  # plans of each that are looked at
_SMALL_CLASS = 7


@dataclass(frozen=True, slots=True)
class Addition:
    """An open need that a plan with a slot or a run of the cell would serve, and how well (0 to 1)."""

    need: str
    firm: str
    text: str
    heads: int
    course: str
    title: str
    score: float


@dataclass(frozen=True, slots=True)
class Additions:
    """Needs that could be added, best first; `looked` of `open` needs of the trade were ranked."""

    needs: tuple[Addition, ...]
    looked: int
    open: int


def may(by: Actor) -> bool:
    """Whether needs are ranked for an actor."""
    return reach(by, Act.READ, "match") is not None


def additions(
    session: Session,
    place: Place,
    *,
    by: Actor,
    today: date,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Additions:
    """Open needs for which a good plan would use the cell: a slot with room, or a run that meets then."""
    require(by, Act.READ, "match", None)
    found = cell(session, place, by=by)
    slots = {one.code for one in found.slots if one.free and one.status == "published"}
    runs = {one.code for one in found.runs if one.seats_left is None or one.seats_left > 0}
    if place.view is View.INSTRUCTORS or place.day <= today or not (slots or runs):
        return Additions((), 0, 0)
    courses = _courses(session, found)
    wanted = _needs(session, courses, by)
    known = {one.view.code: one for one in unmet.unmet(session, by=by, codes=wanted[:MOST_NEEDS])}
    calendar, policy = reference.calendar(session), filing_calendar.in_force(session)
    made = []
    for at, one in enumerate(known.values()):
        progress(at, len(known))
        codes = sorted(courses.intersection(market.candidate_codes(session, one.need)))
        if not codes:
            continue
        offered = market.around(session, one.need, today, codes)
        ranking = matchmaking.rank_offers(one.need, offered, calendar, today, _BEST, policy)
        bundle = next((b for b in ranking.bundles if _uses(b, place.day, slots, runs)), None)
        if bundle is not None:
            course, heads = bundle.course, one.need.heads
            made.append(
                Addition(
                    one.view.code, one.firm, one.view.text, heads, course.id, course.title,
                    bundle.score,
                )
            )  # fmt: skip
    best = sorted(made, key=lambda one: (-one.score, one.need))
    return Additions(tuple(best), len(known), len(wanted))


def _uses(bundle: Bundle, day: date, slots: Collection[str], runs: Collection[str]) -> bool:
    """Whether a plan meets in the cell."""
    if bundle.run is not None:
        return bundle.run.id in runs and any(one.day == day for one in bundle.sessions)
    return any(one.slot in slots for one in bundle.sessions)


def _courses(session: Session, found: CellDetail) -> set[str]:
    """Courses that are taught on the cell's workstations, and those of its runs."""
    types = {one.equipment for one in found.slots}
    taught = session.scalars(
        select(CourseRow.code).where(
            CourseRow.equipment.in_(sorted(types)), CourseRow.status == "published"
        )
    )
    return {*taught, *(one.course for one in found.runs)}


def _needs(session: Session, courses: Collection[str], by: Actor) -> list[str]:
    """Open needs of the trades of some courses, or of none that is known, in order of code."""
    trades = {
        code[:_SMALL_CLASS]
        for part in among(CourseOccupationRow.course, courses)
        for code in session.scalars(select(CourseOccupationRow.code).where(part))
    }
    of_trade = or_(*(NeedOccupationRow.code.between(p, p + "~") for p in sorted(trades)))
    query = (
        select(NeedRow.code)
        .where(NeedRow.status.in_(("open", "matched")))
        .where(
            or_(
                NeedRow.code.in_(select(NeedOccupationRow.need).where(of_trade)),
                NeedRow.code.not_in(select(NeedOccupationRow.need)),
            )
        )
        .order_by(NeedRow.code)
    )
    if reach(by, Act.READ, "proposal") is Reach.OWN:
        query = query.where(NeedRow.owner == by.organisation)
    return list(session.scalars(query))
