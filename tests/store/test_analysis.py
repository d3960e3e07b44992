"""Analysis on each database: what the numbers add up to, who sees which, what they follow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, or_, update
from sqlalchemy.orm import Session

from matching.types import Rule
from seed.demo import CENTRE, OPERATOR
from store import Store
from store.errors import InvalidError, NotAllowedError, NotFoundError
from store.models import InstructorRow, NeedRow, ProposalRow, RunRow, SlotRow, VenueRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CourseDraft, NeedDraft, RunDraft
from store.services import (
    analysis,
    answers,
    drilling,
    flow,
    inbox,
    proposals,
    records,
    warning,
)
from store.services.analysis import Board, Line, State
from store.services.coverage import Lack
from store.services.drilling import Standing
from store.services.records import MASKED
from store.services.warning import WarningRule
from tests.conftest import DAY
from tests.store.test_deals import agree, send

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
COLLEAGUE = Actor("chenjie", "陈杰", Role.OPERATOR, CENTRE)
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
FIRM = Actor("firm", "厂里", Role.ENTERPRISE, "E001")
LATHE, SEWING = "6-18-01-01", "6-05-01-03"


def board(store: Store, by: Actor = OPERATOR, **more: Any) -> Board:
    return store.read(analysis.shortages, by=by, today=DAY, **more)


def line(found: Board, occupation: str | None, level: int | None = None) -> Line:
    return next(n for n in found.lines if (n.occupation, n.level) == (occupation, level))


def ask(store: Store, heads: int, by: Actor = OPERATOR, **fields: Any) -> str:
    given = {"text": "缝纫工", "occupations": SEWING, "earliest": DAY, **fields}
    draft = NeedDraft.model_validate({"enterprise": "E001", "heads": heads, **given})
    return str(store.write(records.register, draft, by=by).code)


def registered_on(store: Store, code: str, day: date) -> None:
    """As if a need had been registered on a day."""

    def move(session: Session) -> None:
        at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
        session.execute(update(NeedRow).where(NeedRow.code == code).values(created_at=at))

    store.write(move)


def open_heads(store: Store, by: Actor) -> int:
    everything = store.read(records.page, "need", by=by, limit=1000).items
    return sum(need.heads for need in everything if need.status in ("open", "matched"))


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that a store is asked meanwhile."""
    said: list[str] = []

    def note(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(store._engine, "before_cursor_execute", note)
    yield said
    event.remove(store._engine, "before_cursor_execute", note)


def test_the_lines_add_up_to_every_open_head_the_unknown_trades_included(store: Store) -> None:
    found = board(store)
    assert sum(n.needed for n in found.lines) == open_heads(store, OPERATOR)
    unknown = line(found, None)
    assert unknown.lack is Lack.TRADE
    assert unknown.served == unknown.covered
    assert "N000003" in unknown.needs  # its words name no trade
    assert "N000043" in unknown.needs  # its words name two as likely
    for n in found.lines:
        assert 0 <= n.covered <= n.served <= n.needed
        assert n.gap == n.needed - n.served
        assert (n.state is State.ENOUGH) is (n.gap == 0) is (n.lack is None)
        assert n.waits_half <= n.waits_most
        assert len(n.trend) == len(found.weeks) == 8
    assert len({code for n in found.lines for code in n.needs}) == sum(
        len(n.needs) for n in found.lines
    )


def test_a_confirmed_trade_leaves_the_unknown_line(store: Store) -> None:
    before = board(store)
    code = "N000043"
    view = store.read(records.fetch, "need", code, by=OPERATOR)
    draft = NeedDraft.model_validate(
        {
            **{name: getattr(view, name) for name in NeedDraft.model_fields},
            "occupations": [{"code": "4-14-03-04", "confirmed_by": OPERATOR.login}],
        }
    )
    store.write(records.edit, code, draft, version=view.version, by=OPERATOR)
    after = board(store)
    assert code not in line(after, None).needs
    assert code in line(after, "4-14-03-04", 3).needs
    assert sum(n.needed for n in after.lines) == sum(n.needed for n in before.lines)


def test_every_line_is_taken_apart_without_a_head_lost(store: Store) -> None:
    found = board(store)
    for n in found.lines:
        drilled = store.read(drilling.drill, n.occupation, n.level, by=OPERATOR, today=DAY)
        assert drilled is not None
        assert drilled.line == n
        assert sum(cause.heads for cause in drilled.causes) == n.needed
        assert tuple(need.code for need in drilled.needs) == n.needs
        assert sum(need.heads for need in drilled.needs) == n.needed
        arranged = [c.heads for c in drilled.causes if c.why is Standing.ARRANGED]
        assert sum(arranged) == n.covered


def test_the_reason_is_the_one_of_the_needs_own_ranking(store: Store) -> None:
    code = ask(
        store, 4, text="数控车工", occupations=LATHE, level=3, max_travel_km=0.1, area="440307019"
    )
    drilled = store.read(drilling.drill, LATHE, 3, by=OPERATOR, today=DAY)
    assert drilled is not None
    far = next(cause for cause in drilled.causes if cause.why is Rule.TRAVEL)
    assert far.heads == 4
    assert far.needs == (code,)
    gone = store.read(drilling.drill, "1-01-00-00", None, by=OPERATOR, today=DAY)
    assert gone is None


def on_demand(store: Store, **fields: Any) -> str:
    given = {"institution": "T01", "title": "缝纫工班", "occupations": SEWING, **fields}
    draft = CourseDraft.model_validate(given)
    return str(store.write(records.register, draft, by=SYSTEM).code)


def send_staff_away(store: Store) -> None:
    """As if the school had filed nobody: whoever filed nobody is believed to have somebody."""

    def send_away(session: Session) -> None:
        away = update(InstructorRow).where(InstructorRow.institution == "T01")
        session.execute(away.values(status="withdrawn"))

    store.write(send_away)


def test_seats_are_counted_once_and_first_come_first_served(store: Store) -> None:
    course = CourseDraft.model_validate(
        {"institution": "T01", "title": "缝纫工班", "occupations": SEWING, "delivery": "runs"}
    )
    made = store.write(records.register, course, by=SYSTEM).code
    first = DAY + timedelta(days=10)
    run = {"course": made, "first_day": first, "weekly": "Sat 08:30-11:30", "seats_left": 10}
    store.write(records.register, RunDraft.model_validate({**run, "seats": 12}), by=SYSTEM)
    assert line(board(store), SEWING).lack is Lack.INSTRUCTOR
    send_staff_away(store)
    assert (line(board(store), SEWING).served, line(board(store), SEWING).spare) == (8, 2)
    late = ask(store, 5)
    found = line(board(store), SEWING)
    assert (found.needed, found.served, found.gap, found.lack) == (13, 10, 3, Lack.SEATS)
    drilled = store.read(drilling.drill, SEWING, None, by=OPERATOR, today=DAY)
    assert drilled is not None
    assert {need.code: need.why for need in drilled.needs}[late] is Standing.RIVALS
    soon = ask(store, 2, latest=DAY + timedelta(days=5))
    assert line(board(store), SEWING).gap == 5
    drilled = store.read(drilling.drill, SEWING, None, by=SUPERVISOR, today=DAY)
    assert drilled is not None
    assert {need.code: need.why for need in drilled.needs}[soon] is Rule.DATES


def test_seats_for_a_renewal_are_none_for_people_without_the_certificate(store: Store) -> None:
    send_staff_away(store)
    course = CourseDraft.model_validate(
        {"institution": "T01", "title": "缝纫工复审班", "occupations": SEWING, "delivery": "runs"}
    )
    made = store.write(records.register, course, by=SYSTEM).code
    run = {"course": made, "first_day": DAY + timedelta(days=10), "weekly": "Sat 08:30-11:30"}
    seats = RunDraft.model_validate({**run, "seats": 12, "seats_left": 12})
    store.write(records.register, seats, by=SYSTEM)
    found = line(board(store), SEWING)
    assert (found.served, found.lack, found.spare) == (0, Lack.COURSE, 12)
    ask(store, 5, text="缝纫工复审")
    assert (line(board(store), SEWING).served, line(board(store), SEWING).spare) == (5, 7)


def test_a_course_on_demand_is_one_class_that_somebody_must_be_able_to_teach(store: Store) -> None:
    on_demand(store, max_heads=6)
    assert line(board(store), SEWING).lack is Lack.INSTRUCTOR
    assert line(board(store), SEWING).served == 0
    send_staff_away(store)
    found = line(board(store), SEWING)
    assert (found.needed, found.served, found.lack) == (8, 6, Lack.SEATS)


def test_workstations_limit_a_class_by_their_free_hours(store: Store) -> None:
    send_staff_away(store)
    ask(store, 400, latest=DAY + timedelta(days=30))
    on_demand(store, equipment="EQ-CNC-LATHE", practice_hours=60)
    found = line(board(store), SEWING)
    assert found.lack is Lack.STATIONS

    def free(session: Session) -> list[tuple[date, int]]:
        rows = session.query(SlotRow).join(VenueRow, VenueRow.code == SlotRow.venue)
        own = or_(VenueRow.is_open, VenueRow.institution == "T01")
        lathes = rows.filter(SlotRow.equipment == "EQ-CNC-LATHE", own)
        return [(s.day, s.stations_free * (s.end - s.start)) for s in lathes]

    last = DAY + timedelta(days=30)
    minutes = sum(some for day, some in store.read(free) if DAY + timedelta(days=2) <= day <= last)
    assert 8 <= found.served <= minutes // (60 * 45) < 408


def test_a_month_is_the_needs_that_begin_in_it(store: Store) -> None:
    whole = board(store)
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]
    parts = [board(store, month=month) for month in months]
    heads = [sum(n.needed for n in part.lines) for part in parts]
    assert sum(heads) == sum(n.needed for n in whole.lines)
    assert all(heads[:2])
    assert board(store, month=date(2026, 10, 1)).lines == ()


