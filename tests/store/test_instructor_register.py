"""The register of instructors: numbers, what becomes of entries; nobody books who was struck off."""

from __future__ import annotations

from typing import Any

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, DuijieError, InvalidError, NotAllowedError, TakenError
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import InstructorDraft
from store.services import (
    capacity,
    filing,
    instructor_register,
    matchmaking,
    offers,
    records,
    reference,
)
from store.services.capacity import Claim, Holder
from store.services.kinds import kind_named
from tests.conftest import DAY
from tests.tui.driving import edit

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def newcomer(store: Store, name: str = "新来的") -> str:
    draft = InstructorDraft(name=name, institution="T01", qualifications="6-18-01-01")  # type: ignore[arg-type]
    return str(store.write(records.register, draft, by=SCHOOL).code)


def enter(store: Store, code: str, **more: Any) -> instructor_register.Entry:
    return store.write(instructor_register.enter, code, by=SUPERVISOR, today=DAY, **more)


def strike(store: Store, code: str) -> instructor_register.Entry:
    return store.write(
        instructor_register.strike_off, code, reason="资格被吊销", by=SUPERVISOR, today=DAY
    )


def test_a_number_is_given_once_and_never_to_two(store: Store) -> None:
    one, other = newcomer(store), newcomer(store, "又一位")
    first, second = enter(store, one), enter(store, other)
    assert first.number
    assert first.number.startswith(f"JS{DAY.year}-")
    assert first.number != second.number
    assert (first.state, first.registered_on) == ("filed", DAY)
    with pytest.raises(ConflictError) as again:
        enter(store, one)
    assert again.value.code == "no_such_step"
    third = newcomer(store, "第三位")
    with pytest.raises(ConflictError) as taken:
        enter(store, third, number=first.number)
    assert (taken.value.code, taken.value.params["id"]) == ("register_taken", one)
    assert enter(store, third, number="粤深2025-118").number == "粤深2025-118"


def test_an_edit_of_the_trades_has_to_be_looked_through(store: Store) -> None:
    code = newcomer(store)
    number = enter(store, code).number
    edit(store, "instructor", code, SCHOOL, weekly="Mon 09:00-12:00")
    assert store.read(records.fetch, "instructor", code, by=SCHOOL).register_state == "filed"
    view = edit(store, "instructor", code, SCHOOL, qualifications="6-18-01-01; 6-18-01-02")
    assert view.register_state == "changed"
    entry = enter(store, code)
    assert (entry.number, entry.state) == (number, "filed")
    acts = [one.act for one in store.read(records.history, "instructor", code, by=OPERATOR)]
    assert acts == ["register", "file", "edit", "edit", "file"]


def test_whoever_was_struck_off_is_neither_planned_nor_booked(store: Store) -> None:
    ranked = store.read(matchmaking.rank_bundles, "N000024", by=OPERATOR, today=DAY).ranking
    person = ranked.bundles[0].instructors[0].id
    with pytest.raises(InvalidError):
        store.write(instructor_register.strike_off, person, reason=" ", by=SUPERVISOR, today=DAY)
    enter_if_new(store, person)
    entry = strike(store, person)
    assert (entry.state, entry.ended, entry.reason) == ("struck_off", DAY, "资格被吊销")
    again = store.read(matchmaking.rank_bundles, "N000024", by=OPERATOR, today=DAY).ranking
    assert person not in {one.id for b in again.bundles for one in b.instructors}
    assert not store.read(lambda s: offers.instructors(s, reference.calendar(s), [person]))
    claim = Claim("instructor", person, 1, DAY, 9 * 60, 12 * 60)
    now = store.read(reference.now)
    with pytest.raises(TakenError) as refused:
        store.write(capacity.take, Holder(), [claim], until=None, now=now, by=OPERATOR)
    assert refused.value.code == "struck_off"
    assert enter(store, person).state == "filed"
    back = store.read(matchmaking.rank_bundles, "N000024", by=OPERATOR, today=DAY).ranking
    assert [b.score for b in back.bundles] == [b.score for b in ranked.bundles]


def enter_if_new(store: Store, code: str) -> None:
    if store.read(records.fetch, "instructor", code, by=SYSTEM).register_state is None:
        enter(store, code)


def test_only_the_supervisor_says_what_the_register_says(store: Store) -> None:
    code = newcomer(store)
    for by in (SCHOOL, OPERATOR):
        with pytest.raises(NotAllowedError):
            store.write(instructor_register.enter, code, by=by, today=DAY)
        with pytest.raises(NotAllowedError):
            edit(store, "instructor", code, by, register_number="JS1", registered_on=DAY,
                 register_state="filed")  # fmt: skip
    mine = InstructorDraft(
        name="自封",
        institution="T01",
        register_number="JS9",
        registered_on=DAY,
        register_state="filed",
    )
    with pytest.raises(NotAllowedError):
        store.write(records.register, mine, by=SCHOOL)
    headings = ["code", "name", "institution", "register_number", "registered_on", "register_state"]
    rows = [(2, (code, "新来的", "T01", "粤深-7", "2025.3.1", "已备案"))]
    report = store.write(filing.import_rows, "instructor", headings, rows, by=SUPERVISOR)
    assert report.changed == (code,)
    view = store.read(records.fetch, "instructor", code, by=SCHOOL)
    assert filing.named_cells(kind_named("instructor"), view)["register_number"] == "粤深-7"
    assert store.write(filing.import_rows, "instructor", headings, rows, by=SCHOOL).unchanged == 1


def test_an_entry_is_whole_or_not_at_all() -> None:
    for wrong in ({"register_number": "JS1"}, {"register_state": "filed"}):
        with pytest.raises(ValueError, match="register_part"):
            InstructorDraft.model_validate({"name": "甲", "institution": "T01", **wrong})


def test_the_list_tells_states_and_what_is_booked_still(store: Store) -> None:
    own = store.read(instructor_register.listed, by=SCHOOL, today=DAY)
    assert {one.institution for one in own} == {"T01"}
    every = store.read(instructor_register.listed, by=OPERATOR, today=DAY, limit=1000)
    busy = next(one for one in every if one.booked)
    enter_if_new(store, busy.code)
    assert strike(store, busy.code).booked == busy.booked
    (found,) = store.read(instructor_register.listed, by=OPERATOR, today=DAY, state="struck_off",
                          institution=busy.institution)  # fmt: skip
    assert found.code == busy.code
    with pytest.raises(DuijieError):
        store.write(instructor_register.lapse, busy.code, reason="再", by=SUPERVISOR, today=DAY)
