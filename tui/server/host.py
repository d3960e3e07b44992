"""The session host: one process that has imported everything and forks a child for each login, ahead of it.

It opens nobody's store, reads no request and parses nothing that anybody sent: a child does, on its own.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from store.errors import DuijieError
from tui.server import session
from tui.server.request import MOST, host_socket, unpacked

MOST_SESSIONS = 120
WAITING = (
    2  # processes at the door; more would help only whoever comes in the same tenth of a second
)
_PDEATHSIG, _NO_NEW_PRIVS, _MEMORY_MERGE = 1, 38, 67  # prctl(2)
_PATIENCE = 5.0  # seconds in which a launcher must have said what it wants
_log = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> int:
    """Listen until told to end; sessions that are open go on without a host."""
    from tui.server import warm

    journal = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8")  # a child's 2 is a terminal
    logging.basicConfig(level=logging.INFO, stream=journal, format="%(message)s")
    os.umask(0o077)
    _refuse_new_rights()
    _allow_merging()
    environ = dict(os.environ)
    warm.up()
    try:
        warm.rehearse_work(Path(host_socket(environ)).parent)
    except (
        OSError,
        DuijieError,
    ):  # without a place for a file for a moment, say: sessions go without
        _log.exception("there was no practice")
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads cannot be forked")
    gc.collect()
    gc.freeze()  # collecting in a child would write to every page that it shares
    with _listening(host_socket(environ)) as door, _signals() as woken:
        _log.info("ready")
        _serve(door, woken, environ)
    return 0


def _refuse_new_rights() -> None:
    """No program that anything here starts can have more rights than this one."""
    if ctypes.CDLL(None).prctl(_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError("no_new_privs was refused")


def _allow_merging() -> None:
    """Let the kernel keep one copy of pages that are alike in sessions, where it was told to look for them.

    Kernels before 6.4 do not know this, and nothing is lost then.
    """
    ctypes.CDLL(None).prctl(_MEMORY_MERGE, 1, 0, 0, 0)


def _end_with_parent(number: int) -> None:
    """Which signal this process gets when the host is gone, 0 for none."""
    ctypes.CDLL(None).prctl(_PDEATHSIG, number, 0, 0, 0)


@contextmanager
def _listening(path: str) -> Iterator[socket.socket]:
    """A socket for this account alone; one that nobody listens at any more is replaced."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as door:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other:
            other.connect(path)
            raise SystemExit(f"another host listens at {path}")
        Path(path).unlink(missing_ok=True)
        door.bind(path)
        door.listen(128)
        try:
            yield door
        finally:
            Path(path).unlink(missing_ok=True)


@contextmanager
def _signals() -> Iterator[int]:
    """A descriptor that can be read once a child has ended or this process is to end."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    yield woken


def _serve(door: socket.socket, woken: int, environ: Mapping[str, str]) -> None:
    """Keep a few processes waiting at the door; whoever takes somebody in says so and is replaced."""
    taken, tell = os.pipe()
    waiting: set[int] = set()
    inside: set[int] = set()
    try:
        while True:
            while len(waiting) < WAITING and len(inside) < MOST_SESSIONS:
                waiting.add(_spare(door, tell, environ))
            is_full = [door.fileno()] if not waiting else []
            ready = select.select([taken, woken, *is_full], [], [])[0]
            if taken in ready:
                inside |= {number for (number,) in struct.iter_unpack("i", os.read(taken, 4096))}
                waiting -= inside
            if woken in ready:
                signals = os.read(woken, 4096)
                gone = set(_ended())
                waiting, inside = waiting - gone, inside - gone
                if signal.SIGTERM in signals or signal.SIGINT in signals:
                    return
            if is_full and door.fileno() in ready:
                _turn_away(door)
    finally:
        for number in waiting:
            os.kill(number, signal.SIGKILL)


def _turn_away(door: socket.socket) -> None:
    line, _ = door.accept()
    with line, suppress(OSError):
        line.send(b"full")


def _spare(door: socket.socket, tell: int, environ: Mapping[str, str]) -> int:
    """The number of a process that waits for somebody, and serves them; it never returns there."""
    child = os.fork()
    if child:
        return child
    status: int = 1
    try:
        line = _wait(door, tell)
        with line:
            status = _said(line, environ)
    except SystemExit:  # hung up while it was leaving: nobody hears the status any more
        status = 0
    except BaseException:  # noqa: BLE001 - a child must never go on as its parent
        _log.exception("a session failed")
    finally:
        logging.shutdown()
        os._exit(status)


def _wait(door: socket.socket, tell: int) -> socket.socket:
    """The line of the next who comes; while nobody does, the first screen is drawn for practice."""
    from tui.server import warm

    for caught in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(caught, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    _end_with_parent(signal.SIGKILL)
    if not select.select([door], [], [], 0)[0]:
        warm.rehearse()
    line, _ = door.accept()
    _end_with_parent(0)
    os.write(tell, struct.pack("i", os.getpid()))
    door.close()
    return line


def _said(line: socket.socket, environ: Mapping[str, str]) -> int:
    """A session's exit status, which the launcher hears, too."""
    status: int = 1
    try:
        status = _attend(line, environ)
    except SystemExit as leaving:
        status = int(leaving.code) if isinstance(leaving.code, int) else 1
    finally:
        with suppress(OSError):
            line.send(b"exit %d" % status)
    return status


def _ended() -> Iterator[int]:
    with suppress(ChildProcessError):
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if not child:
                return
            if os.WIFSIGNALED(status):
                _log.warning("session %d was ended by signal %d", child, os.WTERMSIG(status))
            yield child


def _attend(line: socket.socket, environ: Mapping[str, str]) -> int:
    """One session on the launcher's own terminal; its exit status."""
    os.setsid()
    uid = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
    if uid != os.getuid():
        return 1
    line.settimeout(_PATIENCE)
    message, streams, _, _ = socket.recv_fds(line, MOST, 3)
    if len(streams) != 3:
        return 1
    line.settimeout(None)
    _take(streams)
    session.limit()
    threading.Thread(target=_listen, args=(line,), daemon=True).start()
    return session.run(unpacked(message), environ)


def _take(streams: Sequence[int]) -> None:
    """Make the launcher's streams this process's own, with files on them that know what they are."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        file = os.fdopen(
            number, mode, buffering=1, encoding="utf-8", errors="replace", closefd=False
        )
        setattr(sys, name, file)
        setattr(sys, f"__{name}__", file)  # which the desk draws on


def _listen(line: socket.socket) -> None:
    """What the launcher's terminal tells: another size, or that nobody is there any more."""
    while line.recv(64):
        os.kill(os.getpid(), signal.SIGWINCH)
    os.kill(os.getpid(), signal.SIGHUP)
