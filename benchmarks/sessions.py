"""Fifty people at once: sessions of the host beside as many bare Textual programs, in one run."""

from __future__ import annotations

import argparse
import base64
import fcntl
import os
import pty
import random
import re
import selectors
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.hands import DAY, ROOT
from benchmarks.screens import BARE
from seed import demo
from store import Store
from store.schemas.access import KeyDraft, UserDraft
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import clocks, keys, reference, sessions, usage_terms, users

_MAIN = ROOT / "tui" / "server" / "__main__.py"
_ROWS, _COLUMNS = 30, 100
_REST = 3.0
_TYPED = "weldershukongchegongcnc"


@dataclass
class Terminal:
    """One program on a pty: what it sent, by when, without an emulator that would cost more than it does."""

    pid: int
    fd: int
    started: float
    chunks: list[tuple[float, bytes]] = field(default_factory=list)

    def when(self, word: bytes) -> float | None:
        """Seconds from the start until a word had been drawn, None when it was not."""
        heard = b""
        for at, data in self.chunks:
            heard = heard[-200:] + data
            if word in heard:
                return at - self.started
        return None

    def write(self, data: bytes) -> float:
        """Send keys; when that was."""
        at = time.perf_counter()
        os.write(self.fd, data)
        return at

    def answered(self, since: float) -> float | None:
        """Seconds until the first output after a moment."""
        return next((at - since for at, _ in reversed_after(self.chunks, since)), None)


def reversed_after(chunks: list[tuple[float, bytes]], since: float) -> list[tuple[float, bytes]]:
    """The pieces of output after a moment, oldest first."""
    found = []
    for one in reversed(chunks):
        if one[0] <= since:
            break
        found.append(one)
    return found[::-1]


class Fleet:
    """Terminals that one thread listens to."""

    def __init__(self) -> None:
        self.terminals: list[Terminal] = []
        self._selector = selectors.DefaultSelector()
        self._is_open = True
        self._lock = threading.Lock()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(self, command: Sequence[str], environ: Mapping[str, str]) -> Terminal:
        """One more program."""
        started = time.perf_counter()
        pid, fd = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", _ROWS, _COLUMNS, 0, 0))
            os.execve(command[0], list(command), dict(environ))
        one = Terminal(pid, fd, started)
        self.terminals.append(one)
        with self._lock:
            self._selector.register(fd, selectors.EVENT_READ, one)
        return one

    def _read(self) -> None:
        while self._is_open:
            with self._lock:
                ready = self._selector.select(0.005)
            for key, _ in ready:
                try:
                    data = os.read(key.fd, 65536)
                except OSError:
                    data = b""
                if data:
                    key.data.chunks.append((time.perf_counter(), data))
                else:
                    with self._lock:
                        self._selector.unregister(key.fd)
            time.sleep(0.0005)

    def wait(self, word: bytes, seconds: float = 120) -> list[float]:
        """How long each took until a word was drawn."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            found = [one.when(word) for one in self.terminals]
            if all(at is not None for at in found):
                return [at for at in found if at is not None]
            time.sleep(0.05)
        missing = [one for one in self.terminals if one.when(word) is None]
        raise TimeoutError(f"{len(missing)} without {word!r}: {missing[0].chunks[-1:]}")

    def close(self) -> None:
        """End every program."""
        for one in self.terminals:
            os.kill(one.pid, signal.SIGTERM)
        for one in self.terminals:
            os.close(one.fd)
            os.waitpid(one.pid, 0)
        self._is_open = False
        self._reader.join()


def pss(pid: int) -> float:
    """Megabytes of a process, pages that several share divided among them."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


@contextmanager
def server(folder: Path, count: int) -> Iterator[tuple[Store, dict[str, str], int, list[str]]]:
    """A store with so many operators, the environment of launchers, a host's number, everybody's key."""
    numbers = []
    store = demo.build(str(folder / "demo.db"), DAY)
    today = store.read(reference.today)
    terms = store.read(usage_terms.in_force, by=SYSTEM, today=today)
    for number in range(1, count + 1):
        login = f"u{number:02}"
        draft = UserDraft(name=login, role="operator", organisation="C-BL")
        store.write(users.invite, login, draft, by=SYSTEM)
        if terms is not None:  # else their desk would begin with them
            by = Actor(login, login, Role.OPERATOR, "C-BL")
            store.write(usage_terms.accept, terms.version, by=by, today=today)
        raw = b"\0\0\0\x0bssh-ed25519\0\0\0 " + random.Random(number).randbytes(32)
        line = f"ssh-ed25519 {base64.b64encode(raw).decode()}"
        added = store.write(keys.add, login, KeyDraft(name="bench", line=line), by=SYSTEM)
        numbers.append(str(added.id))
    (folder / "duijie").mkdir()
    (folder / "duijie" / "config.toml").write_text(f'db = "{folder}/demo.db"\n')
    environ = {
        "HOME": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_CONFIG_HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_STATE_HOME": str(folder / "state"),
        "XDG_RUNTIME_DIR": str(folder),
    }
    host = subprocess.Popen(_python("host"), env=environ, stderr=subprocess.PIPE)
    assert host.stderr is not None
    host.stderr.readline()
    try:
        yield store, environ, host.pid, numbers
    finally:
        host.terminate()
        host.wait()
        store.close()


def _python(*words: str, site: bool = True) -> list[str]:
    quick = [] if site else ["-S"]
    return [sys.executable, "-I", *quick, "-X", "utf8", str(_MAIN), *words]


