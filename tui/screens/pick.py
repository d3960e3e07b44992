"""One of a few things, picked with Enter."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.safe import plain
from tui.screens.base import BaseDialog
from tui.widgets.record_list import RecordList, Row


class PickDialog(BaseDialog[str]):
    """One of a few; Enter picks it, Esc leaves."""

    CSS_PATH = "record.tcss"
    AUTO_FOCUS = "#picks"

    def __init__(self, question: str, parts: list[tuple[str, str]]) -> None:
        super().__init__()
        self._question = question
        self._parts = parts

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with Vertical(id="confirm"):
            yield Static(plain(self._question))
            yield RecordList(["", ""], [9], id="picks")

    def on_mount(self) -> None:
        """Fill the list."""
        self.query_one("#picks", RecordList).show([Row(code, (code, t)) for code, t in self._parts])

    def on_record_list_chosen(self, event: RecordList.Chosen) -> None:
        """Answer with what stands under the cursor."""
        self.dismiss(event.code)
