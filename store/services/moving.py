"""A class that cannot be held as planned: somebody or something else for a part of it, or other dates.

What is possible is worked out while reading; the write takes it only if it still stands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from matching import schedule, substitution
from matching.policy import DEFAULT_POLICY
from matching.pooling import merged
from matching.practice import Hours
from matching.recheck import plan_violations
from matching.substitution import StandIn
from matching.types import Bundle, Slot, Violation
from matching.weekly import DAY_END, dates_between
from store.errors import ConflictError, DuijieError, InvalidError, NotAllowedError
from store.lifecycles import CLASS
from store.models import ProposalRow, RunRow, TrainingClassRow
from store.schemas.actor import Actor, Role
from store.services import (
    audit,
    bought,
    classes,
    clocks,
    dealing,
    decisions,
    market,
    offers,
    plans,
    proposals,
    reference,
    sharing,
    terms,
    waiting,
)
from store.services.clocks import day_of
from store.services.decisions import Prepared
from store.services.plans import Plan
from store.services.rights import Act, require


def stand_ins(
    session: Session, code: str, leaving: str, *, by: Actor, now: datetime
) -> tuple[StandIn, ...]:
    """Everybody or every slot that could stand in for a part of a class, passing every rule, best first."""
    row = classes.load(session, code, by=by)
    classes.require_course(row, by)
    CLASS.step("substitute", row.status, code)
    plan = plans.loads(row.plan)
    bundle, slots = _as_now(session, row, plan)
    own = by.organisation if by.role is Role.INSTITUTION else None
    calendar = reference.calendar(session)
    if leaving in plan.instructors:
        shares = {share.code for share in bundle.course.occupations}
        known = offers.qualified(session, shares, {plan.institution})
        people = offers.instructors(session, calendar, known)
        people = [one for one in people if own in (None, one.institution)]
        able = substitution.people(bundle, leaving, people, day_of(now), calendar, DEFAULT_POLICY)
        return _shown(able, own)
    if leaving not in slots:
        raise InvalidError("not_in_class", id=leaving, group=code)
    old = slots[leaving]
    stations = next(c.quantity for c in plans.claims(plan) if c.resource == leaving)
    days = tuple(dates_between(max(day_of(now), plan.days[0]), plan.days[1]))
    owner = bundle.venue.institution if bundle.venue else None
    lines = market.lined(session, "slot")
    there = offers.slots(session, {old.equipment}, Hours(days, 0, DAY_END), {old.venue})
    there = bought.without(session, there, row.owner)
    free = [slot for slot in there if slot.stations_free >= stations and slot.id not in lines]
    free = free if own in (None, owner) else []
    return _shown(substitution.slots(bundle, leaving, free, calendar, DEFAULT_POLICY), own)


def _shown(found: Sequence[StandIn], own: str | None) -> tuple[StandIn, ...]:
    """For an institution without the other work of its people: what for is not all its own to know."""
    if own is None:
        return tuple(found)
    return tuple(
        replace(
            one,
            plan=replace(
                one.plan, instructors=tuple(replace(p, busy=()) for p in one.plan.instructors)
            ),
        )
        for one in found
    )


def substitute(
    session: Session,
    code: str,
    leaving: str,
    coming: str,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Plan:
    """Put a stand-in into a class and into every proposal of it, with the capacity that takes."""
    row = classes.load(session, code, by=by, act=Act.EDIT, version=version)
    why = dealing.reason_given(reason)
    found = {one.code: one for one in stand_ins(session, code, leaving, by=by, now=now)}
    if coming not in found:
        raise ConflictError("no_substitute", id=leaving, person=coming, why=", ".join(found) or "–")
    before = plans.loads(row.plan)
    bundle = found[coming].plan
    people = tuple(person.id for person in bundle.instructors)
    after = replace(before, sessions=bundle.sessions, instructors=people)
    if row.run is not None and leaving in before.instructors:
        appoint(session, row.run, coming, "substitute", why, by, now)
    put(session, row, after, by, now)
    told = (code, {"part": leaving, "plan": plans.dumps(before)}, {"part": coming})
    audit.note(session, by, "substitute", "class", [told], reason=why, at=now)
    return after


def appoint(
    session: Session,
    code: str,
    coming: str,
    act: str,
    why: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """Give a run another instructor."""
    run = session.get_one(RunRow, code, with_for_update=True)
    before, run.instructor = run.instructor, coming
    run.version += 1
    told = (code, {"instructor": before}, {"instructor": coming})
    audit.note(session, by, act, "run", [told], reason=why, at=now)


@dataclass(frozen=True, slots=True)
class Affected:
    """What a postponement means for one firm: rules its wishes break then, and what it is held instead."""

    proposal: str
    enterprise: str
    heads: int
    violations: tuple[Violation, ...]
    alternative: Prepared | None

    @property
    def is_displaced(self) -> bool:
        """Whether the new dates do not do for it."""
        return any(found.severity == "block" for found in self.violations)


@dataclass(frozen=True, slots=True)
class Postponement:
    """The plan of a class from a later day on, and each firm that it touches."""

    training_class: str
    version: int
    plan: Plan
    affected: tuple[Affected, ...]


def impact(
    session: Session, code: str, first_day: date, *, by: Actor, now: datetime
) -> Postponement:
    """What would come of postponing a class to a day: dates, firms, and alternatives. It only reads."""
    row = classes.load(session, code, by=by)
    classes.require_course(row, by)
    CLASS.step("postpone", row.status, code)
    if first_day <= row.first_day:
        raise InvalidError("postpone_back", first=row.first_day)
    plan = _later_plan(session, row, first_day, now)
    if _asks_others(session, row, plan, by):
        raise ConflictError("no_other_plan", id=code, course=row.course)
    touched = tuple(
        with_alternative(session, member, affected(session, member, plan, by, now), by, now)
        for member in classes.members(session, code)
    )
    return Postponement(code, row.version, plan, touched)


def postpone(
    session: Session, found: Postponement, *, reason: str, by: Actor, now: datetime
) -> tuple[str, ...]:
    """Move a class as was looked at; displaced firms owe nothing and get their alternative held.

    Returned are the codes of the drafts that hold alternatives.
    """
    row = classes.load(session, found.training_class, by=by, act=Act.EDIT, version=found.version)
    why = dealing.reason_given(reason)
    members = {member.code for member in classes.members(session, row.code)}
    foreign = [one.proposal for one in found.affected if one.proposal not in members]
    if foreign or _asks_others(session, row, found.plan, by):
        raise NotAllowedError("postpone", "class", row.code)
    made, gone = [], []
    for one in found.affected:
        if one.is_displaced:
            made += displace(session, one, why, by, now)
            gone.append(one.proposal)
    row = session.get_one(TrainingClassRow, found.training_class)
    shift = found.plan.days[0] - row.first_day
    if row.run is not None:
        shift_run(session, row.run, shift, "postpone", why, by, now)
    before, old = row.first_day, row.plan
    asked: list[str] = []
    if row.status != "cancelled":
        asked = put(session, row, found.plan, by, now, is_free_to_leave=True)
    told = (
        row.code,
        {"first_day": before.isoformat(), "plan": old},
        {
            "first_day": found.plan.days[0].isoformat(),
            "displaced": len(made),
            "days": shift.days,
            "gone": gone,
            "held": made,
            "asked": asked,
        },
    )
    audit.note(session, by, "postpone", "class", [told], reason=why, at=now)
    return tuple(made)


def shift_run(
    session: Session,
    code: str,
    shift: timedelta,
    act: str,
    why: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """Let a run begin and close its list so many days later, and its waiting line with it."""
    run = session.get_one(RunRow, code, with_for_update=True)
    run.first_day += shift
    run.last_day = run.last_day and run.last_day + shift
    run.signup_closes = run.signup_closes and run.signup_closes + shift
    run.version += 1
    waiting.move(session, code, shift)
    day = {"first_day": run.first_day.isoformat()}
    audit.note(session, by, act, "run", [(code, None, day)], reason=why, at=now)


def _asks_others(session: Session, row: TrainingClassRow, plan: Plan, by: Actor) -> bool:
    """Whether an institution's plan takes something of others who have no part in the class yet."""
    if by.role is not Role.INSTITUTION:
        return False
    known = plans.parties(session, plans.loads(row.plan), "")
    return bool(plans.parties(session, plan, "").keys() - known.keys())


