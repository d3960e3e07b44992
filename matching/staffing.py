"""Who may teach a course: one person for all of it, or two where no one person can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matching import constraints, criteria, workload
from matching.policy import Policy
from matching.types import (
    Course,
    Employment,
    Instructor,
    Market,
    Rule,
    Run,
    Session,
    Venue,
    Violation,
)
from matching.weekly import Calendar


class Staffing:
    """People for the courses of one need; what courses of a trade share is worked out once."""

    def __init__(self, market: Market, first: date, calendar: Calendar, policy: Policy) -> None:
        self._market = market
        self._first = first
        self._calendar = calendar
        self._policy = policy
        self._qualified: dict[tuple[frozenset[str], int | None], list[Instructor]] = {}

    def candidates(self, course: Course) -> list[Instructor]:
        """People who hold the trade: the institution's own, and guests who are not full-time elsewhere."""
        codes = frozenset(share.code for share in course.occupations)
        qualified = self._qualified.get((codes, course.level))
        if qualified is None:
            people = {
                person.id: person
                for code in codes
                for person in self._market.instructors_by_occupation.get(code, ())
                if constraints.is_qualified(person, course, self._first)
            }
            qualified = self._qualified[codes, course.level] = [people[id] for id in sorted(people)]
        return [
            person
            for person in qualified
            if person.institution == course.institution
            or person.employment is not Employment.FULL_TIME
        ]

    def singles(self, course: Course) -> list[tuple[Instructor, Instructor]]:
        """One person for theory and practice, where the course has both."""
        return [
            (person, person)
            for person in self.candidates(course)
            if (person.teaches_theory or not course.theory_hours)
            and (person.teaches_practice or not course.practice_hours)
        ]

    def pairs(self, course: Course) -> list[tuple[Instructor, Instructor]]:
        """Two people, one for theory and one for practice; asked for only where no one person can."""
        if not course.theory_hours or not course.practice_hours:
            return []
        people = self.candidates(course)
        return [
            (theorist, practitioner)
            for theorist in people
            if theorist.teaches_theory
            for practitioner in people
            if practitioner.teaches_practice and practitioner is not theorist
        ]

    def most(self, course: Course, people: Sequence[Instructor]) -> float:
        """The highest score that people can get as instructors, whenever the course ends."""
        return criteria.instructor(self._policy, course, people, self._first).score

    def barred(
        self,
        person: Instructor,
        course: Course,
        sessions: Sequence[Session],
        venue: Venue | None = None,
        run: Run | None = None,
    ) -> list[Violation]:
        """Rules of trade, validity, employment, travel and rest that keep a person from these sessions."""
        days = {session.day for session in sessions} or {self._first}
        found = [
            v
            for day in sorted({min(days), max(days)})
            for v in constraints.teaching_violations(person, course, day, self._policy)
        ]
        home = self._market.institutions[course.institution]
        found += workload.blocking(person, workload.hours(sessions, home, venue, run), self._policy)
        return [v for v in dict.fromkeys(found) if constraints.blocks([v])]

    def barred_from_run(
        self,
        person: Instructor,
        course: Course,
        sessions: Sequence[Session],
        venue: Venue | None,
        run: Run,
    ) -> list[Violation]:
        """The same for the sessions of a run, and whether the person is free in them."""
        found = self.barred(person, course, sessions, venue, run)
        busy = constraints.clashes(person, sessions, self._calendar, run)
        if busy:
            clash = constraints.violation(Rule.INSTRUCTOR_BUSY, person.id, self._policy, busy[0])
            found += [clash] if constraints.blocks([clash]) else []
        return found