def test_an_area_is_with_every_area_in_it(store: Store) -> None:
    everywhere = sum(n.needed for n in board(store, area="440307").lines)
    assert everywhere == open_heads(store, OPERATOR)
    street = sum(n.needed for n in board(store, area="440307019").lines)
    assert 0 < street < everywhere
    with pytest.raises(NotFoundError):
        board(store, area="nowhere")


def test_a_centre_sees_its_own_needs_and_a_supervisor_all(store: Store) -> None:
    mine = sum(n.needed for n in board(store).lines)
    assert board(store, OTHER).lines == ()
    ask(store, 7, by=OTHER)
    assert [(n.occupation, n.needed) for n in board(store, OTHER).lines] == [(SEWING, 7)]
    assert sum(n.needed for n in board(store).lines) == mine
    assert sum(n.needed for n in board(store, SUPERVISOR).lines) == mine + 7
    other = store.read(drilling.drill, SEWING, None, by=OTHER, today=DAY)
    assert other is not None
    assert len(other.needs) == 1
    week = store.read(flow.funnel, by=OTHER, week=DAY).steps
    assert not {code for step in week for code in step.needs} & set(
        line(board(store), SEWING).needs
    )


def test_an_institution_sees_demand_without_firms_against_its_own_offers(store: Store) -> None:
    name = "新荔电源"
    found = board(store, SCHOOL)
    assert sum(n.needed for n in found.lines) == open_heads(store, SUPERVISOR)
    own = store.read(records.page, "course", by=SCHOOL, limit=1000).items
    taught = {part.code for course in own for part in course.occupations}
    served = {n.occupation for n in found.lines if n.served > n.covered}
    assert served
    assert served <= taught
    seats = sum(week.seats for week in store.read(flow.weekly, by=SCHOOL, today=DAY, ahead=8))
    everybodys = store.read(flow.weekly, by=OPERATOR, today=DAY, ahead=8)
    assert 0 < seats < sum(week.seats for week in everybodys)
    whole = [
        store.read(drilling.drill, n.occupation, n.level, by=SCHOOL, today=DAY) for n in found.lines
    ]
    needs = [need for drilled in whole if drilled for need in drilled.needs]
    assert {need.firm for need in needs} == {MASKED}
    assert not [need for need in needs if name in need.text]
    assert [need for need in needs if MASKED in need.text]
    assert not [need for need in needs if isinstance(need.why, Rule)]
    mine = {p.need for p in store.read(inbox.proposals, by=SCHOOL)}
    steps = store.read(flow.funnel, by=SCHOOL, week=DAY).steps
    assert set(steps[1].needs) <= mine