def call_off(session: Session, code: str, *, reason: str, by: Actor, now: datetime) -> int:
    """Cancel a class before it begins: nobody in it owes anything, every need is open again."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    CLASS.step("cancel", row.status, code)
    why = dealing.reason_given(reason)
    found = classes.members(session, code)
    for member in found:
        proposals.end(session, member, why, 0, by, now)
    return len(found)


def close(session: Session, code: str, *, by: Actor, now: datetime) -> None:
    """Close a finished class."""
    row = classes.load(session, code, by=by, act=Act.EDIT)
    require(by, Act.EDIT, "class", row.owner, code)
    classes.move(session, row, CLASS.step("close", row.status, code).after, "close", by, now)


def displace(session: Session, one: Affected, why: str, by: Actor, now: datetime) -> list[str]:
    """Let a firm go that the new dates do not suit, and hold what was found for it; the draft of that."""
    proposals.end(session, dealing.load(session, one.proposal, by=by), why, 0, by, now)
    if one.alternative is None:
        return []
    need = dealing.need_row(session, one.alternative.need.code)
    session.flush()
    choice = replace(
        one.alternative,
        need=one.alternative.need.model_copy(update={"version": need.version}),
    )
    try:
        with session.begin_nested():
            return [proposals.draft(session, choice, by=by, now=now).code]
    except DuijieError:
        return []  # taken meanwhile: the need is open again and in the queue


def _later_plan(session: Session, row: TrainingClassRow, first_day: date, now: datetime) -> Plan:
    old = plans.loads(row.plan)
    if row.run is not None:
        return _later_run(session, row.run, old, first_day)
    found = classes.members(session, row.code)
    needs = [dealing.engine_need(session, member.need) for member in found]
    brought = [replace(need, heads=one.heads) for need, one in zip(needs, found, strict=True)]
    need = brought[0] if len(brought) == 1 else merged(brought, day_of(now))
    if need is None:
        raise ConflictError("no_other_plan", id=row.code, course=row.course)
    shift = first_day - old.days[0]
    asked = replace(
        need,
        heads=old.class_heads or old.heads,
        earliest=first_day,
        latest=max(need.latest, old.days[1]) + shift if need.latest else None,
    )
    holders = _holders(session, found)
    later = market.best_of(session, asked, row.course, day_of(now), holders)
    if later is None:
        raise ConflictError("no_other_plan", id=row.code, course=row.course)
    made = plans.of_bundle(later, found[0].need, found[0].heads)
    return replace(made, class_heads=old.class_heads)


def _later_run(session: Session, code: str, old: Plan, first_day: date) -> Plan:
    course = offers.courses(session, [old.course])[0]
    run = next(run for run in course.runs if run.id == code)
    shift = first_day - run.first_day
    moved = replace(run, first_day=first_day, last_day=run.last_day and run.last_day + shift)
    sessions = schedule.run_sessions(moved, course, reference.calendar(session))
    if not sessions:
        raise ConflictError("no_other_plan", id=code, course=old.course)
    teacher = old.instructors[0] if old.instructors else None
    return replace(old, sessions=tuple(replace(s, instructor=teacher) for s in sessions))


def affected(
    session: Session,
    member: ProposalRow,
    plan: Plan,
    by: Actor,
    now: datetime,
    holders: Collection[str] = (),
) -> Affected:
    """What the plan of a class would mean for a firm in it, what `holders` have counted as free."""
    need = dealing.engine_need(session, member.need)
    holders = {*holders, *sharing.group(session, member)}
    bundle, slots = plans.as_offered_now(session, plan, holders)
    if bundle.run is not None:
        run, shift = bundle.run, plan.days[0] - bundle.run.first_day
        moved = replace(
            run,
            first_day=run.first_day + shift,
            last_day=run.last_day and run.last_day + shift,
            signup_closes=None,
        )
        bundle = replace(bundle, run=moved)
    asked = replace(need, heads=plan.class_heads or member.heads)
    violations = plan_violations(
        asked, bundle, slots, reference.calendar(session), day_of(now), DEFAULT_POLICY
    )
    return Affected(
        member.code,
        classes.firm_name(session, member, by),
        member.heads,
        tuple(v for v in violations if v.rule != "plan_changed"),
        None,
    )


def with_alternative(
    session: Session, member: ProposalRow, found: Affected, by: Actor, now: datetime
) -> Affected:
    """With the best other course for a firm of one's own that the new dates do not suit."""
    if not found.is_displaced or member.owner != by.organisation:
        return found
    return replace(found, alternative=_alternative(session, member, by, now))


