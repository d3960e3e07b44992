"""How far something long has come: rows done of all, as a bar on one line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from store.tables import Table
from tui.glyphs import drawn
from tui.i18n import _
from tui.progress import StoppedError

if TYPE_CHECKING:
    from textual.timer import Timer

_WIDTH = 24
_EVERY = 0.2  # seconds between two looks of a screen


class _Screen(Protocol):
    working: RowsDone | None

    def tell(self, text: str) -> None:
        """One sentence on the status line."""

    def set_interval(self, interval: float, callback: Any) -> Timer:
        """Call again and again, so many seconds apart."""


@dataclass(slots=True)
class RowsDone:
    """Rows done of all, 0 where nobody knows how many; whoever works calls it, whoever draws it looks.

    Once it was stopped, the next call ends the work, and with it the transaction that it is done in.
    """

    total: int = 0
    done: int = 0
    is_stopped: bool = False

    def __call__(self, done: int) -> None:
        """So many rows are done now; StoppedError where nobody wants the rest."""
        self.done = done
        if self.is_stopped:
            raise StoppedError

    def stop(self) -> None:
        """End the work at its next part."""
        self.is_stopped = True


def rows_of(table: Table) -> int:
    """How many rows a table has at most, 0 where that is not known before they are read."""
    return max(0, table.last_row - table.heading_row)


def bar(progress: RowsDone) -> str:
    """A bar, the share of it, and what is done of all; only what is done where nobody knows of how many."""
    if not progress.total:
        return str(progress.done)
    done = min(progress.done, progress.total)
    filled = _WIDTH * done // progress.total
    told = _("{percent} %, {done} of {total}")
    return f"{'█' * filled}{'░' * (_WIDTH - filled)} " + told.format(
        percent=100 * done // progress.total, done=done, total=progress.total
    )


@contextmanager
def on_terminal(what: str, total: int) -> Iterator[RowsDone]:
    """Draw what goes on and a bar on standard error, if it is a terminal; gone when the work is done."""
    if not sys.stderr.isatty():
        yield RowsDone(total)
        return
    try:
        yield _Drawn(total, what=what)
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


@dataclass(slots=True)
class _Drawn(RowsDone):
    """Draws itself whenever more is done."""

    what: str = ""

    def __call__(self, done: int) -> None:
        """So many rows are done now."""
        self.done = done
        sys.stderr.write(f"\r{drawn(self.what)} {drawn(bar(self))}\x1b[K")
        sys.stderr.flush()


@contextmanager
def on_screen(screen: _Screen, what: str, progress: RowsDone) -> Iterator[None]:
    """Tell on a screen's status line what goes on and how far it has come, as long as it goes on.

    Until then it is what the screen's `stop_working` stops.
    """
    screen.working = progress

    def look() -> None:
        if progress.done:
            stops = _("Esc stops it.")
            screen.tell(f"{what} {bar(progress)} {stops}")

    timer = screen.set_interval(_EVERY, look)
    try:
        yield
    finally:
        timer.stop()
        screen.working = None
