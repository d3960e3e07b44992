"""Shards done by processes that are forked from this one and share what it has loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context

from store.errors import StoreError
from store.shards import Job, Shard
from store.shards.kept import pack

_IN_VAIN = 3
_jobs: list[Job] = []  # what a forked process finds


class Processes:
    """So many processes of this machine; with one the work is done here.

    A process that dies takes its shards' time along and nothing else: others are forked for what is left.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def each(self, job: Job, shards: Sequence[Shard]) -> Iterator[tuple[Shard, bytes]]:
        """Every shard once with its packed result, in whatever order they are done."""
        left = dict(enumerate(shards))
        in_vain = 0
        while left and min(self._count, len(left)) > 1:
            before = len(left)
            with suppress(BrokenProcessPool):
                yield from self._forked(job, left)
            in_vain = in_vain + 1 if len(left) == before else 0
            if in_vain == _IN_VAIN:
                raise StoreError("workers_die")
        for shard in left.values():
            yield shard, pack(job.work(job.whole, shard.asked))

    def _forked(self, job: Job, left: dict[int, Shard]) -> Iterator[tuple[Shard, bytes]]:
        """What processes that are forked now get done of what is left."""
        _jobs.append(job)
        gc.collect()
        gc.freeze()  # what is known stays shared: the children's collectors do not touch it
        pool = ProcessPoolExecutor(min(self._count, len(left)), get_context("fork"))
        try:
            asked: dict[Future[bytes], int] = {
                pool.submit(_do, shard.asked): at for at, shard in left.items()
            }
            for future in as_completed(asked):
                packed = future.result()
                yield left.pop(asked[future]), packed
        finally:
            pool.shutdown(cancel_futures=True)
            gc.unfreeze()
            _jobs.pop()


def _do(asked: tuple[object, ...]) -> bytes:
    job = _jobs[-1]
    return pack(job.work(job.whole, asked))
