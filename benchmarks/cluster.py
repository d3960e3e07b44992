"""Batches in shards: by one process, by two, by a Dask cluster of two workers, by one with a worker killed.

python -m benchmarks.cluster [--needs 20000] [--titles 100000]      (needs `make cluster`)

Each need asks the index of titles for its 20 nearest. The machinery is the product's own, and all four must
give the same answers.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import noise
from benchmarks.machines import Machines, nearest
from matching.titles import TitleIndex
from store.shards import Job, Shard, Through, alone, name_of, through
from store.shards.cluster import Cluster
from store.shards.kept import Kept
from store.shards.processes import Processes

_AT_ONCE = 100
Done = tuple[Shard, list[list[str]]]


def job(needs: int, titles: int) -> Job:
    """So many noisy queries over so many invented titles."""
    known = noise.titles(titles)
    index = TitleIndex((str(at), title) for at, title in enumerate(known))
    queries = [query for query, _ in noise.queries(known, needs)]
    shards = tuple(
        Shard(name_of([str(at)]), "", tuple(queries[at : at + _AT_ONCE]))
        for at in range(0, len(queries), _AT_ONCE)
    )
    return Job(name_of([str(needs), str(titles)]), nearest, shards, index, lambda _: index)


def by(crew: Processes | Cluster) -> Through:
    """A crew whose results are not kept."""
    return lambda asked: through(asked, crew, Kept(), lambda done, of: None)


def killing(machines: Machines, ask: Through) -> Through:
    """The same, with one worker killed after a quarter of the shards."""

    def run(asked: Job) -> Iterator[Done]:
        for at, done in enumerate(ask(asked)):
            if at == len(asked.shards) // 4:
                machines.workers[0].kill()
            yield done

    return run


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=20_000)
    parser.add_argument("--titles", type=int, default=100_000)
    options = parser.parse_args()
    asked = job(options.needs, options.titles)
    print(f"{options.needs:,} needs x {options.titles:,} titles, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        machines = Machines(Path(folder))
        machines.add_worker()
        machines.add_worker()
        try:
            machines.wait()
            there = by(Cluster(machines.address))
            first = measured("one process", alone, asked, None, machines)
            measured("two processes", by(Processes(2)), asked, first, machines)
            measured("Dask, two workers", there, asked, first, machines)
            measured(
                "Dask, one of two killed at a quarter",
                killing(machines, there),
                asked,
                first,
                machines,
            )
        finally:
            machines.stop()


Answers = tuple[float, dict[str, list[list[str]]]]


def processor(machines: Machines) -> float:
    """Seconds that this process, those it has waited for, and those of the cluster have worked."""
    own = sum(os.times()[:4])
    return own + sum(map(worked, (machines.scheduler, *machines.workers)))


def worked(process: subprocess.Popen[bytes]) -> float:
    """Seconds that another process has worked; one that was killed says nothing any more."""
    try:
        words = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def measured(
    name: str,
    ask: Callable[[Job], Iterator[Done]],
    asked: Job,
    to: Answers | None,
    machines: Machines,
) -> Answers:
    """A line of the table; the answers must be those of the first."""
    began, before = time.perf_counter(), processor(machines)
    found = {shard.name: answer for shard, answer in ask(asked)}
    spent, work = time.perf_counter() - began, processor(machines) - before
    if to is not None and found != to[1]:
        raise SystemExit(f"{name}: other answers")
    ratio = 1.0 if to is None else to[0] / spent
    rate = f"{asked.count / spent:,.0f}/s"
    print(f"| {name} | {spent:.1f} s | {rate} | {ratio:.2f} x | {work:.1f} s |", flush=True)
    return spent, found


if __name__ == "__main__":
    main()
