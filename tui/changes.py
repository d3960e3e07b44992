"""Notices what other sessions save, and tells the screens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.message import Message

from store.errors import DuijieError, StoreBusyError, StoreError
from tui.gateway import Gateway

PAUSE = 0.5
_QUIET = (
    20  # so many pauses without a change, then one look all the same: a right may run out by itself
)
TICK = 30.0


@dataclass
class RecordsChanged(Message, bubble=False):
    """Somebody, perhaps this session, has saved records of these kinds."""

    kinds: frozenset[str]


async def watch(app: App[Any], gateway: Gateway) -> None:
    """Look for changes as long as the desk is open, one look after another, where anything was committed."""
    quiet = 0
    while True:
        await asyncio.sleep(PAUSE)
        quiet = 0 if gateway.stirred() else quiet + 1
        if quiet % _QUIET == 0:
            await look(app, gateway)


async def keep_time(gateway: Gateway) -> None:
    """End what is over, as long as the desk is open; whichever desk comes first does it for all."""
    while True:
        await asyncio.sleep(TICK)
        from store.services import reference, sweep

        try:
            now = await gateway.read(reference.now)
            if await gateway.read(sweep.is_due, now):
                await gateway.write(sweep.sweep, now)
        except DuijieError:
            continue  # the next tick, or another desk, tries again


async def look(app: App[Any], gateway: Gateway) -> None:
    """Tell every open screen what has changed; a store that cannot answer is asked later."""
    from store.services import changes

    try:
        found = await gateway.read(changes.since, gateway.seen, by=gateway.by)
    except (StoreError, StoreBusyError):
        return
    if found.last <= gateway.seen:  # nothing new, or another look was faster
        return
    gateway.seen = found.last
    if found.kinds:
        for screen in app.screen_stack:
            screen.post_message(RecordsChanged(found.kinds))
