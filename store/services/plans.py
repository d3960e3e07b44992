"""What a proposal is about: a bundle by its codes and dates, what it takes, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from matching.policy import DEFAULT_POLICY
from matching.recheck import plan_violations
from matching.types import (
    Bundle,
    Employment,
    Explanation,
    Instructor,
    Need,
    Rule,
    Session,
    Severity,
    Slot,
    Violation,
)
from store.errors import ConflictError, InfeasibleError
from store.models import AssessmentRow, InstructorRow, VenueRow
from store.services import offers, reference
from store.services.capacity import Claim


@dataclass(frozen=True, slots=True)
class Plan:
    """A bundle as it is offered: codes, dated sessions, heads; price in fen a head, None unknown.

    `class_heads` are those of all firms where the class is pooled.
    """

    need: str
    course: str
    institution: str
    heads: int
    sessions: tuple[Session, ...]
    instructors: tuple[str, ...] = ()
    run: str | None = None
    venue: str | None = None
    assessment: str | None = None
    assessment_day: date | None = None
    price_fen: int | None = None
    heads_per_station: int = 1
    class_heads: int | None = None

    @property
    def days(self) -> tuple[date, date]:
        """First and last day of teaching."""
        found = [session.day for session in self.sessions]
        return min(found), max(found)


def of_bundle(bundle: Bundle, need: str, heads: int) -> Plan:
    """A ranked bundle as a plan for a need; one without dates cannot be offered."""
    if not bundle.sessions:
        raise ConflictError("no_dates", id=bundle.course.id)
    return Plan(
        need,
        bundle.course.id,
        bundle.institution.id,
        heads,
        bundle.sessions,
        tuple(person.id for person in bundle.instructors),
        bundle.run.id if bundle.run else None,
        bundle.venue.id if bundle.venue else None,
        bundle.assessment.id if bundle.assessment else None,
        bundle.assessment.day if bundle.assessment else None,
        bundle.price_fen,
        bundle.course.heads_per_station,
    )


@cache
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def dumps(plan: Plan) -> str:
    """A plan as JSON."""
    return _adapter().dump_json(plan, exclude_none=True).decode()


def loads(text: str) -> Plan:
    """A plan from its JSON."""
    return _adapter().validate_json(text)


def claims(plan: Plan) -> tuple[Claim, ...]:
    """The capacity that a plan takes: seats of a run, or stations and people session by session."""
    found: list[Claim] = []
    first, _ = plan.days
    if plan.run is not None:
        found.append(Claim("run", plan.run, plan.heads, first))
    for meeting in plan.sessions if plan.run is None else ():
        if meeting.start is None or meeting.end is None:
            continue
        window = (meeting.day, meeting.start, meeting.end)
        if meeting.slot is not None:
            stations = -(-(meeting.heads or plan.heads) // plan.heads_per_station)
            found.append(Claim("slot", meeting.slot, stations, *window))
        if meeting.instructor is not None:
            found.append(Claim("instructor", meeting.instructor, 1, *window))
    if plan.assessment is not None and plan.assessment_day is not None:
        found.append(Claim("assessment", plan.assessment, plan.heads, plan.assessment_day))
    return tuple(sorted(found))


def parties(transaction: Transaction, plan: Plan, enterprise: str) -> dict[str, tuple[str, ...]]:
    """Organisation to the parts it answers for: course, instructor:CODE, stations, assessment, enterprise."""
    parts: dict[str, list[str]] = {plan.institution: ["course"]}
    for code, home in transaction.execute(
        select(InstructorRow.code, InstructorRow.institution)
        .where(InstructorRow.code.in_(plan.instructors))
        .order_by(InstructorRow.code)
    ):
        if home != plan.institution:
            parts.setdefault(home, []).append(f"instructor:{code}")
    if plan.venue is not None:
        owner = transaction.scalar(select(VenueRow.institution).where(VenueRow.code == plan.venue))
        if owner is not None and owner != plan.institution:
            parts.setdefault(owner, []).append("stations")
    if plan.assessment is not None:
        body = transaction.scalar(
            select(AssessmentRow.body).where(AssessmentRow.code == plan.assessment)
        )
        if body is not None:
            parts.setdefault(body, []).append("assessment")
    parts.setdefault(enterprise, []).append("enterprise")
    return {party: tuple(of_party) for party, of_party in parts.items()}


def as_offered_now(
    transaction: Transaction, plan: Plan, holders: Collection[str] = ()
) -> tuple[Bundle, Mapping[str, Slot]]:
    """The plan with today's course, people and places; what `holders` have taken counts as free."""
    courses = offers.courses(transaction, [plan.course])
    if not courses:
        raise ConflictError("course_not_offered", id=plan.course)
    course = courses[0]
    institution = offers.institutions(transaction, [course.institution])[course.institution]
    calendar = reference.calendar(transaction)
    people = offers.instructors(transaction, calendar, plan.instructors)
    if len(people) < len(plan.instructors):
        raise ConflictError("instructor_gone", id=", ".join(plan.instructors))
    venues = offers.venues(transaction, [plan.venue] if plan.venue else [])
    run = next((run for run in course.runs if run.id == plan.run), None)
    if plan.run is not None and run is None:
        raise ConflictError("run_gone", id=plan.run)
    slots = {
        slot.id: slot
        for slot in offers.slots_named(
            transaction, [meeting.slot for meeting in plan.sessions if meeting.slot]
        )
    }
    sittings = [
        sitting
        for sitting in offers.assessments(
            transaction, {share.code for share in course.occupations}, date.min
        )
        if sitting.id == plan.assessment
    ]
    bundle = Bundle(
        course,
        institution,
        plan.sessions,
        Explanation(()),
        tuple(_without(person, holders) for person in people),
        venues.get(plan.venue or ""),
        run,
        sittings[0] if sittings else None,
        plan.price_fen,
    )
    return bundle, slots


