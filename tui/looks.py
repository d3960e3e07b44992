"""What the desk looks like on this terminal: its theme, its signs, and no colour where none is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual import events
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter, NoColor

from tui import probe, themes
from tui.glyphs import to_ascii
from tui.settings import Settings


class AsciiSigns(LineFilter):
    """Frames, bars and marks in ASCII, whoever drew them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in as many cells; letters two cells wide stay."""
        return [
            segment if segment.control else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]


class DressedApp(App[None]):
    """An app in the theme and with the signs that its settings ask for."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._signs = AsciiSigns(enabled=settings.glyphs == "ascii")
        self._no_color = NoColor(enabled=self.no_color)
        themes.register(self)
        self.theme = themes.fitting(self, settings.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The framework's filters, then ours."""
        ours = (self._no_color, self._signs)
        return [*super().get_line_filters(), *(one for one in ours if one.enabled)]

    def on_cursor_position(self, event: events.CursorPosition) -> None:
        """The terminal has answered the start-up question: it draws our signs two cells wide, or not."""
        if probe.is_wide(event.x):
            self.draw_ascii()

    def draw_ascii(self) -> None:
        """From now on every sign in ASCII, those on the screen too."""
        if not self._signs.enabled:
            self._signs.enabled = True
            for screen in self.screen_stack:
                for widget in screen.query("*"):
                    widget.refresh()
                screen.refresh()
