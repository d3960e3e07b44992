"""Claims of subsidies: asked for once for a person, whoever asks, followed until they are paid or refused."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.faculty import months_after
from matching.subsidy.answers import Item, answer, rules_on
from matching.subsidy.facts import Facts, Value, WordingError, write_value
from matching.subsidy.rules import LEVEL, OCCUPATION, Rule, RuleSet
from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import CLAIM
from store.models import (
    ClaimRow,
    EnrolmentRow,
    OccupationRow,
    OrganisationRow,
    PolicyEditionRow,
    ResultRow,
    TraineeRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor
from store.schemas.policy import ClaimDraft, facts_of
from store.services import audit, clocks, policies, records, reference, subsidies, trainees
from store.services.rights import Act, Reach, reach, require, require_some

_KIND = "claim"
PREFIX = "SQ"  # of the codes of claims
_DECISIONS = ("approve", "return", "refuse", "pay")
_GIVING = ("approve", "pay")


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as people see it; amount in fen, `missing` are papers its rule still asks for.

    `doubts` are what the person's file does not bear out: no_result, hours_short, other_employer.
    """

    code: str
    status: str
    version: int
    owner: str
    person: str
    enterprise: str
    enterprise_name: str
    institution: str
    institution_name: str
    training_class: str | None
    policy: str
    number: int
    policy_name: str
    source: str
    rule: str
    clause: str
    kind: str
    occupation: str | None
    occupation_name: str
    level: int | None
    day: date
    certificate_day: date | None
    submit_by: date | None
    due: datetime | None
    amount_fen: int
    papers: tuple[str, ...]
    missing: tuple[str, ...]
    doubts: tuple[str, ...]
    facts: Mapping[str, str]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Passed:
    """A result of somebody: of which class, when, in which trade and level, whether the hours are done."""

    training_class: str
    day: date
    occupation: str
    level: int | None
    is_completed: bool


def listed(
    session: Session, *, by: Actor, status: str | None = None, limit: int = 500
) -> tuple[ClaimView, ...]:
    """Claims that an actor may see, newest first."""
    require(by, Act.READ, _KIND, by.organisation)
    query = select(ClaimRow).order_by(ClaimRow.code.desc()).limit(limit)
    if reach(by, Act.READ, _KIND) is Reach.OWN:
        query = query.where(ClaimRow.owner == by.organisation)
    if status is not None:
        query = query.where(ClaimRow.status == status)
    return _views(session, session.scalars(query).all())


def shown(session: Session, code: str, *, by: Actor) -> ClaimView:
    """One claim."""
    row = _row(session, code, Act.READ, by)
    return _views(session, [row])[0]


def claim(session: Session, draft: ClaimDraft, *, by: Actor) -> ClaimView:
    """A draft of a claim under a rule of the class's day; it counts against every cap from now on."""
    require(by, Act.REGISTER, _KIND, by.organisation)
    _one_at_a_time(session)
    firm = _organisation(session, "enterprise", draft.enterprise)
    school = _organisation(session, "institution", draft.institution)
    if draft.occupation and session.get(OccupationRow, draft.occupation) is None:
        raise InvalidError(
            "unknown_reference", kind="occupation", column="occupation", value=draft.occupation
        )
    draft = draft.model_copy(update={"person": _person(session, draft)})
    one, rule = _rule(session, firm, draft)
    facts = _facts(session, draft, firm, by)
    had = subsidies.history(session, draft.person, firm.code, [one.code])
    item = answer(one, rule, facts, draft.day, had, draft.person)
    _refuse_unless_allowed(item)
    now = reference.now(session)
    code = records.next_codes(session, PREFIX, ClaimRow.code, 1, set())[0]
    row = ClaimRow(
        code=code,
        owner=by.organisation,
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
        status=CLAIM.states[0],
        person=draft.person,
        enterprise=firm.code,
        institution=school.code,
        training_class=draft.training_class,
        policy=one.code,
        number=one.number,
        rule=rule.code,
        kind=rule.kind,
        occupation=draft.occupation,
        level=draft.level,
        day=draft.day,
        certificate_day=draft.certificate_day,
        submit_by=_submit_by(rule, draft.certificate_day),
        amount_fen=item.fen or 0,
        papers=draft.papers,
        facts=json.dumps({name: write_value(name, value) for name, value in facts.items()}),
        once=_once(rule, draft),
    )
    session.add(row)
    session.flush()
    audit.note(session, by, "register", _KIND, [(code, None, _told(row))])
    return _views(session, [row])[0]


