"""The best bundle of each of the best courses, best courses first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from matching.grading import grade
from matching.policy import DEFAULT_POLICY, Policy
from matching.search import Search
from matching.types import (
    Bundle,
    Course,
    Market,
    Need,
    Ranking,
    Rejection,
)
from matching.weekly import Calendar

Details = Callable[[Sequence[Course]], Market]
_AT_FIRST = 16


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
    institutions: people, places and dates are asked for when courses come up.
    """
    if top < 1:
        raise ValueError("a ranking has at least one place")
    wanted = max(
        top, 2
    )  # whether the first is close to the second is not a matter of how many are shown
    search = Search(need, market, calendar, today, policy)
    open_courses, rejections = search.shortlist()
    considered = len(open_courses) + len(rejections)
    best: list[Bundle] = []
    unscored = asked = 0
    for at, candidate in enumerate(open_courses):
        if len(best) >= wanted and (-candidate.bound, candidate.course.id) > best[-1].order_key:
            unscored = len(open_courses) - at
            break
        if details is not None and at == asked:
            asked = max(_AT_FIRST, 2 * at)
            search.offer(details([c.course for c in open_courses[at:asked]]))
        to_beat = best[-1] if len(best) >= wanted else None
        bundle, found = search.best_bundle(candidate, to_beat)
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
