"""Hard rules: what keeps an offering out, as values; used to filter, and again when booking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from matching import purposes
from matching.policy import Policy
from matching.topic import teaches_modules, untaught
from matching.types import (
    Course,
    Employment,
    Institution,
    Instructor,
    Mode,
    Need,
    Purpose,
    Rule,
    Run,
    Session,
    Severity,
    Venue,
    Violation,
    distance_km,
)
from matching.weekly import Calendar

_NOTICE = "notice"  # the sanction that only warns
# Which delivery satisfies which wish.
_SATISFIES = {
    Mode.CENTRE: {Mode.CENTRE, Mode.BLENDED},
    Mode.FIRM: {Mode.FIRM},
    Mode.BLENDED: {Mode.BLENDED, Mode.CENTRE, Mode.ONLINE},
    Mode.ONLINE: {Mode.ONLINE},
}


def violation(rule: Rule, subject: str, policy: Policy, *evidence: object) -> Violation:
    """One broken rule with the severity that the policy gives it."""
    return Violation(rule, policy.severity(rule), subject, tuple(str(item) for item in evidence))


def blocks(violations: Sequence[Violation]) -> bool:
    """Whether any of them keeps the offering out."""
    return any(found.severity is Severity.BLOCK for found in violations)


def window(need: Need, today: date, policy: Policy) -> tuple[date, date]:
    """First and last day on which teaching may happen for a need."""
    first = max(need.earliest, today + timedelta(days=policy.lead_days))
    return first, need.latest or first + timedelta(days=policy.horizon_days)


def course_violations(
    need: Need, course: Course, institution: Institution, today: date, policy: Policy
) -> list[Violation]:
    """Rules that a course breaks whatever the people, places and dates."""
    first, last = window(need, today, policy)
    found = _institution_violations(course, institution, (first, last), policy)
    if (course.valid_to and course.valid_to < first) or (
        course.valid_from and course.valid_from > last
    ):
        found.append(
            violation(Rule.COURSE_VALIDITY, course.id, policy, course.valid_from, course.valid_to)
        )
    for part in need.parts:
        found.extend(_content_violations(part, course, policy))
    found.extend(_heads_violations(need, course, policy))
    return found


def _content_violations(need: Need, course: Course, policy: Policy) -> list[Violation]:
    """Level, modules, purpose, mode and practice hours."""
    found = _level_violations(need, course, policy)
    found += _module_violations(need, course, policy)
    found += _purpose_violations(need, course, policy)
    if need.mode and course.mode and course.mode not in _SATISFIES[need.mode]:
        found.append(violation(Rule.MODE, course.id, policy, need.mode, course.mode))
    wanted, offered = need.min_practice_hours, course.practice_hours
    if wanted is not None and offered is not None and offered < wanted:
        found.append(violation(Rule.PRACTICE_HOURS, course.id, policy, wanted, offered))
    return found


def _institution_violations(
    course: Course, institution: Institution, days: tuple[date, date], policy: Policy
) -> list[Violation]:
    found = []
    first, last = days
    standing = institution
    if institution.bars:
        barring = (b for b in institution.bars if b.kind != _NOTICE and b.covers(first, last))
        standing = replace(institution, bars=tuple(barring))
    found += standing_violations(standing, (first, first), policy)
    if institution.status != "active":
        found.append(violation(Rule.INSTITUTION_STATUS, institution.id, policy, institution.status))
    if institution.qualified_to and institution.qualified_to < first:
        found.append(
            violation(
                Rule.INSTITUTION_QUALIFICATION, institution.id, policy, institution.qualified_to
            )
        )
    codes = [share.code for share in course.occupations]
    if institution.scope and codes and not any(c.startswith(institution.scope) for c in codes):
        found.append(violation(Rule.SCOPE, institution.id, policy, *codes))
    return found


def _level_violations(need: Need, course: Course, policy: Policy) -> list[Violation]:
    if need.level is None or course.level is None:
        return []
    if not need.certificate and teaches_modules(need, course):
        return []  # whoever wants a part of a course does not come for its level
    allowed = 0 if need.certificate else 1
    if abs(need.level - course.level) > allowed:
        return [violation(Rule.LEVEL, course.id, policy, need.level, course.level)]
    return []


def _module_violations(need: Need, course: Course, policy: Policy) -> list[Violation]:
    if not need.only_modules:
        return []
    if not course.modules:
        return [violation(Rule.MODULES_UNKNOWN, course.id, policy)]
    lacking = untaught(need, course)
    return [violation(Rule.MODULES, course.id, policy, "; ".join(lacking))] if lacking else []


def _purpose_violations(need: Need, course: Course, policy: Policy) -> list[Violation]:
    """Courses for holders of a certificate are for needs that say so, first-time courses for all others."""
    if not policy.asks_purpose or purposes.suits(need.purpose, course.purpose):
        return []
    rule = Rule.RENEWAL if course.purpose is Purpose.RENEWAL else Rule.FIRST_TIME
    return [violation(rule, course.id, policy)]


def _heads_violations(need: Need, course: Course, policy: Policy) -> list[Violation]:
    found = []
    if course.max_heads is not None and need.heads > course.max_heads:
        too_many = violation(Rule.HEADS_MAX, course.id, policy, need.heads, course.max_heads)
        found.append(replace(too_many, severity=Severity.WARN) if need.can_split else too_many)
    if course.on_demand and course.min_heads is not None and need.heads < course.min_heads:
        found.append(violation(Rule.HEADS_MIN, course.id, policy, need.heads, course.min_heads))
    return found


def run_violations(
    need: Need,
    run: Run,
    sessions: Sequence[Session],
    calendar: Calendar,
    today: date,
    policy: Policy,
) -> list[Violation]:
    """Rules that a scheduled run breaks: seats, sign-up, dates, weekly pattern."""
    found = []
    first, last = window(need, today, policy)
    if run.seats_left is not None and run.seats_left < need.heads:
        found.append(violation(Rule.RUN_FULL, run.id, policy, run.seats_left, need.heads))
    if run.first_day <= today or (run.signup_closes and run.signup_closes < today):
        found.append(violation(Rule.RUN_CLOSED, run.id, policy, run.signup_closes or run.first_day))
    days = [session.day for session in sessions] or [run.first_day]
    if days[0] < first or days[-1] > last:
        found.append(violation(Rule.DATES, run.id, policy, days[0], days[-1]))
    if need.pattern is not None:
        outside = [
            session.day
            for session in sessions
            if not need.pattern.covers(session.day, session.start, session.end, calendar)
        ]
        if outside:
            found.append(violation(Rule.PATTERN, run.id, policy, outside[0], len(outside)))
    return found


def travel_violations(need: Need, place: Venue | Institution, policy: Policy) -> list[Violation]:
    """Whether a place lies farther than the firm will go; an unknown place is not "too far"."""
    found = []
    for part in need.parts:
        if part.place is None or place.place is None or part.max_travel_km is None:
            continue
        km = distance_km(part.place, place.place)
        if km > part.max_travel_km:
            told = (f"{km:.1f}", f"{part.max_travel_km:g}")
            found.append(violation(Rule.TRAVEL, place.id, policy, *told))
    return found


def teaching_violations(
    person: Instructor, course: Course, day: date, policy: Policy
) -> list[Violation]:
    """Whether a person may teach a course on a day: trade, level, validity, institutions in a year."""
    found = []
    if course.occupations and not is_qualified(person, course, day):
        found.append(violation(Rule.QUALIFICATION, person.id, policy, course.id, day))
    used = person.institutions_last_year | {course.institution}
    most = person.most_institutions or policy.part_timer_institutions
    if person.employment is Employment.PART_TIME and len(used) > most:
        found.append(violation(Rule.PART_TIMER, person.id, policy, len(used), most))
    return found + guest_violations(person, course, policy)


def guest_violations(person: Instructor, course: Course, policy: Policy) -> list[Violation]:
    """A guest whose own institution is not active: no rule forbids it, so it warns unless a policy blocks."""
    if person.institution == course.institution or person.home_status == "active":
        return []
    severity = policy.severities.get(Rule.GUEST_HOME, Severity.WARN)
    told = (person.institution, person.home_status)
    return [Violation(Rule.GUEST_HOME, severity, person.id, told)]


def is_qualified(person: Instructor, course: Course, day: date) -> bool:
    """Whether one qualification covers the course's trade and level and is valid on the day."""
    codes = {share.code for share in course.occupations}
    return any(
        held.occupation in codes
        and (held.level is None or course.level is None or held.level >= course.level)
        and (held.valid_to is None or held.valid_to >= day)
        for held in person.qualifications
    )