@pytest.mark.parametrize(
    "look",
    [
        lambda store, by: store.read(analysis.shortages, by=by, today=DAY),
        lambda store, by: store.read(drilling.drill, None, None, by=by, today=DAY),
        lambda store, by: store.read(flow.funnel, by=by, week=DAY),
        lambda store, by: store.read(flow.weekly, by=by),
    ],
)
def test_who_may_not_read_needs_sees_no_number(store: Store, look: Any) -> None:
    for by in (FIRM, Actor("keeper", "管理员", Role.ADMIN, "BUREAU")):
        with pytest.raises(NotAllowedError):
            look(store, by)


def test_a_colleagues_need_is_in_the_next_reading(store: Store) -> None:
    before = line(board(store), SEWING)
    code = ask(store, 6, by=COLLEAGUE)
    registered_on(store, code, DAY - timedelta(days=20))
    after = line(board(store), SEWING)
    assert after.needed == before.needed + 6
    assert after.needs[0] == code  # the longest waiting first
    assert after.waits_most == 20
    assert after.waits_half == 4
    assert sum(after.trend) == sum(before.trend) + 6
    assert after.trend[-4] == 6
    weeks = store.read(flow.weekly, by=OPERATOR, today=DAY)
    assert len(weeks) == 12
    assert next(week.heads for week in weeks if week.first == date(2026, 10, 26)) == 6