def submit(
    session: Session,
    code: str,
    *,
    by: Actor,
    now: datetime,
    papers: Sequence[str] = (),
    certificate_day: date | None = None,
) -> ClaimView:
    """Hand a claim in, with papers added to it; refused when one is missing or its months are over."""
    row = _row(session, code, Act.EDIT, by, for_update=True)
    step = CLAIM.step("submit", row.status, code)
    before = _told(row)
    one, rule = _rule_of(session, row)
    row.papers = tuple(dict.fromkeys([*(row.papers or ()), *papers]))
    if certificate_day is not None:
        row.certificate_day = certificate_day
        row.submit_by = _submit_by(rule, certificate_day)
    missing = _missing(row, rule)
    if missing:
        raise ConflictError("claim_papers", id=code, papers=", ".join(missing))
    if row.submit_by is not None and clocks.day_of(now) > row.submit_by:
        raise ConflictError("claim_late", id=code, day=row.submit_by.isoformat())
    _refuse_counted(session, row, one, rule)
    row.due = clocks.after_workdays(reference.calendar(session), now, one.decide_days)
    return _moved(session, row, (step.act, step.after), before, by, now)


def decide(
    session: Session, code: str, act: str, *, by: Actor, now: datetime, reason: str = ""
) -> ClaimView:
    """Approve a claim, return it for more, refuse it for good, or note that it was paid."""
    row = _row(session, code, Act.ANSWER, by, for_update=True)
    if act not in _DECISIONS:
        raise InvalidError("claim_act", act=act, known=", ".join(_DECISIONS))
    step = CLAIM.step(act, row.status, code)
    if step.rule == "reason_given" and not reason.strip():
        raise InvalidError("claim_reason", act=act)
    before = _told(row)
    if act in _GIVING:
        _refuse_counted(session, row, *_rule_of(session, row))
    row.reason = reason.strip() or row.reason
    row.due = None
    if step.after == "refused":
        row.once = None
    return _moved(session, row, (act, step.after), before, by, now)


def withdraw(
    session: Session, code: str, *, by: Actor, now: datetime, reason: str = ""
) -> ClaimView:
    """Take a claim back; it counts against nothing any more."""
    row = _row(session, code, Act.WITHDRAW, by, for_update=True)
    step = CLAIM.step("withdraw", row.status, code)
    before = _told(row)
    row.once, row.due = None, None
    row.reason = reason.strip() or row.reason
    return _moved(session, row, (step.act, step.after), before, by, now)


def _moved(
    session: Session,
    row: ClaimRow,
    step: tuple[str, str],
    before: Mapping[str, object],
    by: Actor,
    now: datetime,
) -> ClaimView:
    act, row.status = step
    row.version += 1
    row.changed_at, row.changed_by = now, by.login
    session.flush()
    audit.note(session, by, act, _KIND, [(row.code, before, _told(row))], reason=row.reason, at=now)
    return _views(session, [row])[0]


def _row(session: Session, code: str, act: Act, by: Actor, *, for_update: bool = False) -> ClaimRow:
    require_some(by, act, _KIND, code)
    row = session.get(ClaimRow, code, with_for_update=for_update, populate_existing=True)
    if row is None:
        raise NotFoundError(_KIND, code)
    require(by, act, _KIND, row.owner, code)
    return row


def _one_at_a_time(session: Session) -> None:
    """Claims are made one after another, so that two cannot share what is left of a cap."""
    session.scalars(
        select(PolicyEditionRow)
        .where(PolicyEditionRow.number == 1)
        .order_by(PolicyEditionRow.code)
        .with_for_update()
    ).all()


def _person(session: Session, draft: ClaimDraft) -> str:
    """The file that stands for the person; in a class that is named they have to have passed."""
    code = trainees.lasting(session, draft.person)
    if session.get(TraineeRow, code) is None:
        raise InvalidError("unknown_reference", kind="trainee", column="person", value=draft.person)
    files = dict.fromkeys(trainees.codes_of(session, code), code)
    passed = _results(session, files).get(code, ())
    if draft.training_class is not None and not _bearing_out(passed, draft):
        raise ConflictError("claim_not_passed", person=code, group=draft.training_class)
    return code


