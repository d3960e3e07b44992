"""What people read while planning: names before codes, times with days, whole yuan, warnings in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from matching.pooling import PriceStep
from matching.types import Bundle, Rule, Session, Severity, Violation
from seed.demo import OPERATOR
from seed.demo.people import KEEPER
from store import Store
from store.errors import InfeasibleError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.services import classes, clocks, inbox, labels, matchmaking, pools, proposals, records
from store.services.pools import Radar
from tests.conftest import DAY
from tests.store.test_repair import WELD, book
from tests.tui.driving import frame, running, settle
from tui import deal_text, i18n, pool_text, render
from tui.messages import sentence

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
MONDAY = date(2026, 11, 23)


def broken(rule: Rule, subject: str, *evidence: object) -> Violation:
    return Violation(rule, Severity.BLOCK, subject, tuple(str(part) for part in evidence))


@pytest.mark.parametrize(
    ("violation", "told"),
    [
        (broken(Rule.INSTRUCTOR_BUSY, "I030", MONDAY), "(石敬川 I030: 11-23 Mon 18:30-21:30)"),
        (broken(Rule.INSTRUCTOR_BUSY, "I030"), "(石敬川 I030)"),
        (broken(Rule.INSTRUCTOR_BUSY, "I999", MONDAY), "(I999: 11-23 Mon 18:30-21:30)"),
        (broken(Rule.STATIONS, "V01", "EQ-WELD"), "(workshop V01: welding booths EQ-WELD)"),
        (broken(Rule.RUN_FULL, "R028", 0, 3), "(R028: 0 left, 3 wanted)"),
        (broken(Rule.HEADS_MIN, "C045", 3, 20), "(3 heads, at least 20)"),
        (broken(Rule.HEADS_MAX, "C045", 30, 20), "(30 heads, at most 20)"),
        (broken(Rule.LEVEL, "C045", 3, 4), "wanted, level 3 (senior) offered)"),
        (broken(Rule.MODE, "C045", "firm", "centre"), "at the firm wanted, at the institution"),
        (broken(Rule.DATES, "R028", "2026-12-24", "2027-01-06"), "12-24 Thu to 01-06 Wed"),
        (broken(Rule.DATES, "C045", "2026-12-24", 2), "2 sessions, the first on 12-24 Thu"),
        (broken(Rule.TRAVEL, "V01", "12.0", "8"), "(workshop V01: 12.0 km of 8)"),
        (broken(Rule.TRAVEL_GAP, "I030", MONDAY, 10, 35), "11-23 Mon 18:30-21:30: 10 min free"),
        (broken(Rule.REST, "I030", MONDAY, 9.5), "9.5 h before 11-23 Mon"),
        (broken(Rule.WORKLOAD, "I030", "day", MONDAY, 9), "石敬川 I030: 9 h on 11-23 Mon"),
        (broken(Rule.PART_TIMER, "I030", 4), "4 institutions"),
        (broken(Rule.QUALIFICATION, "I030", "C054", MONDAY), "(石敬川 I030: 11-23 Mon"),
        (broken(Rule.COURSE_VALIDITY, "C054", None, "2026-12-31"), "(12-31 Thu)"),
        (broken(Rule.BUDGET, "C054", 152308, 100000), "¥1,523.08 a head, budget ¥1,000"),
    ],
    ids=lambda value: value.rule.value if isinstance(value, Violation) else "",
)
def test_a_broken_rule_is_told_with_names_and_times(violation: Violation, told: str) -> None:
    names = {"I030": "石敬川", "V01": "workshop", "EQ-WELD": "welding booths"}
    at = Session(MONDAY, 18 * 60 + 30, 21 * 60 + 30, practice=True, instructor="I030")
    assert told in render.violation_line(violation, names, [at])


def test_every_rule_is_told_whatever_its_data() -> None:
    for rule in Rule:
        assert render.violation_line(broken(rule, "X")).strip()


def test_names_of_violations_are_looked_up_as_far_as_one_may_see(stocked: Store) -> None:
    told = [
        broken(Rule.INSTRUCTOR_BUSY, "I030", MONDAY),
        broken(Rule.STATIONS, "V01", "EQ-WELD-ARC"),
    ]
    found = stocked.read(labels.of_violations, told, by=OPERATOR)
    assert found["I030"] == "石敬川"
    assert (
        stocked.read(labels.of_violations, told, by=SCHOOL).get("I030") is None
    )  # of another school
    nobody = Actor("admin", "管理员", Role.ADMIN, "BUREAU")
    assert stocked.read(labels.of_violations, told, by=nobody) == {}


def test_a_class_and_a_proposal_bring_the_names_of_their_plan(stocked: Store) -> None:
    booked = book(stocked, WELD)
    (person,) = booked.instructors
    assert booked.names[person]
    sheet = "\n".join(deal_text.class_lines(booked))
    assert f"{booked.names[person]} {person}" in sheet
    lines = deal_text.session_lines(booked.sessions, booked.names)
    assert lines[0] == f"Instructors: {booked.names[person]} {person}"  # once, not in every line
    assert not any(person in line for line in lines[1:])
    slots = [s.slot for s in booked.sessions if s.slot]
    assert booked.names[slots[0]] in "\n".join(lines)
    found = stocked.read(inbox.proposal, booked.members[0].proposal, by=OPERATOR)
    assert found.names[person] == booked.names[person]
    listed = {one.code: one for one in stocked.read(classes.list_classes, by=OPERATOR)}
    assert listed[booked.code].names == booked.names


def test_sessions_of_several_people_name_each(stocked: Store) -> None:
    at = Session(MONDAY, 510, 690, practice=False, instructor="I1")
    other = replace(at, instructor="I2", slot="S1", practice=True)
    one, two = deal_text.session_lines([at, other], {"I1": "甲", "I2": "乙"})
    assert (one[-4:], "乙 I2" in two, two[-2:]) == ("甲 I1", True, "S1")


def lathe(store: Store) -> tuple[Radar, Bundle]:
    radar = store.read(pools.radar, by=OPERATOR, today=DAY)
    return radar, radar.pools[0].bundle


def test_prices_shared_out_are_whole_yuan_and_the_class_price_is_told(stocked: Store) -> None:
    radar, bundle = lathe(stocked)
    course = replace(bundle.course, price_fen=1_980_000, price_per_class=True)
    one = replace(
        radar.pools[0],
        bundle=replace(bundle, course=course, price_fen=152_308),
        steps=(PriceStep(13, 152_308), PriceStep(14, 141_429), PriceStep(15, 141_401)),
    )
    told = "\n".join(pool_text.pool_lines(one, radar.needs))
    assert "Now ¥1,524 a head" in told
    assert "¥19,800 as a whole" in told
    assert "14–15 heads ¥1,415" in told
    assert ".08" not in told
    plain = "\n".join(pool_text.pool_lines(radar.pools[0], radar.needs))
    assert "as a whole" not in plain


@pytest.mark.parametrize("language", ["en", "zh"])
def test_how_a_cluster_was_found_is_told_without_jargon(stocked: Store, language: str) -> None:
    i18n.use(language)
    one = lathe(stocked)[0].pools[0]
    for is_exact in (True, False):
        told = pool_text.method_word(replace(one, is_exact=is_exact))
        assert "euristic" not in told
        assert "启发式" not in told


def test_one_head_is_not_heads(stocked: Store) -> None:
    radar, _bundle = lathe(stocked)
    assert deal_text.heads_word(1) == "1 head"
    assert deal_text.heads_word(2) == "2 heads"
    one = replace(radar.pools[0], missing=1)
    assert "1 head short" in "\n".join(pool_text.pool_lines(one, radar.needs))
    assert pool_text.steps_word([PriceStep(1, 100)]) == "1 head ¥1"


def test_a_class_that_begins_before_firms_must_answer_is_told(stocked: Store) -> None:
    radar, _bundle = lathe(stocked)
    assert radar.due == date(2026, 11, 26)
    soon = next(p for p in radar.pools if p.bundle.sessions[0].day <= radar.due)
    late = next(p for p in radar.pools if p.bundle.sessions[0].day > radar.due)
    told = "firms may answer until 11-26 Thu"
    assert told in "\n".join(pool_text.pool_lines(soon, radar.needs, radar.due))
    assert told not in "\n".join(pool_text.pool_lines(late, radar.needs, radar.due))
    assert told not in "\n".join(pool_text.pool_lines(soon, radar.needs))


def test_a_proposal_that_begins_before_all_must_answer_says_so(stocked: Store) -> None:
    choice = stocked.read(pools.prepare, *WELD, by=OPERATOR, today=DAY)
    made = stocked.write(pools.draft, choice, by=OPERATOR, now=NOW)
    stocked.write(proposals.send, made[0].code, by=OPERATOR, now=NOW)
    found = stocked.read(inbox.proposal, made[0].code, by=OPERATOR)
    assert found.first_day == MONDAY
    assert "before all have to answer" in "\n".join(deal_text.proposal_lines(found, NOW))
    later = replace(found, first_day=found.first_day + timedelta(days=30))
    assert "before all have" not in "\n".join(deal_text.proposal_lines(later, NOW))
    draft = stocked.read(inbox.proposal, made[1].code, by=OPERATOR)
    assert "before all have" not in "\n".join(deal_text.proposal_lines(draft, NOW))


def test_a_refused_plan_names_people(stocked: Store) -> None:
    busy = broken(Rule.INSTRUCTOR_BUSY, "I030", MONDAY)
    told = sentence(InfeasibleError("C054", [busy]).with_names({"I030": "石敬川"}))
    assert "石敬川 I030" in told


def test_what_is_not_allowed_is_told_without_an_empty_place() -> None:
    told = sentence(NotAllowedError("read", "proposal"))
    assert "(read: proposal)" in told
    assert "P000001" in sentence(NotAllowedError("read", "proposal", "P000001"))


@pytest.mark.parametrize("by", [KEEPER, OPERATOR, SCHOOL])
def test_a_refusal_tells_who_may(stocked: Store, by: Actor) -> None:
    with pytest.raises(NotAllowedError) as refused:
        stocked.write(clocks.set_clocks, {"draft_minutes": 20}, by=by)
    assert sentence(refused.value) == "You may not do this (edit: clocks). This is for: supervisor."


def test_a_refusal_tells_that_a_record_is_another_organisations(stocked: Store) -> None:
    other = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
    with pytest.raises(NotAllowedError) as refused:
        stocked.write(records.withdraw, "need", "N000001", version=1, by=other, reason="x")
    assert sentence(refused.value).endswith("N000001). The record is another organisation's.")


async def test_what_was_ruled_out_is_told_with_names(stocked: Store) -> None:
    found = stocked.read(matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY, top=9)
    told = [v for one in found.ranking.rejections for v in one.violations]
    names = stocked.read(labels.of_violations, told, by=OPERATOR)
    assert names
    async with running(stocked, size=(140, 60)) as pilot:
        await pilot.press("3", "f8")
        await settle(pilot)
        await pilot.press("x")
        shown = frame(pilot)
    assert any(f"{name} {code}"[:12] in shown for code, name in names.items())
