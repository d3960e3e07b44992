"""Ranking: feasible on every date, independent of order, reasons add up, the true top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.alternatives import Merit, alternatives, merits
from matching.bundles import rank
from matching.constraints import is_free, is_qualified, window
from matching.policy import DEFAULT_POLICY, Policy, check
from matching.types import (
    MINUTES_PER_CLASS_HOUR,
    AssessmentDate,
    Bundle,
    Busy,
    Course,
    Criterion,
    Employment,
    Institution,
    Instructor,
    Market,
    Mode,
    Need,
    OccupationShare,
    Outline,
    Point,
    Qualification,
    Ranking,
    Reason,
    Rule,
    Run,
    Severity,
    Slot,
    Venue,
    distance_km,
)
from matching.weekly import Calendar, parse_weekly

TODAY = date(2026, 11, 21)
CALENDAR = Calendar(frozenset({date(2026, 11, 28)}), frozenset({date(2026, 11, 29)}))
TRADE = OccupationShare("6-18-01-01")
NEAR = OccupationShare("6-18-01-02")
HERE = Point(22.72, 114.25)


def need(**changes: object) -> Need:
    base = Need(
        id="N1",
        text="数控车工",
        heads=4,
        earliest=TODAY,
        occupations=(TRADE,),
        level=3,
        latest=TODAY + timedelta(days=30),
        pattern=parse_weekly("Mon-Fri 18:30-21:30; Sat,Sun all day"),
        place=HERE,
        max_travel_km=15,
        budget_fen=200_000,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def course(**changes: object) -> Course:
    base = Course(
        id="C1",
        title="数控车工（四级）",
        institution="T1",
        occupations=(TRADE,),
        level=3,
        theory_hours=4,
        practice_hours=8,
        price_fen=100_000,
        min_heads=2,
        max_heads=20,
        mode=Mode.CENTRE,
        equipment="LATHE",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def instructor(**changes: object) -> Instructor:
    base = Instructor("I1", "李建国", "T1", qualifications=(Qualification(TRADE.code, 4),))
    return replace(base, **changes)  # type: ignore[arg-type]


def slots(
    venue: str = "V1", days: int = 20, stations: int = 4, price: int | None = 1000
) -> list[Slot]:
    return [
        Slot(f"{venue}-{n}", venue, "LATHE", TODAY + timedelta(days=n), 1110, 1290, stations, price)
        for n in range(1, days)
    ]


def market(**parts: object) -> Market:
    base = Market(
        courses=(course(),),
        institutions={"T1": Institution("T1", "技校", evaluation=90, evaluation_count=20)},
        instructors=(instructor(),),
        venues={"V1": Venue("V1", "车间", "T1", HERE)},
        slots=tuple(slots()),
    )
    return replace(base, **parts)  # type: ignore[arg-type]


def best(a_need: Need, a_market: Market) -> Bundle | None:
    found = rank(a_need, a_market, CALENDAR, TODAY).bundles
    return found[0] if found else None


def rules(a_need: Need, a_market: Market) -> set[Rule]:
    ranking = rank(a_need, a_market, CALENDAR, TODAY)
    assert not ranking.bundles
    return {
        violation.rule for rejection in ranking.rejections for violation in rejection.violations
    }


def test_a_plain_need_gets_theory_then_practice() -> None:
    bundle = best(need(), market())
    assert bundle is not None
    assert [session.practice for session in bundle.sessions] == [False, True, True]
    assert bundle.price_fen == 100_000
    assert bundle.travel_km == 0


@pytest.mark.parametrize(
    ("a_need", "a_market", "rule"),
    [
        (need(level=5), market(), Rule.LEVEL),
        (need(certificate=True, level=4), market(), Rule.LEVEL),
        (need(heads=30), market(), Rule.HEADS_MAX),
        (need(mode=Mode.ONLINE), market(), Rule.MODE),
        (need(min_practice_hours=40), market(), Rule.PRACTICE_HOURS),
        (need(latest=TODAY + timedelta(days=3)), market(), Rule.STATIONS),
        (need(pattern=parse_weekly("Mon 08:00-12:00")), market(), Rule.PATTERN),
        (need(max_travel_km=1, place=Point(22.9, 114.25)), market(), Rule.TRAVEL),
        (need(), market(slots=()), Rule.EQUIPMENT),
        (need(), market(slots=tuple(slots(stations=0))), Rule.STATIONS),
        (need(), market(instructors=(instructor(qualifications=()),)), Rule.QUALIFICATION),
        (
            need(),
            market(
                instructors=(
                    instructor(
                        qualifications=(Qualification(TRADE.code, 4, TODAY + timedelta(days=3)),)
                    ),
                )
            ),
            Rule.QUALIFICATION,
        ),
        (
            need(),
            market(instructors=(instructor(blackouts=((TODAY, TODAY + timedelta(days=40)),)),)),
            Rule.INSTRUCTOR_BUSY,
        ),
        (
            need(),
            market(
                instructors=(
                    instructor(
                        employment=Employment.PART_TIME,
                        institutions_last_year=frozenset({"A", "B", "C"}),
                    ),
                )
            ),
            Rule.PART_TIMER,
        ),
        (
            need(),
            market(institutions={"T1": Institution("T1", "技校", status="suspended")}),
            Rule.INSTITUTION_STATUS,
        ),
        (
            need(),
            market(institutions={"T1": Institution("T1", "技校", qualified_to=TODAY)}),
            Rule.INSTITUTION_QUALIFICATION,
        ),
        (
            need(),
            market(institutions={"T1": Institution("T1", "技校", scope=("4-",))}),
            Rule.SCOPE,
        ),
        (need(), market(courses=(course(valid_to=TODAY),)), Rule.COURSE_VALIDITY),
    ],
)
def test_each_rule_keeps_the_offering_out_by_name(
    a_need: Need, a_market: Market, rule: Rule
) -> None:
    assert rule in rules(a_need, a_market)


def test_unknown_is_neither_a_match_nor_out() -> None:
    known, unknown = course(), course(id="C2", price_fen=None, level=None, filed_on=None)
    ranking = rank(need(), market(courses=(known, unknown)), CALENDAR, TODAY)
    assert [bundle.course.id for bundle in ranking.bundles] == ["C1", "C2"]
    reasons = {reason.criterion: reason for reason in ranking.bundles[1].explanation.reasons}
    assert not reasons[Criterion.PRICE].known
    assert reasons[Criterion.LEVEL].score == DEFAULT_POLICY.unknown_score


def test_an_institution_without_any_instructor_is_offered_with_a_warning() -> None:
    bundle = best(need(), market(instructors=()))
    assert bundle is not None
    assert [warning.rule for warning in bundle.warnings] == [Rule.INSTRUCTOR_UNKNOWN]


def test_groups_rotate_when_stations_are_fewer_than_heads() -> None:
    bundle = best(need(heads=4), market(slots=tuple(slots(stations=2))))
    assert bundle is not None
    practice = [session for session in bundle.sessions if session.practice]
    assert len(practice) == 4
    assert all(session.heads == 2 for session in practice)


def test_a_venue_keeps_its_buffers_between_two_groups() -> None:
    days = [TODAY + timedelta(days=n) for n in range(7, 11)]
    twice = tuple(
        Slot(f"{day}{start}", "V1", "LATHE", day, start, start + 90, 4)
        for day in days
        for start in (1110, 1200)
    )
    a_course = course(theory_hours=0, practice_hours=4)
    venue = Venue("V1", "车间", "T1", HERE, buffer_before=10, buffer_after=10)
    for buffered, wanted in (
        ({"V1": replace(venue, buffer_before=0, buffer_after=0)}, 1),
        ({"V1": venue}, 2),
    ):
        bundle = best(need(), market(courses=(a_course,), venues=buffered, slots=twice))
        assert bundle is not None
        assert len({session.day for session in bundle.sessions}) == wanted


def test_alternatives_of_a_course_differ_in_what_matters() -> None:
    near, far = Venue("V1", "近", "T9", HERE), Venue("V2", "远", "T9", Point(22.76, 114.25))
    dear, cheap = slots("V1", price=9000), slots("V2", price=100)
    worse = [s._replace(id="V3" + s.id, venue="V3", price_fen=9500) for s in dear]
    third = Venue("V3", "更远", "T9", Point(22.78, 114.25))
    known = market(
        venues={"V1": near, "V2": far, "V3": third}, slots=tuple([*dear, *cheap, *worse])
    )
    ways = alternatives(need(), known, CALENDAR, TODAY)
    told = {way.venue.id: merits(way, ways) for way in ways if way.venue}
    assert told == {"V1": (Merit.NEAREST,), "V2": (Merit.CHEAPEST,)}


def test_theory_and_practice_may_be_different_people() -> None:
    people = (
        instructor(id="I1", teaches_practice=False),
        instructor(id="I2", teaches_theory=False),
    )
    bundle = best(need(), market(instructors=people))
    assert bundle is not None
    assert [person.id for person in bundle.instructors] == ["I1", "I2"]
    assert {(s.practice, s.instructor) for s in bundle.sessions} == {(False, "I1"), (True, "I2")}


def test_a_wanted_certificate_brings_the_first_assessment_after_the_end() -> None:
    days = (TODAY, TODAY + timedelta(days=20), TODAY + timedelta(days=40))
    dates = tuple(
        AssessmentDate(f"A{n}", "B", TRADE.code, 3, day, 10) for n, day in enumerate(days)
    )
    bundle = best(need(certificate=True), market(assessments=dates))
    assert bundle is not None
    assert bundle.assessment == dates[1]
    without = best(need(certificate=True), market())
    assert without is not None
    assert Rule.ASSESSMENT in {warning.rule for warning in without.warnings}


def test_a_run_is_joined_while_it_has_seats_and_is_open() -> None:
    run = Run("R1", TODAY + timedelta(days=5), parse_weekly("Sat,Sun 08:30-17:30"), seats_left=4)
    with_run = course(runs=(run,), on_demand=False)
    bundle = best(need(), market(courses=(with_run,)))
    assert bundle is not None
    assert bundle.run == run
    full = course(runs=(replace(run, seats_left=3),), on_demand=False)
    assert Rule.RUN_FULL in rules(need(), market(courses=(full,)))
    begun = course(runs=(replace(run, first_day=TODAY),), on_demand=False)
    assert Rule.RUN_CLOSED in rules(need(), market(courses=(begun,)))


def test_nobody_teaches_two_classes_at_once() -> None:
    first = best(need(), market())
    assert first is not None
    taken = tuple(Busy(s.day, 1110, 1290, "R9") for s in first.sessions)
    second = best(need(), market(instructors=(instructor(busy=taken),)))
    assert second is not None
    assert not {s.day for s in second.sessions} & {s.day for s in first.sessions}


def test_a_run_whose_instructor_or_venue_is_gone_is_not_offered_with_another() -> None:
    run = Run("R1", TODAY + timedelta(days=5), parse_weekly("Sat,Sun 08:30-17:30"), seats_left=9)
    for gone, rule in (
        ({"instructor": "I9"}, Rule.QUALIFICATION),
        ({"venue": "V9"}, Rule.EQUIPMENT),
    ):
        lost = course(runs=(replace(run, **gone),), on_demand=False)  # type: ignore[arg-type]
        assert rules(need(), market(courses=(lost,))) == {rule}


def test_an_appointed_instructor_is_still_bound_by_days_off() -> None:
    run = Run(
        "R1", TODAY + timedelta(days=5), parse_weekly("Sat,Sun 08:30-17:30"), None, 9, None, "I1"
    )
    with_run = course(runs=(run,), on_demand=False)
    evenings = instructor(weekly=parse_weekly("Mon 18:30-21:30"), busy=(Busy(TODAY, 1, 2, "R1"),))
    assert best(need(), market(courses=(with_run,), instructors=(evenings,))) is not None
    away = replace(evenings, blackouts=((TODAY, TODAY + timedelta(days=60)),))
    assert rules(need(), market(courses=(with_run,), instructors=(away,))) == {Rule.INSTRUCTOR_BUSY}


def test_qualification_must_last_to_the_end() -> None:
    ends = {"T1": Institution("T1", "技校", qualified_to=TODAY + timedelta(days=3))}
    assert rules(need(), market(institutions=ends)) == {Rule.INSTITUTION_QUALIFICATION}


def test_practice_at_the_firm_takes_its_hours() -> None:
    bundle = best(need(), market(courses=(course(mode=Mode.FIRM),)))
    assert bundle is not None
    assert [session.practice for session in bundle.sessions] == [False, True, True]
    assert bundle.venue is None


def test_a_need_that_may_split_is_warned_about_a_class_too_small() -> None:
    bundle = best(need(heads=22, can_split=True), market(slots=tuple(slots(stations=30))))
    assert bundle is not None
    assert Rule.HEADS_MAX in {warning.rule for warning in bundle.warnings}


def test_only_heads_that_still_need_hours_are_paid_for() -> None:
    venues = {"V1": Venue("V1", "车间", "T9", HERE)}
    free = slots(stations=3, price=1200)
    a_course = course(practice_hours=4, theory_hours=0)
    bundle = best(need(heads=4), market(venues=venues, courses=(a_course,), slots=tuple(free)))
    assert bundle is not None
    assert [session.heads for session in bundle.sessions] == [3, 1]
    assert bundle.price_fen == 100_000 + 1200


def test_whether_the_first_two_are_close_does_not_depend_on_how_many_are_shown() -> None:
    twins = market(courses=(course(), course(id="C2")))
    assert [rank(need(), twins, CALENDAR, TODAY, top=n).is_close for n in (1, 2, 5)] == [True] * 3


def test_a_foreign_venue_adds_its_price_and_unknown_makes_the_whole_unknown() -> None:
    venues = {"V1": Venue("V1", "车间", "T9", HERE)}
    bundle = best(need(), market(venues=venues))
    assert bundle is not None
    assert bundle.price_fen == 100_000 + 2 * 1000
    unknown = best(need(), market(venues=venues, slots=tuple(slots(price=None))))
    assert unknown is not None
    assert unknown.price_fen is None


def test_closed_venues_serve_only_their_own_institution() -> None:
    venues = {"V1": Venue("V1", "车间", "T9", HERE, shared=False)}
    assert best(need(), market(venues=venues)) is None


def test_a_policy_is_checked() -> None:
    check(DEFAULT_POLICY)
    with pytest.raises(ValueError, match="sum to 1"):
        check(Policy(weights={**DEFAULT_POLICY.weights, Criterion.TOPIC: 0.9}))


def test_severities_are_data() -> None:
    lenient = Policy(severities={Rule.HEADS_MAX: Severity.WARN})
    assert rank(need(heads=30, can_split=False), market(), CALENDAR, TODAY, lenient).considered == 1


def test_the_stalest_part_of_a_plan_says_how_fresh_it_is() -> None:
    def freshness(a_market: Market, policy: Policy = DEFAULT_POLICY) -> Reason:
        (plan,) = rank(need(), a_market, CALENDAR, TODAY, policy).bundles
        return next(one for one in plan.explanation.reasons if one.criterion is Criterion.FRESHNESS)

    def days(count: int) -> date:
        return TODAY - timedelta(days=count)

    filed = market(courses=(course(filed_on=days(10)),))
    assert (freshness(filed).score, freshness(filed).evidence) == (1, ("10",))
    old = replace(filed, instructors=(instructor(filed_on=days(365)),))
    assert (freshness(old).score, freshness(old).evidence) == (0, ("365", "instructor", "李建国"))
    assert freshness(old, replace(DEFAULT_POLICY, part_days={})) == freshness(filed)
    both = replace(old, instructors=(*old.instructors, instructor(id="I2", filed_on=days(3))))
    assert freshness(both).score == 1  # whoever is fresher is taken where all else is alike
    late = replace(filed, slots=tuple(one._replace(filed_on=days(19)) for one in slots()))
    assert freshness(late).score == pytest.approx(0.5)
    assert freshness(late).evidence[:2] == ("19", "slot")
    venue = replace(late.venues["V1"], filed_on=days(400))
    assert freshness(replace(late, venues={"V1": venue})).evidence == ("400", "venue", "车间")
    unknown = market(courses=(course(filed_on=None),))
    assert not freshness(unknown).known
    run = Run("R1", TODAY + timedelta(days=6), parse_weekly("Sat,Sun 08:30-17:30"))
    runs = (replace(run, filed_on=days(120)),)
    stale = market(courses=(course(filed_on=None, on_demand=False, runs=runs),))
    assert freshness(stale).known
    assert (freshness(stale).score, freshness(stale).evidence) == (0, ("120", "run", "R1"))


# What must hold for every market.

weeklies = st.sampled_from(
    [
        None,
        parse_weekly("Mon-Fri 18:30-21:30"),
        parse_weekly("Sat,Sun all day"),
        parse_weekly("Tue,Thu all day"),
    ]
)
needs = st.builds(
    need,
    heads=st.integers(1, 12),
    level=st.sampled_from([None, 2, 3, 4]),
    latest=st.sampled_from([None, TODAY + timedelta(days=12), TODAY + timedelta(days=40)]),
    pattern=weeklies,
    place=st.sampled_from([None, HERE, Point(22.6, 114.1)]),
    max_travel_km=st.sampled_from([None, 5.0, 30.0]),
    budget_fen=st.sampled_from([None, 50_000, 150_000]),
    certificate=st.booleans(),
    occupations=st.sampled_from([(TRADE,), (NEAR,), ()]),
)

filings = st.sampled_from([None, TODAY, TODAY - timedelta(days=200), TODAY - timedelta(days=400)])


@st.composite
def markets(draw: st.DrawFn) -> Market:
    courses = tuple(
        course(
            id=f"C{n}",
            institution=draw(st.sampled_from(["T1", "T2"])),
            occupations=draw(st.sampled_from([(TRADE,), (NEAR,), ()])),
            level=draw(st.sampled_from([None, 2, 3, 4])),
            theory_hours=draw(st.sampled_from([0, 4, 8])),
            practice_hours=draw(st.sampled_from([None, 0, 8, 12])),
            price_fen=draw(st.sampled_from([None, 80_000, 160_000])),
            on_demand=draw(st.booleans()),
            filed_on=draw(filings),
            runs=draw(
                st.sampled_from(
                    [
                        (),
                        (
                            Run(
                                f"R{n}",
                                TODAY + timedelta(days=6),
                                parse_weekly("Sat,Sun 08:30-17:30"),
                                None,
                                9,
                            ),
                        ),
                        (
                            Run(
                                f"R{n}",
                                TODAY + timedelta(days=8),
                                parse_weekly("Tue"),
                                TODAY + timedelta(days=29),
                                filed_on=TODAY - timedelta(days=80),
                            ),
                        ),
                    ]
                )
            ),
        )
        for n in range(draw(st.integers(1, 5)))
    )
    people = tuple(
        instructor(
            id=f"I{n}",
            institution=draw(st.sampled_from(["T1", "T2"])),
            employment=draw(st.sampled_from(list(Employment))),
            teaches_theory=draw(st.booleans()),
            teaches_practice=draw(st.booleans()),
            weekly=draw(weeklies),
            filed_on=draw(filings),
            qualifications=draw(
                st.sampled_from(
                    [
                        (Qualification(TRADE.code, 4),),
                        (Qualification(TRADE.code, 3, TODAY + timedelta(days=9)),),
                        (Qualification(NEAR.code, None), Qualification(TRADE.code, 3)),
                    ]
                )
            ),
        )
        for n in range(draw(st.integers(0, 4)))
    )
    venues = {
        "V1": Venue("V1", "甲", "T1", HERE, draw(st.booleans()), filed_on=draw(filings)),
        "V2": Venue("V2", "乙", "T2", Point(22.65, 114.2)),
    }
    free = [
        slot._replace(price_fen=draw(st.sampled_from([None, 500, 900])), filed_on=filed_on)
        for venue, filed_on in (("V1", draw(filings)), ("V2", TODAY - timedelta(days=20)))
        for slot in slots(venue, draw(st.integers(1, 9)), draw(st.integers(0, 6)))
    ]
    return market(
        courses=courses,
        institutions={
            "T1": Institution("T1", "甲校"),
            "T2": Institution("T2", "乙校", evaluation=70, evaluation_count=9),
        },
        instructors=people,
        venues=venues,
        slots=tuple(free),
    )


PROPERTY = settings(max_examples=120)


@PROPERTY
@given(needs, markets())
def test_every_bundle_is_feasible_on_every_date(a_need: Need, a_market: Market) -> None:
    first, last = window(a_need, TODAY, DEFAULT_POLICY)
    people = {person.id: person for person in a_market.instructors}
    stations = {slot.id: slot for slot in a_market.slots}
    for bundle in rank(a_need, a_market, CALENDAR, TODAY, top=9).bundles:
        served = [0] * a_need.heads
        for session in bundle.sessions:
            assert first <= session.day <= last
            assert session.day not in CALENDAR.days_off
            if a_need.pattern is not None:
                assert a_need.pattern.covers(session.day, session.start, session.end, CALENDAR)
            if session.instructor is not None:
                person = people[session.instructor]
                assert is_free(person, session.day, session.start, session.end, CALENDAR)
                assert not bundle.course.occupations or is_qualified(
                    person, bundle.course, session.day
                )
            if session.slot is not None:
                slot = stations[session.slot]
                assert (slot.day, slot.start, slot.end) == (session.day, session.start, session.end)
                assert session.heads is not None
                assert session.heads <= slot.stations_free * bundle.course.heads_per_station
                served.sort()
                for head in range(session.heads):
                    served[head] += (slot.end - slot.start) // MINUTES_PER_CLASS_HOUR
        if bundle.run is None and bundle.venue is not None:
            assert min(served) >= (bundle.course.practice_hours or 0)
        if bundle.venue and a_need.place and bundle.venue.place and a_need.max_travel_km:
            assert distance_km(a_need.place, bundle.venue.place) <= a_need.max_travel_km
        windows = sorted((s.day, s.start, s.end) for s in bundle.sessions if s.start is not None)
        assert all(a[:1] != b[:1] or a[2] <= b[1] for a, b in pairwise(windows))  # type: ignore[operator]


@PROPERTY
@given(needs, markets())
def test_reasons_add_up_and_best_comes_first(a_need: Need, a_market: Market) -> None:
    bundles = rank(a_need, a_market, CALENDAR, TODAY, top=9).bundles
    for bundle in bundles:
        parts = sum(reason.score * reason.weight for reason in bundle.explanation.reasons)
        assert bundle.score == pytest.approx(
            parts / sum(r.weight for r in bundle.explanation.reasons)
        )
        assert {reason.criterion for reason in bundle.explanation.reasons} == set(Criterion)
        assert 0 <= bundle.score <= 1
    assert [bundle.order_key for bundle in bundles] == sorted(
        bundle.order_key for bundle in bundles
    )


@PROPERTY
@given(needs, markets(), st.integers(0, 99))
def test_the_order_of_the_market_does_not_matter(a_need: Need, a_market: Market, seed: int) -> None:
    random = Random(seed)
    shuffled = replace(
        a_market,
        courses=tuple(random.sample(a_market.courses, len(a_market.courses))),
        instructors=tuple(random.sample(a_market.instructors, len(a_market.instructors))),
        slots=tuple(random.sample(a_market.slots, len(a_market.slots))),
    )
    one, other = (rank(a_need, m, CALENDAR, TODAY, top=9) for m in (a_market, shuffled))
    assert one.bundles == other.bundles
    assert {r.course.id for r in one.rejections} == {r.course.id for r in other.rejections}


@PROPERTY
@given(needs, markets(), st.integers(1, 3))
def test_the_top_is_the_true_top(a_need: Need, a_market: Market, top: int) -> None:
    """Each course alone has nothing to be cut off by; merged, they must give the same top."""
    alone = [
        bundle
        for one in a_market.courses
        for bundle in rank(
            a_need, replace(a_market, courses=(one,)), CALENDAR, TODAY, top=1
        ).bundles
    ]
    expected = sorted(alone, key=lambda bundle: bundle.order_key)[:top]
    assert list(rank(a_need, a_market, CALENDAR, TODAY, top=top).bundles) == expected


@PROPERTY
@given(needs, markets(), st.integers(1, 3))
def test_asking_for_details_late_gives_the_same_ranking(
    a_need: Need, a_market: Market, top: int
) -> None:
    """Courses and institutions first, the rest when they come up: what the store does."""
    eager = rank(a_need, a_market, CALENDAR, TODAY, top=top)
    bare = Market(a_market.courses, a_market.institutions)
    late = rank(a_need, bare, CALENDAR, TODAY, top=top, details=lambda courses: a_market)
    assert late == eager


@PROPERTY
@given(needs, markets(), st.integers(1, 3), st.integers(1, 4))
def test_courses_that_are_loaded_when_they_could_be_next_give_the_same_top(
    a_need: Need, a_market: Market, top: int, page: int
) -> None:
    """Where a trade has more courses than are loaded at once."""
    eager = rank(a_need, a_market, CALENDAR, TODAY, top=top)
    late = _ranked_by_pages(a_need, a_market, top, page)
    assert (late.bundles, late.grade, late.is_close) == (
        eager.bundles,
        eager.grade,
        eager.is_close,
    )
    assert {r.course.id for r in late.rejections} <= {r.course.id for r in eager.rejections}
    if not eager.bundles:
        assert late.rejections == eager.rejections


def test_a_page_that_ends_in_poor_courses_does_not_end_the_search() -> None:
    """Outlines do not tell how small a class would be: the best of the next page comes before these."""
    courses = (
        course(),
        course(id="C2", min_heads=8),
        course(id="C3", min_heads=100),
        course(id="C4", price_fen=110_000),
    )
    found = _ranked_by_pages(need(), market(courses=courses), 2, 3).bundles
    assert [bundle.course.id for bundle in found] == ["C1", "C4"]


def _ranked_by_pages(a_need: Need, a_market: Market, top: int, page: int) -> Ranking:
    """A ranking of courses that are known in outline and loaded so many at a time."""
    loaded: list[Course] = []

    def details(asked: Sequence[Course | Outline]) -> Market:
        wanted = {one.id for one in asked if isinstance(one, Outline)}
        loaded.extend(course for course in a_market.courses if course.id in wanted)
        return replace(a_market, courses=tuple(loaded))

    outlines = tuple(
        Outline(
            c.id, c.title, c.institution, c.level, c.price_fen, c.price_per_class, c.filed_on,
            c.occupations,
        )
        for c in a_market.courses
    )  # fmt: skip
    bare = Market((), a_market.institutions, outlines=outlines)
    with patch("matching.bundles._PAGE", page):
        return rank(a_need, bare, CALENDAR, TODAY, top=top, details=details)


@PROPERTY
@given(needs, markets())
def test_no_staffing_or_venue_beats_the_chosen_one(a_need: Need, a_market: Market) -> None:
    """Brute force: every course with each person, or each two where no one person can, and one venue."""
    people_sets = [
        *((person,) for person in a_market.instructors),
        *product(a_market.instructors, repeat=2),
    ]
    for one in a_market.courses:
        whole = rank(a_need, replace(a_market, courses=(one,)), CALENDAR, TODAY, top=1).bundles
        if one.institution not in a_market.staffed or one.runs:
            continue
        found: list[Bundle] = []
        for people in people_sets:
            if one.institution not in {person.institution for person in people}:
                continue
            if whole and len(set(people)) > 1:
                continue
            for venue in a_market.venues:
                narrowed = replace(
                    a_market,
                    courses=(one,),
                    instructors=tuple(dict.fromkeys(people)),
                    slots=tuple(slot for slot in a_market.slots if slot.venue == venue),
                )
                found.extend(rank(a_need, narrowed, CALENDAR, TODAY, top=1).bundles)
        best_found = max((bundle.score for bundle in found), default=0.0)
        assert best_found <= (whole[0].score if whole else 0.0) + 1e-12


def test_a_guest_whose_own_institution_is_suspended_is_told_of() -> None:
    guest = instructor(
        institution="T2",
        employment=Employment.PART_TIME,
        home_name="安梯坊",
        home_status="suspended",
    )
    (found,) = rank(need(), market(instructors=(guest,)), CALENDAR, TODAY).bundles
    (told,) = (one for one in found.warnings if one.rule is Rule.GUEST_HOME)
    assert (told.severity, told.subject, told.evidence) == (
        Severity.WARN, guest.id, ("T2", "suspended"),
    )  # fmt: skip
    blocking = replace(DEFAULT_POLICY, severities={Rule.GUEST_HOME: Severity.BLOCK})
    assert not rank(need(), market(instructors=(guest,)), CALENDAR, TODAY, blocking).bundles


@pytest.mark.parametrize("changes", [{"home_status": "active"}, {"institution": "T1"}])
def test_other_people_are_not_told_of(changes: dict[str, str]) -> None:
    told = {"institution": "T2", "home_status": "suspended", **changes}
    person = instructor(employment=Employment.PART_TIME, **told)
    (found,) = rank(need(), market(instructors=(person,)), CALENDAR, TODAY).bundles
    assert Rule.GUEST_HOME not in {one.rule for one in found.warnings}
