"""An instructor falls ill or a workshop closes: the smallest changes that keep most classes, few told.

For each class and each proposal that is touched every remedy is worked out: somebody else for those days,
the sessions on other days, another plan of the same course. The remedies that can be had together and
keep most heads, then tell the fewest, then change the least, are chosen; what cannot be kept is called
off, and each firm's best other plan is held. It is looked at while reading and done in one write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import schedule, substitution, workload
from matching.allocation import exclusions
from matching.bundles import rank
from matching.packing import Choice, pack
from matching.policy import DEFAULT_POLICY
from matching.pooling import merged
from matching.recheck import plan_violations, staff_violations
from matching.types import Bundle, Busy, Course, Instructor, Market, Need, Severity, Slot, Violation
from matching.types import Session as Meeting
from matching.weekly import Calendar
from store.errors import InvalidError, NotFoundError
from store.models import (
    CourseRow,
    InstructorRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import (
    classes,
    dealing,
    market,
    offers,
    plans,
    reference,
    sharing,
)
from store.services.clocks import day_of
from store.services.plans import Plan
from store.services.rights import Act, require

_PEOPLE = 6  # stand-ins that are weighed for each class
_PER_HEAD, _PER_PARTY, _PER_SESSION = 1000.0, 20.0, 1.0
_LONGEST_DAYS = 366


class Remedy(StrEnum):
    """What is done about a class."""

    STAND_IN = "stand_in"
    MOVE = "move"
    REPLAN = "replan"
    CALL_OFF = "call_off"
    BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An instructor or a venue that cannot be had from one day to another, both included."""

    kind: str
    code: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Held:
    """A firm's best other plan, to be held for it."""

    need: str
    version: int
    plan: Plan
    title: str


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm in a class: its proposal, how many of its people, and what is held where it loses its place."""

    proposal: str
    enterprise: str
    name: str
    heads: int
    instead: Held | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A remedy for one class or proposal: the plan then, who must be told, how many sessions differ.

    `coming` and `name` are those of a stand-in.
    """

    remedy: Remedy
    plan: Plan | None
    coming: str
    name: str
    told: tuple[str, ...]
    sessions: int


@dataclass(frozen=True, slots=True)
class Touched:
    """A class, or proposals not confirmed yet, that the trouble reaches, and what is chosen for it."""

    code: str
    kind: str
    version: int
    course: str
    title: str
    institution: str
    before: Plan
    sessions: tuple[Meeting, ...]
    firms: tuple[Firm, ...]
    chosen: Change
    others: tuple[Change, ...]

    @property
    def heads(self) -> int:
        """Everybody in it."""
        return sum(firm.heads for firm in self.firms)


@dataclass(frozen=True, slots=True)
class Repair:
    """What to do about a trouble: every class that it reaches, and whether the choice is proven best.

    `parties` are the names of all who must be told, `elsewhere` classes of other centres that are touched.
    """

    trouble: Trouble
    name: str
    touched: tuple[Touched, ...]
    method: str
    parties: Mapping[str, str]
    elsewhere: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """Heads whose class is still held."""
        return sum(t.heads for t in self.touched if t.chosen.plan is not None)

    @property
    def told(self) -> tuple[str, ...]:
        """Everybody who must be told something."""
        return tuple(sorted({party for one in self.touched for party in one.chosen.told}))


@dataclass(frozen=True, slots=True)
class _Unit:
    code: str
    kind: str
    version: int
    plan: Plan
    rows: tuple[ProposalRow, ...]
    has_begun: bool


def look(session: Session, trouble: Trouble, *, by: Actor, now: datetime) -> Repair:
    """The repair of a trouble. It only reads."""
    require(by, Act.EDIT, "class", by.organisation)
    name = _name(session, trouble)
    today = day_of(now)
    longest = trouble.first + timedelta(days=_LONGEST_DAYS)
    if not max(today, trouble.first) <= trouble.last <= longest:
        raise InvalidError("trouble_days", first=trouble.first, last=trouble.last)
    work = _Work(session, trouble, by, now)
    found = [(unit, list(work.changes(unit))) for unit in work.units()]
    chosen, method = work.choose(found)
    touched = tuple(work.told(unit, chosen.get(unit.code), options) for unit, options in found)
    everyone = {party for one in touched for party in one.chosen.told}
    everyone |= {party for one in touched for other in one.others for party in other.told}
    parties = select(OrganisationRow.code, OrganisationRow.name).where(
        OrganisationRow.code.in_(sorted(everyone))
    )
    known = dict(session.execute(parties).all())
    return Repair(trouble, name, touched, method, known, work.elsewhere())


