"""综合评价: the score of each institution, course and instructor by quarter, published once and kept."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError
from store.models import SCORED, CourseRow, InstructorRow, OrganisationRow, ScoreRow
from store.schemas.actor import Actor, Role
from store.services import audit, draws, formulas, indicators, scoring
from store.services.clocks import day_of
from store.services.formulas import PARTS, Formula
from store.services.indicators import Window
from store.services.rights import Act, require, require_some
from store.services.scoring import Indicator


@dataclass(frozen=True, slots=True)
class Score:
    """One score with everything it was made from; `period` is the first day of its quarter.

    `count` is how many opinions it has; `score` is None where these are too few. `trend` is by how many
    points it is above the score published before. `published` is None for a preview.
    """

    kind: str
    code: str
    name: str
    period: date
    formula: int
    score: float | None
    count: int
    parts: Mapping[str, float | None]
    indicators: tuple[Indicator, ...]
    published: date | None = None
    trend: float | None = None


def board(
    session: Session, kind: str, *, of: date | None = None, by: Actor, today: date
) -> tuple[Score, ...]:
    """Scores of a kind for the quarter of a day, the best first; published ones as they were published.

    What is not published yet is a preview for supervisors; without a day it is the newest quarter published.
    """
    require_some(by, Act.READ, "evaluation")
    if kind not in SCORED:
        raise InvalidError("field_unknown", name=kind, known=", ".join(SCORED))
    period = draws.quarter(of)[0] if of else _newest(session) or draws.quarter(today)[0]
    rows = session.scalars(
        select(ScoreRow).where(ScoreRow.kind == kind, ScoreRow.period == period)
    ).all()
    if rows:
        found = [_stored(row) for row in rows]
    elif by.role in (Role.SUPERVISOR, Role.SYSTEM):
        found = _reckoned(session, kind, period, today)
    else:
        found = []
    return tuple(sorted(_told(session, found, by), key=_order))


def history(session: Session, kind: str, code: str, *, by: Actor) -> tuple[Score, ...]:
    """Every published score of one of them, the newest first."""
    require_some(by, Act.READ, "evaluation")
    rows = session.scalars(
        select(ScoreRow)
        .where(ScoreRow.kind == kind, ScoreRow.code == code)
        .order_by(ScoreRow.period.desc())
    ).all()
    return tuple(_told(session, [_stored(row) for row in rows], by))


def publish(session: Session, *, of: date, by: Actor, now: datetime) -> tuple[Score, ...]:
    """Publish every score of a quarter that is over; what was published is never changed.

    The score of an institution becomes the evaluation that matching reads.
    """
    require(by, Act.REGISTER, "evaluation", by.organisation, "score")
    today = day_of(now)
    period, last = draws.quarter(of)
    if by.role not in (Role.SUPERVISOR, Role.SYSTEM):
        require(by, Act.EDIT, "evaluation", by.organisation, "score")
    if last >= today:
        raise ConflictError("score_early", day=last.isoformat())
    if session.scalar(select(ScoreRow.code).where(ScoreRow.period >= period).limit(1)) is not None:
        raise ConflictError("score_published", day=period.isoformat())
    made = [one for kind in SCORED for one in _reckoned(session, kind, period, today)]
    if not made:
        raise ConflictError("score_nobody", day=period.isoformat())
    session.add_all(
        ScoreRow(
            kind=one.kind, code=one.code, period=period, formula=one.formula, score=one.score,
            count=one.count, body=_body(one), day=today, login=by.login, at=now,
        )
        for one in made
    )  # fmt: skip
    for one in made:
        if one.kind == "institution":
            _rate(session, one, by, now)
    session.flush()
    told = {f"{one.kind} {one.code}": one.score for one in made}
    audit.note(session, by, "publish", "score", [(period.isoformat(), None, told)], at=now)
    return tuple(_told(session, [replace(one, published=today) for one in made], by))


def _rate(session: Session, one: Score, by: Actor, now: datetime) -> None:
    """Write a published score where matching reads it; too few opinions leave what was entered by hand."""
    row = session.get_one(OrganisationRow, one.code, with_for_update=True)
    was_published = session.scalar(
        select(ScoreRow.code)
        .where(ScoreRow.kind == "institution", ScoreRow.code == one.code)
        .where(ScoreRow.period < one.period, ScoreRow.score.is_not(None))
        .limit(1)
    )
    if one.score is None and was_published is None:
        return
    before = {"evaluation": row.evaluation, "evaluation_count": row.evaluation_count}
    row.evaluation, row.evaluation_count = one.score, one.count
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    told = {"evaluation": one.score, "evaluation_count": one.count}
    audit.note(session, by, "edit", "institution", [(one.code, before, told)], at=now)


def window(formula: Formula, period: date, today: date) -> Window:
    """The days that a quarter's scores look at: back from its end, or from today, by the formula's years."""
    last = min(draws.quarter(period)[1], today)
    leap = last.month == 2 and last.day == 29
    first = date(last.year - formula.years, last.month, 28 if leap else last.day)
    return Window(first + timedelta(days=1), last)


def _reckoned(session: Session, kind: str, period: date, today: date) -> list[Score]:
    formula = formulas.formula(session, period)
    found = []
    for code, values in indicators.of(session, kind, window(formula, period, today)).items():
        made = scoring.compose(formula, values)
        count = sum(one.count for one in values if one.name in PARTS["satisfaction"])
        found.append(
            Score(
                kind, code, "", period, formula.version, made.score, count, made.parts, made.indicators
            )
        )  # fmt: skip
    return found


def _body(one: Score) -> str:
    values = [[each.name, each.value, each.count, each.is_counted] for each in one.indicators]
    return json.dumps({"parts": dict(one.parts), "indicators": values})


def _stored(row: ScoreRow) -> Score:
    body = json.loads(row.body)
    values = tuple(Indicator(*each) for each in body["indicators"])
    return Score(
        row.kind, row.code, "", row.period, row.formula, row.score, row.count, body["parts"],
        values, row.day,
    )  # fmt: skip


def _newest(session: Session) -> date | None:
    return session.scalar(select(ScoreRow.period).order_by(ScoreRow.period.desc()).limit(1))


def _told(session: Session, found: Collection[Score], by: Actor) -> list[Score]:
    """With names and trends; of instructors an institution is told only about its own."""
    if not found:
        return []
    kind = next(iter(found)).kind
    names = _names(session, {one.kind for one in found})
    own: set[str] | None = None
    if by.role is Role.INSTITUTION and kind == "instructor":
        own = set(
            session.scalars(
                select(InstructorRow.code).where(InstructorRow.institution == by.organisation)
            )
        )
    before: dict[tuple[str, str], list[tuple[date, float]]] = {}
    for row in session.scalars(select(ScoreRow).where(ScoreRow.score.is_not(None))):
        if row.score is not None:
            before.setdefault((row.kind, row.code), []).append((row.period, row.score))
    told = []
    for one in found:
        if own is None or one.code in own:
            past = [each for each in before.get((one.kind, one.code), ()) if each[0] < one.period]
            trend = None
            if past and one.score is not None:
                trend = round(one.score - max(past)[1], 1)
            told.append(replace(one, name=names.get((one.kind, one.code), one.code), trend=trend))
    return told


def _names(session: Session, kinds: set[str]) -> dict[tuple[str, str], str]:
    columns = {
        "institution": (OrganisationRow.code, OrganisationRow.name),
        "course": (CourseRow.code, CourseRow.title),
        "instructor": (InstructorRow.code, InstructorRow.name),
    }
    return {
        (kind, code): name
        for kind in kinds
        for code, name in session.execute(select(*columns[kind]))
    }


def _order(one: Score) -> tuple[object, ...]:
    return one.score is None, -(one.score or 0), one.code
