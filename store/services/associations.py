"""Trade committees and alliances at work: who belongs to them, what members could lend each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from store.models import (
    AssessmentRow,
    AssociationRow,
    CourseOccupationRow,
    CourseRow,
    EquipmentRow,
    InstructorRow,
    MemberRow,
    OrganisationRow,
    QualificationRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.schemas.records import AssociationView
from store.services import naming, records
from store.services.records import Page
from store.services.rights import Act, require

INSTRUCTOR, STATIONS, SITTING = "instructor", "stations", "assessment"
_AHEAD = timedelta(days=28)
_Counts = dict[tuple[str, str], dict[str, int]]


@dataclass(frozen=True, slots=True)
class Holder:
    """A member that has it, and how many: instructors, free stations in four weeks, seats of sittings."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Lack:
    """What some members teach without having it themselves, and the members that could lend it.

    `what` is instructor, stations or assessment; `subject` the occupation or the type of workstation.
    """

    what: str
    subject: str
    name: str
    lacking: tuple[tuple[str, str], ...]
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class Lacks:
    """An association and its members on a day, code and name each, with what they lack."""

    association: AssociationView
    day: date
    members: tuple[tuple[str, str], ...]
    items: tuple[Lack, ...]


def page(
    session: Session,
    organisation: str,
    *,
    by: Actor,
    after: str = "",
    limit: int = 100,
    where: Mapping[str, object] | None = None,
) -> Page:
    """Associations that an organisation belongs, belonged or will belong to, in order of code."""
    own = select(MemberRow.association).where(MemberRow.organisation == organisation)
    return records.page(
        session,
        "association",
        by=by,
        after=after,
        limit=limit,
        where=where,
        only=[AssociationRow.code.in_(own)],
    )


def memberships(
    session: Session, organisations: Collection[str], *, by: Actor, day: date
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The associations, code and short name each, that organisations belong to on a day."""
    require(by, Act.READ, "association", by.organisation)
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    name = func.coalesce(AssociationRow.short_name, AssociationRow.name)
    for member, code, told in session.execute(
        select(MemberRow.organisation, AssociationRow.code, name)
        .join(AssociationRow, AssociationRow.code == MemberRow.association)
        .where(
            MemberRow.organisation.in_(organisations),
            AssociationRow.status == "active",
            *_on(day),
        )
        .order_by(AssociationRow.code)
    ):
        found[member].append((code, told))
    return {member: tuple(some) for member, some in found.items()}


def member_codes(session: Session, code: str, *, by: Actor, day: date) -> frozenset[str]:
    """Who belongs to an association on a day; NotFoundError where there is none of that code."""
    view: AssociationView = records.fetch(session, "association", code, by=by)
    return frozenset(view.members_on(day))


def lacks(session: Session, code: str, *, by: Actor, today: date) -> Lacks:
    """What members teach without an instructor, stations or sittings of their own, and who has them."""
    require(by, Act.READ, "match", None)
    view: AssociationView = records.fetch(session, "association", code, by=by)
    codes = view.members_on(today)
    names = _names(session, codes)
    taught, equipped = _taught(session, codes)
    held = {
        INSTRUCTOR: _instructors(session, codes, today),
        STATIONS: _stations(session, codes, today),
        SITTING: _sittings(session, codes, today),
    }
    wanted = {INSTRUCTOR: taught, STATIONS: equipped}
    if held[SITTING]:  # who assesses nobody at all is no alliance for assessment
        wanted[SITTING] = taught
    words = naming.occupation_names(session, set(taught)) | _equipment(session, equipped)
    items = []
    for what, subjects in wanted.items():
        for subject, teaching in sorted(subjects.items()):
            having = held[what].get((what, subject), {})
            lacking = tuple((one, names[one]) for one in sorted(teaching - having.keys()))
            if lacking:
                holders = tuple(
                    Holder(one, names[one], count) for one, count in sorted(having.items())
                )
                items.append(Lack(what, subject, words.get(subject, subject), lacking, holders))
    items.sort(key=lambda one: not one.holders)
    return Lacks(view, today, tuple((one, names[one]) for one in codes), tuple(items))


def _on(day: date) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(MemberRow.first_day.is_(None), MemberRow.first_day <= day),
        or_(MemberRow.last_day.is_(None), MemberRow.last_day >= day),
    )


def _names(session: Session, codes: Collection[str]) -> dict[str, str]:
    name = func.coalesce(OrganisationRow.short_name, OrganisationRow.name)
    query = select(OrganisationRow.code, name).where(OrganisationRow.code.in_(codes))
    return dict(session.execute(query).all())


def _equipment(session: Session, codes: Iterable[str]) -> dict[str, str]:
    query = select(EquipmentRow.code, EquipmentRow.name).where(EquipmentRow.code.in_(set(codes)))
    return dict(session.execute(query).all())


def _taught(
    session: Session, codes: Collection[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Which members teach each trade, and which need each type of workstation for it."""
    trades: dict[str, set[str]] = defaultdict(set)
    stations: dict[str, set[str]] = defaultdict(set)
    for institution, trade, equipment in session.execute(
        select(CourseRow.institution, CourseOccupationRow.code, CourseRow.equipment)
        .join(CourseOccupationRow, CourseOccupationRow.course == CourseRow.code)
        .where(
            CourseRow.institution.in_(codes),
            CourseRow.status == "published",
            CourseOccupationRow.position == 0,
        )
    ):
        trades[trade].add(institution)
        if equipment:
            stations[equipment].add(institution)
    return trades, stations


def _counted(what: str, rows: Iterable[tuple[str, str, int]]) -> _Counts:
    found: _Counts = defaultdict(dict)
    for subject, member, count in rows:
        found[what, subject][member] = int(count)
    return found


def _instructors(session: Session, codes: Collection[str], today: date) -> _Counts:
    rows = session.execute(
        select(
            QualificationRow.occupation,
            InstructorRow.institution,
            func.count(InstructorRow.code.distinct()),
        )
        .join(InstructorRow, InstructorRow.code == QualificationRow.instructor)
        .where(
            InstructorRow.institution.in_(codes),
            InstructorRow.status == "active",
            or_(QualificationRow.valid_to.is_(None), QualificationRow.valid_to >= today),
        )
        .group_by(QualificationRow.occupation, InstructorRow.institution)
    )
    return _counted(INSTRUCTOR, rows.all())


def _stations(session: Session, codes: Collection[str], today: date) -> _Counts:
    rows = session.execute(
        select(SlotRow.equipment, VenueRow.institution, func.sum(SlotRow.stations_free))
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(
            VenueRow.institution.in_(codes),
            VenueRow.status == "active",
            SlotRow.status == "published",
            SlotRow.stations_free > 0,
            SlotRow.day.between(today, today + _AHEAD),
        )
        .group_by(SlotRow.equipment, VenueRow.institution)
    )
    return _counted(STATIONS, rows.all())


def _sittings(session: Session, codes: Collection[str], today: date) -> _Counts:
    rows = session.execute(
        select(AssessmentRow.occupation, AssessmentRow.body, func.sum(AssessmentRow.seats_left))
        .where(
            AssessmentRow.body.in_(codes),
            AssessmentRow.status == "published",
            AssessmentRow.seats_left > 0,
            AssessmentRow.day >= today,
        )
        .group_by(AssessmentRow.occupation, AssessmentRow.body)
    )
    return _counted(SITTING, rows.all())
