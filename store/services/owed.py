"""Steps with a clock that are no calls: suggestions, consultations, bids, claims, visits, surveys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from store.models import CaseRow, ClaimRow, CourseCallRow, SuggestionRow, SurveyRow, VisitRow
from store.schemas.actor import Actor, Role
from store.services import clocks, outcomes
from store.services.clocks import day_of
from store.services.rights import Act, Reach, reach

SUGGESTED, CASES, CHOOSE = "suggested", "cases", "choose"
DECIDE_CLAIMS, HAND_IN, VISITS, AFTERWARDS = "decide_claims", "hand_in", "visits", "afterwards"
SURVEYS = "surveys"
_HAND_IN_DAYS = 30
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


def steps(session: Session, *, by: Actor, now: datetime) -> Iterator[Waiting]:
    """What waits for the actor's own act, kind by kind; kinds of which nothing waits are left out."""
    for found in (
        _suggested(session, by, now),
        _cases(session, by, now),
        _to_choose(session, by, now),
        _to_decide(session, by, now),
        _to_hand_in(session, by, now),
        _visits(session, by, now),
        _afterwards(session, by, now),
        _surveys(session, by, now),
    ):
        if found is not None:
            yield found


def _suggested(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Needs suggested before anybody asked, to be accepted or dismissed."""
    if not _is_theirs(by, Act.EDIT, "suggestion"):
        return None
    row = SuggestionRow
    rows = session.execute(
        select(row.code, row.until, row.heads)
        .where(row.status == "suggested", *_own(by, Act.EDIT, "suggestion", row.owner))
        .order_by(row.until, row.due, row.code)
    ).all()
    heads = sum(heads for _code, _until, heads in rows)
    return _timed(SUGGESTED, [(code, until) for code, until, _heads in rows], now, heads)


def _cases(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Consultations that somebody has to go on with."""
    if not _is_theirs(by, Act.EDIT, "case"):
        return None
    row = CaseRow
    rows = session.execute(
        select(row.code, row.until)
        .where(row.status != "closed", row.until.is_not(None))
        .where(*_own(by, Act.EDIT, "case", row.owner))
        .order_by(row.until, row.code)
    ).all()
    return _timed(CASES, [(code, until) for code, until in rows if until], now)


def _to_choose(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Calls for courses whose bids are open now; the centre that called chooses among them."""
    if reach(by, Act.EDIT, "course_call") is not Reach.OWN:
        return None
    row = CourseCallRow
    rows = session.execute(
        select(row.code, row.deadline)
        .where(row.status == "closed", row.owner == by.organisation)
        .order_by(row.deadline, row.code)
    ).all()
    return _since(CHOOSE, rows)


def _to_decide(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Claims handed in, for whoever decides on them."""
    if not _is_theirs(by, Act.ANSWER, "claim"):
        return None
    row = ClaimRow
    rows = session.execute(
        select(row.code, row.due)
        .where(row.status == "submitted", row.due.is_not(None))
        .where(*_own(by, Act.ANSWER, "claim", row.owner))
        .order_by(row.due, row.code)
    ).all()
    return _timed(DECIDE_CLAIMS, [(code, due) for code, due in rows if due], now)


def _to_hand_in(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Claims that were returned, and drafts whose last day is near."""
    if not _is_theirs(by, Act.EDIT, "claim"):
        return None
    row = ClaimRow
    rows = session.execute(
        select(row.code, row.submit_by, row.status)
        .where(row.status.in_(("draft", "returned")), row.submit_by.is_not(None))
        .where(*_own(by, Act.EDIT, "claim", row.owner))
        .order_by(row.submit_by, row.code)
    ).all()
    today = day_of(now)
    near = [
        (code, clocks.close_of(day))
        for code, day, status in rows
        if day and (status == "returned" or (day - today).days <= _HAND_IN_DAYS)
    ]
    return _timed(HAND_IN, near, now)


def _visits(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Visits planned for today or before that nobody has recorded."""
    if not _is_theirs(by, Act.EDIT, "visit"):
        return None
    row = VisitRow
    rows = session.execute(
        select(row.code, row.day)
        .where(row.status == "planned", row.day <= day_of(now))
        .where(*_own(by, Act.EDIT, "visit", row.owner))
        .order_by(row.day, row.code)
    ).all()
    return _timed(VISITS, [(code, clocks.close_of(day)) for code, day in rows], now)


def _afterwards(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Holders of certificates to be asked what they do now."""
    if not _is_theirs(by, Act.EDIT, "trainee"):
        return None
    found = outcomes.due(session, by=by, today=day_of(now))
    return _since(AFTERWARDS, [(one.trainee, one.due) for one in found])


def _surveys(session: Session, by: Actor, now: datetime) -> Waiting | None:
    """Surveys whose answers are not all in a week before their last day."""
    if not _is_theirs(by, Act.EDIT, "survey"):
        return None
    row = SurveyRow
    rows = session.execute(
        select(row.code, row.due)
        .where(row.status == "planned", row.due <= day_of(now) + _SURVEY_AHEAD)
        .where(*_own(by, Act.EDIT, "survey", row.owner))
        .order_by(row.due, row.code)
    ).all()
    return _timed(SURVEYS, [(code, clocks.close_of(day)) for code, day in rows], now)


def _is_theirs(by: Actor, act: Act, kind: str) -> bool:
    """Whether a person's role carries the step; what the program itself does waits for nobody."""
    return by.role is not Role.SYSTEM and reach(by, act, kind) is not None


def _own(
    by: Actor, act: Act, kind: str, owner: InstrumentedAttribute[str]
) -> list[ColumnElement[bool]]:
    return [owner == by.organisation] if reach(by, act, kind) is Reach.OWN else []


def _timed(
    what: str, rows: Sequence[tuple[str, datetime]], now: datetime, heads: int = 0
) -> Waiting | None:
    """Records with the moments by which they are due, the first one first."""
    if not rows:
        return None
    codes = tuple(code for code, _due in rows)
    late = sum(due <= now for _code, due in rows)
    return Waiting(what, heads, rows[0][1], late, None, codes)


def _since(what: str, rows: Sequence[tuple[str, date]]) -> Waiting | None:
    """Records with the days from which on they wait, the oldest first."""
    if not rows:
        return None
    codes = tuple(dict.fromkeys(code for code, _day in rows))
    return Waiting(what, 0, None, 0, clocks.close_of(rows[0][1]), codes)
