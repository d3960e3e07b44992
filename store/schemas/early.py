"""Drafts and views of yearly plans and of needs suggested before they are asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from matching.subsidy.facts import Category
from store.schemas.fields import Code, Heads, Level, Text200
from store.schemas.records import Draft, Stated

NeedType = Literal["pre_post", "on_post", "transfer", "order", "directed"]


class PlanDraft(Draft):
    """So many heads of a trade that a firm plans to train in a quarter; `months` is its term."""

    enterprise: Code
    year: Annotated[int, Field(ge=2000, le=2100)]
    quarter: Annotated[int, Field(ge=1, le=4)]
    occupation: Code
    level: Level | None = None
    heads: Heads
    programme: Literal["short", "apprenticeship", "project"] = "short"
    months: Annotated[int, Field(ge=1, le=60)] | None = None
    type: NeedType = "on_post"
    note: Text200 | None = None
    category: Category | None = None

    @model_validator(mode="after")
    def _has_term(self) -> Self:
        """An apprenticeship has a term."""
        if self.programme == "apprenticeship" and self.months is None:
            raise PydanticCustomError("apprenticeship_term", "an apprenticeship has a term")
        return self

    @property
    def first_day(self) -> date:
        """The first day of the quarter."""
        return date(self.year, 3 * self.quarter - 2, 1)


class PlanView(Stated, PlanDraft):
    """A line of a plan as stored, with the names behind its codes."""

    enterprise_name: str = ""
    occupation_name: str = ""


class SuggestionView(Stated, Draft):
    """A need that nobody has asked for yet: whose, what, why (`cause`, `facts`), by when to look at it.

    `facts` are codes of the records behind it, each with the day or number that speaks for it.
    """

    enterprise: str
    enterprise_name: str = ""
    cause: str
    facts: tuple[str, ...]
    occupation: str | None
    occupation_name: str = ""
    level: int | None
    heads: int
    type: str
    certificate: bool
    earliest: date
    latest: date
    due: date
    until: datetime
    need: str | None
    reason: str | None
