"""Trainees from their file over roster, attendance and result to credits and outcome; both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, DuijieError, NotAllowedError, StaleEditError
from store.models import AuditRow, CreditRow, ResultRow, TraineeRow, TrainingClassRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.trainee import OutcomeDraft, ResultDraft, TraineeDraft
from store.services import (
    attendance,
    classes,
    credit_rules,
    credits,
    device_times,
    outcomes,
    reference,
    results,
    retention,
    risks,
    roster,
    subsidies,
    trainee_files,
    trainee_merges,
    trainees,
    training_rules,
    training_signals,
)
from store.services.attendance import Lesson, Mark, standing
from store.services.clocks import day_of
from store.services.credits import Entry
from store.services.training_rules import TrainingRules
from tests.conftest import DAY
from tui.trainee_text import passed_short, standing_line

COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
NOW = datetime(2026, 11, 21, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=40)
COMING, OVER = "B000001", "B000000"


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    """The failure of a call, whose code is this one."""
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def add(store: Store, name: str = "试甲", **fields: object) -> str:
    """A new file at 宝龙."""
    draft = TraineeDraft.model_validate({"name": name, **fields})
    return store.write(trainees.register, draft, by=OPERATOR).code


def test_from_a_file_to_a_certificate(store: Store) -> None:
    code = add(store, phone="13800138000", number="BL-X1", experience="五年")
    seated = store.write(roster.add, COMING, code, by=OPERATOR, now=NOW)
    assert seated.cautions == ()
    grid = store.read(attendance.grid, COMING, by=OPERATOR)
    first = grid.lessons[0]
    mark = Mark(code, first.day, first.start, "present")

    def write(marks: list[Mark], *, now: datetime) -> int:
        return store.write(attendance.mark, COMING, marks, by=OPERATOR, now=now)

    refused("lesson_ahead", lambda: write([mark], now=NOW))
    marks = [Mark(code, one.day, one.start, "present") for one in grid.lessons]
    assert write(marks, now=LATER) == len(grid.lessons)
    assert write(marks, now=LATER) == 0  # the same marks again change nothing
    assert write([Mark(code, first.day, first.start, None)], now=LATER) == 1
    line = next(
        one
        for one in store.read(attendance.grid, COMING, by=OPERATOR).lines
        if one.seat.trainee == code
    )
    total = sum(one.hours for one in grid.lessons)
    assert (line.standing.attended, line.standing.total) == (total - first.hours, total)
    refused(
        "class_not_over", partial(store.write, attendance.complete, COMING, by=OPERATOR, now=LATER)
    )
    store.write(finish, COMING)
    short = store.write(attendance.complete, COMING, by=OPERATOR, now=LATER)
    assert code not in short
    assert len(short) == 3  # nobody marked the others
    day = date(2026, 12, 20)
    failed = ResultDraft(outcome="failed", day=day)
    store.write(results.record, COMING, code, failed, by=OPERATOR, now=LATER)
    passed = ResultDraft(outcome="passed", day=day + timedelta(days=1), certificate="ZS-1")
    made = store.write(results.record, COMING, code, passed, by=OPERATOR, now=LATER)
    assert made.attempt == 2
    refused(
        "passed_already",
        partial(store.write, results.record, COMING, code, passed, by=OPERATOR, now=LATER),
    )
    found = store.read(trainee_files.file, code, by=OPERATOR, today=day + timedelta(days=2))
    assert found.account.balance == 6 + 10  # 68 class hours, 四级
    assert found.trainings[0].status == "completed"
    assert found.missing == ("employer", "attendance")
    store.write(results.void, COMING, made.id, "录错人", by=OPERATOR, now=LATER)
    assert store.read(credits.account, code, by=OPERATOR, day=date(2027, 1, 9)).balance == 6
    rate = store.read(results.pass_rates, "class")[COMING]
    assert (rate.passed, rate.assessed) == (0, 1)


def finish(session: Session, code: str) -> None:
    """What the calendar does to a class in the end."""
    session.get_one(TrainingClassRow, code).status = "finished"


def test_a_roster_has_the_places_that_firms_confirmed(stocked: Store) -> None:
    write: Any = partial(stocked.write, by=OPERATOR, now=NOW)
    one, other = add(stocked), add(stocked, "试乙")
    write(roster.add, COMING, one)
    refused("roster_full", partial(write, roster.add, COMING, other))
    refused("on_roster_already", partial(write, roster.add, COMING, one))
    made = write(roster.swap, COMING, one, other)
    assert made.trainee == other
    closes = stocked.read(classes.sheet, COMING, by=OPERATOR).entry_closes
    assert day_of(NOW) <= closes < day_of(LATER)
    late: Any = partial(stocked.write, roster.swap, COMING, other, one, by=OPERATOR, now=LATER)
    refused("swap_reason", late)
    late(reason="调班")
    states = {x.trainee: x.status for x in stocked.read(roster.listed, COMING, by=OPERATOR)}
    assert (states[one], states[other]) == ("enrolled", "swapped")
    refused("drop_reason", partial(stocked.write, roster.drop, COMING, one, by=OPERATOR))
    refused("roster_closed", partial(write, roster.add, OVER, other))
    people = [TraineeDraft(name="试丙"), TraineeDraft(name="试丁")]
    refused("roster_full", partial(write, roster.paste, COMING, people))
    assert not stocked.read(trainees.listed, "试丙", by=OPERATOR)  # all or none
    stocked.write(roster.drop, COMING, one, by=OPERATOR, reason="离职")
    (seated,) = write(roster.paste, COMING, people[:1])
    view = stocked.read(trainees.shown, seated.trainee, by=OPERATOR)
    assert view.employer is not None  # on whose places they sit


def test_overlaps_twins_and_what_came_before_are_told(stocked: Store) -> None:
    write: Any = partial(stocked.write, by=OPERATOR, now=NOW)
    twin = TraineeDraft(name="试甲", phone="13800138000")
    theirs = stocked.write(trainees.register, twin, by=COLLEAGUE).code
    code = add(stocked, phone="13800138000")
    seated = write(roster.add, COMING, code, funding="government")
    found = {one.code: one.detail for one in seated.cautions}
    assert found == {"alike": "1", "no_prerequisite": "2"}  # how many, not whose
    stocked.write(roster.drop, COMING, code, by=OPERATOR, reason="试")
    stocked.write(copy_class, COMING)
    write(roster.add, "B000777", code)
    refused("trainee_overlap", partial(write, roster.add, COMING, code))
    stocked.write(training_rules.set_rules, {"overlap_blocks": 0}, by=SUPERVISOR)
    again = write(roster.add, COMING, code, funding="government")
    assert ("overlap", "B000777") in [(one.code, one.detail) for one in again.cautions]
    lesson = stocked.read(attendance.grid, COMING, by=OPERATOR).lessons[0]
    mark = [Mark(code, lesson.day, lesson.start, "present")]
    for group in (COMING, "B000777"):
        stocked.write(attendance.mark, group, mark, by=OPERATOR, now=LATER)
    signals = stocked.read(training_signals.signals, DAY + timedelta(days=30))
    assert ("two_places", code) in [(one.code, one.trainee) for one in signals]
    short = [one for one in signals if one.code == "hours_short"]
    assert OVER in [one.training_class for one in short]
    passed = stocked.read(trainees.listed, "赵甲", by=OPERATOR)[0].code
    assert stocked.read(outcomes.rates, DAY).in_work == 1
    assert theirs not in str(stocked.read(trainee_files.file, code, by=OPERATOR, today=DAY))
    assert theirs in stocked.read(trainee_files.file, code, by=SUPERVISOR, today=DAY).alike
    best = stocked.read(trainee_files.talents, by=SUPERVISOR, today=DAY)
    assert {one.level for one in best} == {3}
    assert passed in {one.trainee for one in best}
    whole, *lines = stocked.read(trainee_files.workforce, by=SUPERVISOR, today=DAY)
    assert (whole.people, whole.certificates) == (len({one.trainee for one in best}), len(best))
    assert sum(one.certificates for one in lines) == len(best)
    ends = [one.valid_to for one in best if one.valid_to is not None]
    late = max(ends) - timedelta(days=90) if ends else DAY
    told = stocked.read(trainee_files.workforce, by=SUPERVISOR, today=max(DAY, late), level=3)
    assert told[0].ending == sum(day >= max(DAY, late) for day in ends)
    assert stocked.read(trainee_files.workforce, by=SUPERVISOR, today=DAY, level=1)[1:] == ()


def copy_class(session: Session, code: str) -> None:
    """Another class at the same hours, with places of its own."""
    from store.models import ProposalRow
    from store.services import classes

    def again(row: object, **changes: object) -> None:
        names = [column.name for column in type(row).__table__.columns]  # type: ignore[attr-defined]
        values = {name: getattr(row, name) for name in names} | changes
        session.add(type(row)(**values))

    place = classes.members(session, code)[0]
    again(session.get_one(TrainingClassRow, code), code="B000777")
    session.flush()
    again(place, code="P000777", training_class="B000777")
    assert isinstance(place, ProposalRow)


def test_whoever_is_no_party_sees_no_name(stocked: Store) -> None:
    row = stocked.read(lambda s: s.get_one(TrainingClassRow, COMING).institution)
    school = Actor("school", "校方", Role.INSTITUTION, row)
    for by, is_named in ((school, True), (OPERATOR, True), (SUPERVISOR, False)):
        names = {one.name for one in stocked.read(roster.listed, COMING, by=by)}
        assert ("周戊" in names) == is_named
    files = stocked.read(trainees.listed, by=OPERATOR)
    assert {one.name for one in files} >= {"周*"}
    for one in files:  # a list, a file and a form say the same
        assert stocked.read(trainees.shown, one.code, by=OPERATOR).name == one.name
        kept = stocked.read(trainee_files.file, one.code, by=OPERATOR, today=DAY)
        assert kept.trainee.name == one.name
    rival = Actor("rival", "对手", Role.INSTITUTION, "T08")
    for by in (rival, COLLEAGUE):
        with pytest.raises(NotAllowedError):
            stocked.read(roster.listed, COMING, by=by)
    with pytest.raises(NotAllowedError):
        stocked.read(trainees.shown, "H000001", by=COLLEAGUE)
    assert stocked.read(trainees.listed, by=COLLEAGUE) == ()


def test_a_file_is_changed_merged_and_parted_again(store: Store) -> None:
    code = add(store, phone="13800138000", evidence="低保证明")
    view = store.read(trainees.shown, code, by=OPERATOR)
    assert view.phone == "138******00"
    assert "甲" not in view.name
    draft = TraineeDraft.model_validate({**trainees.draft_of(view), "number": "A-1"})
    store.write(trainees.edit, code, draft, version=1, by=OPERATOR)
    names = store.read(lambda s: s.scalars(select(TraineeRow.name)).all())
    assert "试甲" in names  # the masked one was left as it is stored
    with pytest.raises(StaleEditError):
        store.write(trainees.edit, code, draft, version=1, by=OPERATOR)
    phones = store.read(lambda s: s.scalars(select(TraineeRow.phone)).all())
    assert "13800138000" in phones  # the masked one was left as it is stored
    wrong = draft.model_copy(update={"phone": "139****1234"})
    refused("phone_masked", partial(store.write, trainees.edit, code, wrong, by=OPERATOR))
    wrong = draft.model_copy(update={"name": "王*", "number": None})
    refused("name_masked", partial(store.write, trainees.edit, code, wrong, by=OPERATOR))
    refused("name_masked", partial(store.write, trainees.register, wrong, by=OPERATOR))
    store.write(trainee_merges.merge, "H000001", code, by=OPERATOR, reason="同一人")
    found = store.read(trainee_files.file, code, by=OPERATOR, today=DAY)
    assert found.codes == (code, "H000001")
    assert [one.outcome for one in found.results] == ["passed"]
    assert found.account.balance == 21
    refused(
        "trainee_not_active",
        partial(store.write, trainee_merges.merge, code, "H000001", by=OPERATOR),
    )
    store.write(trainee_merges.unmerge, "H000001", by=OPERATOR)
    assert store.read(credits.account, "H000001", by=OPERATOR, day=DAY).balance == 21
    assert store.read(credits.account, code, by=OPERATOR, day=DAY).balance == 0
    trail = store.read(lambda s: list(s.execute(select(AuditRow.before, AuditRow.after))))
    told = json.dumps([list(row) for row in trail], ensure_ascii=False)
    assert "试甲" not in told
    assert "低保" not in told
    assert "13800138000" not in told


def test_quiet_files_are_made_anonymous_with_those_merged_into_them(store: Store) -> None:
    store.write(trainee_merges.merge, "H000002", "H000001", by=OPERATOR, reason="录重")
    far = date(2029, 11, 20)
    assert store.read(retention.stale, by=OPERATOR, today=far) == ()
    after = far + timedelta(days=60)
    done = store.write(retention.apply, by=OPERATOR, today=after)
    assert {"H000001", "H000002"} <= set(done)
    views = store.read(trainees.listed, by=OPERATOR)
    assert {(one.name[0], one.phone, one.number) for one in views} == {("＊", None, None)}
    assert {one.category for one in views} == {"other"}
    seats = store.read(roster.listed, OVER, by=OPERATOR)
    assert {(one.enterprise, one.proposal) for one in seats} == {("", "")}
    assert "firm.code" not in store.read(subsidies.ask, "H000001", by=OPERATOR).facts
    numbers = store.read(lambda s: set(s.scalars(select(ResultRow.certificate))))
    assert numbers == {None}
    assert store.read(results.pass_rates, "class")[OVER].passed == 3  # what is counted stays
    assert store.write(retention.apply, by=OPERATOR, today=after) == ()


def test_a_device_marks_who_came_and_tells_the_rest(stocked: Store) -> None:
    lessons = stocked.read(attendance.grid, COMING, by=OPERATOR).lessons
    day = lessons[0].day
    stamps = [
        device_times.read_stamp(at, f"{day} {clock}", number)
        for at, (clock, number) in enumerate(
            (
                ("08:21:00", "BL-26005"),
                ("08:22:30", "bl-26005"),
                ("11:31:00", "BL-26005"),
                ("08:52:00", "H000006"),
                ("08:20:00", "BL-26007"),
                ("09:05:00", "BL-26007"),
                ("08:29:00", "NOBODY"),
                ("03:00:00", "BL-26005"),
            ),
            1,
        )
    ]
    by_hand = Mark("H000005", day, lessons[1].start, "leave")
    stocked.write(attendance.mark, COMING, [by_hand], by=OPERATOR, now=LATER)
    stamps.append(device_times.read_stamp(9, f"{day}T14:00:00+08:00", "BL-26005"))
    found = stocked.write(device_times.take, COMING, stamps, by=OPERATOR, now=LATER)
    assert (found.marked, found.double, found.unknown) == (3, (2,), ("NOBODY",))
    assert (found.outside, found.kept) == ((8,), (f"H000005 {day}",))
    lines = stocked.read(attendance.grid, COMING, by=OPERATOR).lines
    marks = {one.seat.trainee: one.marks.get(lessons[0].key) for one in lines}
    assert marks == {"H000005": "present", "H000006": "late", "H000007": "absent"}


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-09 08:31:00", "2026/3/9 8:31:00", "2026/03/09 8:31", "2026.3.9 8:31",
        "2026.03.09 08:31:00", "2026年3月9日 8:31", "2026-3-9 8:31:00.000", "46090.354861",
        "2026-03-09T00:31:00Z",
    ],
)  # fmt: skip
def test_a_moment_is_read_as_devices_write_it(said: str) -> None:
    assert device_times.read_stamp(1, said, "x").at.isoformat() == "2026-03-09T08:31:00"


@pytest.mark.parametrize("said", ["2026/13/9 8:31", "2026.3.9 25:00", "8:31", "46090", "x"])
def test_what_is_no_moment_is_refused_with_its_line(said: str) -> None:
    told = refused("stamp_time", lambda: device_times.read_stamp(7, said, "x"))
    assert told.params["line"] == 7


def test_who_is_to_be_rung_is_told_until_they_are_reached(stocked: Store) -> None:
    due = stocked.read(outcomes.due, by=OPERATOR, today=DAY)
    assert [one.trainee for one in due] == ["H000003", "H000004"]
    for kind, left in (("not_reached", 2), ("unemployed", 1)):
        said = OutcomeDraft.model_validate({"kind": kind, "day": DAY})
        stocked.write(outcomes.put, "H000003", said, by=OPERATOR, now=NOW)
        assert len(stocked.read(outcomes.due, by=OPERATOR, today=DAY)) == left
    rate = stocked.read(outcomes.rates, DAY)
    assert (rate.in_work, rate.asked, rate.due) == (1, 2, 3)
    said = OutcomeDraft.model_validate({"kind": "same_post", "day": due[1].due - timedelta(days=1)})
    early = refused(
        "outcome_early",
        lambda: stocked.write(outcomes.put, "H000004", said, by=OPERATOR, now=NOW),
    )
    assert early.params["first"] == due[1].due
    assert stocked.read(outcomes.due, by=COLLEAGUE, today=DAY) == ()


def test_the_ledger_is_only_added_to(store: Store) -> None:
    entry = store.write(credits.give, "H000005", 9, "外地证书", by=OPERATOR, now=NOW)

    def reverse(why: str) -> Entry:
        return store.write(credits.reverse, "H000005", entry.id, why, by=OPERATOR, now=NOW)

    refused("credit_reason", lambda: reverse(""))
    assert reverse("误记").points == -9
    refused("credit_reversed", lambda: reverse("误记"))
    for statement in ("UPDATE credit SET points = 99", "DELETE FROM credit"):
        with pytest.raises(ConflictError, match="guard"):
            store.write(_execute, statement)
    rules = store.write(credit_rules.set_rules, {"recognised.T01": "50"}, by=SUPERVISOR)
    assert (rules.version, rules.for_hours(100, "T01"), rules.for_hours(100, "T02")) == (2, 5, 10)


def _execute(session: Session, statement: str) -> None:
    session.execute(text(statement))


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(1, 50), st.integers(0, 3000), st.integers(0, 9)),
        max_size=8,
    ),
    st.integers(0, 6000),
)
@settings(max_examples=25)
def test_a_balance_is_what_the_ledger_says(
    acts: list[tuple[bool, int, int, int]], ahead: int
) -> None:
    """Awards and reversals in any order: the sum in the database equals the entries one by one."""
    ledger: list[Entry] = []
    start = date(2020, 1, 1)
    for is_award, points, days, which in acts:
        day = start + timedelta(days=days)
        if is_award or not ledger:
            expires = credits.years_after(day, 5) if points % 2 else None
            ledger.append(Entry(len(ledger) + 1, points, "x", day, expires, None, None))
        else:
            of = ledger[which % len(ledger)]
            if of.reverses is None and all(one.reverses != of.id for one in ledger):
                when = max(day, of.day)
                ledger.append(Entry(len(ledger) + 1, -of.points, "x", when, of.expires, of.id, ""))
    today = start + timedelta(days=ahead)
    assert _summed(ledger, today) == credits.recount(ledger, today) >= 0


def _summed(ledger: list[Entry], day: date) -> int:
    """The balance that the service asks the database for, of these entries."""
    from sqlalchemy import create_engine

    engine = create_engine("sqlite://")
    table = CreditRow.__table__
    table.create(engine)  # type: ignore[attr-defined]
    with Session(engine) as session:
        for one in ledger:
            row = {
                name: getattr(one, name) for name in ("id", "points", "source", "day", "expires")
            }
            session.add(CreditRow(trainee="H1", login="x", at=NOW, reverses=one.reverses, **row))
        session.flush()
        return credits.balance(session, ["H1"], day)


@given(
    st.lists(st.sampled_from(["present", "absent", "late", "leave", None]), max_size=12),
    st.integers(1, 8),
)
@settings(max_examples=50)
def test_hours_add_up(said: list[str | None], hours: int) -> None:
    """Attended and open hours are within all; whoever was always there is never short."""
    lessons = [Lesson(DAY + timedelta(days=at), 510, None, hours, False) for at in range(len(said))]
    marks = {one.key: mark for one, mark in zip(lessons, said, strict=True) if mark is not None}
    found = standing(lessons, marks, TrainingRules(), "firm")
    assert 0 <= found.attended <= found.attended + found.ahead <= found.total
    assert found.is_lost == (found.attended + found.ahead < found.needed)
    whole = standing(lessons, {one.key: "present" for one in lessons}, TrainingRules(), "firm")
    assert whole.short == 0
    assert not (found.is_lost and not found.short)


def test_hours_nobody_marked_are_missed_once_the_class_is_over(store: Store) -> None:
    sheet = store.read(classes.sheet, COMING, by=SYSTEM)
    code = store.read(attendance.grid, COMING, by=SYSTEM).lines[0].seat.trainee

    def flagged(day: date) -> bool:
        found = store.read(risks.flags, by=SUPERVISOR, today=day)
        told = [one for one in found if one.key == f"hours_short/{COMING}/{code}"]
        assert all(("trainee", code) in one.records for one in told)
        return bool(told)

    assert not flagged(sheet.last_day)
    due = store.read(reference.calendar).workdays_after(sheet.last_day, 3)  # for the sheets
    assert not flagged(due)
    assert flagged(due + timedelta(days=1))
    file = store.read(trainee_files.file, code, by=OPERATOR, today=due + timedelta(days=1))
    stands = next(one for one in file.trainings if one.training_class == COMING).standing
    assert stands.is_lost
    assert "short; the class is over" in standing_line(stands)
    passed = ResultDraft(outcome="passed", day=sheet.last_day)
    moment = datetime.combine(due, time(4), UTC)
    made = store.write(results.record, COMING, code, passed, by=OPERATOR, now=moment)
    assert made.short == stands.needed
    assert str(made.short) in passed_short(made)


def test_the_first_result_is_of_the_assessment(store: Store) -> None:
    assessed = store.read(classes.sheet, COMING, by=SYSTEM).last_day + timedelta(days=2)
    later = assessed + timedelta(days=9)
    code = store.read(attendance.grid, COMING, by=OPERATOR).lines[0].seat.trainee

    def day_of_result(today: date) -> date:
        grid = store.read(attendance.grid, COMING, by=OPERATOR)
        return replace(grid, assessed=assessed).day_of_result(code, today)

    assert day_of_result(later) == assessed
    assert day_of_result(assessed - timedelta(days=1)) < assessed
    failed = ResultDraft(outcome="failed", day=assessed)
    store.write(results.record, COMING, code, failed, by=OPERATOR, now=NOW + timedelta(days=90))
    assert day_of_result(later) == later


def test_two_sessions_of_a_day_are_told_apart_by_time(stocked: Store) -> None:
    lessons = stocked.read(attendance.grid, COMING, by=SYSTEM).lessons
    assert attendance.lesson_named(lessons, "2") == lessons[1]
    assert attendance.lesson_named(lessons, f"{lessons[1].day} 14:00") == lessons[1]
    for words in (f"{lessons[1].day}", "99", "morgen"):
        refused("which_lesson", partial(attendance.lesson_named, lessons, words))
