"""Copies of a store on a PostgreSQL server, by the server's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from store import digest
from store.engine import make_engine, store_url
from store.errors import ConflictError, StoreError
from store.services.health import Offence
from store.unit_of_work import expected_failures, schema_version

# All or nothing: what the server has and the copy has not must be gone too.
_EMPTY = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_OWNER = (
    "SELECT pg_get_userbyid(datdba) = current_user FROM pg_database"
    " WHERE datname = current_database()"
)


def is_owner(location: str) -> bool:
    """Whether the database is the connected user's own."""
    engine = make_engine(store_url(location))
    try:
        with expected_failures(), engine.connect() as connection:
            return bool(connection.scalar(text(_OWNER)))
    finally:
        engine.dispose()


def copy(location: str, part: Path) -> str:
    """Fill an empty file with the store as it is at this instant; the schema that it has."""
    url = store_url(location)
    engine = make_engine(url)
    try:
        schema = _schema(engine, location)
    finally:
        engine.dispose()
    if schema is None:
        raise StoreError("not_a_store", location=location)
    options = ("--format=custom", "--no-owner", "--no-privileges", f"--file={part}")
    _run("pg_dump", url, *options)
    _found, offences = check(part)
    if offences:
        raise StoreError("copy_unsound", location=location, cause=offences[0].found)
    return schema


def check(file: Path) -> tuple[str, tuple[Offence, ...]]:
    """The schema of a copy, and whether every row in it can be read."""
    try:
        script = _run(
            "pg_restore", None, "--data-only", "--table=alembic_version", "--file=-", str(file)
        )
        _run("pg_restore", None, f"--file={os.devnull}", str(file))
    except StoreError as error:
        if error.code == "tool_missing":
            raise
        return "", (Offence("unreadable", file.name, str(error.params["cause"])),)
    lines = script.splitlines()
    at = next((n for n, line in enumerate(lines) if line.startswith("COPY ")), None)
    if at is None:
        return "", (Offence("unreadable", file.name, "alembic_version"),)
    return lines[at + 1].strip(), ()


def put(location: str, file: Path, kept: Path, *, replace: bool) -> Path | None:
    """Make the store what the copy is, in one transaction; where a copy of the old one is kept."""
    url = store_url(location)
    engine = make_engine(url)
    try:
        found = _schema(engine, location)
        if found is None and inspect(engine).get_table_names():
            raise StoreError("not_a_store", location=location)
        if found is not None and not replace:
            raise ConflictError("restore_over", location=location)
        with expected_failures(), engine.connect() as connection:
            if connection.scalar(text(_OTHERS)):
                raise ConflictError("store_in_use", location=location)
    finally:
        engine.dispose()
    if found is not None:
        with digest.new_file(kept) as part:
            copy(location, part)
    with tempfile.TemporaryDirectory(prefix="duijie-") as folder:
        script = Path(folder) / "restore.sql"
        _run("pg_restore", None, "--no-owner", "--no-privileges", f"--file={script}", str(file))
        _run(
            "psql", url, "--no-psqlrc", "--quiet", "--single-transaction",
            "--set=ON_ERROR_STOP=1", f"--command={_EMPTY}", f"--file={script}",
        )  # fmt: skip
    return kept if found is not None else None


def _schema(engine: Engine, location: str) -> str | None:
    try:
        return schema_version(engine)
    except DBAPIError as error:
        raise StoreError("cannot_open", location=location, cause=str(error.orig)) from error


def _run(program: str, url: URL | None, *options: str) -> str:
    """Run one of PostgreSQL's programs; a password is never put where other users see it."""
    found = shutil.which(program)
    if found is None:
        raise StoreError("tool_missing", program=program)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    where = []
    if url is not None:
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
        bare = url.set(drivername="postgresql", password=None)
        where = [f"--dbname={bare.render_as_string()}"]
    done = subprocess.run(
        [found, *where, *options],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StoreError(
            "tool_failed", program=program, cause=told[-1] if told else done.returncode
        )
    return done.stdout.decode("utf-8", "replace")
