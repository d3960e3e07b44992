"""A Dask cluster of processes on this machine, and what its workers find by name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from matching.titles import TitleIndex

# Workers that do not look a hundred times a second what they are doing.
_QUIET = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
_ROOT = Path(__file__).parents[1]


class Machines:
    """A scheduler and workers of one thread, each a process of its own on this machine."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._folder = folder
        self.scheduler = self._start("scheduler", "--port", self.address.rpartition(":")[2])
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self) -> None:
        """One more worker, without anybody to start it again."""
        name = str(self._folder / f"worker{len(self.workers)}")
        words = ("--nthreads", "1", "--no-nanny", "--local-directory", name)
        self.workers.append(self._start("worker", self.address, *words))

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        command += ["--no-dashboard", "--host", "127.0.0.1"]
        paths = {**os.environ, "PYTHONPATH": str(_ROOT), **_QUIET}
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log, env=paths)

    def wait(self) -> None:
        """Until every worker is there."""
        from distributed import Client

        with Client(self.address, timeout=60) as client:
            client.wait_for_workers(len(self.workers), timeout=60)

    def stop(self) -> None:
        """All of them at once."""
        for process in (*self.workers, self.scheduler):
            process.send_signal(signal.SIGKILL)
            process.wait()


def nearest(index: TitleIndex, queries: Sequence[str]) -> list[list[str]]:
    """Keys of the 20 titles nearest to each query."""
    return [[key for key, _ in index.search(query, 20)] for query in queries]
