"""The plan of one class made of two: sessions for more heads, or new ones; who has less to teach then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.pooling import merged
from matching.types import Session as Meeting
from store.models import CourseRow, ProposalRow, RunRow, TrainingClassRow
from store.services import labels, market, plans
from store.services.clocks import day_of
from store.services.merger_obstacles import holders_of, members_of, needs_of
from store.services.plans import Plan


@dataclass(frozen=True, slots=True)
class Released:
    """An instructor of one of the two classes, and the sessions that are no longer theirs to teach."""

    code: str
    name: str
    sessions: tuple[Meeting, ...]


def widened(plan: Plan, heads: int) -> Plan | None:
    """The same sessions for more heads; None where these practise in turns, which need a new plan."""
    before = plan.class_heads or plan.heads
    if any(s.slot and s.heads not in (None, before) for s in plan.sessions):
        return None
    sessions = tuple(replace(s, heads=heads) if s.slot else s for s in plan.sessions)
    return replace(plan, sessions=sessions, class_heads=heads)


def new_plan(
    session: Session, kept: TrainingClassRow, ended: TrainingClassRow, now: datetime
) -> Plan | None:
    """The best plan of the course on demand for all of them, what both classes have counted as free."""
    members = members_of(session, kept, ended)
    need = merged(needs_of(session, members), day_of(now))
    old = plans.loads(kept.plan)
    if need is None or old.run is not None:
        return None
    holders = holders_of(session, kept, ended)
    found = market.best_of(session, need, kept.course, day_of(now), holders)
    if found is None or found.run is not None or not found.sessions:
        return None
    made = plans.of_bundle(found, members[0].need, members[0].heads)
    return replace(made, class_heads=need.heads)


def released(
    session: Session, kept: TrainingClassRow, ended: TrainingClassRow, plan: Plan
) -> tuple[Released, ...]:
    """Instructors of the two classes whose sessions are no longer held, or are somebody else's then."""
    stay = {(person, s.day, s.start) for person, s in _taught(plan)}
    before = [plans.loads(row.plan) for row in (kept, ended)]
    lost: dict[str, list[Meeting]] = {}
    for old in before:
        for person, meeting in _taught(old):
            if (person, meeting.day, meeting.start) not in stay:
                lost.setdefault(person, []).append(meeting)
    names = {
        code: name for of_plan in labels.of_plans(session, before) for code, name in of_plan.items()
    }
    return tuple(
        Released(person, names.get(person, person), tuple(sorted(sessions, key=lambda s: s.day)))
        for person, sessions in sorted(lost.items())
    )


def _taught(plan: Plan) -> Iterator[tuple[str, Meeting]]:
    """Who teaches which session; where none is said for a session it is the only one of the plan."""
    alone = plan.instructors[0] if len(plan.instructors) == 1 else None
    for meeting in plan.sessions:
        person = meeting.instructor or alone
        if person is not None:
            yield person, meeting


def is_other(member: ProposalRow, plan: Plan) -> bool:
    """Whether a firm would have other dates, hours or another place."""
    own = plans.loads(member.plan)
    return plans.session_lines(own.sessions) != plans.session_lines(plan.sessions) or (
        (own.run, own.venue) != (plan.run, plan.venue)
    )


def room(session: Session, plan: Plan) -> int | None:
    """Heads that the course, or its run, takes at most."""
    seats = (
        session.scalar(select(RunRow.seats).where(RunRow.code == plan.run)) if plan.run else None
    )
    most = session.scalar(select(CourseRow.max_heads).where(CourseRow.code == plan.course))
    known = [number for number in (seats, most) if number is not None]
    return min(known, default=None)
