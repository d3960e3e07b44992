"""A fair queue before SQLite's write lock: who comes first writes first, and the dead hold up nobody.

SQLite's own wait is a lottery in which some writers starve. Order is all that is kept here; that no
two write at once is still the database's word, so a lost queue file can break nothing.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import StoreBusyError, StoreError

LIMIT = 5.0
_NEXT, _EACH, _LONGEST = 0.0002, 0.001, 0.02
_TICKETS = 2**48
_COUNTER = 2**60
_LOCK = struct.Struct("hhqqi4x")
_held: set[int] = set()


def queue_file(database: Path) -> Path:
    """The file beside a database that its writers queue at."""
    whole = database.resolve()
    return whole.with_name(f"{whole.name}-queue")


def move(made: Path, target: Path) -> None:
    """Put a database that nobody has open into its place; its queue file is not wanted any more."""
    made.rename(target)
    queue_file(made).unlink(missing_ok=True)


def has_queues() -> bool:
    """Whether this system has locks that belong to an open file instead of a process."""
    return sys.platform == "linux" and hasattr(fcntl, "F_OFD_SETLK")


def is_locked(database: Path) -> bool:
    """Whether anybody has a database in WAL mode open; nobody in this process may, who would lose it."""
    if not has_queues() or not database.exists():
        return False
    file = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    try:
        return _holder(file, 0, 0) is not None
    finally:
        os.close(file)


@contextmanager
def turn(path: Path | None) -> Iterator[None]:
    """Wait until everyone who came earlier is done, at most `LIMIT`; None is no queue at all.

    Each who waits holds the lock of one byte, its ticket, so that the system gives a place back
    when its process dies.
    """
    if path is None:
        yield
        return
    until = time.monotonic() + LIMIT
    file = _open(path)
    try:
        ticket = _take_ticket(file, until)
        while ahead := _ahead(file, ticket):
            _pause(max(_NEXT, min((ahead - 1) * _EACH, _LONGEST)), until)
        yield
    finally:
        _leave(file)


def _open(path: Path) -> int:
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _as_store_error(error) from error
    _held.add(file)
    return file


def _take_ticket(file: int, until: float) -> int:
    """One above the last, its byte locked before anybody can draw the next."""
    while not _lock(file, _COUNTER):
        _pause(_NEXT, until)
    ticket = int.from_bytes(os.pread(file, 8, 0), "little") % _TICKETS + 1
    try:
        os.pwrite(file, ticket.to_bytes(8, "little"), 0)
    except OSError as error:
        raise _as_store_error(error) from error
    _lock(file, ticket)
    _lock(file, _COUNTER, fcntl.F_UNLCK)
    return ticket


def _leave(file: int) -> None:
    """Unlock, and not only close: a child may have inherited the open file just now."""
    if file in _held:
        _lock(file, 0, fcntl.F_UNLCK, length=0)
        _held.discard(file)
        os.close(file)


def _ahead(file: int, ticket: int) -> int:
    """How many tickets were drawn since the oldest that is still held, 0 when it is one's turn."""
    oldest = _holder(file, 0, ticket)
    return 0 if oldest is None else ticket - oldest


def _holder(file: int, start: int, length: int) -> int | None:
    """The first byte of the oldest lock that somebody else holds on so many bytes (0: all that follow)."""
    asked = _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, start, length, 0)
    kind, _whence, first, _length, _owner = _LOCK.unpack(
        fcntl.fcntl(file, fcntl.F_OFD_GETLK, asked)
    )
    return None if kind == fcntl.F_UNLCK else int(first)


def _lock(file: int, start: int, kind: int = fcntl.F_WRLCK, length: int = 1) -> bool:
    """Lock or unlock so many bytes (0: all that follow) without waiting; whether it worked."""
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, _LOCK.pack(kind, os.SEEK_SET, start, length, 0))
    except (BlockingIOError, PermissionError):
        return False
    return True


def _pause(seconds: float, until: float) -> None:
    if time.monotonic() >= until:
        raise StoreBusyError
    time.sleep(seconds)


def _as_store_error(error: OSError) -> StoreError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError("disk_full")
    return StoreError("store_failed", cause=str(error))


def _forget() -> None:
    """A forked child has no place in the queue; its copies would keep its parent's alive."""
    for file in _held:
        os.close(file)
    _held.clear()


os.register_at_fork(after_in_child=_forget)
