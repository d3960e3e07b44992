"""One desk on a pseudo-terminal that any bytes can be sent to, and what they cost it."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect

from tests.e2e.emulator import ROOT

_QUIET = 0.15


class Desk:
    """A running program: what it has written since it began, and its end."""

    def __init__(
        self, db: Path, *more: str, size: tuple[int, int] = (24, 80), **about: str
    ) -> None:
        self.sent = b""
        self._child = pexpect.spawn(
            sys.executable,
            ["-m", "tui", "--db", str(db), "--lang", "en", "--user", "wangfang", *more],
            cwd=str(ROOT),
            dimensions=size,
            env={
                **{key: value for key, value in os.environ.items() if key != "COLORTERM"},
                "TERM": "xterm-256color",
                "DUIJIE_START": "needs",
                "PYTHONPATH": str(ROOT),
                **about,
            },
        )

    def type(self, data: bytes) -> None:
        """Every byte, in pieces that the terminal takes, while what is drawn is read."""
        until = time.monotonic() + 60
        while data and self.is_running() and time.monotonic() < until:
            _can_read, can_write, _ = select.select([], [self._child.child_fd], [], 0.05)
            self._read(0)
            if can_write:
                data = data[os.write(self._child.child_fd, data[:1024]) :]

    def wait(self, wanted: bytes, seconds: float = 20) -> None:
        """Until something has been drawn."""
        until = time.monotonic() + seconds
        while wanted not in self.sent:
            assert time.monotonic() < until, self.sent[-3000:]
            self._read(0.1)

    def settle(self, quiet: float = _QUIET) -> None:
        """Until nothing is drawn for a moment; a caret that blinks does not count."""
        until = time.monotonic() + 60
        while self._read(quiet) and time.monotonic() < until:
            pass

    def is_running(self) -> bool:
        """Whether the program is there."""
        return bool(self._child.isalive())

    def leave(self) -> int:
        """Out of every dialog and out of the program; its exit code."""
        for _step in range(4):
            self.type(b"\x1b")
            self.settle()
        return self.end(b"\x1b\x11")

    def end(self, keys: bytes) -> int:
        """The exit code after these keys, said again while a flood is left out; -1 where it stays."""
        until = time.monotonic() + 60
        while self.is_running() and time.monotonic() < until:
            self.type(keys)
            for _moment in range(20):
                self._read(0.1)
        is_hanging = self.is_running()
        self._child.close(force=True)
        return -1 if is_hanging else int(self._child.exitstatus or 0)

    def close(self) -> None:
        """End it whatever it does."""
        self._child.close(force=True)

    def memory(self) -> int:
        """The most that the program ever held, in MB."""
        told = Path(f"/proc/{self._child.pid}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) // 1024 for line in told.splitlines() if "VmHWM" in line)

    def _read(self, seconds: float) -> bool:
        can_read, _, _ = select.select([self._child.child_fd], [], [], seconds)
        try:
            found = os.read(self._child.child_fd, 65536) if can_read else b""
        except OSError:
            return False
        self.sent += found
        return len(found) > 40  # less is the caret


@contextmanager
def desk(db: Path, *more: str, size: tuple[int, int] = (24, 80), **about: str) -> Iterator[Desk]:
    """The needs screen, drawn and ready for keys."""
    opened = Desk(db, *more, size=size, **about)
    try:
        opened.wait(b"N000073")
        opened.settle()
        yield opened
    finally:
        opened.close()
