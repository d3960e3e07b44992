"""The keys of a screen and what the focused field wants."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.field_help import FIELD_HELP
from tui.i18n import _
from tui.safe import pad, plain
from tui.screens.base import BaseDialog
from tui.words import field_word


class HelpScreen(BaseDialog[None]):
    """Closes with Escape."""

    CSS_PATH = "help.tcss"

    def __init__(self, keys: Sequence[tuple[str, str]], field: str) -> None:
        super().__init__()
        self._keys = keys
        self._field = field

    def compose(self) -> ComposeResult:
        """Field help first, then the keys."""
        with VerticalScroll(id="help"):
            if self._field in FIELD_HELP:
                yield Static(plain(f"{field_word(self._field)}: {_(FIELD_HELP[self._field])}"))
                yield Static("")
            for key, word in self._keys:
                yield Static(plain(f"{pad(key, 18)} {word}"))
            yield Static("")
            yield Static(plain(_("Esc closes this help.")))