def _results(session: Session, files: Mapping[str, str]) -> Mapping[str, Sequence[_Passed]]:
    """What people have passed; `files` maps each of a person's files to the one that goes on."""
    rows = session.execute(
        select(
            EnrolmentRow.trainee, EnrolmentRow.training_class, ResultRow.day, ResultRow.occupation,
            ResultRow.level, EnrolmentRow.status == "completed",
        )
        .join(EnrolmentRow, EnrolmentRow.id == ResultRow.enrolment)
        .where(EnrolmentRow.trainee.in_(files))
        .where(ResultRow.outcome == "passed", ResultRow.voided.is_(None))
    )  # fmt: skip
    found: dict[str, list[_Passed]] = defaultdict(list)
    for trainee, group, day, occupation, level, done in rows:
        found[files[trainee]].append(_Passed(group, day, occupation, level, bool(done)))
    return found


def _bearing_out(passed: Sequence[_Passed], about: ClaimDraft | ClaimRow) -> Sequence[_Passed]:
    """Those that are what a claim names: its class, day, trade and level, as far as it names them."""
    return [
        one
        for one in passed
        if about.training_class in (None, one.training_class)
        and about.certificate_day in (None, one.day)
        and about.occupation in (None, one.occupation)
        and about.level in (None, one.level)
    ]


def _doubts(session: Session, rows: Sequence[ClaimRow]) -> Mapping[str, tuple[str, ...]]:
    """Of each claim what the file of the person does not bear out, so that papers alone do."""
    merged = trainees.merged(session)
    persons = {row.person: merged.get(row.person, row.person) for row in rows}
    files = {code: into for code, into in merged.items() if into in persons.values()}
    files |= {person: person for person in persons.values()}
    query = select(TraineeRow.code, TraineeRow.employer).where(
        TraineeRow.code.in_(persons.values())
    )
    employers = {code: employer for code, employer in session.execute(query)}
    passed = _results(session, files)
    found = {}
    for row in rows:
        person = persons[row.person]
        others = employers.get(person) not in (None, row.enterprise)
        fitting = _bearing_out(passed.get(person, ()), row)
        is_short = bool(fitting) and not any(one.is_completed for one in fitting)
        found[row.code] = (
            *(() if fitting else ("no_result",)),
            *(("hours_short",) if is_short else ()),
            *(("other_employer",) if others else ()),
        )
    return found


def _refuse_counted(session: Session, row: ClaimRow, one: RuleSet, rule: Rule) -> None:
    """Refuse what counts for the person by now, whose files may have been merged since."""
    had = subsidies.history(session, row.person, row.enterprise, [one.code], before=row)
    facts = subsidies.read_facts(json.loads(row.facts))
    item = answer(one, rule, facts, row.day, had, row.person)
    if any(cap.is_full for cap in item.caps):
        _refuse_unless_allowed(item)


def _organisation(session: Session, column: str, code: str) -> OrganisationRow:
    row = session.get(OrganisationRow, code)
    kinds = ("enterprise",) if column == "enterprise" else ("institution", "assessment_body")
    if row is None or row.kind not in kinds:
        raise InvalidError("unknown_reference", kind=column, column=column, value=code)
    return row


def _rule(session: Session, firm: OrganisationRow, draft: ClaimDraft) -> tuple[RuleSet, Rule]:
    areas = policies.area_chain(session, firm.area)
    for one, rule in rules_on(policies.published(session), areas, draft.day):
        if (one.code, rule.code) == (draft.policy, draft.rule):
            return one, rule
    raise ConflictError(
        "rule_not_held",
        rule=f"{draft.policy} {draft.rule}",
        day=draft.day.isoformat(),
        firm=firm.code,
    )


def _rule_of(session: Session, row: ClaimRow) -> tuple[RuleSet, Rule]:
    """The rule that a claim was made under, in the edition of that time."""
    one = policies.rule_set(session.get_one(PolicyEditionRow, (row.policy, row.number)))
    return one, next(rule for rule in one.rules if rule.code == row.rule)


