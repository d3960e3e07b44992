"""Results of shards as files of one person, so that a run that was stopped need not begin anew."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import pickle
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_log = logging.getLogger(__name__)
_DIGEST = 32
_DAYS = 7
# What results are made of: values of the engine and of the calendar, nothing that does anything.
_PLAIN = ("matching.types", "matching.pooling", "matching.weekly", "matching.grading")
_DATES = ("date", "time", "datetime", "timedelta")


class Kept:
    """A folder with a folder a run, a file a shard. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        if folder is not None and folder.is_dir():
            _drop_old(folder)

    def read(self, run: str, shard: str) -> tuple[Any] | None:
        """What was kept of a shard; None where that is nothing, or is damaged."""
        if self._folder is None:
            return None
        try:
            found = (self._folder / run / shard).read_bytes()
        except OSError:
            return None
        packed = found[_DIGEST:]
        is_whole = hashlib.sha256(packed).digest() == found[:_DIGEST]
        return (self.unpacked(packed),) if is_whole else None

    def keep(self, run: str, shard: str, packed: bytes) -> None:
        """Keep the result of a shard; it gets its name once it is whole, and twice is once.

        Where that cannot be, as on a full disk, the work goes on and nothing more is kept.
        """
        if self._folder is None:
            return
        try:
            _write(self._folder / run, shard, packed)
        except OSError:
            _log.exception("results can no longer be kept")
            self._folder = None

    def drop(self, run: str) -> None:
        """Forget a run."""
        if self._folder is not None:
            shutil.rmtree(self._folder / run, ignore_errors=True)

    @staticmethod
    def unpacked(packed: bytes) -> Any:
        """A result as it was before `pack`."""
        return _Plain(io.BytesIO(packed)).load()


def _write(of_run: Path, shard: str, packed: bytes) -> None:
    of_run.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = of_run / f".{shard}.{os.getpid()}"
    part.unlink(missing_ok=True)
    made = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(made, "wb") as file:
        file.write(hashlib.sha256(packed).digest() + packed)
    part.replace(of_run / shard)


def pack(result: object) -> bytes:
    """A result as bytes."""
    return pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)


class _Plain(pickle.Unpickler):
    """Reads values only: a file that names any other function or class is refused."""

    def find_class(self, module: str, name: str) -> Callable[..., Any]:
        """A class that results may be made of."""
        if module in _PLAIN or (module == "datetime" and name in _DATES):
            found: Any = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a result")


def _drop_old(folder: Path) -> None:
    """Forget runs that nobody went on with for a week."""
    oldest = time.time() - _DAYS * 86_400
    for run in folder.iterdir():
        with suppress(FileNotFoundError):  # another command of this person has just dropped it
            if run.stat().st_mtime < oldest:
                shutil.rmtree(run, ignore_errors=True)