def _without(person: Instructor, holders: Collection[str]) -> Instructor:
    return replace(person, busy=tuple(busy for busy in person.busy if busy.run not in holders))


def check(
    transaction: Transaction,
    plan: Plan,
    need: Need,
    today: date,
    holders: Collection[str] = (),
    *,
    but: Collection[Rule] = (),
) -> tuple[Violation, ...]:
    """Refuse a plan that a rule blocks as things are now, `but` some rules; what only warns is returned."""
    bundle, slots = as_offered_now(transaction, plan, holders)
    _refuse_mixed(plan, bundle, slots)
    calendar = reference.calendar(transaction)
    asked = replace(need, heads=plan.class_heads or plan.heads)
    found = plan_violations(asked, bundle, slots, calendar, today, DEFAULT_POLICY)
    blocking = tuple(v for v in found if v.severity == "block" and v.rule not in but)
    if blocking:
        raise InfeasibleError(plan.course, blocking).with_names(_names(bundle))
    return tuple(found)


def refuse_other(before: Plan, after: Plan, id: str) -> None:
    """Refuse a plan put in the place of another one that is not for the same need and course."""
    if _subject(before) != _subject(after):
        changed = Violation(Rule.PLAN_CHANGED, Severity.BLOCK, id)
        raise InfeasibleError(before.course, (changed,))


def _subject(plan: Plan) -> tuple[object, ...]:
    return plan.need, plan.course, plan.institution, plan.heads_per_station, plan.class_heads


def refuse_mixed(transaction: Transaction, plan: Plan) -> None:
    """Refuse a plan that takes people or stations whose owners it does not name, or who do not lend them."""
    _refuse_mixed(plan, *as_offered_now(transaction, plan))


def _refuse_mixed(plan: Plan, bundle: Bundle, slots: Mapping[str, Slot]) -> None:
    home, venue = bundle.course.institution, bundle.venue
    named = {meeting.instructor for meeting in plan.sessions} - {None, *plan.instructors}
    codes = [s.slot for s in plan.sessions if s.slot is not None and plan.run is None]
    taken = [slots[code] for code in codes if code in slots]
    wrong = [code for code in named if code is not None]
    wrong += [slot.id for slot in taken if slot.venue != plan.venue]
    wrong += [slot.id for slot in taken if bundle.course.equipment not in (None, slot.equipment)]
    if plan.institution != home:
        wrong.append(plan.institution)
    if taken and venue is not None and not (venue.shared or venue.institution == home):
        wrong.append(venue.id)
    if plan.run is None:
        wrong += [person.id for person in bundle.instructors if not _may_teach_for(person, home)]
    if wrong:
        found = tuple(Violation(Rule.PLAN_CHANGED, Severity.BLOCK, code) for code in wrong)
        raise InfeasibleError(plan.course, found).with_names(_names(bundle))


def _may_teach_for(person: Instructor, home: str) -> bool:
    """Full-time people teach for their own institution only."""
    return person.institution == home or person.employment is not Employment.FULL_TIME


def _names(bundle: Bundle) -> dict[str, str]:
    found = {person.id: person.name for person in bundle.instructors}
    found[bundle.institution.id] = bundle.institution.name
    if bundle.venue is not None:
        found[bundle.venue.id] = bundle.venue.name
    return found


def session_lines(sessions: Sequence[Session]) -> tuple[str, ...]:
    """Sessions as they stand in terms: day and hours."""
    return tuple(
        f"{s.day.isoformat()} {_clock(s.start)}-{_clock(s.end)}"
        if s.start is not None
        else s.day.isoformat()
        for s in sessions
    )


def _clock(minutes: int | None) -> str:
    return "" if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"
