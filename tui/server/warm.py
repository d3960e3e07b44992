"""Everything that a session needs, imported and built once, so that its children share the memory of it."""

from __future__ import annotations

import asyncio
import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import matching
import store.warm
import tui
from store.errors import StoreError
from tui import i18n

if TYPE_CHECKING:
    from tui.gateway import Gateway

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
    from tui.app import DuijieApp
    from tui.settings import Settings

    async def draw() -> None:
        """On a terminal that is none."""
        async with DuijieApp(_closed, Settings(db="")).run_test(size=(80, 24)) as pilot:
            await pilot.pause()

    asyncio.run(draw())


def _closed() -> Gateway:
    raise StoreError("no_store", location="")
