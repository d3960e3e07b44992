"""URL to Engine; with `text_index`, `watching`, `backups` and `moves`, all that speaks a dialect."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    Boolean,
    Connection,
    Date,
    DateTime,
    Double,
    Engine,
    Float,
    String,
    Text,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.util import LRUCache

from store.errors import InvalidError, StoreError
from store.sensitive import SHORTEST, holds_number

P = ParamSpec("P")
T = TypeVar("T")

CHANNEL = "duijie_change"
WALL = "duijie_app"  # the role that PostgreSQL shows only what a tenant may read
_WORDS = ("a", "B", "b", "-b", "_", "é", "培", "电", "焊", "艾", "ａ")
_TURN = text(f"SELECT pg_advisory_xact_lock(7436), pg_notify('{CHANNEL}', '')")
_FIXED_IN = (3, 51, 3)
_STATEMENTS = 500  # as many as an engine keeps of its own
_practised: list[Engine] = []
_BACKPORTS = {(3, 44): 6, (3, 50): 7}
# Each setting, what is written and what is read back.
_PRAGMAS: Mapping[str, tuple[str, str | int]] = {
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "busy_timeout": ("5000", 5000),
    "foreign_keys": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "cell_size_check": ("ON", 1),
    "secure_delete": ("ON", 1),
    "journal_size_limit": ("67108864", 67108864),
    "wal_autocheckpoint": ("1000", 1000),
    "recursive_triggers": ("ON", 1),
}


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the bug that can corrupt a WAL file shared by processes."""
    back = _BACKPORTS.get((version[0], version[1]))
    return version >= _FIXED_IN or (back is not None and version[2] >= back)


def sqlite_module() -> Any:
    """The bundled SQLite where it is installed, else the standard library's if that one is safe."""
    try:
        import pysqlite3.dbapi2 as bundled
    except ImportError:
        if not is_safe_sqlite(sqlite3.sqlite_version_info):
            raise StoreError("unsafe_sqlite", version=sqlite3.sqlite_version) from None
        return sqlite3
    return bundled


def store_url(text: str) -> URL:
    """A database URL from a URL or from the path of a SQLite file."""
    if "://" in text:
        try:
            url = make_url(text)
            url.get_dialect()
        except (ArgumentError, ModuleNotFoundError, ValueError) as error:
            raise StoreError("cannot_open", location=text, cause=str(error)) from error
        return url.set(drivername="postgresql+psycopg") if url.drivername == "postgresql" else url
    return URL.create("sqlite", database=str(Path(text).expanduser()))


def sqlite_path(url: URL) -> Path | None:
    """The file behind a SQLite URL, None for a server and for a database in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def make_engine(url: URL) -> Engine:
    """An engine with short, explicit transactions; `begin_mode` of the execution options sets the kind."""
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url,
            pool_size=1,  # a desk that waits for its person keeps this one and the one it listens on
            max_overflow=4,
            hide_parameters=True,
            connect_args={"options": "-c lock_timeout=5000"},
        )
        event.listen(engine, "before_cursor_execute", _refuse_personal)
        return engine
    engine = create_engine(
        url, module=sqlite_module(), hide_parameters=True, connect_args={"timeout": 5}
    )
    event.listen(engine, "before_cursor_execute", _refuse_personal)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    for practised in _practised:
        engine.dialect = practised.dialect
        engine.update_execution_options(**practised.get_execution_options())
    return engine


def practise(engine: Engine) -> None:
    """From now on every engine of a SQLite file in this process begins with what this one compiles.

    It has no connection to share: what is kept are statements in SQL, which are the same for every file.
    """
    engine.update_execution_options(compiled_cache=LRUCache(_STATEMENTS))
    _practised[:] = [engine]


def second_engine(first: URL, second: URL) -> Engine:
    """An engine for a server that follows another; one that does not answer is given up after 3 s."""
    for url in (first, second):
        if url.get_backend_name() != "postgresql":
            raise InvalidError("replica_file", location=url.render_as_string())
    return make_engine(second.update_query_dict({"connect_timeout": "3", **second.query}))


def snapshot_engine(file: Path) -> Engine:
    """An engine for a SQLite file that nobody changes: it writes nothing, not even beside the file."""
    module = sqlite_module()
    where = f"file:{quote(str(file.resolve()))}?mode=ro&immutable=1"
    engine = create_engine(
        "sqlite://", module=module, creator=lambda: module.connect(where, uri=True)
    )
    event.listen(engine, "connect", _prepare_snapshot)
    event.listen(engine, "begin", _begin)
    return engine


def for_reading(engine: Engine) -> Engine:
    """The engine for reads: one snapshot a transaction."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(begin_mode="DEFERRED")
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def for_writing(engine: Engine) -> Engine:
    """The engine for writes: SQLite takes the write lock with the first statement."""
    return engine.execution_options(begin_mode="IMMEDIATE")