def test_what_is_arranged_is_no_longer_missing(store: Store) -> None:
    need = "N000001"
    before = next(n for n in board(store).lines if need in n.needs)
    held = send(store, need)
    during = next(n for n in board(store).lines if need in n.needs)
    assert during.covered == before.covered + 2
    assert during.served == before.served
    store.write(
        proposals.withdraw, held.code, version=held.version, by=OPERATOR, now=NOW, reason=""
    )
    assert next(n for n in board(store).lines if need in n.needs).covered == before.covered


def test_a_warning_is_a_gap_and_a_wait_above_the_rule(store: Store) -> None:
    assert not [n for n in board(store).lines if n.state is State.ALARM]
    told = {"heads": 7, "days": 3}
    with pytest.raises(NotAllowedError):
        store.write(warning.set_rule, told, by=OPERATOR)
    store.write(warning.set_rule, told, by=SUPERVISOR)
    found = board(store)
    assert found.rule == WarningRule(7, 3)
    assert {n.occupation for n in found.lines if n.state is State.ALARM} == {None, SEWING}
    assert found.lines[0].state is State.ALARM
    store.write(warning.set_rule, {"days": 4}, by=SUPERVISOR)
    assert line(board(store), SEWING).state is State.SHORT
    with pytest.raises(InvalidError):
        store.write(warning.set_rule, {"moon": 1}, by=SUPERVISOR)
    with pytest.raises(InvalidError):
        store.write(warning.set_rule, {"days": -1}, by=SUPERVISOR)


def steps_of(store: Store) -> dict[str, flow.Step]:
    return {step.name: step for step in store.read(flow.funnel, by=OPERATOR, week=DAY).steps}


