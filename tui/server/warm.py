"""Everything that a session needs, imported and built once, so that its children share the memory of it."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matching
import store.warm
import tui
from store.errors import StoreError
from store.schemas.actor import Actor, Role
from tui import i18n

if TYPE_CHECKING:
    from textual.worker import Worker

    from tui.gateway import Gateway

_LONGEST = 60.0  # seconds; it takes less than one
# Front ends of their own, schema changes and the load of data: no session does these.
_LEFT_OUT = ("__main__", "migrations", "plain", "seed.demo", "seed.bulk", "server.install")


def up() -> None:
    """Import what sessions use and build what is built on first use; catalogues of words are read once."""
    import_module("textual.scrollbar")  # the framework does so with the first bar
    for language in i18n.LANGUAGES:
        i18n.use(language)
    for package in (matching, store, tui):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in found.name for part in _LEFT_OUT):
                import_module(found.name)
    store.warm.build()


def rehearse() -> None:
    """Draw the frame of a desk once, on no terminal, so that none of it is done for the first time later."""
    _draw(_closed)


def rehearse_work(where: Path) -> None:
    """Draw an operator's first screen once, on a store with nothing in it, kept for that time in a folder."""
    from store.services import reference
    from tui.gateway import Gateway
    from tui.remembered import Remembered

    by = Actor("practice", "practice", Role.OPERATOR, "practice")
    with store.warm.practice(where) as (empty, folder):
        today = empty.read(reference.today)
        _draw(lambda: Gateway(empty, by, today, Remembered(folder, "practice", by.login)))


def _draw(opening: Callable[[], Gateway]) -> None:
    from tui.app import DuijieApp
    from tui.settings import Settings

    async def draw() -> None:
        """On a terminal that is none, until nothing more comes by itself."""
        app = DuijieApp(opening, Settings(db=""))
        async with asyncio.timeout(_LONGEST), app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            while busy := [one for one in pilot.app.workers if _ends(one)]:
                await busy[0].wait()
                await pilot.pause()

    asyncio.run(draw())


def _ends(worker: Worker[Any]) -> bool:
    """Whether it is still to end by itself; what watches the store never does."""
    return worker.group != "watch" and not worker.is_finished


def _closed() -> Gateway:
    raise StoreError("no_store", location="")
