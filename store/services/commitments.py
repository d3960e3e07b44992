"""What has been promised may not be changed under anybody: edits and withdrawals that are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.schedule import run_sessions
from matching.types import Course, Run
from matching.types import Session as Meeting
from matching.weekly import Calendar, parse_weekly
from store.errors import ConflictError, TakenError
from store.lifecycles import LIVE, NEED, OFFERING
from store.models import CourseRow, ProposalRow, WaitingRow
from store.schemas.records import Draft
from store.services import capacity, reference

# What of a record is sold with it: these stay as long as somebody has capacity of it.
_SOLD: Mapping[str, tuple[str, ...]] = {
    "run": ("course", "first_day", "last_day", "weekly", "instructor", "venue"),
    "slot": ("venue", "equipment", "day", "start", "end"),
    "assessment": ("body", "occupation", "level", "day"),
}
_IN_PROPOSALS = {
    "need": ProposalRow.need,
    "course": ProposalRow.course,
    "venue": ProposalRow.venue,
    "enterprise": ProposalRow.enterprise,
}


def users(session: Session, kind: str, codes: Sequence[str]) -> tuple[str, ...]:
    """Live proposals that rest on one of some records of a kind."""
    if kind in (*_SOLD, "instructor"):
        return capacity.users(session, kind, codes)
    column = _IN_PROPOSALS.get(kind)
    if column is None:
        return ()
    found = session.scalars(
        select(ProposalRow.code)
        .where(column.in_(codes), ProposalRow.status.in_(LIVE))
        .order_by(ProposalRow.code)
    ).all()
    waits = session.scalars(
        select(WaitingRow.code)
        .where(WaitingRow.need.in_(codes), WaitingRow.status.in_(("waiting", "offered")))
        .order_by(WaitingRow.code)
    ).all()
    return (*found, *waits)


def refuse_withdrawal(session: Session, kind: str, code: str, status: str) -> None:
    """Refuse to take a record out of use that live proposals rest on, or that is past that."""
    found = users(session, kind, [code])
    if found:
        raise ConflictError("in_use", kind=kind, id=code, proposals=", ".join(found[:5]))
    refuse_past(kind, code, status)


def refuse_past(kind: str, code: str, status: str) -> None:
    """Refuse to take a record out of use whose state does not lead there."""
    if kind in ("need", *_SOLD, "course"):
        (NEED if kind == "need" else OFFERING).step("withdraw", status, code)


def refuse_edit(session: Session, kind: str, code: str, before: Draft, after: Draft) -> None:
    """Refuse an edit that changes what was promised, or a state that no step leads to."""
    was, becomes = getattr(before, "status", None), getattr(after, "status", None)
    is_offering = kind in (*_SOLD, "course")
    if is_offering and was != becomes and not OFFERING.may_become(str(was), str(becomes)):
        raise ConflictError(
            "no_such_step", kind=kind, id=code, act="edit", state=was, possible=_possible(str(was))
        )
    changed = [
        name for name in _SOLD.get(kind, ()) if getattr(before, name) != getattr(after, name)
    ]
    is_need = kind == "need" and before != after
    if (changed or is_need) and (found := users(session, kind, [code])):
        raise ConflictError("in_use", kind=kind, id=code, proposals=", ".join(found[:5]))


def refuse_double(session: Session, runs: Sequence[tuple[str, Draft]]) -> None:
    """Refuse to appoint somebody to a run (code, draft) at hours that are promised elsewhere already."""
    wanted = {str(who) for _, run in runs if (who := getattr(run, "instructor", None))}
    taken = capacity.hours_of(session, wanted)
    if not taken:
        return
    calendar = reference.calendar(session)
    for code, run in runs:
        found = taken.get(str(getattr(run, "instructor", None)), ())
        for meeting in _sessions(session, run, calendar) if found else ():
            for day, start, end, proposal in found:
                if day == meeting.day and start < (meeting.end or 0) and (meeting.start or 0) < end:
                    who = getattr(run, "instructor", "")
                    raise TakenError(
                        "person_taken", kind="instructor", id=who, day=day, taker=proposal, run=code
                    )


def _sessions(session: Session, run: Draft, calendar: Calendar) -> tuple[Meeting, ...]:
    values = {name: getattr(run, name) for name in ("course", "first_day", "last_day", "weekly")}
    hours = session.execute(
        select(CourseRow.theory_hours, CourseRow.practice_hours).where(
            CourseRow.code == values["course"]
        )
    ).one()
    plan = Run("", values["first_day"], parse_weekly(values["weekly"]), values["last_day"])
    course = Course("", "", "", theory_hours=hours[0], practice_hours=hours[1])
    return run_sessions(plan, course, calendar)


def _possible(status: str) -> str:
    return ", ".join(step.after for step in OFFERING.steps if status in step.before) or "–"
