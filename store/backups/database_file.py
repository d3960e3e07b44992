"""Copies of a SQLite store: taken by VACUUM INTO, put back page by page under SQLite's own locks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from store import digest, queue
from store.engine import make_engine, plain, snapshot_engine, sqlite_module, store_url
from store.errors import ConflictError, StoreError
from store.services import health
from store.services.health import Offence
from store.unit_of_work import SCHEMA_VERSION, Store, expected_failures, failure, schema_version

_MAGIC = b"SQLite format 3\0"
_PARTS = ("-wal", "-shm", "-journal", "")
_DAMAGED = ("cannot_open", "copy_unsound", "store_damaged")


def is_one(file: Path) -> bool:
    """Whether the file begins as SQLite's do."""
    with file.open("rb") as content:
        return content.read(len(_MAGIC)) == _MAGIC


def is_owner(path: Path) -> bool:
    """Whether the file is the caller's own, or still to be made."""
    return not path.exists() or path.stat().st_uid == os.getuid()


def copy(path: Path, part: Path, location: str) -> str:
    """Fill an empty file with the store as it is at this instant; the schema that it has."""
    engine = make_engine(store_url(str(path)))
    try:
        schema = _schema(engine, location)
        with expected_failures(), plain(engine).connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(part),))
    finally:
        engine.dispose()
    _found, offences = check(part, whole=False)
    if offences:
        raise StoreError("copy_unsound", location=location, cause=offences[0].found)
    return schema


def check(file: Path, *, whole: bool = True) -> tuple[str, tuple[Offence, ...]]:
    """The schema of a copy, and what is wrong with its pages, its references and the store in it."""
    engine = snapshot_engine(file)
    try:
        schema = _schema(engine, file.name)
        service = health.check if whole and schema == SCHEMA_VERSION else health.pages
        return schema, Store(engine).read(service)
    except StoreError as error:
        found = str(error.params.get("cause", error.code))
        return "", (Offence("unreadable", file.name, found),)
    finally:
        engine.dispose()


def put(path: Path, file: Path, kept: Path, location: str, *, replace: bool) -> Path | None:
    """Make the store what the copy is; where the store that was there is kept.

    The caller must have no connection to the store.
    """
    if not any(_part(path, side).exists() for side in _PARTS):
        _place(file, path)
        return None
    if not replace:
        raise ConflictError("restore_over", location=location)
    with queue.turn(queue.queue_file(path) if queue.has_queues() else None):
        if queue.is_locked(path):
            raise ConflictError("store_in_use", location=location)
        try:
            with digest.new_file(kept) as part:
                copy(path, part, location)
        except StoreError as error:
            if error.code not in _DAMAGED:
                raise
            return _set_aside(path, file, kept.with_suffix(".damaged"))
        _overwrite(path, file)
        return kept


def _overwrite(path: Path, file: Path) -> None:
    """Write the copy into the store's own file, so that nobody can be left with the old one open."""
    engine, source = make_engine(store_url(str(path))), snapshot_engine(file)
    try:
        with expected_failures(), plain(engine).connect() as old, plain(source).connect() as new:
            target, origin = old.connection.driver_connection, new.connection.driver_connection
            assert target is not None
            assert origin is not None
            origin.backup(target)
    except sqlite_module().Error as error:
        raise failure(str(error)) from error
    finally:
        engine.dispose()
        source.dispose()


def _set_aside(path: Path, file: Path, aside: Path) -> Path:
    """Move what is left of a damaged store away, every bit of it, and put the copy in its place."""
    for side in _PARTS:
        if _part(path, side).exists():
            _part(path, side).rename(_part(aside, side))
    _place(file, path)
    return aside


def _place(file: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with digest.new_file(path, with_digest=False) as part:
        shutil.copyfile(file, part)


def _part(path: Path, side: str) -> Path:
    return path.with_name(path.name + side)


def _schema(engine: Engine, location: str) -> str:
    try:
        schema = schema_version(engine)
    except DBAPIError as error:
        raise StoreError("cannot_open", location=location, cause=str(error.orig)) from error
    if schema is None:
        raise StoreError("not_a_store", location=location)
    return schema
