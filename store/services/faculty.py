"""An institution's instructors against the rules: headroom, full-time share, what is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import faculty as engine
from matching.faculty import Faculty, Member
from matching.subsidy.answers import in_force
from matching.subsidy.rules import Teaching
from store.errors import InvalidError, NotFoundError
from store.models import InstructorDutyRow, InstructorRow, OrganisationRow
from store.schemas.actor import Actor
from store.schemas.policy import DutyDraft
from store.services import audit, policies, supervision_rules, taught
from store.services.rights import Act, require, require_some


@dataclass(frozen=True, slots=True)
class FacultyView:
    """An institution's instructors worked out; `source` is the rule set, none for the usual numbers."""

    institution: str
    name: str
    source: str | None
    faculty: Faculty


def look(session: Session, institution: str, *, by: Actor, today: date) -> FacultyView:
    """Everybody who teaches for an institution against the rules of a day."""
    require(by, Act.READ, "instructor", institution, institution)
    school = session.get(OrganisationRow, institution)
    if school is None or school.kind != "institution":
        raise NotFoundError("institution", institution)
    areas = policies.area_chain(session, school.area)
    held = [
        one
        for one in in_force(policies.published(session), today)
        if one.teaching and one.area in areas
    ]
    nearest = min(held, key=lambda one: areas.index(one.area), default=None)
    usual = Teaching(institutions=supervision_rules.rules(session).institutions_most)
    rules = (nearest and nearest.teaching) or usual
    members = _members(session, institution, today)
    source = f"{nearest.name} ({nearest.source})" if nearest else None
    return FacultyView(institution, school.name, source, engine.look(members, rules, today))


def log(session: Session, instructor: str, draft: DutyDraft, *, by: Actor, today: date) -> Member:
    """Keep that an instructor attended a refresher or worked on a shop floor."""
    require_some(by, Act.EDIT, "instructor", instructor)
    row = session.get(InstructorRow, instructor)
    if row is None:
        raise NotFoundError("instructor", instructor)
    require(by, Act.EDIT, "instructor", row.owner, instructor)
    if draft.day > today:
        raise InvalidError("duty_ahead", day=draft.day.isoformat())
    session.add(
        InstructorDutyRow(
            instructor=instructor,
            kind=draft.kind,
            day=draft.day,
            days=draft.days,
            login=by.login,
            at=datetime.now(UTC),
        )
    )
    session.flush()
    told = {"kind": draft.kind, "day": draft.day.isoformat(), "days": draft.days}
    audit.note(session, by, "log", "instructor", [(instructor, None, told)])
    return next(one for one in _members(session, row.institution, today) if one.code == instructor)


def _members(session: Session, institution: str, today: date) -> list[Member]:
    rows = session.scalars(
        select(InstructorRow)
        .where(InstructorRow.institution == institution, InstructorRow.status == "active")
        .order_by(InstructorRow.code)
    ).all()
    codes = [row.code for row in rows]
    places = taught.institutions(session, codes, today)
    duty = InstructorDutyRow
    refreshed = session.execute(
        select(duty.instructor, func.max(duty.day))
        .where(duty.instructor.in_(codes), duty.kind == "refresher")
        .group_by(duty.instructor)
    )
    last: dict[str, date] = {code: day for code, day in refreshed}
    worked = session.execute(
        select(duty.instructor, func.sum(duty.days))
        .where(
            duty.instructor.in_(codes),
            duty.kind == "shop_floor",
            duty.day.between(date(today.year, 1, 1), today),
        )
        .group_by(duty.instructor)
    )
    days: dict[str, int] = {code: int(count) for code, count in worked}
    return [
        Member(
            row.code,
            row.name,
            row.employment,
            frozenset(
                {*(row.institutions_last_year or ()), *places.get(row.code, ()), institution}
            ),
            last.get(row.code),
            days.get(row.code, 0),
        )
        for row in rows
    ]
