"""The slot board on each database: sums, rights, clashes, needs to add, and what another actor changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import NotAllowedError
from store.models import BookingRow, ProposalRow, SlotRow, VenueRow, WorkstationRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import InstructorDraft, RunDraft
from store.services import (
    board,
    board_additions,
    board_cell,
    decisions,
    inbox,
    matchmaking,
    mending,
    proposals,
    records,
    repair,
)
from store.services.board import Board, State, View
from store.services.board_cell import Place
from store.services.board_slots import NO_FILTER, PARTS, Filter, choices, parts_of
from store.services.repair import Trouble
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
WEEK = date(2026, 11, 26)  # a Thursday
MONDAY = date(2026, 11, 23)
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHER = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")


def week(
    store: Store, by: Actor = OPERATOR, view: View = View.WORKSTATIONS, only: Filter = NO_FILTER
) -> Board:
    return store.read(board.week, WEEK, by=by, view=view, only=only)


def slots(session: Session) -> list[tuple[str, str, SlotRow]]:
    found = session.execute(
        select(VenueRow.institution, SlotRow)
        .join(VenueRow, VenueRow.code == SlotRow.venue)
        .where(SlotRow.day.between(MONDAY, MONDAY + timedelta(days=6)))
        .where(SlotRow.status == "published", VenueRow.institution != "T10")  # T10 is suspended
    ).all()
    return [(home, f"{row.venue}/{row.equipment}", row) for home, row in found]


@pytest.mark.parametrize("view", [View.WORKSTATIONS, View.INSTITUTIONS])
def test_every_cell_is_the_sum_of_the_slots_in_it(store: Store, view: View) -> None:
    found = week(store, view=view)
    assert (found.first_day, found.last_day) == (MONDAY, MONDAY + timedelta(days=6))
    wanted: dict[tuple[str, date, str], list[int]] = {}
    for home, room, row in store.read(slots):
        for part in parts_of(row.start, row.end):
            key = (home if view is View.INSTITUTIONS else room, row.day, part)
            at = wanted.setdefault(key, [0, 0, 0])
            at[0] += row.stations
            at[1] += row.stations_free
            at[2] += row.claimed
    shown = {
        (row.key, cell.day, cell.part): [cell.total, cell.free, cell.held + cell.booked]
        for row in found.rows
        for cell in row.cells
        if cell.total
    }
    assert shown == wanted
    assert all(len(row.cells) == 21 for row in found.rows)
    assert all(cell.elsewhere >= 0 for row in found.rows for cell in row.cells)


@given(start=st.integers(0, 1439), length=st.integers(1, 1440))
def test_every_window_is_in_some_part_of_the_day(start: int, length: int) -> None:
    end = min(1440, start + length)
    found = parts_of(start, end)
    assert found
    for part in PARTS:
        inside = min(end, part.end) - max(start, part.start)
        assert (inside >= 60) <= (part.name in found)
        assert inside > 0 or part.name not in found


def test_use_weighs_stations_by_their_minutes(store: Store) -> None:
    found = week(store)
    minutes = [(row, row.end - row.start) for _home, _room, row in store.read(slots)]
    assert found.use[""].total == sum(row.stations * long for row, long in minutes)
    assert found.use[""].taken == sum(
        (row.stations - row.stations_free) * long for row, long in minutes
    )
    assert found.use[""].total == sum(found.use[part.name].total for part in PARTS)
    assert 0 < found.use["evening"].share < 1


def test_holds_and_bookings_are_told_apart(store: Store) -> None:
    found = week(store)
    held = sum(cell.held for row in found.rows for cell in row.cells)
    booked = sum(cell.booked for row in found.rows for cell in row.cells)

    def claims(session: Session) -> dict[str, int]:
        amounts: dict[str, int] = {}
        for row in session.scalars(
            select(BookingRow).where(
                BookingRow.kind == "slot",
                BookingRow.day.between(MONDAY, MONDAY + timedelta(days=6)),
            )
        ):
            amounts[row.status] = amounts.get(row.status, 0) + row.quantity
        return amounts

    wanted = store.read(claims)
    assert (held, booked) == (wanted["held"], wanted["booked"])


def test_what_another_actor_books_is_on_the_board_at_once(store: Store) -> None:
    need = next(
        code
        for code in store.read(matchmaking.open_needs, by=OPERATOR)
        if any(
            one.slot and MONDAY <= one.day <= MONDAY + timedelta(days=6)
            for bundle in store.read(
                matchmaking.rank_bundles, code, by=OPERATOR, today=DAY, top=1
            ).ranking.bundles
            for one in bundle.sessions
        )
    )
    before = week(store, by=SUPERVISOR)
    choice = store.read(decisions.prepare_best, need, by=OPERATOR, today=DAY)
    made = store.write(proposals.draft, choice, by=OPERATOR, now=NOW)
    plan = store.read(inbox.proposal, made.code, by=OPERATOR).plan
    one = next(s for s in plan.sessions if s.slot and s.day <= MONDAY + timedelta(days=6))
    row, cell = at(week(store, by=SUPERVISOR), str(one.slot))
    old = at(before, str(one.slot))[1]
    assert cell.free < old.free
    assert cell.held - old.held == old.free - cell.free
    place = Place(View.WORKSTATIONS, row, cell.day, cell.part)
    told = store.read(board_cell.cell, place, by=OPERATOR)
    holding = next(h for h in told.holdings if h.proposal == made.code)
    assert holding.heads == plan.heads
    assert holding.quantity == old.free - cell.free
    assert holding.instructors == plan.instructors
    theirs = store.read(board_cell.cell, place, by=COLLEAGUE)  # another centre: how much, not whose
    masked = next(h for h in theirs.holdings if h.quantity == holding.quantity)
    assert (masked.proposal, masked.firms, masked.title) == ("", (), "")


def at(found: Board, slot: str) -> tuple[str, board.Cell]:
    return next((row.key, cell) for row in found.rows for cell in row.cells if slot in cell.slots)


def test_an_institution_sees_its_own_rows_alone(store: Store) -> None:
    for view in View:
        found = week(store, SCHOOL, view)
        assert found.rows
        assert {row.institution for row in found.rows} == {"T01"}
        assert {one.institution for one in found.people} == {"T01"}
        with pytest.raises(NotAllowedError):
            week(store, OTHER, view, Filter(institution="T01"))
    assert {
        code for kind, code, _name in store.read(choices, by=SCHOOL) if kind == "institution"
    } == {"T01"}
    own = week(store, OPERATOR, View.WORKSTATIONS, Filter(institution="T01"))
    assert own.use == week(store, SCHOOL).use


@pytest.mark.parametrize(
    ("view", "row"),
    [
        (View.WORKSTATIONS, "V01/EQ-CNC-LATHE"),
        (View.INSTRUCTORS, "I001"),
        (View.INSTITUTIONS, "T01"),
        (View.WORKSTATIONS, "V99/EQ-CNC-LATHE"),
    ],
)
def test_a_foreign_cell_is_refused(store: Store, view: View, row: str) -> None:
    place = Place(view, row, WEEK, "evening")
    with pytest.raises(NotAllowedError):
        store.read(board_cell.cell, place, by=OTHER)
    with pytest.raises(NotAllowedError):
        store.read(board_additions.additions, place, by=OTHER, today=DAY)


def test_others_have_no_board(store: Store) -> None:
    for role in (Role.ENTERPRISE, Role.ADMIN):
        with pytest.raises(NotAllowedError):
            week(store, Actor("x", "x", role, "E001"))
        with pytest.raises(NotAllowedError):
            store.read(board.month, WEEK, by=Actor("x", "x", role, "E001"))


def test_an_institution_reads_no_firm_that_has_not_agreed(store: Store) -> None:
    views = [
        store.read(inbox.proposal, p.code, by=OPERATOR)
        for p in store.read(inbox.proposals, by=OPERATOR)
        if p.status == "sent"
    ]
    sent = view = next(
        v for v in views for a in v.answers if "enterprise" in a.parts and a.status == "pending"
    )
    one = next(s for s in view.plan.sessions if s.slot)
    row, cell = at(store.read(board.week, one.day, by=OPERATOR), str(one.slot))
    place = Place(View.WORKSTATIONS, row, cell.day, cell.part)
    week_then = store.read(board.week, one.day, by=OPERATOR)
    home = next(found.institution for found in week_then.rows if found.key == row)
    assert home in {a.party for a in view.answers}
    school = Actor("x", "x", Role.INSTITUTION, home)
    told = store.read(board_cell.cell, place, by=school)
    mine = next(h for h in told.holdings if h.proposal == sent.code)
    assert mine.firms == ("＊＊＊",)
    own = store.read(board_cell.cell, place, by=OPERATOR)
    assert next(h for h in own.holdings if h.proposal == sent.code).firms == (view.enterprise,)


def test_filters_leave_what_fits(store: Store) -> None:
    lathes = week(store, only=Filter(equipment="EQ-CNC-LATHE"))
    assert {row.equipment for row in lathes.rows} == {"EQ-CNC-LATHE"}
    turners = week(store, only=Filter(occupation="6-18-01-01"))
    assert "EQ-CNC-LATHE" in {row.equipment for row in turners.rows}
    assert len(turners.rows) < len(week(store).rows)
    people = week(store, view=View.INSTRUCTORS, only=Filter(occupation="6-18-01-01"))
    assert 0 < len(people.rows) < len(week(store, view=View.INSTRUCTORS).rows)


def test_an_instructors_week_has_hours_and_days_away(store: Store) -> None:
    found = week(store, view=View.INSTRUCTORS)
    busy = next(one for one in found.people if any(m.kind == "booked" for m in one.meetings))
    row = next(row for row in found.rows if row.key == busy.code)
    assert sum(cell.taken for cell in row.cells) == busy.minutes
    assert busy.limit == 40 * 60
    away = next(one for one in found.people if one.away and not one.meetings)
    row = next(row for row in found.rows if row.key == away.code)
    assert {cell.state for cell in row.cells if cell.day in away.away} == {State.CLOSED}


def test_a_closed_workshop_is_closed_on_the_board(store: Store) -> None:
    day = MONDAY + timedelta(days=2)
    trouble = Trouble("venue", "V01", day, day)
    found = store.read(repair.look, trouble, by=OPERATOR, now=NOW)
    store.write(mending.apply, found, reason="停电检修", by=OPERATOR, now=NOW)
    shown = week(store)
    states = {
        cell.state
        for row in shown.rows
        if row.venue == "V01"
        for cell in row.cells
        if cell.day == day
    }
    assert states <= {State.CLOSED, State.NONE}
    assert State.CLOSED in states


def test_who_teaches_twice_or_on_a_day_away_is_told(store: Store) -> None:
    assert week(store).clashes == ()
    cells = {"course": "C003", "first_day": "2026-11-24", "last_day": "2026-11-27", "seats": 5}
    for weekly in ("Mon-Fri 18:30-21:30", "Tue-Thu 19:00-21:00"):
        draft = RunDraft.model_validate({**cells, "weekly": weekly, "instructor": "I003"})
        store.write(records.register, draft, by=SYSTEM)
    found = week(store)
    twice = [one for one in found.clashes if one.kind == "person_twice"]
    assert {(one.row, one.start, one.end) for one in twice} == {("I003", 1140, 1260)}
    assert len(twice) == 3
    assert all(len(one.codes) == 2 for one in twice)
    view = store.read(records.fetch, "instructor", "I003", by=OPERATOR)
    kept = {name: getattr(view, name) for name in InstructorDraft.model_fields}
    away = InstructorDraft.model_validate({**kept, "blackouts": "2026-11-25..2026-11-25"})
    store.write(records.edit, "I003", away, version=view.version, by=OPERATOR)
    told = [one for one in week(store).clashes if one.kind == "person_away"]
    assert {one.day for one in told} == {date(2026, 11, 25)}
    assert week(store, OTHER).clashes == ()


def test_a_booking_on_stations_that_cannot_be_had_is_told(store: Store) -> None:
    booked = next(p for p in store.read(inbox.proposals, by=OPERATOR) if p.status == "confirmed")
    plan = store.read(inbox.proposal, booked.code, by=OPERATOR).plan
    one = next(s for s in plan.sessions if s.slot)

    def close(session: Session) -> None:
        session.get_one(SlotRow, one.slot).status = "paused"

    store.write(close)
    (told,) = week(store).clashes
    assert (told.kind, told.day, told.codes) == ("slot_closed", one.day, (one.slot, booked.code))
    (theirs,) = store.read(board.week, WEEK, by=COLLEAGUE).clashes
    assert theirs.codes == (one.slot,)

    def take_away(session: Session) -> None:
        row = session.get_one(SlotRow, one.slot)
        row.status = "published"
        session.delete(session.get_one(WorkstationRow, (row.venue, row.equipment)))

    store.write(take_away)
    kinds = {found.kind for found in week(store).clashes}
    assert kinds == {"stations_gone"}
    assert at(week(store), str(one.slot))[1].booked > 0  # still on the board


def test_needs_that_could_be_added_are_those_a_plan_with_the_cell_would_serve(store: Store) -> None:
    place = Place(View.INSTITUTIONS, "T01", MONDAY + timedelta(days=6), "morning")
    found = store.read(board_additions.additions, place, by=OPERATOR, today=DAY)
    assert found.needs
    assert found.looked <= board_additions.MOST_NEEDS
    scores = [one.score for one in found.needs]
    assert scores == sorted(scores, reverse=True)
    cell = store.read(board_cell.cell, place, by=OPERATOR)
    free = {one.code for one in cell.slots if one.free} | {run.code for run in cell.runs}
    for one in found.needs:
        bundles = store.read(
            matchmaking.rank_bundles, one.need, by=OPERATOR, today=DAY, top=50
        ).ranking.bundles
        uses = {s.slot for b in bundles for s in b.sessions} | {b.run.id for b in bundles if b.run}
        assert uses & free
        assert one.course in {b.course.id for b in bundles}
    past = Place(View.INSTITUTIONS, "T01", DAY, "morning")
    assert store.read(board_additions.additions, past, by=OPERATOR, today=DAY).needs == ()
    with pytest.raises(NotAllowedError):  # ranking is the centre's
        store.read(board_additions.additions, place, by=SCHOOL, today=DAY)


def test_a_month_is_its_weeks(store: Store) -> None:
    found = store.read(board.month, WEEK, by=OPERATOR)
    assert [row.key for row in found.rows] == [f"2026-W{number}" for number in range(44, 50)]
    row = next(row for row in found.rows if row.key == "2026-W48")
    assert sum(cell.total for cell in row.cells) == sum(
        cell.total for one in week(store).rows for cell in one.cells
    )
    assert sum(cell.booked for cell in row.cells) == sum(
        cell.booked for one in week(store).rows for cell in one.cells
    )


@pytest.mark.parametrize("view", list(View))
def test_more_rows_take_no_more_queries(stocked: Store, view: View) -> None:
    few = statements(stocked, view, Filter(institution="T05"))
    many = statements(stocked, view, NO_FILTER)
    assert few == many
    assert many <= 9


def statements(store: Store, view: View, only: Filter) -> int:
    seen: list[str] = []

    def count(session: Session) -> None:
        bind = session.get_bind()
        listen = (bind, "before_cursor_execute", lambda *args: seen.append(args[2]))
        session.execute(text("SELECT 1"))
        event.listen(*listen)
        try:
            board.week(session, WEEK, by=OPERATOR, view=view, only=only)
        finally:
            event.remove(*listen)

    store.read(count)
    return len(seen)


def test_pooled_firms_are_told_as_one_class(store: Store) -> None:
    from tests.store.test_repair import LATHE, book

    turning = book(store, LATHE)
    one = next(s for s in turning.sessions if s.slot)
    row, cell = at(store.read(board.week, one.day, by=OPERATOR), str(one.slot))
    place = Place(View.WORKSTATIONS, row, cell.day, cell.part)
    told = store.read(board_cell.cell, place, by=OPERATOR)
    holding = next(h for h in told.holdings if h.training_class == turning.code)
    assert len(holding.firms) == len(turning.members)
    assert holding.heads == turning.heads

    def rows(session: Session) -> int:
        return len(
            session.scalars(
                select(ProposalRow).where(ProposalRow.training_class == turning.code)
            ).all()
        )

    assert store.read(rows) == len(holding.firms)
