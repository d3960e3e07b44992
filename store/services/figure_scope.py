"""What every section of a bulletin is told, and how its table is put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from store.schemas.actor import Actor
from store.schemas.periods import Period, PeriodKind
from store.schemas.publication import Cell, Cells, Figures, Mark, Threshold, Withheld
from store.services.analysis import Look
from store.services.small_counts import Count, held_back

_NOTHING: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class Scope:
    """Who asks, about which period and area, with which areas in it, up to which day.

    `look` is one reading of open needs and of capacity, for every section that tells what is short.
    """

    by: Actor
    kind: PeriodKind
    period: Period
    area: str | None
    inside: frozenset[str] | None
    as_of: date
    threshold: Threshold
    look: Look

    def within(self, column: InstrumentedAttribute[str | None]) -> ColumnElement[bool]:
        """What lies in the area; everything where there is none."""
        return true() if self.inside is None else column.in_(sorted(self.inside))

    def figures(
        self,
        query: str,
        columns: str,
        rows: Sequence[Cells],
        total: Cells | None = None,
        more: Mapping[str, str | None] = _NOTHING,
    ) -> Figures:
        """A table of the section that a query is named after, its columns as words in a line."""
        return Figures(
            query.rpartition(".")[2], tuple(columns.split()), tuple(rows), total, query,
            {"area": self.area, "as_of": self.as_of.isoformat(), **more}, self.as_of,
        )  # fmt: skip

    @property
    def days(self) -> dict[str, str | None]:
        """The period as parameters of a query."""
        return {"first": self.period.first.isoformat(), "last": self.period.last.isoformat()}


@dataclass(frozen=True, slots=True)
class Line:
    """A row to be published: what it is about, the counts that decide whether it may be, its numbers."""

    labels: Cells
    count: Count
    numbers: Cells


def shown(
    threshold: Threshold, lines: Sequence[Line], total: Cells
) -> tuple[list[Cells], Cells, tuple[Mark, ...]]:
    """The rows with small counts held back, those last and in no order that tells, and the total.

    The marks are in the order of the lines as they were given.
    """
    marks = held_back(threshold, [one.count for one in lines])
    pairs = list(zip(lines, marks.rows, strict=True))
    rows = [(*one.labels, *one.numbers) for one, mark in pairs if mark is Mark.SHOWN]
    hidden = [
        (*one.labels, *withheld(mark, one.numbers)) for one, mark in pairs if mark is not Mark.SHOWN
    ]
    hidden.sort(key=lambda cells: tuple(map(str, cells[: len(cells) - len(total)])))
    end = total if marks.is_total_shown else withheld(Mark.HELD, total)
    return [*rows, *hidden], end, marks.rows


def withheld(mark: Mark, numbers: Cells) -> Cells:
    """As many cells that say nothing but why; what is empty stays empty."""
    return tuple(_instead(mark, number) for number in numbers)


def _instead(mark: Mark, number: Cell) -> Cell:
    return None if number is None else Withheld(mark)
