"""Drafts and views of experts, cases, calls for courses and bids."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from store.schemas.fields import (
    Code,
    CodeTuple,
    Day,
    Hours,
    Level,
    Text60,
    Text120,
    Text200,
    Text500,
    Weekly,
    Yuan,
)
from store.schemas.records import Draft, Stated


class EndorsementDraft(Draft):
    """An association that stands behind a need, and why."""

    association: Code
    note: Text200 | None = None


class ExpertDraft(Draft):
    """Somebody who may be asked; a contact with `*` in it is one that was shown masked and stays."""

    name: Text60
    organisation: Text120
    fields: CodeTuple
    weekly: Weekly | None = None
    contact: Text60 | None = None
    term_from: Day
    term_to: Day | None = None
    note: Text200 | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """A field at least, a term in order."""
        if not self.fields:
            raise PydanticCustomError("expert_fields", "an expert has a trade")
        if self.term_to is not None and self.term_to < self.term_from:
            shown = {"first": str(self.term_from), "last": str(self.term_to)}
            raise PydanticCustomError("days_order", "days in order", shown)
        return self


class ExpertView(Stated, Draft):
    """An expert as they may be shown, with how many cases they have in hand."""

    name: str
    organisation: str
    fields: tuple[str, ...]
    field_names: tuple[str, ...] = ()
    weekly: str | None
    contact: str | None
    term_from: date
    term_to: date | None
    note: str | None
    cases: int = 0


class CaseNote(Draft):
    """What somebody said about a case."""

    at: datetime
    login: str
    text: str


class CaseView(Stated, Draft):
    """A question about a need and what became of it; `fits` counts the bundles there were at its opening."""

    need: str
    need_text: str = ""
    enterprise_name: str = ""
    question: str
    fits: int
    expert: str | None
    expert_name: str = ""
    until: datetime | None
    outcome: str | None
    notes: tuple[CaseNote, ...] = ()


class CourseCallDraft(Draft):
    """What a course is to be; heads are those expected, the ceiling is a price per head."""

    occupation: Code | None = None
    level: Level | None = None
    title: Text200 | None = None
    modules: Text500
    theory_hours: Hours
    practice_hours: Hours
    heads: Annotated[int, Field(ge=1, le=5000)] | None = None
    ceiling: Yuan | None = None
    deadline: Day


class BidDraft(Draft):
    """What an institution offers: price a head, how it would make and teach the course, who would."""

    price: Yuan
    plan: Text500
    instructors: CodeTuple = ()


class BidView(Draft):
    """One bid, as whoever may see it sees it."""

    institution: str
    institution_name: str
    price: float
    plan: str
    instructors: tuple[str, ...]
    instructor_names: tuple[str, ...]
    at: datetime


class SuggestedInstructor(Draft):
    """Somebody who could teach a course; sessions of the four weeks from the deadline are taken already."""

    code: str
    name: str
    institution_name: str
    sessions: int
    score: float | None = None


class CourseCallView(Stated):
    """A call as the actor may see it.

    `bids` are one's own until the deadline is over; `count` is of all bids, None where that is hidden still.
    `able` are one's own instructors who could teach it, `suggested` those of all institutions, for centres.
    """

    need: str | None
    occupation: str
    occupation_name: str = ""
    level: int | None
    title: str
    modules: str
    theory_hours: int
    practice_hours: int
    heads: int
    unmet: int
    ceiling: float | None
    deadline: date
    chosen: str | None
    course: str | None
    reason: str | None
    bids: tuple[BidView, ...] = ()
    count: int | None = None
    able: tuple[tuple[str, str], ...] = ()
    suggested: tuple[SuggestedInstructor, ...] = ()