def _name(session: Session, trouble: Trouble) -> str:
    row = {"instructor": InstructorRow, "venue": VenueRow}.get(trouble.kind)
    if row is None:
        raise InvalidError("trouble_kind", kind=trouble.kind)
    found = session.get(row, trouble.code)
    if found is None:
        raise NotFoundError(trouble.kind, trouble.code)
    return str(found.name)  # type: ignore[attr-defined]


class _Work:
    """One repair: the market without what cannot be had."""

    def __init__(self, session: Session, trouble: Trouble, by: Actor, now: datetime) -> None:
        self._session = session
        self._trouble = trouble
        self._by = by
        self._now = now
        self._today = day_of(now)
        self._calendar: Calendar = reference.calendar(session)
        self._market = _without(market.snapshot(session, self._today, by.organisation), trouble)

    def elsewhere(self) -> tuple[str, ...]:
        """Classes of other centres that the trouble reaches: they have to be told."""
        rows = self._session.scalars(
            select(TrainingClassRow)
            .where(TrainingClassRow.status.in_(("forming", "ready", "running")))
            .where(TrainingClassRow.last_day >= self._trouble.first)
            .where(TrainingClassRow.owner != self._by.organisation)
            .order_by(TrainingClassRow.code)
        )
        return tuple(row.code for row in rows if self._affected(plans.loads(row.plan)))

    def units(self) -> list[_Unit]:
        """Classes and proposals of the centre that the trouble reaches, in order."""
        session, found = self._session, []
        for row in session.scalars(
            select(TrainingClassRow)
            .where(TrainingClassRow.status.in_(("forming", "ready", "running")))
            .where(TrainingClassRow.last_day >= self._trouble.first)
            .where(TrainingClassRow.first_day <= self._trouble.last)
            .where(TrainingClassRow.owner == self._by.organisation)
            .order_by(TrainingClassRow.code)
        ).all():
            plan = plans.loads(row.plan)
            if self._affected(plan):
                members = tuple(classes.members(session, row.code))
                has_begun = row.first_day <= self._today
                found.append(_Unit(row.code, "class", row.version, plan, members, has_begun))
        groups: dict[str, list[ProposalRow]] = {}
        for proposal in session.scalars(
            select(ProposalRow)
            .where(ProposalRow.status.in_(("draft", "sent", "accepted")))
            .where(ProposalRow.owner == self._by.organisation)
            .order_by(ProposalRow.code)
        ).all():
            if self._affected(plans.loads(proposal.plan)):
                groups.setdefault(proposal.pool or proposal.code, []).append(proposal)
        for code, rows in sorted(groups.items()):
            plan = plans.loads(rows[0].plan)
            found.append(_Unit(code, "proposal", rows[0].version, plan, tuple(rows), False))
        return found

    def _affected(self, plan: Plan) -> tuple[Meeting, ...]:
        first, last = max(self._trouble.first, self._today), self._trouble.last
        is_person = self._trouble.kind == "instructor"
        return tuple(
            s
            for s in plan.sessions
            if first <= s.day <= last
            and (
                s.instructor == self._trouble.code
                if is_person
                else plan.venue == self._trouble.code
                and (s.slot is not None or plan.run is not None)
            )
        )

    def changes(self, unit: _Unit) -> Iterator[tuple[Change, Bundle]]:
        """Every remedy for a class; proposals that nobody has confirmed are taken back instead."""
        if unit.kind != "class" or not unit.rows:
            return
        holders = {code for row in unit.rows for code in sharing.group(self._session, row)}
        bundle, slots = plans.as_offered_now(self._session, unit.plan, holders)
        if self._trouble.kind == "instructor":
            yield from self._stand_ins(unit, bundle)
        if unit.plan.run is None:
            yield from self._moved(unit, bundle, slots)
            if not unit.has_begun:
                yield from self._replanned(unit, holders)

    def _stand_ins(self, unit: _Unit, bundle: Bundle) -> Iterator[tuple[Change, Bundle]]:
        codes = {share.code for share in bundle.course.occupations}
        known = offers.qualified(self._session, codes, {bundle.institution.id})
        people = offers.instructors(self._session, self._calendar, known)
        trouble = self._trouble
        since = max(trouble.first, self._today)
        able = substitution.people(
            bundle, trouble.code, people, since, self._calendar, DEFAULT_POLICY, trouble.last
        )
        for one in able[:_PEOPLE]:
            plan = replace(
                unit.plan,
                sessions=one.plan.sessions,
                instructors=tuple(person.id for person in one.plan.instructors),
            )
            person = next(p for p in one.plan.instructors if p.id == one.code)
            told = (unit.plan.institution, person.institution)
            change = self._change(Remedy.STAND_IN, unit, plan, told)
            yield replace(change, coming=person.id, name=person.name), one.plan

    def _moved(
        self, unit: _Unit, bundle: Bundle, slots: Mapping[str, Slot]
    ) -> Iterator[tuple[Change, Bundle]]:
        """The sessions that fall out, each on the nearest day on which everybody can."""
        whole = self._whole(unit)
        if whole is None:
            return
        sessions = list(bundle.sessions)
        for lost in self._affected(unit.plan):
            sessions.remove(lost)
            instead = self._instead(bundle, lost, sessions, whole)
            if instead is None:
                return
            sessions.append(instead)
        ordered = tuple(sorted(sessions, key=lambda s: (s.day, s.start or 0, s.practice)))
        changed = replace(bundle, sessions=ordered)
        if self._is_feasible(unit, changed):
            plan = replace(unit.plan, sessions=ordered)
            yield self._change(Remedy.MOVE, unit, plan, self._everybody(unit, plan)), changed

    def _instead(
        self, bundle: Bundle, lost: Meeting, kept: Sequence[Meeting], whole: Need
    ) -> Meeting | None:
        """Another time for a session: a free window, or a slot of the same place."""
        theory = [s.day for s in kept if not s.practice]
        options: list[Meeting]
        if lost.slot is not None:
            old = self._market.slots_by_id.get(lost.slot)
            equipment = bundle.course.equipment or (old.equipment if old else "")
            venue = bundle.venue.id if bundle.venue else ""
            found = self._market.slots_by_equipment.get(equipment, {}).get(venue, ())
            stations = -(-(lost.heads or whole.heads) // bundle.course.heads_per_station)
            length = (lost.end or 0) - (lost.start or 0)
            options = [
                replace(lost, day=s.day, start=s.start, end=s.end, slot=s.id)
                for s in found
                if s.stations_free >= stations
                and s.end - s.start >= length
                and (not theory or s.day >= max(theory))
                and (
                    whole.pattern is None
                    or whole.pattern.covers(s.day, s.start, s.end, self._calendar)
                )
            ]
        else:
            first, last = self._today + timedelta(days=1), whole.latest or self._trouble.last
            windows = schedule.meeting_windows(whole, first, last, self._calendar, DEFAULT_POLICY)
            length = (lost.end or 0) - (lost.start or 0)
            practice = [s.day for s in kept if s.practice]
            options = [
                replace(lost, day=day, start=start, end=end)
                for day, start, end in windows
                if end - start >= length and (lost.practice or not practice or day <= min(practice))
            ]
        options = [o for o in options if o.day > self._today and not any(_meet(o, s) for s in kept)]
        options.sort(key=lambda o: (abs((o.day - lost.day).days), o.day, o.start))
        for option in options:
            alone = replace(bundle, sessions=(option,))
            alone = replace(alone, instructors=tuple(self._people(alone)))
            if not _blocked(staff_violations(alone, self._calendar, DEFAULT_POLICY)):
                return option
        return None

    def _people(self, plan: Bundle) -> Iterator[Instructor]:
        """The people of a plan as they are with the trouble."""
        for person in plan.instructors:
            yield self._market.instructors_by_id.get(person.id, person)

    def _replanned(self, unit: _Unit, holders: set[str]) -> Iterator[tuple[Change, Bundle]]:
        whole = self._whole(unit)
        if whole is None:
            return
        own = market.given_back(self._market, self._session, holders)
        course = own.courses_by_id.get(unit.plan.course)
        if course is None:
            return
        only = replace(own, courses=(replace(course, runs=()),))
        found = rank(whole, only, self._calendar, self._today, top=1).bundles
        if found and found[0].sessions:
            made = plans.of_bundle(found[0], unit.plan.need, unit.plan.heads)
            plan = replace(
                made,
                class_heads=unit.plan.class_heads,
                price_fen=unit.plan.price_fen,
                assessment=unit.plan.assessment,
                assessment_day=unit.plan.assessment_day,
            )
            told = self._everybody(unit, plan)
            yield self._change(Remedy.REPLAN, unit, plan, told), found[0]

    def _whole(self, unit: _Unit) -> Need | None:
        """What suits everybody in a class."""
        needs = [
            replace(dealing.engine_need(self._session, row.need), heads=row.heads)
            for row in unit.rows
        ]
        need = needs[0] if len(needs) == 1 else merged(needs, self._today)
        if need is None:
            return None
        return replace(need, heads=unit.plan.class_heads or sum(n.heads for n in needs))

    def _is_feasible(self, unit: _Unit, changed: Bundle) -> bool:
        """Every rule for every firm, with the people as they are with the trouble."""
        plan = replace(changed, instructors=tuple(self._people(changed)))
        for row in unit.rows:
            need = dealing.engine_need(self._session, row.need)
            asked = replace(need, heads=unit.plan.class_heads or row.heads)
            found = plan_violations(
                asked, plan, self._market.slots_by_id, self._calendar, self._today, DEFAULT_POLICY
            )
            own = {s.slot for s in unit.plan.sessions}
            if _blocked([v for v in found if not (v.rule == "equipment" and v.subject in own)]):
                return False
        return True

    def _everybody(self, unit: _Unit, plan: Plan) -> tuple[str, ...]:
        found = {row.enterprise for row in unit.rows} | {plan.institution}
        for one in (unit.plan, plan):
            for row in unit.rows:
                found |= set(plans.parties(self._session, one, row.enterprise))
        return tuple(sorted(found))

    def _change(self, remedy: Remedy, unit: _Unit, plan: Plan, told: Sequence[str]) -> Change:
        before = set(unit.plan.sessions)
        changed = sum(session not in before for session in plan.sessions)
        return Change(remedy, plan, "", "", tuple(sorted(set(told))), changed)

    def choose(
        self, found: Sequence[tuple[_Unit, list[tuple[Change, Bundle]]]]
    ) -> tuple[dict[str, Change], str]:
        """The remedies that can be had together and keep most, telling and changing least."""
        known: dict[str, tuple[str, Change]] = {}
        hours, takes, values = {}, {}, {}
        for unit, options in found:
            before = set(plans.claims(unit.plan))
            own = Counter({c.resource: c.quantity for c in before if c.kind == "slot"})
            for number, (change, bundle) in enumerate(options):
                assert change.plan is not None
                id = f"{unit.code}/{number:02}"
                known[id] = (unit.code, change)
                new = [c for c in plans.claims(change.plan) if c not in before]
                takes[id] = [
                    (c.resource, c.quantity - own[c.resource])
                    for c in new
                    if c.kind == "slot" and c.quantity > own[c.resource]
                ]
                hours[id] = _hours(bundle, {(c.resource, c.day, c.start) for c in new})
                heads = sum(row.heads for row in unit.rows)
                values[id] = max(
                    1.0,
                    _PER_HEAD * heads
                    - _PER_PARTY * len(change.told)
                    - _PER_SESSION * change.sessions
                    - number / 100,
                )
        units = exclusions(hours)
        capacity = {f"slot:{slot.id}": slot.stations_free for slot in self._market.slots}
        capacity |= {name: 1 for names in units.values() for name in names}
        choices = [
            Choice(
                id,
                code,
                values[id],
                (
                    *((f"slot:{slot}", quantity) for slot, quantity in takes[id]),
                    *((name, 1) for name in units[id]),
                ),
            )
            for id, (code, _) in known.items()
        ]
        packed = pack(choices, capacity)
        return {c.claimant: known[c.id][1] for c in packed.chosen}, packed.method

    def told(
        self,
        unit: _Unit,
        chosen: Change | None,
        options: Sequence[tuple[Change, Bundle]],
    ) -> Touched:
        """A class as people read it; where nothing can be done, what is held for each firm instead."""
        session = self._session
        is_kept = chosen is not None
        firms = tuple(self._firm(row, is_kept) for row in unit.rows)
        if chosen is None:
            is_stuck = unit.kind == "class" and unit.has_begun
            remedy = Remedy.BY_HAND if is_stuck else Remedy.CALL_OFF
            chosen = Change(remedy, None, "", "", self._everybody(unit, unit.plan), 0)
        title = session.scalar(select(CourseRow.title).where(CourseRow.code == unit.plan.course))
        return Touched(
            unit.code,
            unit.kind,
            unit.version,
            unit.plan.course,
            title or "",
            unit.plan.institution,
            unit.plan,
            self._affected(unit.plan),
            firms,
            chosen,
            tuple(change for change, _ in options if change is not chosen),
        )

    def _firm(self, row: ProposalRow, is_kept: bool) -> Firm:
        name = self._session.scalar(
            select(OrganisationRow.name).where(OrganisationRow.code == row.enterprise)
        )
        is_own = row.owner == self._by.organisation  # what others are offered is for their centre
        instead = self._held(row) if is_own and not is_kept else None
        return Firm(row.code, row.enterprise, name or "", row.heads, instead)

    def _held(self, row: ProposalRow) -> Held | None:
        """The firm's best plan with the trouble, its own capacity counted as free."""
        need = replace(dealing.engine_need(self._session, row.need), heads=row.heads)
        own = market.given_back(self._market, self._session, (row.code,))
        other = tuple(course for course in own.courses if course.id != row.course)
        found = market.within(replace(own, courses=other), self._session, need)
        bundles = rank(
            need, found.market, self._calendar, self._today, top=1, details=found.details
        ).bundles
        if not bundles or not bundles[0].sessions:
            return None
        version = self._session.get_one(NeedRow, row.need).version
        plan = plans.of_bundle(bundles[0], row.need, row.heads)
        return Held(row.need, version, plan, bundles[0].course.title)


def _without(whole: Market, trouble: Trouble) -> Market:
    """The market without what cannot be had."""
    days = (trouble.first, trouble.last)
    whole = replace(
        whole, courses=tuple(_without_runs(course, trouble) for course in whole.courses)
    )
    if trouble.kind == "instructor":
        people = (
            replace(person, blackouts=tuple(sorted((*person.blackouts, days))))
            if person.id == trouble.code
            else person
            for person in whole.instructors
        )
        return replace(whole, instructors=tuple(people))
    slots = (
        slot
        for slot in whole.slots
        if slot.venue != trouble.code or not days[0] <= slot.day <= days[1]
    )
    return replace(whole, slots=tuple(slots))


def _without_runs(course: Course, trouble: Trouble) -> Course:
    """The course without runs that meet while what they need cannot be had."""
    runs = tuple(
        run
        for run in course.runs
        if trouble.code not in (run.instructor, run.venue)
        or run.first_day > trouble.last
        or (run.last_day is not None and run.last_day < trouble.first)
    )
    return replace(course, runs=runs) if len(runs) < len(course.runs) else course


def _hours(bundle: Bundle, new: set[tuple[str, date, int]]) -> list[tuple[str, Busy]]:
    """Hours of people that a remedy takes anew."""
    found = []
    for person in bundle.instructors:
        own = [s for s in bundle.sessions if s.instructor == person.id]
        for busy in workload.hours(own, bundle.institution, bundle.venue, None):
            if bundle.run is not None or (person.id, busy.day, busy.start) in new:
                found.append((person.id, busy))
    return found


def _blocked(found: Sequence[Violation]) -> bool:
    return any(v.severity is Severity.BLOCK for v in found)


def _meet(a: Meeting, b: Meeting) -> bool:
    return a.day == b.day and (a.start or 0) < (b.end or 0) and (b.start or 0) < (a.end or 0)
