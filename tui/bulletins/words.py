"""The words of bulletins: titles and notes of sections, headings of columns, values in cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from store.schemas.periods import Period, PeriodKind, kind_of
from store.schemas.publication import BulletinView, Cell, Mark, Snapshot, Threshold, Withheld
from tui.i18n import _, language, mark
from tui.policy_words import SUBSIDIES
from tui.safe import clean
from tui.warning_text import GROUNDS
from tui.words import act_word, level_short, value_word


@dataclass(frozen=True, slots=True)
class Words:
    """What a section is called and how its numbers are counted."""

    title: str
    note: str


SECTIONS: Mapping[str, Words] = {
    "in_period": Words(
        mark("The period in numbers"),
        mark(
            "Registered: needs that came in. Booked: heads whose class begins in the period. "
            "Trained: heads whose class ended in it. Beside it the period before, of the same length."
        ),
    ),
    "shortages": Words(
        mark("What is short"),
        mark(
            "Open heads by trade, those that present courses, seats, workstations and "
            "instructors would serve, and the gap. Waiting in days: half of the needs, nine in ten."
        ),
    ),
    "listed": Words(
        mark("Trades in urgent need"),
        mark(
            "The signed list in force on the day of the data: {list}, from {in_force} to {until}. Grounds "
            "are those it was signed with, heads those of open needs now."
        ),
    ),
    "areas": Words(
        mark("What is short, by street"),
        mark(
            "Open heads by street, a park with its street; where the bulletin is of a street, by park. "
            "Before: the gap in the last bulletin of this kind."
        ),
    ),
    "gap_trend": Words(
        mark("Trend of the gap"),
        mark("As each published bulletin of this kind told it, the latest first."),
    ),
    "waiting": Words(
        mark("How long heads wait"),
        mark("Heads of open needs for which nothing is arranged, by days since they registered."),
    ),
    "windows": Words(
        mark("Trend: 8, 13 and 52 weeks"),
        mark("Heads registered, and seats of runs that began, in the last weeks together."),
    ),
    "weeks": Words(
        mark("Week by week"),
        mark("Each week by its Monday, the latest first; the CSV files have all 52."),
    ),
    "coming_weeks": Words(
        mark("Weeks to come"),
        mark(
            "Heads of settled trades in the last 13 whole weeks, imported history among them, then heads "
            "expected a week; four in five past weeks lay within such an interval."
        ),
    ),
    "coming_trades": Words(
        mark("Heads expected by trade"),
        mark("In the coming {horizon} weeks together, of the trades that were asked for most."),
    ),
    "became": Words(
        mark("What became of the needs"),
        mark(
            "Heads registered in the last 13 weeks, each counted once where it has come furthest."
        ),
    ),
    "institutions": Words(
        mark("Training institutions"),
        mark("Active ones, with the number of courses they publish."),
    ),
    "courses": Words(
        mark("Courses and seats by trade"),
        mark("Published courses, and their runs still to begin with all seats and those left."),
    ),
    "places": Words(
        mark("Places for practice"),
        mark("Workstations in open venues; hours of one workstation in the next four weeks."),
    ),
    "spent": Words(
        mark("Subsidies by clause"),
        mark(
            "Claims that were handed in, approved and paid in the period, with their sums in yuan. A total "
            "is told only where every clause is."
        ),
    ),
    "spent_by_centre": Words(
        mark("Subsidies by service centre"),
        mark(
            "The same by the centre that claimed; a centre is told where each of its clauses may be."
        ),
    ),
    "against": Words(
        mark("Targets and what was reached"),
        mark(
            "Share of the target reached, beside the share that an even pace would have reached by "
            "the day of the data."
        ),
    ),
    "log": Words(
        mark("What was published before"), mark("Every bulletin published or withdrawn until then.")
    ),
}

COLUMNS: Mapping[str, str] = {
    "indicator": mark("What is counted"),
    "this_period": mark("This period"),
    "period_before": mark("Period before"),
    "trade": mark("Trade"),
    "level": mark("Level"),
    "needed": mark("Heads wanted"),
    "served": mark("Could be served"),
    "gap": mark("Gap"),
    "grounds": mark("Grounds"),
    "street": mark("Street or park"),
    "gap_before": mark("Gap before"),
    "expected": mark("Expected"),
    "least": mark("At least"),
    "most": mark("At most"),
    "waits_half": mark("Waiting P50"),
    "waits_most": mark("Waiting P90"),
    "days": mark("Days"),
    "needs": mark("Needs"),
    "heads": mark("Heads"),
    "weeks": mark("Weeks"),
    "week": mark("Week of"),
    "seats": mark("Seats"),
    "stage": mark("Came to"),
    "institution": mark("Institution"),
    "sort": mark("Sort"),
    "area": mark("Place"),
    "qualified_to": mark("Qualified until"),
    "courses": mark("Courses"),
    "institutions": mark("Institutions"),
    "runs": mark("Runs"),
    "seats_left": mark("Seats left"),
    "equipment": mark("Workstation"),
    "venues": mark("Venues"),
    "stations": mark("Stations"),
    "offered": mark("Hours offered"),
    "taken": mark("Hours taken"),
    "use": mark("Use %"),
    "policy": mark("Rule set"),
    "clause": mark("Clause"),
    "subsidy": mark("Subsidy"),
    "people": mark("Number of people"),
    "claims": mark("Handed in"),
    "claimed_yuan": mark("Yuan asked for"),
    "approvals": mark("Approved"),
    "approved_yuan": mark("Yuan approved"),
    "payments": mark("Payments"),
    "paid_yuan": mark("Yuan paid"),
    "centre": mark("Service centre"),
    "unit": mark("Unit"),
    "period": mark("Period"),
    "target": mark("Target"),
    "reached": mark("Reached"),
    "share": mark("Share %"),
    "due": mark("Even pace %"),
    "pace": mark("Pace"),
    "day": mark("Day"),
    "act": mark("Act"),
    "bulletin": mark("Bulletin"),
    "data": mark("Data of"),
    "digest": mark("Digest"),
}

INDICATORS: Mapping[str, str] = {
    "needs_registered": mark("needs registered"),
    "heads_registered": mark("heads registered"),
    "heads_booked": mark("heads booked"),
    "heads_trained": mark("heads trained"),
    "firms_served": mark("firms served"),
    "town_specialties": mark("town specialties"),
}
STAGES: Mapping[str, str] = {
    "trained": mark("trained"),
    "booked": mark("booked"),
    "proposed": mark("offered a class"),
    "open": mark("nothing arranged yet"),
    "given_up": mark("withdrawn or expired"),
}
PACES: Mapping[str, str] = {
    "reached": mark("reached"),
    "on_pace": mark("on pace"),
    "behind": mark("behind"),
    "not_begun": mark("not begun"),
}
_TITLES: Mapping[PeriodKind, str] = {
    PeriodKind.MONTHLY: mark("Training market: monthly bulletin, {period}"),
    PeriodKind.QUARTERLY: mark("Training market: quarterly bulletin, {period}"),
    PeriodKind.YEARLY: mark("Training market: yearly bulletin, {period}"),
    PeriodKind.ONE_OFF: mark("Training market: bulletin, {period}"),
}
KINDS: Mapping[PeriodKind, str] = {
    PeriodKind.MONTHLY: mark("monthly"),
    PeriodKind.QUARTERLY: mark("quarterly"),
    PeriodKind.YEARLY: mark("yearly"),
    PeriodKind.ONE_OFF: mark("one-off"),
}
HELD = "×"
_UNKNOWN: Mapping[str, str] = {
    "trade": mark("trade not settled"),
    "street": mark("place not said"),
    "bulletin": mark("this one"),
}


def title(about: Snapshot | BulletinView) -> str:
    """A bulletin's own title, else one made from its kind and period."""
    return clean(about.title or "") or _(_TITLES[about.kind]).format(
        period=period_word(about.period)
    )


