"""Random bytes, GBK and broken sequences typed into the desk: no string may end a session."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from seed import demo
from tests.conftest import DAY
from tests.hostile.bytes_typed import strings
from tests.hostile.session import desk

_PER_DESK = 500
_AT_ONCE = 40


@dataclass
class Seen:
    """What came of it: offences are the strings after which a desk was gone, or did not leave when told."""

    thrown: int = 0
    desks: int = 0
    seconds: float = 0.0
    memory: int = 0
    offences: list[str] = field(default_factory=list)


def trial(folder: Path, count: int) -> Seen:
    """So many strings, some hundred a desk, half of them into the form."""
    seen, began = Seen(), time.monotonic()
    made = folder / "demo.db"
    demo.build(str(made), DAY).close()
    state = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "STATE")}
    for seed in range(-(-count // _PER_DESK)):
        # A store each: keys at random accept and register, too.
        db = Path(shutil.copy(made, folder / f"{seed}.db"))
        with desk(db, size=(24, 80), **state) as opened:
            opened.type(b"\x1bOQ" if seed % 2 else b"")
            thrown = strings(min(_PER_DESK, count - seen.thrown), seed)
            for at in range(0, len(thrown), _AT_ONCE):
                part = thrown[at : at + _AT_ONCE]
                for one in part:
                    opened.type(one + b"\x1b[201~")
                opened.settle()
                if not opened.is_running():
                    seen.offences.append(repr(part))
                    break
                seen.memory = max(seen.memory, opened.memory())
            seen.thrown += len(thrown)
            seen.desks += 1
            if opened.is_running() and (code := opened.leave()) != 0:
                seen.offences.append(f"left with {code}")
    seen.seconds = time.monotonic() - began
    return seen
