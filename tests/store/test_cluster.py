"""A real Dask cluster of processes on this machine: the same answers, whoever is killed meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.machines import Machines
from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import StoreError
from store.services import allocation, in_shards, pools
from store.shards import Job, Shard, alone, through
from store.shards.cluster import Cluster, is_installed
from store.shards.kept import Kept
from store.shards.processes import Processes
from tests.conftest import DAY
from tests.store.test_shards import rank_pairs

pytestmark = [
    pytest.mark.skipif(
        not is_installed(), reason="needs the extra `cluster`, which nothing else does"
    ),
    pytest.mark.filterwarnings("default"),  # the extra's own
]


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    made.add_worker()
    made.add_worker()
    made.wait()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def demo(demo_file: Path) -> Iterator[Store]:
    store = open_store(str(demo_file))
    yield store
    store.close()


@pytest.fixture(scope="module")
def job(demo: Store) -> Job:
    found = demo.read(in_shards.wanted, by=OPERATOR, today=DAY, top=2)
    return in_shards.ranking_job(found, rank_pairs, ("test",))


def quiet(done: int, of: int) -> None:
    """Nobody watches."""


def test_a_cluster_gives_the_answers_of_one_process(
    demo: Store, job: Job, machines: Machines
) -> None:
    cluster = Cluster(machines.address)
    expected = {shard.name: found for shard, found in alone(job)}
    assert {s.name: found for s, found in through(job, cluster, Kept(), quiet)} == expected

    def there(asked: Job) -> Iterator[tuple[Shard, object]]:
        return through(asked, cluster, Kept(), quiet)

    who: dict[str, Any] = {"by": OPERATOR, "today": DAY}
    assert demo.read(pools.radar, through=there, **who) == demo.read(pools.radar, **who)
    assert demo.read(allocation.outlook, through=there, **who) == demo.read(
        allocation.outlook, **who
    )


def test_a_killed_worker_costs_time_and_nothing_else(job: Job, machines: Machines) -> None:
    found: dict[str, Any] = {}
    for shard, answer in through(job, Cluster(machines.address), Kept(), quiet):
        if not found:
            machines.workers[0].kill()
        found[shard.name] = answer
    assert machines.workers[0].wait() == -signal.SIGKILL
    assert found == {shard.name: answer for shard, answer in alone(job)}


def test_a_killed_scheduler_is_said_and_the_run_goes_on(
    job: Job, machines: Machines, tmp_path: Path
) -> None:
    kept = Kept(tmp_path / "runs")
    running = through(job, Cluster(machines.address), kept, quiet)
    next(running)
    machines.scheduler.kill()
    with pytest.raises(StoreError, match="cluster_lost"):
        list(running)
    assert 0 < len(list((tmp_path / "runs" / job.key).iterdir())) < len(job.shards)
    with pytest.raises(StoreError, match="cluster_unreachable"):
        list(through(job, Cluster(machines.address), kept, quiet))
    answers = {s.name: found for s, found in through(job, Processes(2), kept, quiet)}
    assert answers == {shard.name: found for shard, found in alone(job)}


def test_a_cluster_without_workers_is_said(job: Job, machines: Machines) -> None:
    from distributed import Client

    for worker in machines.workers:
        worker.terminate()
        worker.wait()
    with Client(machines.address, timeout=60) as client:
        while client.scheduler_info(n_workers=1)["workers"]:
            client.sync(client.scheduler.identity)
    with pytest.raises(StoreError, match="cluster_empty"):
        list(through(job, Cluster(machines.address), Kept(), quiet))
