"""Long work in shards: done by processes of this machine or by a cluster, and gone on with after a stop.

What is worked out is decided by the caller's snapshot, never by who works: a shard's result is the same
wherever and however often it is done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from store.shards.kept import Kept

Work = Callable[[Any, Sequence[Any]], Any]


@dataclass(frozen=True, slots=True)
class Shard:
    """Some of what is asked, named after it; `part` is the part of the snapshot that it needs."""

    name: str
    part: str
    asked: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked in shards of one snapshot.

    `key` says what all of the answer depends on but the shards. `work` is a function of an importable
    module, or a `partial` of one. It is given `whole` where memory is shared, else `part` of a shard.
    """

    key: str
    work: Work
    shards: tuple[Shard, ...]
    whole: Any
    part: Callable[[str], Any]

    @property
    def count(self) -> int:
        """How many things are asked in all."""
        return sum(len(shard.asked) for shard in self.shards)


Through = Callable[[Job], Iterator[tuple[Shard, Any]]]


class Crew(Protocol):
    """Whoever does shards."""

    def each(self, job: Job, shards: Sequence[Shard]) -> Iterator[tuple[Shard, bytes]]:
        """Every shard once with its packed result, in whatever order they are done."""


def name_of(words: Sequence[str]) -> str:
    """A short name for what is said by some words, always the same."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:24]


def alone(job: Job) -> Iterator[tuple[Shard, Any]]:
    """The shards of a job one by one, in this process."""
    for shard in job.shards:
        yield shard, job.work(job.whole, shard.asked)


def through(
    job: Job, crew: Crew, kept: Kept, progress: Callable[[int, int], None]
) -> Iterator[tuple[Shard, Any]]:
    """The shards of a job: those an earlier run has kept at once, the others as a crew does them.

    Each is kept as it comes, and all are dropped once the last was taken; whoever stops before goes on there.
    """
    left, done = [], 0
    for shard in job.shards:
        found = kept.read(job.key, shard.name)
        if found is None:
            left.append(shard)
            continue
        done += len(shard.asked)
        progress(done, job.count)
        yield shard, found[0]
    for shard, packed in crew.each(job, left) if left else ():
        kept.keep(job.key, shard.name, packed)
        done += len(shard.asked)
        progress(done, job.count)
        yield shard, kept.unpacked(packed)
    kept.drop(job.key)
