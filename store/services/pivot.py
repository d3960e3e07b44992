"""Demand, supply and gap by any two of trade, level, area and week, with the records behind each cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.models import (
    AreaRow,
    CourseOccupationRow,
    CourseRow,
    OrganisationRow,
    RunRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import analysis, naming
from store.services.coverage import coverage, own_offers
from store.services.meaning import settled
from store.services.wanted import Wanted, areas_within, monday, wanted

UNKNOWN = ""


class Axis(StrEnum):
    """What demand and supply can be told apart by; a week is the Monday of the earliest day of teaching."""

    OCCUPATION = "occupation"
    LEVEL = "level"
    AREA = "area"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Cell:
    """Heads of open needs, what is arranged or could be served of them; seats left of coming runs.

    `needs` and `runs` are the codes behind these numbers.
    """

    heads: int
    covered: int
    served: int
    seats: int
    needs: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def gap(self) -> int:
        """Heads that present capacity would not serve."""
        return self.heads - self.served


@dataclass(frozen=True, slots=True)
class Pivot:
    """Cells by row and column, values in order, sums beside; `names` are of codes, "" is not known."""

    rows: Axis
    columns: Axis
    day: date
    row_values: tuple[str, ...]
    column_values: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]
    names: Mapping[str, str]

    def cell(self, row: str | None = None, column: str | None = None) -> Cell:
        """One cell; without a row or a column the sum over all of them."""
        return _sum(
            cell
            for (at_row, at_column), cell in self.cells.items()
            if row in (None, at_row) and column in (None, at_column)
        )


@dataclass(slots=True)
class _Part:
    """One need or run: where it stands on each axis, and its numbers."""

    at: Mapping[Axis, str]
    heads: int = 0
    covered: int = 0
    served: int = 0
    seats: int = 0
    need: str = ""
    run: str = ""


def pivot(
    session: Session,
    rows: Axis | str,
    columns: Axis | str,
    only: Mapping[str, str] | None = None,
    *,
    by: Actor,
    today: date,
) -> Pivot:
    """Open needs against what present capacity would serve and the seats that coming runs have left.

    `only` keeps values of axes, such as `{"area": "440307"}`. Whose numbers these are: as `analysis`.
    """
    found = wanted(session, by=by, today=today)
    at_rows, at_columns = axis(rows), axis(columns)
    if at_rows is at_columns:
        raise InvalidError("same_axis", axis=at_rows.value)
    wished = _wished(session, only or {})
    parts = [*_needs(session, found, by, today), *_runs(session, by, today)]
    kept = [part for part in parts if all(part.at[name] in some for name, some in wished.items())]
    groups: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for part in kept:
        groups[part.at[at_rows], part.at[at_columns]].append(part)
    cells = {key: _cell(some) for key, some in groups.items()}
    return Pivot(
        at_rows,
        at_columns,
        today,
        _ordered(at_rows, (row for row, _ in cells), cells, 0),
        _ordered(at_columns, (column for _, column in cells), cells, 1),
        cells,
        _names(session, kept),
    )


def axis(name: Axis | str) -> Axis:
    """An axis by its name."""
    try:
        return Axis(name)
    except ValueError as error:
        raise InvalidError("axis_unknown", axis=str(name), known=", ".join(Axis)) from error


def _wished(session: Session, only: Mapping[str, str]) -> dict[Axis, frozenset[str]]:
    wished = {axis(name): frozenset({value}) for name, value in only.items()}
    area = only.get(Axis.AREA)
    if area:
        wished[Axis.AREA] = frozenset(areas_within(session, area))
    return wished


def _needs(session: Session, found: Sequence[Wanted], by: Actor, today: date) -> list[_Part]:
    shown = [one for one in found if one.is_open]
    had = coverage(session, shown, by=by, today=today)
    parts = []
    for one in shown:
        occupation, level = analysis.key_of(one)
        at = {
            Axis.OCCUPATION: occupation or UNKNOWN,
            Axis.LEVEL: str(level or UNKNOWN),
            Axis.AREA: one.area or UNKNOWN,
            Axis.WEEK: monday(one.first).isoformat(),
        }
        served = one.covered + had.served[one.code]
        parts.append(_Part(at, one.heads, one.covered, served, need=one.code))
    return parts


def _runs(session: Session, by: Actor, today: date) -> list[_Part]:
    """Coming runs that still take people, by the first trade of their course, where they are held."""
    share, home = CourseOccupationRow, OrganisationRow
    rows = session.execute(
        select(
            RunRow.code, RunRow.first_day, RunRow.seats_left, CourseRow.level, home.area,
            VenueRow.area, share.code, share.confidence, share.confirmed_by,
        )
        .join(CourseRow, CourseRow.code == RunRow.course)
        .join(home, home.code == CourseRow.institution)
        .outerjoin(VenueRow, VenueRow.code == RunRow.venue)
        .outerjoin(share, and_(share.course == CourseRow.code, share.position == 0))
        .where(RunRow.status == "published", RunRow.first_day > today, own_offers(by, RunRow))
        .where(CourseRow.status == "published", home.status == "active", RunRow.seats_left > 0)
        .where(or_(RunRow.signup_closes.is_(None), RunRow.signup_closes >= today))
        .order_by(RunRow.code)
    )  # fmt: skip
    parts = []
    for code, first, seats, level, base, area, occupation, sure, confirmed in rows:
        known = settled(occupation, sure or 0.0, confirmed, None)
        at = {
            Axis.OCCUPATION: known or UNKNOWN,
            Axis.LEVEL: str(level or UNKNOWN) if known else UNKNOWN,
            Axis.AREA: area or base or UNKNOWN,
            Axis.WEEK: monday(first).isoformat(),
        }
        parts.append(_Part(at, seats=seats or 0, run=code))
    return parts


def _cell(parts: Sequence[_Part]) -> Cell:
    return Cell(
        sum(part.heads for part in parts),
        sum(part.covered for part in parts),
        sum(part.served for part in parts),
        sum(part.seats for part in parts),
        tuple(part.need for part in parts if part.need),
        tuple(part.run for part in parts if part.run),
    )


def _sum(cells: Iterable[Cell]) -> Cell:
    heads = covered = served = seats = 0
    needs: list[str] = []
    runs: list[str] = []
    for cell in cells:
        heads, covered = heads + cell.heads, covered + cell.covered
        served, seats = served + cell.served, seats + cell.seats
        needs += cell.needs
        runs += cell.runs
    return Cell(heads, covered, served, seats, tuple(needs), tuple(runs))


def _ordered(
    name: Axis, values: Iterable[str], cells: Mapping[tuple[str, str], Cell], side: int
) -> tuple[str, ...]:
    """Trades and areas by what they are short of, levels and weeks in their own order; unknown last."""
    known = set(values)
    if name in (Axis.LEVEL, Axis.WEEK):
        return tuple(sorted(known, key=lambda value: (value == UNKNOWN, value)))
    weight: dict[str, tuple[int, int]] = {value: (0, 0) for value in known}
    for key, cell in cells.items():
        gap, heads = weight[key[side]]
        weight[key[side]] = (gap + cell.gap, heads + cell.heads + cell.seats)
    return tuple(sorted(known, key=lambda v: (v == UNKNOWN, -weight[v][0], -weight[v][1], v)))


def _names(session: Session, parts: Iterable[_Part]) -> dict[str, str]:
    some = list(parts)
    trades = {part.at[Axis.OCCUPATION] for part in some} - {UNKNOWN}
    found = dict(naming.occupation_names(session, trades))
    found.update(dict(session.execute(select(AreaRow.code, AreaRow.name)).all()))
    return found
