"""One plan looked at again with what is known now: before it is sent, booked, moved or given other people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from matching import constraints, schedule, workload
from matching.constraints import violation
from matching.policy import Policy
from matching.types import Bundle, Need, Rule, Slot, Violation
from matching.weekly import Calendar


def plan_violations(
    need: Need,
    plan: Bundle,
    slots: Mapping[str, Slot],
    calendar: Calendar,
    today: date,
    policy: Policy,
) -> list[Violation]:
    """Every rule that a plan breaks: `plan` holds today's course, people, places; `slots` its slots today.

    Seats and stations are not counted here: whoever books takes them in the same breath.
    """
    found = constraints.course_violations(need, plan.course, plan.institution, today, policy)
    found += constraints.lasting_violations(plan.course, plan.institution, plan.sessions, policy)
    if plan.run is not None:
        found += _run_violations(need, plan, calendar, today, policy)
    else:
        found += _date_violations(need, plan, slots, calendar, today, policy)
    place = plan.venue or plan.institution
    if plan.course.mode not in ("firm", "online"):
        found += constraints.travel_violations(need, place, policy)
    found += staff_violations(plan, calendar, policy)
    if plan.assessment and plan.sessions and plan.assessment.day <= plan.sessions[-1].day:
        found.append(violation(Rule.ASSESSMENT, plan.assessment.id, policy, plan.assessment.day))
    return list(dict.fromkeys(found))


def staff_violations(plan: Bundle, calendar: Calendar, policy: Policy) -> list[Violation]:
    """Whether the people of a plan may teach it, are free, and have the way and the rest they need."""
    found = []
    for person in plan.instructors:
        own = [session for session in plan.sessions if session.instructor == person.id]
        for day in sorted({own[0].day, own[-1].day} if own else set()):
            found += constraints.teaching_violations(person, plan.course, day, policy)
        busy = constraints.clashes(person, own, calendar, plan.run)
        if busy:
            found.append(violation(Rule.INSTRUCTOR_BUSY, person.id, policy, busy[0]))
        if plan.run is not None and plan.run.instructor == person.id:
            continue  # these hours are in the person's week already
        hours = workload.hours(own, plan.institution, plan.venue, plan.run)
        found += workload.workload_violations(person, hours, policy)
    return list(dict.fromkeys(found))


def _run_violations(
    need: Need, plan: Bundle, calendar: Calendar, today: date, policy: Policy
) -> list[Violation]:
    assert plan.run is not None
    seats_apart = replace(plan.run, seats_left=None)
    now = schedule.run_sessions(plan.run, plan.course, calendar)
    found = constraints.run_violations(need, seats_apart, now, calendar, today, policy)
    if [(s.day, s.start, s.end) for s in now] != [(s.day, s.start, s.end) for s in plan.sessions]:
        found.append(violation(Rule.PLAN_CHANGED, plan.run.id, policy))
    return found


def _date_violations(
    need: Need,
    plan: Bundle,
    slots: Mapping[str, Slot],
    calendar: Calendar,
    today: date,
    policy: Policy,
) -> list[Violation]:
    found = []
    last = constraints.window(need, today, policy)[1]
    # the days of grace are for plans that are being looked for; one that stands must only lie ahead
    outside = [s for s in plan.sessions if not max(need.earliest, today) <= s.day <= last]
    if outside:
        found.append(violation(Rule.DATES, plan.course.id, policy, outside[0].day, len(outside)))
    for session in plan.sessions:
        if session.slot is not None:
            slot = slots.get(session.slot)
            if slot is None:
                found.append(violation(Rule.EQUIPMENT, session.slot, policy))
            elif (slot.day, slot.start, slot.end) != (session.day, session.start, session.end):
                found.append(violation(Rule.PLAN_CHANGED, session.slot, policy))
        covers = need.pattern is None or need.pattern.covers(
            session.day, session.start, session.end, calendar
        )
        if not covers:
            found.append(violation(Rule.PATTERN, plan.course.id, policy, session.day))
            break
    return found
