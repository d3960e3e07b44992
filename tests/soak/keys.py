"""Every key and every action of every screen, as everybody who may have a desk: nothing leaves it."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from seed import demo
from tests.conftest import DAY
from tests.hostile.press_everything import PEOPLE
from tests.hostile.pressing import offences, pressed
from tui.app import SCREENS


@dataclass
class Seen:
    """What came of it; `offences` are programs begun and files changed outside the desk's own folders."""

    screens: int = 0
    roles: int = len(PEOPLE)
    seconds: float = 0.0
    actions: int = 0
    offences: list[str] = field(default_factory=list)


def trial(folder: Path) -> Seen:
    """A store and a process for each role and screen: keys at random register and withdraw, too."""
    seen, began = Seen(), time.monotonic()
    screens = ["needs", "match", *SCREENS]
    seen.screens = len(screens)
    made = folder / "made" / "demo.db"
    made.parent.mkdir()
    demo.build(str(made), DAY).close()
    actions: set[str] = set()
    for role in PEOPLE:
        for name in screens:
            own = folder / f"{role}-{name}"
            own.mkdir()
            db = Path(shutil.copy(made, own / "demo.db"))
            told = pressed(db, own, role, name, name, seconds=3600)
            actions.update(told["actions"])
            seen.offences += [f"{role} {name}: {one}" for one in offences(told, own)]
            shutil.rmtree(own)
    seen.actions = len(actions)
    seen.seconds = time.monotonic() - began
    return seen