def _alternative(
    session: Session, member: ProposalRow, by: Actor, now: datetime
) -> Prepared | None:
    try:
        return decisions.prepare_best(
            session, member.need, by=by, today=day_of(now), but=member.course
        )
    except DuijieError:
        return None


def _as_now(
    session: Session, row: TrainingClassRow, plan: Plan
) -> tuple[Bundle, Mapping[str, Slot]]:
    """The plan of a class with today's people and places, its own capacity counted as free."""
    found = classes.members(session, row.code)
    return plans.as_offered_now(session, plan, _holders(session, found))


def _holders(session: Session, found: Sequence[ProposalRow]) -> tuple[str, ...]:
    """Everybody whose capacity a class is taught with."""
    return tuple({code for member in found for code in sharing.group(session, member)})


def put(
    session: Session,
    row: TrainingClassRow,
    plan: Plan,
    by: Actor,
    now: datetime,
    *,
    is_free_to_leave: bool = False,
) -> list[str]:
    """Give a class and its proposals another plan, and take what that takes.

    Whoever did not ask for other dates may leave without owing anything. Those of a pooled class who
    have not confirmed yet are asked about it anew: their codes are returned.
    """
    plans.refuse_other(plans.loads(row.plan), plan, row.code)
    plans.refuse_mixed(session, plan)
    row.plan = plans.dumps(plan)
    row.first_day, row.last_day = plan.days
    row.decide_by = classes.decide_by(session, row.first_day, now)
    classes.touch(row, by, now)
    found = classes.members(session, row.code)
    for member in found:
        own = plans.loads(member.plan)
        changed = of_member(plan, own)
        dealing.replace_plan(session, member, changed)
        said = dealing.latest_terms(session, member)
        member.terms += 1
        new = replace(terms.of_plan(changed, said), price_fen=said.price_fen)
        if is_free_to_leave:
            new = replace(new, scale=())
        dealing.put_terms(session, member, new, by.organisation, by, now)
        dealing.take(session, member, changed, None, by, now)
        told = dealing.told_changes(terms.changes(said, new))
        dealing.touch(session, member, "move", member.status, by, now, told=told)
    pools = sorted({member.pool for member in found if member.pool is not None})
    mates = [mate for pool in pools for mate in sharing.members(session, pool)]
    asked = [mate for mate in mates if mate.status != "confirmed"]
    for mate in asked:
        _bring_along(session, mate, plan, by, now)
    session.flush()
    return [mate.code for mate in asked]


