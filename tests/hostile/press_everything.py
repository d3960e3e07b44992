"""A desk whose every key is pressed and every action called, and what the interpreter saw of it.

Run by `test_closed.py` and the trial `keys` with a database, a role, screens and those of them whose keys
are pressed, too; prints one JSON object: files opened for writing, programs begun, actions called.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import string
import sys
from typing import Any

from textual.keys import Keys
from textual.pilot import Pilot

from seed.demo import OPERATOR
from store import Store, open_store
from store.schemas.actor import Actor, Role
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


async def _open(pilot: Pilot[None], name: str) -> None:
    """A screen by its name, from wherever the desk is; dialogs are left first."""
    for _ in range(4):
        if _is_on(pilot, name):
            return
        await pilot.press("escape")
        await settle(pilot)
    await pilot.app.run_action("app.match('N000001')" if name == "match" else f"app.go({name!r})")
    await settle(pilot)


def _is_on(pilot: Pilot[None], name: str) -> bool:
    return getattr(pilot.app.screen, "TITLE_WORD", "") == name


async def _press_all(store: Store, by: Actor, name: str, keys: list[str]) -> None:
    """Every key on the screen itself; a desk that a key has closed is opened again for the next."""
    left = list(keys)
    while left:
        async with running(store, by=by) as pilot:
            while left and pilot.app.is_running:
                await _open(pilot, name)
                if not _is_on(pilot, name):  # not theirs: whatever is there instead gets the keys
                    seen.setdefault("shut", []).append(f"{by.role} {name}")
                await pilot.press(left.pop(0))


async def _main(db: str, role: str, screens: str, keyed: str) -> None:
    store = open_store(db)
    by = PEOPLE[role]
    own = {str(key.value) for key in Keys} - {"ctrl+q", "<any>", "<ignore>"}
    keys = sorted(own | set(string.ascii_letters + string.digits + "/?:=*+-.,"))
    for name in screens.split(","):
        if name in keyed.split(","):
            await _press_all(store, by, name, keys)
        async with running(store, by=by) as pilot:
            await _open(pilot, name)
            await _call_all(pilot)


PEOPLE = {
    "operator": OPERATOR,
    "institution": Actor("teacher", "老师", Role.INSTITUTION, "T01"),
    "supervisor": Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU"),
    "admin": Actor("admin", "管理员", Role.ADMIN, "BUREAU"),
}


if __name__ == "__main__":
    sys.addaudithook(_hear)
    asyncio.run(_main(*sys.argv[1:5]))
    sys.stdout.write(json.dumps(seen))
