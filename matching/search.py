"""One need's search: how each course could be delivered, and the most that it could score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import fsum
from operator import mul
from typing import Any, TypeVar

from matching import constraints, criteria, schedule
from matching.policy import Policy
from matching.practice import Plan, Practice, Workshop
from matching.staffing import Staffing
from matching.timetable import Timetable
from matching.topic import topic_score
from matching.types import (
    AssessmentDate,
    Bundle,
    Course,
    Criterion,
    Explanation,
    Institution,
    Instructor,
    Market,
    Mode,
    Need,
    Outline,
    Reason,
    Rejection,
    Rule,
    Run,
    Session,
    Severity,
    Venue,
    Violation,
    distance_km,
)
from matching.weekly import Calendar

T = TypeVar("T")
_ROUNDING = 1e-9  # more than sums of scores can be off by


@dataclass(frozen=True, slots=True)
class Candidate:
    """A course that no rule keeps out by itself, with the most that it can score."""

    course: Course
    institution: Institution
    fixed: tuple[Reason, ...]
    ceilings: dict[Criterion, float]
    warnings: tuple[Violation, ...]
    bound: float


@dataclass(slots=True)
class _Place:
    """Where the practice of a course can be, and what is known of it before anyone is chosen."""

    workshop: Workshop | None
    km: float | None
    travel: float  # the score of the way there
    warnings: tuple[Violation, ...] = ()
    is_class: bool = False  # practice like theory: in a classroom, at the firm or online
    is_enough: bool = False  # an instructor who is always free could teach there

    @property
    def venue(self) -> Venue | None:
        """The workshop's, None where practice is as in class."""
        return self.workshop.venue if self.workshop else None


class _Best:
    """The best bundle of a course so far; what can beat neither it nor the top's last is not built."""

    def __init__(self, course: str, to_beat: Bundle | None) -> None:
        self.bundle: Bundle | None = None
        self._course = course
        self._least: tuple[float, str, str, str, str] | None = (
            to_beat.order_key if to_beat else None
        )

    def add(self, bundle: Bundle) -> None:
        """Keep it where it is the best so far."""
        if self.bundle is None or bundle.order_key < self.bundle.order_key:
            self.bundle = bundle
            self._least = min(self._least or bundle.order_key, bundle.order_key)

    def could_be_beaten(self, bound: float, *ids: str) -> bool:
        """Whether a bundle of at most this score, with these run, people and venue, could be better."""
        least = self._least
        return self.bundle is None or least is None or (-bound, self._course, *ids) < least