def is_free(
    person: Instructor,
    day: date,
    start: int | None,
    end: int | None,
    calendar: Calendar,
    run: Run | None = None,
) -> bool:
    """Whether a person's week, blackouts and classes leave a window of a day open.

    Whoever is appointed to a run has agreed to its hours: neither their week nor that run stands in its way.
    """
    if any(first <= day <= last for first, last in person.blackouts):
        return False
    is_appointed = run is not None and run.instructor == person.id
    asks_week = person.weekly is not None and not is_appointed
    if asks_week and person.weekly and not person.weekly.covers(day, start, end, calendar):
        return False
    if start is None or end is None:
        return True
    return not any(
        b.day == day and b.start < end and start < b.end
        for b in person.busy
        if run is None or b.run != run.id
    )


def clashes(
    person: Instructor, sessions: Sequence[Session], calendar: Calendar, run: Run | None = None
) -> list[date]:
    """Days on which a person cannot hold one of the sessions."""
    return [
        session.day
        for session in sessions
        if not is_free(person, session.day, session.start, session.end, calendar, run)
    ]


def standing_violations(
    institution: Institution, days: tuple[date, date], policy: Policy
) -> list[Violation]:
    """Sanctions that meet a span of days, and an annual inspection that does not last to its end."""
    first, last = days
    found = []
    for bar in institution.bars:
        if bar.meets(first, last):
            is_notice = bar.kind == _NOTICE
            rule = Rule.INSTITUTION_NOTICE if is_notice else Rule.INSTITUTION_SANCTION
            days_barred = (bar.first, bar.last) if bar.last else (bar.first,)
            found.append(violation(rule, institution.id, policy, bar.kind, *days_barred))
    if institution.inspected_to and institution.inspected_to < last:
        found.append(violation(Rule.INSPECTION, institution.id, policy, institution.inspected_to))
    return found


def lasting_violations(
    course: Course, institution: Institution, sessions: Sequence[Session], policy: Policy
) -> list[Violation]:
    """Whether the course begins while it is offered and the institution may teach to the last session."""
    if not sessions:
        return []
    found = standing_violations(institution, (sessions[0].day, sessions[-1].day), policy)
    if course.valid_to and sessions[0].day > course.valid_to:
        found.append(violation(Rule.COURSE_VALIDITY, course.id, policy, "", course.valid_to))
    if institution.qualified_to and sessions[-1].day > institution.qualified_to:
        found.append(
            violation(
                Rule.INSTITUTION_QUALIFICATION, institution.id, policy, institution.qualified_to
            )
        )
    return found
