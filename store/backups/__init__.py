"""Copies of a whole store: taken while others work, proved, and put back without losing the old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from store import digest
from store.backups import database_file, server
from store.engine import sqlite_path, store_url
from store.errors import InvalidError, NoFileError, StoreError
from store.services.health import Offence
from store.unit_of_work import SCHEMA_VERSION

_CHINA = ZoneInfo("Asia/Shanghai")
# Offences of the file itself, where the others are the store's own and do not speak against the copy.
_UNSOUND = ("no_digest", "digest", "integrity", "foreign_key", "unreadable")


@dataclass(frozen=True, slots=True)
class Copy:
    """A backup that was taken: where it is, its digest, its size in bytes and its schema."""

    file: Path
    sha256: str
    size: int
    schema: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What a backup was found to be; sound when there is no offence."""

    file: Path
    sha256: str
    schema: str
    offences: tuple[Offence, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a backup was put, whether this program knows its schema, and where the old store is kept."""

    location: str
    schema: str
    is_current: bool
    kept: Path | None


def is_owner(location: str) -> bool:
    """Whether the store's file or the server's database is the caller's, who could do anything with it."""
    path = sqlite_path(store_url(location))
    return server.is_owner(location) if path is None else database_file.is_owner(path)


def backup(location: str, file: Path | None = None) -> Copy:
    """A new file with all that the store holds at one instant, readable by its owner only."""
    url = store_url(location)
    path = sqlite_path(url)
    if path is None:
        target = file or Path(new_name(location))
        return _taken(target, lambda part: server.copy(location, part))
    if not path.exists():
        raise StoreError("no_store", location=location)
    if file is None:
        (path.parent / "backups").mkdir(mode=0o700, exist_ok=True)
        file = path.parent / "backups" / new_name(location)
    return _taken(file, lambda part: database_file.copy(path, part, location))


def folder(location: str) -> Path | None:
    """Where backups of a SQLite store go when nothing else is said; a server's have no place of their own."""
    path = sqlite_path(store_url(location))
    return path.parent / "backups" if path else None


def stem(location: str) -> str:
    """What the names of a store's backups begin with."""
    url = store_url(location)
    path = sqlite_path(url)
    return path.stem if path else url.database or "duijie"


def store_name(location: str) -> str:
    """A name by which people know a store: its file's or its database's."""
    path = sqlite_path(store_url(location))
    return path.name if path else stem(location)


def new_name(location: str) -> str:
    """A name for a backup taken now."""
    ending = "db" if sqlite_path(store_url(location)) else "dump"
    return f"{_stamped(stem(location))}.{ending}"


def verify(file: Path) -> Proof:
    """Compare a backup with its digest, then read and check all of it; the file is not changed."""
    if not file.is_file():
        raise NoFileError(file)
    wanted, found = digest.read(file), digest.compute(file)
    if wanted is None:
        return Proof(
            file, found, "", (Offence("no_digest", file.name, digest.digest_file(file).name),)
        )
    if wanted != found:
        return Proof(file, found, "", (Offence("digest", file.name, found),))
    check = database_file.check if database_file.is_one(file) else server.check
    schema, offences = check(file)
    return Proof(file, found, schema, offences)


def restore(location: str, file: Path, *, replace: bool = False) -> Restored:
    """Put a sound backup in the store's place; what stood there is kept, and only replaced if asked."""
    proof = verify(file)
    for offence in proof.offences:
        if offence.code in _UNSOUND:
            raise InvalidError("backup_unsound", path=str(file))
    if proof.schema > SCHEMA_VERSION:
        raise StoreError(
            "schema_newer", location=str(file), found=proof.schema, known=SCHEMA_VERSION
        )
    url = store_url(location)
    path = sqlite_path(url)
    if (path is not None) != database_file.is_one(file):
        raise InvalidError("backup_of_other_kind", path=str(file), location=location)
    old = f"{_stamped(Path(url.database or 'duijie').stem)}-before-restore"
    if path is None:
        kept = server.put(location, file, file.with_name(f"{old}.dump"), replace=replace)
    else:
        kept = database_file.put(path, file, path.with_name(f"{old}.db"), location, replace=replace)
    return Restored(location, proof.schema, proof.schema == SCHEMA_VERSION, kept)


def _stamped(name: str) -> str:
    return f"{name}-{datetime.now(_CHINA):%Y%m%d-%H%M%S-%f}"


def _taken(file: Path, write: Callable[[Path], str]) -> Copy:
    with digest.new_file(file) as part:
        schema = write(part)
    return Copy(file, digest.compute(file), file.stat().st_size, schema)
