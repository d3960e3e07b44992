"""A desk whose every key is pressed and every action called, and what the interpreter saw of it.

Run by `test_closed.py`; prints one JSON object: files opened for writing, programs begun, actions called.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from typing import Any

from textual.keys import Keys
from textual.pilot import Pilot

from store import open_store
from tests.tui.driving import running, settle

_PROGRAMS: tuple[str, ...] = (
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.system",
)
_PROGRAMS += ("os.spawn", "pty.spawn", "webbrowser.open", "socket.connect", "urllib.Request")
_CHANGES = (
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_LEAVING = ("quit", "help_quit")
_KEYED = "24"
seen: dict[str, list[str]] = {"programs": [], "written": [], "actions": []}


def _hear(event: str, told: tuple[Any, ...]) -> None:
    if event in _PROGRAMS:
        seen["programs"].append(f"{event} {told!r}"[:200])
    elif event in _CHANGES or (event == "open" and isinstance(told[2], int) and told[2] & _WRITING):
        seen["written"].append(str(told[0]))


def _words(action: Any) -> str | None:
    """Something harmless for every parameter; None for the desk's own, whose keys say what they want."""
    needed = [
        name
        for name, parameter in inspect.signature(action).parameters.items()
        if parameter.default is parameter.empty
    ]
    if needed and action.__module__.startswith("tui."):
        return None
    return ", ".join(repr(_WORDS.get(name, "needs")) for name in needed)


_WORDS = {
    "attribute_name": "visible",
    "path": "/tmp/hostile-out",
    "filename": "out.svg",
    "key": "x",
    "url": "http://127.0.0.1:9/",
}


async def _call_all(pilot: Pilot[None]) -> None:
    """Every action of the app, its screen and what has the focus, as a key or a markup link would call it."""
    app = pilot.app
    for target in (app, app.screen, app.screen.focused):
        for name in sorted(dir(target)) if target is not None else ():
            action = name.removeprefix("action_")
            if action == name or action in _LEAVING:
                continue
            words = _words(getattr(target, name))
            if words is None:
                continue
            seen["actions"].append(f"{type(target).__name__}.{action}")
            try:
                await asyncio.wait_for(app.run_action(f"{action}({words})", target), 3)
            except Exception as error:  # noqa: BLE001 - only what it did to the system is asked
                seen.setdefault("failed", []).append(f"{name}: {error!r}"[:100])
            await pilot.pause()
            if not app.is_running:
                return


async def _main(db: str, screens: str) -> None:
    store = open_store(db)
    own = {str(key.value) for key in Keys} - {"ctrl+q", "<any>", "<ignore>"}
    keys = sorted(own | set("abcdefghijklmnopqrstuvwxyz/?:=*"))
    for screen in screens:
        async with running(store) as pilot:
            await pilot.press(screen)
            await settle(pilot)
            for key in keys if screen in _KEYED else ():
                await pilot.press(key)
        async with running(store) as pilot:
            await pilot.press(screen)
            await settle(pilot)
            await _call_all(pilot)


if __name__ == "__main__":
    sys.addaudithook(_hear)
    asyncio.run(_main(sys.argv[1], sys.argv[2]))
    sys.stdout.write(json.dumps(seen))
