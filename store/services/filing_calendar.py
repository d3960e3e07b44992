"""How often each kind of offering is filed, when that is due, and how old a filing may be: data, by kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matching.policy import DEFAULT_POLICY, Policy, with_days
from matching.weekly import Calendar
from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.rights import Act, require

_META = "filing_calendar"
EVERY = ("week", "month", "quarter")
FRESH, AGEING, STALE = "fresh", "ageing", "stale"
_MONTHS = {"month": 1, "quarter": 3}
_MOST_DAYS = 1000


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind: every week, month or quarter, due on its working day number `due`, `grace` working days more.

    A filing is fresh for `fresh` days and stale after `stale` days of the calendar.
    """

    every: str = "month"
    due: int = 5
    grace: int = 3
    fresh: int = 60
    stale: int = 180


_RULES = {
    "course": Rule(fresh=90, stale=365),
    "run": Rule(fresh=45, stale=120),
    "instructor": Rule("quarter", 10, 5, 120, 365),
    "venue": Rule("quarter", 10, 5, 120, 365),
    "slot": Rule("week", 1, 1, 10, 28),
    "assessment": Rule(fresh=45, stale=120),
}
KINDS = tuple(_RULES)


@dataclass(frozen=True, slots=True)
class FilingCalendar:
    """The rules by kind; `begins` is the day from which on filing is asked for, None for not yet."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: dict(_RULES))
    begins: date | None = None


def calendar(session: Session) -> FilingCalendar:
    """The filing calendar of this store."""
    said = reference.meta(session, _META)
    if not said:
        return FilingCalendar()
    kept = json.loads(said)
    begins = kept["begins"] and date.fromisoformat(kept["begins"])
    rules = {kind: replace(rule, **kept["rules"].get(kind, {})) for kind, rule in _RULES.items()}
    return FilingCalendar(rules, begins)


def in_force(session: Session, policy: Policy = DEFAULT_POLICY) -> Policy:
    """A ranking policy with the days of this store's calendar for how old a filing may be."""
    rules = calendar(session).rules
    return with_days(policy, {kind: (rule.fresh, rule.stale) for kind, rule in rules.items()})


def set_calendar(session: Session, changes: Mapping[str, str], *, by: Actor) -> FilingCalendar:
    """Change numbers such as `course.due`, or the day it `begins`; a supervisor's act."""
    require(by, Act.EDIT, "filing_calendar", None)
    before = calendar(session)
    rules, begins = dict(before.rules), before.begins
    for name, value in changes.items():
        kind, _, term = name.partition(".")
        if name == "begins":
            begins = _day(value)
        elif kind in rules and term in {one.name for one in fields(Rule)}:
            more: dict[str, Any] = {term: _term(name, term, value)}
            rules[kind] = replace(rules[kind], **more)
        else:
            raise InvalidError("field_unknown", name=name, known=_known())
    for kind, rule in rules.items():
        if rule.stale <= rule.fresh:
            raise InvalidError("filing_stale", kind=kind, fresh=rule.fresh, stale=rule.stale)
    after = FilingCalendar(rules, begins)
    reference.set_meta(session, _META, json.dumps(_plain(after)))
    told = (("FILING", _plain(before), _plain(after)),)
    audit.note(session, by, "edit", "filing_calendar", told)
    return after


def _known() -> str:
    return ", ".join(["begins", *(f"KIND.{one.name}" for one in fields(Rule))])


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise InvalidError("filing_day", value=value) from None


def _term(name: str, term: str, value: str) -> str | int:
    if term == "every":
        if value not in EVERY:
            raise InvalidError("filing_every", name=name, value=value, known=", ".join(EVERY))
        return value
    least = 0 if term == "grace" else 1
    if not value.isdecimal() or not least <= int(value) <= _MOST_DAYS:
        raise InvalidError("filing_number", name=name, value=value, least=least, most=_MOST_DAYS)
    return int(value)


def _plain(kept: FilingCalendar) -> dict[str, Any]:
    rules = {kind: asdict(rule) for kind, rule in kept.rules.items()}
    return {"rules": rules, "begins": kept.begins and kept.begins.isoformat()}


def period_of(rule: Rule, day: date) -> date:
    """The first day of the week, month or quarter that a day is in."""
    if rule.every == "week":
        return day - timedelta(days=day.weekday())
    months = _MONTHS[rule.every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_period(rule: Rule, period: date) -> date:
    """The first day of the period after one."""
    step = 7 if rule.every == "week" else 31 * _MONTHS[rule.every]
    return period_of(rule, period + timedelta(days=step))


def due_day(rule: Rule, period: date, workdays: Calendar) -> date:
    """The day by which a period's filing is wanted."""
    return workdays.workdays_after(period - timedelta(days=1), rule.due)


def last_day(rule: Rule, period: date, workdays: Calendar) -> date:
    """The last day on which a period's filing is not overdue."""
    return workdays.workdays_after(due_day(rule, period, workdays), rule.grace)


def freshness(rule: Rule, days: int) -> str:
    """What a filing of so many days ago is."""
    if days <= rule.fresh:
        return FRESH
    return AGEING if days <= rule.stale else STALE


def age(kept: FilingCalendar, kind: str, view: Any, today: date) -> tuple[int, str] | None:
    """Days since an offering was confirmed or entered, and what that is; None for kinds not filed."""
    rule = kept.rules.get(kind)
    if rule is None:
        return None
    since = view.filed_on or view.created_at.astimezone(reference.CHINA).date()
    days = max(0, (today - since).days)
    return days, freshness(rule, days)


def period_name(rule: Rule, period: date) -> str:
    """`2026-W47`, `2026-11` or `2026-Q4`."""
    if rule.every == "week":
        year, week, _ = period.isocalendar()
        return f"{year}-W{week:02d}"
    if rule.every == "month":
        return f"{period:%Y-%m}"
    return f"{period.year}-Q{(period.month + 2) // 3}"
