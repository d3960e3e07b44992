"""Steps with a clock that are no calls: suggestions, consultations, bids, claims, visits, surveys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.models import CaseRow, ClaimRow, CourseCallRow, SuggestionRow, SurveyRow, VisitRow
from store.schemas.actor import Actor, Role
from store.services import clocks, outcomes
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach

SUGGESTED, CASES, CHOOSE = "suggested", "cases", "choose"
DECIDE_CLAIMS, HAND_IN, VISITS, AFTERWARDS = "decide_claims", "hand_in", "visits", "afterwards"
SURVEYS = "surveys"
_HAND_IN_DAYS = timedelta(days=30)
_SURVEY_AHEAD = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of step that waits: how many, with how many heads, the first clock, how many are overdue.

    `records` and `parties` name them, the most urgent first; `since` is when the oldest began to wait.
    """

    what: str
    heads: int
    due: datetime | None
    overdue: int
    since: datetime | None
    records: tuple[str, ...]
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    """Records of a kind that wait, from a day on, for an act by a clock: a moment, or the close of a day."""

    what: str
    kind: str
    clock: Any
    waits: Callable[[date], ColumnElement[bool]]
    act: Act = Act.EDIT
    heads: Any = None
    then: tuple[Any, ...] = ()  # the order of those with the same clock


_STEPS = (
    # Needs suggested before anybody asked, to be accepted or dismissed.
    _Step(
        SUGGESTED, "suggestion", SuggestionRow.until,
        lambda today: SuggestionRow.status == "suggested", heads=SuggestionRow.heads,
        then=(SuggestionRow.due,),
    ),
    # Consultations that somebody has to go on with.
    _Step(CASES, "case", CaseRow.until, lambda today: CaseRow.status != "closed"),
    # Claims handed in, for whoever decides on them.
    _Step(
        DECIDE_CLAIMS, "claim", ClaimRow.due, lambda today: ClaimRow.status == "submitted",
        act=Act.ANSWER,
    ),
    # Claims that were returned, and drafts whose last day is near.
    _Step(
        HAND_IN, "claim", ClaimRow.submit_by,
        lambda today: or_(
            ClaimRow.status == "returned",
            and_(ClaimRow.status == "draft", ClaimRow.submit_by <= today + _HAND_IN_DAYS),
        ),
    ),
    # Visits planned for today or before that nobody has recorded.
    _Step(
        VISITS, "visit", VisitRow.day,
        lambda today: and_(VisitRow.status == "planned", VisitRow.day <= today),
    ),
    # Surveys whose answers are not all in a week before their last day.
    _Step(
        SURVEYS, "survey", SurveyRow.due,
        lambda today: and_(SurveyRow.status == "planned", SurveyRow.due <= today + _SURVEY_AHEAD),
    ),
)  # fmt: skip


def steps(session: Session, *, by: Actor, now: datetime) -> Iterator[Waiting]:
    """What waits for the actor's own act, kind by kind; kinds of which nothing waits are left out."""
    for step in _STEPS:
        if _is_theirs(by, step.act, step.kind):
            yield from _timed(session, step, by, now)
    if reach(by, Act.EDIT, "course_call") is Reach.OWN:
        yield from _since(CHOOSE, _to_choose(session, by))
    if _is_theirs(by, Act.EDIT, "trainee"):
        asked = outcomes.due(session, by=by, today=day_of(now))
        yield from _since(AFTERWARDS, [(one.trainee, one.due) for one in asked])


def _timed(session: Session, step: _Step, by: Actor, now: datetime) -> Iterator[Waiting]:
    """The records of a step with the moments by which they are due, the first one first."""
    row = step.clock.class_
    rows = session.execute(
        select(row.code, step.clock, step.heads if step.heads is not None else literal(0))
        .where(step.waits(day_of(now)), step.clock.is_not(None))
        .where(*_own(by, step.act, step.kind, row.owner))
        .order_by(step.clock, *step.then, row.code)
    ).all()
    if rows:
        due = [at if isinstance(at, datetime) else clocks.close_of(at) for _code, at, _n in rows]
        heads = sum(count for _code, _at, count in rows)
        codes = tuple(code for code, _at, _n in rows)
        yield Waiting(step.what, heads, due[0], sum(at <= now for at in due), None, codes)


def _to_choose(session: Session, by: Actor) -> list[tuple[str, date]]:
    """Calls for courses whose bids are open now; the centre that called chooses among them."""
    row = CourseCallRow
    query = select(row.code, row.deadline).where(
        row.status == "closed", row.owner == by.organisation
    )
    return [(code, day) for code, day in session.execute(query.order_by(row.deadline, row.code))]


def _since(what: str, rows: Sequence[tuple[str, date]]) -> Iterator[Waiting]:
    """Records with the days from which on they wait, the oldest first."""
    if rows:
        codes = tuple(dict.fromkeys(code for code, _day in rows))
        yield Waiting(what, 0, None, 0, clocks.close_of(rows[0][1]), codes)


def _is_theirs(by: Actor, act: Act, kind: str) -> bool:
    """Whether a person's role carries the step; what the program itself does waits for nobody."""
    return by.role is not Role.SYSTEM and reach(by, act, kind) is not None


def _own(
    by: Actor, act: Act, kind: str, owner: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    return [owner == by.organisation] if reach(by, act, kind) is Reach.OWN else []
