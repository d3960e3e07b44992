"""The analysis in words: the board, why needs are unmet, the funnel and the weeks; the board as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from matching.types import Rule
from store.services.analysis import Board, Line, State
from store.services.coverage import Lack
from store.services.drilling import Behind, Cause, Drilled, Standing, Why
from store.services.flow import Funnel, Week
from store.services.warning import WarningRule
from tui.i18n import _, mark
from tui.render import spark
from tui.safe import pad
from tui.sheets import Column, Sheet
from tui.sheets import Line as SheetLine
from tui.words import RULES, level_short, level_word

SIGNS: Mapping[State, str] = {State.ALARM: "✕", State.SHORT: "!", State.ENOUGH: "○"}
LACKS: Mapping[Lack, str] = {
    Lack.TRADE: mark("trade"),
    Lack.COURSE: mark("course"),
    Lack.LEVEL: mark("level"),
    Lack.SEATS: mark("seats"),
    Lack.STATIONS: mark("stations"),
    Lack.INSTRUCTOR: mark("instructor"),
    Lack.DATES: mark("dates"),
    Lack.HOURS: mark("hours"),
    Lack.TRAVEL: mark("travel"),
    Lack.PRICE: mark("price"),
}
_MISSING: Mapping[Lack, str] = {
    Lack.TRADE: mark("trade not settled: confirm it first"),
    Lack.COURSE: mark("no course of the trade is offered"),
    Lack.LEVEL: mark("courses only at other levels"),
    Lack.SEATS: mark("seats are all taken"),
    Lack.STATIONS: mark("too few free hours of workstations"),
    Lack.INSTRUCTOR: mark("nobody qualified to teach it"),
    Lack.DATES: mark("nothing begins in time"),
    Lack.HOURS: mark("only at other hours of the week"),
    Lack.TRAVEL: mark("only farther away than the firm will go"),
    Lack.PRICE: mark("only above the firm's budget"),
}
_STANDINGS: Mapping[Standing, str] = {
    Standing.ARRANGED: mark("arranged"),
    Standing.FITS: mark("can be matched now"),
    Standing.NEAR: mark("only a course of a neighbouring trade or level fits"),
    Standing.RIVALS: mark("those before it take what there is"),
    Standing.UNREAD: mark("not looked at one by one"),
}
_STEPS = {
    "registered": mark("registered"),
    "proposed": mark("proposed"),
    "accepted": mark("accepted by all"),
    "confirmed": mark("confirmed"),
    "finished": mark("finished"),
}
CSV_COLUMNS = (
    "occupation", "name", "level", "needed", "covered", "served", "gap", "spare", "needs", "firms",
    "waits_half", "waits_most", "trend", "lack", "state",
)  # fmt: skip


def line_name(line: Line) -> str:
    """A trade as the board calls it; what is not settled is called that."""
    return line.name if line.occupation else _("trade not settled")


def line_cells(line: Line) -> tuple[str, ...]:
    """The cells of a line: sign and trade, level, heads asked for and served, gap, trend, what is lacking."""
    return (
        f"{SIGNS[line.state]} {line_name(line)}",
        level_short(line.level),
        str(line.needed),
        str(line.served),
        gap_word(line),
        spark(line.trend),
        _(LACKS[line.lack]) if line.lack else "–",
    )


def gap_word(line: Line) -> str:
    """`-48` for heads without, `+18` for seats that nobody takes."""
    if line.gap:
        return f"-{line.gap}"
    return f"+{line.spare}" if line.spare else "0"


def why_word(why: Why) -> str:
    """Why heads are unmet."""
    if isinstance(why, Rule):
        return _(RULES[why])
    return _(_MISSING[why]) if isinstance(why, Lack) else _(_STANDINGS[why])


def head_lines(line: Line, board: Board) -> Iterator[str]:
    """What a line says before it is taken apart."""
    yield f"{SIGNS[line.state]} {line_name(line)} {level_word(line.level)}".rstrip()
    if line.occupation in board.listed:
        yield _("In urgent need by the signed list: goes first in allocations")
    yield _("{gap} of {needed} heads unmet; needs: {needs}, firms: {firms}").format(
        gap=line.gap, needed=line.needed, needs=len(line.needs), firms=line.firms
    )
    yield _("Waiting: P50 {half} d, P90 {most} d").format(
        half=line.waits_half, most=line.waits_most
    )
    if line.state is State.ALARM:
        told = _("✕ Warning: gap {gap} > {heads} heads, P90 waiting {most} > {days} d")
        yield told.format(
            gap=line.gap, heads=board.rule.heads, most=line.waits_most, days=board.rule.days
        )


def cause_lines(drilled: Drilled) -> Iterator[str]:
    """The tree of reasons, most heads first."""
    for at, cause in enumerate(drilled.causes):
        branch = "└" if at == len(drilled.causes) - 1 else "├"
        yield f"{branch} {cause_line(cause)}"


def cause_line(cause: Cause) -> str:
    """So many heads of so many needs, and why."""
    return _("{heads:>3} heads ({needs}): {why}").format(
        heads=cause.heads, needs=len(cause.needs), why=why_word(cause.why)
    )


def behind_line(need: Behind) -> str:
    """One need behind a line."""
    return _("{heads} heads {firm} · {days} d · {why} · {text}").format(
        heads=need.heads, days=need.days, why=why_word(need.why), firm=need.firm, text=need.text
    )


def board_word(board: Board) -> str:
    """What a board comes to."""
    alarms = sum(line.state is State.ALARM for line in board.lines)
    return _("{count} lines, {gap} heads short, {alarms} warnings").format(
        count=len(board.lines), gap=board.gap, alarms=alarms
    )


def rule_word(rule: WarningRule) -> str:
    """The rule of warnings."""
    return _("✕: gap > {heads} heads, P90 waiting > {days} d").format(
        heads=rule.heads, days=rule.days
    )


def week_word(monday: date) -> str:
    """`W47`, the week of the calendar."""
    return f"W{monday.isocalendar().week:02d}"


def month_word(month: date | None) -> str:
    """`2026-12`, or every month."""
    return f"{month:%Y-%m}" if month else _("all months")


def funnel_lines(found: Funnel) -> Iterator[str]:
    """The steps, each with its part of the first."""
    most = found.steps[0].heads or 1
    for step in found.steps:
        yield _("{step}: {heads} heads, {needs} needs ({share})").format(
            step=_(_STEPS[step.name]),
            heads=step.heads,
            needs=len(step.needs),
            share=f"{step.heads / most:.0%}",
        )


def week_lines(weeks: tuple[Week, ...]) -> Iterator[str]:
    """A line for each week."""
    for week in weeks:
        yield _("{week} {day}: {heads} heads registered, {seats} seats offered").format(
            week=week_word(week.first),
            day=f"{week.first:%m-%d}",
            heads=week.heads,
            seats=week.seats,
        )


def week_table(weeks: tuple[Week, ...], today: date) -> Iterator[str]:
    """The weeks side by side: what was registered, what is offered; of weeks to come only that is known."""
    known = [week for week in weeks if week.first <= today]
    for label, cells in (
        ("", [week_word(week.first) for week in weeks]),
        (_("Registered"), [str(week.heads) for week in known]),
        (_("Offered"), [str(week.seats) for week in weeks]),
        (_("Difference"), [f"{week.seats - week.heads:+d}" for week in known]),
    ):
        yield pad(label, 10) + "".join(f"{cell:>5}" for cell in cells)


def gap_sheet(board: Board) -> Sheet:
    """The board as a sheet, with the needs behind each line."""
    heads = (
        (_("Trade"), 20), (_("Lvl"), 5), (_("Need"), 5), (_("Have"), 5), (_("Gap"), 5),
        (_("Lacks"), 10),
    )  # fmt: skip
    names = ("name", "level", "needed", "served", "gap", "lack")
    columns = tuple(Column(name, *head) for name, head in zip(names, heads, strict=True))
    lines = tuple(
        SheetLine(
            f"{line.occupation or '-'}/{line.level or ''}",
            (
                line_name(line), level_short(line.level), line.needed, line.served, line.gap,
                _(LACKS[line.lack]) if line.lack else "–",
            ),
            {"needed": tuple(("need", code) for code in line.needs)},
        )
        for line in board.lines
    )  # fmt: skip
    return Sheet("gaps", _("Gap by trade and level"), columns, lines, board_word(board))


def funnel_sheet(found: Funnel) -> Sheet:
    """The steps as a sheet, with the needs behind each."""
    columns = (
        Column("step", _("Stage"), 20), Column("heads", _("Heads"), 5), Column("needs", _("Needs"), 5),
        Column("percent", "%", 5),
    )  # fmt: skip
    most = found.steps[0].heads or 1
    lines = tuple(
        SheetLine(
            step.name,
            (_(_STEPS[step.name]), step.heads, len(step.needs), round(100 * step.heads / most)),
            {"heads": tuple(("need", code) for code in step.needs)},
        )
        for step in found.steps
    )
    title = f"{week_word(found.week)} {found.week}"
    return Sheet("funnel", title, columns, lines, _("What became of the needs of the week"))


def weekly_sheet(weeks: tuple[Week, ...]) -> Sheet:
    """The weeks as a sheet, with the needs that were registered in each."""
    columns = (
        Column("week", _("Week"), 6), Column("day", _("Day"), 10),
        Column("heads", _("Registered"), 10), Column("seats", _("Offered"), 8),
    )  # fmt: skip
    lines = tuple(
        SheetLine(
            week.first.isoformat(),
            (week_word(week.first), week.first.isoformat(), week.heads, week.seats),
            {"heads": tuple(("need", code) for code in week.needs)},
        )
        for week in weeks
    )
    told = _("A week: █ heads registered  ▒ seats offered")
    return Sheet("weekly", _("Heads and seats by week"), columns, lines, told)


def csv_rows(board: Board) -> Iterator[tuple[str, ...]]:
    """The board as cells in the order of `CSV_COLUMNS`; only numbers, codes and official names."""
    for line in board.lines:
        yield (
            line.occupation or "", line.name, str(line.level or ""), str(line.needed),
            str(line.covered), str(line.served), str(line.gap), str(line.spare),
            str(len(line.needs)), str(line.firms), str(line.waits_half), str(line.waits_most),
            ";".join(map(str, line.trend)), line.lack or "", line.state,
        )  # fmt: skip
