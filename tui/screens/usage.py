"""The terms of use in front of the first screen: accepted once a version, or the desk is left."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from store.services.usage_terms import UsageTerms
from tui.i18n import _, mark
from tui.safe import plain
from tui.screens.base import BaseDialog
from tui.usage_text import terms_lines


class UsageTermsDialog(BaseDialog[bool]):
    """The text; `y` accepts it, Escape does not."""

    CSS_PATH = "reading.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "accept", mark("Accept"), id="usage.accept"),
        Binding("up,k", "scroll(-1)", mark("up"), show=False, id="usage.up"),
        Binding("down,j", "scroll(1)", mark("down"), show=False, id="usage.down"),
        Binding("pageup", "scroll(-8)", mark("page up"), show=False, id="usage.page_up"),
        Binding("pagedown", "scroll(8)", mark("page down"), show=False, id="usage.page_down"),
    ]

    def __init__(self, found: UsageTerms) -> None:
        super().__init__()
        self._found = found

    def compose(self) -> ComposeResult:
        """The text and its two answers."""
        lines = [*terms_lines(self._found), "", _("y: accept them   Esc: leave the desk")]
        with VerticalScroll(id="reading", can_focus=False):
            yield Static(plain("\n".join(lines)))

    def action_accept(self) -> None:
        """Agree."""
        self.dismiss(True)

    def action_scroll(self, lines: int) -> None:
        """Lines further down or up."""
        self.query_one("#reading").scroll_relative(y=lines, animate=False)
