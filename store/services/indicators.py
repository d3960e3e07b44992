"""What is known of classes that ended within some days, as indicators of who taught them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from store.models import (
    AuditRow,
    EnrolmentRow,
    FilingRow,
    FindingRow,
    OutcomeRow,
    ResultRow,
    TrainingClassRow,
    VisitRow,
)
from store.services import attendance, opinions, plans, results, roster, scoring, training_rules
from store.services.outcomes import IN_WORK
from store.services.results import PassRate
from store.services.scoring import Indicator

_UNKNOWN = "not_reached"


@dataclass(frozen=True, slots=True)
class Window:
    """Days whose classes are looked at, and the quarters whose opinions are."""

    first: date
    last: date


@dataclass(slots=True)
class _Facts:
    """What is known of one class: counts, and percents of visits and opinions."""

    row: TrainingClassRow
    passed: PassRate = field(default_factory=lambda: PassRate(0, 0))
    in_work: tuple[int, int] = (0, 0)
    hours: tuple[int, int] = (0, 0)
    visits: list[float] = field(default_factory=list)
    is_substituted: bool = False
    opinions: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def of(session: Session, kind: str, window: Window) -> dict[str, tuple[Indicator, ...]]:
    """Indicators by code of every institution, course or instructor that had a class in the window.

    Rights are the caller's.
    """
    groups: dict[str, list[_Facts]] = defaultdict(list)
    for facts in _facts(session, window):
        for key in _keys(facts.row, kind):
            groups[key].append(facts)
    filed = _filed(session, window) if kind == "institution" else {}
    return {code: _indicators(groups[code], filed.get(code, (0, 0))) for code in sorted(groups)}


def _keys(row: TrainingClassRow, kind: str) -> tuple[str, ...]:
    if kind == "instructor":
        return plans.loads(row.plan).instructors
    return (row.institution if kind == "institution" else row.course,)


def _indicators(some: list[_Facts], filed: tuple[int, int]) -> tuple[Indicator, ...]:
    held = [one for one in some if one.row.status != "cancelled"]
    said = {
        group: [value for one in held for value in one.opinions[group]]
        for group in ("trainee", "instructor", "enterprise", "agency")
    }
    return (
        scoring.share(
            "pass_rate", *_sums((one.passed.passed, one.passed.assessed) for one in held)
        ),
        scoring.share("employment", *_sums(one.in_work for one in held)),
        scoring.share("attendance", *_sums(one.hours for one in held)),
        scoring.mean("findings", [value for one in held for value in one.visits]),
        scoring.share("filing", *filed),
        scoring.share("substitutions", sum(not one.is_substituted for one in held), len(held)),
        scoring.share("cancellations", len(held), len(some)),
        *(scoring.mean(group, values) for group, values in said.items()),
    )


def _sums(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    found = list(pairs)
    return sum(one for one, _ in found), sum(of for _, of in found)


def _facts(session: Session, window: Window) -> list[_Facts]:
    query = select(TrainingClassRow).where(
        TrainingClassRow.last_day.between(window.first, window.last),
        TrainingClassRow.status.in_(("finished", "closed", "cancelled")),
    )
    found = {
        row.code: _Facts(row) for row in session.scalars(query.order_by(TrainingClassRow.code))
    }
    rates = results.pass_rates(session, "class", None, window.last)
    working = _working(session, window.last)
    visited = _visited(session, window.last)
    substituted = _substituted(session)
    for code, facts in found.items():
        facts.passed = rates.get(code, facts.passed)
        facts.in_work = working.get(code, (0, 0))
        facts.visits = visited.get(code, [])
        facts.is_substituted = code in substituted
        facts.hours = _hours(session, facts.row)
    for one in opinions.latest(session, window.first, window.last):
        if one.training_class in found:
            percent = scoring.mark_percent(list(one.scores.values()))
            found[one.training_class].opinions[one.group].append(percent)
    return list(found.values())


def _working(session: Session, last: date) -> dict[str, tuple[int, int]]:
    """By class how many were in work ninety days after their certificate, of those who could be asked."""
    days = timedelta(days=training_rules.rules(session).outcome_days)
    found: dict[str, tuple[int, int]] = {}
    query = (
        select(EnrolmentRow.training_class, OutcomeRow.kind)
        .join(ResultRow, ResultRow.id == OutcomeRow.result)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(ResultRow.voided.is_(None), OutcomeRow.kind != _UNKNOWN)
        .where(ResultRow.day <= last - days, OutcomeRow.day <= last)
    )
    for code, kind in session.execute(query):
        good, asked = found.get(code, (0, 0))
        found[code] = (good + (kind in IN_WORK), asked + 1)
    return found


def _visited(session: Session, last: date) -> dict[str, list[float]]:
    """By class what each visit left of its hundred."""
    severities: dict[str, list[str]] = defaultdict(list)
    for visit, severity in session.execute(select(FindingRow.visit, FindingRow.severity)):
        severities[visit].append(severity)
    found: dict[str, list[float]] = defaultdict(list)
    for code, training_class in session.execute(
        select(VisitRow.code, VisitRow.training_class)
        .where(VisitRow.status.in_(("recorded", "answered", "closed")), VisitRow.day <= last)
        .order_by(VisitRow.code)
    ):
        found[training_class].append(scoring.visit_percent(severities[code]))
    return found


_STAND_IN_UNDONE = and_(AuditRow.act == "undo", AuditRow.before.contains('"part"'))


def _substituted(session: Session) -> set[str]:
    """Classes in which somebody or something stood in, and that was not taken back."""
    counts: dict[str, int] = defaultdict(int)
    for code, act, count in session.execute(
        select(AuditRow.code, AuditRow.act, func.count())
        .where(AuditRow.kind == "class")
        .where(or_(AuditRow.act == "substitute", _STAND_IN_UNDONE))
        .group_by(AuditRow.code, AuditRow.act)
    ):
        counts[code] += count if act == "substitute" else -count
    return {code for code, count in counts.items() if count > 0}


def _hours(session: Session, row: TrainingClassRow) -> tuple[int, int]:
    """Class hours attended, of those that were marked."""
    lessons, rules = attendance.lessons_of(row), training_rules.rules(session)
    seats = roster.seats(session, row.code)
    marks = attendance.marks_of(session, [seat.id for seat in seats])
    found = [
        attendance.standing(lessons, marks.get(seat.id, {}), rules, seat.funding) for seat in seats
    ]
    return sum(one.attended for one in found), sum(one.total - one.ahead for one in found)


def _filed(session: Session, window: Window) -> Mapping[str, tuple[int, int]]:
    """By institution how many filings were in time, of all."""
    found: dict[str, tuple[int, int]] = {}
    for code, status, count in session.execute(
        select(FilingRow.institution, FilingRow.status, func.count())
        .where(FilingRow.day.between(window.first, window.last))
        .group_by(FilingRow.institution, FilingRow.status)
    ):
        good, whole = found.get(code, (0, 0))
        found[code] = (good + (count if status == "filed" else 0), whole + count)
    return found
