"""Heads that may be asked for in the coming weeks, by trade, from needs and from imported history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, select, true
from sqlalchemy.orm import Session, aliased

from matching import forecasting
from matching.forecasting import Forecast
from store.errors import InvalidError
from store.models import DemandHistoryRow, NeedOccupationRow, NeedRow, OccupationRow
from store.schemas.actor import Actor
from store.services import audit, naming
from store.services.clocks import day_of
from store.services.meaning import settled
from store.services.rights import Act, Reach, reach, require
from store.services.wanted import monday, seen_by, start_of, within

HORIZONS = (1, 12)
_MOST_WEEKS = 104
_LONGEST_SOURCE = 120
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Past:
    """One imported count: heads asked for of a trade in the week of a Monday."""

    week: date
    occupation: str
    heads: int


@dataclass(frozen=True, slots=True)
class Series:
    """Heads by trade for each whole past week, the oldest first; which weeks were imported, from where.

    `needs` are the codes behind what the store itself counted, by trade and week.
    """

    weeks: tuple[date, ...]
    heads: Mapping[str, tuple[int, ...]]
    imported: frozenset[date]
    sources: tuple[str, ...]
    needs: Mapping[tuple[str, date], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Line:
    """One trade: what was asked for and what may be; the trade is None for all together."""

    occupation: str | None
    name: str
    past: tuple[int, ...]
    needs: tuple[str, ...]
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class Outlook:
    """The sum first, then the trades that were asked for most; the Monday that the forecast begins at."""

    first: date
    horizon: int
    weeks: tuple[date, ...]
    imported: int
    sources: tuple[str, ...]
    lines: tuple[Line, ...]


def forecast(
    session: Session,
    *,
    by: Actor,
    today: date,
    horizon: int = 6,
    top: int = 20,
    occupations: Sequence[str] | None = None,
    area: str | None = None,
) -> Outlook:
    """Heads a week for the coming weeks, this one included; `occupations` in place of the top ones."""
    found = series(session, by=by, today=today, area=area)
    if not HORIZONS[0] <= horizon <= HORIZONS[1]:
        raise InvalidError("horizon_range", value=horizon, least=HORIZONS[0], most=HORIZONS[1])
    if occupations is None:
        ranked = sorted(found.heads, key=lambda code: (-sum(found.heads[code]), code))
        occupations = ranked[:top]
    names = naming.occupation_names(session, set(occupations))
    sums = tuple(map(sum, zip(*found.heads.values(), strict=True)))
    nothing = (0,) * len(found.weeks)
    lines = [Line(None, "", sums, (), forecasting.forecast(sums, horizon))]
    for code in occupations:
        past = found.heads.get(code, nothing)
        codes = [need for week in found.weeks for need in found.needs.get((code, week), ())]
        told = forecasting.forecast(past, horizon)
        lines.append(Line(code, names.get(code, code), past, tuple(codes), told))
    return Outlook(
        monday(today), horizon, found.weeks, len(found.imported), found.sources, tuple(lines)
    )


def series(session: Session, *, by: Actor, today: date, area: str | None = None) -> Series:
    """Whole weeks before this one, at most two years; drafts and unsettled trades are left out.

    A week that an organisation imported is taken from its import, not from needs it registered then; of a
    survey, which asks about some trades, only these. Of one area there are no imports: they do not say
    where their heads were wanted.
    """
    this = monday(today)
    since = this - _MOST_WEEKS * _WEEK
    counted: dict[tuple[str, date], int] = defaultdict(int)
    needs: dict[tuple[str, date], list[str]] = defaultdict(list)
    sources: dict[str, None] = {}
    imported: set[tuple[str, date]] = set()
    surveyed: set[tuple[str, date, str]] = set()
    scope = seen_by(by)
    for row in session.execute(
        select(
            DemandHistoryRow.owner, DemandHistoryRow.week, DemandHistoryRow.occupation,
            DemandHistoryRow.heads, DemandHistoryRow.source, DemandHistoryRow.survey,
        )
        .where(DemandHistoryRow.week >= since, DemandHistoryRow.week < this)
        .where(_own_history(by), true() if area is None else false())
        .order_by(DemandHistoryRow.week, DemandHistoryRow.occupation)
    ):  # fmt: skip
        owner, week, occupation, heads, source, survey = row
        counted[occupation, week] += heads
        if survey is None:
            imported.add((owner, week))
        surveyed.add((owner, week, occupation))
        sources[source] = None
    first, second = aliased(NeedOccupationRow), aliased(NeedOccupationRow)
    for code, owner, at, heads, one, sure, confirmed, other in session.execute(
        select(
            NeedRow.code, NeedRow.owner, NeedRow.created_at, NeedRow.heads,
            first.code, first.confidence, first.confirmed_by, second.confidence,
        )
        .outerjoin(first, and_(first.need == NeedRow.code, first.position == 0))
        .outerjoin(second, and_(second.need == NeedRow.code, second.position == 1))
        .where(NeedRow.created_at >= start_of(since), NeedRow.created_at < start_of(this))
        .where(NeedRow.status != "draft", scope, within(session, area))
        .order_by(NeedRow.code)
    ):  # fmt: skip
        trade, week = settled(one, sure, confirmed, other), monday(day_of(at))
        is_told = (owner, week) in imported or (owner, week, trade) in surveyed
        if trade is not None and not is_told:
            counted[trade, week] += heads
            needs[trade, week].append(code)
    return _series(counted, this, imported, sources, needs)


def _series(
    counted: Mapping[tuple[str, date], int],
    this: date,
    imported: set[tuple[str, date]],
    sources: Mapping[str, None],
    needs: Mapping[tuple[str, date], list[str]],
) -> Series:
    begins = min((week for _, week in counted), default=this)
    weeks = tuple(begins + at * _WEEK for at in range((this - begins).days // 7))
    trades = sorted({trade for trade, _ in counted})
    return Series(
        weeks,
        {trade: tuple(counted.get((trade, week), 0) for week in weeks) for trade in trades},
        frozenset(week for _, week in imported),
        tuple(sources),
        {key: tuple(codes) for key, codes in needs.items()},
    )


def _own_history(by: Actor) -> ColumnElement[bool]:
    """A centre's own history, everybody's for others who may look, as with needs."""
    if reach(by, Act.READ, "proposal") is Reach.OWN and reach(by, Act.REGISTER, "need"):
        return DemandHistoryRow.owner == by.organisation
    return true()


def take_history(session: Session, rows: Sequence[Past], source: str, *, by: Actor) -> int:
    """Import past counts in place of those of the same weeks and trades; how many there are.

    `source` says where they are from: they are told apart from what the store counted itself.
    """
    require(by, Act.REGISTER, "need", by.organisation)
    source = source.strip()
    if not 0 < len(source) <= _LONGEST_SOURCE or not source.isprintable():
        raise InvalidError("history_source", most=_LONGEST_SOURCE)
    if not rows:
        raise InvalidError("history_empty")
    known = set(session.scalars(select(OccupationRow.code)))
    for at, one in enumerate(rows, 1):
        if one.occupation not in known:
            raise InvalidError("history_trade", row=at, value=one.occupation)
        if one.week.weekday():
            raise InvalidError("history_week", row=at, value=one.week.isoformat())
        if one.heads < 0:
            raise InvalidError("history_heads", row=at, value=one.heads)
    table = DemandHistoryRow
    kept = {
        (row.week, row.occupation): row
        for row in session.scalars(select(table).where(table.owner == by.organisation))
    }
    for one in rows:
        row = kept.get((one.week, one.occupation))
        if row is None:
            row = table(owner=by.organisation, week=one.week, occupation=one.occupation)
            session.add(row)
            kept[one.week, one.occupation] = row
        row.heads, row.source, row.survey = one.heads, source, None
    session.flush()
    weeks = sorted({one.week.isoformat() for one in rows})
    told = {"source": source, "rows": len(rows), "first": weeks[0], "last": weeks[-1]}
    audit.note(session, by, "load", "demand_history", [(f"{weeks[0]}..{weeks[-1]}", None, told)])
    return len(rows)
