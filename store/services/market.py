"""Rows into engine values: a need, and all of the market that could serve it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from matching import text as words
from matching.bundles import rank
from matching.constraints import blocks, course_violations, travel_violations, window
from matching.policy import DEFAULT_POLICY
from matching.practice import hours
from matching.purposes import purpose
from matching.topic import cores, same_module, topic_score
from matching.types import (
    AssessmentDate,
    Bundle,
    Course,
    Instructor,
    Market,
    Mode,
    Need,
    OccupationShare,
    Outline,
    Point,
    Rule,
    Severity,
    Slot,
    Venue,
    Violation,
)
from matching.weekly import WeeklyPattern
from store import text_index
from store.models import (
    AreaRow,
    CourseModuleRow,
    CourseOccupationRow,
    CourseRow,
    NeedRow,
    OrganisationRow,
    SearchEntryRow,
    WaitingRow,
)
from store.schemas.records import NeedDraft
from store.services import bought, capacity, naming, offers, reference, search
from store.services.among import Query, among
from store.services.capacity import Claim
from store.text_index import Index

_BY_TEXT = 200
_MANY = 400  # candidates up to which every one is loaded whole at once
_SMALL_CLASS = 7
_OF_CLASS = select(CourseOccupationRow.course).where(
    CourseOccupationRow.code.between(bindparam("first"), bindparam("last"))
)
_COURSE_ENTRIES = Query(
    # Not the bare column: SQLite would go through all that courses have.
    select(SearchEntryRow.id, SearchEntryRow.code).where(
        func.coalesce(SearchEntryRow.kind, "") == "course"
    ),
    SearchEntryRow.id,
)
_OWNERS = Query(select(NeedRow.owner).order_by(NeedRow.code), NeedRow.code)


def engine_need(session: Session, draft: NeedDraft) -> Need:
    """A need as the engine takes it; where nobody chose occupations, what its text means."""
    shares = tuple(OccupationShare(part.code, part.confidence) for part in draft.occupations)
    return Need(
        id=getattr(draft, "code", ""),
        text=draft.text,
        heads=draft.heads,
        earliest=draft.earliest,
        occupations=shares or naming.meanings(session, draft.text),
        level=draft.level,
        latest=draft.latest,
        pattern=_pattern(draft.weekly),
        place=_area_point(session, draft.area),
        max_travel_km=draft.max_travel_km,
        budget_fen=None if draft.budget is None else round(draft.budget * 100),
        mode=Mode(draft.mode) if draft.mode else None,
        certificate=draft.certificate,
        min_practice_hours=draft.min_practice_hours,
        can_split=draft.can_split,
        min_group=draft.min_group,
        enterprise=draft.enterprise,
        apart_from=draft.apart_from,
        purpose=purpose(draft.text),
        only_modules=draft.only_modules,
    )


@dataclass(frozen=True, slots=True)
class Offers:
    """Courses that could be about a need, and how to ask for what the best of them would use."""

    market: Market
    details: Callable[[Sequence[Course | Outline]], Market]


def load_market(session: Session, need: Need, today: date) -> Offers:
    """Courses that could be about the need; people, places, slots and dates only when asked for.

    Where they are many they come in outline, and whole when asked for.
    """
    codes = candidate_codes(session, need)
    if len(codes) <= _MANY or need.only_modules:
        return around(session, need, today, codes)
    outlines = offers.outlines(session, codes)
    found = offers.institutions(session, {course.institution for course in outlines})
    return _around(session, need, today, Market((), found, outlines=outlines))


def around(session: Session, need: Need, today: date, codes: Sequence[str]) -> Offers:
    """Certain courses for a need."""
    courses = offers.courses(session, codes)
    found = offers.institutions(session, {course.institution for course in courses})
    return _around(session, need, today, Market(courses, found))


def _around(session: Session, need: Need, today: date, market: Market) -> Offers:
    found = market.institutions
    details = _Details(session, need, today, market)
    kept = capacity.kept(session, need.id)
    if not kept:
        return Offers(market, details)
    slots = offers.slots_named(session, [c.resource for c in kept if c.kind == "slot"])
    venues = offers.venues(session, {slot.venue for slot in slots}) if slots else {}
    open_to = {code for code, v in venues.items() if v.shared or v.institution in found}

    def with_kept(asked: Sequence[Course | Outline]) -> Market:
        """Slots of which everything that is free is kept for the need are no longer among the free ones."""
        loaded = details(asked)
        known = {slot.id for slot in loaded.slots}
        more = (slot for slot in slots if slot.id not in known and slot.venue in open_to)
        loaded = replace(loaded, slots=(*loaded.slots, *more), venues={**venues, **loaded.venues})
        return _given_back(loaded, kept, (need.id,))

    return Offers(_given_back(market, kept, (need.id,)), with_kept)


class _Details:
    """The market around courses as they come up: what was loaded for earlier ones is kept."""

    def __init__(self, session: Session, need: Need, today: date, market: Market) -> None:
        self._session = session
        self._need = need
        self._window = window(need, today, DEFAULT_POLICY)
        self._market = market
        self._calendar = reference.calendar(session)
        self._hours = hours(need, *self._window, self._calendar)
        self._homes = frozenset(market.institutions)
        self._owner = _centre_of(session, need)
        self._asked: set[str] = set()
        self._people: dict[str, Instructor] = {}
        self._venues: dict[str, Venue] = {}
        self._slots: list[Slot] = []
        self._sittings: list[AssessmentDate] = []

    def __call__(self, asked: Sequence[Course | Outline]) -> Market:
        """A market that has all that these courses and those asked for before can use.

        Those that are asked for in outline are in it, but not yet what they can use.
        """
        codes = [one.id for one in asked if isinstance(one, Outline)]
        if codes:
            loaded = offers.courses(self._session, codes)
            self._market = replace(self._market, courses=(*self._market.courses, *loaded))
        self._load([one for one in asked if isinstance(one, Course)])
        return replace(
            self._market,
            instructors=tuple(self._people.values()),
            venues=self._venues,
            slots=tuple(self._slots),
            assessments=tuple(self._sittings),
        )

    def _load(self, courses: Sequence[Course]) -> None:
        session = self._session
        first, last = self._window
        codes = self._new(share.code for course in courses for share in course.occupations)
        equipment = self._new(course.equipment for course in courses)
        homes = self._new(course.institution for course in courses)
        people = offers.qualified(session, codes, self._homes) | offers.staff(session, homes)
        people |= {run.instructor for c in courses for run in c.runs if run.instructor}
        new = offers.instructors(session, self._calendar, people - self._people.keys())
        self._people |= {person.id: person for person in new}
        self._add_slots(equipment, first, last)
        self._add_venues(run.venue for c in courses for run in c.runs if run.venue)
        if self._need.certificate:
            self._sittings += offers.assessments(session, codes, first)

    def _add_slots(self, equipment: Collection[str], first: date, last: date) -> None:
        """Slots that may be used; of venues too far away or not open then one, enough to say so."""
        found = offers.slot_venues(self._session, equipment, first, last)
        self._add_venues(found)
        usable: set[str] = set()
        told: set[tuple[str, str]] = set()
        for code, some in found.items():
            venue = self._venues.get(code)
            if venue is None or not (venue.shared or venue.institution in self._homes):
                continue
            told.update((code, kind) for kind in some)
            if not travel_violations(self._need, venue, DEFAULT_POLICY):
                usable.add(code)
        suited = offers.slots(self._session, equipment, self._hours, usable)
        suited = bought.without(self._session, suited, self._owner)
        told -= {(slot.venue, slot.equipment) for slot in suited}
        one_each = {found[code][kind] for code, kind in told}
        self._slots += suited + offers.slots_named(self._session, one_each)

    def _add_venues(self, codes: Iterable[str]) -> None:
        self._venues |= offers.venues(self._session, set(codes) - self._venues.keys())

    def _new(self, wanted: Iterable[str | None]) -> set[str]:
        """Codes that were not asked for before."""
        found = {code for code in wanted if code} - self._asked
        self._asked |= found
        return found


def best_of(
    session: Session, need: Need, course: str, today: date, holders: Collection[str]
) -> Bundle | None:
    """The best way to deliver one course for a need, what `holders` have taken counted as free."""
    found = around(session, need, today, [course])
    own = capacity.live(session, *holders)

    def details(courses: Sequence[Course | Outline]) -> Market:
        return _given_back(found.details(courses), own, holders)

    market = _given_back(found.market, own, holders)
    ranking = rank(
        need, market, reference.calendar(session), today, top=1, offered=1, details=details
    )
    return ranking.bundles[0] if ranking.bundles else None


def unsuited(
    session: Session, need: Need, course: str, run: str, today: date
) -> tuple[Violation, ...] | None:
    """What keeps a need from a run whatever its seats, None where nothing does."""
    found = around(session, need, today, [course])

    def only(market: Market) -> Market:
        courses = tuple(
            replace(
                c,
                on_demand=False,
                runs=tuple(replace(r, seats_left=None) for r in c.runs if r.id == run),
            )
            for c in market.courses
        )
        return replace(market, courses=courses)

    ranking = rank(
        need,
        only(found.market),
        reference.calendar(session),
        today,
        top=1,
        offered=1,
        details=lambda courses: only(found.details(courses)),
    )
    if ranking.bundles:
        return None
    return tuple(v for r in ranking.rejections for v in r.violations) or (
        Violation(Rule.TOPIC, Severity.BLOCK, course),
    )


def given_back(market: Market, session: Session, holders: Collection[str]) -> Market:
    """A market as if some proposals had taken nothing."""
    return _given_back(market, capacity.live(session, *holders), holders)


def _given_back(market: Market, own: Sequence[Claim], holders: Collection[str]) -> Market:
    """A market as if some proposals had taken nothing."""
    back: Counter[tuple[str, str]] = Counter()
    for claim in own:
        back[claim.kind, claim.resource] += claim.quantity
    return replace(
        market,
        courses=tuple(
            replace(
                course,
                runs=tuple(
                    replace(run, seats_left=run.seats_left + back["run", run.id])
                    if run.seats_left is not None
                    else run
                    for run in course.runs
                ),
            )
            for course in market.courses
        ),
        instructors=tuple(
            replace(person, busy=tuple(busy for busy in person.busy if busy.run not in holders))
            for person in market.instructors
        ),
        slots=tuple(
            slot._replace(stations_free=slot.stations_free + back["slot", slot.id])
            for slot in market.slots
        ),
        assessments=tuple(
            replace(s, seats_left=s.seats_left + back["assessment", s.id])
            for s in market.assessments
        ),
    )


def lined(session: Session, kind: str) -> dict[str, int]:
    """Runs, sittings or slots that firms wait in line for, and how many do."""
    row = WaitingRow
    query = select(row.resource).where(row.kind == kind, row.status.in_(("waiting", "offered")))
    return Counter(session.scalars(query))


def serving(session: Session, need: Need, today: date) -> tuple[Course, ...]:
    """Published courses about a need, of its trades or else near them, that would do for one of its heads."""
    need = replace(need, heads=1)
    found = offers.courses(session, candidate_codes(session, need))
    homes = offers.institutions(session, {course.institution for course in found})
    near = [
        course
        for course in found
        if topic_score(need, course)[0] >= DEFAULT_POLICY.topic_floor
        and not blocks(
            course_violations(need, course, homes[course.institution], today, DEFAULT_POLICY)
        )
    ]
    trades = {share.code for share in need.occupations}
    own = [course for course in near if trades & {share.code for share in course.occupations}]
    return tuple(own or near)


def short_names(session: Session, institutions: Collection[str]) -> dict[str, str]:
    """What institutions are called for short, by code."""
    row = OrganisationRow
    query = select(row.code, func.coalesce(row.short_name, row.name))
    return {code: name for code, name in session.execute(query.where(row.code.in_(institutions)))}


def _centre_of(session: Session, need: Need) -> str | None:
    """The centre that a need is of, None for one that is not stored."""
    codes = [one.id for one in need.parts]
    return next((owner for (owner,) in _OWNERS.rows(session, codes)), None)


def snapshot(session: Session, today: date, owner: str | None = None) -> Market:
    """The whole market in memory, for many needs; nobody gets at slots that firms wait in line for.

    For the needs of one centre it has no stations that were bought for others.
    """
    venues = offers.venues(session)
    lines = lined(session, "slot")
    return Market(
        courses=offers.courses(session),
        institutions=offers.institutions(session),
        instructors=tuple(offers.instructors(session, reference.calendar(session))),
        venues=venues,
        slots=tuple(
            slot._replace(stations_free=0) if slot.id in lines else slot
            for slot in bought.without(session, offers.all_slots(session), owner)
            if slot.venue in venues
        ),
        assessments=tuple(offers.assessments(session, None, today)),
    )


def of_centres(session: Session, whole: Market, centres: Collection[str]) -> dict[str, Market]:
    """The market of centres that cannot use all of it: some workstations were bought for others.

    Those that see the same share one.
    """
    seen: dict[tuple[Slot, ...], Market] = {}
    found: dict[str, Market] = {}
    for centre in sorted(centres):
        slots = tuple(bought.without(session, whole.slots, centre))
        if slots == whole.slots:
            continue
        if slots not in seen:
            seen[slots] = replace(whole, slots=slots)
            seen[slots].prepare()
        found[centre] = seen[slots]
    return found


def within(whole: Market, session: Session, need: Need) -> Offers:
    """What `load_market` gives, from a market in memory."""
    codes = candidate_codes(session, need)
    known = (whole.courses_by_id.get(code) for code in codes)
    courses = tuple(course for course in known if course is not None)
    homes = {course.institution: whole.institutions[course.institution] for course in courses}
    return Offers(Market(courses=courses, institutions=homes), lambda _: whole)


def candidate_codes(session: Session, need: Need) -> list[str]:
    """Published courses of the occupations and their small classes, and those whose title reads alike."""
    (alike,) = _reading_alike(session, [need])
    found = {*alike, *_teaching(session, need.only_modules)}
    for small in _small_classes(need):
        found.update(session.scalars(_OF_CLASS, {"first": small, "last": small + "~"}))
    return sorted(found)


def candidates_within(
    whole: Market, session: Session, needs: Sequence[Need]
) -> Iterator[tuple[str, ...]]:
    """The same for many needs, of a market in memory: what the trades of its courses say is not asked."""
    of_class: dict[str, set[str]] = {}
    for course in whole.courses:
        for share in course.occupations:
            of_class.setdefault(share.code[:_SMALL_CLASS], set()).add(course.id)
    for need, alike in zip(needs, _reading_alike(session, needs), strict=True):
        near = (of_class.get(small, set()) for small in _small_classes(need))
        yield tuple(sorted({*alike, *_teaching(session, need.only_modules)}.union(*near)))


def _teaching(session: Session, wanted: Collection[str]) -> set[str]:
    """Courses with a module of one of these titles, whatever their trade."""
    row = CourseModuleRow
    pairs = {pair for title in wanted for pair in words.pairs(words.fold(title))}
    if not pairs:
        return set()
    alike = or_(*(row.title.icontains(pair, autoescape=True) for pair in sorted(pairs)))
    titles = [
        title
        for title in session.scalars(select(row.title).where(alike).distinct())
        if any(same_module(one, title) for one in wanted)
    ]
    found: set[str] = set()
    for part in among(row.title, titles):
        found.update(session.scalars(select(row.course).where(part)))
    return found


def _small_classes(need: Need) -> set[str]:
    return {share.code[:_SMALL_CLASS] for share in need.occupations}


def _reading_alike(session: Session, needs: Sequence[Need]) -> list[list[str]]:
    """Of each need the courses whose title shares most of its rare terms."""
    wanted = [
        [term for term in words.terms(" ".join(cores(need.text))) if term.isalnum()]
        for need in needs
    ]
    within = search.kind_token("course")
    entries = [
        text_index.candidates(session, Index.RECORDS, rare, _BY_TEXT, within)
        for rare in text_index.rarest_each(session, Index.RECORDS, wanted, 8)
    ]
    codes = dict(_COURSE_ENTRIES.rows(session, {entry for some in entries for entry in some}))
    return [[codes[entry] for entry in some if entry in codes] for some in entries]


def offered_by(session: Session, codes: Sequence[str], institutions: Collection[str]) -> list[str]:
    """Those of the courses that one of the institutions offers, in order."""
    found: list[str] = []
    for part in among(CourseRow.code, codes):
        query = select(CourseRow.code).where(part, CourseRow.institution.in_(institutions))
        found += session.scalars(query)
    return sorted(found)


def _pattern(weekly: str | None) -> WeeklyPattern | None:
    return offers.weekly_pattern(weekly) if weekly else None


def _area_point(session: Session, area: str | None) -> Point | None:
    """Coordinates of an area, or of the nearest area above it that has any."""
    while area:
        row = session.get(AreaRow, area)
        if row is None:
            return None
        if row.lat is not None and row.lng is not None:
            return offers.point(row.lat, row.lng)
        area = row.parent
    return None