def _facts(session: Session, draft: ClaimDraft, firm: OrganisationRow, by: Actor) -> Facts:
    found: dict[str, Value] = subsidies.firm_facts(firm)
    found |= subsidies.person_facts(session, draft.person, by)
    if draft.training_class is not None:
        taught = session.get(TrainingClassRow, draft.training_class)
        if taught is None or taught.institution != draft.institution:
            raise InvalidError(
                "unknown_reference",
                kind="class",
                column="training_class",
                value=draft.training_class,
            )
        found |= subsidies.course_facts(session, taught.course)
    if draft.occupation is not None:
        found[OCCUPATION] = draft.occupation
    if draft.level is not None:
        found[LEVEL] = Decimal(draft.level)
    if draft.certificate_day is not None:
        found["class.certificate"] = True
    try:
        told = facts_of(draft.facts)
    except WordingError as error:
        raise InvalidError("fact_wanted", text=error.text) from error
    return {**found, **subsidies.read_facts(told)}


def _refuse_unless_allowed(item: Item) -> None:
    if item.standing == "allowed":
        return
    full = next((cap for cap in item.caps if cap.is_full), None)
    if full is not None:
        per = 100 if full.cap in ("firm", "budget") else 1  # those are told in yuan
        told = {"used": full.used // per, "most": full.most // per}
        raise ConflictError(f"claim_cap_{full.cap}", clause=item.clause, **told)
    if item.standing == "unknown":
        raise ConflictError("claim_unknown", clause=item.clause, missing=", ".join(item.missing))
    fields = dict.fromkeys(tested.test.field for tested in item.because)
    raise ConflictError("claim_not_met", clause=item.clause, fields=", ".join(fields))


def _submit_by(rule: Rule, certificate_day: date | None) -> date | None:
    if rule.claim_months is None or certificate_day is None:
        return None
    return months_after(certificate_day, rule.claim_months)


def _once(rule: Rule, draft: ClaimDraft) -> str | None:
    """What only one live claim may have: the database refuses a second, whatever was looked at before."""
    caps = {cap.kind: cap.most for cap in rule.caps}
    if caps.get("ever") == 1:
        return f"{draft.person}/{rule.kind}"
    if "once" in caps:
        return f"{draft.person}/{rule.kind}/{draft.occupation}/{draft.level}"
    return None


def _missing(row: ClaimRow, rule: Rule) -> tuple[str, ...]:
    found = [paper for paper in rule.papers if paper not in (row.papers or ())]
    wants_day = rule.claim_months is not None and row.certificate_day is None
    return (*found, *(("certificate_day",) if wants_day else ()))


def _told(row: ClaimRow) -> dict[str, Any]:
    names = (
        "status",
        "person",
        "enterprise",
        "institution",
        "policy",
        "number",
        "rule",
        "amount_fen",
    )
    days = {"day": str(row.day), "certificate_day": str(row.certificate_day or "")}
    return {**{name: getattr(row, name) for name in names}, **days, "papers": row.papers or ()}


def _views(session: Session, rows: Sequence[ClaimRow]) -> tuple[ClaimView, ...]:
    codes = {code for row in rows for code in (row.enterprise, row.institution)}
    found = session.execute(
        select(OrganisationRow.code, OrganisationRow.name).where(OrganisationRow.code.in_(codes))
    )
    names: dict[str, str] = {code: name for code, name in found}
    trades = {row.occupation for row in rows if row.occupation}
    called = session.execute(
        select(OccupationRow.code, OccupationRow.name).where(OccupationRow.code.in_(trades))
    )
    names |= {code: name for code, name in called}
    doubts = _doubts(session, rows)
    return tuple(_view(session, row, names, doubts[row.code]) for row in rows)


def _view(
    session: Session, row: ClaimRow, names: Mapping[str, str], doubts: tuple[str, ...]
) -> ClaimView:
    one, rule = _rule_of(session, row)
    same = (
        "code", "status", "version", "owner", "person", "enterprise", "institution", "training_class",
        "policy", "number", "rule", "kind", "occupation", "level", "day", "certificate_day",
        "submit_by", "due", "amount_fen", "reason",
    )  # fmt: skip
    return ClaimView(
        **{name: getattr(row, name) for name in same},
        enterprise_name=names.get(row.enterprise, row.enterprise),
        institution_name=names.get(row.institution, row.institution),
        occupation_name=names.get(row.occupation or "", ""),
        policy_name=one.name,
        source=one.source,
        clause=rule.clause,
        papers=row.papers or (),
        missing=_missing(row, rule),
        doubts=doubts,
        facts=json.loads(row.facts),
    )
