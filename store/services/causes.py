"""What speaks for a need that nobody has asked for yet: certificates that end, terms, plans, coverage."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session, aliased

from store.models import (
    CourseOccupationRow,
    EnrolmentRow,
    PlanLineRow,
    ResultRow,
    TraineeRow,
    TrainingClassRow,
)
from store.services import listed
from store.services.early_rules import EarlyRules

_WINDOW = timedelta(days=60)  # what is overdue is wanted within this
_MOST_HEADS = 500
_COMING = ("forming", "ready", "running")


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for one need: whose and for what, since which day it is due, the facts behind it.

    A fact is the code of a record with the day or number that speaks for it.
    """

    kind: str
    enterprise: str
    occupation: str | None
    level: int | None
    heads: int
    due: date
    earliest: date
    latest: date
    facts: tuple[str, ...]
    type: str = "on_post"
    certificate: bool = False

    @property
    def subject(self) -> str:
        """What the same cause is known by, however its facts change."""
        return f"{self.kind}/{self.enterprise}/{self.occupation or '-'}/{self.level or '-'}"


@dataclass(frozen=True, slots=True)
class Worker:
    """One skilled worker of a firm: their trade as far as known, last days of their courses."""

    trainee: str
    enterprise: str
    occupation: str | None
    days: tuple[date, ...]


def causes(session: Session, centre: str, rules: EarlyRules, today: date) -> tuple[Cause, ...]:
    """Every cause that the rules find among a centre's own records, the surest kind first."""
    found: list[Cause] = []
    if rules.certificate:
        found += certificates(session, centre, rules, today)
    plans = session.scalars(
        select(PlanLineRow)
        .where(PlanLineRow.owner == centre, PlanLineRow.status == "active")
        .order_by(PlanLineRow.code)
    ).all()
    for line in plans:
        if rules.apprenticeship and line.programme == "apprenticeship":
            found += _ending(line, rules, today)
    for line in plans:
        if rules.plan:
            found += _planned(line, rules, today)
    if rules.coverage:
        found += uncovered(session, centre, rules, today)
    return tuple(found)


def certificates(session: Session, centre: str, rules: EarlyRules, today: date) -> Iterator[Cause]:
    """Certificates of a firm's people that end soon or have ended, unless a later one replaced them."""
    last = _persons(centre)
    newest: dict[tuple[str, str], tuple[date, int | None, str]] = {}
    for person, employer, occupation, level, until in session.execute(
        select(last.c.code, last.c.employer, ResultRow.occupation, ResultRow.level, ResultRow.valid_to)
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .join(last, last.c.known_as == EnrolmentRow.trainee)
        .where(ResultRow.outcome == "passed", ResultRow.voided.is_(None))
    ):  # fmt: skip
        ends = until or date.max  # one that never ends replaces all others
        if (person, occupation) not in newest or newest[person, occupation][0] < ends:
            newest[person, occupation] = (ends, level, employer)
    from_day = today - timedelta(days=rules.expired_days)
    to_day = today + timedelta(days=rules.certificate_days)
    groups: dict[tuple[str, str, int | None], list[tuple[date, str]]] = defaultdict(list)
    for (person, occupation), (ends, level, employer) in newest.items():
        if from_day <= ends <= to_day:
            groups[employer, occupation, level].append((ends, person))
    for (employer, occupation, level), some in sorted(groups.items(), key=str):
        some.sort()
        due = some[0][0]
        facts = tuple(f"{person} {ends.isoformat()}" for ends, person in some)
        yield Cause(
            "certificate", employer, occupation, level, min(len(some), _MOST_HEADS), due, today,
            _latest(due, today), facts, certificate=True,
        )  # fmt: skip


def _ending(line: PlanLineRow, rules: EarlyRules, today: date) -> Iterator[Cause]:
    """Apprenticeships whose term ends soon: the certificate at the end of it."""
    ends = months_after(_quarter(line)[0], line.months or 0)
    if today <= ends <= today + timedelta(days=rules.ahead_days):
        yield Cause(
            "apprenticeship", line.enterprise, line.occupation, line.level, line.heads, ends, today,
            _latest(ends, today), (f"{line.code} {ends.isoformat()}",), line.type, True,
        )  # fmt: skip


