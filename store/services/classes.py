"""Classes: confirmed proposals that are taught together, from forming to finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from matching.types import Rule, Severity, Violation
from matching.types import Session as Meeting
from store.errors import (
    ConflictError,
    InfeasibleError,
    InvalidError,
    NotAllowedError,
    NotFoundError,
    StaleEditError,
)
from store.lifecycles import CLASS
from store.models import (
    AnswerRow,
    CourseRow,
    NoShowRow,
    OrganisationRow,
    ProposalRow,
    RunRow,
    TermsRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.cost import Shared
from store.services import (
    audit,
    charges,
    clocks,
    costs,
    firm_names,
    labels,
    plans,
    records,
    reference,
    terms,
)
from store.services.charges import Charge
from store.services.clocks import day_of
from store.services.plans import Plan
from store.services.rights import Act, Reach, reach, require, require_some, sees_firm_names

_MEMBERS = ("confirmed", "delivered")
_OVER = ("finished", "closed", "cancelled")


@dataclass(frozen=True, slots=True)
class Member:
    """A firm's part in a class; amounts in fen, `owed_fen` is what no-shows cost it so far."""

    proposal: str
    need: str
    enterprise: str
    heads: int
    price_fen: int | None
    no_shows: int
    owed_fen: int


@dataclass(frozen=True, slots=True)
class TrainingClass:
    """A class as its sheet shows it: what, who, when, how many, what it earns (fen); names of its codes.

    Until `entry_closes` places of its roster are swapped freely, afterwards for a reason.
    """

    code: str
    status: str
    version: int
    course: str
    title: str
    institution: str
    institution_name: str
    run: str | None
    venue: str | None
    instructors: tuple[str, ...]
    sessions: tuple[Meeting, ...]
    first_day: date
    last_day: date
    heads: int
    elsewhere: int
    min_heads: int | None
    decide_by: date | None
    entry_closes: date
    members: tuple[Member, ...]
    income_fen: int | None
    names: Mapping[str, str]
    charges: tuple[Charge, ...] = ()
    is_price_told: bool = True
    shared: tuple[Shared, ...] = ()


def join(session: Session, row: ProposalRow, plan: Plan, *, by: Actor, now: datetime) -> str:
    """Put a confirmed proposal into the class of its run, or into one of its own."""
    found = None
    if plan.run is not None:
        found = session.scalar(
            select(TrainingClassRow).where(TrainingClassRow.run == plan.run).with_for_update()
        )
    elif row.pool is not None:
        refuse_moved(session, row, plan)
        found = _of_pool(session, row.pool)
    if plan.run is None and found is None:
        found = _called_off(session, row, plan)
    if found is None:
        found = _make(session, plan, by, now)
    _appoint(session, plan, by, now)
    enter(session, row, found, by=by, now=now)
    return found.code


def enter(
    session: Session, row: ProposalRow, found: TrainingClassRow, *, by: Actor, now: datetime
) -> None:
    """Put a confirmed proposal into a certain class; one that was called off is open again."""
    if found.status == "cancelled":
        step = CLASS.step("reopen", found.status, found.code)
        move(session, found, step.after, "reopen", by, now)
    else:
        CLASS.step("join", found.status, found.code)
    row.training_class = found.code
    session.flush()
    audit.note(session, by, "join", "class", [(found.code, None, {"proposal": row.code})], at=now)
    weigh(session, found, by, now)


def _of_pool(session: Session, pool: str) -> TrainingClassRow | None:
    """The class that another proposal of a pooled class is in already."""
    return session.scalar(
        select(TrainingClassRow)
        .join(ProposalRow, ProposalRow.training_class == TrainingClassRow.code)
        .where(ProposalRow.pool == pool)
        .limit(1)
        .with_for_update(of=TrainingClassRow)
    )


def refuse_moved(session: Session, row: ProposalRow, plan: Plan) -> None:
    """Refuse to bring a proposal back into a pooled class that has other people or dates by now."""
    found = _of_pool(session, row.pool) if row.pool is not None else None
    if found is not None and plans.loads(found.plan).sessions != plan.sessions:
        changed = Violation(Rule.PLAN_CHANGED, Severity.BLOCK, found.code)
        raise InfeasibleError(plan.course, (changed,))


def _called_off(session: Session, row: ProposalRow, plan: Plan) -> TrainingClassRow | None:
    """The cancelled class of the same plan, for a cancellation that is taken back."""
    return session.scalar(
        select(TrainingClassRow)
        .where(TrainingClassRow.course == row.course, TrainingClassRow.status == "cancelled")
        .where(TrainingClassRow.plan == plans.dumps(plan))
        .order_by(TrainingClassRow.code.desc())
        .limit(1)
        .with_for_update()
    )


