"""Bundles side by side: what differs, the best of each row signed, and one key to take a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from matching.types import Bundle
from tui import compare_text
from tui.compare_text import Row
from tui.i18n import _, mark
from tui.safe import fit, pad, plain, titled
from tui.screens.base import BaseDialog

_LABEL, _LEAST = 12, 27  # cells of the labels, and of the narrowest column


class CompareDialog(BaseDialog[int]):
    """Answers with the place of the bundle that was taken among those ranked, or with nothing."""

    CSS_PATH = "compare.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "column(-1)", mark("Column left"), show=False, id="compare.left"),
        Binding("right,l", "column(1)", mark("Column right"), show=False, id="compare.right"),
        Binding("up,k", "scroll(-1)", mark("up"), show=False, id="compare.up"),
        Binding("down,j", "scroll(1)", mark("down"), show=False, id="compare.down"),
        Binding("pageup", "scroll(-8)", mark("page up"), show=False, id="compare.page_up"),
        Binding("pagedown", "scroll(8)", mark("page down"), show=False, id="compare.page_down"),
        Binding("equals_sign", "all", mark("All rows"), id="compare.all"),
        Binding("enter", "take", mark("Take it"), id="compare.take"),
    ]

    def __init__(self, bundles: Sequence[Bundle], places: Sequence[int], heads: int) -> None:
        super().__init__()
        self._places = tuple(places)
        self._titles = [bundles[at].course.title for at in places]
        self._rows = compare_text.rows([bundles[at] for at in places], heads)
        self._at = 0  # the column under the cursor
        self._left = 0  # the first column in sight
        self._shows_all = False

    def compose(self) -> ComposeResult:
        """Titles that stay, rows that scroll, what is the same, and the keys."""
        with Vertical(id="compare"):
            yield Static(id="compare-head")
            with VerticalScroll(id="compare-rows", can_focus=False):
                yield Static(id="compare-text")
            yield Static(id="compare-same")
            yield Static(id="compare-keys", classes="label")

    def on_resize(self) -> None:
        """As many columns as the width holds."""
        self.call_after_refresh(self._draw)

    def action_column(self, step: int) -> None:
        """The column beside this one."""
        self._at = max(0, min(self._at + step, len(self._places) - 1))
        self._draw()

    def action_scroll(self, lines: int) -> None:
        """Rows further down or up."""
        self.query_one("#compare-rows").scroll_relative(y=lines, animate=False)

    def action_all(self) -> None:
        """Every row, or only those that differ."""
        self._shows_all = not self._shows_all
        self._draw()

    def action_take(self) -> None:
        """Go back to the bundle of this column."""
        self.dismiss(self._places[self._at])

    def _draw(self) -> None:
        width = self.query_one("#compare-head").size.width
        fitting = max(1, (width - _LABEL) // _LEAST)
        shown = min(fitting, len(self._places))
        self._left = max(0, min(self._left, self._at, len(self._places) - shown))
        self._left = max(self._left, self._at - shown + 1)
        columns = range(self._left, self._left + shown)
        wide = (width - _LABEL) // shown - 1
        self.query_one("#compare-head", Static).update(self._head(columns, wide))
        found = [
            row
            for row in self._rows
            if row.name != "course" and (self._shows_all or not row.is_same)
        ]
        self.query_one("#compare-text", Static).update(self._table(found, columns, wide))
        same = "" if self._shows_all else compare_text.same_line(self._rows)
        self.query_one("#compare-same", Static).update(plain(same, "dim"))
        keys = _("←→ column · = all rows or differences · Enter takes it · Esc back")
        self.query_one("#compare-keys", Static).update(plain(keys, "dim"))
        told = _("Compare {first}–{last} of {count} · {sign} best")
        self.query_one("#compare").border_title = titled(
            told.format(
                first=self._left + 1,
                last=self._left + shown,
                count=len(self._places),
                sign=compare_text.BEST,
            )
        )

    def _head(self, columns: Sequence[int], wide: int) -> Text:
        text = plain(" " * _LABEL)
        for at in columns:
            sign = "▸" if at == self._at else " "
            title = pad(fit(f"{sign}{self._places[at] + 1} {self._titles[at]}", wide), wide)
            text.append_text(plain(" "))
            text.append_text(plain(title, "bold reverse" if at == self._at else "bold"))
        return text

    def _table(self, found: Sequence[Row], columns: Sequence[int], wide: int) -> Text:
        text = plain("")
        for row, label, cells in compare_text.table_lines(found, columns, _LABEL, wide):
            text.append_text(plain(label, "dim"))
            for at, cell in zip(columns, cells, strict=True):
                text.append_text(plain(f" {cell}", "bold" if at in row.best else ""))
            text.append("\n")
        return text