def _planned(line: PlanLineRow, rules: EarlyRules, today: date) -> Iterator[Cause]:
    """Lines of a quarter that begins soon or has begun."""
    first, last = _quarter(line)
    if first <= today + timedelta(days=rules.ahead_days) and last >= today:
        facts = (f"{line.code} {line.heads}",)
        yield Cause(
            "plan", line.enterprise, line.occupation, line.level, line.heads, max(first, today),
            max(first, today), last, facts, line.type,
        )  # fmt: skip


def uncovered(session: Session, centre: str, rules: EarlyRules, today: date) -> Iterator[Cause]:
    """Skilled workers who will have had fewer courses than the rule asks for, by firm and trade."""
    key = frozenset(listed.short(session, today)[1])
    horizon = today + timedelta(days=rules.ahead_days)
    groups: dict[tuple[str, str | None], list[tuple[date, str]]] = defaultdict(list)
    for one in workers(session, centre):
        due = short_from(one, times(rules, key, one.occupation), rules, today)
        if due <= horizon:
            last = max(one.days).isoformat() if one.days else "–"
            groups[one.enterprise, one.occupation].append((due, f"{one.trainee} {last}"))
    for (enterprise, occupation), some in sorted(groups.items(), key=str):
        some.sort()
        due = some[0][0]
        facts = tuple(sorted(fact for _, fact in some))
        yield Cause(
            "coverage", enterprise, occupation, None, min(len(some), _MOST_HEADS), due, today,
            horizon, facts,
        )  # fmt: skip


def times(rules: EarlyRules, key: frozenset[str], occupation: str | None) -> int:
    """How often somebody of a trade is to be trained in a period."""
    return rules.key_times if occupation in key else rules.coverage_times


def short_from(one: Worker, needed: int, rules: EarlyRules, today: date) -> date:
    """The day from which somebody has had too few courses: today, or when the oldest that counts does not."""
    counted = sorted(one.days, reverse=True)
    if len(counted) < needed:
        return today
    return max(today, months_after(counted[needed - 1], rules.coverage_months))


def workers(
    session: Session, centre: str | None, enterprise: str | None = None
) -> tuple[Worker, ...]:
    """People with a file (at any centre: None) and an employer, with what they completed or sit in.

    The trade is that of their last course.
    """
    person = _persons(centre)
    trade = aliased(CourseOccupationRow)
    query = (
        select(person.c.code, person.c.employer, TrainingClassRow.last_day, func.min(trade.code))
        .outerjoin(
            EnrolmentRow,
            (EnrolmentRow.trainee == person.c.known_as)
            & EnrolmentRow.status.in_(("completed", "enrolled")),
        )
        .outerjoin(
            TrainingClassRow,
            (TrainingClassRow.code == EnrolmentRow.training_class)
            & ((EnrolmentRow.status == "completed") | TrainingClassRow.status.in_(_COMING)),
        )
        .outerjoin(trade, (trade.course == TrainingClassRow.course) & (trade.position == 0))
        .group_by(
            person.c.code, person.c.employer, TrainingClassRow.last_day, TrainingClassRow.code
        )
        .order_by(person.c.code, TrainingClassRow.last_day)
    )
    if enterprise is not None:
        query = query.where(person.c.employer == enterprise)
    found: dict[str, Worker] = {}
    for code, employer, last_day, occupation in session.execute(query):
        before = found.get(code, Worker(code, employer, None, ()))
        days = before.days if last_day is None else (*before.days, last_day)
        found[code] = Worker(code, employer, occupation or before.occupation, days)
    return tuple(found.values())


def _persons(centre: str | None) -> Subquery:
    """Active files with an employer, under their own code and under those that were merged into them."""
    kept, lost = aliased(TraineeRow), aliased(TraineeRow)
    conditions = [kept.status == "active", kept.employer.is_not(None)]
    if centre is not None:
        conditions.append(kept.owner == centre)
    own = select(
        kept.code.label("code"), kept.employer.label("employer"), kept.code.label("known_as")
    )
    merged = select(kept.code, kept.employer, lost.code).join(lost, lost.merged_into == kept.code)
    return own.where(*conditions).union_all(merged.where(*conditions)).subquery()


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    at = day.year * 12 + day.month - 1 + months
    year, month = divmod(at, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _quarter(line: PlanLineRow) -> tuple[date, date]:
    first = date(line.year, 3 * line.quarter - 2, 1)
    return first, months_after(first, 3) - timedelta(days=1)


def _latest(due: date, today: date) -> date:
    return due if due > today + timedelta(days=14) else today + _WINDOW
