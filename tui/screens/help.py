"""What a screen is for, what the focused field wants, what was said last, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui.field_help import FIELD_HELP
from tui.i18n import _, mark
from tui.safe import pad, plain
from tui.screens.base import BaseDialog, Command
from tui.words import field_word


class HelpScreen(BaseDialog[None]):
    """Closes with Escape; arrows scroll."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "leave", mark("Back"), show=False, id="help.leave")
    ]

    def __init__(self, purpose: str, commands: Sequence[Command], field: str, told: str) -> None:
        super().__init__()
        self._purpose = purpose
        self._commands = commands
        self._field = field
        self._told = told.strip()

    def compose(self) -> ComposeResult:
        """What is nearest first: the field, what was said, the screen, then its keys."""
        with VerticalScroll(id="help"):
            if self._field in FIELD_HELP:
                told = f"{field_word(self._field)}: {_(FIELD_HELP[self._field])}"
                yield Static(plain(told, "bold"))
            if self._told:
                yield Static(plain(_("Said last: {told}").format(told=self._told)))
            if self._purpose:
                yield Static(plain(self._purpose))
            for is_moving, title in ((False, _("Keys here")), (True, _("Moving and fields"))):
                yield Static(plain(f"\n{title}", "bold"))
                for one in self._commands:
                    if one.is_moving == is_moving:
                        yield Static(plain(f"{pad(one.keys, 16)} {_(one.words)}"))
            yield Static(plain("\n" + _("↑ ↓ scroll, Esc closes.")))
