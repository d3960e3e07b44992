"""How a desk ends: by its person, by a broken line, for want of keys, or because they are not wanted."""

from __future__ import annotations

import asyncio
import signal
import time

from textual import events

from store.errors import ClosedError, DuijieError
from store.schemas.actor import Ending
from tui.gateway import Gateway
from tui.i18n import _
from tui.keyboard import LONGEST_GOODBYE
from tui.opening import OpeningApp
from tui.screens.base import BaseScreen

_WARNED = 60.0  # seconds before a desk without keys closes
_SEEN_EVERY = 60.0


class LeavingApp(OpeningApp):
    """An app that ends in order, whatever ends it; `ending` says what did."""

    ending = Ending.LEFT
    _last_key = 0.0

    def heed_signals(self) -> None:
        """End in order when the terminal is gone or the process is told to end.

        The system ends the process soon after in any case: what draws may wait for ever for a terminal
        that is gone, and the loop, which would hear of the signal otherwise, with it.
        """
        loop = asyncio.get_running_loop()

        def heed(number: int, _frame: object) -> None:
            signal.alarm(LONGEST_GOODBYE)
            loop.call_soon_threadsafe(self._hang_up, number)

        for number in (signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, heed)

    def on_gone(self) -> None:
        """The terminal is gone, whether or not the system says so by a signal."""
        self._hang_up(signal.SIGHUP)

    def _hang_up(self, number: int) -> None:
        if self.ending is Ending.HANG_UP:
            return
        self.ending = Ending.HANG_UP
        self.run_worker(self.leave(Ending.HANG_UP, status=128 + number), group="leave")

    async def leave(self, ending: Ending = Ending.LEFT, *, status: int = 0) -> None:
        """End once what is being saved is saved."""
        self.ending = ending
        self.keep_typed()
        for worker in list(self.workers):
            if worker.group in ("save", "draft"):
                await worker.wait()
        self.exit(return_code=status)

    def keep_typed(self) -> None:
        """Begin to keep what stands in a form and is not saved."""

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there."""
        if isinstance(event, events.Key | events.Paste | events.MouseEvent):
            self._last_key = time.monotonic()
        await super().on_event(event)

    async def tell_cut_off(self, gateway: Gateway) -> None:
        """Say how one's last session ended if it was cut off, and what was saved last in it."""
        cut = gateway.entered.cut_off if gateway.entered else None
        if cut is not None and isinstance(self.screen, BaseScreen):
            from store.services import sessions
            from tui.session_text import cut_off_line

            last = await gateway.read(sessions.last_act, cut, by=gateway.by)
            self.screen.tell(cut_off_line(cut, last))

    async def stay_welcome(self, gateway: Gateway, idle_seconds: int) -> None:
        """Watch what others save; end the desk when its person may not be in any more or has gone away."""
        from tui.changes import watch

        self._last_key = time.monotonic()
        if idle_seconds:
            self.run_worker(self._close_idle(float(idle_seconds)), group="watch")
        if gateway.entered is not None:
            self.run_worker(_tell_presence(gateway, gateway.entered.id), group="watch")
        try:
            await watch(self, gateway)
        except ClosedError as error:
            self.failure = error
            await self.leave(Ending.CLOSED)

    async def _close_idle(self, seconds: float) -> None:
        told_for = 0.0
        while (left := self._last_key + seconds - time.monotonic()) > 0:
            if left <= _WARNED and told_for != self._last_key:
                told_for = self._last_key
                self._warn(round(left))
            await asyncio.sleep(min(left, 1.0) if left <= _WARNED else left - _WARNED)
        await self.leave(Ending.IDLE)

    def _warn(self, seconds: int) -> None:
        told = _("No key for a while: the desk closes in {seconds} s. Any key keeps it open.")
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.tell(told.format(seconds=seconds))


async def _tell_presence(gateway: Gateway, id: int) -> None:
    """Write now and then that the session is there."""
    from store.services import sessions

    while True:
        await asyncio.sleep(_SEEN_EVERY)
        try:
            await gateway.write(sessions.seen, id, by=gateway.by)
        except ClosedError:
            return  # whoever watches the desk ends it
        except DuijieError:
            continue
