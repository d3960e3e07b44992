"""The queue before the write lock: order, the dead, the time limit, and where there is none."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from store import Store, queue
from store.engine import make_engine, store_url
from store.errors import StoreBusyError, StoreError

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(not queue.has_queues(), reason="no locks of open files here")
_HOLD = (
    "import os, sys, time\n"
    "from pathlib import Path\n"
    "from store.queue import turn\n"
    "with turn(Path(sys.argv[1])):\n"
    "    if 'fork' in sys.argv and os.fork() == 0:\n"
    "        print(os.getpid(), flush=True)\n"
    "        sys.stdin.read()\n"
    "        os._exit(0)\n"
    "    print('in', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A queue file of one's own."""
    return tmp_path / "q.db-queue"


@contextmanager
def process(place: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that takes its turn, says `in`, and stays until its input ends."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(place), *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def said(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def drawn(place: Path) -> int:
    """How many tickets were drawn so far."""
    return int.from_bytes(place.read_bytes(), "little") if place.exists() else 0


def until_drawn(place: Path, tickets: int) -> None:
    """Wait until so many tickets are drawn: who has drawn one has its place."""
    end = time.monotonic() + 30
    while drawn(place) < tickets:
        assert time.monotonic() < end
        os.sched_yield()


def test_who_comes_first_goes_first(place: Path) -> None:
    order: list[int] = []

    def come(number: int) -> None:
        with queue.turn(place):
            order.append(number)

    with ThreadPoolExecutor(20) as writers, queue.turn(place):
        for number in range(20):
            writers.submit(come, number)
            until_drawn(place, number + 2)
        assert order == []
    assert order == list(range(20))


def test_one_who_hurries_does_not_pass_one_who_waits(place: Path) -> None:
    """Nobody starves: between two turns of the same writer, everyone who waited had one."""
    order: list[str] = []

    def come(name: str, times: int) -> None:
        for _ in range(times):
            with queue.turn(place):
                order.append(name)
                drawn_before = drawn(place)
                if times == 1:
                    continue
                other = threading.Thread(target=come, args=(f"waited {len(order)}", 1))
                other.start()
                waiting.append(other)
                until_drawn(place, drawn_before + 1)

    waiting: list[threading.Thread] = []
    come("hurried", 5)
    for thread in waiting:
        thread.join()
    assert order[::2] == ["hurried"] * 5
    assert all(name.startswith("waited") for name in order[1::2])


def test_a_dead_holder_gives_its_turn_back_at_once(place: Path) -> None:
    with process(place) as child:
        assert said(child) == "in"
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=5)
        started = time.monotonic()
        with queue.turn(place):
            assert time.monotonic() - started < 1


def test_one_who_dies_waiting_lets_nobody_in_early(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    looks, pause = threading.Semaphore(0), queue._pause

    def look(seconds: float, until: float) -> None:
        looks.release()
        pause(seconds, until)

    monkeypatch.setattr(queue, "_pause", look)

    def come() -> None:
        with queue.turn(place):
            order.append("came")

    with queue.turn(place):
        with process(place) as child:
            until_drawn(place, 2)
            thread = threading.Thread(target=come)
            thread.start()
            until_drawn(place, 3)
            child.send_signal(signal.SIGKILL)
            child.wait(timeout=5)
        for _ in range(20):  # it still looks, again and again
            assert looks.acquire(timeout=5)
        order.append("left")
    thread.join()
    assert order == ["left", "came"]


def test_a_forked_child_holds_nobody_up(place: Path) -> None:
    with process(place, "fork") as child:
        words = {said(child), said(child)}
        assert "in" in words
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=5)
        grandchild = int((words - {"in"}).pop())
        os.kill(grandchild, 0)  # it lives
        started = time.monotonic()
        with queue.turn(place):
            assert time.monotonic() - started < 1
        os.kill(grandchild, signal.SIGKILL)


def test_who_waits_too_long_is_told(bare: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    path = queue.queue_file(Path(bare.url.database or ""))
    monkeypatch.setattr(queue, "LIMIT", 0.2)
    with process(path) as child:
        assert said(child) == "in"
        with pytest.raises(StoreBusyError):
            bare.write(lambda session: session.execute(text("SELECT 1")))
        with pytest.raises(StoreBusyError):
            bare.rehearse(lambda session: session.execute(text("SELECT 1")))
        assert bare.read(lambda session: session.scalar(text("SELECT 1"))) == 1
    bare.write(lambda session: session.execute(text("SELECT 1")))


def test_a_failed_write_gives_its_turn_back(bare: Store) -> None:
    def fail(session: Session) -> None:
        raise ValueError("mine")

    for _ in range(3):
        with pytest.raises(ValueError, match="mine"):
            bare.write(fail)
    bare.write(lambda session: session.execute(text("SELECT 1")))


def test_the_queue_is_its_owners_alone_and_no_link(bare: Store, tmp_path: Path) -> None:
    path = queue.queue_file(Path(bare.url.database or ""))
    bare.write(lambda session: session.execute(text("SELECT 1")))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="store_failed"):
        bare.write(lambda session: session.execute(text("SELECT 1")))
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("location", [":memory:", "postgresql://localhost/nothing"])
def test_servers_and_memory_have_no_queue(location: str) -> None:
    store = Store(make_engine(store_url(location)))
    assert store._queue is None
    store.close()
