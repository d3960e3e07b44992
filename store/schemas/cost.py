"""Costs of shared rooms as they cross the store's border: what was agreed, and what a class comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from store.schemas.fields import Code, Day, Text200
from store.schemas.records import Draft

_Hour = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=2)]
_Percent = Annotated[int, Field(ge=0, le=100)]


class CostDraft(Draft):
    """What an hour of one workstation costs (yuan) at a venue, and the percent that each institution bears.

    Without equipment it is what is agreed for every type of workstation there.
    """

    venue: Code
    equipment: Code | None = None
    hour: _Hour
    first_day: Day
    last_day: Day
    shares: Annotated[Mapping[Code, _Percent], Field(min_length=2, max_length=20)]
    note: Text200 | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.last_day < self.first_day:
            shown = {"first": str(self.first_day), "last": str(self.last_day)}
            raise PydanticCustomError("days_order", "days in order", shown)
        total = sum(self.shares.values())
        if total != 100:
            raise PydanticCustomError("shares_whole", "shares of a whole", {"total": total})
        return self


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a cost that an institution bears: percent, and fen where there is an amount."""

    institution: str
    name: str
    percent: int
    fen: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """An agreement on a shared room: what a station's hour costs in fen, and who bears how much."""

    code: str
    status: str
    owner: str
    venue: str
    venue_name: str
    equipment: str | None
    equipment_name: str
    hour_fen: int
    first_day: date
    last_day: date
    parts: tuple[Part, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Shared:
    """What the stations that a class has booked come to under one agreement, in minutes and fen."""

    cost: str
    venue_name: str
    hour_fen: int
    minutes: int
    fen: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Borne:
    """What an institution bears over some days, of how many classes."""

    institution: str
    name: str
    classes: int
    fen: int
