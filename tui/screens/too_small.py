"""What is seen while the window is too small: how large it must be; no key does anything then."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.i18n import _, mark
from tui.safe import plain
from tui.settings import SMALLEST


class TooSmallScreen(ModalScreen[None]):
    """Over whatever is open; goes by itself when the window has grown."""

    CSS_PATH = "too_small.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.quit", mark("Quit"), id="small.quit"),
    ]

    def compose(self) -> ComposeResult:
        """One sentence."""
        yield Static(id="too-small")

    def on_mount(self) -> None:
        """The size as it is."""
        self.tell(self.app.size)

    def tell(self, size: Size) -> None:
        """How large the window is and how large it must be."""
        told = _("The window has {width}x{height}; at least {w}x{h} are needed.").format(
            width=size.width, height=size.height, w=SMALLEST[0], h=SMALLEST[1]
        )
        for sentence in self.query("#too-small").results(Static):
            sentence.update(plain(told))


def is_too_small(size: Size) -> bool:
    """Whether a window cannot hold the desk."""
    return size.width < SMALLEST[0] or size.height < SMALLEST[1]
