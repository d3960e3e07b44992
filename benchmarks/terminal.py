"""A program in a terminal of its own: keys go in, what comes out is timed, counted and drawn."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread

import pexpect
import pyte

_KEYS = {
    "Tab": "\t",
    "Enter": "\r",
    "Down": "\x1b[B",
    "Up": "\x1b[A",
    "Space": " ",
    "F2": "\x1bOQ",
    "F3": "\x1bOR",
    "F4": "\x1bOS",
}
_TOKEN = re.compile(r"<([^<>]+)>|(.)")
_SIZE = (100, 30)


def keys(script: str) -> list[str]:
    """`rpjm<Tab>5<C-s>` as the keys one after another, each as a terminal sends it."""
    found = []
    for name, letter in _TOKEN.findall(script):
        control = re.fullmatch(r"C-([a-z])", name)
        found.append(letter or (chr(ord(control[1]) - 96) if control else _KEYS[name]))
    return found


class Terminal:
    """A program on a pty; a thread takes everything it draws, so that it never has to wait for us."""

    def __init__(
        self, command: Sequence[str], more: Mapping[str, str], size: tuple[int, int] = _SIZE
    ) -> None:
        width, height = size
        self._drawn = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._drawn)
        self._fed = 0
        self.chunks: list[tuple[float, bytes]] = []
        self.started = time.perf_counter()
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={"TERM": "xterm-256color", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **more},
            dimensions=(height, width),
        )
        self._child.delaybeforesend = None
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Of the program itself."""
        return int(self._child.pid)

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._child.child_fd, 65536)
            except OSError:  # how Linux says that the other end is closed
                return
            if not data:
                return
            self.chunks.append((time.perf_counter(), data))

    def write(self, text: str) -> float:
        """Send keys at once; when that was."""
        at = time.perf_counter()
        self._child.send(text.encode())
        return at

    def screen(self) -> str:
        """What has been drawn so far; the second cell of a wide character holds nothing."""
        rows, columns = range(self._drawn.lines), range(self._drawn.columns)
        return "\n".join("".join(self._drawn.buffer[y][x].data for x in columns) for y in rows)

    def first(self, is_there: Callable[[str], bool], seconds: float = 30) -> float:
        """When the screen first showed it: the time of the very piece of output that completed it."""
        until = time.perf_counter() + seconds
        while not is_there(self.screen()):
            while self._fed == len(self.chunks):
                if time.perf_counter() > until:
                    raise TimeoutError(self.screen())
                time.sleep(0.005)
            self._stream.feed(self.chunks[self._fed][1])
            self._fed += 1
        return self.chunks[self._fed - 1][0]

    def awaits(self, is_there: Callable[[str], bool], seconds: float) -> bool:
        """Whether the screen shows it in time."""
        try:
            self.first(is_there, seconds)
        except TimeoutError:
            return False
        return True

    def memory(self) -> float:
        """Megabytes of the program and its children, pages that several share divided among them."""
        return sum(_pss(pid) for pid in _family(self.pid)) / 1024

    def close(self) -> None:
        """End the program."""
        self._child.close(force=True)
        self._reader.join(timeout=5)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _pss(pid: int) -> int:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)[1])
