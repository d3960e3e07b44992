"""From a stored need to ranked bundles: rows in, engine values through, the ranking out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import alternatives as engine
from matching import rank
from matching.policy import DEFAULT_POLICY
from matching.types import Bundle, Market, Need, Ranking
from matching.weekly import Calendar
from store.errors import ConflictError, NotFoundError
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
    view, need = _open_need(session, code, by)
    found = market.load_market(session, need, today)
    calendar = reference.calendar(session)
    return Matched(view, _rank(need, found, calendar, (today, top, _offered(session))))


def open_needs(session: Session, *, by: Actor) -> tuple[str, ...]:
    """Codes of every open need, in order."""
    require(by, Act.READ, "need", "")
    return tuple(
        session.scalars(select(NeedRow.code).where(NeedRow.status == "open").order_by(NeedRow.code))
    )


def alternatives(
    session: Session, code: str, course: str, *, by: Actor, today: date, top: int = 5
) -> tuple[NeedView, tuple[Bundle, ...]]:
    """Other ways to deliver a course for a need, none as good as another in everything."""
    view, need = _open_need(session, code, by)
    found = market.around(session, need, today, [course])
    if not found.market.courses:
        raise NotFoundError("course", course)
    calendar = reference.calendar(session)
    ways = engine.alternatives(
        need, found.market, calendar, today, DEFAULT_POLICY, top, found.details
    )
    return view, ways


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The market of one moment in memory, for ranking many needs."""

    market: Market
    calendar: Calendar
    today: date
    offered: int


def snapshot(session: Session, *, by: Actor, today: date) -> Snapshot:
    """Everything that is offered now."""
    require(by, Act.READ, "match", None)
    whole = market.snapshot(session, today)
    whole.prepare()
    return Snapshot(whole, reference.calendar(session), today, _offered(session))


def rank_within(
    session: Session, code: str, known: Snapshot, *, by: Actor, top: int = 5
) -> Matched:
    """What `rank_bundles` gives, with the market from a snapshot."""
    view, need = _open_need(session, code, by)
    found = market.within(known.market, session, need)
    return Matched(view, _rank(need, found, known.calendar, (known.today, top, known.offered)))


def _open_need(session: Session, code: str, by: Actor) -> tuple[NeedView, Need]:
    require(by, Act.READ, "match", None)
    view: NeedView = records.fetch(session, "need", code, by=by)
    if view.status != "open":
        raise ConflictError("need_not_open", id=code)
    return view, market.engine_need(session, view)


def _offered(session: Session) -> int:
    return session.scalar(select(func.count()).where(CourseRow.status == "published")) or 0


def _rank(
    need: Need, found: market.Offers, calendar: Calendar, asked: tuple[date, int, int]
) -> Ranking:
    today, top, offered = asked
    return rank(need, found.market, calendar, today, DEFAULT_POLICY, top, offered, found.details)
