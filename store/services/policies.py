"""Rule sets of subsidies: editions that a supervisor writes, checks and publishes, then never changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.subsidy.answers import in_force
from matching.subsidy.checks import Finding, findings
from matching.subsidy.rules import Fund, Rule, RuleSet, Teaching, rule_from_json, rule_json
from store.errors import ConflictError, InvalidError, NotFoundError, StaleEditError
from store.models import AreaRow, PolicyEditionRow
from store.schemas.actor import Actor
from store.schemas.policy import RuleDraft, SetDraft
from store.services import audit
from store.services.rights import Act, require

_KIND = "policy_set"
_MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition as people see it: its rules, whether it is published, who changed it last."""

    rules: RuleSet
    status: str
    version: int
    area_name: str
    changed_at: datetime
    changed_by: str

    def is_in_force(self, day: date) -> bool:
        """Whether it has begun and not ended; whether a newer one has taken its place is not asked."""
        last = self.rules.valid_to
        return self.rules.valid_from <= day and (last is None or day <= last)


def listed(session: Session, *, by: Actor, as_of: date | None = None) -> tuple[Edition, ...]:
    """Every edition by set and number; with a day only those in force on it."""
    require(by, Act.READ, _KIND, None)
    rows = session.scalars(
        select(PolicyEditionRow).order_by(PolicyEditionRow.code, PolicyEditionRow.number)
    ).all()
    found = _editions(session, rows)
    if as_of is None:
        return found
    holding = in_force([one.rules for one in found if one.status == "published"], as_of)
    keys = {(one.code, one.number) for one in holding}
    return tuple(one for one in found if (one.rules.code, one.rules.number) in keys)


def shown(session: Session, code: str, number: int | None = None, *, by: Actor) -> Edition:
    """One edition; without a number the newest."""
    require(by, Act.READ, _KIND, None, code)
    return _editions(session, [_row(session, code, number)])[0]


def check(
    session: Session, code: str, number: int | None = None, *, by: Actor, today: date
) -> tuple[Finding, ...]:
    """What is wrong with an edition, what stops it first."""
    require(by, Act.READ, _KIND, None, code)
    return findings(rule_set(_row(session, code, number)), today)


def begin(
    session: Session, draft: SetDraft, rules: Sequence[RuleDraft] = (), *, by: Actor
) -> Edition:
    """A new rule set, or the next edition of one, as a draft; an edition that is a draft is replaced."""
    require(by, Act.REGISTER, _KIND, None, draft.code)
    newest = _newest(session, draft.code)
    if newest is not None and newest.status == "draft":
        row = newest
        before: Mapping[str, Any] | None = _told(row)
        row.version += 1
    else:
        row = PolicyEditionRow(
            code=draft.code, number=newest.number + 1 if newest else 1, status="draft", version=1
        )
        before = None
    _fill(session, row, draft)
    _put(row, [one.rule() for one in rules])
    session.add(row)
    return _saved(session, row, before, "register" if before is None else "edit", by)


def change(session: Session, draft: SetDraft, *, version: int | None = None, by: Actor) -> Edition:
    """Other days, lists or rates of a draft; of a published edition the next one is begun with its rules."""
    require(by, Act.EDIT, _KIND, None, draft.code)
    row, before = _draft_row(session, draft.code, version, draft.valid_from)
    rules = rule_set(row).rules
    _fill(session, row, draft)
    _put(row, rules)
    return _saved(session, row, before, "edit", by)


def put_rule(
    session: Session,
    code: str,
    draft: RuleDraft,
    *,
    version: int | None = None,
    by: Actor,
    today: date,
) -> Edition:
    """Add a rule to the draft of a set or put it in the place of the one with its code."""
    require(by, Act.EDIT, _KIND, None, code)
    row, before = _draft_row(session, code, version, today + timedelta(days=1))
    rules = {rule.code: rule for rule in rule_set(row).rules}
    rules[draft.code] = draft.rule()
    _put(row, list(rules.values()))
    return _saved(session, row, before, "edit", by)


def drop_rule(session: Session, code: str, rule: str, *, by: Actor, today: date) -> Edition:
    """Leave a rule out of the draft of a set."""
    require(by, Act.WITHDRAW, _KIND, None, code)
    row, before = _draft_row(session, code, None, today + timedelta(days=1))
    rules = rule_set(row).rules
    if rule not in {one.code for one in rules}:
        raise NotFoundError("policy_rule", rule)
    _put(row, [one for one in rules if one.code != rule])
    return _saved(session, row, before, "edit", by)


def publish(
    session: Session, code: str, *, by: Actor, today: date, version: int | None = None
) -> Edition:
    """Let a draft hold from its first day on; refused while it contradicts itself or cannot be asked.

    An edition that follows another begins after today, so that classes that have begun keep their rules.
    """
    require(by, Act.EDIT, _KIND, None, code)
    row = _row(session, code, None, for_update=True)
    _refuse_stale(row, version)
    if row.status != "draft":
        raise ConflictError("policy_published", id=code, number=row.number)
    one = rule_set(row)
    stopping = [found for found in findings(one, today) if found.stops]
    if stopping or not one.rules:
        first = stopping[0] if stopping else None
        raise ConflictError(
            "policy_stopped",
            id=code,
            count=len(stopping),
            rules=", ".join(first.rules) if first else "–",
        )
    if row.number > 1 and row.valid_from <= today:
        raise ConflictError("policy_backwards", id=code, day=row.valid_from.isoformat())
    before = _told(row)
    row.status = "published"
    row.version += 1
    return _saved(session, row, before, "publish", by)