def _appoint(session: Session, plan: Plan, by: Actor, now: datetime) -> None:
    """A run that nobody was appointed to gets the instructor that everyone agreed on."""
    if plan.run is None or not plan.instructors:
        return
    run = session.get_one(RunRow, plan.run, with_for_update=True)
    if run.instructor is None:
        run.instructor = plan.instructors[0]
        run.version += 1
        session.flush()
        told = (run.code, {"instructor": None}, {"instructor": run.instructor})
        audit.note(session, by, "appoint", "run", [told], at=now)


def leave(session: Session, row: ProposalRow, *, by: Actor, now: datetime) -> None:
    """Take a proposal out of its class; a class with nobody left is cancelled."""
    if row.training_class is None:
        return
    found = session.get_one(TrainingClassRow, row.training_class, with_for_update=True)
    row.training_class = None
    session.flush()
    told = (found.code, {"proposal": row.code}, None)
    audit.note(session, by, "leave", "class", [told], at=now)
    if heads_of(session, found.code) == 0:
        move(
            session, found, CLASS.step("cancel", found.status, found.code).after, "cancel", by, now
        )
    else:
        weigh(session, found, by, now)


def heads_of(session: Session, code: str) -> int:
    """Heads in a class."""
    found = session.scalar(
        select(func.sum(ProposalRow.heads)).where(
            ProposalRow.training_class == code, ProposalRow.status.in_(_MEMBERS)
        )
    )
    return int(found or 0)


def _make(session: Session, plan: Plan, by: Actor, now: datetime) -> TrainingClassRow:
    course = session.get_one(CourseRow, plan.course)
    first, last = plan.days
    (code,) = records.next_codes(session, "B", TrainingClassRow.code, 1)
    made = TrainingClassRow(
        code=code,
        status="forming",
        owner=by.organisation,
        course=plan.course,
        run=plan.run,
        institution=plan.institution,
        first_day=first,
        last_day=last,
        plan=plans.dumps(plan),
        min_heads=course.min_heads,
        decide_by=decide_by(session, first, now),
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
    )
    session.add(made)
    session.flush()
    audit.note(
        session, by, "form", "class", [(code, None, {"status": "forming", "course": plan.course})],
        at=now,
    )  # fmt: skip
    return made


def decide_by(session: Session, first: date, now: datetime) -> date:
    """The day to decide whether a class is held: some working days before it, today at the earliest."""
    calendar, days = reference.calendar(session), clocks.clocks(session).decide_days
    return max(calendar.workdays_before(first, days), day_of(now))


def entry_closes(session: Session, row: TrainingClassRow) -> date:
    """The last day on which places may be swapped freely; what a class's roster says then is fixed."""
    run = session.get(RunRow, row.run) if row.run else None
    if run is not None and run.signup_closes is not None:
        return run.signup_closes
    return row.decide_by or row.first_day


def weigh(session: Session, row: TrainingClassRow, by: Actor, now: datetime) -> None:
    """Ready when the minimum is reached, forming when it is not."""
    is_enough = enrolled(session, row) >= (row.min_heads or 1)
    if is_enough and row.status == "forming":
        move(session, row, "ready", "fill", by, now)
    elif not is_enough and row.status == "ready":
        move(session, row, "forming", "thin", by, now)


def elsewhere(session: Session, row: TrainingClassRow) -> int:
    """Heads of a run that its institution found itself."""
    run = session.get(RunRow, row.run) if row.run else None
    if run is None or run.seats is None or run.seats_left is None:
        return 0
    return run.seats - run.seats_left - run.claimed


def enrolled(session: Session, row: TrainingClassRow) -> int:
    """Everybody in a class, whoever found them."""
    return heads_of(session, row.code) + elsewhere(session, row)


def move(
    session: Session, row: TrainingClassRow, status: str, act: str, by: Actor, now: datetime
) -> None:
    """Take a class into another state and leave a trail."""
    before = row.status
    row.status = status
    touch(row, by, now)
    session.flush()
    told = (row.code, {"status": before}, {"status": status})
    audit.note(session, by, act, "class", [told], at=now)


def touch(row: TrainingClassRow, by: Actor, now: datetime) -> None:
    """Raise the version and say who did it."""
    row.version += 1
    row.changed_at, row.changed_by = now, by.login


