"""A firm's training fund year by year: what is to be set aside, whose share it is, what may be deducted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from matching.subsidy.rules import Fund


@dataclass(frozen=True, slots=True)
class FundYear:
    """What a firm paid and spent in a year, in fen; None where nobody said."""

    year: int
    payroll: int | None = None
    spent: int | None = None
    front: int | None = None
    staff: int | None = None


@dataclass(frozen=True, slots=True)
class FundResult:
    """One year worked out, in fen; what cannot be known is None. `is_short`: less spent than the floor."""

    year: int
    least: int | None
    most: int | None
    spent: int | None
    is_short: bool | None
    front_percent: Decimal | None
    front_wanted: Decimal
    is_front_met: bool | None
    brought: int | None
    deducted: int | None
    carried: int | None
    lapsed: int | None
    missing: tuple[str, ...]


def work_out(years: Iterable[FundYear], rates: Callable[[int], Fund]) -> tuple[FundResult, ...]:
    """Every year in order, what could not be deducted carried from each into the next.

    `rates` tells the rates of a year. A year without its numbers, or one left out, ends what is known of the
    balance: from there on what is brought is unknown until it has lapsed.
    """
    found: list[FundResult] = []
    balance: list[tuple[int, int]] | None = []  # (year it is from, fen), oldest first
    last: int | None = None
    for one in sorted(years, key=lambda one: one.year):
        fund = rates(one.year)
        if last is not None and one.year != last + 1:
            balance = None
        last = one.year
        result, balance = _year(one, fund, balance)
        found.append(result)
    return tuple(found)


_Balance = list[tuple[int, int]] | None


def _year(one: FundYear, fund: Fund, balance: _Balance) -> tuple[FundResult, _Balance]:
    least, most, room = (_share(one.payroll, p) for p in (fund.floor, fund.cap, fund.deduct))
    percent = None
    if one.front is not None and one.spent:
        percent = (Decimal(100 * one.front) / one.spent).quantize(Decimal("0.1"), ROUND_HALF_UP)
    brought = deducted = carried = lapsed = None
    if balance is not None:
        kept = [(y, fen) for y, fen in balance if not _is_over(y, one.year, fund)]
        brought = sum(fen for _y, fen in kept)
        lapsed = sum(fen for _y, fen in balance) - brought
        balance = None
        if one.spent is not None and room is not None:
            deducted = min(room, brought + one.spent)
            balance = _left([*kept, (one.year, one.spent)], deducted)
            carried = sum(fen for _y, fen in balance)
    result = FundResult(
        year=one.year,
        least=least,
        most=most,
        spent=one.spent,
        is_short=None if least is None or one.spent is None else one.spent < least,
        front_percent=percent,
        front_wanted=fund.share,
        is_front_met=_is_met(one, fund),
        brought=brought,
        deducted=deducted,
        carried=carried,
        lapsed=lapsed,
        missing=tuple(n for n in ("payroll", "spent", "front") if getattr(one, n) is None),
    )
    return result, balance


def _is_met(one: FundYear, fund: Fund) -> bool | None:
    if one.front is None or one.spent is None:
        return None
    return 100 * one.front >= fund.share * one.spent


def _is_over(began: int, year: int, fund: Fund) -> bool:
    return fund.carry_years is not None and year - began > fund.carry_years


def _left(parts: list[tuple[int, int]], deducted: int) -> list[tuple[int, int]]:
    """What remains to be carried, the oldest deducted first."""
    left = []
    for year, fen in parts:
        taken = min(fen, deducted)
        deducted -= taken
        if fen > taken:
            left.append((year, fen - taken))
    return left


def _share(payroll: int | None, percent: Decimal) -> int | None:
    if payroll is None:
        return None
    return int((payroll * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
