"""A disk that fills up while a store is written: what was acknowledged stays, and work goes on later."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from store import Store, create_store, open_store
from store.errors import DuijieError
from tests.soak.work import Work, offences

_MEGABYTES = 4


@dataclass(frozen=True, slots=True)
class Filled:
    """How many writes were acknowledged, what a full disk was called, and what was wrong afterwards."""

    acknowledged: int
    on_writing: str
    on_opening: str
    offences: list[str]


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A folder that holds few megabytes; False where this system does not let one be made."""
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={_MEGABYTES}m,mode=0700", "none", str(folder)]
    try:
        made = subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        made = False
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill_up(folder: Path, work: Work) -> Filled:
    """Write until the disk is full, look, make room and go on; then open with no byte free."""
    path, filler = folder / "store.db", folder / "filler"
    store, done = create_store(str(path)), set[str]()
    store.write(work.prepare)
    free = os.statvfs(folder)
    _fill(filler, free.f_bavail * free.f_frsize - 512 * 1024)
    on_writing = until_refused(store, work, done)
    wrong = offences(store, work, done)
    filler.unlink()
    _write(store, work, done)
    store.close()
    _fill(filler, None)
    on_opening = ""
    try:
        open_store(str(path)).close()
    except DuijieError as error:
        on_opening = error.code
    filler.unlink()
    store = open_store(str(path))
    _write(store, work, done)
    wrong += offences(store, work, done)
    store.close()
    return Filled(len(done), on_writing, on_opening, wrong)


def _write(store: Store, work: Work, done: set[str]) -> None:
    id = f"full-{len(done):08}"
    store.write(work.write, id)
    done.add(id)


def until_refused(store: Store, work: Work, done: set[str]) -> str:
    """Write until the store refuses; the code that it gives."""
    while True:
        try:
            _write(store, work, done)
        except DuijieError as error:
            return error.code


def _fill(filler: Path, size: int | None) -> None:
    """So many bytes, or as many as go."""
    with filler.open("wb", buffering=0) as file:
        try:
            while size is None or file.tell() < size:
                file.write(bytes(4096))
        except OSError:
            return
