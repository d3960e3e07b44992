"""What a bulletin tells of demand, small counts held back: shortages, waiting, weeks, what became."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.lifecycles import LIVE
from store.models import NeedRow, ProposalRow
from store.schemas.periods import before
from store.schemas.publication import Cell, Cells, Figures, Indicator, Mark
from store.services import analysis, flow, reached
from store.services.clocks import day_of
from store.services.figure_scope import Line, Scope, shown, withheld
from store.services.small_counts import Count, counted, held_back
from store.services.wanted import Wanted, days_waited, monday, start_of, wanted

WEEKS = 52
QUARTER = 13
_WINDOWS = (8, QUARTER, WEEKS)
_WAITS = ((0, 7), (8, 14), (15, 28), (29, 56), (57, None))
_FLOW = ("trained", "booked", "proposed", "open", "given_up")


_HAPPENED = tuple(one for one in Indicator if one is not Indicator.SPECIALTIES)  # those stand


def in_period(session: Session, scope: Scope) -> Figures:
    """What came in, was booked and trained in the period, and in the one of the same kind before it."""
    earlier = before(scope.kind, scope.period)
    rows = []
    for indicator in _HAPPENED:
        cells: list[Cell] = []
        for period in (scope.period, earlier):
            found = reached.parts(session, indicator, period, scope.as_of)
            one = reached.count(indicator, (p for p in found if _is_inside(p.area, scope)))
            (mark,) = held_back(scope.threshold, [one]).rows
            cells += (one.heads,) if mark is Mark.SHOWN else withheld(mark, (one.heads,))
        rows.append((indicator.value, *cells))
    return scope.figures(
        "figures_demand.in_period", "indicator this_period period_before", rows, more=scope.days
    )


def shortages(session: Session, scope: Scope) -> Figures:
    """Open heads by trade, those of them that present capacity would serve, and the gap between."""
    lines = [line for _, line in trade_lines(scope)]
    rows, total, _ = shown(scope.threshold, lines, (*split(scope, scope.look.open), None, None))
    return scope.figures(
        "figures_demand.shortages",
        "trade needed served gap waits_half waits_most",
        rows,
        (None, *total),
    )


def trade_lines(scope: Scope) -> list[tuple[str | None, Line]]:
    """Each trade by its code with its line, the shortest first: what is short, and how long it has waited."""
    groups: dict[str | None, list[Wanted]] = defaultdict(list)
    for one in scope.look.open:
        groups[one.occupation].append(one)
    lines = []
    for code, some in groups.items():
        waits = sorted(days_waited(one, scope.as_of) for one in some)
        numbers = (*split(scope, some), *(analysis.percentile(waits, part) for part in (50, 90)))
        name = scope.look.names.get(code, code) if code else None
        lines.append((code, Line((name,), counted_split(scope, some), numbers)))
    return sorted(lines, key=lambda pair: (-pair[1].count.parts[1], pair[0] or ""))


def split(scope: Scope, some: Sequence[Wanted]) -> tuple[int, int, int]:
    """Heads of open needs, those of them that present capacity would serve, and the gap."""
    needed = sum(one.heads for one in some)
    served = sum(one.covered + scope.look.coverage.served[one.code] for one in some)
    return needed, served, needed - served


def counted_split(scope: Scope, some: Sequence[Wanted]) -> Count:
    """What decides whether these may be told: small numbers of heads served or short count, too."""
    heads = counted((one.heads, one.enterprise) for one in some)
    return Count(heads.heads, heads.firms, split(scope, some)[1:])


def waiting(session: Session, scope: Scope) -> Figures:
    """Heads of open needs that nothing is arranged for, by how many days they have waited."""
    found = [
        (days_waited(one, scope.as_of), one)
        for one in wanted(session, by=scope.by, today=scope.as_of, area=scope.area)
        if one.left
    ]
    lines = []
    for least, most in _WAITS:
        some = [n for days, n in found if days >= least and (most is None or days <= most)]
        told = f"{least}-{most}" if most is not None else f"{least}+"
        count = counted((one.left, one.enterprise) for one in some)
        lines.append(Line((told,), count, (len(some), count.heads)))
    whole = (len(found), sum(one.left for _, one in found))
    marks = held_back(scope.threshold, [one.count for one in lines])
    rows = [
        (*one.labels, *(one.numbers if mark is Mark.SHOWN else withheld(mark, one.numbers)))
        for one, mark in zip(lines, marks.rows, strict=True)
    ]
    end: Cells = whole if marks.is_total_shown else withheld(Mark.HELD, whole)
    return scope.figures("figures_demand.waiting", "days needs heads", rows, (None, *end))


def weeks(session: Session, scope: Scope) -> Figures:
    """Heads registered in each of the last 52 weeks, the newest first, and seats of runs that began in it."""
    found = weekly(session, scope)
    rows: list[Cells] = [(one.week.isoformat(), *_told(one), one.seats) for one in found]
    return scope.figures("figures_demand.weeks", "week heads seats", rows)


def windows(session: Session, scope: Scope) -> Figures:
    """Heads registered and seats in the last 8, 13 and 52 weeks."""
    found = weekly(session, scope)
    rows: list[Cells] = []
    for count in _WINDOWS:
        some = found[:count]
        is_told = all(_is_told_in(one, count) for one in some)
        heads: Cells = (sum(one.count.heads for one in some),)
        cells = heads if is_told else withheld(Mark.HELD, heads)
        rows.append((count, *cells, sum(one.seats for one in some)))
    return scope.figures("figures_demand.windows", "weeks heads seats", rows)


def became(session: Session, scope: Scope) -> Figures:
    """What has become of the heads that were registered in the last 13 weeks; each is counted once."""
    end = scope.as_of + timedelta(days=1)
    first = monday(scope.as_of) - timedelta(weeks=QUARTER - 1)
    is_ours = (NeedRow.created_at >= start_of(first), NeedRow.created_at < start_of(end))
    dealt: dict[str, Counter[str]] = defaultdict(Counter)
    for need, status, heads in session.execute(
        select(ProposalRow.need, ProposalRow.status, func.sum(ProposalRow.heads))
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .where(*is_ours, ProposalRow.status.in_((*LIVE, "delivered")))
        .group_by(ProposalRow.need, ProposalRow.status)
    ):
        dealt[need][_FLOW[_rank(status)]] += int(heads)
    stages: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for code, status, heads, firm in session.execute(
        select(NeedRow.code, NeedRow.status, NeedRow.heads, NeedRow.enterprise)
        .where(*is_ours, NeedRow.status != "draft", scope.within(NeedRow.area))
        .order_by(NeedRow.code)
    ):
        for stage, part in _stages(status, heads, dealt[code]):
            stages[stage].append((part, firm))
    counts = [counted(stages[stage]) for stage in _FLOW]
    lines = [Line((stage,), one, (one.heads,)) for stage, one in zip(_FLOW, counts, strict=True)]
    rows, total, _ = shown(scope.threshold, lines, (sum(one.heads for one in counts),))
    if not all(one.is_summed for one in weekly(session, scope)[:QUARTER]):  # the same heads by week
        rows = [(stage, *withheld(Mark.HELD, (0,))) for stage in _FLOW]
        total = withheld(Mark.HELD, total)
    return scope.figures(
        "figures_demand.became", "stage heads", rows, (None, *total), {"since": first.isoformat()}
    )


def _rank(status: str) -> int:
    return {"delivered": 0, "confirmed": 1}.get(status, 2)


def _stages(status: str, heads: int, dealt: Counter[str]) -> Iterable[tuple[str, int]]:
    """The heads of one need stage by stage, the furthest first."""
    left = heads
    for stage in _FLOW[:3]:
        part = min(left, dealt[stage])
        left -= part
        yield stage, part
    yield ("given_up" if status in ("withdrawn", "expired") else "open"), left


def _is_inside(area: str | None, scope: Scope) -> bool:
    return scope.inside is None or area in scope.inside


@dataclass(frozen=True, slots=True)
class Week:
    """The week of a Monday: its heads, whether they may be told, and whether a sum with them may."""

    week: date
    count: Count
    mark: Mark
    is_summed: bool
    seats: int


def _is_told_in(one: Week, weeks: int) -> bool:
    """A sum over all of the last 13 weeks may hold what is held back week by week, a shorter one not."""
    return one.mark is Mark.SHOWN if weeks < QUARTER else one.is_summed


def _told(one: Week) -> Cells:
    return (one.count.heads,) if one.mark is Mark.SHOWN else withheld(one.mark, (one.count.heads,))


def weekly(session: Session, scope: Scope) -> list[Week]:
    """Weeks with their marks, the newest first.

    The sum of the last 13 is published, sums of earlier ones only with each.
    """
    heads = _heads_by_week(session, scope)
    found = flow.weekly(session, by=scope.by, today=scope.as_of, weeks=WEEKS, area=scope.area)
    seats = found[::-1]
    counts = [counted(heads[one.first]) for one in seats]
    late = held_back(scope.threshold, counts[:QUARTER])
    early = [held_back(scope.threshold, [one]).rows[0] for one in counts[QUARTER:]]
    return [
        Week(
            one.first, count, mark,
            late.is_total_shown if at < QUARTER else mark is Mark.SHOWN, one.seats,
        )
        for at, (one, count, mark) in enumerate(zip(seats, counts, (*late.rows, *early), strict=True))
    ]  # fmt: skip


def _heads_by_week(session: Session, scope: Scope) -> dict[date, list[tuple[int, str]]]:
    """Heads and firm of the needs registered in each week up to the day of the data, drafts left out."""
    first = monday(scope.as_of) - timedelta(weeks=WEEKS - 1)
    found: dict[date, list[tuple[int, str]]] = defaultdict(list)
    for at, heads, firm in session.execute(
        select(NeedRow.created_at, NeedRow.heads, NeedRow.enterprise)
        .where(NeedRow.created_at >= start_of(first), NeedRow.status != "draft")
        .where(NeedRow.created_at < start_of(scope.as_of + timedelta(days=1)))
        .where(scope.within(NeedRow.area))
    ):
        found[monday(day_of(at))].append((heads, firm))
    return found
