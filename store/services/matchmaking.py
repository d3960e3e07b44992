"""From a stored need to ranked bundles: rows in, engine values through, the ranking out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import rank
from matching.policy import DEFAULT_POLICY
from matching.types import Need, Ranking
from matching.weekly import Calendar
from store.errors import ConflictError
from store.models import CourseRow, NeedRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import market, records, reference
from store.services.rights import Act, require


@dataclass(frozen=True, slots=True)
class Matched:
    """A need with its ranking; `need` is the view the operator sees."""

    need: NeedView
    ranking: Ranking


def rank_bundles(session: Session, code: str, *, by: Actor, today: date, top: int = 5) -> Matched:
    """Ranked bundles for a stored need."""
    require(by, Act.READ, "match", None)
    view: NeedView = records.fetch(session, "need", code, by=by)
    if view.status != "open":
        raise ConflictError("need_not_open", id=code)
    calendar = reference.calendar(session)
    need = market.engine_need(session, view)
    return Matched(view, _rank(session, need, calendar, today, top))


def open_needs(session: Session, *, by: Actor) -> tuple[str, ...]:
    """Codes of every open need, in order."""
    require(by, Act.READ, "need", "")
    return tuple(
        session.scalars(select(NeedRow.code).where(NeedRow.status == "open").order_by(NeedRow.code))
    )


def _rank(session: Session, need: Need, calendar: Calendar, today: date, top: int) -> Ranking:
    offered = session.scalar(
        select(func.count()).select_from(CourseRow).where(CourseRow.status == "published")
    )
    found = market.load_market(session, need, today)
    return rank(
        need, found.market, calendar, today, DEFAULT_POLICY, top, offered or 0, found.details
    )
