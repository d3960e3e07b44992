"""Surveys of demand as they cross the store's border: who asks which firms about which trades and weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from store.schemas.fields import Code, CodeTuple, Day, Text120
from store.schemas.records import Draft

_MOST_WEEKS = 26
_Some = Annotated[CodeTuple, Field(min_length=1, max_length=200)]


class SurveyDraft(Draft):
    """Which firms are asked about which trades, in the weeks of which Mondays, and until when they answer.

    `association` is the trade committee that asks, where it is not the centre itself.
    """

    title: Text120
    association: Code | None = None
    firms: _Some
    trades: _Some
    first: Day
    last: Day
    due: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        weeks = (self.last - self.first).days // 7 + 1
        if self.first.weekday() or self.last.weekday() or not 1 <= weeks <= _MOST_WEEKS:
            raise PydanticCustomError("survey_weeks", "survey_weeks", {"most": _MOST_WEEKS})
        if len(set(self.firms)) < len(self.firms) or len(set(self.trades)) < len(self.trades):
            raise PydanticCustomError("survey_twice", "survey_twice", {})
        return self


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey and how many of the firms that were asked have answered."""

    code: str
    title: str
    status: str
    owner: str
    association: str | None
    association_name: str
    firms: tuple[tuple[str, str], ...]
    trades: tuple[tuple[str, str], ...]
    first: date
    last: date
    due: date
    answered: tuple[str, ...]
    heads: int

    @property
    def missing(self) -> tuple[str, ...]:
        """Firms that have not answered yet."""
        return tuple(code for code, _ in self.firms if code not in self.answered)


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer: so many heads of a trade that a firm wanted in the week of a Monday."""

    firm: str
    trade: str
    week: date
    heads: int
