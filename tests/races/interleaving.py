"""Two acts, each in four steps, in every order the steps can come: as PostgreSQL's isolation tester does.

An act runs in a thread with a store of its own. It pauses after its first reading, before its first
change and before its commit. A step that has to wait for the other act's lock waits for its turn
again; where nobody can go on the test fails.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from sqlalchemy import Engine, event

from store import Store
from store.engine import sqlite_module
from store.errors import DuijieError
from tests.races.world import run_sql

STEPS = 4
_CHANGES = ("INSERT", "UPDATE", "DELETE")
_PATIENCE = 20.0
_LOOK = 0.002


def orders(steps: int = STEPS) -> Iterator[tuple[int, ...]]:
    """Every order of two acts' steps: 70 for four each."""
    for mine in combinations(range(2 * steps), steps):
        yield tuple(0 if at in mine else 1 for at in range(2 * steps))


@dataclass(slots=True)
class Act:
    """One act on its own store: where it stands, and what came of it."""

    store: Store
    run: Callable[[Store], Any]
    end: str = ""
    said: queue.Queue[str] = field(default_factory=queue.Queue)
    go: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    state: str = "new"
    pids: list[int] = field(default_factory=list)
    paused: set[str] = field(default_factory=set)
    is_free: bool = False

    def pause(self, where: str) -> None:
        """Stop at a place where the act stops once, until it is let go on."""
        if where in self.paused or self.is_free:
            return
        self.paused.add(where)
        self.tell("paused")

    def tell(self, word: str) -> None:
        """Say what is the matter and wait to be let go on."""
        self.said.put(word)
        if not self.go.acquire(timeout=_PATIENCE):
            raise TimeoutError("nobody lets this act go on")

    def work(self) -> None:
        """The thread: wait to be let go, act, say how it ended."""
        self.go.acquire(timeout=_PATIENCE)
        try:
            self.end = str(self.run(self.store) or "done")
        except DuijieError as error:
            self.end = f"{type(error).__name__} {error.code}"
        except Exception as error:  # noqa: BLE001 - told to the test by its end
            self.end = f"broken: {type(error).__name__}: {error}"
        self.said.put("done")


def play(
    order: Sequence[int], acts: tuple[Act, Act], watch: Callable[[Act], bool] = lambda act: False
) -> tuple[str, str]:
    """Let two acts go on by turns; how each ended. `watch` says whether an act waits for a lock."""
    threads = [threading.Thread(target=act.work, daemon=True) for act in acts]
    for act in acts:
        _hook(act)
    for thread in threads:
        thread.start()
    for number in order:
        _advance(acts[number], watch)
    for _ in range(4 * STEPS):
        for act in acts:
            _advance(act, watch)
        if all(act.state == "done" for act in acts):
            break
    for thread in threads:
        thread.join(_PATIENCE)
    assert all(act.state == "done" for act in acts), f"stuck: {[act.state for act in acts]}"
    return acts[0].end, acts[1].end


def _advance(act: Act, watch: Callable[[Act], bool]) -> None:
    """One step of an act, or none where it must wait for the other."""
    if act.state == "done":
        return
    if act.state != "in database":
        act.go.release()
    for _ in range(int(_PATIENCE / _LOOK)):
        try:
            act.state = act.said.get(timeout=_LOOK)
            return
        except queue.Empty:
            if watch(act):
                act.state = "in database"
                return
    raise TimeoutError("an act neither goes on nor waits for a lock")


def _hook(act: Act) -> None:
    """Pauses where a statement or the commit is about to be, or has just been, carried out."""
    engine: Engine = act.store._engine

    @event.listens_for(engine, "before_cursor_execute")
    def before(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(_CHANGES):
            act.pause("before the first change")

    @event.listens_for(engine, "after_cursor_execute")
    def after(_c: Any, _cur: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT") and "advisory" not in statement:
            act.pause("after the first reading")

    @event.listens_for(engine, "commit")
    def commit(_c: Any) -> None:
        act.pause("before the commit")


def waits_in_line(engine: Engine, act_of: Callable[[], Act]) -> None:
    """Make a SQLite engine say that it waits for a lock, instead of waiting inside the library."""
    module = sqlite_module()

    class Cursor(module.Cursor):  # type: ignore[misc, name-defined]
        def execute(self, statement: str, *args: Any) -> Any:
            while True:
                try:
                    return super().execute(statement, *args)
                except module.OperationalError as error:
                    if str(error) != "database is locked" or _is_hopeless(error):
                        raise
                    act_of().tell("waits")

    class Connection(module.Connection):  # type: ignore[misc, name-defined]
        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    @event.listens_for(engine, "do_connect")
    def factory(_dialect: Any, _record: Any, _args: Any, options: dict[str, Any]) -> None:
        options.update(factory=Connection, check_same_thread=False)

    @event.listens_for(engine, "connect")
    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=0").close()


def _is_hopeless(error: Exception) -> bool:
    """What was read is old: no waiting helps."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_BUSY_SNAPSHOT"


def waits_on_server(store: Store) -> Callable[[Act], bool]:
    """Asks PostgreSQL whether an act's connection waits for another's lock."""

    def watch(act: Act) -> bool:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid = ANY(:pids) AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        found: int = store.read(lambda s: run_sql(s, query, pids=act.pids).scalar_one())
        return found > 0

    return watch


def tells_its_pid(engine: Engine, act_of: Callable[[], Act]) -> None:
    """Remember the server's processes behind an engine's connections, which wait for as long as acts do.

    The product gives a lock up after five seconds; here the other act has it only until its turn comes.
    """

    @event.listens_for(engine, "connect")
    def remember(connection: Any, _record: Any) -> None:
        act_of().pids.append(connection.info.backend_pid)
        connection.execute(f"SET lock_timeout = {round(1000 * _PATIENCE)}")
        connection.commit()
