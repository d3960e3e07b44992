"""Courses of all institutions by a line of words, against the records themselves, on each database."""

from __future__ import annotations

from typing import Any

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import records, shelves
from tui.typed import read_shelf

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def courses(store: Store) -> dict[str, Any]:
    found = store.read(records.page, "course", by=OPERATOR, limit=1000).items
    return {one.code: one for one in found if one.status == "published"}


def picked(store: Store, words: str, by: Actor = OPERATOR, kept: tuple[str, ...] = ()) -> set[str]:
    page = store.read(shelves.page, read_shelf(words, kept), by=by, limit=1000)
    assert page.total == len(page.items)
    return {one.code for one in page.items}


def a_head(one: Any) -> float | None:
    if one.price is None:
        return None
    return float(one.price) / (one.max_heads or 1) if one.price_per == "class" else float(one.price)


def test_price_mode_and_level_are_those_of_the_records(store: Store) -> None:
    every = courses(store)
    prices = {code: price for code, one in every.items() if (price := a_head(one)) is not None}
    assert picked(store, "") == set(every)
    assert picked(store, "<1500") == {code for code, price in prices.items() if price <= 1500}
    assert picked(store, "1500块以内") == picked(store, "不超过1500元") == picked(store, "<1500")
    assert picked(store, "2000元以上") == {code for code, price in prices.items() if price >= 2000}
    between = {code for code, price in prices.items() if 1000 <= price <= 2000}
    assert picked(store, "1000-2000") == between
    online = {code for code, one in every.items() if one.mode == "online"}
    assert picked(store, "online") == online != set()
    both = {code for code in between if every[code].level == 3}
    assert picked(store, "四级 1000-2000") == both != set()
    assert picked(store, "kept", kept=("C001", "C002", "C999")) == {"C001", "C002"}


def test_place_and_trade_are_found_by_words_and_letters(store: Store) -> None:
    every = courses(store)
    homes = {
        one.code: one.area for one in store.read(records.page, "institution", by=OPERATOR).items
    }
    there = {code for code, one in every.items() if homes[one.institution] == "440307019"}
    found = picked(store, "宝龙")
    assert there <= found
    assert found != set(every)
    assert picked(store, "bl") & there == there
    turning = picked(store, "skcg")
    assert {"C001", "C002"} <= turning
    assert picked(store, "skcg 四级") == {c for c in turning if every[c].level == 3}


def test_an_institution_finds_its_own_only(store: Store) -> None:
    assert {courses(store)[code].institution for code in picked(store, "", by=SCHOOL)} == {"T01"}
