"""Processes that write one store without end, and keep in files what was acknowledged to them."""

from __future__ import annotations

import multiprocessing
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

from store import open_store
from store.errors import StoreBusyError
from tests.soak.work import Work

_FORK = multiprocessing.get_context("fork")


class Crew:
    """So many writers; any of them can be killed and is replaced at once."""

    def __init__(self, path: Path, work: Work, size: int, folder: Path) -> None:
        folder.mkdir()
        self._path, self._work, self._folder = path, work, folder
        self._members: list[BaseProcess] = [self._hired() for _ in range(size)]

    def _hired(self) -> BaseProcess:
        member = _FORK.Process(target=_write, args=(self._path, self._work, self._folder))
        member.start()
        return member

    def replace(self, at: int) -> None:
        """Kill one with SIGKILL, wherever it is, and hire another."""
        self._members[at].kill()
        self._members[at].join()
        self._members[at] = self._hired()

    def acknowledged(self) -> set[str]:
        """Every id so far; a line that is not ended is none yet."""
        return {
            line
            for file in self._folder.iterdir()
            for line in file.read_text().rpartition("\n")[0].splitlines()
        }

    def count(self) -> int:
        """About how many ids there are, without reading them."""
        return sum(file.stat().st_size for file in self._folder.iterdir()) // _LINE

    def wait_for(self, least: int) -> None:
        """Wait until so many are acknowledged."""
        end = time.monotonic() + 60
        while self.count() < least:
            assert time.monotonic() < end
            time.sleep(0.005)

    def dismiss(self) -> None:
        """Kill all of them."""
        for member in self._members:
            member.kill()
            member.join()


_LINE = 20


@contextmanager
def crew(path: Path, work: Work, size: int, folder: Path) -> Iterator[Crew]:
    """So many processes at work until the block ends."""
    members = Crew(path, work, size, folder)
    try:
        yield members
    finally:
        members.dismiss()


def _write(path: Path, work: Work, folder: Path) -> None:
    """Write until killed; one `write` call a line, so that what died with the process is no whole line.

    What a process has written is kept by the system when the process dies, so no fsync is needed here.
    """
    store, name, number = open_store(str(path)), uuid.uuid4().hex[:10], 0
    log = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        number += 1
        id = f"{name}-{number:08}"
        try:
            store.write(work.write, id)
        except StoreBusyError:
            continue
        os.write(log, f"{id}\n".encode())
