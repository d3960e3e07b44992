"""The one place that begins, commits, rolls back, and names expected failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session, sessionmaker

from store import ledger, place
from store.digest import digest_file
from store.engine import (
    for_reading,
    for_writing,
    go_behind_wall,
    make_engine,
    other_order,
    second_engine,
    sqlite_path,
    store_url,
    wait_turn,
    walls,
)
from store.errors import (
    ConflictError,
    DuijieError,
    InvalidError,
    NotAllowedError,
    StoreBusyError,
    StoreError,
)
from store.queue import has_queues, queue_file, turn
from store.replica import Replica
from store.schemas.actor import TENANTS, WALLED, Actor
from store.watching import Watch, watch

P = ParamSpec("P")
T = TypeVar("T")
Service = Callable[Concatenate[Session, P], T]

_log = logging.getLogger(__name__)

SCHEMA_VERSION = "0021"
MOVING = "moving"  # stands in its place in a database that a store is being moved into
# What a driver says of a broken constraint is cut down to the names of constraints and columns in it.
_CONSTRAINT = re.compile(r"\b(?:[a-z_]+\.[a-z_]+|(?:uq|ck|fk|pk)_[a-z_]+)\b")
_GUARD = re.compile(
    r"guard: ([a-z_]+)|\bex_([a-z_]+)|\bck_(?:run|slot|assessment)_(claimed|[a-z_]+)_range"
)
# How PostgreSQL refuses a row, or a column or table, to the role of the second wall.
_WALLED = re.compile(r"(?:row-level security policy for|permission denied for) table \"?(\w+)")
_IO = "disk I/O error"
_BUSY = ("database is locked", "lock timeout", "deadlock detected")
_FULL = ("too many clients", "too many connections", "connection slots are reserved")


class Store:
    """One database; every call is one short transaction."""

    def __init__(self, engine: Engine, second: Engine | None = None) -> None:
        self.url = engine.url
        self._engine = engine
        self._shared: dict[str, Any] = {}
        self._standing: Callable[[Session], None] | None = None
        self._reading = sessionmaker(for_reading(engine), autoflush=False, info=self._shared)
        self._writing = sessionmaker(for_writing(engine), info=self._shared)
        self._path = sqlite_path(engine.url)
        self._queue = queue_file(self._path) if self._path and has_queues() else None
        self._replica = Replica(engine, second, self._shared) if second is not None else None
        self._watch: Watch | None = None
        self._heard: int | None = None
        self._walls: frozenset[str] | None = None

    def read(self, service: Service[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service on one snapshot; whatever it changes is thrown away."""
        with self._refusals(args, kwargs), expected_failures(self._path):
            second = self._replica.session() if self._replica is not None else None
            if self._replica is not None and second is not None:
                with self._replica.refused(), second as session:
                    return self._looked(session, service, *args, **kwargs)
            with self._reading() as session:
                return self._looked(session, service, *args, **kwargs)

    def _looked(
        self, session: Session, service: Service[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        self._behind_wall(session, _actor(args, kwargs), writing=False)
        return self._run(session, service, *args, **kwargs)

    def write(self, service: Service[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service in one transaction that holds the write lock from its first statement.

        Writers of a SQLite file get their turn in the order in which they came.
        """
        try:
            with self._refusals(args, kwargs), self._turn(), self._writing.begin() as session:
                wait_turn(session)
                self._behind_wall(session, _actor(args, kwargs), writing=True)
                return self._run(session, service, *args, **kwargs)
        finally:
            if self._replica is not None:
                self._replica.stir()

    def rehearse(self, service: Service[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a service as `write` would, then throw everything away: a dry run."""
        with self._refusals(args, kwargs), self._turn(), self._writing() as session:
            wait_turn(session)
            self._behind_wall(session, _actor(args, kwargs), writing=True)
            return self._run(session, service, *args, **kwargs)

    def ask_first(self, standing: Callable[[Session], None] | None) -> None:
        """From now on begin every transaction with this, which raises when the person is to go."""
        self._standing = standing

    def _run(
        self, session: Session, service: Service[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._standing is not None:
            self._standing(session)
        return service(session, *args, **kwargs)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with expected_failures(self._path), turn(self._queue):
            yield

    @contextmanager
    def _refusals(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Iterator[None]:
        """Write down that an act was refused, in a transaction of its own, since the other is rolled back."""
        try:
            yield
        except NotAllowedError as error:
            by = error.by if isinstance(error.by, Actor) else _actor(args, kwargs)
            if by is not None:
                error.by = by  # whoever is told, is told what is true for them
                self._note_refusal(error, by)
            raise

    def _behind_wall(self, session: Session, by: Actor | None, *, writing: bool) -> None:
        """What a tenant does, PostgreSQL itself looks over, where the second wall was built."""
        if by is None or by.role not in (WALLED if writing else TENANTS):
            return
        if self._walls is None:
            self._walls = walls(self._engine)
        if ("write" if writing else "read") in self._walls:
            go_behind_wall(session, by.role.value, by.organisation, writing=writing)

    def _note_refusal(self, error: NotAllowedError, by: Actor) -> None:
        try:
            with self._turn(), self._writing.begin() as session:
                wait_turn(session)
                ledger.note_refusal(session, error, by)
        except DuijieError:
            _log.exception("a refusal could not be written down")

    def stir(self) -> int | None:
        """A number that is another one once anybody has committed; None where that cannot be said now."""
        if self._watch is None:
            self._watch = watch(self._engine)
        number, before = self._watch.number(), self._heard
        self._heard = number
        if self._replica is not None and (number is None or number != before):
            self._replica.stir()
        return number

    def tell_aside(self, tell: Callable[[StoreError], None]) -> None:
        """From now on say with this that a second server, which was to answer reads, does not, and why."""
        if self._replica is not None:
            self._replica.tell_aside(tell)

    def lend(self, name: str, tool: object) -> None:
        """Let every session find a tool of this program under `Session.info`."""
        self._shared[name] = tool

    def close(self) -> None:
        """Give the connections back."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._replica is not None:
            self._replica.close()
        self._engine.dispose()


def _actor(args: Sequence[object], kwargs: Mapping[str, object]) -> Actor | None:
    """Who acts, among what a service is given."""
    return next((one for one in (*kwargs.values(), *args) if isinstance(one, Actor)), None)


@contextmanager
def expected_failures(path: Path | None = None) -> Iterator[None]:
    """Turn what a driver raises, about a SQLite file, into failures that a person can act on."""
    try:
        yield
    except IntegrityError as error:
        raise _broken_constraint(error) from error
    except PoolTimeoutError as error:
        raise StoreBusyError from error
    except DBAPIError as error:
        walled = _WALLED.search(str(error.orig))
        if walled is not None:
            raise NotAllowedError("edit", walled.group(1)) from error
        if isinstance(error, ProgrammingError | DataError):
            raise
        if path is not None and _IO in str(error.orig) and place.is_full(path):
            raise StoreError("disk_full") from error
        raise failure(str(error.orig)) from error


def failure(cause: str) -> DuijieError:
    """What a driver said, as a failure that a person can act on."""
    for words, error in (
        (_BUSY, StoreBusyError()),
        (_FULL, StoreError("server_full")),
        (("disk is full",), StoreError("disk_full")),
        (("malformed", "not a database"), StoreError("store_damaged", cause=cause)),
    ):
        if any(word in cause for word in words):
            return error
    return StoreError("store_failed", cause=cause.splitlines()[0])


def _broken_constraint(error: IntegrityError) -> InvalidError | ConflictError:
    cause = str(error.orig)
    guard = _GUARD.search(cause)
    if guard:
        return ConflictError("guard", guard=next(part for part in guard.groups() if part))
    names = ", ".join(dict.fromkeys(_CONSTRAINT.findall(cause))) or type(error.orig).__name__
    if "UNIQUE" in cause.upper():
        return ConflictError("already_there", constraint=names)
    return InvalidError("constraint", constraint=names)


def open_store(location: str, read_location: str | None = None) -> Store:
    """A store at a path or URL whose schema this program knows; it is never created or upgraded here.

    What is only read is asked of the server at `read_location`, which follows the store's own, as long
    as it has all it must: see `store.replica`.
    """
    url = store_url(location)
    path = sqlite_path(url)
    second = None if read_location is None else second_engine(url, store_url(read_location))
    if path is not None and not path.exists():
        raise StoreError("no_store", location=location)
    if path is not None and digest_file(path).exists():
        raise StoreError("is_backup", location=location)
    if path is not None:
        place.refuse_network(path)
    engine = make_engine(url)
    try:
        found = schema_version(engine)
    except DBAPIError as error:
        raise _unopened(location, path, error) from error
    if found != SCHEMA_VERSION:
        code = _why_not(engine, found)
        engine.dispose()
        raise StoreError(code, location=location, found=found, known=SCHEMA_VERSION)
    if path is not None:
        place.refuse_exposed(path)
    return Store(engine, second)


def _unopened(location: str, path: Path | None, error: DBAPIError) -> StoreError:
    """Why a store does not open; SQLite does not say that a full disk is the cause."""
    if path is not None and _IO in str(error.orig) and place.is_full(path):
        return StoreError("disk_full")
    if any(words in str(error.orig) for words in _FULL):
        return StoreError("server_full")
    return StoreError("cannot_open", location=location, cause=str(error.orig))


def _why_not(engine: Engine, found: str | None) -> str:
    """Why a database is not a store of this program: empty, somebody else's, half moved, older or newer."""
    if found == MOVING:
        return "half_moved"
    if found is not None:
        return "schema_newer" if found > SCHEMA_VERSION else "schema_differs"
    with engine.connect() as connection:
        return "not_a_store" if inspect(connection).get_table_names() else "schema_missing"


def create_store(location: str) -> Store:
    """A new store, or an older one brought up to date, with every migration applied."""
    from store.migrations import upgrade

    url = store_url(location)
    path = sqlite_path(url)
    if path is not None:
        try:
            place.make_place(path)
        except OSError as error:
            raise StoreError("cannot_open", location=location, cause=str(error)) from error
        place.refuse_exposed(path)
    engine = make_engine(url)
    try:
        if schema_version(engine) is None:
            _refuse_order(engine)
        upgrade(engine)
    except DBAPIError as error:
        raise _unopened(location, path, error) from error
    return Store(engine)


def _refuse_order(engine: Engine) -> None:
    """Refuse a server's database in which lists would be in another order than in a file."""
    order = other_order(engine)
    if order is not None:
        engine.dispose()
        raise StoreError("collation_differs", found=order)


def upgrade_store(location: str) -> None:
    """Bring a store up to this program's schema; one that is up to date is left as it is."""
    try:
        open_store(location).close()
    except StoreError as error:
        if error.code != "schema_differs":
            raise
        create_store(location).close()


def schema_version(engine: Engine) -> str | None:
    """The migration the schema stands at, None for an empty database."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found) if found is not None else None
