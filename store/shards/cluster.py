"""Shards done by the workers of a Dask cluster: the only module that knows the extra."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import logging
import pickle
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Any

from store.errors import StoreError
from store.shards import Job, Shard, Work
from store.shards.kept import pack

_PATIENCE = 15.0  # seconds until a scheduler has to answer
_LOOK = 5.0  # seconds between looks whether there still is anybody
_ALONE = 12  # looks at a cluster without workers until it is given up
_PARTS = 4  # parts of the market that a worker keeps ready
_PACKAGES = ("matching", "store", "tui")
_ROOT = Path(__file__).parents[2]


def is_installed() -> bool:
    """Whether the extra is there; nothing of it is imported."""
    return importlib.util.find_spec("distributed") is not None


class Cluster:
    """The workers behind the scheduler at an address such as `tcp://10.0.0.5:8786`.

    They are sent everything that they need; they open no store. Whatever breaks is a `StoreError`.
    """

    def __init__(self, address: str) -> None:
        if not is_installed():
            raise StoreError("cluster_missing")
        self._address = address

    def each(self, job: Job, shards: Sequence[Shard]) -> Iterator[tuple[Shard, bytes]]:
        """Every shard once with its packed result, in whatever order they are done."""
        import dask
        from distributed import Client

        for name in ("distributed", "distributed.client"):  # what breaks is told by us
            logging.getLogger(name).setLevel(logging.CRITICAL)
        quiet = {"distributed.admin.large-graph-warning-threshold": "1GB"}
        with dask.config.set(quiet):
            try:
                client = Client(self._address, timeout=_PATIENCE)
            except (OSError, ValueError, RuntimeError) as error:
                raise StoreError("cluster_unreachable", address=self._address) from error
            try:
                if not client.scheduler_info(n_workers=1)["workers"]:
                    raise StoreError("cluster_empty", address=self._address)
                yield from self._done(client, job, shards)
            finally:
                client.close(timeout=2)

    def _done(
        self, client: Any, job: Job, shards: Sequence[Shard]
    ) -> Iterator[tuple[Shard, bytes]]:
        left = self._submitted(client, job, shards)
        ready: SimpleQueue[Any] = SimpleQueue()
        for future in left:
            future.add_done_callback(ready.put)
        waits = 0
        while left:
            try:
                future = ready.get(timeout=_LOOK)
            except Empty:
                waits = self._looked(client, waits)
                continue
            waits = 0
            yield left.pop(future), self._result(future)
            future.release()

    def _submitted(self, client: Any, job: Job, shards: Sequence[Shard]) -> dict[Any, Shard]:
        """Every shard with the part it needs. Parts are tasks of their own: one that is lost with its
        worker is had again from the scheduler."""
        source = source_digest()
        parts: dict[str, Any] = {}
        left: dict[Any, Shard] = {}
        for shard in shards:
            if shard.part not in parts:
                packed = pickle.dumps(job.part(shard.part))
                name = hashlib.sha256(packed).hexdigest()
                parts[shard.part] = name, client.submit(as_it_is, packed, key=f"part-{name}")
            name, part = parts[shard.part]
            future = client.submit(
                do, part, name, job.work, shard.asked, source, key=f"{job.key}-{shard.name}"
            )
            left[future] = shard
        return left

    def _looked(self, client: Any, waits: int) -> int:
        """Look whether there still is anybody; how many looks in a row have found no worker."""
        if client.status != "running":
            raise StoreError("cluster_lost", address=self._address)
        waits = 0 if client.scheduler_info(n_workers=1)["workers"] else waits + 1
        if waits >= _ALONE:
            raise StoreError("cluster_empty", address=self._address)
        return waits

    def _result(self, future: Any) -> bytes:
        """A shard's packed result; how a worker failed as a sentence of ours, a mistake as it is."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        try:
            found: bytes = future.result(timeout=_PATIENCE)
        except (FutureCancelledError, OSError) as error:
            raise StoreError("cluster_lost", address=self._address) from error
        except KilledWorker as error:
            raise StoreError("workers_die") from error
        except ImportError as error:
            raise StoreError("cluster_differs", address=self._address) from error
        return found


@functools.cache
def source_digest() -> str:
    """A digest of this program's own code, by which a worker with another is refused."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for file in sorted((_ROOT / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def as_it_is(packed: bytes) -> bytes:
    """A part of the market on its way to workers."""
    return packed


def do(packed: bytes, name: str, work: Work, asked: Sequence[object], source: str) -> bytes:
    """One shard, on a worker; a part is made ready once and kept for the shards that follow."""
    if source != source_digest():
        raise ImportError("another version of the program")
    return pack(work(_part(name, packed), asked))


_ready: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def _part(name: str, packed: bytes) -> Any:
    with _lock:
        if name not in _ready:
            _ready[name] = pickle.loads(packed)
            while len(_ready) > _PARTS:
                _ready.popitem(last=False)
        _ready.move_to_end(name)
        return _ready[name]
