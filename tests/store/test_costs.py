"""Costs of shared rooms: agreed once, charged from what classes have booked, split to the fen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError, NotAllowedError
from store.models import BookingRow, ProposalRow
from store.schemas.actor import Actor, Role
from store.schemas.cost import Cost, CostDraft, Part
from store.services import audit, classes, costs

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
CLASS = "B000001"
YEARS = (date(2020, 1, 1), date(2030, 1, 1))


def teacher(institution: str) -> Actor:
    return Actor("lehrer", "老师", Role.INSTITUTION, institution)


def refused(code: str, call: Callable[[], object]) -> None:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value


def draft(**cells: object) -> CostDraft:
    said = {
        "venue": "V02", "hour": "2.55", "first_day": "2026-01-01", "last_day": "2026-12-31",
        "shares": {"T01": 60, "T11": 40},
    }  # fmt: skip
    return CostDraft.model_validate({**said, **cells})


def agree(store: Store, by: Actor = OPERATOR, **cells: object) -> Cost:
    return store.write(costs.agree, draft(**cells), by=by, now=NOW)


def without_the_demos(store: Store) -> None:
    for one in store.read(costs.listed, by=_SUPERVISOR):
        store.write(costs.end, one.code, by=OPERATOR, now=NOW)


def test_a_class_is_charged_for_what_it_booked(store: Store) -> None:
    without_the_demos(store)
    assert store.read(classes.sheet, CLASS, by=OPERATOR).shared == ()
    made = agree(store)
    booked = store.read(
        lambda s: s.execute(
            select(BookingRow.quantity, BookingRow.start, BookingRow.end)
            .join(ProposalRow, ProposalRow.code == BookingRow.proposal)
            .where(ProposalRow.training_class == CLASS, BookingRow.kind == "slot")
            .where(BookingRow.status == "booked")
        ).all()
    )
    minutes = sum(count * (end - start) for count, start, end in booked)
    (shared,) = store.read(classes.sheet, CLASS, by=OPERATOR).shared
    assert (shared.cost, shared.minutes) == (made.code, minutes)
    assert shared.fen == round(255 * minutes / 60)
    assert [(one.institution, one.percent) for one in shared.parts] == [("T01", 60), ("T11", 40)]
    assert sum(one.fen for one in shared.parts) == shared.fen
    sums = store.read(costs.borne, *YEARS, by=OPERATOR)
    assert [(one.institution, one.classes, one.fen) for one in sums] == [
        (one.institution, 1, one.fen) for one in shared.parts
    ]
    own = store.read(costs.borne, *YEARS, by=teacher("T11"))
    assert [one.institution for one in own] == ["T11"]
    assert store.read(costs.borne, date(2020, 1, 1), date(2020, 2, 1), by=OPERATOR) == ()
    store.write(costs.end, made.code, by=OPERATOR, now=NOW)
    assert store.read(classes.sheet, CLASS, by=OPERATOR).shared == ()
    acts = [one.act for one in store.read(audit.entries, "shared_cost", made.code)]
    assert acts == ["register", "withdraw"]


def test_one_room_is_agreed_on_once_for_a_day(store: Store) -> None:
    without_the_demos(store)
    agree(store, equipment="EQ-CNC-MC")
    agree(store, equipment="EQ-MILL")
    refused("cost_there", lambda: agree(store))
    refused("cost_there", lambda: agree(store, equipment="EQ-MILL", first_day="2026-12-31"))
    agree(store, first_day="2027-01-01", last_day="2027-12-31")
    refused("not_found", lambda: agree(store, venue="V99"))
    refused("not_found", lambda: agree(store, venue="V03", equipment="EQ-NONE"))
    refused("not_found", lambda: agree(store, venue="V03", shares={"T01": 60, "T99": 40}))


@pytest.mark.parametrize(
    "cells",
    [
        {"shares": {"T01": 60, "T11": 41}},
        {"shares": {"T01": 100}},
        {"hour": "0"},
        {"hour": "1.234"},
        {"last_day": "2025-12-31"},
    ],
)
def test_drafts_that_make_no_sense(cells: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        draft(**cells)


def test_whose_they_are(store: Store) -> None:
    without_the_demos(store)
    made = agree(store)
    assert [one.code for one in store.read(costs.listed, by=teacher("T11"))] == [made.code]
    assert store.read(costs.listed, by=teacher("T05")) == ()
    assert store.read(costs.borne, *YEARS, by=teacher("T05")) == ()
    for by in (_COLLEAGUE, _SUPERVISOR, teacher("T01")):
        with pytest.raises(NotAllowedError):
            store.write(costs.end, made.code, by=by, now=NOW)
    with pytest.raises(NotAllowedError):
        agree(store, by=teacher("T01"), venue="V03")


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(1, 30), min_size=2, max_size=6).filter(lambda some: sum(some) <= 100),
)
def test_an_amount_is_split_to_the_fen(fen: int, some: list[int]) -> None:
    percents = [*some, 100 - sum(some)]
    parts = [Part(f"T{at:02d}", "", percent) for at, percent in enumerate(percents)]
    found = costs.split(fen, parts)
    assert sum(one.fen for one in found) == fen
    assert all(abs(one.fen - fen * one.percent / 100) < 1 for one in found)
