"""Bought workstations: none sold twice, kept for the centres of the buyer, their use counted."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from matching.parts import around, rank_part
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, TakenError
from store.models import (
    BookingRow,
    NeedRow,
    ProposalRow,
    PurchaseRow,
    SlotRow,
    WaitingRow,
    WorkstationRow,
)
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CentreDraft, PurchaseDraft
from store.services import (
    board_cell,
    bought,
    capacity,
    filing,
    in_shards,
    inbox,
    matchmaking,
    moving,
    offers,
    purchases,
    records,
    reference,
    waiting,
)
from store.services.board import View
from store.services.board_cell import Place
from store.services.capacity import Claim, Holder
from tests.commands import duijie
from tests.conftest import DAY
from tests.store.test_deals import NOW, PLAN_NEED, book
from tests.tui.driving import edit

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
FIRST, LAST = DAY + timedelta(days=1), DAY + timedelta(days=30)


def buy(store: Store, stations: int, by: Actor = OPERATOR, **more: Any) -> str:
    """Milling machines, of which V01 has six, and nobody has bought any."""
    said = {
        "buyer": "C-BL", "venue": "V01", "equipment": "EQ-MILL", "first_day": FIRST,
        "last_day": LAST, "price": "12000", "note": "合同甲", **more,
    }  # fmt: skip
    draft = PurchaseDraft.model_validate({**said, "stations": stations})
    return str(store.write(records.register, draft, by=by).code)


def test_nothing_is_sold_twice(store: Store) -> None:
    one = buy(store, 4)
    with pytest.raises(ConflictError) as refused:
        buy(store, 3, first_day=LAST, last_day=LAST + timedelta(days=5))
    assert refused.value.code == "sold_already"
    assert (refused.value.params["left"], refused.value.params["codes"]) == (2, one)
    other = buy(store, 2, buyer="C-HG", by=SUPERVISOR)
    after = buy(store, 6, first_day=LAST + timedelta(days=1), last_day=LAST + timedelta(days=9))
    with pytest.raises(ConflictError):  # the longer one would reach into the next
        edit(store, "purchase", one, OPERATOR, last_day=LAST + timedelta(days=1))
    view = store.read(records.fetch, "purchase", other, by=SUPERVISOR)
    store.write(
        records.withdraw, "purchase", other, version=view.version, by=SUPERVISOR, reason="错"
    )
    assert edit(store, "purchase", one, OPERATOR, stations=6).stations == 6
    with pytest.raises(ConflictError):  # its stations were sold meanwhile
        store.write(
            records.reinstate,
            "purchase",
            other,
            version=view.version + 1,
            by=SUPERVISOR,
            status=None,
        )
    assert after != other
    with pytest.raises(ConflictError):
        buy(store, 1, equipment="EQ-FORK")


def test_a_centre_buys_for_itself_a_supervisor_for_any(store: Store) -> None:
    with pytest.raises(NotAllowedError):
        buy(store, 1, buyer="C-HG")
    with pytest.raises(NotAllowedError):
        buy(store, 1, by=SCHOOL)
    with pytest.raises(InvalidError):
        buy(store, 1, by=SUPERVISOR, buyer="T01")
    code = buy(store, 1, by=SUPERVISOR, buyer="C-HG")
    with pytest.raises(NotAllowedError):
        edit(store, "purchase", code, OPERATOR, note="改")
    assert len(store.read(records.history, "purchase", code, by=OPERATOR)) == 1


def a_slot(store: Store) -> SlotRow:
    """A slot of the milling machines in the days of the purchase, all of it free."""

    def find(session: Any) -> SlotRow:
        slot = (
            session.query(SlotRow)
            .filter(SlotRow.venue == "V01", SlotRow.equipment == "EQ-MILL")
            .filter(SlotRow.day.between(FIRST, LAST), SlotRow.status == "published")
            .order_by(SlotRow.code)
            .first()
        )
        if slot is None:
            template = session.query(SlotRow).filter(SlotRow.venue == "V01").first()
            slot = SlotRow(
                code="S999999", venue="V01", equipment="EQ-MILL", day=FIRST, start=540, end=720,
                stations=6, stations_free=6, status="published", owner=template.owner,
                version=1, created_at=template.created_at, created_by="x",
                changed_at=template.changed_at, changed_by="x",
            )  # fmt: skip
            session.add(slot)
        slot.stations_free = slot.stations = 6
        session.flush()
        session.expunge(slot)
        return slot  # type: ignore[no-any-return]

    return store.write(find)


def take(store: Store, slot: SlotRow, stations: int, owner: str) -> None:
    """A proposal of a centre takes stations of a slot."""

    def act(session: Any) -> None:
        deal = session.query(ProposalRow).order_by(ProposalRow.code).first()
        deal.owner = owner
        session.flush()
        claim = Claim("slot", slot.code, stations, slot.day, slot.start, slot.end)
        now = reference.now(session)
        capacity.take(session, Holder(deal.code), [claim], until=None, now=now, by=SYSTEM)

    store.write(act)


def test_what_was_bought_is_kept_for_the_buyers_centres(store: Store) -> None:
    buy(store, 5)
    slot = a_slot(store)
    with pytest.raises(TakenError) as refused:
        take(store, slot, 2, "C-HG")
    assert (refused.value.code, refused.value.params["left"]) == ("bought", 1)
    take(store, slot, 1, "C-HG")
    take(store, slot, 3, "C-BL")
    with pytest.raises(TakenError):  # two of the five are the buyer's still
        take(store, slot, 1, "C-HG")
    draft = CentreDraft(name="园区站", parent="C-BL")
    park = store.write(records.register, draft, by=SYSTEM).code
    take(store, slot, 2, park)


@pytest.mark.parametrize(("owner", "status"), [("C-HG", "waiting"), ("C-BL", "offered")])
def test_a_turn_in_a_line_gets_no_stations_that_were_bought_for_others(
    store: Store, owner: str, status: str
) -> None:
    buy(store, 5)
    slot = a_slot(store)

    def turn(session: Any) -> str:
        now = reference.now(session)
        need = session.query(NeedRow).order_by(NeedRow.code).first()
        row = WaitingRow(
            code="W999999", need=need.code, kind="slot", resource=slot.code, heads=2, day=slot.day,
            status="waiting", owner=owner, version=1, created_at=now, created_by="x",
            changed_at=now, changed_by="x",
        )  # fmt: skip
        session.add(row)
        session.flush()
        waiting.offer_next(session, [("slot", slot.code)], now)
        return str(row.status)

    assert store.write(turn) == status


def test_a_ranking_has_no_stations_that_were_bought_for_others(stocked: Store) -> None:
    slots = stocked.read(offers.all_slots)
    mills = [one for one in slots if (one.venue, one.equipment) == ("V02", "EQ-CNC-MC")]
    assert mills == stocked.read(bought.without, mills, "C-BL")  # the bureau bought four for it
    there = {one.id: one.stations_free for one in mills if FIRST <= one.day <= LAST}
    kept = stocked.read(bought.without, mills, "T01")
    assert {one.id: one.stations_free for one in kept if one.id in there} == {
        code: max(0, free - 4 + taken(stocked, code)) for code, free in there.items()
    }
    assert stocked.read(bought.without, mills, None) == mills


def test_matching_everything_has_none_of_them_either(stocked: Store) -> None:
    """For the needs of a centre that the buyer is not above, each as if it were asked for alone."""
    said = {(s.venue, s.equipment) for s in stocked.read(offers.all_slots)}

    def move(session: Any) -> None:
        for row in session.query(NeedRow).filter(NeedRow.status == "open"):
            row.owner = "C-HG" if row.code[-1] in "02468" else row.owner
        for row in session.query(PurchaseRow):
            row.status = "withdrawn"

    stocked.write(move)
    before = stocked.read(in_shards.wanted, by=SYSTEM, today=DAY)
    assert not before.part.of_centres
    for venue, equipment in sorted(said):
        count = stocked.read(lambda s: s.get(WorkstationRow, (venue, equipment)))  # noqa: B023
        if count is not None:
            buy(stocked, count.count, venue=venue, equipment=equipment)
    found = stocked.read(in_shards.wanted, by=SYSTEM, today=DAY)
    assert {"C-HG"} <= set(found.part.of_centres)
    assert "C-BL" not in found.part.of_centres
    others = [one for one in found.asked if one.centre == "C-HG"][:12]
    one_by_one = [
        stocked.read(matchmaking.rank_bundles, one.need.id, by=SYSTEM, today=DAY).ranking
        for one in others
    ]
    assert rank_part(found.part, others) == one_by_one
    assert rank_part(before.part, others) != one_by_one
    nearby = around(
        found.part, [one.need for one in others], {c for o in others for c in o.courses}
    )
    assert rank_part(nearby, others) == one_by_one


def test_no_slot_that_was_bought_for_others_stands_in(store: Store) -> None:
    made = book(store, PLAN_NEED)
    found = store.read(inbox.proposal, made.code, by=OPERATOR)
    slot = next(claim.resource for claim in found.taken if claim.kind == "slot")
    group = found.training_class or ""
    assert store.read(moving.stand_ins, group, slot, by=OPERATOR, now=NOW)
    where = store.read(lambda s: s.get(SlotRow, slot))
    assert where is not None

    def sell(session: Any) -> None:
        for row in session.query(PurchaseRow):
            row.status = "withdrawn"
        session.get(WorkstationRow, (where.venue, where.equipment)).count = 99

    store.write(sell)
    said = {
        "venue": where.venue,
        "equipment": where.equipment,
        "last_day": DAY + timedelta(days=99),
    }
    buy(store, 99, by=SUPERVISOR, buyer="C-HG", **said)
    assert not store.read(moving.stand_ins, group, slot, by=OPERATOR, now=NOW)


def taken(store: Store, slot: str) -> int:
    found = store.read(bought.used, [slot], ["BUREAU", "C-BL", "C-HG"])
    return min(4, found.get(slot, 0))


def test_the_use_of_a_purchase_is_counted_from_bookings(store: Store) -> None:
    code = buy(store, 4)
    slot = a_slot(store)

    def found() -> purchases.Purchase:
        listed = store.read(purchases.listed, by=OPERATOR, buyer="C-BL")
        return next(one for one in listed if one.code == code)

    before = found()
    assert (before.used, before.price, before.note) == (0, 12000.0, "合同甲")
    assert before.offered == 4 * before.slots > 0
    take(store, slot, 6, "C-BL")
    assert found().used == 4  # the others were bought by nobody
    assert found().share == 4 / before.offered

    def give_back(session: Any) -> None:
        for row in session.query(BookingRow).filter_by(kind="slot", resource=slot.code):
            row.status = "cancelled"

    store.write(give_back)
    assert found().used == 0
    assert store.read(purchases.listed, by=SUPERVISOR, area="440307012") == ()


def test_the_board_and_the_list_of_an_institution_tell_it(store: Store) -> None:
    code = buy(store, 4)
    place = Place(View.WORKSTATIONS, "V01/EQ-MILL", FIRST, "morning")
    (told,) = store.read(board_cell.cell, place, by=OPERATOR).bought
    assert (told.code, told.stations, told.last_day) == (code, 4, LAST)
    codes = [one.code for one in store.read(purchases.page, "T01", by=OPERATOR).items]
    assert code in codes
    assert not store.read(purchases.page, "T05", by=OPERATOR).items


def test_purchases_come_in_and_go_out_as_tables(store: Store) -> None:
    headings = [
        "购买单位",
        "场地",
        "设备",
        "购买工位数",
        "起始日期",
        "截止日期",
        "合同金额",
        "合同编号",
    ]
    row = ("C-BL", "V01", "EQ-MILL", "2", FIRST.isoformat(), LAST.isoformat(), "9,600元", "甲-7")
    report = store.write(filing.import_rows, "purchase", headings, [(2, row)], by=OPERATOR)
    (code,) = report.created
    rows = store.read(lambda s: list(filing.export_rows(s, "purchase", by=OPERATOR)))
    (line,) = [one for one in rows if one[0] == code]
    assert line[1:5] == ["C-BL", "V01", "EQ-MILL", "2"]
    assert line[7:] == ["9600", "甲-7"]


def test_purchases_by_command(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--user", "supervisor")
    found = json.loads(duijie(*db, "purchases", "--json").stdout)
    assert {one["buyer"] for one in found} == {"BUREAU"}
    assert all(one["offered"] > 0 and 0 <= one["share"] <= 1 for one in found)
    assert "used" in duijie(*db, "purchases", "--buyer", "bureau").stdout.decode()
    assert not json.loads(duijie(*db, "purchases", "--area", "PK-PH-01", "--json").stdout)
    fields = ("buyer=C-BL", "venue=V01", "equipment=EQ-MILL", "stations=7", f"first_day={FIRST}")
    done = duijie(*db, "add", "purchase", *fields, f"last_day={LAST}")
    assert done.returncode != 0
    assert "can still be bought" in done.stderr.decode()
