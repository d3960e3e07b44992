"""The best bundle of each of the best courses, best courses first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from matching.grading import grade
from matching.policy import DEFAULT_POLICY, Policy
from matching.search import Candidate, Search
from matching.types import (
    Bundle,
    Course,
    Market,
    Need,
    Outline,
    Ranking,
    Rejection,
)
from matching.weekly import Calendar

Details = Callable[[Sequence[Course | Outline]], Market]
_AT_FIRST = 16  # courses whose people, places and dates are asked for at once, then twice as many
_PAGE = 256  # courses known in outline that are loaded at once


def rank(
    need: Need,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    top: int = 5,
    offered: int | None = None,
    details: Details | None = None,
) -> Ranking:
    """The best bundle of each of the `top` best courses, and what was ruled out by which rule.

    Courses are taken in order of an upper bound of their score, so the result is the true top;
    those whose bound cannot reach it are counted, with all that retrieval left out of `offered`,
    as not scored. Where `details` is given, `market` needs to hold no more than courses and
    institutions: people, places and dates are asked for when courses come up, and courses that are
    known in outline when they could be next.
    """
    if top < 1:
        raise ValueError("a ranking has at least one place")
    wanted = max(
        top, 2
    )  # whether the first is close to the second is not a matter of how many are shown
    queue = _Queue(Search(need, market, calendar, today, policy), details)
    best: list[Bundle] = []
    while True:
        to_beat = best[-1] if len(best) >= wanted else None
        candidate = queue.take(to_beat)
        if candidate is None:
            break
        bundle, found = queue.search.best_bundle(candidate, to_beat)
        if bundle is None:
            queue.rejections.append(Rejection(candidate.course, tuple(found)))
        else:
            best = sorted([*best, bundle], key=lambda b: b.order_key)[:wanted]
    word, is_close = grade(best)
    every = len(market.courses) + len(market.outlines)
    return Ranking(
        need.id,
        tuple(best[:top]),
        tuple(sorted(queue.rejections, key=lambda r: r.course.id)),
        word,
        is_close,
        queue.considered,
        queue.left + (every if offered is None else offered) - queue.considered,
        policy.version,
    )


class _Queue:
    """Courses in order of the most that they can score, as far as one can still reach the top."""

    def __init__(self, search: Search, details: Details | None) -> None:
        self.search = search
        self.considered = 0
        self.rejections: list[Rejection] = []
        self._details = details
        self._open: list[Candidate] = []  # best last
        self._asked: set[str] = set()
        outlines = ((search.most(one), one.id, one) for one in search.market.outlines)
        self._outlines = sorted(outlines)  # best last
        self._add(search.market.courses)

    @property
    def left(self) -> int:
        """Courses that nothing keeps out and that were not taken."""
        return len(self._open)

    def take(self, to_beat: Bundle | None) -> Candidate | None:
        """The next course; None where no course can come before the bundle."""
        while self._outlines and self._could_be_next(self._outlines[-1][0], to_beat):
            self._load()
        if not self._open:
            return None
        candidate = self._open[-1]
        if to_beat and (-candidate.bound, candidate.course.id) > to_beat.order_key:
            return None
        self._ask(candidate.course)
        return self._open.pop()

    def _could_be_next(self, most: float, to_beat: Bundle | None) -> bool:
        """Whether a course that scores so much at most may have to be taken before all others."""
        if to_beat is not None and most < to_beat.score:
            return False
        return not self._open or most >= self._open[-1].bound

    def _load(self) -> None:
        """The next page of courses, whole."""
        assert self._details is not None
        page = {one.id: one for _, _, one in self._outlines[-_PAGE:]}
        del self._outlines[-_PAGE:]
        market = self._details(list(page.values()))
        self.search.offer(market)
        self._add([course for course in market.courses if course.id in page])

    def _add(self, courses: Sequence[Course]) -> None:
        found, rejections = self.search.shortlist(courses)
        self.considered += len(found) + len(rejections)
        self.rejections += rejections
        self._open += found
        self._open.sort(key=lambda c: (-c.bound, c.course.id), reverse=True)

    def _ask(self, course: Course) -> None:
        """People, places and dates of a course and of those that come after it."""
        if self._details is None or course.id in self._asked:
            return
        many = max(_AT_FIRST, len(self._asked))
        next_ones = [c.course for c in reversed(self._open) if c.course.id not in self._asked]
        self._asked.update(c.id for c in next_ones[:many])
        self.search.offer(self._details(next_ones[:many]))
