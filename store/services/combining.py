"""并班: two classes of one course below their minimum, taught as one.

The firms of the class that ends get the plan of the one that stays, or all of them a new one. Each keeps
its price, may leave without owing anything where its dates change, and is to be rung. Whom the dates do not
suit is let go as by a postponement, and what fits it best is held. It is worked out while reading and done
in one write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matching.types import Rule
from store.errors import ConflictError, NotAllowedError
from store.lifecycles import CLASS
from store.models import (
    CourseRow,
    OrganisationRow,
    ProposalRow,
    RunRow,
    TrainingClassRow,
)
from store.schemas.actor import Actor, Role
from store.services import (
    audit,
    classes,
    dealing,
    merger_plans,
    moving,
    plans,
    records,
    terms,
)
from store.services.clocks import day_of
from store.services.merger_obstacles import (
    NOBODY,
    Obstacle,
    between,
    holders_of,
    members_of,
    short_of_seats,
    short_of_stations,
)
from store.services.merger_plans import Released
from store.services.moving import Affected
from store.services.plans import Plan
from store.services.rights import Act, require

_KNOWN = (Rule.RUN_CLOSED,)  # whoever is on a list stays on it when the list is closed


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two classes as it was looked at."""

    code: str
    version: int
    heads: int
    plan: Plan


