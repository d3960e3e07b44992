"""Visits, draws, risk flags and who is in charge; on both databases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import DuijieError
from store.models import InstructorRow, QualificationRow, TrainingClassRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CourseDraft
from store.services import (
    attendance,
    charges,
    classes,
    desk,
    draws,
    records,
    risks,
    supervision_rules,
    visits,
)
from store.services.attendance import Mark
from store.services.supervision_rules import Item
from store.services.visits import Finding, Wish
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
OVER, COMING = "B000000", "B000001"


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    """The failure of a call, whose code is this one."""
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def acting(store: Store, service: Any, *words: Any, **more: Any) -> Any:
    """A service as a write of its own, some of its words given."""
    write: Any = store.write
    return partial(write, service, *words, **more)


def school(store: Store, code: str = COMING) -> Actor:
    """Somebody of the institution whose class it is."""
    return Actor(
        "z", "赵毅", Role.INSTITUTION, store.read(classes.sheet, code, by=SYSTEM).institution
    )


def answers(**changes: str) -> dict[str, str]:
    """Every item of the built-in checklist, in order unless said otherwise."""
    return {
        "sign_in": "yes", "head_count": "yes", "instructor": "yes", "certificate": "yes",
        "plan": "yes", "hours": "yes", "stations": "na", "safety": "yes", "no_fees": "yes",
        "records": "yes", **changes,
    }  # fmt: skip


def test_from_a_plan_over_findings_to_the_end(store: Store) -> None:
    first = store.read(classes.sheet, COMING, by=SYSTEM).first_day
    during = datetime(first.year, first.month, first.day, 4, tzinfo=UTC)
    write: Any = partial(store.write, by=SUPERVISOR)
    before = len(store.read(visits.listed, by=SUPERVISOR))
    refused("visit_no_session", lambda: write(visits.plan, Wish(COMING, date(2026, 1, 1)), now=NOW))
    made = write(visits.plan, Wish(COMING, first, None, "周主管、吴科员", "unplanned"), now=NOW)
    assert (made.status, made.visitor, made.checklist) == ("planned", "周主管、吴科员", 1)
    teacher = school(store)
    # unannounced: neither the school nor the centre is told before it was made
    assert made.code not in [one.code for one in store.read(visits.listed, by=teacher)]
    assert made.code not in [one.code for one in store.read(visits.listed, by=OPERATOR)]
    refused("not_allowed", lambda: store.read(visits.shown, made.code, by=teacher))
    refused("visit_ahead", lambda: write(visits.record, made.code, answers(), now=NOW))
    partial_answers = {name: said for name, said in answers().items() if name != "safety"}
    told = refused(
        "visit_items", lambda: write(visits.record, made.code, partial_answers, now=during)
    )
    assert told.params["items"] == "safety"
    silent = answers(safety="no")
    refused("visit_silent", lambda: write(visits.record, made.code, silent, now=during))
    found = [Finding("safety", "grave", "砂轮机没有防护罩"), Finding("plan", "minor", "教案未更新")]
    done = write(visits.record, made.code, silent, found, now=during)
    assert (done.status, done.findings) == ("recorded", tuple(found))
    assert done.follow_up == first + timedelta(days=3)  # as soon as the gravest says
    refused("no_such_step", lambda: write(visits.record, made.code, answers(), now=during))
    refused("visit_unanswered", lambda: write(visits.close, made.code, now=during))
    stranger = Actor("y", "别家", Role.INSTITUTION, "T09")
    refused(
        "not_allowed", lambda: store.write(visits.answer, made.code, "?", by=stranger, now=during)
    )
    refused("not_allowed", lambda: store.read(visits.shown, made.code, by=COLLEAGUE))
    late = during + timedelta(days=5)
    for actor, why in (
        (OPERATOR, "follow_up"),
        (teacher, "visit_answer"),
        (SUPERVISOR, "follow_up"),
    ):
        calls = {c.record: c.why for c in store.read(desk.queue, by=actor, now=late)}
        assert calls.get(made.code) == why, actor
        early = [c.record for c in store.read(desk.queue, by=actor, now=during)]
        assert (made.code in early) == (why == "visit_answer")
    store.write(desk.outcome, made.code, teacher.organisation, "talked", by=OPERATOR, now=late)
    said = store.write(visits.answer, made.code, "防护罩已装，附照片（虚构）", by=teacher, now=late)
    assert (said.status, said.answered_by) == ("answered", "z")
    over = write(visits.close, made.code, "复查合格", now=late)
    assert (over.status, over.closed_by) == ("closed", "supervisor")
    assert made.code not in {c.record for c in store.read(desk.queue, by=OPERATOR, now=late)}
    assert len(store.read(visits.listed, by=SUPERVISOR)) == before + 1
    second = write(visits.plan, Wish(COMING, first), now=NOW)
    refused("visit_reason", lambda: write(visits.withdraw, second.code, " ", now=NOW))
    assert write(visits.withdraw, second.code, "改期", now=NOW).status == "withdrawn"


def test_a_new_checklist_is_for_visits_from_then_on(stocked: Store) -> None:
    first = stocked.read(classes.sheet, COMING, by=SYSTEM).first_day
    write: Any = partial(stocked.write, by=SUPERVISOR)
    old = write(visits.plan, Wish(COMING, first), now=NOW)
    refused("checklist_items", lambda: write(supervision_rules.set_checklist, []))
    refused(
        "checklist_item", lambda: write(supervision_rules.set_checklist, [Item("Ünicode", "x")])
    )
    made = write(
        supervision_rules.set_checklist, [Item("sign_in"), Item("fire", "灭火器在有效期内")]
    )
    assert (made.version, [one.code for one in made.items]) == (2, ["sign_in", "fire"])
    new = write(visits.plan, Wish(COMING, first), now=NOW)
    assert (old.checklist, new.checklist) == (1, 2)
    during = NOW + timedelta(days=60)
    assert write(visits.record, old.code, answers(), now=during).answers["stations"] == "na"
    said = {"sign_in": "yes", "fire": "yes"}
    assert write(visits.record, new.code, said, now=during).answers == said
    refused("not_found", lambda: stocked.read(supervision_rules.checklist, 9))
    refused("rule_range", lambda: write(supervision_rules.set_rules, {"coverage": 0}))
    assert write(supervision_rules.set_rules, {"coverage": 50}).coverage == 50


def test_a_draw_is_made_again_by_anyone(store: Store) -> None:
    write: Any = partial(store.write, by=SUPERVISOR)
    refused("draw_seed", lambda: write(draws.make, "x", now=NOW))
    refused("not_allowed", lambda: store.write(draws.make, "2026-11-21 彩票", by=OPERATOR, now=NOW))
    nobody = date(2031, 1, 1)
    refused("draw_nobody", lambda: write(draws.make, "2031-01 公开数", of=nobody, now=NOW))
    made = write(draws.make, "2026-11-21 公开数 03 11 17", percent=50, now=NOW)
    assert (made.first, made.last) == (date(2026, 10, 1), date(2026, 12, 31))
    codes = [code for code, _ in made.population]
    hashes = {c: hashlib.sha256(f"{made.seed}\n{c}".encode()).hexdigest() for c in codes}
    by_hand = sorted(codes, key=lambda c: hashes[c])[: -(-len(codes) // 2)]
    assert list(made.drawn) == by_hand
    proof = store.read(draws.verify, made.code, by=OPERATOR)
    assert proof.is_proven
    assert (proof.missing, proof.added) == ((), ())
    write_raw(store, "UPDATE spot_draw SET seed = 'other'", fails=True)
    write_raw(store, "DELETE FROM spot_draw", fails=True)
    day = store.read(classes.sheet, made.drawn[0], by=SYSTEM).sessions[0].day
    store.write(visits.plan, Wish(made.drawn[0], day, draw=made.code), by=SUPERVISOR, now=NOW)
    again = store.read(draws.shown, made.code, by=SUPERVISOR)
    assert again.visited == made.drawn[:1]
    other = next(code for code in codes if code not in made.drawn) if len(codes) > 1 else OVER
    refused(
        "visit_not_drawn", partial(write, visits.plan, Wish(other, day, draw=made.code), now=NOW)
    )
    second = write(draws.make, "2026-11-21 公开数 03 11 17", weighing="risk", now=NOW)
    assert second.nth == made.nth + 1
    assert all(tickets >= 1 for _, tickets in second.population)


def write_raw(store: Store, statement: str, *, fails: bool) -> None:
    """A statement behind the services' back, which the database itself refuses."""

    def run(session: Session) -> None:
        session.execute(text(statement))

    with pytest.raises(DuijieError) as found:
        store.write(run)
    assert fails, found


