"""From a stored need to ranked bundles: rows in, engine values through, the ranking out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from matching import alternatives as engine
from matching import concessions
from matching.bundles import rank
from matching.concessions import Concession
from matching.policy import DEFAULT_POLICY, Policy
from matching.types import Bundle, Market, Need, Ranking, Violation
from matching.weekly import Calendar
from store.errors import ConflictError, NotFoundError
from store.models import CourseRow, NeedRow
from store.schemas.actor import Actor
from store.schemas.records import NeedView
from store.services import associations, changes, filing_calendar, market, records, reference
from store.services.rights import Act, require

_OFFERED = select(func.count()).where(CourseRow.status == "published")
_COUNTED: WeakKeyDictionary[Engine, tuple[int, int]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Matched:
    """A need with its ranking; `need` is the view the operator sees."""

    need: NeedView
    ranking: Ranking


def rank_bundles(
    session: Session,
    code: str,
    *,
    by: Actor,
    today: date,
    top: int = 5,
    policy: Policy = DEFAULT_POLICY,
    within: str = "",
) -> Matched:
    """Ranked bundles for a stored need, filings aged by the days of the filing calendar.

    `within` an association only what its members of today offer.
    """
    current = filing_calendar.in_force(session, policy)
    found = rank_with_inputs(
        session, code, by=by, today=today, top=top, policy=current, within=within
    )
    return Matched(found.need, found.ranking)


@dataclass(frozen=True, slots=True)
class Made:
    """A ranking with the values that it was made from."""

    need: NeedView
    ranking: Ranking
    asked: Need
    market: Market


def rank_with_inputs(
    session: Session,
    code: str,
    *,
    by: Actor,
    today: date,
    top: int,
    policy: Policy,
    within: str = "",
) -> Made:
    """The ranking by just this policy, and what was looked at for it."""
    view, need = open_need(session, code, by=by)
    if within:
        members = associations.member_codes(session, within, by=by, day=today)
        codes = market.candidate_codes(session, need)
        found = market.around(session, need, today, market.offered_by(session, codes, members))
    else:
        found = market.load_market(session, need, today)
    calendar = reference.calendar(session)
    ranking = _rank(need, found, calendar, (today, top, _offered(session)), policy)
    return Made(view, ranking, need, found.details(()))


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
    view, need = open_need(session, code, by=by)
    found = market.around(session, need, today, [course])
    if not found.market.courses:
        raise NotFoundError("course", course)
    calendar = reference.calendar(session)
    policy = filing_calendar.in_force(session)
    ways = engine.alternatives(need, found.market, calendar, today, policy, top, found.details)
    return view, ways


@dataclass(frozen=True, slots=True)
class WhyNot:
    """What a firm could give up: for one course with what stands in its way, or for all that are closed."""

    need: NeedView
    course: str | None
    violations: tuple[Violation, ...]
    concessions: tuple[Concession, ...]


def why_not(
    session: Session, code: str, course: str | None = None, *, by: Actor, today: date
) -> WhyNot:
    """The smallest changes of a need that open a course, or that open any, most opened first."""
    view, need = open_need(session, code, by=by)
    wide = concessions.widest(need, today)
    codes = [course] if course else market.candidate_codes(session, need)
    found = market.around(session, wide, today, codes)
    if course and not found.market.courses:
        raise NotFoundError("course", course)
    calendar = reference.calendar(session)
    rest = (found.market, calendar, today, filing_calendar.in_force(session), found.details)
    if course:
        return WhyNot(view, course, *concessions.smallest_changes(need, course, *rest))
    return WhyNot(view, None, (), concessions.concessions(need, *rest))


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


def open_need(session: Session, code: str, *, by: Actor) -> tuple[NeedView, Need]:
    """A need that may still be matched, as it is seen and as the engine takes it."""
    require(by, Act.READ, "match", None)
    view: NeedView = records.fetch(session, "need", code, by=by)
    if view.status not in ("open", "matched", "confirmed"):
        raise ConflictError("need_not_open", id=code)
    return view, market.engine_need(session, view)


def _offered(session: Session) -> int:
    """How many courses are published, counted again once anything was written."""
    engine, newest = session.get_bind().engine, changes.newest(session)
    if engine not in _COUNTED or _COUNTED[engine][0] != newest:
        _COUNTED[engine] = newest, session.scalar(_OFFERED) or 0
    return _COUNTED[engine][1]


def rank_offers(
    need: Need,
    found: market.Offers,
    calendar: Calendar,
    today: date,
    top: int,
    policy: Policy,
) -> Ranking:
    """The ranking of a need on offers that were loaded already, by just this policy."""
    return _rank(need, found, calendar, (today, top, None), policy)


def _rank(
    need: Need,
    found: market.Offers,
    calendar: Calendar,
    asked: tuple[date, int, int | None],
    policy: Policy,
) -> Ranking:
    today, top, offered = asked
    return rank(need, found.market, calendar, today, policy, top, offered, found.details)
