"""An institution's instructors against the rules: headroom, full-time share, what is due."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matching import faculty as engine
from matching.faculty import Faculty, Member
from matching.subsidy.answers import in_force
from matching.subsidy.rules import Teaching
from store.errors import InvalidError, NotFoundError
from store.models import (
    CourseOccupationRow,
    CourseRow,
    EnrolmentRow,
    InstructorDutyRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.schemas.policy import DutyDraft
from store.services import audit, policies, supervision_rules, taught
from store.services.rights import Act, require, require_some


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a whole; `wanted` percent is what rules ask for, None where they ask for nothing."""

    count: int
    whole: int
    wanted: int | None

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down; None of nothing."""
        return 100 * self.count // self.whole if self.whole else None

    @property
    def is_met(self) -> bool | None:
        """Whether it is as much as is asked for; None where nothing is, or nothing is known."""
        if self.wanted is None or not self.whole:
            return None
        return 100 * self.count >= self.wanted * self.whole


@dataclass(frozen=True, slots=True)
class Staffed:
    """A published course and how many of the institution's instructors may teach its trade at its level."""

    course: str
    title: str
    instructors: int


@dataclass(frozen=True, slots=True)
class FacultyView:
    """An institution's instructors worked out; `source` is the rule set, none for the usual numbers.

    `certified`: of those who teach theory and practice, who hold a certificate that is valid today.
    `courses` with the `per_course` instructors that are asked for, fewest first. `cap` is the most full-time
    instructors it may have. `trained` this year for each student it has.
    """

    institution: str
    name: str
    source: str | None
    faculty: Faculty
    certified: Share
    courses: tuple[Staffed, ...]
    per_course: int | None
    cap: int | None
    trained: Share


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
    return FacultyView(
        institution,
        school.name,
        source,
        engine.look(members, rules, today),
        _certified(session, institution, rules, today),
        _staffed(session, institution, today),
        rules.per_course,
        school.full_time_cap,
        Share(_trained(session, institution, today), school.students or 0, rules.enrolled),
    )


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


def _teach(institution: str) -> tuple[ColumnElement[bool], ...]:
    return (InstructorRow.institution == institution, InstructorRow.status == "active")


def _valid(today: date) -> ColumnElement[bool]:
    return or_(QualificationRow.valid_to.is_(None), QualificationRow.valid_to >= today)


def _certified(session: Session, institution: str, rules: Teaching, today: date) -> Share:
    both = (*_teach(institution), InstructorRow.teaches == "both")
    whole = session.scalar(select(func.count()).select_from(InstructorRow).where(*both)) or 0
    held = select(QualificationRow.instructor).where(_valid(today))
    count = session.scalar(
        select(func.count()).select_from(InstructorRow).where(*both, InstructorRow.code.in_(held))
    )
    return Share(count or 0, whole, rules.certified)


def _staffed(session: Session, institution: str, today: date) -> tuple[Staffed, ...]:
    people: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for trade, person, level in session.execute(
        select(QualificationRow.occupation, QualificationRow.instructor, QualificationRow.level)
        .join(InstructorRow, InstructorRow.code == QualificationRow.instructor)
        .where(*_teach(institution), _valid(today))
    ):
        people[trade].append((person, level))
    found = []
    for code, title, wanted, trade in session.execute(
        select(CourseRow.code, CourseRow.title, CourseRow.level, CourseOccupationRow.code)
        .join(CourseOccupationRow, CourseOccupationRow.course == CourseRow.code)
        .where(
            CourseRow.institution == institution,
            CourseRow.status == "published",
            CourseOccupationRow.position == 0,
        )
    ):
        fit = {
            person
            for person, level in people[trade]
            if wanted is None or level is None or level >= wanted
        }
        found.append(Staffed(code, title, len(fit)))
    return tuple(sorted(found, key=lambda one: (one.instructors, one.course)))


def _trained(session: Session, institution: str, today: date) -> int:
    """People on rosters of its classes that begin this year; who has left is not among them."""
    count = session.scalar(
        select(func.count())
        .select_from(EnrolmentRow)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .where(
            TrainingClassRow.institution == institution,
            TrainingClassRow.status != "cancelled",
            TrainingClassRow.first_day.between(date(today.year, 1, 1), date(today.year, 12, 31)),
            EnrolmentRow.status.in_(("enrolled", "completed")),
        )
    )
    return count or 0