def told(name: str, seconds: Sequence[float]) -> str:
    """Median, 95th and 99th percentile and the worst, in milliseconds."""
    ranked = sorted(seconds)

    def at(share: float) -> float:
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))] * 1000

    return (
        f"{name:34} p50 {at(0.5):7.1f}  p95 {at(0.95):7.1f}  p99 {at(0.99):7.1f}  "
        f"max {ranked[-1] * 1000:7.1f} ms  ({len(ranked)})"
    )


def typing(
    active: Sequence[Terminal], seconds: float, meanwhile: Callable[[], None] = lambda: None
) -> list[float]:
    """Type a letter every half second into each of these; how long until each was answered."""
    found: list[float] = []
    meanwhile()
    until, at = time.perf_counter() + seconds, 0
    while time.perf_counter() < until:
        sent = []
        for one in active:
            sent.append((one, one.write(_TYPED[at % len(_TYPED)].encode())))
            time.sleep(0.5 / len(active))
        at += 1
        time.sleep(0.05)
        for one, when in sent:
            late = one.answered(when)
            found.append(late if late is not None else 0.5)
    return found


def _alone(
    command: Sequence[str], environ: Mapping[str, str], words: Sequence[bytes]
) -> list[float]:
    """How long one program alone takes until each of these words: medians of five starts."""
    every = []
    for _ in range(5):
        fleet = Fleet()
        fleet.start(command, environ)
        try:
            every.append([fleet.wait(word, 30)[0] for word in words])
        finally:
            fleet.close()
        time.sleep(0.3)
    return [statistics.median(column) for column in zip(*every, strict=True)]


def main(count: int = 50, active: int = 20, seconds: float = 15.0) -> None:
    """Start, memory, keys, keys beside a flood, writes beside both."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        bare = [sys.executable, "-c", BARE]
        environ = {
            "PATH": "/usr/bin:/bin",
            "HOME": name,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        (first,) = _alone(bare, environ, [b"ready"])
        print(f"bare Textual alone: first paint {first * 1000:.0f} ms")
        fleet = Fleet()
        for _ in range(count):
            fleet.start(bare, environ)
        painted = fleet.wait(b"ready")
        time.sleep(_REST)
        each = statistics.mean(pss(one.pid) for one in fleet.terminals)
        print(f"{count} bare Textual at once: all painted {max(painted):.1f} s, {each:.1f} MB each")
        print(told("bare Textual, key to screen", typing(fleet.terminals[:active], seconds)))
        fleet.close()
        with server(folder, count) as place:
            _hosted(*place, active, seconds)


def _hosted(
    store: Store,
    around: Mapping[str, str],
    host: int,
    numbers: Sequence[str],
    active: int,
    seconds: float,
) -> None:
    frame, rows = "2需求".encode(), "待匹配需求".encode()
    words = _alone(_python("enter", "--key", numbers[0], site=False), around, [frame, rows])
    plain = {**around, "XDG_RUNTIME_DIR": "/nowhere"}
    slow = _alone(_python("enter", "--key", numbers[0], site=False), plain, [frame, rows])
    for name, (first, second) in (("through the host", words), ("without a host", slow)):
        print(f"{name}, alone: frame {first * 1000:.0f} ms, rows {second * 1000:.0f} ms")
    fleet = Fleet()
    for number in numbers:
        fleet.start(_python("enter", "--key", number, site=False), around)
    framed, filled = fleet.wait(frame), fleet.wait(rows)
    time.sleep(_REST)
    inside = [one.pid for one in store.read(sessions.listed, by=SYSTEM)]
    launchers = statistics.mean(pss(one.pid) for one in fleet.terminals)
    each = statistics.mean(pss(pid) for pid in inside)
    print(
        f"{len(inside)} sessions at once: all framed {max(framed):.1f} s, all rows {max(filled):.1f} s; "
        f"{each:.1f} MB each, launcher {launchers:.1f} MB each, host {pss(host):.1f} MB"
    )
    before = sum(_ticks(pid) for pid in inside)
    time.sleep(5)
    idle = (sum(_ticks(pid) for pid in inside) - before) / os.sysconf("SC_CLK_TCK") / 5
    print(f"idle: {idle * 100:.1f} % of a core for all of them")
    for one in fleet.terminals[:active]:
        one.write(b"2")
        one.write(b"\x1bOQ")
        one.write(b"\t")
    time.sleep(_REST)
    writes: list[float] = []
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(store, writes, stop))
    writer.start()
    print(told(f"{active} active, key to screen", typing(fleet.terminals[:active], seconds)))
    flooded = fleet.terminals[-1]

    def flood() -> None:
        threading.Thread(target=_flood, args=(flooded.fd,), daemon=True).start()

    late = typing(fleet.terminals[:active], seconds, flood)
    print(told("the same beside a flood of 200 KB", late))
    stop.set()
    writer.join()
    print(told("writes meanwhile", writes))
    fleet.close()


def _ticks(pid: int) -> int:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def _write(store: Store, writes: list[float], stop: threading.Event) -> None:
    """A write with its audit row, ten times a second."""
    minutes = 29
    while not stop.wait(0.1):
        minutes = 59 - minutes
        begun = time.perf_counter()
        store.write(clocks.set_clocks, {"draft_minutes": minutes}, by=SYSTEM)
        writes.append(time.perf_counter() - begun)


def _flood(fd: int) -> None:
    data = os.urandom(150_000)
    letters = base64.b64encode(data)
    for at in range(0, len(letters), 1024):
        try:
            os.write(fd, letters[at : at + 1024])
        except OSError:
            return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--active", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0)
    options = parser.parse_args()
    main(options.count, options.active, options.seconds)
