"""Course x instructor x slots: the best feasible bundle of each course, best courses first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from matching import constraints, criteria, schedule
from matching.grading import grade
from matching.policy import DEFAULT_POLICY, Policy
from matching.topic import topic_score
from matching.types import (
    AssessmentDate,
    Bundle,
    Course,
    Employment,
    Explanation,
    Institution,
    Instructor,
    Market,
    Mode,
    Need,
    Ranking,
    Reason,
    Rejection,
    Rule,
    Run,
    Session,
    Slot,
    Venue,
    Violation,
    distance_km,
)
from matching.weekly import Calendar


def rank(
    need: Need,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    top: int = 5,
    offered: int | None = None,
) -> Ranking:
    """The best bundle of each of the `top` best courses, and what was ruled out by which rule.

    Courses are taken in order of an upper bound of their score, so the result is the true top;
    those whose bound cannot reach it are counted, with all that retrieval left out of `offered`,
    as not scored.
    """
    if top < 1:
        raise ValueError("a ranking has at least one place")
    wanted = max(
        top, 2
    )  # whether the first is close to the second is not a matter of how many are shown
    search = _Search(need, market, calendar, today, policy)
    open_courses, rejections = search.shortlist()
    considered = len(open_courses) + len(rejections)
    best: list[Bundle] = []
    unscored = 0
    for at, candidate in enumerate(open_courses):
        if len(best) >= wanted and candidate.bound < best[-1].score - 1e-12:
            unscored = len(open_courses) - at
            break
        bundle, found = search.best_bundle(candidate)
        if bundle is None:
            rejections.append(Rejection(candidate.course, tuple(found)))
        else:
            best = sorted([*best, bundle], key=lambda b: b.order_key)[:wanted]
    word, is_close = grade(best)
    return Ranking(
        need.id,
        tuple(best[:top]),
        tuple(sorted(rejections, key=lambda r: r.course.id)),
        word,
        is_close,
        considered,
        unscored + (len(market.courses) if offered is None else offered) - considered,
        policy.version,
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    course: Course
    institution: Institution
    fixed: tuple[Reason, ...]
    warnings: tuple[Violation, ...]
    bound: float


@dataclass
class _Search:
    """One need's search: what every course shares is worked out once."""

    need: Need
    market: Market
    calendar: Calendar
    today: date
    policy: Policy
    first: date = field(init=False)
    last: date = field(init=False)
    windows: list[tuple[date, int, int]] = field(init=False)
    _usable: dict[str, list[tuple[Venue, list[Slot]]]] = field(default_factory=dict)
    _slot_rules: dict[str, list[Violation]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.first, self.last = constraints.window(self.need, self.today, self.policy)
        self.windows = list(
            schedule.meeting_windows(self.need, self.first, self.last, self.calendar, self.policy)
        )

    def shortlist(self) -> tuple[list[_Candidate], list[Rejection]]:
        """Courses about the trade: those still open, by falling bound, and those a rule keeps out."""
        open_courses, rejections = [], []
        for course in self.market.courses:
            score, evidence = topic_score(self.need, course)
            if score < self.policy.topic_floor:
                continue
            institution = self.market.institutions[course.institution]
            found = constraints.course_violations(
                self.need, course, institution, self.today, self.policy
            )
            if constraints.blocks(found):
                rejections.append(Rejection(course, tuple(found)))
                continue
            fixed = (
                criteria.topic(self.policy, score, evidence),
                criteria.level(self.policy, self.need, course),
                criteria.evaluation(self.policy, institution),
                criteria.freshness(self.policy, course, self.today),
            )
            bound = 1 - sum(r.weight * (1 - r.score) for r in (*fixed, *self._ceilings(course)))
            open_courses.append(_Candidate(course, institution, fixed, tuple(found), bound))
        open_courses.sort(key=lambda c: (-c.bound, c.course.id))
        return open_courses, rejections

    def _ceilings(self, course: Course) -> Iterator[Reason]:
        """The most that criteria can give which depend on the plan, where that is known beforehand."""
        need, policy = self.need, self.policy
        yield criteria.price(policy, need, self._price_per_head(course, (), None))
        if not course.runs:
            yield criteria.capacity(policy, need, course, None)
        if need.pattern is None:
            yield criteria.schedule(policy, need, ())
        if need.place is None and course.mode not in (Mode.FIRM, Mode.ONLINE):
            yield criteria.travel(policy, need, None, course.mode)

    def best_bundle(self, candidate: _Candidate) -> tuple[Bundle | None, list[Violation]]:
        """The best way to deliver a course, or every rule that stood in the way of all ways."""
        best: Bundle | None = None
        in_the_way: dict[tuple[Rule, str], Violation] = {}
        for option in self.options(candidate):
            if isinstance(option, Violation):
                in_the_way.setdefault((option.rule, option.subject), option)
            elif best is None or option.order_key < best.order_key:
                best = option
        ordered = sorted(in_the_way.values(), key=lambda v: (v.rule, v.subject, v.evidence))
        return best, ordered

    def options(self, candidate: _Candidate) -> Iterator[Bundle | Violation]:
        """Every feasible bundle of a course, mixed with the rules that made others infeasible."""
        for run in candidate.course.runs:
            yield from self._run_options(candidate, run)
        if candidate.course.on_demand:
            yield from self._on_demand_options(candidate)
        elif not candidate.course.runs:
            yield constraints.violation(Rule.DATES, candidate.course.id, self.policy)

    def _run_options(self, candidate: _Candidate, run: Run) -> Iterator[Bundle | Violation]:
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
        people = [appointed] if appointed else [both for both, _ in self._singles(course)]
        for person in people:
            barred = self._barred(person, course, sessions, run)
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
        candidate: _Candidate,
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

    def _on_demand_options(self, candidate: _Candidate) -> Iterator[Bundle | Violation]:
        course = candidate.course
        people = self._candidates(course)
        if not people:
            yield from self._staffed_options(candidate, None, None)
            return
        is_found = False
        for theorist, practitioner in self._singles(course):
            for option in self._staffed_options(candidate, theorist, practitioner):
                is_found = is_found or isinstance(option, Bundle)
                yield option
        if not is_found:
            for theorist, practitioner in self._pairs(course):
                yield from self._staffed_options(candidate, theorist, practitioner)

    def _staffed_options(
        self, candidate: _Candidate, theorist: Instructor | None, practitioner: Instructor | None
    ) -> Iterator[Bundle | Violation]:
        course = candidate.course
        people = tuple(p for p in dict.fromkeys((theorist, practitioner)) if p is not None)
        theory = schedule.classroom_sessions(
            course.theory_hours or 0, self.windows, theorist, self.calendar
        )
        if theory is None:
            rule = Rule.DATES if theorist is None else Rule.INSTRUCTOR_BUSY
            yield constraints.violation(rule, people[0].id if people else course.id, self.policy)
            return
        for option in self._practice(course, theory[-1] if theory else None, practitioner):
            if isinstance(option, Violation):
                yield option
                continue
            venue, practice, warnings = option
            sessions = theory + practice
            barred = self._too_far(course, candidate.institution, venue) if not venue else []
            barred += constraints.lasting_violations(
                course, candidate.institution, sessions, self.policy
            )
            barred += [
                v
                for person in people
                for v in self._barred(
                    person, course, [s for s in sessions if s.instructor == person.id]
                )
            ]
            if barred:
                yield from barred
            elif not people:
                yield from self._without_instructor(candidate, sessions, venue, None, warnings)
            else:
                yield self._bundle(candidate, sessions, people, venue, None, warnings)

    def _practice(
        self, course: Course, after: Session | None, person: Instructor | None
    ) -> Iterator[tuple[Venue | None, tuple[Session, ...], list[Violation]] | Violation]:
        """Venues with the sessions that cover the practice hours there, earliest and cheapest."""
        if not course.practice_hours:
            known = course.practice_hours is not None
            unknown = constraints.violation(Rule.STATIONS_UNKNOWN, course.id, self.policy)
            yield None, (), [] if known else [unknown]
            return
        unknown = constraints.violation(Rule.STATIONS_UNKNOWN, course.id, self.policy)
        if course.equipment is None or course.mode in (Mode.FIRM, Mode.ONLINE):
            sessions = schedule.classroom_sessions(
                course.practice_hours,
                self.windows,
                person,
                self.calendar,
                practice=True,
                after=after,
            )
            if sessions is None:
                yield constraints.violation(Rule.DATES, course.id, self.policy)
            else:
                is_elsewhere = course.mode in (Mode.FIRM, Mode.ONLINE)
                yield None, sessions, [] if is_elsewhere else [unknown]
            return
        usable = self._usable_slots(course.equipment)
        yield from self._slot_rules[course.equipment]
        for venue, slots in usable:
            if not venue.shared and venue.institution != course.institution:
                continue
            plans = {
                plan
                for order in (slots, _by_price(slots))
                if order
                and (
                    plan := schedule.practice_sessions(
                        self.need, course, order, after, person, self.calendar, self.policy
                    )
                )
            }
            if not plans:
                yield constraints.violation(Rule.STATIONS, venue.id, self.policy, course.equipment)
            for plan in sorted(
                plans, key=lambda p: [(s.day, s.start or 0, s.slot or "") for s in p]
            ):
                yield venue, plan, []

    def _usable_slots(self, equipment: str) -> list[tuple[Venue, list[Slot]]]:
        """Venues near enough with their slots inside the window and the weekly pattern."""
        if equipment in self._usable:
            return self._usable[equipment]
        usable: list[tuple[Venue, list[Slot]]] = []
        rules: list[Violation] = []
        by_venue = self.market.slots_by_equipment.get(equipment, {})
        if not by_venue:
            rules.append(constraints.violation(Rule.EQUIPMENT, equipment, self.policy))
        for venue_id, slots in by_venue.items():
            venue = self.market.venues[venue_id]
            found = constraints.travel_violations(self.need, venue, self.policy)
            timely = [s for s in slots if self.first <= s.day <= self.last]
            fitting = [s for s in timely if self._in_pattern(s)]
            if not constraints.blocks(found) and not fitting:
                rule = Rule.PATTERN if timely else Rule.DATES
                found = [constraints.violation(rule, venue_id, self.policy)]
            if constraints.blocks(found):
                rules.extend(found)
            else:
                usable.append((venue, fitting))
        self._usable[equipment], self._slot_rules[equipment] = usable, rules
        return usable

    def _in_pattern(self, slot: Slot) -> bool:
        if self.need.pattern is None:
            return slot.day not in self.calendar.days_off
        return self.need.pattern.covers(slot.day, slot.start, slot.end, self.calendar)

    def _candidates(self, course: Course) -> list[Instructor]:
        """People who hold the trade: the institution's own, and guests who are not full-time elsewhere."""
        return [
            person
            for person in self.market.instructors
            if (
                person.institution == course.institution
                or person.employment is not Employment.FULL_TIME
            )
            and constraints.is_qualified(person, course, self.first)
        ]

    def _singles(self, course: Course) -> Iterator[tuple[Instructor, Instructor]]:
        """One person for theory and practice, where the course has both."""
        for person in self._candidates(course):
            theory = person.teaches_theory or not course.theory_hours
            practice = person.teaches_practice or not course.practice_hours
            if theory and practice:
                yield person, person

    def _pairs(self, course: Course) -> Iterator[tuple[Instructor, Instructor]]:
        """Two people, one for theory and one for practice; asked for only where no one person can."""
        if not course.theory_hours or not course.practice_hours:
            return
        people = self._candidates(course)
        for theorist in people:
            for practitioner in people:
                fits = theorist.teaches_theory and practitioner.teaches_practice
                if fits and theorist is not practitioner:
                    yield theorist, practitioner

    def _barred(
        self,
        person: Instructor,
        course: Course,
        sessions: Sequence[Session],
        run: Run | None = None,
    ) -> list[Violation]:
        """Rules that keep a person from these sessions."""
        days = {session.day for session in sessions} or {self.first}
        found = [
            v
            for day in sorted({min(days), max(days)})
            for v in constraints.teaching_violations(person, course, day, self.policy)
        ]
        busy = constraints.clashes(person, sessions, self.calendar, run)
        if busy:
            found.append(
                constraints.violation(Rule.INSTRUCTOR_BUSY, person.id, self.policy, busy[0])
            )
        return [v for v in dict.fromkeys(found) if constraints.blocks([v])]

    def _bundle(
        self,
        candidate: _Candidate,
        sessions: tuple[Session, ...],
        people: tuple[Instructor, ...],
        venue: Venue | None,
        run: Run | None,
        warnings: Sequence[Violation],
    ) -> Bundle:
        need, course, policy = self.need, candidate.course, self.policy
        place = venue.place if venue else candidate.institution.place
        km = distance_km(need.place, place) if need.place and place else None
        fen = self._price_per_head(course, sessions, venue)
        last_day = sessions[-1].day if sessions else None
        reasons = (
            *candidate.fixed[:2],
            criteria.schedule(policy, need, sessions),
            criteria.start(policy, self.first, sessions),
            criteria.travel(policy, need, km, course.mode),
            criteria.price(policy, need, fen),
            criteria.capacity(policy, need, course, run),
            criteria.instructor(policy, course, people, last_day),
            *candidate.fixed[2:],
        )
        assessment = self._assessment(course, last_day) if need.certificate else None
        told = [*candidate.warnings, *warnings]
        if need.certificate and assessment is None:
            told.append(constraints.violation(Rule.ASSESSMENT, course.id, policy))
        return Bundle(
            course,
            candidate.institution,
            sessions,
            Explanation(reasons),
            people,
            venue,
            run,
            assessment,
            fen,
            km,
            tuple(told),
        )

    def _price_per_head(
        self, course: Course, sessions: Sequence[Session], venue: Venue | None
    ) -> int | None:
        """Course price per head in fen, with the stations of a foreign venue; None when a part is unknown."""
        if course.price_fen is None:
            return None
        heads = self.need.heads
        total = course.price_fen if course.price_per_class else course.price_fen * heads
        if venue is not None and venue.institution != course.institution:
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
        fitting = [
            sitting
            for sitting in self.market.assessments
            if sitting.occupation in codes
            and (sitting.level is None or course.level is None or sitting.level == course.level)
            and sitting.seats_left >= self.need.heads
            and sitting.day > (last_day or self.first)
        ]
        return min(fitting, key=lambda sitting: (sitting.day, sitting.id), default=None)


def _by_price(slots: Sequence[Slot]) -> list[Slot]:
    """Cheapest station minutes first, unknown prices last; empty when price does not tell slots apart."""
    rates = {slot.id: (slot.price_fen or 0) / (slot.end - slot.start) for slot in slots}
    if len({(slot.price_fen is None, rates[slot.id]) for slot in slots}) < 2:
        return []
    return sorted(slots, key=lambda s: (s.price_fen is None, rates[s.id], s.day, s.start, s.id))
