"""Part-timers: where the store knows that they taught counts with what was filed; the limit is data."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy.orm import Session

from matching.constraints import teaching_violations
from matching.policy import DEFAULT_POLICY
from matching.types import Instructor, Rule
from seed.demo import OPERATOR
from store import Store
from store.models import InstructorRow, RunRow, TrainingClassRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import classes, faculty, offers, reference, supervision_rules, taught
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
COMING = "B000001"


def teacher_of(store: Store) -> tuple[str, str, date]:
    """Who teaches the coming class, part-time from now on with no list filed; where, and its last day."""
    sheet = store.read(classes.sheet, COMING, by=SYSTEM)
    code = sheet.instructors[0]

    def part_time(session: Session) -> None:
        person = session.get_one(InstructorRow, code)
        person.employment, person.institutions_last_year = "part_time", ()

    store.write(part_time)
    return code, sheet.institution, sheet.last_day


def loaded(store: Store, code: str) -> Instructor:
    def read(session: Session) -> Instructor:
        (person,) = offers.instructors(session, reference.calendar(session), [code])
        return person

    found: Instructor = store.read(read)
    return found


def broken(store: Store, code: str, home: str) -> list[tuple[str, ...]]:
    """What the limit says of a course of yet another institution."""

    def read(session: Session) -> list[tuple[str, ...]]:
        (person,) = offers.instructors(session, reference.calendar(session), [code])
        other = next(
            c for c in offers.courses(session) if c.institution not in (home, "T05", "T06")
        )
        found = teaching_violations(person, other, DAY, DEFAULT_POLICY)
        return [one.evidence for one in found if one.rule is Rule.PART_TIMER]

    found: list[tuple[str, ...]] = store.read(read)
    return found


def test_what_is_booked_counts_for_a_year_and_the_filed_list_with_it(store: Store) -> None:
    code, home, last = teacher_of(store)
    assert loaded(store, code).institutions_last_year == {home}

    def filed(session: Session) -> None:
        session.get_one(InstructorRow, code).institutions_last_year = ("T05", "T06")

    store.write(filed)
    assert loaded(store, code).institutions_last_year == {home, "T05", "T06"}
    assert store.read(taught.institutions, [code], last + timedelta(days=365)) == {
        code: frozenset({home})
    }
    assert store.read(taught.institutions, [code], last + timedelta(days=366)) == {}


def test_the_limit_is_the_supervisors_and_matching_asks_it(store: Store) -> None:
    code, home, _last = teacher_of(store)

    def filed(session: Session) -> None:
        session.get_one(InstructorRow, code).institutions_last_year = ("T05", "T06")

    assert broken(store, code, home) == []
    store.write(filed)
    assert broken(store, code, home) == [("4", "3")]
    store.write(supervision_rules.set_rules, {"institutions_most": 4}, by=SUPERVISOR)
    assert broken(store, code, home) == []
    store.write(supervision_rules.set_rules, {"institutions_most": 2}, by=SUPERVISOR)
    assert broken(store, code, home) == [("4", "2")]
    own = store.read(lambda session: session.get_one(InstructorRow, code).institution)
    view = store.read(faculty.look, own, by=OPERATOR, today=DAY)
    member = next(one for one in view.faculty.members if one.code == code)
    assert member.used == len({home, "T05", "T06", own})
    if view.source is None:
        assert member.most == 2


def test_a_class_of_a_run_counts_until_it_is_called_off(stocked: Store) -> None:
    def arrange(session: Session) -> tuple[str, str]:
        group = session.get_one(TrainingClassRow, COMING)
        run = session.query(RunRow).order_by(RunRow.code).first()
        assert run is not None
        run.instructor, group.run = "I001", run.code
        return run.instructor, group.institution

    code, home = stocked.write(arrange)
    assert stocked.read(taught.institutions, [code], DAY) == {code: frozenset({home})}

    def call_off(session: Session) -> None:
        session.get_one(TrainingClassRow, COMING).status = "cancelled"

    stocked.write(call_off)
    assert stocked.read(taught.institutions, [code], DAY) == {}
