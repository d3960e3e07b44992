"""Demand as the analysis sees it: who asked for how many of which trade, and what is arranged already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from matching.policy import DEFAULT_POLICY
from matching.purposes import purpose
from matching.types import Point, Purpose
from store.lifecycles import LIVE
from store.models import AnswerRow, AreaRow, NeedOccupationRow, NeedRow, ProposalRow
from store.schemas.actor import Actor
from store.services import dealing, offers, reference, tree
from store.services.clocks import day_of
from store.services.meaning import settled
from store.services.reference import CHINA
from store.services.rights import Act, Reach, reach, require, sees_firm_names

OPEN = ("open", "matched")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One need: its settled trade or None, the heads asked for and those that something is arranged for.

    The enterprise is a mere number for those who may not know it; the place is its area's.
    """

    code: str
    occupation: str | None
    level: int | None
    heads: int
    covered: int
    first: date
    last: date
    registered: date
    enterprise: str
    is_open: bool
    area: str | None
    place: Point | None
    max_travel_km: float | None
    budget_fen: int | None
    weekly: str | None
    mode: str | None
    purpose: Purpose | None

    @property
    def left(self) -> int:
        """Heads that nothing is arranged for."""
        return self.heads - self.covered


def wanted(
    session: Session, *, by: Actor, today: date, since: date | None = None, area: str | None = None
) -> tuple[Wanted, ...]:
    """Open needs within the actor's sight, the longest waiting first, and all registered from a day on."""
    first, second = aliased(NeedOccupationRow), aliased(NeedOccupationRow)
    state: ColumnElement[bool] = NeedRow.status.in_(OPEN)
    if since is not None:
        state = or_(state, and_(NeedRow.created_at >= start_of(since), NeedRow.status != "draft"))
    rows = session.execute(
        select(
            NeedRow.code, NeedRow.level, NeedRow.heads, NeedRow.earliest, NeedRow.latest,
            NeedRow.created_at, NeedRow.enterprise, NeedRow.status,
            NeedRow.area, AreaRow.lat, AreaRow.lng, NeedRow.max_travel_km, NeedRow.budget_fen,
            NeedRow.weekly, NeedRow.mode, NeedRow.text,
            first.code, first.confidence, first.confirmed_by, second.confidence,
        )
        .outerjoin(first, and_(first.need == NeedRow.code, first.position == 0))
        .outerjoin(second, and_(second.need == NeedRow.code, second.position == 1))
        .outerjoin(AreaRow, AreaRow.code == NeedRow.area)
        .where(state, seen_by(by), within(session, area))
        .order_by(NeedRow.created_at, NeedRow.code)
    ).all()  # fmt: skip
    arranged = _arranged(session, by)
    lead = today + timedelta(days=DEFAULT_POLICY.lead_days)
    horizon = timedelta(days=DEFAULT_POLICY.horizon_days)
    numbers: dict[str, str] = {}
    is_told = sees_firm_names(by)
    found = []
    for code, level, heads, earliest, latest, at, firm, status, *asked in rows:
        home, lat, lng, *wishes, text = asked[:8]
        wishes.append(purpose(text))
        begins = max(earliest, lead)
        told = firm if is_told else numbers.setdefault(firm, str(len(numbers) + 1))
        found.append(
            Wanted(
                code, settled(*asked[8:]), level, heads, min(heads, arranged.get(code, 0)),
                begins, latest or begins + horizon, day_of(at), told, status in OPEN,
                home, offers.point(lat, lng), *wishes,
            )
        )  # fmt: skip
    return tuple(found)


def is_wanted_in(one: Wanted, month: date | None, today: date) -> bool:
    """Whether a need is for a month: the one of its earliest day, the present one where that is over."""
    if month is None:
        return True
    return max(one.first, today).replace(day=1) == month.replace(day=1)


def days_waited(one: Wanted, today: date) -> int:
    """Days since a need was registered; a demo's own day may lie before that."""
    return max(0, (today - one.registered).days)


def seen_by(by: Actor) -> ColumnElement[bool]:
    """Whose needs somebody's numbers are made of: a centre's with those beneath it; for others all."""
    require(by, Act.READ, "need", by.organisation)
    require(by, Act.READ, "course", by.organisation)
    if sees_firm_names(by) and reach(by, Act.READ, "proposal") is Reach.OWN:
        return NeedRow.owner.in_(tree.centres(by.organisation))
    return true()


def dealt_by(by: Actor) -> ColumnElement[bool]:
    """Whose proposals somebody's numbers are made of: an institution's those that it was asked about."""
    require(by, Act.READ, "proposal", by.organisation)
    if reach(by, Act.READ, "proposal") is not Reach.OWN:
        return true()
    if sees_firm_names(by):
        return ProposalRow.owner.in_(tree.centres(by.organisation))
    asked = select(AnswerRow.proposal).where(AnswerRow.party == by.organisation)
    return ProposalRow.code.in_(asked)


def start_of(day: date) -> datetime:
    """The moment a day begins where the desks are."""
    return datetime.combine(day, time(), CHINA)


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def areas_asked(session: Session, *, by: Actor) -> tuple[tuple[str, str], ...]:
    """Codes and names of the areas that open needs are in, and of those around them."""
    rows = session.execute(select(AreaRow.code, AreaRow.parent, AreaRow.name)).all()
    known = {code: (parent, name) for code, parent, name in rows}
    asked = select(NeedRow.area).where(NeedRow.status.in_(OPEN), seen_by(by)).distinct()
    found: set[str] = set()
    for area in session.scalars(asked):
        code = area
        while code in known and code not in found:
            found.add(code)
            code = known[code][0]
    return tuple((code, known[code][1]) for code in sorted(found))


def within(session: Session, area: str | None) -> ColumnElement[bool]:
    """Needs of an area and of every area in it."""
    return true() if area is None else NeedRow.area.in_(areas_within(session, area))


def areas_within(session: Session, area: str) -> list[str]:
    """An area and every area in it."""
    tree.require_area(session, area)
    return sorted(session.scalars(tree.areas(area)))


def _arranged(session: Session, by: Actor) -> dict[str, int]:
    """Heads of open needs that a live proposal holds or has delivered."""
    rows = session.execute(
        select(ProposalRow.need, func.sum(ProposalRow.heads))
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .where(NeedRow.status.in_(OPEN), seen_by(by), dealt_by(by))
        .where(ProposalRow.status.in_((*LIVE, "delivered")))
        .where(dealing.is_held(reference.now(session)))
        .group_by(ProposalRow.need)
    )
    return {need: int(heads) for need, heads in rows}
