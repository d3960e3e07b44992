"""How long needs take from one step to the next: registered, proposed, accepted, confirmed, begun."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from store.errors import InvalidError
from store.models import (
    AnswerRow,
    AreaRow,
    AuditRow,
    CourseRow,
    NeedOccupationRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
)
from store.schemas.actor import Actor
from store.services import naming
from store.services.analysis import percentile
from store.services.clocks import day_of
from store.services.meaning import settled
from store.services.wanted import dealt_by, monday, seen_by, start_of, within

STAGES = ("proposed", "accepted", "confirmed", "start")
_WEEKS = 26
_Scope = tuple[ColumnElement[bool], ...]


class Share(StrEnum):
    """What waiting is told apart by."""

    OCCUPATION = "occupation"
    AREA = "area"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Stage:
    """Days from the step before to this one, of the needs that came to it: half of them, nine in ten."""

    name: str
    half: int
    most: int
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """The stages of one trade, area or institution; the value is "" where it is not known."""

    value: str
    name: str
    needs: tuple[str, ...]
    stages: tuple[Stage, ...]


def waits(
    session: Session,
    share: Share | str = Share.OCCUPATION,
    *,
    by: Actor,
    today: date,
    weeks: int = _WEEKS,
    area: str | None = None,
) -> tuple[Waits, ...]:
    """Of the needs registered in so many weeks up to now; those with most needs first.

    A step counts by its calendar day in China: the first offer of the need, the day on which everybody of
    a proposal had accepted, the day it was confirmed, its first day of teaching. By institution only needs
    that were offered to one are told, by that of their first offer. An area is with all beneath it.
    """
    since = monday(today) - timedelta(weeks=weeks - 1)
    scope = _scope(session, by, since, area)
    asked = _asked(session, scope)
    try:
        how = Share(share)
    except ValueError as error:
        raise InvalidError("axis_unknown", axis=str(share), known=", ".join(Share)) from error
    steps, homes = _steps(session, by, scope)
    values = {need: (homes.get(need) if how is Share.INSTITUTION else told[how.value])
              for need, told in asked.items()}  # fmt: skip
    groups: dict[str, list[str]] = defaultdict(list)
    for need, value in values.items():
        if value is not None or how is not Share.INSTITUTION:
            groups[value or ""].append(need)
    names = _names(session, how, {value for value in groups if value})
    found = [
        Waits(value, names.get(value, value), tuple(needs), _stages(needs, asked, steps))
        for value, needs in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-len(one.needs), not one.value, one.value)))


def _asked(session: Session, scope: _Scope) -> dict[str, dict[str, str | None]]:
    """Needs that were registered from a day on: the day, the settled trade, the area."""
    first, second = aliased(NeedOccupationRow), aliased(NeedOccupationRow)
    rows = session.execute(
        select(
            NeedRow.code, NeedRow.created_at, NeedRow.area,
            first.code, first.confidence, first.confirmed_by, second.confidence,
        )
        .outerjoin(first, and_(first.need == NeedRow.code, first.position == 0))
        .outerjoin(second, and_(second.need == NeedRow.code, second.position == 1))
        .where(*scope)
        .order_by(NeedRow.code)
    )  # fmt: skip
    return {
        code: {
            "day": day_of(at).isoformat(),
            "area": area,
            "occupation": settled(one, sure, confirmed, other),
        }
        for code, at, area, one, sure, confirmed, other in rows
    }


def _scope(session: Session, by: Actor, since: date, area: str | None) -> _Scope:
    is_told = (NeedRow.created_at >= start_of(since), NeedRow.status != "draft", seen_by(by))
    return (*is_told, within(session, area))


def _steps(
    session: Session, by: Actor, scope: _Scope
) -> tuple[dict[str, dict[str, date]], dict[str, str]]:
    """The first day of each step of each need, and the institution of its first offer."""
    yes = func.sum(case((AnswerRow.status == "accepted", 1), else_=0))
    rows = session.execute(
        select(
            ProposalRow.code, ProposalRow.need, ProposalRow.status, ProposalRow.first_day,
            CourseRow.institution, func.min(AnswerRow.asked_at), func.max(AnswerRow.answered_at),
            func.count(AnswerRow.party), yes,
        )
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .join(CourseRow, CourseRow.code == ProposalRow.course)
        .join(AnswerRow, AnswerRow.proposal == ProposalRow.code)
        .where(*scope, dealt_by(by))
        .group_by(
            ProposalRow.code, ProposalRow.need, ProposalRow.status, ProposalRow.first_day,
            CourseRow.institution,
        )
        .order_by(func.min(AnswerRow.asked_at), ProposalRow.code)
    )  # fmt: skip
    confirmed = _confirmed(session, by, scope)
    found: dict[str, dict[str, date]] = defaultdict(dict)
    homes: dict[str, str] = {}
    for code, need, status, begins, home, asked, answered, count, agreed in rows:
        homes.setdefault(need, home)
        _earlier(found[need], "proposed", day_of(asked))
        if agreed == count and answered is not None:
            _earlier(found[need], "accepted", day_of(answered))
        if status in ("confirmed", "delivered") and code in confirmed:
            _earlier(found[need], "confirmed", day_of(confirmed[code]))
            _earlier(found[need], "start", begins)
    return found, homes


def _confirmed(session: Session, by: Actor, scope: _Scope) -> dict[str, datetime]:
    """When proposals were confirmed last, by the audit trail."""
    rows = session.execute(
        select(AuditRow.code, func.max(AuditRow.at))
        .join(ProposalRow, ProposalRow.code == AuditRow.code)
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .where(AuditRow.kind == "proposal", AuditRow.act == "confirm")
        .where(*scope, dealt_by(by))
        .group_by(AuditRow.code)
    )
    return {code: at for code, at in rows}


def _earlier(found: dict[str, date], stage: str, day: date) -> None:
    found[stage] = min(day, found.get(stage, day))


def _stages(
    needs: list[str],
    asked: Mapping[str, Mapping[str, str | None]],
    steps: Mapping[str, Mapping[str, date]],
) -> tuple[Stage, ...]:
    found = []
    for at, stage in enumerate(STAGES):
        days: list[int] = []
        came = [need for need in needs if stage in steps.get(need, {})]
        for need in came:
            before = date.fromisoformat(str(asked[need]["day"]))
            if at:
                before = steps[need][STAGES[at - 1]]
            days.append(max(0, (steps[need][stage] - before).days))
        days.sort()
        found.append(Stage(stage, percentile(days, 50), percentile(days, 90), tuple(came)))
    return tuple(found)


def _names(session: Session, share: Share, values: set[str]) -> dict[str, str]:
    if share is Share.OCCUPATION:
        return dict(naming.occupation_names(session, values))
    row = AreaRow if share is Share.AREA else OrganisationRow
    rows = session.execute(select(row.code, row.name)).all()
    return {code: name for code, name in rows if code in values}
