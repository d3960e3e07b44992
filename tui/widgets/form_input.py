"""An input that loses nothing: pasted lines are joined, long pastes cut with a word about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Input

from tui.safe import clean


class FormInput(Input):
    """One line of a form; `field` is the name of the draft's field it fills."""

    DEFAULT_CSS = """
    FormInput, FormInput:focus {
        border: none; height: 1; padding: 0 1; background: $surface;
    }
    FormInput:focus { background: $primary 30%; }
    FormInput.-wrong { background: $error 30%; }
    """

    @dataclass
    class Cut(Message):
        """A paste was longer than the field: so many characters were left out."""

        sender: FormInput
        left_out: int

    def __init__(self, field: str, *, value: str = "", longest: int = 200, **more: Any) -> None:
        super().__init__(value=value, max_length=longest, select_on_focus=True, id=field, **more)
        self.field = field

    def _on_paste(self, event: events.Paste) -> None:
        """Lines and cells of a paste stand behind one another; nothing is dropped without a word."""
        event.stop()
        event.prevent_default()
        text = clean(" ".join(event.text.split()))
        room = (self.max_length or len(text)) - len(self.value) + len(self.selected_text)
        self.replace(text[:room], *self.selection)
        if len(text) > room:
            self.post_message(self.Cut(self, len(text) - room))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is; the framework is one cell off behind the last character."""
        offset = super().cursor_screen_offset
        return offset - (1, 0) if self.cursor_at_end else offset
