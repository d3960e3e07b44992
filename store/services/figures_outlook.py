"""What a bulletin tells of what may come: coming weeks, the signed list, gaps by street and over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import forecasting
from matching.forecasting import BASELINE, Forecast
from store.models import AreaRow, BulletinRow, NeedRow
from store.schemas.publication import Cell, Cells, Figures, Mark, Snapshot, Withheld, read_snapshot
from store.services import figures_demand, forecast, naming, shortage
from store.services.figure_scope import Line, Scope, shown, withheld
from store.services.figures_demand import QUARTER, counted_split, split
from store.services.forecast import Series
from store.services.small_counts import Count, held_back
from store.services.wanted import Wanted, monday, start_of

HORIZON = 6  # weeks
_TRADES = 10
_EARLIER = 12  # bulletins that a trend goes back
_Firms = Mapping[str, tuple[int, str]]  # heads and firm of a need by its code


def coming_weeks(session: Session, scope: Scope) -> Figures:
    """Heads of the last 13 whole weeks, imported ones among them, and those expected in each coming week.

    A past week is held back where it is small, where the table of weeks holds it back, and where both
    tables together would tell a small number.
    """
    past = forecast.series(session, by=scope.by, today=scope.as_of, area=scope.area)
    firms = _firms(session, past)
    told = {one.week: one for one in figures_demand.weekly(session, scope)}
    rows: list[Cells] = []
    mark = Mark.SHOWN
    for week in past.weeks[-QUARTER:]:
        count = _count(past, firms, past.heads, (week,), scope)
        apart = abs(count.heads - told[week].count.heads)
        (mark,) = held_back(scope.threshold, [Count(count.heads, count.firms, (apart,))]).rows
        if week not in past.imported and told[week].mark is not Mark.SHOWN:
            mark = told[week].mark
        heads: Cells = (count.heads,)
        shown_heads = heads if mark is Mark.SHOWN else withheld(mark, heads)
        rows.append((week.isoformat(), *shown_heads, None, None, None))
    found = _expected(past, past.heads)
    if past.weeks:
        numbers = _rounded(found.weekly, found.low, found.high)
        is_last_told = found.method != BASELINE or mark is Mark.SHOWN
        cells = numbers if is_last_told else withheld(Mark.HELD, numbers)
        first = monday(scope.as_of)
        rows += [((first + timedelta(weeks=at)).isoformat(), None, *cells) for at in range(HORIZON)]
    return scope.figures(
        "figures_outlook.coming_weeks",
        "week heads expected least most",
        rows,
        more=_basis(past, found),
    )


def coming_trades(session: Session, scope: Scope) -> Figures:
    """Heads expected in the coming weeks of the trades that were asked for most, with their intervals.

    Whether a trade is told goes by its heads of the last 13 whole weeks and by the firms they were of.
    """
    past = forecast.series(session, by=scope.by, today=scope.as_of, area=scope.area)
    firms = _firms(session, past)
    names = naming.occupation_names(session, set(past.heads))
    ranked = sorted(past.heads, key=lambda code: (-sum(past.heads[code]), code))[:_TRADES]
    lines = []
    for code in ranked:
        found = _expected(past, (code,))
        count = _count(past, firms, (code,), past.weeks[-QUARTER:], scope)
        seen = past.heads[code][-1] if found.method == BASELINE else count.heads
        numbers = _rounded(found.total, found.total_low, found.total_high)
        label = (names.get(code, code),)
        lines.append(Line(label, Count(count.heads, count.firms, (seen,)), numbers))
    lines.sort(key=lambda one: (-int(str(one.numbers[0])), str(one.labels[0])))
    told, _, _ = shown(scope.threshold, lines, (None, None, None))
    rows = [(row[0], *(_held_if(cell) for cell in row[1:])) for row in told]
    return scope.figures(
        "figures_outlook.coming_trades",
        "trade expected least most",
        rows,
        more=_basis(past, _expected(past, past.heads)),
    )


def listed(session: Session, scope: Scope) -> Figures:
    """The signed list of trades in urgent need that is in force, with the open heads of each now."""
    found = shortage.current(session, scope.as_of)
    lines = figures_demand.trade_lines(scope)
    marks = held_back(scope.threshold, [line.count for _, line in lines]).rows
    numbers: dict[str | None, Cells] = {
        code: line.numbers[:3] if mark is Mark.SHOWN else withheld(mark, line.numbers[:3])
        for (code, line), mark in zip(lines, marks, strict=True)
    }
    rows: list[Cells] = [
        (one.name, " ".join(one.grounds), *numbers.get(one.occupation, (0, 0, 0)))
        for one in (found.entries if found else ())
    ]
    about = {
        "list": found.code if found else None,
        "in_force": found.valid_from.isoformat() if found else None,
        "until": found.valid_to.isoformat() if found and found.valid_to else None,
    }
    return scope.figures(
        "figures_outlook.listed", "trade grounds needed served gap", rows, more=about
    )


def areas(session: Session, scope: Scope) -> Figures:
    """Open heads by street, those of them that present capacity would serve, the gap, and what it was before.

    A park counts for its street; where a bulletin is of a street, its parks stand alone. Before: as the last
    published bulletin of this kind and area told it.
    """
    rows = session.execute(select(AreaRow.code, AreaRow.parent, AreaRow.kind, AreaRow.name)).all()
    known = {code: (parent, kind, name) for code, parent, kind, name in rows}
    is_wide = scope.area is None or known[scope.area][1] in ("city", "district")
    groups: dict[str | None, list[Wanted]] = defaultdict(list)
    for one in scope.look.open:
        parent, kind, _ = known[one.area] if one.area else (None, "", "")
        groups[parent if is_wide and kind == "park" else one.area].append(one)
    lines = []
    for code, some in groups.items():
        name = known[code][2] if code else None
        lines.append(Line((name,), counted_split(scope, some), split(scope, some)))
    lines.sort(key=lambda one: (-one.count.parts[1], str(one.labels[0])))
    told, total, _ = shown(scope.threshold, lines, split(scope, scope.look.open))
    if _is_held(figures_demand.shortages(session, scope).total):  # the same heads by trade
        told = [(row[0], *withheld(Mark.HELD, row[1:])) for row in told]
        total = withheld(Mark.HELD, total)
    past = _published(session, scope)
    before = _gaps(past[0][1]) if past else {}
    return scope.figures(
        "figures_outlook.areas",
        "street needed served gap gap_before",
        [(*row, before.get(row[0])) for row in told],
        (None, *total, None),
    )


def gap_trend(session: Session, scope: Scope) -> Figures:
    """The gap as published bulletins of this kind and area told it, and as it is now; the latest first.

    Nothing is told that was not public before, but the first line, which the shortages tell, too.
    """
    now = figures_demand.shortages(session, scope).total
    assert now is not None
    rows: list[Cells] = [(scope.as_of.isoformat(), None, *now[1:4])]
    for code, snapshot in _published(session, scope):
        table = snapshot.find("shortages")
        if table is not None and table.total is not None:
            rows.append((snapshot.as_of.isoformat(), code, *table.total[1:4]))
    return scope.figures("figures_outlook.gap_trend", "data bulletin needed served gap", rows)


def _held_if(cell: Cell) -> Cell:
    """Of what is expected nothing is said to be under the threshold: the heads before it were."""
    return Withheld(Mark.HELD) if isinstance(cell, Withheld) else cell


def _is_held(total: Cells | None) -> bool:
    return any(isinstance(cell, Withheld) for cell in total or ())


def _published(session: Session, scope: Scope) -> list[tuple[str, Snapshot]]:
    """Published bulletins of this kind and area about earlier days, the latest first."""
    row = BulletinRow
    found = session.execute(
        select(row.code, row.snapshot)
        .where(row.status == "published", row.kind == scope.kind.value)
        .where(row.area.is_(None) if scope.area is None else row.area == scope.area)
        .where(row.last < scope.period.last, row.as_of <= scope.as_of)
        .order_by(row.last.desc(), row.as_of.desc(), row.code.desc())
        .limit(_EARLIER)
    )
    return [(code, read_snapshot(text)) for code, text in found]


def _gaps(snapshot: Snapshot) -> Mapping[Cell, Cell]:
    """The gap of each street as a bulletin told it."""
    table = snapshot.find("areas")
    return {row[0]: row[3] for row in table.rows} if table else {}


def _firms(session: Session, past: Series) -> _Firms:
    """Heads and firm of the needs that the last whole weeks of a series are made of."""
    if not past.weeks:
        return {}
    rows = session.execute(
        select(NeedRow.code, NeedRow.heads, NeedRow.enterprise).where(
            NeedRow.created_at >= start_of(past.weeks[-QUARTER:][0]), NeedRow.status != "draft"
        )
    )
    return {code: (heads, firm) for code, heads, firm in rows}


def _count(
    past: Series, firms: _Firms, trades: Iterable[str], weeks: Sequence[date], scope: Scope
) -> Count:
    """Heads of some trades and weeks, and of which firms. An import names none: whoever imported it answers
    for its not being of one firm, so it counts as enough of them."""
    heads, own, known = 0, 0, set()
    first = past.weeks[0] if past.weeks else None
    for trade in trades:
        for week in weeks:
            assert first is not None
            heads += past.heads[trade][(week - first).days // 7]
            for code in past.needs.get((trade, week), ()):
                own += firms[code][0]
                known.add(firms[code][1])
    if heads > own:
        known |= {f"import {at}" for at in range(scope.threshold.firms)}
    return Count(heads, frozenset(known))


def _expected(past: Series, trades: Iterable[str]) -> Forecast:
    """What the heads of some trades together let expect."""
    sums = tuple(map(sum, zip(*(past.heads[trade] for trade in trades), strict=True)))
    return forecasting.forecast(sums, HORIZON)


def _rounded(point: float, low: float | None, high: float | None) -> Cells:
    return tuple(None if one is None else round(one) for one in (point, low, high))


def _basis(past: Series, found: Forecast) -> dict[str, str | None]:
    """What a forecast is made of, as parameters."""
    return {
        "horizon": str(HORIZON),
        "method": found.method,
        "weeks": str(len(past.weeks)),
        "imported_weeks": str(len(past.imported)),
    }