@dataclass(frozen=True, slots=True)
class Combination:
    """`kept` goes on with everybody, `ended` ends; or why not, in `obstacles`.

    `plan` is the class's then, `heads` those that it would have, `least` its minimum. `moved` are firms
    whose dates change and that suit, to be asked again; firms in `affected` that are displaced are let go.
    `released` are instructors who have less to teach.
    """

    course: str
    title: str
    institution: str
    kept: Side
    ended: Side
    plan: Plan
    heads: int
    least: int
    affected: tuple[Affected, ...] = ()
    moved: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    room: int | None = None
    released: tuple[Released, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.obstacles

    @property
    def missing(self) -> int:
        """Heads that are wanted still to reach the minimum."""
        return max(self.least - self.heads, 0)

    @property
    def displaced(self) -> tuple[str, ...]:
        """Proposals of firms that the dates do not suit."""
        return tuple(one.proposal for one in self.affected if one.is_displaced)

    @property
    def order_key(self) -> tuple[object, ...]:
        """Possible first, then enough, fewest let go, fewest to ask, and the sooner."""
        gone, asked = len(self.displaced), len(self.moved)
        codes = (self.kept.code, self.ended.code)
        return not self.is_possible, self.missing > 0, gone, asked, self.plan.days[0], codes


@dataclass(frozen=True, slots=True)
class Combined:
    """What came of it: firms to ring, by proposal, and drafts that are held for those let go."""

    kept: str
    ended: str
    status: str
    heads: int
    moved: tuple[str, ...]
    gone: tuple[str, ...]
    held: tuple[str, ...]


def candidates(session: Session, *, by: Actor, now: datetime) -> tuple[Combination, ...]:
    """Every two classes below their minimum that could be one, the best way of each, best first."""
    require(by, Act.READ, "class", by.organisation)
    groups: dict[str, list[TrainingClassRow]] = {}
    for row in session.scalars(_below(by).order_by(TrainingClassRow.code)):
        if row.first_day > day_of(now) and classes.enrolled(session, row) < (row.min_heads or 1):
            groups.setdefault(row.course, []).append(row)
    found = []
    for rows in groups.values():
        for one, other in combinations(rows, 2):
            ways = list(_ways(session, one, other, by, now))
            found.append(min(ways, key=lambda way: way.order_key))
    return tuple(sorted(found, key=lambda way: way.order_key))


def _below(by: Actor) -> Select[TrainingClassRow]:
    """Classes that nobody has enough heads for yet, of the actor's own side."""
    query = select(TrainingClassRow).where(TrainingClassRow.status == "forming")
    own = TrainingClassRow.institution if by.role is Role.INSTITUTION else TrainingClassRow.owner
    return query if by.role is Role.SUPERVISOR else query.where(own == by.organisation)


def look(session: Session, kept: str, ended: str, *, by: Actor, now: datetime) -> Combination:
    """What it would mean to let one class go on with the firms of another; alternatives included."""
    one, other = (classes.load(session, code, by=by) for code in (kept, ended))
    for row in (one, other):
        classes.require_course(row, by)
    _refuse_unlike(session, one, other, now)
    ways = [way for way in _ways(session, one, other, by, now) if way.kept.code == kept]
    found = min(ways, key=lambda way: way.order_key)
    if not found.is_possible:
        return found
    rows = {row.code: row for row in members_of(session, one, other)}
    touched = tuple(
        moving.with_alternative(session, rows[told.proposal], told, by, now)
        for told in found.affected
    )
    return replace(found, affected=touched)


def _refuse_unlike(
    session: Session, one: TrainingClassRow, other: TrainingClassRow, now: datetime
) -> None:
    for row in (one, other):
        CLASS.step("combine", row.status, row.code)
        if row.first_day <= day_of(now):
            raise ConflictError("class_began", id=row.code, day=row.first_day)
        if classes.enrolled(session, row) >= (row.min_heads or 1):
            raise ConflictError("not_below", id=row.code)
    if one.code == other.code or one.course != other.course:
        raise ConflictError("not_one_course", one=one.code, other=other.code)


def _ways(
    session: Session, one: TrainingClassRow, other: TrainingClassRow, by: Actor, now: datetime
) -> Iterator[Combination]:
    """Either goes on as it is with the firms of both; where neither can, the first with a new plan."""
    direct = [_way(session, a, b, by, now) for a, b in ((one, other), (other, one))]
    yield from direct
    if any(way.is_possible for way in direct):
        return
    for a, b in ((one, other), (other, one)):
        plan = merger_plans.new_plan(session, a, b, now)
        if plan is not None:
            yield _weighed(session, a, b, plan, (), by, now)


def _way(
    session: Session, kept: TrainingClassRow, ended: TrainingClassRow, by: Actor, now: datetime
) -> Combination:
    """One class as it is planned, with the firms of both."""
    heads = sum(member.heads for member in members_of(session, kept, ended))
    plan = plans.loads(kept.plan)
    short: tuple[Obstacle, ...] = ()
    if plan.run is None:
        wider = merger_plans.widened(plan, heads)
        short = short_of_stations(session, wider, holders_of(session, kept, ended))
        plan = wider or plan
    else:
        short = short_of_seats(session, plan.run, kept, ended)
    return _weighed(session, kept, ended, plan, short, by, now)


def _weighed(
    session: Session,
    kept: TrainingClassRow,
    ended: TrainingClassRow,
    plan: Plan,
    short: tuple[Obstacle, ...],
    by: Actor,
    now: datetime,
) -> Combination:
    """What a plan would mean for every firm of both classes, and what stands in its way."""
    members = members_of(session, kept, ended)
    holders = holders_of(session, kept, ended)
    affected: list[Affected] = []
    obstacles = (*short, *between(session, kept, ended, members))
    if not obstacles:
        affected = [_affected(session, member, plan, by, now, holders) for member in members]
    gone = {one.proposal for one in affected if one.is_displaced}
    for row in (kept, ended) if affected else ():
        if all(member.code in gone for member in classes.members(session, row.code)):
            obstacles = (Obstacle(NOBODY, row.code),)
    moved = [m.code for m in members if m.code not in gone and merger_plans.is_other(m, plan)]
    title, institution = session.execute(
        select(CourseRow.title, OrganisationRow.name)
        .join(OrganisationRow, OrganisationRow.code == CourseRow.institution)
        .where(CourseRow.code == kept.course)
    ).one()
    return Combination(
        kept.course,
        title,
        institution,
        _side(session, kept),
        _side(session, ended),
        plan,
        sum(m.heads for m in members if m.code not in gone) + classes.elsewhere(session, kept),
        kept.min_heads or 1,
        tuple(affected),
        tuple(moved),
        obstacles,
        merger_plans.room(session, plan),
        () if obstacles else merger_plans.released(session, kept, ended, plan),
    )


def _affected(
    session: Session,
    member: ProposalRow,
    plan: Plan,
    by: Actor,
    now: datetime,
    holders: Sequence[str],
) -> Affected:
    """What it means for a firm; nothing where its dates and its place stay."""
    if not merger_plans.is_other(member, plan):
        name = classes.firm_name(session, member, by)
        return Affected(member.code, name, member.heads, (), None)
    of_firm = moving.of_member(plan, plans.loads(member.plan))
    return moving.affected(session, member, of_firm, by, now, holders)


def _side(session: Session, row: TrainingClassRow) -> Side:
    return Side(row.code, row.version, classes.enrolled(session, row), plans.loads(row.plan))


def repeated(
    session: Session, kept: str, ended: str, *, reason: str, by: Actor, request: str | None
) -> Combined | None:
    """What came of making one class of these two on the same request before; None where it is a new one."""
    for code in (kept, ended):
        classes.require_course(classes.load(session, code, by=by), by)
    asked = _asked(request, kept, ended, reason, by)
    if not audit.is_repeat(session, asked):
        return None
    noted = audit.last(session, "class", kept, asked=asked)
    told = noted.after if noted is not None else {}
    moved, gone, held = (tuple(told.get(name, ())) for name in ("moved", "gone", "held"))
    return Combined(
        kept, ended, told.get("state", ""), int(told.get("heads", 0)), moved, gone, held
    )


def _asked(request: str | None, kept: str, ended: str, reason: str, by: Actor) -> audit.Asked:
    return audit.Asked(request, "combine", "class", (kept, ended, reason.strip()), by)


def combine(
    session: Session,
    found: Combination,
    *,
    reason: str,
    by: Actor,
    now: datetime,
    request: str | None = None,
    said: Mapping[str, str] | None = None,
) -> Combined:
    """Make one class of two as was looked at; refused where anything of either was changed since.

    `said` is what to tell whom: it is kept in the history of the class that goes on. The same request a
    second time changes nothing and says what came of it.
    """
    pair = (found.kept.code, found.ended.code)
    before_this = repeated(session, *pair, reason=reason, by=by, request=request)
    if before_this is not None:
        return before_this
    sides = sorted((found.kept, found.ended), key=lambda side: side.code)
    rows = {
        side.code: classes.load(session, side.code, by=by, act=Act.EDIT, version=side.version)
        for side in sides
    }
    kept, ended = rows[found.kept.code], rows[found.ended.code]
    for row in rows.values():
        classes.require_course(row, by)
    why = dealing.reason_given(reason)
    _refuse_unlike(session, kept, ended, now)
    _refuse_changed(session, found, kept, ended, by, now)
    homes = {m.code: m.training_class for m in members_of(session, kept, ended)}
    held: list[str] = []
    for one in found.affected:
        if one.is_displaced:
            held += moving.displace(session, one, why, by, now)
    members = members_of(session, kept, ended)
    before = {
        member.code: {"class": member.training_class, "pool": member.pool, "plan": member.plan}
        for member in members
    }
    old = {"plan": kept.plan, "members": before, "ended": ended.code, "paused": ended.run or ""}
    set_run(session, ended, "paused", why, by, now)
    _bring_together(session, kept, ended, found.plan, members, by, now)
    gone = {code: homes[code] for code in found.displaced}
    heads = classes.enrolled(session, kept)
    moved = tuple(code for code in found.moved if code in before)
    come = {
        "ended": ended.code,
        "gone": gone,
        "held": held,
        "heads": heads,
        "moved": moved,
        "state": kept.status,
        "said": dict(said or {}),
    }
    end = {"status": ended.status}
    ended.status = CLASS.step("combine", ended.status, ended.code).after
    classes.touch(ended, by, now)
    session.flush()
    audit.note(
        session,
        by,
        "combine",
        "class",
        [(ended.code, end, {"status": ended.status, "into": kept.code}), (kept.code, old, come)],
        reason=why,
        request=request,
        at=now,
    )
    audit.carried_out(session, _asked(request, *pair, reason, by))
    return Combined(kept.code, ended.code, kept.status, heads, moved, tuple(gone), tuple(held))


def _refuse_changed(
    session: Session,
    found: Combination,
    kept: TrainingClassRow,
    ended: TrainingClassRow,
    by: Actor,
    now: datetime,
) -> None:
    """Refuse what no longer stands, and an institution's plan that takes of others who have no part yet."""
    again = _way(session, kept, ended, by, now)
    if again.plan != found.plan:
        again = _weighed(session, kept, ended, found.plan, (), by, now)
    firms, before = ([one.proposal for one in way.affected] for way in (again, found))
    is_same = firms == before and again.displaced == found.displaced
    subject = (found.plan.course, found.plan.institution)
    if not again.is_possible or not is_same or subject != (kept.course, kept.institution):
        raise ConflictError("not_combined", one=kept.code, other=ended.code)
    plans.refuse_mixed(session, found.plan)
    if by.role is Role.INSTITUTION:
        known = {
            party
            for row in (kept, ended)
            for party in plans.parties(session, plans.loads(row.plan), "")
        }
        if plans.parties(session, found.plan, "").keys() - known:
            raise NotAllowedError("combine", "class", kept.code)


def set_run(
    session: Session,
    ended: TrainingClassRow,
    status: str,
    why: str | None,
    by: Actor,
    now: datetime,
) -> None:
    """A run whose class ends is offered to nobody, not to who waits either, until its class is back."""
    if ended.run is None:
        return
    run = session.get_one(RunRow, ended.run, with_for_update=True)
    before, run.status = run.status, status
    run.version += 1
    run.changed_at, run.changed_by = now, by.login
    session.flush()
    told = (run.code, {"status": before}, {"status": status})
    audit.note(session, by, "edit", "run", [told], reason=why, at=now)


def _bring_together(
    session: Session,
    kept: TrainingClassRow,
    ended: TrainingClassRow,
    plan: Plan,
    members: Sequence[ProposalRow],
    by: Actor,
    now: datetime,
) -> None:
    """Give every firm the plan, with all that it takes; stations and people are carried by one of them."""
    pool = None
    if plan.run is None:
        pool = next((m.pool for m in members if m.pool), None)
        pool = pool or records.next_codes(session, "G", ProposalRow.pool, 1)[0]  # type: ignore[arg-type]
        heads = sum(member.heads for member in members)
        fewer = (replace(s, heads=min(s.heads, heads)) if s.heads else s for s in plan.sessions)
        plan = replace(plan, class_heads=heads, sessions=tuple(fewer))
    changed = {member.code: merger_plans.is_other(member, plan) for member in members}
    for member in members:
        own = plans.loads(member.plan)
        member.training_class, member.pool = kept.code, pool
        dealing.replace_plan(session, member, moving.of_member(plan, own))
    kept.plan = members[0].plan
    kept.first_day, kept.last_day = plan.days
    kept.decide_by = classes.decide_by(session, kept.first_day, now)
    classes.touch(kept, by, now)
    for member in members:
        own = plans.loads(member.plan)
        said = dealing.latest_terms(session, member)
        new = replace(terms.of_plan(own, said), price_fen=said.price_fen)
        if changed[member.code]:
            new = replace(new, scale=())  # whoever did not ask for other dates may leave
        member.terms += 1
        dealing.put_terms(session, member, new, by.organisation, by, now)
        dealing.take(session, member, own, None, by, now)
        told = dealing.told_changes(terms.changes(said, new))
        dealing.touch(session, member, "move", member.status, by, now, told=told)
    for member in members:
        dealing.check(session, plans.loads(member.plan), now, member.code, but=_KNOWN)
    classes.weigh(session, kept, by, now)
