"""Runs whose seats a need could wait for in line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import RunRow
from store.schemas.actor import Actor
from store.services import market, records
from store.services.clocks import day_of
from store.services.rights import Act, require


@dataclass(frozen=True, slots=True)
class FullRun:
    """A run with too few free seats for a need: what, where, when, how many firms wait."""

    code: str
    title: str
    institution: str
    first_day: date
    free: int
    wanted: int
    waiting: int


def full_runs(session: Session, need: str, *, by: Actor, now: datetime) -> tuple[FullRun, ...]:
    """Runs that would do for a need, had they seats for all of its heads, soonest first."""
    require(by, Act.REGISTER, "waiting", by.organisation)
    view = records.fetch(session, "need", need, by=by)
    require(by, Act.REGISTER, "waiting", view.owner, need)
    today = day_of(now)
    asked = market.engine_need(session, view)
    courses = {course.id: course for course in market.serving(session, asked, today)}
    homes = market.short_names(session, {course.institution for course in courses.values()})
    lines = market.lined(session, "run")
    query = (
        select(RunRow)
        .where(RunRow.course.in_(courses), RunRow.status == "published", RunRow.first_day > today)
        .where(RunRow.seats_left < view.heads, RunRow.seats >= view.heads)
        .order_by(RunRow.first_day, RunRow.code)
    )
    return tuple(
        FullRun(
            row.code, courses[row.course].title, homes[courses[row.course].institution],
            row.first_day, row.seats_left or 0, view.heads, lines.get(row.code, 0),
        )
        for row in session.scalars(query)
        if market.unsuited(session, asked, row.course, row.code, today) is None
    )  # fmt: skip