def published(session: Session) -> tuple[RuleSet, ...]:
    """Every published edition, for the engine."""
    rows = session.scalars(
        select(PolicyEditionRow)
        .where(PolicyEditionRow.status == "published")
        .order_by(PolicyEditionRow.code, PolicyEditionRow.number)
    )
    return tuple(map(rule_set, rows))


def area_chain(session: Session, area: str | None) -> tuple[str, ...]:
    """An area and those above it, nearest first."""
    found: list[str] = []
    while area is not None and area not in found:
        found.append(area)
        area = session.scalar(select(AreaRow.parent).where(AreaRow.code == area))
    return tuple(found)


def rule_set(row: PolicyEditionRow) -> RuleSet:
    """The edition as the engine takes it."""
    return _parsed(
        (row.code, row.number, row.area, row.name, row.source),
        (row.valid_from, row.valid_to),
        row.body,
    )


@lru_cache(maxsize=64)
def _parsed(
    names: tuple[str, int, str, str, str], days: tuple[date, date | None], body: str
) -> RuleSet:
    told = json.loads(body)
    fund = told.get("fund")
    if fund:
        numbers = {name: Decimal(fund[name]) for name in ("floor", "cap", "share", "deduct")}
        fund = Fund(**{**fund, **numbers})
    code, number, area, name, source = names
    return RuleSet(
        code=code,
        number=number,
        area=area,
        name=name,
        source=source,
        valid_from=days[0],
        valid_to=days[1],
        rules=tuple(map(rule_from_json, told["rules"])),
        lists={name: tuple(codes) for name, codes in told["lists"].items()},
        covers=tuple(told["covers"]),
        budget=told["budget"],
        decide_days=told["decide_days"],
        fund=fund,
        teaching=Teaching(**told["teaching"]) if told.get("teaching") else None,
    )


def _fill(session: Session, row: PolicyEditionRow, draft: SetDraft) -> None:
    if session.get(AreaRow, draft.area) is None:
        raise InvalidError("unknown_reference", kind="area", column="area", value=draft.area)
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        raise InvalidError("policy_days", first=draft.valid_from, last=draft.valid_to)
    for name in ("name", "area", "source", "valid_from", "valid_to"):
        setattr(row, name, getattr(draft, name))
    terms = draft.terms()
    for name in ("fund", "teaching"):
        terms[name] = asdict(terms[name]) if terms[name] else None
    row.body = json.dumps({**terms, "rules": []}, ensure_ascii=False, default=str)


def _put(row: PolicyEditionRow, rules: Sequence[Rule]) -> None:
    codes = [rule.code for rule in rules]
    twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if twice:
        raise InvalidError("rule_twice", id=twice[0])
    if len(rules) > _MOST_RULES:
        raise InvalidError("too_many_rules", most=_MOST_RULES)
    told = {**json.loads(row.body), "rules": [rule_json(rule) for rule in rules]}
    row.body = json.dumps(told, ensure_ascii=False)


def _draft_row(
    session: Session, code: str, version: int | None, begins: date
) -> tuple[PolicyEditionRow, Mapping[str, Any] | None]:
    """The draft of a set and what it said; of a published edition a copy that begins on a day."""
    row = _row(session, code, None, for_update=True)
    _refuse_stale(row, version)
    if row.status == "draft":
        before = _told(row)
        row.version += 1
        return row, before
    first = max(begins, row.valid_from + timedelta(days=1))
    last = row.valid_to
    made = PolicyEditionRow(
        code=code,
        number=row.number + 1,
        area=row.area,
        name=row.name,
        source=row.source,
        status="draft",
        valid_from=first,
        valid_to=last if last is None or last >= first else None,
        body=row.body,
        version=1,
    )
    session.add(made)
    return made, None


def _refuse_stale(row: PolicyEditionRow, version: int | None) -> None:
    if version is not None and version != row.version:
        raise StaleEditError(_KIND, row.code, row.version)


def _row(
    session: Session, code: str, number: int | None, *, for_update: bool = False
) -> PolicyEditionRow:
    row = _newest(session, code, number, for_update=for_update)
    if row is None:
        raise NotFoundError(_KIND, code if number is None else f"{code}/{number}")
    return row


def _newest(
    session: Session, code: str, number: int | None = None, *, for_update: bool = False
) -> PolicyEditionRow | None:
    query = select(PolicyEditionRow).where(PolicyEditionRow.code == code)
    if number is not None:
        query = query.where(PolicyEditionRow.number == number)
    query = query.order_by(PolicyEditionRow.number.desc()).limit(1)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).first()


def _told(row: PolicyEditionRow) -> dict[str, Any]:
    names = ("number", "area", "name", "source", "status")
    days = {"valid_from": str(row.valid_from), "valid_to": str(row.valid_to or "")}
    return {**{name: getattr(row, name) for name in names}, **days, **json.loads(row.body)}


def _saved(
    session: Session,
    row: PolicyEditionRow,
    before: Mapping[str, Any] | None,
    act: str,
    by: Actor,
) -> Edition:
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, act, _KIND, [(row.code, before, _told(row))])
    return _editions(session, [row])[0]


def _editions(session: Session, rows: Sequence[PolicyEditionRow]) -> tuple[Edition, ...]:
    codes = {row.area for row in rows}
    named = session.execute(select(AreaRow.code, AreaRow.name).where(AreaRow.code.in_(codes)))
    names: dict[str, str] = {code: name for code, name in named}
    return tuple(
        Edition(
            rule_set(row),
            row.status,
            row.version,
            names.get(row.area, row.area),
            row.changed_at,
            row.changed_by,
        )
        for row in rows
    )
