"""An input that loses nothing, and knows what a person wrote from what was filled in for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Static

from tui.safe import plain
from tui.widgets.line_input import LineInput
from tui.words import field_word


class FormInput(LineInput):
    """One line of a form; `field` is the name of the draft's field it fills."""

    DEFAULT_CSS = """
    FormInput, FormInput:focus {
        border: none; height: 1; padding: 0 1; background: $surface;
    }
    FormInput:focus { background: $primary 30%; }
    FormInput.-wrong { background: $error 30%; }
    FormInput.-read { text-style: italic; color: $secondary; }
    """

    @dataclass
    class RowsPasted(Message):
        """Several lines were pasted into a field of a form that takes whole records that way.

        `is_form` says that they are what stood in the form.
        """

        text: str
        is_form: bool = False

    def __init__(
        self,
        field: str,
        *,
        value: str = "",
        longest: int = 200,
        takes_rows: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(value=value, max_length=longest, select_on_focus=True, id=field, **more)
        self.field = field
        self._takes_rows = takes_rows
        self._base = value  # what stands here for a new record
        self._read: str | None = None

    @property
    def is_read(self) -> bool:
        """Whether what stands here was read out of a sentence and nobody changed it."""
        return self._read is not None and self.value == self._read

    @property
    def is_unwritten(self) -> bool:
        """Whether nobody wrote here: it holds what it began with, or what was read."""
        is_changed = self._read is not None and self.value != self._read
        return not is_changed and self.value in (self._base, self._read)

    def begin(self, value: str) -> None:
        """What stands here for a new record: a default, the last record's value, or nothing."""
        self._base, self._read = value, None
        self.value = value

    def take(self, *, is_sticky: bool) -> str:
        """The value for saving; a new record begins here, with what the person wrote if that is to stay."""
        taken = self.value.strip()
        kept = self._base if self.is_read else self.value
        self.begin(kept if is_sticky else "")
        return taken

    def fill(self, cell: str | None) -> None:
        """Put in what a sentence states, None for nothing; what a person wrote stays."""
        if self.is_unwritten:
            self._read = cell
            self.value = self._base if cell is None else cell

    def _on_paste(self, event: events.Paste) -> None:
        """Whole records go to the screen; the framework hands one line on to `LineInput`."""
        if self._takes_rows and len(event.text.strip().splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(self.RowsPasted(event.text))

    @property
    def cursor_screen_offset(self) -> Offset:
        """Where the caret is; the framework is one cell off behind the last character."""
        offset = super().cursor_screen_offset
        return offset - (1, 0) if self.cursor_at_end else offset


class FormLabel(Static):
    """The name of a field, marked where its value was read out of a sentence."""

    def __init__(self, field: str) -> None:
        super().__init__(field_word(field), id=f"label-{field}", classes="label")
        self._word = field_word(field)

    def mark(self, *, is_read: bool) -> None:
        """Show or hide the mark: a sign, for terminals without colour."""
        self.update(plain(f"{self._word}‹" if is_read else self._word))
