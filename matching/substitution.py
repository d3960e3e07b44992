"""Who or what could stand in: people for a person, slots for a slot, each passing every rule, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matching import constraints, criteria
from matching.policy import Policy
from matching.recheck import staff_violations
from matching.types import Bundle, Employment, Instructor, Session, Slot, Violation
from matching.weekly import Calendar


@dataclass(frozen=True, slots=True)
class StandIn:
    """A plan with somebody or something else in it, how well that fits (0..1), and what only warns."""

    code: str
    plan: Bundle
    score: float
    warnings: tuple[Violation, ...]


def people(
    plan: Bundle,
    leaving: str,
    candidates: Sequence[Instructor],
    since: date,
    calendar: Calendar,
    policy: Policy,
    until: date = date.max,
) -> list[StandIn]:
    """People who could hold a person's sessions from a day on, or until one, the best fitting first."""
    taken_over = [s for s in plan.sessions if s.instructor == leaving and since <= s.day <= until]
    needs_theory = any(not s.practice for s in taken_over)
    needs_practice = any(s.practice for s in taken_over)
    found = []
    for person in candidates:
        if person.id == leaving or not _may_teach(person, plan, needs_theory, needs_practice):
            continue
        changed = _with_person(plan, leaving, person, (since, until))
        only = replace(changed, instructors=(person,))
        violations = staff_violations(only, calendar, policy)
        if not constraints.blocks(violations):
            fit = criteria.instructor(policy, plan.course, (person,), plan.sessions[-1].day)
            found.append(StandIn(person.id, changed, fit.score, tuple(violations)))
    return sorted(found, key=lambda stand_in: (-stand_in.score, stand_in.code))


def _may_teach(person: Instructor, plan: Bundle, theory: bool, practice: bool) -> bool:
    is_guest = person.institution != plan.institution.id
    if is_guest and person.employment is Employment.FULL_TIME:
        return False
    return (person.teaches_theory or not theory) and (person.teaches_practice or not practice)


def _with_person(plan: Bundle, leaving: str, person: Instructor, days: tuple[date, date]) -> Bundle:
    sessions = tuple(
        replace(s, instructor=person.id)
        if s.instructor == leaving and days[0] <= s.day <= days[1]
        else s
        for s in plan.sessions
    )
    stays = {s.instructor for s in sessions}
    team = (*(p for p in plan.instructors if p.id in stays and p.id != person.id), person)
    run = replace(plan.run, instructor=person.id) if plan.run else None
    return replace(plan, sessions=sessions, instructors=team, run=run)


def slots(
    plan: Bundle,
    leaving: str,
    candidates: Sequence[Slot],
    calendar: Calendar,
    policy: Policy,
) -> list[StandIn]:
    """Slots of the same venue that could take a slot's place, nearest in time first."""
    (old,) = [s for s in plan.sessions if s.slot == leaving]
    theory = [s.day for s in plan.sessions if not s.practice]
    found = []
    for slot in candidates:
        if slot.id == leaving or (theory and slot.day < max(theory)):
            continue
        if slot.end - slot.start < (old.end or 0) - (old.start or 0):
            continue
        if any(_meets(slot, s) for s in plan.sessions if s is not old):
            continue
        new = replace(old, day=slot.day, start=slot.start, end=slot.end, slot=slot.id)
        sessions = tuple(
            sorted(
                (new if s is old else s for s in plan.sessions),
                key=lambda s: (s.day, s.start or 0, s.practice),
            )
        )
        changed = replace(plan, sessions=sessions)
        violations = staff_violations(changed, calendar, policy)
        if not constraints.blocks(violations):
            score = 1 / (1 + abs((slot.day - old.day).days))
            found.append(StandIn(slot.id, changed, score, tuple(violations)))
    return sorted(found, key=lambda stand_in: (-stand_in.score, stand_in.code))


def _meets(slot: Slot, session: Session) -> bool:
    return (
        slot.day == session.day
        and slot.start < (session.end or 0)
        and (session.start or 0) < slot.end
    )
