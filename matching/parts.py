"""A market and its needs cut into parts that can be worked on apart, with the answers of the whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from matching import constraints
from matching.bundles import rank
from matching.policy import DEFAULT_POLICY, Policy
from matching.pooling import DEFAULT_POOLING, Pool, PoolingPolicy, meant, pool
from matching.topic import teaches_modules
from matching.types import Course, Instructor, Market, Need, Ranking, Slot
from matching.weekly import Calendar

_DISTRICT = 6  # digits of an area's code


@dataclass(frozen=True, slots=True)
class Asked:
    """A need with the area and centre it comes from and the ids of the courses that could be about it."""

    need: Need
    area: str
    courses: tuple[str, ...]
    centre: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A market, or as much of one as some needs can use, and what else their answers depend on.

    `of_centres` is the market for the needs of centres that it is another one for.
    """

    market: Market
    calendar: Calendar
    today: date
    policy: Policy = DEFAULT_POLICY
    pooling: PoolingPolicy = DEFAULT_POOLING
    top: int = 5
    offered: int | None = None
    of_centres: Mapping[str, Market] = field(default_factory=dict)


def rank_part(part: Part, asked: Sequence[Asked]) -> list[Ranking]:
    """The ranking of each need among its courses, in the order asked."""
    return [_rank(part, one) for one in asked]


def _rank(part: Part, one: Asked) -> Ranking:
    whole = part.of_centres.get(one.centre, part.market)
    known = (whole.courses_by_id.get(code) for code in one.courses)
    courses = tuple(course for course in known if course is not None)
    homes = {c.institution: whole.institutions[c.institution] for c in courses}
    return rank(
        one.need,
        Market(courses=courses, institutions=homes),
        part.calendar,
        part.today,
        part.policy,
        part.top,
        part.offered,
        lambda _: whole,
    )


def pool_part(part: Part, needs: Sequence[Need]) -> tuple[Pool, ...]:
    """The classes that needs could share, whose trades nobody else asks for."""
    return pool(needs, part.market, part.calendar, part.today, part.policy, part.pooling)


def by_area(asked: Iterable[Asked], most: int) -> tuple[tuple[Asked, ...], ...]:
    """Neighbours together, at most so many and never of two districts; each need once."""
    districts: dict[str, list[Asked]] = {}
    for one in sorted(asked, key=lambda one: (one.area, one.need.id)):
        districts.setdefault(one.area[:_DISTRICT], []).append(one)
    return tuple(piece for found in districts.values() for piece in pieces(found, most))


def by_trade(
    needs: Iterable[Need], courses: Iterable[Course], least: int
) -> tuple[tuple[Need, ...], ...]:
    """Needs together that might share a class, whatever the class; each need once, at least so many a
    group where there are others."""
    ordered = sorted(needs, key=lambda need: need.id)
    above: dict[str, str] = {}

    def top(code: str) -> str:
        while above.setdefault(code, code) != code:
            above[code] = code = above[above[code]]
        return code

    def join(codes: Collection[str]) -> None:
        for first, second in zip(codes, list(codes)[1:], strict=False):
            above[top(first)] = top(second)

    for need in ordered:
        join(sorted(meant(need)))
    asked = {code for need in ordered for code in meant(need)}
    of_modules = [need for need in ordered if need.only_modules]
    for course in courses:
        taught = [min(meant(n), default="") for n in of_modules if teaches_modules(n, course)]
        join([*(share.code for share in course.occupations if share.code in asked), *taught])
    groups: dict[str, list[Need]] = {}
    for need in ordered:
        groups.setdefault(top(min(meant(need), default="")), []).append(need)
    return tuple(_grouped(groups.values(), least))


def _grouped(groups: Iterable[list[Need]], least: int) -> Iterator[tuple[Need, ...]]:
    gathered: list[Need] = []
    for group in groups:
        gathered += group
        if len(gathered) >= least:
            yield tuple(gathered)
            gathered = []
    if gathered:
        yield tuple(gathered)