def load(
    session: Session, code: str, *, by: Actor, act: Act = Act.READ, version: int | None = None
) -> TrainingClassRow:
    """A class that an actor may read or change: its centre, its institution, centres with firms in it."""
    require_some(by, Act.READ, "class", code)
    row = session.get(TrainingClassRow, code, with_for_update=act is not Act.READ)
    if row is None:
        raise NotFoundError("class", code)
    if by.role is Role.INSTITUTION:
        is_part = act is Act.READ and code in session.scalars(_with_part_of(by)).all()
        owner = by.organisation if is_part else row.institution
        require(by, act if act is Act.READ else Act.ANSWER, "class", owner, code)
    elif act is Act.READ and row.owner != by.organisation and reach(by, act, "class") is Reach.OWN:
        shared = session.scalar(
            select(ProposalRow.code).where(
                ProposalRow.training_class == code, ProposalRow.owner == by.organisation
            )
        )
        require(by, act, "class", by.organisation if shared else row.owner, code)
    else:
        require(by, act, "class", row.owner, code)
    if version is not None and row.version != version:
        raise StaleEditError("class", code, row.version)
    return row


def require_course(row: TrainingClassRow, by: Actor) -> None:
    """Of institutions only the one whose course it is: who lends a part does not plan another's class."""
    if by.role is Role.INSTITUTION and by.organisation != row.institution:
        raise NotAllowedError(Act.EDIT, "class", row.code)


def _with_part_of(by: Actor) -> Select[Any]:
    """Classes in which an institution has a part: people, stations, a sitting."""
    return (
        select(ProposalRow.training_class)
        .join(AnswerRow, AnswerRow.proposal == ProposalRow.code)
        .where(AnswerRow.party == by.organisation, ProposalRow.training_class.is_not(None))
    )


def members(session: Session, code: str) -> list[ProposalRow]:
    """The proposals of a class, in order."""
    return list(
        session.scalars(
            select(ProposalRow)
            .where(ProposalRow.training_class == code, ProposalRow.status.in_(_MEMBERS))
            .order_by(ProposalRow.code)
        )
    )


def sheet(session: Session, code: str, *, by: Actor) -> TrainingClass:
    """A class with everything about it, and what its stations in shared rooms come to."""
    found = _views(session, [load(session, code, by=by)], by)[0]
    return replace(found, shared=costs.of_class(session, code) if found.is_price_told else ())


def list_classes(session: Session, *, by: Actor, limit: int = 200) -> tuple[TrainingClass, ...]:
    """Classes that an actor may see, soonest first, those that are over at the end."""
    require(by, Act.READ, "class", by.organisation)
    query = (
        select(TrainingClassRow)
        .order_by(
            TrainingClassRow.status.in_(_OVER), TrainingClassRow.first_day, TrainingClassRow.code
        )
        .limit(limit)
    )
    if by.role is Role.INSTITUTION:
        query = query.where(
            or_(
                TrainingClassRow.institution == by.organisation,
                TrainingClassRow.code.in_(_with_part_of(by)),
            )
        )
    elif reach(by, Act.READ, "class") is Reach.OWN:
        own = select(ProposalRow.training_class).where(ProposalRow.owner == by.organisation)
        query = query.where(
            or_(TrainingClassRow.owner == by.organisation, TrainingClassRow.code.in_(own))
        )
    return _views(session, session.scalars(query).all(), by)


def no_show(
    session: Session,
    proposal: str,
    heads: int,
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
    request: str | None = None,
) -> int | None:
    """Note heads that did not come; what the frozen terms make of it, in fen.

    The same request a second time notes nothing and says what it said.
    """
    require_some(by, Act.READ, "proposal", proposal)
    row = session.get(ProposalRow, proposal, with_for_update=True)
    if row is None:
        raise NotFoundError("proposal", proposal)
    if row.training_class is None:
        require(by, Act.EDIT, "proposal", row.owner, proposal)
        raise ConflictError("no_class", id=proposal)
    load(session, row.training_class, by=by, act=Act.EDIT)
    asked = audit.Asked(request, "no_show", "proposal", (proposal, heads, reason), by)
    if audit.is_repeat(session, asked):
        noted = audit.last(session, "proposal", proposal, asked=asked)
        return noted.after["fee_fen"] if noted is not None else None
    if row.first_day > day_of(now):
        raise ConflictError("class_not_begun", id=proposal, day=row.first_day)
    before = _missed(session, proposal)[0]
    if not 1 <= heads <= row.heads - before:
        raise InvalidError("no_show_heads", id=proposal, most=row.heads - before)
    said = terms.loads(session.get_one(TermsRow, (proposal, row.terms)).body)
    fee = terms.no_show_fen(said, heads)
    session.add(
        NoShowRow(
            proposal=proposal,
            heads=heads,
            fee_fen=fee,
            reason=reason or None,
            login=by.login,
            at=now,
        )
    )
    session.flush()
    audit.note(
        session, by, "no_show", "proposal", [(proposal, None, {"heads": heads, "fee_fen": fee})],
        reason=reason or None, request=request, at=now,
    )  # fmt: skip
    audit.carried_out(session, asked)
    return fee


