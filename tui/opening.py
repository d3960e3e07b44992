"""The frame that is drawn before the store is open, and the keys that are typed until it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events, work

from store.errors import DuijieError
from tui.i18n import _
from tui.looks import DressedApp
from tui.screens.base import BaseScreen
from tui.settings import Settings

if TYPE_CHECKING:
    from tui.gateway import Gateway

_AT_ONCE = ("ctrl+q", "ctrl+c")  # who wants to leave need not wait for the store


class OpeningScreen(BaseScreen[None]):
    """Header, keys, and what is being waited for."""

    def __init__(self, tab: str) -> None:
        super(BaseScreen, self).__init__()  # no gateway yet; no key reaches what would use it
        self.TAB = tab

    def on_mount(self) -> None:
        """Say what takes a moment."""
        super().on_mount()
        self.tell(_("Opening the store …"))

    def offers(self, screen: str) -> bool:
        """Every one, before it is known who works here."""
        return screen not in ("people", "audit")

    def leads(self, action: str) -> bool:
        """Every one, likewise."""
        return True

    def _ends(self) -> tuple[str, tuple[str, ...]]:
        return _("duijie"), ()


class OpeningApp(DressedApp):
    """An app that is on the screen before its store is open, and hands on every key typed meanwhile."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.failure: DuijieError | OSError | None = None
        self._ahead: deque[events.Event] | None = None

    async def begin(self, gateway: Gateway) -> None:
        """Put the first screen in place of what is there."""
        raise NotImplementedError

    def open_with(self, opening: Callable[[], Gateway], tab: str) -> None:
        """Draw the frame, then open the store in a thread; a failure ends the app and is kept."""
        self._ahead = deque()
        self.push_screen(OpeningScreen(tab))
        self.call_after_refresh(self._open, opening)

    @work(group="opening")
    async def _open(self, opening: Callable[[], Gateway]) -> None:
        try:
            gateway = await asyncio.to_thread(opening)
        except (DuijieError, OSError) as error:
            self.failure = error
            self.exit()
            return
        await self.begin(gateway)
        is_focused = asyncio.Event()
        self.screen.call_later(is_focused.set)
        await is_focused.wait()
        while self._ahead:
            await super().on_event(self._ahead.popleft())
        self._ahead = None

    async def on_event(self, event: events.Event) -> None:
        """Keep keys for the first screen until it is there, in their order."""
        is_typed = isinstance(event, events.Key | events.Paste) and not event.is_forwarded
        is_leaving = isinstance(event, events.Key) and event.key in _AT_ONCE
        if self._ahead is None or not is_typed or is_leaving:
            await super().on_event(event)
        else:
            self._ahead.append(event)
