"""Ranking and matching over invented markets of thousands of courses, through a store file."""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from functools import partial

from benchmarks.desk import percentiles
from seed import bulk, reference
from store import Store, create_store
from store.schemas.actor import SYSTEM
from store.schemas.records import CentreDraft
from store.services import in_shards, matchmaking, records, subsidies
from store.services import reference as facts
from store.shards import through
from store.shards.kept import Kept
from store.shards.processes import Processes
from tui.cli import match

_SHOWN = 100


def main() -> None:
    """Print one line of numbers for a market of each size."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--courses", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--needs", type=int, default=1_000)
    options = parser.parse_args()
    for courses in options.courses:
        with tempfile.TemporaryDirectory() as folder:
            _measure(f"{folder}/scale.db", courses, options.needs)


def _measure(path: str, courses: int, needs: int) -> None:
    store = create_store(path)
    reference.load(store)
    store.write(records.register, CentreDraft(name="区局"), by=SYSTEM, code="BUREAU")
    sizes = bulk.Sizes.of(courses, needs=needs)
    started = time.perf_counter()
    made = bulk.load(store, sizes, 1, lambda done, total: None)
    spent = time.perf_counter() - started
    print(
        f"{courses:,} courses: {sum(made.values()) / spent:,.0f} records/s by seed bulk", end="; "
    )
    codes = store.read(matchmaking.open_needs, by=SYSTEM)
    print(f"one need warm: {percentiles(_one_by_one(store, codes[:_SHOWN]))}", end="; ")
    _all(store)


def _one_by_one(store: Store, codes: tuple[str, ...]) -> list[float]:
    """Seconds for each need, once everything was asked for before."""
    today = store.read(facts.today)
    spent: list[float] = []
    for _ in range(2):
        spent = []
        for code in codes:
            at = time.perf_counter()
            store.read(matchmaking.rank_bundles, code, by=SYSTEM, today=today)
            spent.append(time.perf_counter() - at)
    return spent


def _all(store: Store) -> None:
    jobs = os.cpu_count() or 1
    started = time.perf_counter()
    wanted = store.read(in_shards.wanted, by=SYSTEM, today=store.read(facts.today))
    pricing = store.read(subsidies.pricing, list(wanted.views.values()), by=SYSTEM)
    work = partial(match.tell, pricing=pricing, as_data=True, lang="en")
    job = in_shards.ranking_job(wanted, work, ())
    done = through(job, Processes(jobs), Kept(), lambda done, of: None)
    texts = [text for _, found in done for text in found]
    spent = time.perf_counter() - started
    peaks = [
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    print(
        f"match --all with {jobs} processes: {len(texts) / spent:.0f} needs/s, "
        f"peak {peaks[0]:.0f} MB and {peaks[1]:.0f} MB a process"
    )


if __name__ == "__main__":
    main()
