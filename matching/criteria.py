"""One pure function per criterion: a score in 0..1 with the data it rests on, or "unknown"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from matching import purposes
from matching.policy import Policy
from matching.types import (
    Course,
    Criterion,
    Institution,
    Instructor,
    Mode,
    Need,
    Outline,
    Purpose,
    Reason,
    Run,
    Session,
)


def _reason(
    policy: Policy, criterion: Criterion, score: float, evidence: Sequence[object] = ()
) -> Reason:
    bounded = min(1.0, max(0.0, score))
    return Reason(
        criterion, bounded, policy.weights[criterion], True, tuple(str(item) for item in evidence)
    )


def _unknown(policy: Policy, criterion: Criterion, evidence: Sequence[object] = ()) -> Reason:
    """Missing data: neither a match nor a miss, scored as the policy says and marked as not known."""
    weight = policy.weights[criterion]
    return Reason(
        criterion, policy.unknown_score, weight, False, tuple(str(item) for item in evidence)
    )


def topic(
    policy: Policy, need: Need, course: Course, score: float, evidence: tuple[str, ...]
) -> Reason:
    """How far the course is about the need's trade; less where renewal is wanted and it does not say whether.

    That it does not say is the last of its evidence then.
    """
    if policy.asks_purpose and purposes.is_unsaid(need, course):
        unsaid = (1 + policy.unknown_score) / 2
        return _reason(policy, Criterion.TOPIC, score * unsaid, (*evidence, Purpose.RENEWAL))
    return _reason(policy, Criterion.TOPIC, score, evidence)


def level(policy: Policy, need: Need, course: Course | Outline) -> Reason:
    """Same level full, the adjacent level half."""
    if need.level is None or course.level is None:
        return _unknown(policy, Criterion.LEVEL, (need.level, course.level))
    gap = abs(need.level - course.level)
    return _reason(policy, Criterion.LEVEL, 1 - 0.5 * gap, (need.level, course.level))


def schedule(policy: Policy, need: Need, sessions: Sequence[Session]) -> Reason:
    """Whether sessions keep to the weekly pattern; the rules have already refused those that do not."""
    if need.pattern is None or any(session.start is None for session in sessions) or not sessions:
        return _unknown(policy, Criterion.SCHEDULE, (len(sessions),))
    return _reason(policy, Criterion.SCHEDULE, 1.0, (str(need.pattern), len(sessions)))


def start(policy: Policy, first: date, sessions: Sequence[Session]) -> Reason:
    """How soon after the earliest possible day the first session is."""
    if not sessions:
        return _unknown(policy, Criterion.START)
    day = sessions[0].day
    return _reason(policy, Criterion.START, start_score(first, day), (day, (day - first).days))


def start_score(first: date, day: date) -> float:
    """Full on the earliest possible day, nothing two months later."""
    return min(1.0, max(0.0, 1 - (day - first).days / 60))


def travel(policy: Policy, need: Need, km: float | None, mode: Mode | None) -> Reason:
    """Distance against the firm's limit, or against the policy's when it named none."""
    score = travel_score(policy, need, km, mode)
    if mode in (Mode.FIRM, Mode.ONLINE):
        return _reason(policy, Criterion.TRAVEL, score, ("0", str(mode)))
    if km is None:
        return _unknown(policy, Criterion.TRAVEL)
    limit = need.max_travel_km or policy.travel_without_limit_km
    return _reason(policy, Criterion.TRAVEL, score, (f"{km:.1f}", f"{limit:g}"))


def travel_score(policy: Policy, need: Need, km: float | None, mode: Mode | None) -> float:
    """Full where nobody travels, a fifth at the limit."""
    if mode in (Mode.FIRM, Mode.ONLINE):
        return 1.0
    if km is None:
        return policy.unknown_score
    limit = need.max_travel_km or policy.travel_without_limit_km
    return min(1.0, max(0.0, 1 - 0.8 * km / limit))


def price(policy: Policy, need: Need, fen_per_head: int | None) -> Reason:
    """Price per head against the budget: below it from 0.6 up, above it quickly to 0."""
    if fen_per_head is None or need.budget_fen is None:
        return _unknown(policy, Criterion.PRICE, (fen_per_head, need.budget_fen))
    ratio = fen_per_head / need.budget_fen if need.budget_fen else float(fen_per_head > 0) * 2
    score = 0.6 + 0.4 * (1 - ratio) if ratio <= 1 else 0.6 - 1.5 * (ratio - 1)
    return _reason(policy, Criterion.PRICE, score, (fen_per_head, need.budget_fen))


def capacity(policy: Policy, need: Need, course: Course, run: Run | None) -> Reason:
    """Whether the class is a sensible size with this need in it."""
    if run is not None:
        if run.seats_left is None:
            return _unknown(policy, Criterion.CAPACITY)
        return _reason(policy, Criterion.CAPACITY, 1.0, (need.heads, run.seats_left))
    if course.min_heads is None and course.max_heads is None:
        return _unknown(policy, Criterion.CAPACITY)
    evidence = (need.heads, course.min_heads, course.max_heads)
    if course.min_heads and need.heads < course.min_heads:
        return _reason(policy, Criterion.CAPACITY, 0.5 * need.heads / course.min_heads, evidence)
    return _reason(policy, Criterion.CAPACITY, 1.0, evidence)


def instructor(
    policy: Policy, course: Course, people: Sequence[Instructor], last_day: date | None
) -> Reason:
    """Own staff before guests, a higher qualification and one that stays valid a while after."""
    if not people:
        return _unknown(policy, Criterion.INSTRUCTOR)
    codes = {share.code for share in course.occupations}
    score = 0.0
    for person in people:
        held = [q for q in person.qualifications if q.occupation in codes]
        own = 0.6 if person.institution == course.institution else 0.4
        above = any(q.level and course.level and q.level > course.level for q in held)
        lasting = any(
            q.valid_to is None or last_day is None or (q.valid_to - last_day).days >= 30
            for q in held
        )
        score += own + 0.2 * above + 0.2 * lasting
    names = [person.name for person in people]
    return _reason(policy, Criterion.INSTRUCTOR, score / len(people), names)


def evaluation(policy: Policy, institution: Institution) -> Reason:
    """The institution's evaluation, counted only above a minimum number of answers."""
    rated = institution.evaluation
    if rated is None or institution.evaluation_count < policy.evaluation_min_count:
        return _unknown(policy, Criterion.EVALUATION, (institution.evaluation_count,))
    evidence = (f"{rated:g}", institution.evaluation_count)
    return _reason(policy, Criterion.EVALUATION, rated / 100, evidence)


def freshness(
    policy: Policy,
    course: Course | Outline,
    today: date,
    parts: Iterable[tuple[str, str, date | None]] = (),
) -> Reason:
    """How long ago the course was filed, or the part of its plan that is stalest.

    `parts` are kind, name and the day of filing, None where nothing is known. The evidence of a part has
    its kind and name behind the days.
    """
    found = _unknown(policy, Criterion.FRESHNESS)
    if course.filed_on is not None:
        age = (today - course.filed_on).days
        score = _aged(age, policy.fresh_days, policy.stale_days)
        found = _reason(policy, Criterion.FRESHNESS, score, (age,))
    for kind, name, filed_on in parts:
        if filed_on is None or kind not in policy.part_days:
            continue
        age = (today - filed_on).days
        score = _aged(age, *policy.part_days[kind])
        if score < found.score:
            found = _reason(policy, Criterion.FRESHNESS, score, (age, kind, name))
    return found


def _aged(days: int, fresh: int, stale: int) -> float:
    """Full up to some days, nothing from others on."""
    return min(1.0, max(0.0, 1 - (days - fresh) / (stale - fresh)))
