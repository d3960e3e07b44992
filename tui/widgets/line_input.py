"""A line to type in, which says so when a paste does not fit into it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from tui.safe import clean

_EDITING = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    and binding.action.startswith(("cursor", "delete", "end", "home"))
    for key in binding.key.split(",")
}


class LineInput(Input):
    """One line; what is pasted into it is made one line, harmless, and cut where the line ends."""

    @dataclass
    class Cut(Message):
        """A paste was longer than the field: so many characters were left out."""

        left_out: int

    async def _on_key(self, event: events.Key) -> None:
        """Keys that edit act in their turn: left to the framework, letters typed behind overtake them."""
        if action := _EDITING.get(event.key):
            event.stop()
            event.prevent_default()
            await self.run_action(action)

    def _on_paste(self, event: events.Paste) -> None:
        """Lines and cells of a paste stand behind one another; nothing is dropped without a word."""
        event.stop()
        event.prevent_default()
        text = clean(" ".join(event.text.split()))
        room = (self.max_length or len(text)) - len(self.value) + len(self.selected_text)
        self.replace(text[:room], *self.selection)
        if len(text) > room:
            self.post_message(self.Cut(len(text) - room))
