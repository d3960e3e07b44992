"""Long work in shards: the same answers whoever does it, and nothing done twice after a stop."""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from matching.parts import rank_part
from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import StoreError
from store.services import allocation, in_shards, pools
from store.services.in_shards import Wanted
from store.shards import Crew, Job, Shard, alone, through
from store.shards.cluster import Cluster, is_installed
from store.shards.kept import Kept, pack
from store.shards.processes import Processes
from tests.conftest import DAY
from tui import settings
from tui.cli.match import tell


class Counting:
    """A crew that does shards here and stops before it has done more than so many."""

    def __init__(self, most: int = 10_000) -> None:
        self.done: list[str] = []
        self._most = most

    def each(self, job: Job, shards: Sequence[Shard]) -> Iterator[tuple[Shard, bytes]]:
        """Every shard, until it is stopped."""
        for shard in shards:
            if len(self.done) == self._most:
                raise KeyboardInterrupt
            self.done.append(shard.name)
            yield shard, pack(job.work(job.whole, shard.asked))


@pytest.fixture(scope="module")
def demo(demo_file: Path) -> Iterator[Store]:
    store = open_store(str(demo_file))
    yield store
    store.close()


@pytest.fixture(scope="module")
def wanted(demo: Store) -> Wanted:
    return demo.read(in_shards.wanted, by=OPERATOR, today=DAY, top=2)


def rankings(found: Wanted) -> Job:
    """The job of `match --all` without its words."""
    job = in_shards.ranking_job(found, rank_pairs, ("test",))
    return Job(job.key, job.work, job.shards[:4], job.whole, job.part)


def rank_pairs(part: object, pairs: Sequence[tuple[object, object]]) -> object:
    """Rankings of what is asked together with views."""
    return rank_part(part, [one for one, _ in pairs])  # type: ignore[arg-type,misc]


def answers(job: Job, crew: Crew, kept: Kept) -> dict[str, object]:
    return {s.name: found for s, found in through(job, crew, kept, lambda done, of: None)}


def test_every_crew_gives_the_answers_of_one_process(wanted: Wanted, tmp_path: Path) -> None:
    job = rankings(wanted)
    expected = {shard.name: found for shard, found in alone(job)}
    assert answers(job, Processes(2), Kept(tmp_path)) == expected
    for shard in job.shards:
        part = pickle.loads(pickle.dumps(job.part(shard.part)))
        assert job.work(part, shard.asked) == expected[shard.name]
    codes = [view.code for shard in job.shards for _, view in shard.asked]
    assert len(set(codes)) == len(codes)


def test_a_stopped_run_goes_on_where_it_was(wanted: Wanted, tmp_path: Path) -> None:
    job, kept = rankings(wanted), Kept(tmp_path / "runs")
    first, second, whole = Counting(2), Counting(), Counting()
    with pytest.raises(KeyboardInterrupt):
        answers(job, first, kept)
    files = sorted((tmp_path / "runs" / job.key).iterdir())
    assert [file.name for file in files] == sorted(first.done)
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    files[0].write_bytes(files[0].read_bytes()[:-1])  # cut off by a power failure: done again
    found = answers(job, second, kept)
    assert sorted(second.done) == sorted({s.name for s in job.shards} - {files[1].name})
    assert found == answers(job, whole, Kept())
    assert not (tmp_path / "runs" / job.key).exists()


def test_what_was_kept_cannot_do_anything(tmp_path: Path) -> None:
    for evil in (os.system, settings.runs_folder, time.sleep):
        with pytest.raises(pickle.UnpicklingError):
            Kept.unpacked(pickle.dumps(evil))


def test_work_goes_on_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("no folder")
    kept = Kept(tmp_path / "runs")
    kept.keep("run", "shard", pack(1))
    assert kept.read("run", "shard") is None


def test_old_leftovers_are_forgotten(tmp_path: Path) -> None:
    Kept(tmp_path).keep("old", "shard", pack(1))
    Kept(tmp_path).keep("new", "shard", pack(2))
    os.utime(tmp_path / "old", (1, 1))
    kept = Kept(tmp_path)
    assert kept.read("old", "shard") is None
    assert kept.read("new", "shard") == (2,)


def once_killed(flag: str, asked: Sequence[int]) -> list[int]:
    """Squares; whoever comes first is killed by nine."""
    if asked[0] == 3:
        try:
            os.close(os.open(flag, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            pass
        else:
            os.kill(os.getpid(), signal.SIGKILL)
    return [number * number for number in asked]


def always_killed(flag: str, asked: Sequence[int]) -> None:
    """Nothing ever."""
    os.kill(os.getpid(), signal.SIGKILL)


def numbers(work: object, flag: Path) -> Job:
    shards = tuple(Shard(f"s{at}", "", (at, at + 1)) for at in range(8))
    return Job("numbers", work, shards, str(flag), lambda _: str(flag))  # type: ignore[arg-type]


def test_a_killed_process_costs_time_and_nothing_else(tmp_path: Path) -> None:
    found = answers(numbers(once_killed, tmp_path / "flag"), Processes(2), Kept())
    assert (tmp_path / "flag").exists()
    assert found == {f"s{at}": [at * at, (at + 1) ** 2] for at in range(8)}
    with pytest.raises(StoreError, match="workers_die"):
        answers(numbers(always_killed, tmp_path / "flag"), Processes(2), Kept())


def test_pools_and_plan_are_the_same_in_shards(demo: Store) -> None:
    def by_two(job: Job) -> Iterator[tuple[Shard, object]]:
        return through(job, Processes(2), Kept(), lambda done, of: None)

    who: dict[str, Any] = {"by": OPERATOR, "today": DAY}
    assert demo.read(pools.radar, through=by_two, **who) == demo.read(pools.radar, **who)
    one, two = (demo.read(allocation.outlook, through=t, **who) for t in (None, by_two))
    assert one == two


def test_each_language_and_form_is_a_run_of_its_own(wanted: Wanted) -> None:
    work = partial(tell, as_data=True, lang="en")
    keys = {
        in_shards.ranking_job(wanted, work, words).key
        for words in (("match", "zh", "True"), ("match", "en", "True"), ("match", "en", "False"))
    }
    assert len(keys) == 3


def test_without_the_extra_a_cluster_is_refused_in_words() -> None:
    if is_installed():
        pytest.skip("the extra is installed")
    with pytest.raises(StoreError, match="cluster_missing"):
        Cluster("tcp://127.0.0.1:1")
