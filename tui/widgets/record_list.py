"""A list of any length that draws only what is seen and asks for more when the cursor nears its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.i18n import mark
from tui.safe import fit, pad

_AHEAD = 40


@dataclass
class _Told(Message):
    """Something a list says; `control` lets handlers name the list."""

    sender: RecordList

    @property
    def control(self) -> RecordList:
        """The list that says it."""
        return self.sender


@dataclass(frozen=True, slots=True)
class Row:
    """One line: the record's code and its cells."""

    code: str
    cells: tuple[str, ...]


class RecordList(ScrollView, can_focus=True):
    """Rows in columns; the last column takes the room that is left."""

    DEFAULT_CSS = """
    RecordList { height: 1fr; background: $surface; scrollbar-size: 0 0; }
    RecordList > .record-list--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
    }
    RecordList > .record-list--heading { color: $text-muted; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"record-list--cursor", "record-list--heading"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", mark("up"), show=False, id="list.up"),
        Binding("down,j", "move(1)", mark("down"), show=False, id="list.down"),
        Binding("pageup", "page(-1)", mark("page up"), show=False, id="list.page_up"),
        Binding("pagedown", "page(1)", mark("page down"), show=False, id="list.page_down"),
        Binding("home", "jump(0)", mark("first"), show=False, id="list.first"),
        Binding("end", "jump(-1)", mark("last"), show=False, id="list.last"),
        Binding("enter", "choose", mark("Open"), show=False, id="list.open"),
        Binding("space", "mark", mark("Mark"), show=False, id="list.mark"),
        Binding("asterisk", "mark_all", mark("Mark all"), show=False, id="list.mark_all"),
    ]

    @dataclass
    class Moved(_Told):
        """The cursor stands on another record, or on none."""

        code: str | None

    @dataclass
    class Chosen(_Told):
        """A record was opened."""

        code: str

    @dataclass
    class Marked(_Told):
        """Records were marked, or their marks taken away."""

    @dataclass
    class MoreWanted(_Told):
        """The cursor nears the end of what has been loaded."""

    def __init__(
        self,
        headings: Sequence[str],
        widths: Sequence[int],
        id: str,
        *,
        can_mark: bool = False,
        has_heading: bool = True,
    ) -> None:
        super().__init__(id=id)
        self.can_mark = can_mark
        self._top_lines = int(has_heading)
        self.marked: set[str] = set()
        self.headings = tuple(headings)
        self.widths = tuple(widths)
        self.rows: list[Row] = []
        self.cursor = 0
        self._is_complete = True

    def show(
        self, rows: Sequence[Row], *, is_complete: bool = True, keep: str | None = None
    ) -> None:
        """Replace the rows; the cursor goes to the record `keep` where it is among them."""
        self.rows = list(rows)
        self._is_complete = is_complete
        codes = [row.code for row in self.rows]
        self.cursor = codes.index(keep) if keep in codes else 0
        self._settle()

    def update(
        self, rows: Sequence[Row], *, is_complete: bool = True, keep: str | None = None
    ) -> None:
        """Replace rows that are being read: the cursor stays on its record and its line, or goes to `keep`.

        Only lines that have changed are drawn. At the top of the list new rows come into sight.
        """
        drawn, here, before, top = self._drawn(), self.code, self.cursor, int(self.scroll_offset.y)
        self.rows = list(rows)
        self._is_complete = is_complete
        codes = [row.code for row in self.rows]
        if self.marked and is_complete:
            self.marked &= set(codes)
        wanted = keep if keep in codes else here
        at = codes.index(wanted) if wanted in codes else before
        self.cursor = max(0, min(at, len(codes) - 1))
        self.virtual_size = Size(self.size.width, len(codes) + self._top_lines)
        if top and self.code == here:
            self.scroll_to(y=top + self.cursor - before, animate=False, force=True, immediate=True)
        self._scroll_to_cursor()
        for line, (old, new) in enumerate(zip(drawn, self._drawn(), strict=True), self._top_lines):
            if old != new:
                self.refresh(Region(0, line, self.size.width, 1))
        if self.code != here:
            self.post_message(self.Moved(self, self.code))
        self._want_more()

    def room(self, page: int) -> int:
        """How many rows, in whole pages, hold what is shown and the cursor's record after some are added."""
        wanted = max(len(self.rows), self.cursor + page // 2, 1)
        return -(-wanted // page) * page

    def append(self, rows: Sequence[Row], *, is_complete: bool) -> None:
        """Add rows that were asked for by `MoreWanted`."""
        self.rows.extend(rows)
        self._is_complete = is_complete
        self.virtual_size = Size(self.size.width, len(self.rows) + self._top_lines)
        self.refresh()

    @property
    def code(self) -> str | None:
        """The record under the cursor."""
        return self.rows[self.cursor].code if self.rows else None

    @property
    def hidden(self) -> tuple[int, int]:
        """How many rows there are above and below those that are seen."""
        top = int(self.scroll_offset.y)
        seen = max(0, self.size.height - self._top_lines)
        return top, max(0, len(self.rows) - top - seen)

    def action_move(self, step: int) -> None:
        """Move the cursor by some rows."""
        self._go(self.cursor + step)

    def action_page(self, direction: int) -> None:
        """Move the cursor by a screenful."""
        self._go(self.cursor + direction * max(1, self.size.height - 1 - self._top_lines))

    def action_jump(self, to: int) -> None:
        """Move to the first or the last loaded row."""
        self._go(len(self.rows) - 1 if to < 0 else to)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Marks only where something can be done to many records."""
        return self.can_mark or action not in ("mark", "mark_all")

    def action_mark(self) -> None:
        """Mark the record under the cursor or take its mark away, and go on to the next."""
        if self.code is not None:
            self.marked ^= {self.code}
            self._told_marks()
            self._go(self.cursor + 1)

    def action_mark_all(self) -> None:
        """Mark every record that has been read; where all are marked, none."""
        codes = {row.code for row in self.rows}
        self.marked = set() if codes <= self.marked else codes
        self._told_marks()

    def unmark(self) -> None:
        """Take every mark away."""
        self.marked = set()
        self._told_marks()

    @property
    def chosen(self) -> tuple[str, ...]:
        """What an act is about: the marked records in order, else the one under the cursor."""
        marked = tuple(row.code for row in self.rows if row.code in self.marked)
        return marked or ((self.code,) if self.code is not None else ())

    def _told_marks(self) -> None:
        self.refresh()
        self.post_message(self.Marked(self))

    def action_choose(self) -> None:
        """Open the record under the cursor."""
        if self.code is not None:
            self.post_message(self.Chosen(self, self.code))

    def _go(self, to: int) -> None:
        target = max(0, min(to, len(self.rows) - 1))
        if target == self.cursor:
            return
        before, self.cursor = self.cursor, target
        top = int(self.scroll_offset.y)
        self._scroll_to_cursor()
        if int(self.scroll_offset.y) == top:
            for line in (before, target):
                self.refresh(Region(0, line + self._top_lines - top, self.size.width, 1))
        self._told()

    def _settle(self) -> None:
        self.virtual_size = Size(self.size.width, len(self.rows) + self._top_lines)
        self._scroll_to_cursor()
        self.refresh()
        self._told()

    def _scroll_to_cursor(self) -> None:
        height = max(1, self.size.height - self._top_lines)
        top = int(self.scroll_offset.y)
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True, immediate=True)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False, force=True, immediate=True)

    def _told(self) -> None:
        self.post_message(self.Moved(self, self.code))
        self._want_more()

    def _want_more(self) -> None:
        if not self._is_complete and self.cursor > len(self.rows) - _AHEAD:
            self._is_complete = True
            self.post_message(self.MoreWanted(self))

    def _drawn(self) -> list[tuple[bool, Row | None]]:
        """What each line under the heading shows."""
        top = int(self.scroll_offset.y)
        shown: list[Row | None] = list(
            self.rows[top : top + max(0, self.size.height - self._top_lines)]
        )
        shown += [None] * (self.size.height - self._top_lines - len(shown))
        return [(top + at == self.cursor, row) for at, row in enumerate(shown)]

    def on_resize(self) -> None:
        """Keep the cursor in sight."""
        self.virtual_size = Size(self.size.width, len(self.rows) + self._top_lines)
        self._scroll_to_cursor()

    def render_line(self, y: int) -> Strip:
        """The heading stays, rows scroll under it."""
        width = self.size.width
        if y < self._top_lines:
            style = self.get_component_rich_style("record-list--heading")
            return self._strip("  ", self.headings, width, style)
        index = y - self._top_lines + int(self.scroll_offset.y)
        if index >= len(self.rows):
            return Strip.blank(width, self.rich_style)
        is_here = index == self.cursor
        style = (
            self.get_component_rich_style("record-list--cursor")
            if is_here and self.has_focus
            else self.rich_style
        )
        sign = ("▸" if is_here else " ") + ("●" if self.rows[index].code in self.marked else " ")
        return self._strip(sign, self.rows[index].cells, width, style)

    def _strip(self, mark: str, cells: Sequence[str], width: int, style: Style) -> Strip:
        shown = mark
        for cell, wide in zip(cells, self.widths, strict=False):
            shown += pad(cell, wide) + " "
        rest = cells[len(self.widths)] if len(cells) > len(self.widths) else ""
        return Strip([Segment(pad(shown + fit(rest, 400), width), style)], width)

    def watch_has_focus(self, focused: bool) -> None:
        """The cursor is drawn only where the keys go."""
        self.refresh()