_CODES = st.lists(
    st.integers(0, 999).map(lambda n: f"B{n:06d}"), min_size=1, max_size=30, unique=True
)


@settings(max_examples=40)
@given(_CODES, st.integers(1, 100), st.text("0123456789abc", min_size=4, max_size=9), st.data())
def test_a_draw_goes_by_its_population_alone(
    codes: list[str], percent: int, seed: str, data: st.DataObject
) -> None:
    population = tuple((code, data.draw(st.integers(1, 4))) for code in codes)
    drawn = draws.choose(seed, population, percent)
    assert drawn == draws.choose(seed, tuple(reversed(population)), percent)
    assert len(drawn) == len(set(drawn)) == -(-len(codes) * percent // 100)
    whole = draws.choose(seed, population, 100)
    assert whole[: len(drawn)] == drawn  # a larger share only adds
    one = codes[0]
    assert draws.number(seed, one, 4) <= draws.number(
        seed, one, 1
    )  # more tickets, no worse a place
    first, last = draws.quarter(date(2024, 1, 1) + timedelta(days=percent * 13))
    assert draws.quarter(first) == draws.quarter(last) == (first, last)


def test_flags_name_what_is_behind_them_and_are_decided(store: Store) -> None:
    before = {one.key for one in store.read(risks.flags, by=SUPERVISOR, today=DAY)}
    assert f"hours_short/{OVER}/H000002" in before  # the one of the demo who stayed away
    teacher = store.read(classes.sheet, COMING, by=SYSTEM).instructors[0]
    sheet = store.read(classes.sheet, COMING, by=SYSTEM)
    first, last = sheet.first_day, sheet.last_day

    def spoil(session: Session) -> None:
        for one in session.scalars(
            select(QualificationRow).where(QualificationRow.instructor == teacher)
        ):
            one.valid_to = first
        person = session.get_one(InstructorRow, teacher)
        person.institutions_last_year = ("T01", "T02", "T03", "T04")

    store.write(spoil)
    found = {one.key: one for one in store.read(risks.flags, by=SUPERVISOR, today=DAY)}
    ended = next(one for key, one in found.items() if key.startswith(f"no_certificate/{COMING}"))
    days = {one.day for one in sheet.sessions}
    assert (ended.found, ended.expected) == (len(days - {first}), len(days))
    assert ("instructor", teacher) in ended.records
    travels = found[f"many_institutions/{teacher}"]
    assert travels.found >= 4
    assert travels.expected == 3
    after = last + timedelta(days=1)
    keys = {one.key: one for one in store.read(risks.flags, by=SUPERVISOR, today=after)}
    unsigned = next(one for key, one in keys.items() if key.startswith(f"no_sign_in/{COMING}"))
    assert unsigned.found == unsigned.expected > 0
    grid = store.read(attendance.grid, COMING, by=OPERATOR)
    here = grid.lines[0].seat.trainee
    mark = Mark(here, grid.lessons[0].day, grid.lessons[0].start, "present")
    store.write(attendance.mark, COMING, [mark], by=OPERATOR, now=NOW + timedelta(days=60))
    keys = {one.key: one for one in store.read(risks.flags, by=SUPERVISOR, today=after)}
    marked = next(one for key, one in keys.items() if key.startswith(f"no_sign_in/{COMING}"))
    assert marked.found == unsigned.found - 1
    own = store.read(risks.flags, by=COLLEAGUE, today=DAY)
    assert not {one.training_class for one in own} & {OVER, COMING}
    decide: Any = acting(store, risks.decide, now=NOW, today=DAY)
    refused("not_allowed", lambda: decide(ended.key, "confirmed", "x", by=OPERATOR))
    refused("risk_reason", lambda: decide(ended.key, "confirmed", " ", by=SUPERVISOR))
    refused("not_found", lambda: decide("no_certificate/X", "confirmed", "x", by=SUPERVISOR))
    refused("field_unknown", lambda: decide(ended.key, "perhaps", "x", by=SUPERVISOR))
    open_before = store.read(risks.counts, by=SUPERVISOR, today=DAY)[COMING]
    said = decide(ended.key, "dismissed", "证书已续期，原件已核", by=SUPERVISOR)
    assert (said.decision, said.login) == ("dismissed", "supervisor")
    assert store.read(risks.counts, by=SUPERVISOR, today=DAY)[COMING] == open_before - 1
    told = store.read(risks.flags, by=SUPERVISOR, today=DAY)
    assert told[-1].decision is not None


def test_a_price_far_from_what_others_ask_is_a_flag(stocked: Store) -> None:
    rules = {"price_off": 50, "price_peers": 2}
    stocked.write(supervision_rules.set_rules, rules, by=SUPERVISOR)
    course = stocked.read(classes.sheet, COMING, by=SYSTEM).course
    like = stocked.read(records.fetch, "course", course, by=SYSTEM)
    values = {name: getattr(like, name) for name in CourseDraft.model_fields}
    for home, price in (("T06", "9000"), ("T09", "9400"), ("T05", "9200")):
        draft = CourseDraft.model_validate(
            {**values, "institution": home, "price": price, "price_per": "head"}
        )
        stocked.write(records.register, draft, by=SYSTEM)
    found = {
        one.training_class: one
        for one in stocked.read(risks.flags, by=SUPERVISOR, today=DAY)
        if one.kind == "price_far"
    }
    assert found[COMING].expected in (900_000, 910_000, 920_000)
    assert found[COMING].found * 2 < found[COMING].expected
    assert len([code for kind, code in found[COMING].records if kind == "course"]) >= 3


def test_every_class_names_who_answers_for_it(store: Store) -> None:
    holds, watches = store.read(classes.sheet, COMING, by=OPERATOR).charges
    assert (holds.organisation, holds.person, holds.is_named) == ("C-BL", "王芳", False)
    assert (watches.organisation, watches.person) == ("BUREAU", "吴科员（虚构）")
    put: Any = acting(store, charges.put, COMING, now=NOW)
    refused("not_allowed", lambda: put("supervises", "BUREAU", "吴科员", by=COLLEAGUE))
    refused("charge_person", lambda: put("supervises", "BUREAU", " ", by=SUPERVISOR))
    refused("field_unknown", lambda: put("pays", "BUREAU", "吴科员", by=SUPERVISOR))
    put("supervises", "BUREAU", "吴科员", by=SUPERVISOR)
    named = put("organises", "C-BL", "陈杰", by=OPERATOR)
    assert [(one.person, one.is_named) for one in named] == [("陈杰", True), ("吴科员", True)]
    row = store.read(lambda s: s.scalars(select(TrainingClassRow.code)).all())
    every = store.read(classes.list_classes, by=SUPERVISOR)
    assert {one.code for one in every if len(one.charges) == 2} == set(row)
