"""Areas and service centres as trees: whatever is asked for of one sums and lists what lies beneath it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, DuijieError, InvalidError, NotAllowedError, NotFoundError
from store.models import AreaRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CentreDraft
from store.services import analysis, board, filters, flow, pools, records, tree, wanted
from store.services.board_slots import Filter
from store.services.filters import NeedFilter
from store.services.kinds import KINDS
from tests.commands import duijie
from tests.conftest import DAY
from tests.tui.driving import edit

STREET, PARKS, DISTRICT = "440307019", {"PK-BL-01", "PK-BL-02"}, "440307"
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")


def beneath(store: Store, kind: str, **of: Any) -> list[Any]:
    by = of.pop("by", OPERATOR)
    return list(store.read(filters.beneath, kind, by=by, limit=10_000, **of).items)


def test_an_area_has_all_that_lies_beneath_it(store: Store) -> None:
    needs = beneath(store, "need", area=STREET)
    assert {one.area for one in needs} <= {STREET, *PARKS}
    parts = [beneath(store, "need", area=one) for one in sorted(PARKS)]
    assert all(parts)
    assert {n.code for part in parts for n in part} < {n.code for n in needs}
    every = store.read(records.page, "need", by=OPERATOR, limit=1000).items
    placed = {one.code for one in every if one.area}
    assert {one.code for one in beneath(store, "need", area=DISTRICT)} == placed
    with pytest.raises(NotFoundError):
        beneath(store, "need", area="440999")
    wanted_only = NeedFilter(states=("open",), area=STREET)
    found = store.read(filters.page, wanted_only, by=OPERATOR).items
    assert {n.code for n in found} == {n.code for n in needs if n.status == "open"}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_in_the_place_of_itself_or_of_its_owner(stocked: Store, kind: str) -> None:
    whole = stocked.read(records.page, kind, by=OPERATOR, limit=1).total
    street = beneath(stocked, kind, area="440307015")
    assert len(street) < len(beneath(stocked, kind, area=DISTRICT)) <= whole or kind in (
        "association", "centre",
    )  # fmt: skip
    homes = {
        "course": "institution", "instructor": "institution", "venue": "institution",
        "assessment": "body",
    }  # fmt: skip
    if kind in homes:
        areas = stocked.read(lambda s: set(s.scalars(tree.areas("440307015"))))
        for view in street:
            home = stocked.read(records.fetch, "institution", getattr(view, homes[kind]), by=SYSTEM)
            assert {home.area, getattr(view, "area", None)} & areas


def sub_centre(store: Store) -> Actor:
    """A centre of a park beneath the street's, with one need of its own."""
    draft = CentreDraft(name="鹤坪园区服务站", area="PK-BL-01", parent="C-BL")
    code = store.write(records.register, draft, by=SYSTEM).code
    by = Actor("park", "园区", Role.OPERATOR, code)
    need = store.read(records.fetch, "need", "N000024", by=OPERATOR)
    again = {name: getattr(need, name) for name in KINDS["need"].draft.model_fields}
    store.write(records.register, KINDS["need"].draft.model_validate(again), by=by)
    return by


def heads(store: Store, by: Actor, area: str | None = None) -> int:
    return sum(one.heads for one in store.read(wanted.wanted, by=by, today=DAY, area=area))


def test_a_centre_sums_those_beneath_it_and_they_not_it(store: Store) -> None:
    before, other = heads(store, OPERATOR), heads(store, OTHER)
    park = sub_centre(store)
    own = heads(store, park)
    assert own > 0
    assert heads(store, OPERATOR) == before + own
    assert heads(store, OTHER) == other
    rows = {one.code: one for one in store.read(tree.listed, by=OPERATOR)}
    street, above = rows["C-BL"], rows["BUREAU"]
    assert (street.depth, rows[park.organisation].depth) == (1, 2)
    assert street.whole_heads == street.heads + own
    assert above.whole_heads == sum(one.heads for one in rows.values())
    listed = beneath(store, "need", centre="C-BL")
    assert {one.owner for one in listed} == {"C-BL", park.organisation}
    assert {one.owner for one in beneath(store, "need", centre=park.organisation)} == {
        park.organisation
    }
    total = store.read(analysis.look, OPERATOR, DAY, None, None)
    assert total is not None
    assert store.read(flow.weekly, by=OPERATOR, today=DAY)