def of_member(plan: Plan, own: Plan) -> Plan:
    """The plan of a class for one firm in it."""
    return replace(
        plan,
        need=own.need,
        heads=own.heads,
        price_fen=own.price_fen,
        assessment=own.assessment,
        assessment_day=own.assessment_day,
    )


def _bring_along(session: Session, mate: ProposalRow, plan: Plan, by: Actor, now: datetime) -> None:
    """Give a firm that has not confirmed what its pooled class has now; whom it concerns is asked anew."""
    changed = of_member(plan, plans.loads(mate.plan))
    said = dealing.latest_terms(session, mate)
    new = replace(terms.of_plan(changed, said), price_fen=said.price_fen)
    mate.terms += 1
    dealing.put_terms(session, mate, new, by.organisation, by, now)
    dealing.replace_plan(session, mate, changed)
    different, status = terms.changes(said, new), mate.status
    is_over = mate.until is not None and mate.until <= now  # it lapses
    if status != "draft" and not is_over:
        waits = dealing.ask(session, mate, changed, now, different)
        if waits:
            days = clocks.clocks(session).confirm_days
            status, mate.until = "sent", min(waits)
            dealing.keep(session, mate, dealing.after_days(session, max(waits), days), by, now)
    dealing.touch(session, mate, "move", status, by, now, told=dealing.told_changes(different))
