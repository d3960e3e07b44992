"""A month as a grid of days, Monday first: days with sessions and days off have their signs."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from matching.weekly import Calendar
from tui.i18n import _, mark
from tui.safe import pad

CELLS = 4  # of a day
WIDTH = 7 * CELLS
_HEADS = (mark("Mo"), mark("Tu"), mark("We"), mark("Th"), mark("Fr"), mark("Sa"), mark("Su"))
_SIGNS = {
    (False, False): (" ", " "),
    (True, False): ("[", "]"),
    (False, True): ("(", ")"),
    (True, True): ("<", ">"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the grid: whether it is marked, and whether nobody works on it."""

    date: date
    is_marked: bool
    is_off: bool

    @property
    def text(self) -> str:
        """`[ 5]` marked, `( 6)` off, `< 7>` both, in four cells."""
        left, right = _SIGNS[self.is_marked, self.is_off]
        return f"{left}{self.date.day:2}{right}"


def months(days: Iterable[date]) -> tuple[tuple[int, int], ...]:
    """Year and month from the first to the last of some days, none left out between them."""
    known = sorted(days)
    if not known:
        return ()
    first, last = (day.year * 12 + day.month - 1 for day in (known[0], known[-1]))
    return tuple((at // 12, at % 12 + 1) for at in range(first, last + 1))


def weeks(
    year: int, month: int, marked: Collection[date], calendar: Calendar
) -> tuple[tuple[Day | None, ...], ...]:
    """The weeks of a month, seven days each; None for those of the months beside it."""
    return tuple(
        tuple(
            Day(day, day in marked, not calendar.is_workday(day)) if day.month == month else None
            for day in week
        )
        for week in Weeks().monthdatescalendar(year, month)
    )


def grid_lines(
    year: int, month: int, marked: Collection[date], calendar: Calendar
) -> tuple[str, ...]:
    """The month's name, the names of the days, and its weeks, each `WIDTH` cells."""
    title = pad(f"─ {year}-{month:02} ", WIDTH)
    heads = "".join(pad(" " + _(head), CELLS) for head in _HEADS)
    body = (
        "".join(day.text if day else " " * CELLS for day in week)
        for week in weeks(year, month, marked, calendar)
    )
    return (title, heads, *body)


def legend() -> str:
    """What the signs mean."""
    return _("[ ] session  ( ) day off  < > session on a day off")