def wait_turn(session: Session) -> None:
    """One writer at a time: SQLite sees to that itself, on PostgreSQL a lock does until the commit.

    With it goes what tells every open desk, once this is committed, that something was; SQLite has a counter.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_TURN)


def other_order(engine: Engine) -> str | None:
    """The collation of a server's database that does not sort as SQLite does, by code points; else None."""
    if engine.dialect.name == "sqlite":
        return None
    asked = text("SELECT array_agg(word ORDER BY word) FROM unnest(CAST(:words AS TEXT[])) AS word")
    name = text("SELECT datcollate FROM pg_database WHERE datname = current_database()")
    with engine.connect() as connection:
        if connection.scalar(asked, {"words": list(_WORDS)}) == sorted(_WORDS):
            return None
        return str(connection.scalar(name))


def has_role(session: Session) -> bool:
    """Whether there is the role of the second wall and this connection may take it on."""
    found = session.scalar(
        text("SELECT bool_or(pg_has_role(oid, 'member')) FROM pg_roles WHERE rolname = :role"),
        {"role": WALL},
    )
    return bool(found)


def walls(engine: Engine) -> frozenset[str]:
    """What the second wall looks over in a database, `read` and `write`; nothing where there is none.

    One that was built by an older program looks over reads alone until it is built anew.
    """
    if engine.dialect.name != "postgresql":
        return frozenset()
    with Session(engine) as session:
        standing = text("SELECT relrowsecurity FROM pg_class WHERE oid = to_regclass('proposal')")
        if not session.scalar(standing) or not has_role(session):
            return frozenset()
        writes = text("SELECT has_table_privilege(:role, 'answer', 'INSERT')")
        return frozenset(("read", "write") if session.scalar(writes, {"role": WALL}) else ("read",))


def go_behind_wall(
    session: Session, role: str, organisation: str, *, writing: bool = False
) -> None:
    """Until the end of the transaction see, or make and change, only what PostgreSQL lets this tenant."""
    session.info["walled"] = writing
    session.execute(
        text(
            "SELECT set_config('duijie.role', :role, true),"
            " set_config('duijie.organisation', :organisation, true),"
            " set_config('duijie.writing', :writing, true), set_config('role', :wall, true)"
        ),
        {
            "role": role,
            "organisation": organisation,
            "writing": "on" if writing else "off",
            "wall": WALL,
        },
    )


def behind_no_wall(
    service: Callable[Concatenate[Session, P], T],
) -> Callable[Concatenate[Session, P], T]:
    """A service for what follows from a tenant's act and is nobody's own, such as whose turn it is next."""

    @wraps(service)
    def done(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if not session.info.get("walled"):
            return service(session, *args, **kwargs)
        _take_on(session, "none")
        found = service(session, *args, **kwargs)
        _take_on(session, WALL)
        return found

    return done


def _take_on(session: Session, role: str) -> None:
    """Another role, for what comes after all that was changed so far."""
    session.flush()
    session.info["walled"] = role == WALL
    session.execute(text("SELECT set_config('role', :role, true)"), {"role": role})


def plain(engine: Engine) -> Engine:
    """The engine without transactions of its own, for what SQLite allows in none."""
    return engine.execution_options(begin_mode="")


def _refuse_personal(
    _connection: object, _cursor: object, statement: str, values: Any, _context: object, _many: bool
) -> None:
    """Nothing that is written holds a resident identity number, whichever service writes it."""
    if statement[:6].upper() not in ("INSERT", "UPDATE"):
        return
    rows = values if isinstance(values, list) else [values]
    long = (
        value
        for row in rows
        for value in (row.values() if isinstance(row, dict) else row or ())
        if isinstance(value, str) and len(value) >= SHORTEST
    )
    if any(map(holds_number, long)):
        raise InvalidError("identity_number")


def _decoded(text: bytes) -> str:
    """Text that was stored behind the program's back need not be UTF-8; it is shown all the same."""
    return text.decode("utf-8", "replace")


def fetched(cursor: Any, statement: str, values: Any) -> Sequence[tuple[Any, ...]]:
    """All rows that a cursor has of a statement, its text read as UTF-8 without asking for each.

    Where something else was stored the statement is asked again, and read as everywhere else.
    """
    driver = cursor.connection
    rows: Sequence[tuple[Any, ...]]
    if not hasattr(driver, "text_factory"):
        rows = cursor.fetchall()
        return rows
    driver.text_factory = str
    try:
        rows = cursor.fetchall()
    except driver.OperationalError:
        driver.text_factory = _decoded
        rows = cursor.execute(statement, values).fetchall()
    finally:
        driver.text_factory = _decoded
    return rows


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.text_factory = _decoded
    for name, (setting, wanted) in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={setting}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found not in (wanted, "memory"):
            raise StoreError("setting_refused", name=name, wanted=wanted, found=found)


def _prepare_snapshot(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.text_factory = _decoded
    for pragma in ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
    if mode:
        connection.exec_driver_sql(f"BEGIN {mode}")


# STRICT tables know only INTEGER, REAL, TEXT and BLOB; SQLAlchemy converts the values as before.
def _strict(type_: type[TypeEngine[Any]], name: str) -> None:
    def compile_type(element: SchemaItem, compiler: object, **options: object) -> str:
        return name

    compiles(type_, "sqlite")(compile_type)


for _type, _name in (
    (String, "TEXT"),
    (Text, "TEXT"),
    (Date, "TEXT"),
    (DateTime, "TEXT"),
    (Boolean, "INTEGER"),
    (Float, "REAL"),
    (Double, "REAL"),
):
    _strict(_type, _name)