def test_no_centre_is_above_itself(store: Store) -> None:
    park = sub_centre(store)
    for parent in (park.organisation, "C-BL"):
        with pytest.raises(ConflictError) as refused:
            edit(store, "centre", "C-BL", SUPERVISOR, parent=parent)
        assert refused.value.code == "centre_loop"
    with pytest.raises(InvalidError):
        edit(store, "centre", "C-BL", SUPERVISOR, parent="T01")
    with pytest.raises(NotAllowedError):
        edit(store, "centre", "C-HG", OPERATOR, parent="C-BL")
    assert edit(store, "centre", "C-HG", SUPERVISOR, parent="C-BL").parent == "C-BL"


def test_whose_needs_they_are_is_not_for_institutions_to_ask(store: Store) -> None:
    assert beneath(store, "need", area=STREET, by=SCHOOL)
    with pytest.raises(NotAllowedError):
        beneath(store, "need", centre="C-BL", by=SCHOOL)
    with pytest.raises(DuijieError):
        store.read(tree.listed, by=SCHOOL)


def test_the_board_of_an_area_has_the_rooms_in_it(stocked: Store) -> None:
    every = stocked.read(board.week, DAY, by=OPERATOR)
    street = stocked.read(board.week, DAY, by=OPERATOR, only=Filter(area="440307015"))
    whole = stocked.read(board.week, DAY, by=OPERATOR, only=Filter(area=DISTRICT))
    assert [row.key for row in whole.rows] == [row.key for row in every.rows]
    venues = {one.code for one in beneath(stocked, "venue", area="440307015")}
    assert street.rows
    assert {row.venue for row in street.rows} <= venues
    with pytest.raises(NotFoundError):
        stocked.read(board.month, DAY, by=OPERATOR, only=Filter(area="440999"))


def test_classes_are_shared_within_an_area(stocked: Store) -> None:
    found = stocked.read(pools.radar, by=OPERATOR, today=DAY, area=STREET)
    assert {one.view.area for one in found.needs.values()} <= {STREET, *PARKS}
    parent = stocked.read(lambda s: s.get_one(AreaRow, STREET).parent)
    everywhere = stocked.read(pools.radar, by=OPERATOR, today=DAY)
    assert stocked.read(pools.radar, by=OPERATOR, today=DAY, area=parent).pools == everywhere.pools
    assert len(found.needs) < len(everywhere.needs)


def test_lists_board_and_centres_by_command(demo_path: Path) -> None:
    db = ("--db", str(demo_path), "--user", "wangfang")
    few = json.loads(duijie(*db, "list", "need", "--area", "pk-bl-01", "--json").stdout)
    street = json.loads(duijie(*db, "list", "need", "--area", STREET, "--json").stdout)
    assert 0 < few["total"] < street["total"]
    told = duijie(*db, "list", "need", "--filter", "open", "--area", STREET, "--json").stdout
    assert {one["status"] for one in json.loads(told)["items"]} == {"open"}
    rows = json.loads(duijie(*db, "board", "--area", "440307015", "--json").stdout)["rows"]
    assert rows
    centres = json.loads(duijie(*db, "centres", "--json").stdout)
    assert [one["code"] for one in centres] == ["BUREAU", "C-BL", "C-HG"]
    assert centres[0]["whole_needs"] == centres[1]["needs"] + centres[2]["needs"]
    assert "  C-BL" in duijie(*db, "centres", "BUREAU").stdout.decode()
