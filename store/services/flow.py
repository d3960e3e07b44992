"""How demand flows: what became of the needs of a week, and heads and seats week by week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from store.models import AnswerRow, CourseRow, NeedRow, ProposalRow, RunRow
from store.schemas.actor import Actor
from store.services import reference, tree
from store.services.clocks import day_of
from store.services.coverage import own_offers
from store.services.wanted import dealt_by, monday, seen_by, start_of, within

STEPS = ("registered", "proposed", "accepted", "confirmed", "finished")
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Step:
    """How many needs came so far, with how many heads, and which they are."""

    name: str
    heads: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """What has become of the needs that were registered in the week of a Monday."""

    week: date
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The week of a Monday: heads that were registered, by which needs, seats offered for a start in it."""

    first: date
    heads: int
    seats: int
    needs: tuple[str, ...]


def funnel(session: Session, *, by: Actor, week: date, area: str | None = None) -> Funnel:
    """How far the needs registered in the week of a day have come by now, each step a part of the one before.

    Proposed: offered to those whom it concerns. Accepted: all of them have agreed. Confirmed: booked and not
    cancelled. Finished: the class was held. Heads are those of the proposals that came so far, at most the
    need's own; needs withdrawn later stay registered, drafts are not counted. An area is with all beneath it.
    """
    first = monday(week)
    needs = _registered(session, by, first, first + _WEEK, area)
    reached: dict[int, Counter[str]] = defaultdict(Counter)
    for need, status, heads, asked, agreed in _dealt(session, by, first, first + _WEEK, area):
        for step in range(1, _step(status, asked, agreed) + 1):
            reached[step][need] += heads
    steps = [
        Step(STEPS[0], sum(heads for _, _, heads in needs), tuple(code for code, _, _ in needs))
    ]
    for at, name in enumerate(STEPS[1:], 1):
        came = [(code, min(heads, reached[at][code])) for code, _, heads in needs]
        came = [(code, heads) for code, heads in came if heads]
        steps.append(Step(name, sum(heads for _, heads in came), tuple(code for code, _ in came)))
    return Funnel(first, tuple(steps))


def _step(status: str, asked: int, agreed: int) -> int:
    """The furthest step that a proposal came to."""
    if status == "delivered":
        return 4
    if status == "confirmed":
        return 3
    if asked and asked == agreed:
        return 2
    return 1 if asked else 0


def weekly(
    session: Session,
    *,
    by: Actor,
    today: date | None = None,
    weeks: int = 12,
    ahead: int = 0,
    area: str | None = None,
) -> tuple[Week, ...]:
    """Heads registered in each of the last weeks, the present one included, and seats for a start in it.

    Seats are those of published runs, and the heads of classes on demand that were booked; of the weeks to
    come, `ahead`, there are only seats. A centre sees its own heads and everybody's runs, an institution
    the reverse. Of an area with all beneath it, heads are those asked for there and seats those held there.
    """
    this = monday(today or reference.today(session))
    mondays = [this + at * _WEEK for at in range(1 - weeks, ahead + 1)]
    begin, end = mondays[0], mondays[-1] + _WEEK
    heads: Counter[date] = Counter()
    needs: dict[date, list[str]] = defaultdict(list)
    for code, day, count in _registered(session, by, begin, end, area):
        heads[monday(day)] += count
        needs[monday(day)].append(code)
    seats: Counter[date] = Counter()
    span = (begin, end, area)
    for day, offered in (*_seats(session, by, *span), *_booked(session, by, *span)):
        seats[monday(day)] += int(offered or 0)
    return tuple(Week(one, heads[one], seats[one], tuple(needs[one])) for one in mondays)


def _registered(
    session: Session, by: Actor, first: date, end: date, area: str | None
) -> list[tuple[str, date, int]]:
    """Needs registered from one day until before another: code, day, heads; drafts are not."""
    rows = session.execute(
        select(NeedRow.code, NeedRow.created_at, NeedRow.heads)
        .where(NeedRow.created_at >= start_of(first), NeedRow.created_at < start_of(end))
        .where(NeedRow.status != "draft", seen_by(by), within(session, area))
        .order_by(NeedRow.code)
    )
    return [(code, day_of(at), heads) for code, at, heads in rows]


def _dealt(
    session: Session, by: Actor, first: date, end: date, area: str | None
) -> Iterable[tuple[str, str, int, int, int]]:
    """Proposals for needs of some days: need, state, heads, how many were asked and how many agreed."""
    agreed = func.sum(case((AnswerRow.status == "accepted", 1), else_=0))
    return [
        (need, status, heads, asked, int(yes))
        for _, need, status, heads, asked, yes in session.execute(
            select(
                ProposalRow.code, ProposalRow.need, ProposalRow.status, ProposalRow.heads,
                func.count(AnswerRow.party), agreed,
            )
            .join(NeedRow, NeedRow.code == ProposalRow.need)
            .outerjoin(AnswerRow, AnswerRow.proposal == ProposalRow.code)
            .where(NeedRow.created_at >= start_of(first), NeedRow.created_at < start_of(end))
            .where(NeedRow.status != "draft", seen_by(by), dealt_by(by))
            .where(within(session, area))
            .group_by(ProposalRow.code, ProposalRow.need, ProposalRow.status, ProposalRow.heads)
        )
    ]  # fmt: skip


def _seats(
    session: Session, by: Actor, first: date, end: date, area: str | None
) -> Iterable[tuple[date, int | None]]:
    rows = session.execute(
        select(RunRow.first_day, func.sum(RunRow.seats))
        .where(RunRow.status == "published", RunRow.first_day >= first, RunRow.first_day < end)
        .where(own_offers(by, RunRow), tree.held_in(RunRow, area))
        .group_by(RunRow.first_day)
    )
    return [(day, count) for day, count in rows]


def _booked(
    session: Session, by: Actor, first: date, end: date, area: str | None
) -> Iterable[tuple[date, int]]:
    """Heads of classes on demand that were booked."""
    rows = session.execute(
        select(ProposalRow.first_day, func.sum(ProposalRow.heads))
        .join(CourseRow, CourseRow.code == ProposalRow.course)
        .where(ProposalRow.status.in_(("confirmed", "delivered")), ProposalRow.run.is_(None))
        .where(ProposalRow.first_day >= first, ProposalRow.first_day < end)
        .where(dealt_by(by), own_offers(by, CourseRow), tree.held_in(ProposalRow, area))
        .group_by(ProposalRow.first_day)
    )
    return [(day, count) for day, count in rows]