class Search:
    """One need's search: what every course shares is worked out once."""

    def __init__(
        self, need: Need, market: Market, calendar: Calendar, today: date, policy: Policy
    ) -> None:
        self.need = need
        self.market = market
        self.calendar = calendar
        self.today = today
        self.policy = policy
        self.first, self.last = constraints.window(need, today, policy)
        self.windows = Timetable(
            list(schedule.meeting_windows(need, self.first, self.last, calendar, policy)), calendar
        )
        homes = frozenset(course.institution for course in market.courses)
        homes |= {outline.institution for outline in market.outlines}
        self.practice = Practice(need, homes, (self.first, self.last), calendar, policy)
        self.staffing = Staffing(market, self.first, calendar, policy)
        self._weights = tuple(policy.weights.values())
        self._weights_total = fsum(self._weights)
        self._full = dict.fromkeys(policy.weights, 1.0)
        self._known: dict[tuple[object, ...], Any] = {}
        self._theory: dict[tuple[int, int], tuple[tuple[date, int, int], ...] | None] = {}

    def offer(self, market: Market) -> None:
        """Take the people, places and dates from another market."""
        if market is not self.market:
            self.market = market
            self.staffing = Staffing(market, self.first, self.calendar, self.policy)

    def shortlist(
        self, courses: Iterable[Course] | None = None
    ) -> tuple[list[Candidate], list[Rejection]]:
        """Courses, the market's or these, still open, by falling bound, and those that a rule keeps out."""
        open_courses, rejections = [], []
        for course in self.market.courses if courses is None else courses:
            found = self.candidate(course)
            if isinstance(found, Rejection):
                rejections.append(found)
            elif found is not None:
                open_courses.append(found)
        open_courses.sort(key=lambda c: (-c.bound, c.course.id))
        return open_courses, rejections

    def most(self, outline: Outline) -> float:
        """The most that a course can score as far as its outline tells: never less than its bound."""
        institution = self.market.institutions[outline.institution]
        price = self._price(self._price_per_head(outline, (), None))
        weights = self.policy.weights
        lost = weights[Criterion.TOPIC] * (1 - topic_score(self.need, outline)[0])
        lost += weights[Criterion.PRICE] * (1 - max(price, self.policy.unknown_score))
        for reason in self._fixed(outline, institution):
            lost += reason.weight * (1 - reason.score)
        return 1 - lost / self._weights_total + _ROUNDING

    def candidate(self, course: Course) -> Candidate | Rejection | None:
        """A course with the most that it can score, or the rules that keep it out; None off the trade."""
        topic = topic_score(self.need, course)
        if topic[0] < self.policy.topic_floor:
            return None
        institution = self.market.institutions[course.institution]
        found = constraints.course_violations(
            self.need, course, institution, self.today, self.policy
        )
        if constraints.blocks(found):
            return Rejection(course, tuple(found))
        return self._candidate(course, institution, topic, found)

    def _candidate(
        self,
        course: Course,
        institution: Institution,
        topic: tuple[float, tuple[str, ...]],
        warnings: Sequence[Violation],
    ) -> Candidate:
        about = criteria.topic(self.policy, self.need, course, *topic)
        fixed = (about, *self._fixed(course, institution))
        ceilings = self._full.copy()
        for reason in fixed:
            ceilings[reason.criterion] = reason.score
        ceilings.update(self._ceilings(course, institution))
        bound = self._bound(ceilings)
        return Candidate(course, institution, fixed, ceilings, tuple(warnings), bound)

    def _fixed(self, course: Course | Outline, institution: Institution) -> tuple[Reason, ...]:
        """What no plan of a course changes, whatever it is about."""
        policy, need, once = self.policy, self.need, self._once
        return (
            once(("level", course.level), criteria.level, policy, need, course),
            once(("evaluation", institution.id), criteria.evaluation, policy, institution),
            once(("filed", course.filed_on), criteria.freshness, policy, course, self.today),
        )

    def _once(self, key: tuple[object, ...], work: Callable[..., T], *given: Any) -> T:
        """What is worked out from given values, once for all courses that share the key."""
        if key not in self._known:
            self._known[key] = work(*given)
        found: T = self._known[key]
        return found

    def _bound(
        self, ceilings: dict[Criterion, float], known: dict[Criterion, float] | None = None
    ) -> float:
        """The score of a bundle whose every criterion is at its ceiling, or at what is known of it."""
        said = {**ceilings, **known} if known else ceilings
        return fsum(map(mul, said.values(), self._weights)) / self._weights_total

    def _ceilings(
        self, course: Course, institution: Institution
    ) -> Iterator[tuple[Criterion, float]]:
        """The most that criteria can give which depend on the plan, where that is known beforehand."""
        need, policy = self.need, self.policy
        yield Criterion.PRICE, self._price_ceiling(course)
        if not course.runs:
            yield Criterion.CAPACITY, self._capacity(course)
        if need.pattern is None:
            yield Criterion.SCHEDULE, policy.unknown_score
        if course.theory_hours and not course.runs and self.windows.windows:
            yield Criterion.START, self._start(self.windows.windows[0][0])
        elif course.runs and not course.on_demand:
            soonest = max(self.first, min(run.first_day for run in course.runs))
            yield Criterion.START, max(policy.unknown_score, self._start(soonest))
        if course.mode not in (Mode.FIRM, Mode.ONLINE):
            if need.place is None:
                yield Criterion.TRAVEL, policy.unknown_score
            elif not self._needs_venue(course) and not any(run.venue for run in course.runs):
                key = ("way", institution.id)
                yield Criterion.TRAVEL, self._travel(course, self._once(key, self._km, institution))

    def _capacity(self, course: Course) -> float:
        """Whether a class of its own is a sensible size."""
        key = ("capacity", course.min_heads, course.max_heads)
        return self._once(key, criteria.capacity, self.policy, self.need, course, None).score

    def _start(self, day: date) -> float:
        return criteria.start_score(self.first, day)

    def _needs_venue(self, course: Course) -> bool:
        return bool(course.on_demand and course.practice_hours and course.equipment)

    def _price_ceiling(self, course: Course) -> float:
        """With a venue of others the price rises or, where one of its slots has none, is unknown."""
        fen = self._price_per_head(course, (), None)
        alone = self._price(fen)
        is_sure = not course.equipment and not any(run.venue for run in course.runs)
        return alone if is_sure else max(alone, self.policy.unknown_score)

    def _price(self, fen: int | None) -> float:
        """The score of a price per head."""
        return self._once(("price", fen), criteria.price, self.policy, self.need, fen).score

    def _travel(self, course: Course, km: float | None) -> float:
        return criteria.travel_score(self.policy, self.need, km, course.mode)

    def _km(self, place: Venue | Institution) -> float | None:
        if self.need.place is None or place.place is None:
            return None
        return distance_km(self.need.place, place.place)

    def best_bundle(
        self, candidate: Candidate, to_beat: Bundle | None = None
    ) -> tuple[Bundle | None, list[Violation]]:
        """The best way to deliver a course, or else every rule that stood in the way.

        Where no way beats a given bundle it is any way.
        """
        best = _Best(candidate.course.id, to_beat)
        in_the_way: list[Violation] = []
        for option in self.options(candidate, best.could_be_beaten):
            if isinstance(option, Bundle):
                best.add(option)
            else:
                in_the_way.append(option)
        if best.bundle is not None:
            return best.bundle, []
        first = {(v.rule, v.subject): v for v in reversed(in_the_way)}
        return None, sorted(first.values(), key=lambda v: (v.rule, v.subject, v.evidence))

    def options(
        self, candidate: Candidate, is_wanted: Callable[..., bool] = lambda *_: True
    ) -> Iterator[Bundle | Violation]:
        """Feasible bundles of a course, mixed with the rules that made others infeasible.

        Left out are those that `is_wanted` refuses, given the most they can score and the ids of
        run, people and venue.
        """
        for run in candidate.course.runs:
            yield from self._run_options(candidate, run, is_wanted)
        if candidate.course.on_demand:
            yield from self._on_demand_options(candidate, is_wanted)
        elif not candidate.course.runs:
            yield constraints.violation(Rule.DATES, candidate.course.id, self.policy)

    def _run_options(
        self, candidate: Candidate, run: Run, is_wanted: Callable[..., bool]
    ) -> Iterator[Bundle | Violation]:
        course = candidate.course
        sessions = schedule.run_sessions(run, course, self.calendar)
        found = constraints.run_violations(
            self.need, run, sessions, self.calendar, self.today, self.policy
        )
        found += constraints.lasting_violations(
            course, candidate.institution, sessions, self.policy
        )
        venue = self.market.venues.get(run.venue or "")
        if run.venue and venue is None:
            found.append(constraints.violation(Rule.EQUIPMENT, run.venue, self.policy))
        found += self._too_far(course, candidate.institution, venue)
        appointed = self.market.instructors_by_id.get(run.instructor or "")
        if run.instructor and appointed is None:
            found.append(constraints.violation(Rule.QUALIFICATION, run.instructor, self.policy))
        if constraints.blocks(found):
            yield from found
            return
        people = [appointed] if appointed else [both for both, _ in self.staffing.singles(course)]
        last_day = sessions[-1].day if sessions else None
        for person in people:
            fit = criteria.instructor(self.policy, course, (person,), last_day).score
            if not is_wanted(
                self._bound(candidate.ceilings, {Criterion.INSTRUCTOR: fit}), run.id, person.id
            ):
                continue
            barred = self.staffing.barred_from_run(person, course, sessions, venue, run)
            if barred:
                yield from barred
                continue
            taught = tuple(replace(session, instructor=person.id) for session in sessions)
            yield self._bundle(candidate, taught, (person,), venue, run, found)
        if not people:
            yield from self._without_instructor(candidate, sessions, venue, run, found)

    def _too_far(
        self, course: Course, institution: Institution, venue: Venue | None
    ) -> list[Violation]:
        """The travel limit, unless people stay where they are."""
        if course.mode in (Mode.FIRM, Mode.ONLINE):
            return []
        return constraints.travel_violations(self.need, venue or institution, self.policy)

    def _without_instructor(
        self,
        candidate: Candidate,
        sessions: tuple[Session, ...],
        venue: Venue | None,
        run: Run | None,
        found: Sequence[Violation] = (),
    ) -> Iterator[Bundle | Violation]:
        """An institution that filed no people may still be offered, with that said; others may not."""
        course = candidate.course
        if course.occupations and course.institution in self.market.staffed:
            yield constraints.violation(Rule.QUALIFICATION, course.id, self.policy)
            return
        unknown = constraints.violation(Rule.INSTRUCTOR_UNKNOWN, course.id, self.policy)
        if constraints.blocks([unknown]):
            yield unknown
        else:
            yield self._bundle(candidate, sessions, (), venue, run, [*found, unknown])

    def _on_demand_options(
        self, candidate: Candidate, is_wanted: Callable[..., bool]
    ) -> Iterator[Bundle | Violation]:
        """Courses that begin when asked for: first whether time and room are enough at all, then people."""
        course = candidate.course
        if self._theory_plan(course, None) is None:
            yield constraints.violation(Rule.DATES, course.id, self.policy)
            return
        places, rules = self._places(candidate)
        yield from rules
        candidate = replace(candidate, ceilings=self._ceilings_at(candidate, places))
        if not self.staffing.candidates(course):
            yield from self._staffed_options(candidate, (), places, is_wanted)
            return
        yield from self._manned_options(candidate, places, is_wanted)

    def _ceilings_at(
        self, candidate: Candidate, places: Sequence[_Place]
    ) -> dict[Criterion, float]:
        """What can be reached at best once the places are known, and the soonest start of anyone."""
        course = candidate.course
        ceilings = dict(candidate.ceilings)
        ceilings[Criterion.TRAVEL] = max((place.travel for place in places), default=0.0)
        theory = self._theory_plan(course, None)
        if theory:
            ceilings[Criterion.START] = self._start(theory[0][0])
        ceilings[Criterion.CAPACITY] = self._capacity(course)
        return ceilings

    def _manned_options(
        self, candidate: Candidate, places: list[_Place], is_wanted: Callable[..., bool]
    ) -> Iterator[Bundle | Violation]:
        """Each person who can do it all; where nobody can, each two who can together."""
        is_found = is_refused = False

        def asked(*bound_and_ids: Any) -> bool:
            nonlocal is_refused
            is_still_wanted = is_wanted(*bound_and_ids)
            is_refused = is_refused or not is_still_wanted
            return is_still_wanted

        singles = self.staffing.singles(candidate.course)
        for people in self._in_order(candidate, singles, asked):
            if not places:
                return
            for option in self._staffed_options(candidate, people, places, asked):
                is_found = is_found or isinstance(option, Bundle)
                yield option
        if is_found or (is_refused and self._is_any_feasible(candidate, singles, places)):
            return
        pairs = self.staffing.pairs(candidate.course)
        for people in self._in_order(candidate, pairs, is_wanted):
            yield from self._staffed_options(candidate, people, places, is_wanted)

    def _is_any_feasible(
        self,
        candidate: Candidate,
        singles: Sequence[tuple[Instructor, Instructor]],
        places: list[_Place],
    ) -> bool:
        """Whether one person can do it all, though not better than what was found elsewhere."""
        return any(
            isinstance(option, Bundle)
            for people in singles
            for option in self._staffed_options(candidate, people, places, lambda *_: True)
        )

    def _in_order(
        self,
        candidate: Candidate,
        staff: Sequence[tuple[Instructor, Instructor]],
        is_wanted: Callable[..., bool],
    ) -> Iterator[tuple[Instructor, Instructor]]:
        """People as long as they may be better than what was found, the institution's own first."""
        own = candidate.course.institution
        for share, wanted in ((1.0, 2), (0.9, 1), (0.8, 0)):
            bound = self._bound(candidate.ceilings, {Criterion.INSTRUCTOR: share})
            for people in staff:
                if sum(person.institution == own for person in people) != wanted:
                    continue
                if not is_wanted(bound, "", _names(people)):
                    break
                yield people

    def _staffed_options(
        self,
        candidate: Candidate,
        people: Sequence[Instructor],
        places: list[_Place],
        is_wanted: Callable[..., bool],
    ) -> Iterator[Bundle | Violation]:
        course = candidate.course
        theorist, practitioner = people if people else (None, None)
        team = tuple(dict.fromkeys(people))
        theory = self._theory_plan(course, theorist)
        if theory is None:
            yield constraints.violation(Rule.INSTRUCTOR_BUSY, people[0].id, self.policy)
            return
        names = _names(people)
        known = {Criterion.INSTRUCTOR: self.staffing.most(course, team)} if team else {}
        if theory:
            known[Criterion.START] = self._start(theory[0][0])
        for place in tuple(places):
            bound = self._bound(candidate.ceilings, {**known, Criterion.TRAVEL: place.travel})
            if not is_wanted(bound, "", names, place.venue.id if place.venue else ""):
                continue
            too_small = self._too_small(course, place)
            if too_small is not None:
                places.remove(place)
                yield too_small
                continue
            plans = self._practice_sessions(course, place, theory, practitioner)
            if not plans and practitioner is not None:
                yield constraints.violation(Rule.INSTRUCTOR_BUSY, practitioner.id, self.policy)
            for practice in plans:
                fen = self._price_per_head(course, practice, place.venue)
                dated = {**known, Criterion.TRAVEL: place.travel, Criterion.PRICE: self._price(fen)}
                if practice and not theory:
                    dated[Criterion.START] = self._start(practice[0].day)
                bound = self._bound(candidate.ceilings, dated)
                if is_wanted(bound, "", names, place.venue.id if place.venue else ""):
                    sessions = (*_by(theorist, _met(theory)), *_by(practitioner, practice))
                    yield from self._dated(candidate, sessions, team, place)

    def _dated(
        self,
        candidate: Candidate,
        sessions: tuple[Session, ...],
        team: tuple[Instructor, ...],
        place: _Place,
    ) -> Iterator[Bundle | Violation]:
        """A bundle of these sessions, or the rules that keep institution or people from them."""
        course = candidate.course
        found = constraints.lasting_violations(course, candidate.institution, sessions, self.policy)
        told = tuple(one for one in found if one.severity is Severity.WARN)
        barred = [one for one in found if one not in told]
        warnings = (*place.warnings, *told)
        for person in team:
            own = [s for s in sessions if s.instructor == person.id]
            barred += self.staffing.barred(person, course, own, place.venue)
        if barred:
            yield from barred
        elif team:
            yield self._bundle(candidate, sessions, team, place.venue, None, warnings)
        else:
            yield from self._without_instructor(candidate, sessions, place.venue, None, warnings)

    def _theory_plan(
        self, course: Course, person: Instructor | None
    ) -> tuple[tuple[date, int, int], ...] | None:
        return self._class_plan(course.theory_hours or 0, self.windows.free(person))

    def _class_plan(self, hours: int, free: int) -> tuple[tuple[date, int, int], ...] | None:
        key = (hours, free)
        if key not in self._theory:
            self._theory[key] = schedule.classroom_plan(hours, self.windows.windows, free)
        return self._theory[key]

    def _places(self, candidate: Candidate) -> tuple[list[_Place], Sequence[Violation]]:
        """Where the practice might be, nearest first, and why it cannot be elsewhere."""
        course, institution = candidate.course, candidate.institution
        is_elsewhere = course.mode in (Mode.FIRM, Mode.ONLINE)
        if course.practice_hours and course.equipment and not is_elsewhere:
            kind, home = course.equipment, course.institution
            large, small = self.practice.sized(
                self.market, kind, course.practice_hours, course.heads_per_station
            )
            own = (w for w in large if w.venue.shared or w.venue.institution == home)
            return [_Place(w, w.km, self._travel(course, w.km)) for w in own], [
                *self.practice.workshops(self.market, kind)[1],
                *(rule for venue, rule in small if venue.shared or venue.institution == home),
            ]
        far = self._too_far(course, institution, None)
        if far:
            return [], far
        unknown = constraints.violation(Rule.STATIONS_UNKNOWN, course.id, self.policy)
        is_known = is_elsewhere if course.practice_hours else course.practice_hours is not None
        warnings = () if is_known else (unknown,)
        km = self._km(institution)
        travel = self._travel(course, km)
        return [_Place(None, km, travel, warnings, bool(course.practice_hours))], ()

    def _too_small(self, course: Course, place: _Place) -> Violation | None:
        """What is missing where not even an instructor who is always free could teach."""
        if not place.is_enough:
            theory = self._theory_plan(course, None)
            place.is_enough = bool(self._practice_sessions(course, place, theory or (), None))
        if place.is_enough:
            return None
        if place.venue is None:
            return constraints.violation(Rule.DATES, course.id, self.policy)
        return self.practice.too_small(place.venue, course.equipment or "")

    def _practice_sessions(
        self,
        course: Course,
        place: _Place,
        theory: Sequence[tuple[date, int, int]],
        person: Instructor | None,
    ) -> list[tuple[Session, ...]]:
        """Sessions of nobody that cover the practice hours at a place after the theory, earliest first."""
        after = (theory[-1][0], theory[-1][2]) if theory else None
        if place.workshop is not None:
            plans = self.practice.plans(course, place.workshop, person, after)
            return [self._once(("plan", plan), _in_slots, plan) for plan in plans]
        if not place.is_class:
            return [()]
        free = self.windows.free(person) & self.windows.since(after)
        plan = self._class_plan(course.practice_hours or 0, free)
        return [] if plan is None else [_met(plan, practice=True)]

    def _bundle(
        self,
        candidate: Candidate,
        sessions: tuple[Session, ...],
        people: tuple[Instructor, ...],
        venue: Venue | None,
        run: Run | None,
        warnings: Sequence[Violation],
    ) -> Bundle:
        need, course, policy = self.need, candidate.course, self.policy
        last_day = sessions[-1].day if sessions else None
        assessment = self._assessment(course, last_day) if need.certificate else None
        told = [*candidate.warnings, *warnings]
        for person in people:
            told += constraints.guest_violations(person, course, policy)
        if need.certificate and assessment is None:
            told.append(constraints.violation(Rule.ASSESSMENT, course.id, policy))
        plan = Bundle(
            course,
            candidate.institution,
            sessions,
            Explanation(()),
            people,
            venue,
            run,
            assessment,
            self._price_per_head(course, sessions, venue),
            self._km(venue or candidate.institution),
            tuple(told),
        )
        return replace(plan, explanation=self.explain(candidate, plan))

    def explain(self, candidate: Candidate, plan: Bundle) -> Explanation:
        """How well a plan of a course suits the need, whoever it was made for."""
        need, policy, course = self.need, self.policy, candidate.course
        last_day = plan.sessions[-1].day if plan.sessions else None
        km = self._km(plan.venue or plan.institution)
        return Explanation((
            *candidate.fixed[:2],
            criteria.schedule(policy, need, plan.sessions),
            criteria.start(policy, self.first, plan.sessions),
            criteria.travel(policy, need, km, course.mode),
            criteria.price(policy, need, plan.price_fen),
            criteria.capacity(policy, need, course, plan.run),
            criteria.instructor(policy, course, plan.instructors, last_day),
            candidate.fixed[2],
            criteria.freshness(policy, course, self.today, self._filed(plan)),
        ))  # fmt: skip

    def _filed(self, plan: Bundle) -> Iterator[tuple[str, str, date | None]]:
        """The parts of a plan with the days they were filed on; of its slots the one filed first."""
        if plan.run is not None:
            yield "run", plan.run.id, plan.run.filed_on
        for person in plan.instructors:
            yield "instructor", person.name, person.filed_on
        if plan.venue is not None:
            yield "venue", plan.venue.name, plan.venue.filed_on
        slots = self.market.slots_by_id
        used = {session.slot for session in plan.sessions if session.slot in slots}
        filed = [(day, code) for code in used if (day := slots[code].filed_on) is not None]
        if filed:
            day, code = min(filed)
            yield "slot", code, day

    def _price_per_head(
        self, course: Course | Outline, sessions: Sequence[Session], venue: Venue | None
    ) -> int | None:
        """Course price per head in fen, with the stations of a foreign venue; None when a part is unknown."""
        if course.price_fen is None:
            return None
        heads = self.need.heads
        total = course.price_fen if course.price_per_class else course.price_fen * heads
        is_foreign = venue is not None and venue.institution != course.institution
        if is_foreign and isinstance(course, Course):
            for session in sessions:
                slot = self.market.slots_by_id.get(session.slot or "")
                if slot is None:
                    continue
                if slot.price_fen is None:
                    return None
                total += slot.price_fen * -(-(session.heads or heads) // course.heads_per_station)
        return -(-total // heads)

    def _assessment(self, course: Course, last_day: date | None) -> AssessmentDate | None:
        codes = {share.code for share in course.occupations}
        certified = sum(part.heads for part in self.need.parts if part.certificate)
        fitting = [
            sitting
            for sitting in self.market.assessments
            if sitting.occupation in codes
            and (sitting.level is None or course.level is None or sitting.level == course.level)
            and sitting.seats_left >= certified
            and sitting.day > (last_day or self.first)
        ]
        return min(fitting, key=lambda sitting: (sitting.day, sitting.id), default=None)


def _names(people: Sequence[Instructor]) -> str:
    """The ids of people as they stand in the order of bundles."""
    return ",".join(dict.fromkeys(person.id for person in people))


def _met(
    windows: Iterable[tuple[date, int, int]], *, practice: bool = False
) -> tuple[Session, ...]:
    return tuple(Session(day, start, end, practice) for day, start, end in windows)


def _in_slots(plan: Plan) -> tuple[Session, ...]:
    return tuple(
        Session(slot.day, slot.start, slot.end, True, None, slot.id, heads) for slot, heads in plan
    )


def _by(person: Instructor | None, sessions: Iterable[Session]) -> Iterable[Session]:
    """Sessions as somebody holds them."""
    if person is None:
        return sessions
    name = person.id
    return (Session(s.day, s.start, s.end, s.practice, name, s.slot, s.heads) for s in sessions)
