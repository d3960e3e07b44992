"""The slot board in glyphs and words: the same on the screen and on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from store.services.board import Board, Cell, Row, State, View
from store.services.board_additions import Additions
from store.services.board_cell import CellDetail, Holding, RunThen
from store.services.board_people import Load
from store.services.board_slots import PARTS, parts_of
from store.services.clashes import Clash
from store.services.moving import Affected, Postponement
from store.services.purchases import Purchase
from tui.deal_text import heads_word
from tui.i18n import _, mark
from tui.render import bar, money, violation_line
from tui.words import day_word, value_word

GLYPHS = {
    "none": " ", "empty": "·", "low": "░", "half": "▒", "high": "▓", "full": "█", "closed": "✕",
}  # fmt: skip
_LOW, _HALF = 0.25, 0.5
_PART_WORDS = {
    "morning": mark("morning"),
    "afternoon": mark("afternoon"),
    "evening": mark("evening"),
}
_VIEW_WORDS = {
    View.WORKSTATIONS: mark("Workstations"),
    View.INSTRUCTORS: mark("Instructors"),
    View.INSTITUTIONS: mark("Institutions"),
}
_CLASHES = {
    "person_twice": mark("{name} teaches twice at once"),
    "person_away": mark("{name} is away but teaches"),
    "slot_closed": mark("{name}: closed, but booked"),
    "stations_gone": mark("{name}: more booked than there are"),
}
_FAR_APART = 0.2  # from here on two parts of the day are told to be unequal


def heat(cell: Cell) -> str:
    """The name of how full a cell is, by which glyph and colour are found."""
    if cell.state is State.PART:
        return "low" if cell.share <= _LOW else "half" if cell.share <= _HALF else "high"
    return cell.state.value


def legend() -> str:
    """Every glyph with its word."""
    return _("· empty  ░ ≤25%  ▒ ≤50%  ▓ >50%  █ full  ✕ closed  blank: no slot")


def part_word(part: str) -> str:
    """`morning`."""
    return _(_PART_WORDS[part])


def part_heads() -> tuple[str, ...]:
    """A letter for each part of the day."""
    return tuple(_("M|A|E").split("|"))


def day_head(day: date) -> str:
    """`Mo 23`."""
    return f"{weekday_head(day)} {day:%d}"


def weekday_head(day: date) -> str:
    """`Mo`."""
    return _("Mo|Tu|We|Th|Fr|Sa|Su").split("|")[day.weekday()]


def part_of(start: int, end: int) -> str:
    """The part of the day that a window is in first."""
    return parts_of(start, end)[0]


def part_number(start: int) -> int:
    """The place of the part of the day that a time is in."""
    return next(at for at, part in enumerate(PARTS) if part.start <= start < part.end)


def view_word(view: View) -> str:
    """What the rows are."""
    return _(_VIEW_WORDS[view])


def percent(share: float) -> str:
    """`64 %`; what is not quite nothing or all is not rounded to it."""
    return f"{min(99, max(1, round(100 * share))) if 0 < share < 1 else round(100 * share)}%"


def hours(minutes: int) -> str:
    """`18` or `4.5`."""
    return f"{minutes / 60:.1f}".removesuffix(".0")


def row_label(row: Row, load: Load | None = None) -> str:
    """A row in few words, what tells it apart first."""
    if row.equipment is not None:
        return f"{row.equipment_name} {row.venue} {row.name}"
    if load is not None:
        return f"{row.name} {row.key} {hours(load.minutes)}/{hours(load.limit)}h"
    return f"{row.key} {row.name}" if row.key != row.name else row.key


def week_title(board: Board) -> str:
    """`2026-W48 (11-23 – 11-29)`."""
    first, last = board.first_day, board.last_day
    return f"{first:%G-W%V} ({first:%m-%d} – {last:%m-%d})"


def use_line(board: Board) -> str:
    """How much of the week is used, in all and by part of the day, and what that suggests."""
    use = board.use
    if not use[""].total:
        return _("No slot is offered.")
    told = _("Used {share}").format(share=percent(use[""].share))
    filed = [part.name for part in PARTS if use[part.name].total]
    told += "".join(f"  {part_word(name)} {percent(use[name].share)}" for name in filed)
    most = max(filed, key=lambda name: use[name].share)
    least = min(filed, key=lambda name: use[name].share)
    if use[most].share - use[least].share >= _FAR_APART:
        hint = _("{most} is short, {least} has room")
        told += "  → " + hint.format(most=part_word(most), least=part_word(least))
    return told


def amount_line(cell: Cell, view: View) -> str:
    """How a cell stands in numbers."""
    if cell.state is State.NONE:
        return _("No slot is filed here.") if view is not View.INSTRUCTORS else _("Not available.")
    if cell.state is State.CLOSED:
        if view is View.INSTRUCTORS:
            return _("Away.")
        return _("Closed: {count} stations.").format(count=cell.closed)
    glyph = GLYPHS[heat(cell)]
    if view is View.INSTRUCTORS:
        told = _("{glyph} {taken} of {total} h taught").format(
            glyph=glyph, taken=hours(cell.taken), total=hours(cell.total)
        )
    else:
        told = _("{glyph} {taken} of {total} stations taken, {free} free").format(
            glyph=glyph, taken=cell.taken, total=cell.total, free=cell.free
        )
    unit = hours if view is View.INSTRUCTORS else str
    for amount, word in (
        (cell.held, _("held {count}")),
        (cell.booked, _("booked {count}")),
        (cell.elsewhere, _("the school's own {count}")),
    ):
        if amount:
            told += " · " + word.format(count=unit(amount))
    if cell.closed:
        told += " · " + _("{count} closed").format(count=cell.closed)
    return told


def purchase_line(one: Purchase) -> str:
    """What was bought, by whom, for when, and how much of it was used."""
    told = _("{code}  {buyer}: {count} × {equipment} at {venue}, {first} to {last}, {price}")
    whole = told.format(
        code=one.code,
        buyer=one.buyer_name,
        count=one.stations,
        equipment=one.equipment_name,
        venue=one.venue_name,
        first=one.first_day,
        last=one.last_day,
        price=money(None if one.price is None else round(one.price * 100)),
    )
    use = _("used {used} of {offered} station slots ({share:.0%})")
    return f"{whole}  " + use.format(used=one.used, offered=one.offered, share=one.share)


def detail_lines(detail: CellDetail) -> Iterator[str]:
    """Classes, proposals and runs in a cell."""
    for bought in detail.bought:
        told = _("bought by {buyer}: {count} stations until {day}")
        yield told.format(buyer=bought.buyer, count=bought.stations, day=bought.last_day)
    for one in detail.holdings:
        yield holding_line(one)
    for run in detail.runs:
        yield run_line(run)


def holding_line(one: Holding) -> str:
    """A class or a proposal with its firms, heads and instructors, and what it has."""
    count = _("x{count}").format(count=one.quantity) if one.quantity else ""
    if not one.proposal:
        whose = _("held for somebody else") if one.status == "held" else _("booked elsewhere")
        return " ".join(filter(None, (_clock(one.start, one.end), count, whose)))
    firms = one.firms[0] if one.firms else ""
    if len(one.firms) > 1:
        firms = _("{firm} and {count} more").format(firm=firms, count=len(one.firms) - 1)
    parts = (
        one.training_class or one.proposal,
        value_word(one.status) if one.training_class is None else "",
        one.title,
        firms,
        heads_word(one.heads),
        count,
        ", ".join(one.instructors),
    )
    return "  ".join(filter(None, parts))


def run_line(one: RunThen) -> str:
    """A run that meets, and what is left of it."""
    left = ""
    if one.seats is not None and one.seats_left is not None:
        left = _("{left} of {seats} seats left").format(left=one.seats_left, seats=one.seats)
    parts = (
        one.training_class or one.code,
        _clock(one.start, one.end),
        one.title,
        left,
        one.instructor or "",
    )
    return "  ".join(filter(None, parts))


def additions_line(found: Additions) -> str:
    """Needs that could be added, best first."""
    if not found.needs:
        if not found.open:
            return ""
        return _("No open need would use it ({count} looked at).").format(count=found.looked)
    told = ", ".join(f"{one.need} ({100 * one.score:.0f})" for one in found.needs[:4])
    more = f" … {len(found.needs)}" if len(found.needs) > 4 else ""
    line = _("a adds: {needs}").format(needs=told + more)
    if found.looked < found.open:
        line += "  " + _("({looked} of {open} needs looked at)").format(
            looked=found.looked, open=found.open
        )
    return line


def clash_line(one: Clash) -> str:
    """What cannot be, when, and the records in it."""
    told = _(_CLASHES[one.kind]).format(name=one.name)
    return (
        f"⚠ {day_word(one.day)} {_clock(one.start, one.end)} {told} {', '.join(one.codes)}".strip()
    )


def clash_lines(found: Sequence[Clash], most: int = 4) -> Iterator[str]:
    """The first of them, and how many there are."""
    if not found:
        yield _("No clash.")
        return
    yield _("{count} clashes (c goes to the next):").format(count=len(found))
    yield from (clash_line(one) for one in found[:most])


def load_lines(people: Sequence[Load], most: int = 8) -> Iterator[str]:
    """Who teaches most this week, of what the week may have."""
    busy = sorted((one for one in people if one.minutes), key=lambda one: (-one.minutes, one.code))
    for one in busy[:most]:
        share = one.minutes / one.limit
        sign = "!" if share > 1 else " "
        yield (
            f"{sign}{one.name} {hours(one.minutes)}/{hours(one.limit)}h {bar(share, 8)}{_away(one)}"
        )


def _away(one: Load) -> str:
    if not one.away:
        return ""
    days = ", ".join(day_head(day) for day in one.away)
    return " " + _("away {days}").format(days=days)


def weigh_line(found: Postponement) -> str:
    """What a new first day means, on one line: who can, and which rules keep the others."""
    first, _last = found.plan.days
    bad = [one for one in found.affected if one.is_displaced]
    head = _("{code} from {day}:").format(code=found.training_class, day=day_word(first))
    if not bad:
        told = _("✓ suits every firm ({count}). Enter moves it.").format(count=len(found.affected))
        return f"{head} {told}"
    rules = "; ".join(_broken(one) for one in bad)
    return f"{head} ✕ {len(bad)}/{len(found.affected)} {rules}"


def _broken(one: Affected) -> str:
    rules = ", ".join(violation_line(v) for v in one.violations if v.severity == "block")
    return f"{one.enterprise}: {rules}"


def _clock(start: int, end: int) -> str:
    return f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
