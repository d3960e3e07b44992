"""Lines that break, freeze and rest, and every kind of terminal and locale: sessions on real terminals."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from seed import demo
from tests.conftest import DAY
from tests.e2e.door import ROOT, Door
from tests.e2e.emulator import Emulator
from tests.e2e.front import installed, why_not

TERMS = (
    "xterm-256color", "xterm", "screen", "screen-256color", "tmux-256color", "linux", "vt100", "vt220",
    "ansi", "dumb", "unknown", "",
)  # fmt: skip
LOCALES = (
    "", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "zh_CN.UTF-8", "zh_CN.GB18030", "zh_CN.GBK",
    "zh_TW.BIG5", "en_US.ISO-8859-1", "de_DE@euro", "xx_XX.nothing",
)  # fmt: skip
_POOR = ("dumb", "unknown", "")
_AT_DESK = "待匹配需求"


@contextmanager
def door(folder: Path, *, idle_seconds: int = 0) -> Iterator[Door]:
    """A front door with a host, on a demo district."""
    demo.build(str(folder / "demo.db"), DAY).close()
    made = Door(folder, folder / "demo.db", idle_seconds=idle_seconds)
    config = folder / "duijie" / "config.toml"
    config.write_text(config.read_text().replace('start = "needs"', 'start = "dashboard"'))
    made.start_host()
    try:
        yield made
    finally:
        made.close()


def rested(folder: Path, seconds: int) -> float:
    """How long a desk with a focused field and no key stays open that may rest for so long."""
    with door(folder, idle_seconds=seconds) as made:
        desk = made.desk(made.person())
        desk.wait(lambda shown: _AT_DESK in shown)
        desk.type(b"n")
        desk.wait(lambda shown: "^S" in shown)
        begun = time.monotonic()
        desk.end()
        return time.monotonic() - begun


def broken(folder: Path, times: int) -> tuple[float, float]:
    """Pull so many lines: the longest time until a session was gone, and the CPU of what was left behind."""
    with door(folder) as made:
        worst, pids = 0.0, []
        who = made.person()
        for _ in range(times):
            desk = made.desk(who)
            desk.wait(lambda shown: _AT_DESK in shown)
            session = made.sessions(who)[0]
            pids.append(session.pid)
            begun = time.monotonic()
            desk.hang_up()
            made.wait(lambda: not Path(f"/proc/{session.pid}").exists())  # noqa: B023 - asked at once
            worst = max(worst, time.monotonic() - begun)
            assert made.sessions(who)[0].ending == "hang_up"
        time.sleep(10)
        left = [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        return worst, float(len(left))


def frozen(folder: Path) -> float:
    """How long the server keeps a session whose client is stopped, with the settings of an installation."""
    demo.build(str(folder / "demo.db"), DAY).close()
    with installed(folder, folder / "demo.db", count=1, is_quick=False) as front:
        who = front.people[0]
        desk = front.desk(who)
        desk.wait(lambda shown: _AT_DESK in shown)
        pid = front.sessions(who)[0].pid
        os.kill(desk.pid, signal.SIGSTOP)
        took = front.wait(lambda: not Path(f"/proc/{pid}").exists(), 180)
        os.kill(desk.pid, signal.SIGKILL)
        desk.close()
        return took


def drawn(folder: Path) -> tuple[int, int, list[str]]:
    """Every terminal in every locale: how many drew Chinese, how many refused in a sentence, what else."""
    path = folder / "demo.db"
    demo.build(str(path), DAY).close()
    good, refused, wrong = 0, 0, []
    for term in TERMS:
        for locale in LOCALES:
            if _draws(path, folder, term, locale):
                good += term not in _POOR
                refused += term in _POOR
            else:
                wrong.append(f"{term or 'none'} in {locale or 'none'}")
    return good, refused, wrong


def _draws(path: Path, folder: Path, term: str, locale: str) -> bool:
    words = {
        "TERM": term,
        "LC_ALL": locale,
        "LANG": locale,
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "DUIJIE_LANG": "zh",
    }
    environ = [f"{name}={value}" for name, value in words.items() if value]
    desk = Emulator(
        program=["/usr/bin/env", "-i", *environ, sys.executable, "-m", "tui", "--db", str(path)]
    )
    try:
        if term in _POOR:
            return desk.end() == 1 and "终端" in desk.sent.decode()
        desk.wait(lambda shown: _AT_DESK in shown)
        desk.type(b"\x11")
        return desk.end() == 0
    except AssertionError:
        return False
    finally:
        desk.close()


def is_possible() -> str:
    """What this machine lacks for a real server."""
    return why_not() if shutil.which("ssh-keygen") else "needs ssh-keygen"