def kind_word(kind: PeriodKind) -> str:
    """Monthly, quarterly, yearly or one-off."""
    return _(KINDS[kind])


def indicator_word(indicator: str) -> str:
    """What a target counts."""
    return _(INDICATORS[indicator])


def pace_word(pace: str) -> str:
    """How a target stands against an even pace."""
    return _(PACES[pace])


def period_word(period: Period) -> str:
    """`October 2026`, `2026年10月`, and so on."""
    kind = kind_of(period)
    if kind is PeriodKind.MONTHLY:
        return _("{year}-{month}").format(year=period.first.year, month=f"{period.first.month:02d}")
    if kind is PeriodKind.QUARTERLY:
        return _("{year} Q{quarter}").format(
            year=period.first.year, quarter=(period.first.month + 2) // 3
        )
    if kind is PeriodKind.YEARLY:
        return _("year {year}").format(year=period.first.year)
    return _("{first} to {last}").format(first=period.first, last=period.last)


def held_word(threshold: Threshold) -> str:
    """What the marks in place of numbers mean."""
    return _(
        "Firms are never named. {few}: fewer than {heads} heads. {held}: of fewer than {firms} firms, or "
        "held back so that no small number can be worked out from a sum."
    ).format(few=f"<{threshold.heads}", heads=threshold.heads, firms=threshold.firms, held=HELD)


def cell_word(column: str, cell: Cell, threshold: Threshold) -> str:
    """A cell as it is read; numbers as they are."""
    if isinstance(cell, Withheld):
        return f"<{threshold.heads}" if cell.mark is Mark.FEW else HELD
    if cell is None:
        return _(_UNKNOWN[column]) if column in _UNKNOWN else ""
    if column == "level":
        return level_short(int(cell)).strip()
    told = clean(str(cell))
    return _VALUES[column](told) if column in _VALUES else told


def _known(words: Mapping[str, str]) -> Callable[[str], str]:
    return lambda value: _(words[value]) if value in words else value


_VALUES: Mapping[str, Callable[[str], str]] = {
    "indicator": _known(INDICATORS),
    "stage": _known(STAGES),
    "pace": _known(PACES),
    "sort": value_word,
    "subsidy": _known(SUBSIDIES),
    "act": act_word,
    "grounds": lambda told: " ".join(map(_known(GROUNDS), told.split())),
}


def day_told(day: date) -> str:
    """`21 November 2026` in short: the same in both languages."""
    return day.isoformat() if language() == "en" else f"{day.year}年{day.month}月{day.day}日"
