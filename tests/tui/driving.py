"""Driving the desk in a test: start it on a store, wait until it has settled, look at what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from seed.demo import CENTRE, OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.services import records
from store.services.kinds import kind_named
from tests.conftest import DAY
from tui import i18n
from tui.app import DuijieApp
from tui.gateway import Gateway
from tui.remembered import Remembered
from tui.settings import Settings

COLLEAGUE = Actor("chenjie", "陈杰", Role.OPERATOR, CENTRE)


def gateway_to(store: Store, by: Actor = OPERATOR) -> Gateway:
    """The store as a desk of this person sees it, what they keep beside the store."""
    folder = Path(store.url.database or "").parent / "desk"
    return Gateway(store, by, DAY, Remembered(folder, str(store.url), by.login), is_demo=True)


@asynccontextmanager
async def running(
    store: Store,
    language: str = "en",
    size: tuple[int, int] = (80, 24),
    by: Actor = OPERATOR,
    keys: dict[str, str] | None = None,
    start: Literal["dashboard", "needs"] = "needs",
) -> AsyncIterator[Pilot[None]]:
    """The desk on a store, its first screen settled."""
    i18n.use(language)
    settings = Settings(db="", lang="zh", start=start, keys=keys or {})
    app = DuijieApp(gateway_to(store, by), settings)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield pilot


async def settle(pilot: Pilot[None]) -> None:
    """Wait for the keys to be handled, then every worker that ends by itself, then their messages."""
    for _ in range(3):
        await pilot.pause()
        await _handled(pilot)
        for worker in list(pilot.app.workers):
            if worker.group not in ("dialog", "watch"):
                with suppress(WorkerCancelled):
                    await worker.wait()
    await pilot.pause()


async def _handled(pilot: Pilot[None]) -> None:
    """Wait until no message waits for anybody: on a busy machine a quiet process is none that is done."""
    app = pilot.app
    while any(
        one.message_queue_size for one in (app, *app.screen_stack, *app.screen.walk_children())
    ):
        await asyncio.sleep(0.001)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Keys one after another, settled after each that opens or moves something."""
    for key in keys:
        await pilot.press(key)
        if len(key) > 1 or key.isdecimal():
            await settle(pilot)
    await settle(pilot)


def edit(store: Store, kind: str, code: str, by: Actor, **fields: object) -> Any:
    """A record changed by somebody at another desk."""
    view = store.read(records.fetch, kind, code, by=by)
    draft = kind_named(kind).draft
    kept = {name: getattr(view, name) for name in draft.model_fields}
    changed = draft.model_validate({**kept, **fields})
    return store.write(records.edit, code, changed, version=view.version, by=by)


def frame(pilot: Pilot[None]) -> str:
    """What a person sees, as text; the one use of a private name of the framework."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
