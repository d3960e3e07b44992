"""Files and standard input, never more of them than is taken."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from store.errors import InvalidError
from store.tables import MOST_BYTES, refuse_size

_LONGEST_LINE = 100_000


def file_bytes(name: str) -> bytes:
    """The bytes of a file, `-` for standard input; what is too large is refused without reading it."""
    if name == "-":
        return _within(sys.stdin.buffer.read(MOST_BYTES + 1))
    try:
        with Path(name).open("rb") as file:
            about = Path(name).stat()
            if stat.S_ISREG(about.st_mode):
                refuse_size(about.st_size)
            return _within(file.read(MOST_BYTES + 1))
    except OSError as error:
        raise InvalidError("file_not_found", path=name) from error


def _within(data: bytes) -> bytes:
    refuse_size(len(data))
    return data


def stdin_lines() -> Iterator[str]:
    """Texts from standard input, bytes that are not UTF-8 replaced; of a very long line its beginning."""
    while raw := sys.stdin.buffer.readline(_LONGEST_LINE):
        rest = raw
        while not rest.endswith(b"\n") and (rest := sys.stdin.buffer.readline(_LONGEST_LINE)):
            pass
        yield raw.decode("utf-8", errors="replace").rstrip("\r\n").replace("\0", " ")
