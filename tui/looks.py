"""What the desk looks like on this terminal: its theme, its signs, and no colour where none is wanted."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.color import Color
from textual.filter import LineFilter, NoColor

from tui import probe, themes
from tui.closed import ClosedApp
from tui.glyphs import to_ascii
from tui.safe import harmless
from tui.settings import Settings


class HarmlessLines(LineFilter):
    """The last thing before the terminal: no control character, no link and no action, whoever drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in as many cells."""
        return [Segment(harmless(text), _inert(style)) for text, style, _control in segments]


def _inert(style: Style | None) -> Style | None:
    """A style that takes nobody anywhere and does nothing when it is clicked."""
    if style is None or not (style.link or any(name.startswith("@") for name in style.meta)):
        return style
    return style.clear_meta_and_links()


class AsciiSigns(LineFilter):
    """Frames, bars and marks in ASCII, whoever drew them."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments in as many cells; letters two cells wide stay."""
        return [
            segment if segment.control else Segment(to_ascii(segment.text), segment.style)
            for segment in segments
        ]


class DressedApp(ClosedApp):
    """An app in the theme and with the signs that its settings ask for."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._harmless = HarmlessLines()
        self._signs = AsciiSigns(enabled=settings.glyphs == "ascii")
        self._no_color = NoColor(enabled=self.no_color)
        themes.register(self)
        self.theme = themes.fitting(self, settings.theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """The framework's filters, then ours, the one that makes harmless last."""
        ours = (self._no_color, self._signs, self._harmless)
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
