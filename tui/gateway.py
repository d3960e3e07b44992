"""Store calls off the event loop; all that screens know of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from store.errors import StoreError
from store.schemas.actor import Actor
from tui.remembered import Remembered

if TYPE_CHECKING:
    from store import Service, Store
    from store.services.sessions import Entered

P = ParamSpec("P")
T = TypeVar("T")


class Gateway:
    """One store, who acts in it and what they keep, the day to reckon from, the newest change seen.

    `entered` is the session of somebody who came in through the front door.
    """

    def __init__(
        self,
        store: Store,
        by: Actor,
        today: date,
        remembered: Remembered,
        *,
        is_demo: bool = False,
        entered: Entered | None = None,
    ) -> None:
        from store.services import changes

        self._store = store
        self.by = by
        self.today = today
        self.remembered = remembered
        self.is_demo = is_demo
        self.entered = entered
        self.area: tuple[str, str] | None = None  # code and name of what figures are about
        self._stir = store.stir()
        self.seen = store.read(changes.newest)  # before any list is read, so no change is missed

    def stirred(self) -> bool:
        """Whether anybody may have committed since this was asked last; costs no transaction, no thread."""
        before, self._stir = self._stir, self._store.stir()
        return self._stir is None or self._stir != before

    def tell_aside(self, tell: Callable[[StoreError], None]) -> None:
        """Say with this, on the event loop, that the server which was to answer reads does not, and why."""
        loop = asyncio.get_running_loop()

        def said(error: StoreError) -> None:
            loop.call_soon_threadsafe(tell, error)

        self._store.tell_aside(said)

    async def read(self, service: Service[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Await a service on a snapshot."""
        return await asyncio.to_thread(lambda: self._store.read(service, *args, **kwargs))

    async def write(self, service: Service[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Await a service in one transaction; the thread finishes even when the awaiting is cancelled."""
        return await asyncio.to_thread(lambda: self._store.write(service, *args, **kwargs))
