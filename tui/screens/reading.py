"""Lines to be read in front of a screen, and left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.i18n import mark
from tui.safe import plain
from tui.screens.base import BaseDialog


class ReadingDialog(BaseDialog[None]):
    """Lines that scroll."""

    CSS_PATH = "reading.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll(-1)", mark("up"), show=False, id="reading.up"),
        Binding("down,j", "scroll(1)", mark("down"), show=False, id="reading.down"),
        Binding("pageup", "scroll(-8)", mark("page up"), show=False, id="reading.page_up"),
        Binding("pagedown", "scroll(8)", mark("page down"), show=False, id="reading.page_down"),
    ]

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """All of them."""
        with VerticalScroll(id="reading", can_focus=False):
            yield Static(plain("\n".join(self._lines)))

    def action_scroll(self, lines: int) -> None:
        """Lines further down or up."""
        self.query_one("#reading").scroll_relative(y=lines, animate=False)
