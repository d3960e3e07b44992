"""Months, quarters, years and any days as periods that are reported on."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from store.errors import InvalidError


class PeriodKind(StrEnum):
    """How often a report comes."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    ONE_OFF = "one_off"


_MONTHS = {PeriodKind.MONTHLY: 1, PeriodKind.QUARTERLY: 3, PeriodKind.YEARLY: 12}
REGULAR = tuple(_MONTHS)
_FORMS = {
    PeriodKind.MONTHLY: re.compile(r"(\d{4})-(\d{1,2})"),
    PeriodKind.QUARTERLY: re.compile(r"(\d{4})-?[Qq]([1-4])"),
    PeriodKind.YEARLY: re.compile(r"(\d{4})"),
}
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        kind = kind_of(self)
        if kind is PeriodKind.MONTHLY:
            return f"{self.first:%Y-%m}"
        if kind is PeriodKind.QUARTERLY:
            return f"{self.first:%Y}-Q{(self.first.month + 2) // 3}"
        return f"{self.first:%Y}" if kind is PeriodKind.YEARLY else f"{self.first}..{self.last}"


def period_with(kind: PeriodKind, day: date) -> Period:
    """The month, quarter or year that a day lies in."""
    months = _MONTHS[kind]
    begins = (day.month - 1) // months * months + 1
    ends = begins + months - 1
    last = date(day.year, ends, monthrange(day.year, ends)[1])
    return Period(date(day.year, begins, 1), last)


def before(kind: PeriodKind, period: Period) -> Period:
    """The period of the same kind just before; of one that is none of them as many days."""
    day = period.first - timedelta(days=1)
    if kind is PeriodKind.ONE_OFF:
        return Period(day - timedelta(days=period.days - 1), day)
    return period_with(kind, day)


def kind_of(period: Period) -> PeriodKind:
    """Which kind of period some days are."""
    return next((k for k in REGULAR if period_with(k, period.first) == period), PeriodKind.ONE_OFF)


def read_period(kind: PeriodKind, text: str) -> Period:
    """`2026-10`, `2026-Q4`, `2026` or `2026-10-01..2026-10-15`, as the kind wants it."""
    try:
        if kind is PeriodKind.ONE_OFF:
            found = _DAYS.fullmatch(text.strip())
            period = found and Period(date.fromisoformat(found[1]), date.fromisoformat(found[2]))
            if period and period.days > 0:
                return period
        elif found := _FORMS[kind].fullmatch(text.strip()):
            month = int(found[2]) if found.lastindex == 2 else 1
            return period_with(kind, date(int(found[1]), (month - 1) * _step(kind) + 1, 1))
    except ValueError:
        pass
    raise InvalidError("not_a_period", text=text[:40], kind=kind.value)


def read_any_period(text: str) -> Period:
    """A period of whichever kind was typed."""
    for kind in (*REGULAR, PeriodKind.ONE_OFF):
        try:
            return read_period(kind, text)
        except InvalidError:
            continue
    raise InvalidError("not_a_period", text=text[:40], kind="any")


def _step(kind: PeriodKind) -> int:
    return 3 if kind is PeriodKind.QUARTERLY else 1
