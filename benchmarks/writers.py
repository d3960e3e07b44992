"""Many processes booking seats in one store: who waits how long, and whether anybody starves."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from store import Store, create_store, open_store
from store.engine import sqlite_module, store_url
from store.errors import DuijieError
from store.models import AuditRow, RequestRow, RunRow
from tests.soak.work import Bookings

WORK = Bookings()
_PG = os.environ.get("DUIJIE_TEST_PG", "postgresql:///postgres")
_WHO = {"login": "bench", "role": "operator", "organisation": "BUREAU"}
_WHAT = {"act": "book", "kind": "run", "code": "R1"}
Book = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What one process saw: seconds of each booking, how many failed, how many came before the start."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    warmed: int = 0


def book_by_objects(session: Session, id: str) -> None:
    """The same seat, request and audit row with loaded objects and no chain."""
    run = session.get_one(RunRow, "R1", with_for_update=True)
    run.seats_left = (run.seats_left or 0) - 1
    run.claimed += 1
    session.add(RequestRow(**_WHAT, id=id, login=_WHO["login"]))
    session.add(AuditRow(**_WHO, **_WHAT, at=datetime.now(UTC), after="{}", request=id))


def through_store(location: str, *, queue: bool = True) -> Book:
    """The product's own way to write."""
    store = open_store(location)
    if not queue:
        store._queue = None
    return partial(store.write, WORK.write)


def row_locks(location: str) -> Book:
    """PostgreSQL as its users book: the row is locked, counted and written, nothing else waits."""
    sessions = sessionmaker(create_engine(store_url(location)))

    def write(id: str) -> None:
        with sessions.begin() as session:
            book_by_objects(session, id)

    return write


def plain_objects(location: str) -> Book:
    """SQLAlchemy as its documentation sets SQLite up for writers: WAL, BEGIN IMMEDIATE, 5 s of waiting."""
    engine = create_engine(
        f"sqlite:///{location}", module=sqlite_module(), connect_args={"timeout": 5}
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    sessions = sessionmaker(engine)

    def write(id: str) -> None:
        with sessions.begin() as session:
            book_by_objects(session, id)

    return write


def _operator(
    make: Callable[[], Book], gate: Barrier, seconds: float, think: float, out: Any
) -> None:
    write, mine = make(), Tally()
    name = uuid.uuid4().hex[:12]
    mine.warmed = _first(write, name)
    gate.wait()
    end, count = time.perf_counter() + seconds, 0
    while (started := time.perf_counter()) < end:
        count += 1
        try:
            write(f"{name}-{count}")
            mine.seconds.append(time.perf_counter() - started)
        except (DuijieError, DBAPIError):
            mine.errors += 1
        time.sleep(think)
    out.send(mine)


def _first(write: Book, name: str) -> int:
    """Connect and compile outside the measured time: one booking, tried until it works."""
    while True:
        try:
            write(f"{name}-0")
        except (DuijieError, DBAPIError):
            continue
        return 1


def run(make: Callable[[], Book], processes: int, seconds: float, think: float) -> list[Tally]:
    """What every process saw."""
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(processes)
    crew, ends = [], []
    for _ in range(processes):
        end, out = context.Pipe(duplex=False)
        crew.append(context.Process(target=_operator, args=(make, gate, seconds, think, out)))
        ends.append(end)
    for one in crew:
        one.start()
    tallies: list[Tally] = [end.recv() for end in ends]
    for one in crew:
        one.join()
    return tallies


def report(name: str, tallies: list[Tally], store: Store) -> None:
    """One line of the table; a store that does not hold what was acknowledged ends the run."""
    waits = sorted(1000 * s for tally in tallies for s in tally.seconds)
    counts = [len(tally.seconds) for tally in tallies]
    kept = store.read(lambda session: session.get_one(RunRow, "R1").claimed)
    claims = store.read(lambda session: len(session.execute(select(RequestRow.id)).all()))
    booked = sum(counts) + sum(tally.warmed for tally in tallies)
    assert kept == claims == booked, f"{name}: {booked} booked, {kept} counted, {claims} kept"
    p99 = waits[int(0.99 * (len(waits) - 1))]
    print(
        f"| {name} | {statistics.median(waits):.1f} | {p99:.1f} | {waits[-1]:.0f} "
        f"| {sum(tally.errors for tally in tallies)} "
        f"| {100 * min(counts) / statistics.mean(counts):.0f} % | {len(waits):,} |"
    )


def _stock(location: str) -> Store:
    store = create_store(location)
    store.write(WORK.prepare)
    return store


@contextmanager
def _server() -> Iterator[str]:
    """The URL of a database of one's own, dropped afterwards."""
    import psycopg

    name = f"duijie_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(_PG, autocommit=True, connect_timeout=3) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        try:
            yield f"{_PG.rpartition('/')[0]}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _one(name: str, location: str, make: Callable[[str], Book], options: Any) -> None:
    store = _stock(location)
    store.close()
    tallies = run(partial(make, location), options.processes, options.seconds, options.think / 1000)
    report(name, tallies, store)
    store.close()


def measure(options: argparse.Namespace) -> None:
    """Print the table."""
    print(
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), Python "
        f"{platform.python_version()}, SQLite {sqlite_module().sqlite_version}, synchronous=FULL; "
        f"{options.processes} processes for {options.seconds:g} s, {options.think:g} ms between a "
        "process's bookings; a booking is a seat taken, a request and an audit row"
    )
    print("| | p50 ms | p99 ms | max ms | errors | slowest process, of its fair share | booked |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name, make in (
        ("Store.write, SQLite", through_store),
        ("Store.write without its queue", partial(through_store, queue=False)),
        ("SQLAlchemy ORM, BEGIN IMMEDIATE", plain_objects),
    ):
        with tempfile.TemporaryDirectory() as folder:
            _one(name, str(Path(folder) / "writers.db"), make, options)
    try:
        import psycopg
    except ImportError:
        print("PostgreSQL is left out: psycopg is not installed")
        return
    try:
        with _server() as location:
            _one("Store.write, PostgreSQL", location, through_store, options)
        with _server() as location:
            _one("PostgreSQL row locks, SQLAlchemy ORM", location, row_locks, options)
    except psycopg.OperationalError as error:
        print(f"PostgreSQL is left out: {str(error).splitlines()[0]}")


def main() -> None:
    """Print one table for every number of processes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--processes", type=int, nargs="+", default=[64])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--think", type=float, default=20, help="milliseconds")
    options = parser.parse_args()
    for processes in options.processes:
        measure(argparse.Namespace(**{**vars(options), "processes": processes}))


if __name__ == "__main__":
    main()
