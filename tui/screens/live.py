"""How a screen keeps up with what other sessions save."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.screen import Screen

from store.errors import DuijieError
from tui.changes import PAUSE, RecordsChanged

R = TypeVar("R")


class LiveScreen(Screen[R], Generic[R]):
    """Reads again what others have changed: at once where it is seen, else when it is seen again."""

    KINDS_SHOWN: ClassVar[frozenset[str]] = frozenset()

    def __init__(self) -> None:
        super().__init__()
        self.reading = (
            asyncio.Lock()
        )  # one reading of the lists after another, so the newest is shown
        self._behind: set[str] = set()

    async def reread(self, kinds: frozenset[str]) -> None:
        """Show these kinds as they are now; cursor, typed text and status line stay as they are."""

    def on_records_changed(self, event: RecordsChanged) -> None:
        """Keep in mind what is out of date."""
        self._behind |= event.kinds & self.KINDS_SHOWN
        self.catch_up()

    def on_screen_resume(self) -> None:
        """What was saved while another screen was in front."""
        self.catch_up()

    def catch_up(self) -> None:
        """Read again what is out of date, if a person sees it: in front, or behind a dialog."""
        if self._behind and self.is_current:
            self._catch_up()

    @work(group="live")
    async def _catch_up(self) -> None:
        async with self.reading:
            kinds, self._behind = frozenset(self._behind), set()
            if not kinds:
                return
            try:
                await self.reread(kinds)
            except (
                DuijieError
            ):  # nobody asked for this reading, so it is tried again without a word
                self._behind |= kinds
                self.set_timer(PAUSE, self.catch_up)
