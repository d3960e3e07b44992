"""Rows by days and parts of the day as glyphs; a move of the cursor draws the two cells that it touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.i18n import mark
from tui.safe import pad

HEADINGS = 2  # lines above the rows: days, and parts of the day
_LEAST_LABEL = 18
_MOST_LABEL = 44


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell as it is drawn: its text, and the name of its style."""

    text: str
    style: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A line: what it is about, and its cells."""

    key: str
    label: str
    cells: tuple[Heat, ...]


@dataclass(frozen=True, slots=True)
class HeatDay:
    """A column of columns: a day's heading and those of its parts."""

    heading: str
    parts: tuple[str, ...]
    is_today: bool = False


class HeatBoard(ScrollView, can_focus=True, inherit_bindings=False):
    """Headings stay, rows scroll; the cursor is one cell, marked cells are drawn apart."""

    DEFAULT_CSS = """
    HeatBoard { height: 1fr; background: $surface; scrollbar-size: 0 0; }
    HeatBoard > .heat-board--heading { color: $text-muted; text-style: bold; }
    HeatBoard > .heat-board--today { color: $accent; text-style: bold underline; }
    HeatBoard > .heat-board--none { color: $text-disabled; }
    HeatBoard > .heat-board--empty { color: $text-muted; }
    HeatBoard > .heat-board--low { color: $success; }
    HeatBoard > .heat-board--half { color: $success; text-style: bold; }
    HeatBoard > .heat-board--high { color: $warning; }
    HeatBoard > .heat-board--full { color: $error; }
    HeatBoard > .heat-board--closed { color: $text-muted; text-style: bold; }
    HeatBoard > .heat-board--cursor { background: $primary; color: $text; text-style: bold; }
    HeatBoard > .heat-board--mark { background: $warning 40%; text-style: underline; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"heat-board--{name}"
        for name in (
            "heading", "today", "none", "empty", "low", "half", "high", "full", "closed",
            "cursor", "mark",
        )
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(0, -1)", mark("left"), show=False, id="heat.left"),
        Binding("right,l", "move(0, 1)", mark("right"), show=False, id="heat.right"),
        Binding("up,k", "move(-1, 0)", mark("up"), show=False, id="heat.up"),
        Binding("down,j", "move(1, 0)", mark("down"), show=False, id="heat.down"),
        Binding("home", "jump(0)", mark("first"), show=False, id="heat.first"),
        Binding("end", "jump(-1)", mark("last"), show=False, id="heat.last"),
        Binding("ctrl+u", "page(-1)", mark("page up"), show=False, id="heat.page_up"),
        Binding("ctrl+d", "page(1)", mark("page down"), show=False, id="heat.page_down"),
        Binding("enter", "choose", mark("Open"), show=False, id="heat.open"),
    ]

    @dataclass
    class Moved(Message):
        """The cursor stands on another cell."""

        sender: HeatBoard

        @property
        def control(self) -> HeatBoard:
            """The board that says it."""
            return self.sender

    @dataclass
    class Chosen(Message):
        """The cell under the cursor was opened."""

        sender: HeatBoard

        @property
        def control(self) -> HeatBoard:
            """The board that says it."""
            return self.sender

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.days: tuple[HeatDay, ...] = ()
        self.rows: tuple[HeatRow, ...] = ()
        self.row = 0
        self.column = 0
        self.step = 1  # columns that one key goes
        self.holds_row = False
        self.marked: frozenset[tuple[int, int]] = frozenset()

    def show(self, days: Sequence[HeatDay], rows: Sequence[HeatRow], at: tuple[str, int]) -> None:
        """Replace everything; the cursor goes to a row by its key and to a column, as far as they are there.

        Where only cells have changed, only they are drawn.
        """
        before, same = self.rows, self._is_same_shape(days, rows)
        self.days, self.rows = tuple(days), tuple(rows)
        keys = [row.key for row in rows]
        wanted, column = at
        line = keys.index(wanted) if wanted in keys else min(self.row, max(0, len(keys) - 1))
        column = max(0, min(column, self.columns - 1))
        old = (self.row, self.column)
        self.row, self.column = line, column
        self.marked = frozenset()
        self.virtual_size = Size(self.size.width, len(rows) + HEADINGS)
        top = self._top
        self._scroll_to_cursor()
        if not same or self._top != top:
            self.refresh()
        else:
            changed = {old, (self.row, self.column)} - ({old} & {(self.row, self.column)})
            for y, (a, b) in enumerate(zip(before, self.rows, strict=True)):
                changed |= {
                    (y, x) for x, (c, d) in enumerate(zip(a.cells, b.cells, strict=True)) if c != d
                }
            self._draw(changed)
        self.post_message(self.Moved(self))

    def _is_same_shape(self, days: Sequence[HeatDay], rows: Sequence[HeatRow]) -> bool:
        return (
            tuple(days) == self.days
            and not self.marked
            and [(row.key, row.label) for row in rows] == [(r.key, r.label) for r in self.rows]
        )

    @property
    def columns(self) -> int:
        """How many cells a row has."""
        return sum(len(day.parts) for day in self.days)

    @property
    def key(self) -> str | None:
        """The row under the cursor."""
        return self.rows[self.row].key if self.rows else None

    def mark_cells(self, cells: Sequence[tuple[int, int]]) -> None:
        """Draw some cells apart, and no others."""
        before, self.marked = self.marked, frozenset(cells)
        self._draw(before ^ self.marked)

    def action_move(self, down: int, right: int) -> None:
        """Move the cursor by a row or a column."""
        self._go(self.row + down, self.column + right * self.step)

    def action_jump(self, to: int) -> None:
        """The first or the last row."""
        self._go(len(self.rows) - 1 if to < 0 else to, self.column)

    def action_page(self, direction: int) -> None:
        """A screenful of rows."""
        self._go(self.row + direction * max(1, self.size.height - HEADINGS), self.column)

    def action_choose(self) -> None:
        """Open the cell under the cursor."""
        if self.rows:
            self.post_message(self.Chosen(self))

    def _go(self, row: int, column: int) -> None:
        row = self.row if self.holds_row else max(0, min(row, len(self.rows) - 1))
        if not 0 <= column < self.columns:
            column = self.column
        before = (self.row, self.column)
        if (row, column) == before or not self.rows:
            return
        self.row, self.column = row, column
        top = self._top
        self._scroll_to_cursor()
        if self._top == top:
            self._draw({before, (row, column)})
        self.post_message(self.Moved(self))

    @property
    def _top(self) -> int:
        return int(self.scroll_offset.y)

    def _scroll_to_cursor(self) -> None:
        height = max(1, self.size.height - HEADINGS)
        if self.row < self._top:
            self.scroll_to(y=self.row, animate=False, force=True, immediate=True)
        elif self.row >= self._top + height:
            self.scroll_to(y=self.row - height + 1, animate=False, force=True, immediate=True)

    def _draw(self, cells: set[tuple[int, int]] | frozenset[tuple[int, int]]) -> None:
        """Draw some cells anew, and the sign of the cursor's row where that changed."""
        for row, column in cells:
            y = row - self._top + HEADINGS
            if HEADINGS <= y < self.size.height:
                self.refresh(Region(self._x(column), y, self._cell, 1))
        rows = {row for row, _ in cells}
        if len(rows) > 1:
            for row in rows:
                self.refresh(Region(0, row - self._top + HEADINGS, 2, 1))

    @property
    def _cell(self) -> int:
        """Terminal cells for each cell: as many as the width holds, two at least."""
        count = max(1, self.columns)
        room = self.size.width - _LEAST_LABEL - len(self.days)
        return max(2, min(room // count, 24 if count <= 3 else 4))

    @property
    def _label(self) -> int:
        room = self.size.width - len(self.days) - self._cell * self.columns
        return max(_LEAST_LABEL, min(room, _MOST_LABEL))

    def _x(self, column: int) -> int:
        """Where a column begins; a blank stands before each day."""
        ends = accumulate(len(day.parts) for day in self.days)
        days_before = sum(end <= column for end in ends)
        return self._label + 1 + days_before + column * self._cell

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self.rows) + HEADINGS)
        self._scroll_to_cursor()

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor is drawn only where the keys go."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Two headings, then the rows as far as they are scrolled."""
        width = self.size.width
        if y < HEADINGS:
            return self._heading(y).adjust_cell_length(width, self.rich_style)
        index = y - HEADINGS + self._top
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        return self._line(index).adjust_cell_length(width, self.rich_style)

    def _heading(self, y: int) -> Strip:
        style = self.get_component_rich_style("heat-board--heading")
        today = self.get_component_rich_style("heat-board--today")
        parts = [Segment(" " * self._label, style)]
        for day in self.days:
            of_day = today if day.is_today else style
            parts.append(Segment(" ", style))
            if y == 0:
                parts.append(Segment(pad(day.heading, self._cell * len(day.parts)), of_day))
            else:
                parts += [Segment(pad(name, self._cell), of_day) for name in day.parts]
        return Strip(parts)

    def _line(self, index: int) -> Strip:
        row = self.rows[index]
        sign = "▸ " if index == self.row else "  "
        parts = [Segment(pad(sign + row.label, self._label), self.rich_style)]
        column = 0
        for day in self.days:
            parts.append(Segment(" ", self.rich_style))
            for _ in day.parts:
                cell = row.cells[column]
                parts.append(
                    Segment(pad(cell.text, self._cell), self._style(index, column, cell.style))
                )
                column += 1
        return Strip(parts)

    def _style(self, row: int, column: int, name: str) -> Style:
        if self.has_focus and (row, column) == (self.row, self.column):
            return self.get_component_rich_style("heat-board--cursor")
        if (row, column) in self.marked:
            return self.get_component_rich_style("heat-board--mark")
        return self.get_component_rich_style(f"heat-board--{name}")
