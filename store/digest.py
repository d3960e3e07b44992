"""New files that never replace another, and the digest beside each that proves it unchanged."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from store.errors import ConflictError

_LINE = re.compile(r"([0-9a-f]{64}) [ *]\S")
_OURS_ALONE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def digest_file(file: Path) -> Path:
    """Where the digest of a file is kept, in the form that `sha256sum -c` reads."""
    return file.with_name(f"{file.name}.sha256")


def compute(file: Path) -> str:
    """The SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read(file: Path) -> str | None:
    """The digest that was written beside a file, None where there is none."""
    try:
        line = digest_file(file).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    found = _LINE.match(line)
    return found[1] if found else ""


@contextmanager
def new_file(file: Path, *, with_digest: bool = True) -> Iterator[Path]:
    """An empty file to fill that only its owner can read; it gets its name and digest once it is whole."""
    for taken in (file, digest_file(file)) if with_digest else (file,):
        if os.path.lexists(taken):
            raise ConflictError("file_exists", path=str(taken))
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    os.close(os.open(part, _OURS_ALONE, 0o600))
    try:
        yield part
        _sync(part)
        line = f"{compute(part)}  {file.name}\n"
        _name(part, file)
    finally:
        part.unlink(missing_ok=True)
    if with_digest:
        with os.fdopen(
            os.open(digest_file(file), _OURS_ALONE, 0o600), "w", encoding="utf-8"
        ) as note:
            note.write(line)
        _sync(digest_file(file))
    _sync(file.parent)


def _name(part: Path, file: Path) -> None:
    """Unlike a renaming, a second name never replaces anything."""
    try:
        os.link(part, file)
    except FileExistsError as error:
        raise ConflictError("file_exists", path=str(file)) from error


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
