"""拼班: small needs of several firms that can be taught together, and who would tip a class over its minimum.

Needs share a class of a course when it is their trade and level, or teaches all modules that they want,
some dates and times suit them all, everyone is near enough, the price for all of them keeps to every
budget, nobody sits with a firm it wishes to be apart from and no firm has too large a share. Up to
`PoolingPolicy.exact_needs` needs of one course every cluster is looked at; beyond that clusters are grown,
and `Pool.is_exact` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from math import fsum

from matching import constraints
from matching.policy import DEFAULT_POLICY, Policy
from matching.recheck import plan_violations
from matching.search import Candidate, Search
from matching.topic import teaches_modules
from matching.types import (
    Bundle,
    Course,
    Criterion,
    Explanation,
    Market,
    Mode,
    Need,
    Point,
    Reason,
    Rejection,
    Rule,
    Severity,
    Violation,
)
from matching.weekly import Calendar, WeeklyPattern, shared


@dataclass(frozen=True, slots=True)
class PoolingPolicy:
    """What a pooled class must keep to; `most_share` is the largest part of the heads one firm may have."""

    version: str = "2026-11.1"
    most_share: float = 0.75
    least_firms: int = 2
    exact_needs: int = 12
    trials: int = 400
    most_courses: int = 12


DEFAULT_POOLING = PoolingPolicy()


@dataclass(frozen=True, slots=True)
class PriceStep:
    """The price a head, in fen, that so many heads would pay; None where a part of it is unknown."""

    heads: int
    price_fen: int | None


@dataclass(frozen=True, slots=True)
class Outsider:
    """A need of the same trade that is not in the class, and what it would have to give up to join."""

    need: Need
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """A class that several needs could share; each member's `heads` are those it brings.

    `bundle` is the best plan for all of them, its score their mean by heads, `scores` each member's own.
    `late_days` are the days
    from each member's earliest day to the first session, summed over heads. `missing` heads are wanted
    until the class has its minimum; `tipping` are the fewest outsiders, two at most, who would bring them.
    """

    bundle: Bundle
    members: tuple[Need, ...]
    scores: tuple[float, ...]
    late_days: int
    missing: int
    steps: tuple[PriceStep, ...] = ()
    outsiders: tuple[Outsider, ...] = ()
    tipping: tuple[tuple[str, ...], ...] = ()
    is_exact: bool = True

    @property
    def heads(self) -> int:
        """Everybody in the class."""
        return sum(member.heads for member in self.members)

    @property
    def order_key(self) -> tuple[object, ...]:
        """Most heads first, then the least late, the best suited, and ids."""
        ids = tuple(member.id for member in self.members)
        return (-self.heads, self.late_days, -self.bundle.score, self.bundle.course.id, ids)


def pool(
    needs: Sequence[Need],
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    pooling: PoolingPolicy = DEFAULT_POOLING,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> tuple[Pool, ...]:
    """Clusters of needs that can share a class of an on-demand course, most heads first.

    Of clusters with the same members the one with the better course is kept, and none whose members are
    all in a larger one. A need may stand in several: they are choices, not a plan. Of courses for the
    same needs no more than `most_courses` are planned, those that suit best by themselves. `progress` is
    told how many groups of courses are done, and may raise to stop.
    """
    work = _Pooling(needs, market, calendar, today, policy, pooling)
    found: list[Pool] = []
    groups = work.courses()
    for at, (courses, is_all) in enumerate(groups):
        progress(at, len(groups))
        for course in courses:
            of_course = work.of_course(course)
            found.extend(of_course if is_all else (replace(p, is_exact=False) for p in of_course))
    found.sort(key=lambda one: one.order_key)
    kept: list[tuple[set[str], Pool]] = []
    for one in found:
        ids = {member.id for member in one.members}
        if not any(ids <= others for others, _ in kept):
            kept.append((ids, one))
    return tuple(work.told(one) for _, one in kept)


def cluster(
    members: Sequence[Need],
    course: str,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    pooling: PoolingPolicy = DEFAULT_POOLING,
) -> Pool | None:
    """Certain needs in a class of a certain course, with the heads they bring; None where that cannot be."""
    work = _Pooling(members, market, calendar, today, policy, pooling)
    return work.certain(market.courses_by_id[course])


def in_the_way(
    members: Sequence[Need],
    course: str,
    market: Market,
    calendar: Calendar,
    today: date,
    policy: Policy = DEFAULT_POLICY,
    pooling: PoolingPolicy = DEFAULT_POOLING,
) -> tuple[Violation, ...]:
    """What keeps certain needs from a class of a certain course; where it is the share or a wish to be
    apart, the rule is `heads_max` of the course."""
    work = _Pooling(members, market, calendar, today, policy, pooling)
    return work.in_the_way(market.courses_by_id[course])


def merged(members: Sequence[Need], today: date, policy: Policy = DEFAULT_POLICY) -> Need | None:
    """Several needs as one: what suits all of them; None where no day or no hour does."""
    windows = [constraints.window(member, today, policy) for member in members]
    first, last = max(w[0] for w in windows), min(w[1] for w in windows)
    patterns = [member.pattern for member in members if member.pattern is not None]
    pattern: WeeklyPattern | None = patterns[0] if patterns else None
    for other in patterns[1:]:
        pattern = shared(pattern, other) if pattern else None
    if first > last or (patterns and (pattern is None or not any(pattern.days))):
        return None
    whole = [member for member in members if not member.only_modules]
    first_one = (whole or members)[0]
    levels = {member.level for member in whole or members if member.level is not None}
    budgets = [member.budget_fen for member in members if member.budget_fen is not None]
    return Need(
        id="+".join(member.id for member in members),
        text=first_one.text,
        heads=sum(member.heads for member in members),
        earliest=first,
        occupations=first_one.occupations,
        level=min(levels) if levels else None,
        latest=last,
        pattern=pattern,
        place=_middle(members),
        budget_fen=min(budgets) if budgets else None,
        certificate=any(member.certificate for member in members),
        members=tuple(members),
        only_modules=() if whole else _all_modules(members),
    )


def _all_modules(members: Sequence[Need]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title for member in members for title in member.only_modules))


def _middle(members: Sequence[Need]) -> Point | None:
    """The place between all, nearer to those who are many."""
    placed = [(member.place, member.heads) for member in members if member.place is not None]
    heads = sum(count for _, count in placed)
    if not heads:
        return None
    return Point(
        fsum(place.lat * count for place, count in placed) / heads,
        fsum(place.lng * count for place, count in placed) / heads,
    )


def share_allowed(members: Sequence[Need], pooling: PoolingPolicy = DEFAULT_POOLING) -> bool:
    """Whether enough firms take part, none has too large a share, and nobody meets whom it avoids."""
    by_firm: dict[str, int] = {}
    for member in members:
        by_firm[member.enterprise] = by_firm.get(member.enterprise, 0) + member.heads
    if any(set(member.apart_from) & by_firm.keys() for member in members):
        return False
    most = pooling.most_share * sum(by_firm.values())
    return len(by_firm) >= pooling.least_firms and max(by_firm.values()) <= most + 1e-9


def fitted(
    members: Sequence[Need], most: int | None, pooling: PoolingPolicy = DEFAULT_POOLING
) -> tuple[Need, ...] | None:
    """The members with as many heads as a class holds and their shares allow; None where it holds too few.

    Those that may be split leave some of theirs, the largest first. Where no split keeps the shares
    within bounds the members come as they fit the class.
    """
    asked = sum(member.heads for member in members)
    largest = asked if most is None else min(asked, most)
    least = sum(_least(member) for member in members)
    if largest < least:
        return None
    for heads in range(largest, least - 1, -1):
        brought = _brought(members, heads, int(pooling.most_share * heads + 1e-9))
        if brought is not None:
            return brought
    return _brought(members, largest, asked)


def _least(member: Need) -> int:
    """The fewest heads that a member brings."""
    return min(member.heads, member.min_group or 1) if member.can_split else member.heads


def _brought(members: Sequence[Need], heads: int, of_firm: int) -> tuple[Need, ...] | None:
    """The members with so many heads in all and of one firm at most so many; None where that cannot be."""
    left = {member.id: member.heads for member in members}
    ordered = sorted(members, key=lambda m: (-m.heads, m.id))
    for firm in {member.enterprise for member in members}:
        own = [member for member in ordered if member.enterprise == firm]
        if not _leave(own, left, of_firm):
            return None
    if not _leave(ordered, left, heads) or sum(left.values()) < heads:
        return None
    return tuple(
        member if left[member.id] == member.heads else replace(member, heads=left[member.id])
        for member in members
    )


def _leave(members: Sequence[Need], left: dict[str, int], most: int) -> bool:
    """Let members leave some of theirs, in order, until they bring no more than that; whether they can."""
    over = sum(left[member.id] for member in members) - most
    for member in members:
        if over <= 0:
            break
        less = min(over, left[member.id] - _least(member))
        left[member.id] -= less
        over -= less
    return over <= 0


class _Pooling:
    """One round of pooling: what clusters and courses share is worked out once."""

    def __init__(
        self,
        needs: Sequence[Need],
        market: Market,
        calendar: Calendar,
        today: date,
        policy: Policy,
        pooling: PoolingPolicy,
    ) -> None:
        self._needs = sorted(needs, key=lambda need: need.id)
        self._market = market
        self._rest = (calendar, today, policy)
        self._pooling = pooling
        self._able: dict[str, list[Need]] = {}
        self._searches: dict[tuple[tuple[str, int], ...], Search | None] = {}

    def courses(self) -> list[tuple[list[Course], bool]]:
        """Courses by the needs they could be for, and whether these are all; the best by themselves first."""
        by_trade: dict[str, list[Need]] = {}
        for need in self._needs:
            for code in meant(need):
                by_trade.setdefault(code, []).append(need)
        of_modules = [need for need in self._needs if need.only_modules]
        groups: dict[tuple[str, ...], list[tuple[float, str, Course]]] = {}
        for course in self._market.courses:
            if not course.on_demand or course.mode is Mode.FIRM:
                continue
            about = {n.id: n for s in course.occupations for n in by_trade.get(s.code, ())}
            about |= {n.id: n for n in of_modules if teaches_modules(n, course)}
            alone = replace(course, runs=())
            able = [need for _, need in sorted(about.items()) if self._is_for(need, alone)]
            if len({need.enterprise for need in able}) < self._pooling.least_firms:
                continue
            self._able[course.id] = able
            bound = self._bound(able[0], alone)
            groups.setdefault(tuple(n.id for n in able), []).append((-bound, course.id, alone))
        most = self._pooling.most_courses
        return [
            ([course for _, _, course in sorted(found)[:most]], len(found) <= most)
            for _, found in sorted(groups.items())
        ]

    def _bound(self, need: Need, course: Course) -> float:
        search = self._search((need,))
        found = search.candidate(course) if search is not None else None
        return found.bound if isinstance(found, Candidate) else 0.0

    def of_course(self, course: Course) -> Iterator[Pool]:
        """The best cluster of a course, then the best of those who are left, and so on."""
        left = self._able[course.id]
        while len({need.enterprise for need in left}) >= self._pooling.least_firms:
            found = self._best(course, left)
            if found is None:
                return
            yield found
            taken = {member.id for member in found.members}
            left = [need for need in left if need.id not in taken]

    def certain(self, course: Course) -> Pool | None:
        """All the needs together in a class of a course."""
        course = replace(course, runs=())
        members = fitted(self._needs, course.max_heads, self._pooling)
        if members is None or not share_allowed(members, self._pooling):
            return None
        if not all(self._is_for(need, course) for need in members):
            return None
        found = self._planned(course, members)
        return found and self.told(found)

    def in_the_way(self, course: Course) -> tuple[Violation, ...]:
        """The rules that a class of all the needs would break."""
        course = replace(course, runs=())
        alone = [found for need in self._needs for found in self._alone(need, course)]
        return tuple(alone) or tuple(self._together(course))

    def _alone(self, need: Need, course: Course) -> Sequence[Violation]:
        """What keeps one need from the course, with whomever."""
        policy = self._rest[2]
        if not _is_trade(need, course):
            return [constraints.violation(Rule.TOPIC, need.id, policy)]
        if not _is_level(need, course):
            return [constraints.violation(Rule.LEVEL, need.id, policy, need.level, course.level)]
        search = self._search((need,))
        found = search.candidate(course) if search is not None else None
        blocked = found.violations if isinstance(found, Rejection) else ()
        return [v for v in blocked if v.severity is Severity.BLOCK]

    def _together(self, course: Course) -> Sequence[Violation]:
        """What keeps all of them from one class."""
        policy = self._rest[2]
        search = self._search(self._needs)
        if search is None:
            return [constraints.violation(Rule.PATTERN, course.id, policy)]
        members = fitted(self._needs, course.max_heads, self._pooling)
        if members is None or not share_allowed(members, self._pooling):
            heads = sum(need.heads for need in self._needs)
            return [
                constraints.violation(Rule.HEADS_MAX, course.id, policy, heads, course.max_heads)
            ]
        candidate = search.candidate(course)
        if not isinstance(candidate, Candidate):
            return candidate.violations if candidate else ()
        bundle, rules = search.best_bundle(candidate)
        if bundle is None:
            return rules
        least = min((m.budget_fen for m in members if m.budget_fen is not None), default=0)
        told = (bundle.price_fen, least)
        return [constraints.violation(Rule.BUDGET, course.id, policy, *told)]

    def told(self, found: Pool) -> Pool:
        """The cluster with its price steps, and who else could be asked to join."""
        outsiders = tuple(self._outsiders(found))
        return replace(
            found,
            steps=tuple(self._steps(found)),
            outsiders=outsiders,
            tipping=_tipping(found, outsiders, self._pooling),
        )

    def _is_for(self, need: Need, course: Course) -> bool:
        """Whether it is the need's trade and level, and no rule keeps the course from it by itself."""
        if not _is_trade(need, course) or not _is_level(need, course):
            return False
        search = self._search((need,))
        if search is None:
            return False
        found = search.candidate(course)
        if isinstance(found, Candidate):
            return True
        is_large = found is not None and all(v.rule == "heads_max" for v in found.violations)
        return is_large and need.can_split

    def _search(self, members: Sequence[Need]) -> Search | None:
        key = tuple((member.id, member.heads) for member in members)
        if key not in self._searches:
            calendar, today, policy = self._rest
            need = members[0] if len(members) == 1 else merged(members, today, policy)
            self._searches[key] = (
                Search(need, self._market, calendar, today, policy) if need else None
            )
        return self._searches[key]

    def _best(self, course: Course, needs: Sequence[Need]) -> Pool | None:
        if len(needs) > self._pooling.exact_needs:
            return self._grown(course, needs)
        best: Pool | None = None
        for members in self._clusters(course, needs):
            if best is not None and sum(m.heads for m in members) < best.heads:
                break
            found = self._planned(course, members)
            if found is not None and (best is None or found.order_key < best.order_key):
                best = found
        return best

    def _clusters(self, course: Course, needs: Sequence[Need]) -> Iterator[tuple[Need, ...]]:
        """Every cluster that may be allowed, most heads first."""
        apart = {
            frozenset((a.id, b.id))
            for a, b in combinations(needs, 2)
            if merged((a, b), *self._rest[1:]) is None
        }
        found = []
        for size in range(2, len(needs) + 1):
            for chosen in combinations(needs, size):
                if any(frozenset((a.id, b.id)) in apart for a, b in combinations(chosen, 2)):
                    continue
                members = fitted(chosen, course.max_heads, self._pooling)
                if members is not None and share_allowed(members, self._pooling):
                    found.append(members)
        found.sort(key=lambda members: (-sum(m.heads for m in members), [m.id for m in members]))
        yield from found

    def _grown(self, course: Course, needs: Sequence[Need]) -> Pool | None:
        """Clusters grown from each need by whoever brings most heads, as long as that stays feasible."""
        best: Pool | None = None
        trials = 0
        for first in sorted(needs, key=lambda n: (-n.heads, n.id)):
            chosen: list[Need] = [first]
            rest = sorted((n for n in needs if n is not first), key=lambda n: (-n.heads, n.id))
            for other in rest:
                members = fitted([*chosen, other], course.max_heads, self._pooling)
                if members is None or merged(members, *self._rest[1:]) is None:
                    continue
                trials += 1
                if self._delivered(course, members) is not None:
                    chosen.append(other)
            fit = fitted(sorted(chosen, key=lambda n: n.id), course.max_heads, self._pooling)
            if fit is None or not share_allowed(fit, self._pooling):
                continue
            found = self._planned(course, fit)
            if found is not None and (best is None or found.order_key < best.order_key):
                best = replace(found, is_exact=False)
            if trials > self._pooling.trials:
                break
        return best

    def _planned(self, course: Course, members: Sequence[Need]) -> Pool | None:
        """A cluster with its best plan, if there is one that everyone can pay."""
        bundle = self._delivered(course, members)
        if bundle is None:
            return None
        told = self._explained(course, bundle, members)
        return Pool(
            replace(bundle, explanation=_mean(told, bundle.explanation)),
            tuple(members),
            tuple(explanation.score for explanation, _ in told),
            sum(m.heads * (bundle.sessions[0].day - m.earliest).days for m in members),
            max(0, (course.min_heads or 1) - sum(m.heads for m in members)),
        )

    def _delivered(self, course: Course, members: Sequence[Need]) -> Bundle | None:
        search = self._search(members)
        candidate = search.candidate(course) if search is not None else None
        if search is None or not isinstance(candidate, Candidate):
            return None
        bundle, _ = search.best_bundle(candidate)
        if bundle is None or not bundle.sessions:
            return None
        if _is_paid(bundle, members):
            return bundle
        ways = (way for way in search.options(candidate) if isinstance(way, Bundle))
        paid = (way for way in ways if way.sessions and _is_paid(way, members))
        return min(paid, key=lambda way: way.order_key, default=None)

    def _explained(
        self, course: Course, bundle: Bundle, members: Sequence[Need]
    ) -> list[tuple[Explanation, int]]:
        """How well the bundle suits each member, and how many heads it brings."""
        told: list[tuple[Explanation, int]] = []
        for member in members:
            search = self._search((member,))
            candidate = search.candidate(course) if search else None
            assert search is not None
            assert isinstance(candidate, Candidate)
            told.append((search.explain(candidate, bundle), member.heads))
        return told

    def _steps(self, found: Pool) -> Iterator[PriceStep]:
        """Prices at the size it has, at its minimum, at its maximum and between."""
        course = found.bundle.course
        most = course.max_heads or found.heads
        sizes = {found.heads, course.min_heads or found.heads, most, (found.heads + most) // 2}
        search = self._search(found.members)
        assert search is not None
        for heads in sorted(size for size in sizes if size >= 2):
            if heads == found.heads:
                yield PriceStep(heads, found.bundle.price_fen)
                continue
            larger = Search(replace(search.need, heads=heads), self._market, *self._rest)
            candidate = larger.candidate(course)
            bundle = larger.best_bundle(candidate)[0] if isinstance(candidate, Candidate) else None
            if bundle is not None:
                yield PriceStep(heads, bundle.price_fen)

    def _outsiders(self, found: Pool) -> Iterator[Outsider]:
        """Needs of the trade that are not in it, those with least to give up first."""
        members = {member.id for member in found.members}
        firms = {member.enterprise for member in found.members}
        kept_apart = {code for member in found.members for code in member.apart_from}
        room = (found.bundle.course.max_heads or 10_000) - found.heads
        told = []
        for need in self._needs:
            is_barred = need.enterprise in kept_apart or set(need.apart_from) & firms
            if need.id in members or is_barred or need.heads > room:
                continue
            if _is_trade(need, found.bundle.course):
                told.append(Outsider(need, self._in_the_way(need, found)))
        told.sort(key=lambda one: (len(one.violations), -one.need.heads, one.need.id))
        yield from told

    def _in_the_way(self, need: Need, found: Pool) -> tuple[Violation, ...]:
        calendar, today, policy = self._rest
        asked = replace(need, heads=found.heads + need.heads)
        slots = self._market.slots_by_id
        violations = plan_violations(asked, found.bundle, slots, calendar, today, policy)
        course = found.bundle.course
        if not _is_level(need, course) and all(v.rule is not Rule.LEVEL for v in violations):
            told: tuple[object, ...] = (need.level, course.level)
            violations.append(constraints.violation(Rule.LEVEL, course.id, policy, *told))
        if not _is_paid(found.bundle, (need,)):
            told = (found.bundle.price_fen, need.budget_fen)
            violations.append(constraints.violation(Rule.BUDGET, course.id, policy, *told))
        return tuple(v for v in violations if v.severity is Severity.BLOCK)


def meant(need: Need) -> set[str]:
    """The occupations that a need most likely means."""
    likeliest = max((share.confidence for share in need.occupations), default=0.0)
    return {share.code for share in need.occupations if share.confidence == likeliest}


def _is_trade(need: Need, course: Course) -> bool:
    """Whether a course is of the likeliest occupation of a need, or teaches the modules it wants."""
    offered = {share.code for share in course.occupations}
    return bool(meant(need) & offered) or teaches_modules(need, course)


def _is_level(need: Need, course: Course) -> bool:
    """Whether they are of the same level, one does not say, or only modules of it are wanted."""
    if need.level is None or course.level in (None, need.level):
        return True
    return not need.certificate and teaches_modules(need, course)


def _is_paid(bundle: Bundle, members: Sequence[Need]) -> bool:
    """Whether the price a head is within every budget; unknown prices and budgets are not over it."""
    price = bundle.price_fen
    return price is None or all(m.budget_fen is None or price <= m.budget_fen for m in members)


def _mean(told: Sequence[tuple[Explanation, int]], like: Explanation) -> Explanation:
    heads = sum(count for _, count in told)
    reasons: list[Reason] = []
    for at, reason in enumerate(like.reasons):
        parts = [(explanation.reasons[at], count) for explanation, count in told]
        score = fsum(part.score * count for part, count in parts) / heads
        is_known = all(part.known for part, _ in parts)
        if reason.criterion is Criterion.CAPACITY:
            reasons.append(reason)  # the class is as large as all of them
        else:
            reasons.append(replace(reason, score=score, known=is_known))
    return Explanation(tuple(reasons))


def _tipping(
    found: Pool, outsiders: Sequence[Outsider], pooling: PoolingPolicy
) -> tuple[tuple[str, ...], ...]:
    """The fewest outsiders, two at most, with whom the class is large enough, least to give up first."""
    if not found.missing:
        return ()

    def is_enough(*joining: Outsider) -> bool:
        asked = (*found.members, *(one.need for one in joining))
        members = fitted(asked, found.bundle.course.max_heads, pooling)
        if members is None or not share_allowed(members, pooling):
            return False
        return sum(member.heads for member in members) >= found.heads + found.missing

    alone = [(one.need.id,) for one in outsiders if is_enough(one)]
    if alone:
        return tuple(alone)
    pairs = [
        (len(a.violations) + len(b.violations), a.need.id, b.need.id)
        for a, b in combinations(outsiders, 2)
        if is_enough(a, b)
    ]
    return tuple((a, b) for _, a, b in sorted(pairs))
