"""The training fund over years, and what an institution's instructors may and must."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.faculty import Member, look, months_after
from matching.fund import FundYear, work_out
from matching.subsidy.rules import Fund, Teaching

RATES = Fund()


def test_floor_cap_share_and_deduction_of_one_year() -> None:
    (one,) = work_out([FundYear(2025, 10_000_000_00, 900_000_00, 500_000_00)], lambda _year: RATES)
    assert (one.least, one.most) == (150_000_00, 250_000_00)
    assert (one.is_short, one.front_percent, one.is_front_met) == (False, Decimal("55.6"), False)
    assert (one.brought, one.deducted, one.carried) == (0, 800_000_00, 100_000_00)


def test_what_could_not_be_deducted_goes_into_the_next_year_until_it_lapses() -> None:
    years = [FundYear(2024, 100, 20), FundYear(2025, 100, 5), FundYear(2026, 100, 0)]
    assert [(y.brought, y.deducted, y.carried) for y in work_out(years, lambda _y: RATES)] == [
        (0, 8, 12),
        (12, 8, 9),
        (9, 8, 1),
    ]
    short = Fund(carry_years=1)
    assert [(y.brought, y.lapsed) for y in work_out(years, lambda _y: short)] == [
        (0, 0),
        (12, 0),
        (5, 4),
    ]


def test_what_nobody_said_stays_unknown() -> None:
    years = [FundYear(2024, None, 20), FundYear(2025, 100, 5, 3)]
    first, second = work_out(years, lambda _y: RATES)
    assert first.missing == ("payroll", "front")
    assert (first.least, first.deducted, first.is_short) == (None, None, None)
    assert (second.brought, second.deducted, second.is_front_met) == (None, None, True)
    assert (
        work_out([FundYear(2023, 1, 1), FundYear(2025, 1, 1)], lambda _y: RATES)[1].brought is None
    )


_YEARS = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), max_size=6)


@given(_YEARS)
@settings(max_examples=50)
def test_nothing_is_deducted_twice_or_lost(years: list[tuple[int, int]]) -> None:
    facts = [FundYear(2020 + at, payroll, spent) for at, (payroll, spent) in enumerate(years)]
    found = work_out(facts, lambda _year: RATES)
    deducted = sum(one.deducted or 0 for one in found)
    assert deducted + (found[-1].carried or 0 if found else 0) == sum(s for _p, s in years)
    for one, (payroll, _spent) in zip(found, years, strict=True):
        assert 100 * (one.deducted or 0) <= 8 * payroll + 50


def _members(full: int, others: int) -> list[Member]:
    return [Member(f"F{at}", "", "full_time", frozenset("T")) for at in range(full)] + [
        Member(f"P{at}", "", "part_time", frozenset("TU")) for at in range(others)
    ]


@given(st.integers(0, 12), st.integers(0, 24))
@settings(max_examples=50)
def test_what_would_break_the_share_does_and_one_fewer_does_not(full: int, others: int) -> None:
    def met(full: int, others: int) -> bool:
        return 3 * full >= full + others

    found = look(_members(full, others), Teaching(), date(2026, 11, 21))
    assert found.is_met == met(full, others)
    if not found.is_met:
        return
    leaves, hires = found.breaks_at_leaves, found.breaks_at_hires
    assert met(full, others + hires - 1)
    assert not met(full, others + hires)
    if leaves <= full:
        assert met(full - leaves + 1, others)
        assert not met(full - leaves, others)


def test_headroom_and_what_is_due() -> None:
    rules = Teaching(refresher_months=24, shop_floor_days=30)
    member = Member("I1", "", "part_time", frozenset("TU"), date(2024, 10, 31), 12)
    (one,) = look([member], rules, date(2026, 11, 21)).members
    assert (one.used, one.most, one.shop_floor_left) == (2, 3, 18)
    assert (one.refresher_due, one.is_refresher_over) == (date(2026, 10, 31), True)
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
