"""What a firm could give up to open more: the smallest changes of a need, and how much each opens.

Only wishes of the firm are changed. What the law or an institution's standing forbids is never given up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import combinations

from matching.bundles import Details
from matching.constraints import violation
from matching.policy import DEFAULT_POLICY, Policy
from matching.search import Candidate, Search
from matching.types import Bundle, Market, Need, Purpose, Rule, Violation
from matching.weekly import Calendar, parse_weekly, united

_MOST_AT_ONCE = 3  # wishes changed together


class Wish(StrEnum):
    """What of a need can be given up."""

    END = "end"
    TIMES = "times"
    TRAVEL = "travel"
    LEVEL = "level"
    PURPOSE = "purpose"
    MODULES = "modules"
    PLACE_OF_TEACHING = "mode"
    PRACTICE = "practice"
    SPLIT = "split"
    START = "start"


@dataclass(frozen=True, slots=True)
class Change:
    """One wish, and what it becomes: days, added weekly times, kilometres, a level's rank, groups, hours.

    Of a purpose it is the one that the need takes, too; of modules the one that is done without, or `all`.
    """

    wish: Wish
    value: str


@dataclass(frozen=True, slots=True)
class Concession:
    """Changes made together, the courses that they open, and the best bundle among those."""

    changes: tuple[Change, ...]
    opens: tuple[str, ...]
    best: Bundle


@dataclass(frozen=True, slots=True)
class _Step:
    """One more or less far-reaching change of a wish."""

    change: Change
    apply: Callable[[Need], Need]


def concessions(
    need: Need,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    details: Details | None = None,
    most_courses: int = 60,
) -> tuple[Concession, ...]:
    """Single changes that open courses which nothing can deliver as the need stands, most opened first.

    Of each wish the smallest step that opens any is given, and larger ones only where they open more.
    The market, or what `details` returns, must hold what `widest` can use. At most `most_courses`
    closed courses are tried, the likeliest first.
    """
    trial = _Trial(need, market, calendar, today, policy, details)
    closed = trial.closed(most_courses)
    found: list[Concession] = []
    for steps in _steps(need, today):
        if not trial.opened(closed, (steps[-1],)):
            continue
        opened: dict[str, Bundle] = {}
        for step in steps:
            now = trial.opened(closed, (step,))
            if len(now) > len(opened):
                opened = now
                found.append(_concession((step,), now))
    order = {wish: at for at, wish in enumerate(Wish)}
    return tuple(
        sorted(found, key=lambda c: (-len(c.opens), order[c.changes[0].wish], c.changes[0].value))
    )


def smallest_changes(
    need: Need,
    course: str,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    details: Details | None = None,
) -> tuple[tuple[Violation, ...], tuple[Concession, ...]]:
    """What stands in the way of one course, and the fewest, smallest changes that remove it.

    Both are empty where nothing stands in the way; the second alone where no wish of the firm helps.
    """
    trial = _Trial(need, market, calendar, today, policy, details)
    violations = trial.violations(course)
    if not violations:
        return (), ()
    wishes = list(_steps(need, today))
    for size in range(1, _MOST_AT_ONCE + 1):
        found = []
        for chosen in combinations(wishes, size):
            steps = [options[-1] for options in chosen]
            if trial.opened([course], steps):
                found.append(_shrunk(trial, course, chosen, steps))
        if found:
            return violations, tuple(found)
    return violations, ()


def widest(need: Need, today: date) -> Need:
    """The need with every wish given up as far as it goes."""
    for steps in _steps(need, today):
        need = steps[-1].apply(need)
    return need


class _Trial:
    """Tries courses against changed needs."""

    def __init__(
        self,
        need: Need,
        market: Market,
        calendar: Calendar,
        today: date,
        policy: Policy,
        details: Details | None,
    ) -> None:
        self._need = need
        self._market = market
        self._around = details
        self._rest = (calendar, today, policy)
        self._searches: dict[Need, tuple[Search, dict[str, Candidate]]] = {}

    def closed(self, most: int) -> list[str]:
        """Courses about the trade that cannot be delivered as the need stands, the likeliest first."""
        search = self._search(widest(self._need, self._rest[1]))[0]
        likely = [candidate.course for candidate in search.shortlist()[0]][:most]
        if self._around is not None:
            self._market = self._around(likely)
            self._searches.clear()
        possible = self.opened([course.id for course in likely], ())
        return [course.id for course in likely if course.id not in possible]

    def opened(self, courses: Sequence[str], steps: Sequence[_Step]) -> dict[str, Bundle]:
        """The courses that can be delivered once the steps are taken, with the best way of each."""
        need = self._need
        for step in steps:
            need = step.apply(need)
        search, candidates = self._search(need)
        found = {}
        for code in courses:
            bundle = search.best_bundle(candidates[code])[0] if code in candidates else None
            if bundle is not None:
                found[code] = bundle
        return found

    def violations(self, course: str) -> tuple[Violation, ...]:
        """What stands in the way of a course; empty when nothing does."""
        if self._around is not None:
            self._market = self._around([c for c in self._market.courses if c.id == course])
        search, candidates = self._search(self._need)
        if course in candidates:
            bundle, found = search.best_bundle(candidates[course])
            return () if bundle is not None else tuple(found)
        for rejection in search.shortlist()[1]:
            if rejection.course.id == course:
                return rejection.violations
        return (violation(Rule.TOPIC, course, self._rest[2]),)

    def _search(self, need: Need) -> tuple[Search, dict[str, Candidate]]:
        if need not in self._searches:
            search = Search(need, self._market, *self._rest)
            candidates = {c.course.id: c for c in search.shortlist()[0]}
            self._searches[need] = search, candidates
        return self._searches[need]


def _shrunk(
    trial: _Trial, course: str, chosen: Sequence[Sequence[_Step]], steps: list[_Step]
) -> Concession:
    """Each of the steps made as small as it can be, one after another."""
    for at, options in enumerate(chosen):
        for smaller in options:
            if trial.opened([course], [*steps[:at], smaller, *steps[at + 1 :]]):
                steps[at] = smaller
                break
    return _concession(steps, trial.opened([course], steps))


def _concession(steps: Sequence[_Step], opened: dict[str, Bundle]) -> Concession:
    best = min(opened.values(), key=lambda bundle: bundle.order_key)
    return Concession(tuple(step.change for step in steps), tuple(sorted(opened)), best)


def _steps(need: Need, today: date) -> Iterator[tuple[_Step, ...]]:
    """For each wish that the need states, its steps from the smallest on."""
    for wish, options in (
        (Wish.END, _later_ends(need)),
        (Wish.TIMES, _more_times(need)),
        (Wish.TRAVEL, _longer_ways(need)),
        (Wish.LEVEL, _other_levels(need)),
        (Wish.PURPOSE, _other_purpose(need)),
        (Wish.MODULES, _fewer_modules(need)),
        (Wish.PLACE_OF_TEACHING, _any_mode(need)),
        (Wish.PRACTICE, _less_practice(need)),
        (Wish.SPLIT, _smaller_groups(need)),
        (Wish.START, _earlier_starts(need, today)),
    ):
        steps = tuple(_Step(Change(wish, value), _changing(changed)) for value, changed in options)
        if steps:
            yield steps


def _changing(fields: dict[str, object]) -> Callable[[Need], Need]:
    return lambda need: replace(need, **fields)  # type: ignore[arg-type]


_Options = Iterator[tuple[str, dict[str, object]]]
_END_DAYS, _START_DAYS = (7, 14, 28, 56), (7, 14)
_KM = (2, 4, 6, 10, 20)
_TIMES = (
    "Sat all day",
    "Sun all day",
    "Mon-Fri 18:30-21:30",
    "Sat,Sun all day",
    "Mon-Fri 08:30-17:30",
)
ANY_TIME = parse_weekly("Mon-Sun all day")
_LEVELS = range(1, 9)


def _later_ends(need: Need) -> _Options:
    for days in _END_DAYS if need.latest else ():
        assert need.latest is not None
        yield str(days), {"latest": need.latest + timedelta(days=days)}


def _earlier_starts(need: Need, today: date) -> _Options:
    for days in _START_DAYS if need.earliest > today else ():
        yield str(days), {"earliest": need.earliest - timedelta(days=days)}


def _more_times(need: Need) -> _Options:
    """Each of the usual times that the need leaves out, then any time."""
    if need.pattern is None:
        return
    added = [text for text in _TIMES if united(need.pattern, parse_weekly(text)) != need.pattern]
    for text in added:
        yield text, {"pattern": united(need.pattern, parse_weekly(text))}
    if need.pattern != ANY_TIME:
        yield str(ANY_TIME), {"pattern": ANY_TIME}


def _longer_ways(need: Need) -> _Options:
    for km in _KM if need.max_travel_km else ():
        assert need.max_travel_km is not None
        yield str(km), {"max_travel_km": need.max_travel_km + km}


def _other_levels(need: Need) -> _Options:
    if need.level is not None:
        near = sorted(_LEVELS, key=lambda rank: (abs(rank - (need.level or 0)), rank))
        for rank in near[1:5]:
            yield str(rank), {"level": rank}
        yield "any", {"level": None}


def _other_purpose(need: Need) -> _Options:
    """Holders may train from the start again; who says nothing may turn out to hold the certificate."""
    other = {None: Purpose.RENEWAL, Purpose.RENEWAL: Purpose.FIRST}.get(need.purpose)
    if other is not None:
        yield str(other), {"purpose": Purpose.EITHER}


def _fewer_modules(need: Need) -> _Options:
    """Without one of them; then whatever a course has."""
    wanted = need.only_modules
    for title in wanted if len(wanted) > 1 else ():
        yield title, {"only_modules": tuple(one for one in wanted if one != title)}
    if wanted:
        yield "all", {"only_modules": ()}


def _any_mode(need: Need) -> _Options:
    if need.mode is not None:
        yield "any", {"mode": None}


def _less_practice(need: Need) -> _Options:
    hours = need.min_practice_hours or 0
    for part in (3, 2, 1, 0):
        if hours:
            yield str(hours * part // 4), {"min_practice_hours": hours * part // 4 or None}


def _smaller_groups(need: Need) -> _Options:
    """Groups taught one after another; a bundle is then for one of them."""
    for groups in (2, 3):
        if need.heads >= 2 * groups:
            yield str(groups), {"heads": -(-need.heads // groups), "can_split": True}