def _missed(session: Session, proposal: str) -> tuple[int, int]:
    heads, fee = session.execute(
        select(func.sum(NoShowRow.heads), func.sum(NoShowRow.fee_fen)).where(
            NoShowRow.proposal == proposal
        )
    ).one()
    return int(heads or 0), int(fee or 0)


def _views(
    session: Session, rows: Sequence[TrainingClassRow], by: Actor
) -> tuple[TrainingClass, ...]:
    """Classes as people see them; their names are looked up together."""
    of_rows = [plans.loads(row.plan) for row in rows]
    names = labels.of_plans(session, of_rows)
    answerable = charges.of_classes(session, rows)
    return tuple(
        replace(_view(session, *one, by=by), charges=answerable[one[0].code])
        for one in zip(rows, of_rows, names, strict=True)
    )


def _view(
    session: Session, row: TrainingClassRow, plan: Plan, names: Mapping[str, str], *, by: Actor
) -> TrainingClass:
    found = tuple(_member(session, one, by) for one in members(session, row.code))
    prices = [m.price_fen * m.heads if m.price_fen is not None else None for m in found]
    title = session.scalar(select(CourseRow.title).where(CourseRow.code == row.course)) or ""
    home = session.scalar(
        select(OrganisationRow.name).where(OrganisationRow.code == row.institution)
    )
    return TrainingClass(
        row.code,
        row.status,
        row.version,
        row.course,
        title,
        row.institution,
        home or "",
        row.run,
        plan.venue,
        plan.instructors,
        plan.sessions,
        row.first_day,
        row.last_day,
        sum(member.heads for member in found),
        elsewhere(session, row) if sees_price(plan, by) else 0,
        row.min_heads,
        row.decide_by,
        entry_closes(session, row),
        found,
        None if None in prices else sum(price or 0 for price in prices),
        names,
        is_price_told=sees_price(plan, by),
    )


def _member(session: Session, row: ProposalRow, by: Actor) -> Member:
    said = terms.loads(session.get_one(TermsRow, (row.code, row.terms)).body)
    missed, owed = _missed(session, row.code)
    is_told = sees_price(plans.loads(row.plan), by)
    return Member(
        row.code,
        row.need,
        firm_name(session, row, by),
        row.heads,
        said.price_fen if is_told else None,
        missed,
        owed if is_told else 0,
    )


def sees_price(plan: Plan, by: Actor) -> bool:
    """What a course costs is between its institution, the firm and the centre, not who lends a part."""
    return by.role is not Role.INSTITUTION or by.organisation == plan.institution


def firm_name(session: Session, row: ProposalRow, by: Actor) -> str:
    """The firm's name for whoever may know it: institutions learn it when the proposal is confirmed."""
    if not firm_names.is_told(row, by):
        return records.MASKED
    return (
        session.scalar(select(OrganisationRow.name).where(OrganisationRow.code == row.enterprise))
        or ""
    )


def unnamed(session: Session, row: ProposalRow, by: Actor, text: str | None) -> str | None:
    """What was said about a proposal, without the firm's names for whoever may not know them yet."""
    firm = session.get(OrganisationRow, row.enterprise)
    if not text or firm is None or firm_names.is_told(row, by):
        return text
    return records.masked(text, firm.name, firm.short_name, firm.contact)


def history(session: Session, code: str, *, by: Actor) -> tuple[audit.AuditEntry, ...]:
    """What happened to a class, oldest first; institutions read what and when, not whose."""
    load(session, code, by=by)
    return masked_history(audit.entries(session, "class", code), by)


def masked_history(
    entries: tuple[audit.AuditEntry, ...], by: Actor
) -> tuple[audit.AuditEntry, ...]:
    """A history without names, values and reasons for whoever may not know every firm in it."""
    if sees_firm_names(by):
        return entries
    return tuple(audit.AuditEntry(e.code, e.at, "", e.act, None, None, None) for e in entries)


def move_on(session: Session, now: datetime, by: Actor) -> None:
    """Start classes whose first day has come and finish those whose last day is over."""
    today = day_of(now)
    for row in session.scalars(
        select(TrainingClassRow)
        .where(TrainingClassRow.status.in_(("forming", "ready")))
        .where(TrainingClassRow.first_day <= today)
        .order_by(TrainingClassRow.code)
    ).all():
        move(session, row, CLASS.step("start", row.status, row.code).after, "start", by, now)
    for row in session.scalars(
        select(TrainingClassRow)
        .where(TrainingClassRow.status == "running", TrainingClassRow.last_day < today)
        .order_by(TrainingClassRow.code)
    ).all():
        move(session, row, CLASS.step("finish", row.status, row.code).after, "finish", by, now)
