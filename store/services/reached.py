"""What was reached in a period, unit by unit: the numbers that targets are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from store.models import CourseRow, NeedRow, ProposalRow
from store.schemas.periods import Period
from store.schemas.publication import Indicator
from store.services import tree
from store.services.small_counts import Count
from store.services.wanted import start_of


@dataclass(frozen=True, slots=True)
class Part:
    """Heads of one need or proposal, whose centre, area and firm."""

    centre: str
    area: str | None
    firm: str
    heads: int


def parts(session: Session, indicator: Indicator, period: Period, as_of: date) -> tuple[Part, ...]:
    """What counts for an indicator in a period, up to a day.

    Registered: needs that came in, but drafts. Booked: heads of proposals that were confirmed or delivered
    and begin in the period. Trained: heads of delivered ones that end in it. Firms: those booked.
    Specialties: published courses that are the specialty of a town, however long they have been there.
    """
    last = min(period.last, as_of)
    if last < period.first:
        return ()
    if indicator is Indicator.SPECIALTIES:
        courses = (
            select(CourseRow.owner, CourseRow.specialty, CourseRow.institution, literal(1))
            .where(CourseRow.specialty.is_not(None), CourseRow.status == "published")
            .where(CourseRow.created_at < start_of(last + timedelta(days=1)))
        )
        return tuple(Part(*row) for row in session.execute(courses))
    needs = (NeedRow.owner, NeedRow.area, NeedRow.enterprise)
    if indicator in (Indicator.NEEDS, Indicator.HEADS):
        query = (
            select(*needs, NeedRow.heads)
            .where(NeedRow.created_at >= start_of(period.first), NeedRow.status != "draft")
            .where(NeedRow.created_at < start_of(last + timedelta(days=1)))
        )
    else:
        is_trained = indicator is Indicator.TRAINED
        states = ("delivered",) if is_trained else ("confirmed", "delivered")
        day = ProposalRow.last_day if is_trained else ProposalRow.first_day
        query = (
            select(*needs, ProposalRow.heads)
            .join(NeedRow, NeedRow.code == ProposalRow.need)
            .where(ProposalRow.status.in_(states), day.between(period.first, last))
        )
    return tuple(Part(*row) for row in session.execute(query))


def count(indicator: Indicator, found: Iterable[Part]) -> Count:
    """What some parts come to: heads, needs or firms, and whose."""
    known = tuple(found)
    firms = frozenset(one.firm for one in known)
    if indicator is Indicator.FIRMS:
        return Count(len(firms), firms)
    return Count(len(known) if indicator is Indicator.NEEDS else sum(p.heads for p in known), firms)


def belongs(session: Session, unit: str, unit_kind: str) -> Callable[[Part], bool]:
    """Whether something is of a unit: registered by that centre or one beneath it, or wanted in that area."""
    if unit_kind == "centre":
        beneath = frozenset(session.scalars(tree.centres(unit)))
        return lambda one: one.centre in beneath
    inside = areas_inside(session, unit)
    return lambda one: one.area in inside


def areas_inside(session: Session, area: str) -> frozenset[str]:
    """An area with every area in it."""
    return frozenset(session.scalars(tree.areas(area)))
