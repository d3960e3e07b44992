"""A terminal made of a pseudo-terminal and an emulator, which answers questions as it is told to."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pexpect
import pyte

ROOT = Path(__file__).parents[2]
QUESTION = b"\x1b[6n"
_OWN = ("COLORTERM", "COLUMNS", "LINES")  # what a terminal says of itself: xdist sets two of them
READY = b"\x1b[?1049h"


class Emulator:
    """One program in a pseudo-terminal; `answer` is sent once it asks where the cursor is."""

    def __init__(
        self,
        *arguments: str,
        answer: bytes = b"",
        typed: bytes = b"",
        program: Sequence[str] = (sys.executable, "-m", "tui"),
        **environment: str,
    ) -> None:
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self._answer, self._typed = answer, typed
        self.sent = b""
        self._child = pexpect.spawn(
            program[0],
            [*program[1:], *arguments],
            cwd=str(ROOT),
            dimensions=(24, 80),
            timeout=20,
            env={
                **{key: value for key, value in os.environ.items() if key not in _OWN},
                "TERM": "xterm-256color",
                "DUIJIE_START": "needs",
                "PYTHONPATH": str(ROOT),
                **environment,
            },
        )

        self._child.delaybeforesend = None

    @property
    def screen(self) -> str:
        """What is on the screen; the second half of a wide letter is nothing."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        return "\n".join(
            "".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows
        )

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """Every cell of the screen with its colours; the second half of a wide letter has no data."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))
        return [[row[x] for x in range(self._screen.columns)] for row in rows]

    @property
    def pid(self) -> int:
        """The process in the terminal."""
        return int(self._child.pid)

    def resize(self, rows: int, columns: int) -> None:
        """Another size of the window."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def hang_up(self) -> None:
        """Pull the line: the terminal is gone."""
        self._child.close(force=False)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        self._child.send(keys)

    def wait(self, is_there: Callable[[str], bool], seconds: float = 20) -> str:
        """The screen once something is on it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            shown = self.screen
            if is_there(shown):
                return shown
            self.read()
        raise AssertionError(self.screen)

    def read(self) -> None:
        """What the program has drawn since, or a fifth of a second without anything."""
        try:
            found = self._child.read_nonblocking(65536, timeout=0.2)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.sent += found
        self._stream.feed(found.replace(b"\x1b[>", b"\x1b[?").replace(b"\x1b[<u", b""))
        if QUESTION in self.sent and self._answer:
            self._child.send(self._typed + self._answer)
            self._answer = b""

    def end(self) -> int:
        """The exit code of the program that was told to end."""
        while self._child.isalive():
            self.read()
        self._child.close()
        return int(self._child.exitstatus or 0)

    def close(self) -> None:
        """End it whatever it does."""
        self._child.close(force=True)
