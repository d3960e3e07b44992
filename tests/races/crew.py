"""Real processes that wait for work: started once, given jobs together, met at one barrier."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

# Children come from a server that has loaded the product, so that a new one costs milliseconds.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["tests.races.history", "psycopg", "sqlalchemy.dialects.postgresql.psycopg"]
)
_PATIENCE = 120.0


class Barrier(Protocol):
    """Where processes wait for one another."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait until all have come."""


@dataclass(frozen=True, slots=True)
class Member:
    """One process of a crew: its number, how many there are, and where they meet."""

    number: int
    size: int
    barrier: Barrier


class Crew:
    """So many processes that all do the same job at once."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._barrier = CONTEXT.Barrier(size)  # a child that starts late must still find it
        self._lines = []
        self._processes = []
        for number in range(size):
            ours, theirs = CONTEXT.Pipe()
            process = CONTEXT.Process(
                target=_serve, args=(theirs, Member(number, size, self._barrier)), daemon=True
            )
            process.start()
            theirs.close()
            self._lines.append(ours)
            self._processes.append(process)

    def each(self, job: Callable[..., Any], *args: Any) -> list[Any]:
        """What each process gives back for `job(member, *args)`; a job that fails fails here."""
        self._barrier.reset()
        for line in self._lines:
            line.send((job, args))
        found = []
        for line in self._lines:
            if not line.poll(_PATIENCE):
                raise TimeoutError("a process of the crew does not answer")
            is_done, result = line.recv()
            if not is_done:
                raise AssertionError(result)
            found.append(result)
        return found

    def close(self) -> None:
        """Send everybody home."""
        for line in self._lines:
            line.send(None)
            line.close()
        for process in self._processes:
            process.join(10)


def _serve(line: Any, member: Member) -> None:
    while (order := line.recv()) is not None:
        job, args = order
        try:
            line.send((True, job(member, *args)))
        except BaseException as error:  # noqa: BLE001 - it is told to whoever gave the job
            line.send((False, f"{type(error).__name__}: {error}"))
