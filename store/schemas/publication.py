"""Bulletins, the tables of figures in them, and targets as they cross the store's border."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self, cast

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from store.schemas.fields import Code, Text120
from store.schemas.periods import Period, PeriodKind
from store.schemas.records import Draft


@dataclass(frozen=True, slots=True)
class Threshold:
    """Fewer heads than `heads`, or heads of fewer firms than `firms`, are not published."""

    heads: int = 5
    firms: int = 3


class Mark(StrEnum):
    """What becomes of a row: it is shown, said to be under the threshold, or held back without more."""

    SHOWN = "shown"
    FEW = "few"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Stands in a cell for a number that is not published, and says why."""

    mark: Mark


Cell = str | int | None | Withheld
Cells = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """One table of a bulletin with the query that it came from, its parameters and the day it was asked.

    Dates are ISO text; a share is in percent. `total` is a row of its own where numbers add up.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[Cells, ...]
    total: Cells | None
    query: str
    parameters: Mapping[str, str | None]
    as_of: date


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a bulletin's documents are drawn from."""

    kind: PeriodKind
    period: Period
    area: str | None
    area_name: str
    title: str | None
    as_of: date
    threshold: Threshold
    tables: tuple[Figures, ...]

    def table(self, name: str) -> Figures:
        """The table of that name."""
        return next(one for one in self.tables if one.name == name)

    def find(self, name: str) -> Figures | None:
        """The table of that name, None where the bulletin was made before there was one."""
        return next((one for one in self.tables if one.name == name), None)

    def text(self) -> str:
        """As stored: the same figures always give the same text."""
        told = {
            "kind": self.kind.value,
            "first": self.period.first.isoformat(),
            "last": self.period.last.isoformat(),
            "area": self.area,
            "area_name": self.area_name,
            "title": self.title,
            "as_of": self.as_of.isoformat(),
            "threshold": {"heads": self.threshold.heads, "firms": self.threshold.firms},
            "tables": [_told(one) for one in self.tables],
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_snapshot(text: str) -> Snapshot:
    """A snapshot from its stored text."""
    told: dict[str, Any] = json.loads(text)
    first, last, as_of = (date.fromisoformat(told[name]) for name in ("first", "last", "as_of"))
    return Snapshot(
        PeriodKind(told["kind"]),
        Period(first, last),
        told["area"],
        told["area_name"],
        told["title"],
        as_of,
        Threshold(**told["threshold"]),
        tuple(_read(one) for one in told["tables"]),
    )


def _told(one: Figures) -> dict[str, object]:
    return {
        "name": one.name,
        "columns": one.columns,
        "rows": [_cells_told(cells) for cells in one.rows],
        "total": None if one.total is None else _cells_told(one.total),
        "query": {"name": one.query, "parameters": one.parameters},
        "as_of": one.as_of.isoformat(),
    }


def _cells_told(cells: Cells) -> list[object]:
    return [{"withheld": c.mark.value} if isinstance(c, Withheld) else c for c in cells]


def _read(told: Mapping[str, Any]) -> Figures:
    return Figures(
        told["name"],
        tuple(told["columns"]),
        tuple(_cells_read(cells) for cells in told["rows"]),
        None if told["total"] is None else _cells_read(told["total"]),
        told["query"]["name"],
        told["query"]["parameters"],
        date.fromisoformat(told["as_of"]),
    )


def _cells_read(cells: Sequence[object]) -> Cells:
    return tuple(
        Withheld(Mark(c["withheld"])) if isinstance(c, dict) else cast(Cell, c) for c in cells
    )


@dataclass(frozen=True, slots=True)
class BulletinView:
    """A bulletin without its figures: what it is about, how it stands, its digest, who did what last."""

    code: str
    kind: PeriodKind
    period: Period
    area: str | None
    title: str | None
    status: str
    as_of: date
    digest: str
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    area_name: str = ""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin with its figures."""

    view: BulletinView
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the publication log; `documents` are digests by the document's name."""

    bulletin: str
    kind: PeriodKind
    period: Period
    act: str
    at: datetime
    login: str
    as_of: date
    digest: str
    documents: Mapping[str, str]
    reason: str | None


class Indicator(StrEnum):
    """What targets are set for; heads and needs are of needs of the unit, in the period."""

    NEEDS = "needs_registered"
    HEADS = "heads_registered"
    BOOKED = "heads_booked"
    TRAINED = "heads_trained"
    FIRMS = "firms_served"
    SPECIALTIES = "town_specialties"


class _Days(Draft):
    first: date
    last: date

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.last < self.first:
            days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
            raise PydanticCustomError("days_order", "days_order", days)
        return self

    @property
    def period(self) -> Period:
        """From the first day to the last."""
        return Period(self.first, self.last)


class BulletinDraft(_Days):
    """What a bulletin is to be about: a period, one area or the whole district, a title of its own."""

    kind: PeriodKind
    area: Code | None = None
    title: Text120 | None = None


class TargetDraft(_Days):
    """What a unit, a centre or an area by its code, is to reach of an indicator in a period."""

    unit: Code
    indicator: Indicator
    value: Annotated[int, Field(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target with what was reached of it up to a day.

    `share` is what was reached and `due` what an even pace would have reached by then, both in percent.
    """

    unit: str
    unit_kind: str
    unit_name: str
    indicator: Indicator
    period: Period
    value: int
    actual: int
    share: int
    due: int
    changed_by: str

    @property
    def pace(self) -> str:
        """Reached, ahead of an even pace or on it, behind it, or not begun."""
        if self.actual >= self.value:
            return "reached"
        if not self.due:
            return "not_begun"
        return "on_pace" if self.share >= self.due else "behind"
