"""Signs in sign-ins, plans, claims and firms, each with what makes it and what does not; both databases."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from seed.demo import _SUPERVISOR, OPERATOR
from store import Store
from store.models import (
    AttendanceRow,
    ClaimRow,
    EnrolmentRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    TrainingClassRow,
)
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.policy import ClaimDraft
from store.services import attendance, claims, classes, device_times, risks, supervision_rules
from store.services.risks import Flag
from tests.conftest import DAY

COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
COMING = "B000001"
LATER = datetime(2026, 12, 31, 1, tzinfo=UTC)
END = LATER.date()


def flags(store: Store, kind: str, by: Actor = _SUPERVISOR, today: date = END) -> list[Flag]:
    return [one for one in store.read(risks.flags, by=by, today=today) if one.kind == kind]


def codes(one: Flag, kind: str) -> list[str]:
    return [code for sort, code in one.records if sort == kind]


def change(store: Store, row: type[Any], key: object, **values: object) -> None:
    def put(session: Session) -> None:
        found = session.get_one(row, key)
        for name, value in values.items():
            setattr(found, name, value)

    store.write(put)


def claimed(store: Store, **cells: str) -> str:
    base = {
        "person": "H000005", "enterprise": "E001", "institution": "T01", "policy": "LG-JN", "rule": "T4",
        "day": "2026-10-12", "occupation": "6-31-01-03", "level": "四级",
        "facts": "programme.kind=apprenticeship programme.months=12",
    }  # fmt: skip
    draft = ClaimDraft.model_validate({**base, **cells})
    return store.write(claims.claim, draft, by=OPERATOR).code


def stamped(store: Store, clocks: list[str]) -> date:
    """Everybody on the roster comes to the first session by the device, at these times in turn."""
    grid = store.read(attendance.grid, COMING, by=OPERATOR)
    lesson = grid.lessons[0]
    stamps = [
        device_times.read_stamp(at, f"{lesson.day} {clock}", line.seat.trainee)
        for at, (line, clock) in enumerate(zip(grid.lines, clocks, strict=True), 1)
    ]
    store.write(device_times.take, COMING, stamps, by=OPERATOR, now=LATER)
    return lesson.day


@pytest.mark.parametrize("together", [True, False])
def test_everybody_in_one_minute(store: Store, *, together: bool) -> None:
    people = store.read(attendance.grid, COMING, by=OPERATOR).lines
    store.write(supervision_rules.set_rules, {"same_minute_least": len(people)}, by=_SUPERVISOR)
    start = store.read(attendance.grid, COMING, by=OPERATOR).lessons[0].start
    clock = f"{start // 60:02d}:{start % 60:02d}"
    day = stamped(store, [clock] * (len(people) - 1) + [clock if together else f"{clock[:3]}07"])
    found = flags(store, "same_minute")
    if not together:
        assert found == []
        return
    (one,) = found
    assert (one.day, one.found, one.expected) == (day, len(people), start)
    assert codes(one, "trainee") == [line.seat.trainee for line in people]
    rule = {"same_minute_least": len(people) + 1}
    store.write(supervision_rules.set_rules, rule, by=_SUPERVISOR)
    assert flags(store, "same_minute") == []


def test_signed_for_more_sessions_than_there_are(store: Store) -> None:
    assert flags(store, "outside_plan") == []
    grid = store.read(attendance.grid, COMING, by=OPERATOR)
    day = grid.lessons[0].day
    planned = sum(lesson.day == day for lesson in grid.lessons)

    def sign(session: Session) -> None:
        place = grid.lines[0].seat.trainee
        seat = session.query(EnrolmentRow).filter_by(training_class=COMING, trainee=place).one()
        for at in range(planned + 1):
            session.add(
                AttendanceRow(
                    enrolment=seat.id, day=day, start=300 + at, mark="present", source="hand",
                    login="x", at=LATER,
                )
            )  # fmt: skip

    store.write(sign)
    (one,) = flags(store, "outside_plan")
    assert (one.training_class, one.day, one.found, one.expected) == (
        COMING, day, planned + 1, planned,
    )  # fmt: skip


def test_an_instructor_of_two_classes_at_once(store: Store) -> None:
    assert flags(store, "teaches_twice") == []
    taught = store.read(classes.sheet, COMING, by=SYSTEM)

    def copy(session: Session) -> None:
        row = session.get_one(TrainingClassRow, COMING)
        values = {c.name: getattr(row, c.name) for c in TrainingClassRow.__table__.columns}
        session.add(TrainingClassRow(**{**values, "code": "B900001", "owner": "C-HG"}))

    store.write(copy)
    found = flags(store, "teaches_twice")
    assert {one.day for one in found} == {one.day for one in taught.sessions}
    assert all(set(codes(one, "class")) == {COMING, "B900001"} for one in found)
    assert all(codes(one, "instructor") == [one.subject] for one in found)
    theirs = flags(store, "teaches_twice", by=COLLEAGUE)
    assert theirs
    assert all(codes(one, "class") == ["B900001"] for one in theirs)  # not the other centre's
    change(store, TrainingClassRow, "B900001", status="cancelled")
    assert flags(store, "teaches_twice") == []


def test_one_person_claimed_for_through_two_institutions(store: Store) -> None:
    first = claimed(store)
    assert flags(store, "claimed_twice") == []
    claimed(store, institution="T03", occupation="6-18-01-01")  # another trade
    assert flags(store, "claimed_twice") == []
    second = claimed(store, institution="T03")
    (one,) = flags(store, "claimed_twice")
    assert codes(one, "claim") == [first, second]
    assert codes(one, "institution") == ["T01", "T03"]
    assert (one.found, one.expected) == (2, 1)
    assert flags(store, "claimed_twice", by=OPERATOR) == []  # the claims are of several centres
    store.write(claims.withdraw, second, by=OPERATOR, now=LATER)
    assert flags(store, "claimed_twice") == []


def test_claimed_hours_above_those_of_the_sessions(store: Store) -> None:
    code = claimed(store, institution=_home(store))
    change(store, ClaimRow, code, training_class="B000000")
    assert flags(store, "hours_claimed") == []
    facts = json.dumps({"class.hours": "400"})
    change(store, ClaimRow, code, facts=facts)
    (one,) = flags(store, "hours_claimed")
    whole = sum(x.hours for x in store.read(attendance.grid, "B000000", by=OPERATOR).lessons)
    assert (one.training_class, one.found, one.expected) == ("B000000", 400, whole)
    assert codes(one, "claim") == [code]
    store.write(supervision_rules.set_rules, {"hours_over": 1000}, by=_SUPERVISOR)
    assert flags(store, "hours_claimed") == []


def _home(store: Store) -> str:
    return store.read(classes.sheet, "B000000", by=SYSTEM).institution


def test_more_people_trained_than_a_firm_has(store: Store) -> None:
    assert flags(store, "few_staff", today=DAY) == []
    seat = store.read(
        lambda s: (
            s.query(NeedRow.enterprise, EnrolmentRow.trainee)
            .join(ProposalRow, ProposalRow.need == NeedRow.code)
            .join(EnrolmentRow, EnrolmentRow.proposal == ProposalRow.code)
            .filter(EnrolmentRow.training_class == COMING)
            .first()
        )
    )
    assert seat is not None
    change(store, OrganisationRow, seat[0], staff=1)
    (one,) = flags(store, "few_staff")
    assert (one.subject, one.expected) == (seat[0], 1)
    assert one.found >= 2
    assert COMING in codes(one, "class")
    assert codes(one, "enterprise") == [seat[0]]
    assert flags(store, "few_staff", today=END + timedelta(days=800)) == []
    change(store, OrganisationRow, seat[0], staff=one.found)
    assert flags(store, "few_staff") == []