def pieces(found: Sequence[Asked], most: int) -> Iterator[tuple[Asked, ...]]:
    """Nearly equal pieces of at most so many, in order."""
    count = -(-len(found) // most)
    for at in range(count):
        yield tuple(found[at * len(found) // count : (at + 1) * len(found) // count])


def around(part: Part, needs: Sequence[Need], courses: Collection[str]) -> Part:
    """All that some needs could use of some courses, so that every answer is the whole market's.

    That is what lies within the reach of any of them, in their days, and of what is too far as much as it
    takes to say so. Of every institution one course and one person stay: that it has any is asked.
    """
    market = part.market
    taken = tuple(course for course in market.courses if course.id in courses)
    kept = {course.id for course in taken} | _one_each(market.courses, taken)
    nearby = replace(
        market,
        courses=tuple(course for course in market.courses if course.id in kept),
        instructors=_people(market, taken),
        slots=tuple(_slots(part, needs, taken)),
    )
    used = {slot.id for slot in nearby.slots}
    others = {
        centre: replace(nearby, slots=tuple(slot for slot in whole.slots if slot.id in used))
        for centre, whole in part.of_centres.items()
    }
    return replace(part, market=nearby, of_centres=others)


def _one_each(courses: Iterable[Course], taken: Iterable[Course]) -> set[str]:
    """One course of each institution that has none among those taken."""
    homes = {course.institution for course in taken}
    others = {c.institution: c.id for c in courses if c.institution not in homes}
    return set(others.values())


def _people(market: Market, courses: Sequence[Course]) -> tuple[Instructor, ...]:
    """Who holds one of the trades or is named by a run, and one person of each institution."""
    codes = {share.code for course in courses for share in course.occupations}
    named = {run.instructor for course in courses for run in course.runs}
    named |= {person.id for person in {p.institution: p for p in market.instructors}.values()}
    return tuple(
        person
        for person in market.instructors
        if person.id in named or any(held.occupation in codes for held in person.qualifications)
    )


def _slots(part: Part, needs: Sequence[Need], courses: Sequence[Course]) -> Iterator[Slot]:
    """Slots of the courses' equipment: within reach all in the needs' days, elsewhere witnesses."""
    windows = {constraints.window(need, part.today, part.policy) for need in needs}
    if not windows:
        return
    firsts, last = sorted({first for first, _ in windows}), max(last for _, last in windows)
    equipment = {course.equipment for course in courses}
    near = within_reach(part.market, needs, part.policy)
    far: dict[tuple[str, str], list[Slot]] = {}
    for slot in part.market.slots:
        if slot.equipment in equipment and firsts[0] <= slot.day <= last:
            if slot.venue in near:
                yield slot
            else:
                far.setdefault((slot.venue, slot.equipment), []).append(slot)
    for slots in far.values():
        yield from _witnesses(slots, firsts)


def _witnesses(slots: list[Slot], firsts: Sequence[date]) -> list[Slot]:
    """For each first day the first slot from then on: a window that holds any slot holds one of these."""
    slots.sort(key=lambda slot: (slot.day, slot.id))
    found = {}
    at = 0
    for first in firsts:
        while at < len(slots) and slots[at].day < first:
            at += 1
        if at < len(slots):
            found[slots[at].id] = slots[at]
    return list(found.values())


def within_reach(market: Market, needs: Iterable[Need], policy: Policy) -> frozenset[str]:
    """Venues that are not too far for at least one of the needs."""
    distinct = {(need.place, need.max_travel_km): need for need in needs}
    return frozenset(
        venue.id
        for venue in market.venues.values()
        if any(not constraints.travel_violations(need, venue, policy) for need in distinct.values())
    )


def merge(found: Iterable[Sequence[Pool]]) -> tuple[Pool, ...]:
    """Pools of all groups as one list, most heads first."""
    return tuple(sorted((one for group in found for one in group), key=lambda one: one.order_key))
