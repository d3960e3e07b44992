"""Signs in claims and firms that a supervisor may want to look at; rights are the caller's."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.models import (
    ClaimRow,
    EnrolmentRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
)
from store.services import attendance, roster
from store.services.supervision_rules import SupervisionRules
from store.services.training_signals import person

_DEAD = ("refused", "withdrawn")
_YEAR = timedelta(days=365)
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its code, what it is about, two numbers, the records; whose, of which class."""

    code: str
    subject: str
    institution: str
    found: int
    expected: int
    records: tuple[tuple[str, str], ...]
    training_class: str = ""


def claimed_twice(session: Session) -> Iterator[Sign]:
    """People for whom the same aid for the same trade and level is claimed several times."""
    live: dict[tuple[str, str, str, str], list[ClaimRow]] = defaultdict(list)
    whose: dict[str, str] = {}
    for one in _live(session):
        if one.person not in whose:
            whose[one.person] = person(session, one.person)
        key = (whose[one.person], one.kind, one.occupation or "", str(one.level or ""))
        live[key].append(one)
    for key, some in live.items():
        homes = sorted({one.institution for one in some})
        alike = sum(one.once is not None for one in some)  # of which only one could be made
        if len(homes) > 1 or alike > 1:
            records = [("claim", one.code) for one in some]
            records += [("institution", code) for code in homes]
            subject = "-".join(filter(None, key))
            yield Sign("claimed_twice", subject, homes[0], len(some), 1, tuple(records))


def hours_claimed(session: Session, rules: SupervisionRules) -> Iterator[Sign]:
    """Claims that say more class hours than the sessions of their class, by more than a share of these."""
    planned: dict[str, int] = {}
    for one in _live(session):
        said = json.loads(one.facts).get("class.hours")
        if one.training_class is None or said is None:
            continue
        if one.training_class not in planned:
            row = session.get(TrainingClassRow, one.training_class)
            lessons = attendance.lessons_of(row) if row else ()
            planned[one.training_class] = sum(lesson.hours for lesson in lessons)
        hours, whole = int(Decimal(said)), planned[one.training_class]
        if _PERCENT * (hours - whole) > rules.hours_over * whole:
            yield Sign(
                "hours_claimed", one.code, one.institution, hours, whole,
                (("claim", one.code), ("class", one.training_class)), one.training_class,
            )  # fmt: skip


def few_staff(session: Session, rules: SupervisionRules, today: date) -> Iterator[Sign]:
    """Firms of which more people were trained or claimed for within a year than they say they have."""
    since = today - _YEAR
    behind: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    seated = session.execute(
        select(NeedRow.enterprise, EnrolmentRow.trainee, EnrolmentRow.training_class)
        .join(ProposalRow, ProposalRow.code == EnrolmentRow.proposal)
        .join(NeedRow, NeedRow.code == ProposalRow.need)
        .join(TrainingClassRow, TrainingClassRow.code == EnrolmentRow.training_class)
        .where(EnrolmentRow.status.in_(roster.SEATED), TrainingClassRow.status != "cancelled")
        .where(TrainingClassRow.first_day <= today, TrainingClassRow.last_day >= since)
    )
    for firm, trainee, group in seated:
        behind[firm][trainee].add(("class", group))
    for one in _live(session):
        if since <= one.day <= today:
            behind[one.enterprise][one.person].add(("claim", one.code))
    for firm in sorted(behind):
        people = {person(session, code) for code in behind[firm]}
        staff = session.get_one(OrganisationRow, firm).staff
        if staff is not None and _PERCENT * len(people) > rules.staff_share * staff:
            records = sorted(set().union(*behind[firm].values()))
            yield Sign("few_staff", firm, "", len(people), staff, (("enterprise", firm), *records))


def _live(session: Session) -> Iterator[ClaimRow]:
    query = select(ClaimRow).where(ClaimRow.status.not_in(_DEAD)).order_by(ClaimRow.code)
    yield from session.scalars(query)