def test_the_funnel_follows_a_need_and_never_grows(store: Store) -> None:
    need = "N000039"
    made = send(store, need)
    assert need in steps_of(store)["proposed"].needs
    assert need not in steps_of(store)["accepted"].needs
    for answer in store.read(inbox.proposal, made.code, by=OPERATOR).answers:
        store.write(answers.accept, made.code, by=OPERATOR, now=NOW, party=answer.party)
    assert need in steps_of(store)["accepted"].needs
    store.write(proposals.confirm, made.code, by=OPERATOR, now=NOW)
    assert need in steps_of(store)["confirmed"].needs

    def teach(session: Session) -> None:
        row = update(ProposalRow).where(ProposalRow.code == made.code)
        session.execute(row.values(status="delivered"))

    store.write(teach)
    assert need in steps_of(store)["finished"].needs
    steps = list(steps_of(store).values())
    assert [step.name for step in steps] == list(flow.STEPS)
    for wider, narrower in pairwise(steps):
        assert set(narrower.needs) <= set(wider.needs)
        assert narrower.heads <= wider.heads
    week = store.read(flow.funnel, by=OPERATOR, week=DAY - timedelta(days=5))
    assert week.week == date(2026, 11, 16)


def test_two_offers_for_one_need_count_its_heads_once(store: Store) -> None:
    first = agree(store, "N000039")
    heads = steps_of(store)["accepted"].heads
    store.write(
        proposals.withdraw, first.code, version=first.version, by=OPERATOR, now=NOW, reason=""
    )
    send(store, "N000039", NOW + timedelta(minutes=1))
    assert steps_of(store)["proposed"].heads == 17 + 6
    assert steps_of(store)["accepted"].heads == heads


def test_seats_of_a_week_are_those_of_its_runs_and_of_booked_classes(store: Store) -> None:
    weeks = store.read(flow.weekly, by=OPERATOR, today=DAY, weeks=2, ahead=6)
    assert len(weeks) == 8
    assert [week.first.weekday() for week in weeks] == [0] * 8

    def offered(session: Session) -> int:
        runs = session.query(RunRow).filter(RunRow.status == "published").all()
        return sum(run.seats or 0 for run in runs if run.first_day < date(2027, 1, 4))

    booked = steps_of(store)["confirmed"].heads
    assert sum(week.seats for week in weeks) == store.read(offered) + booked


def test_a_fixed_number_of_statements_whatever_the_number_of_lines(store: Store) -> None:
    with counted(store) as said:
        board(store)
    before = len([s for s in said if s.lstrip().upper().startswith("SELECT")])
    for at in range(20):
        ask(store, 1, occupations=LATHE, text="车工", level=at % 8 + 1)
    with counted(store) as said:
        board(store)
    after = len([s for s in said if s.lstrip().upper().startswith("SELECT")])
    assert after == before <= 13
    with counted(store) as said:
        store.read(flow.funnel, by=OPERATOR, week=DAY)
    assert len([s for s in said if s.lstrip().upper().startswith("SELECT")]) == 2
    with counted(store) as said:
        store.read(flow.weekly, by=OPERATOR, today=DAY)
    assert len([s for s in said if s.lstrip().upper().startswith("SELECT")]) == 3


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    asked=st.lists(
        st.tuples(
            st.integers(1, 60),
            st.sampled_from([LATHE, SEWING, "6-31-01-03", "4-14-03-04"]),
            st.sampled_from([None, 2, 3, 4]),
            st.integers(0, 80),
        ),
        max_size=4,
    )
)
def test_whatever_is_asked_for_the_board_adds_up(stocked: Store, asked: list[Any]) -> None:
    for heads, occupation, level, days in asked:
        ask(
            stocked, heads, occupations=occupation, text="培训", level=level,
            earliest=DAY + timedelta(days=days),
        )  # fmt: skip
    found = board(stocked)
    assert sum(n.needed for n in found.lines) == open_heads(stocked, OPERATOR)
    assert all(0 <= n.covered <= n.served <= n.needed for n in found.lines)
    months = [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)]
    parts = [board(stocked, month=month) for month in months]
    assert sum(n.needed for part in parts for n in part.lines) == open_heads(stocked, OPERATOR)


def test_the_percentile_is_one_of_the_numbers() -> None:
    assert analysis.percentile([], 90) == 0
    assert analysis.percentile([5], 50) == 5
    assert analysis.percentile([1, 2, 3, 4], 50) == 2
    assert analysis.percentile(list(range(1, 11)), 90) == 9
