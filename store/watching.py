"""Whether anybody has committed, asked without a transaction: SQLite's own counter, PostgreSQL's notices."""

from __future__ import annotations

import time
from threading import Thread
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Engine

from store.engine import CHANNEL, sqlite_module, sqlite_path

_AGAIN = 5.0  # seconds between attempts to reach a server that was lost
# A line that broke without a word is noticed by the system within a minute and a half.
_LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 15,
    "keepalives_count": 4,
}


class Watch(Protocol):
    """What answers for one open store."""

    def number(self) -> int | None:
        """Another number once anybody has committed; None when that is not known. It never waits."""

    def close(self) -> None:
        """Give the connection back."""


def watch(engine: Engine) -> Watch:
    """The watch that an engine's database offers."""
    return FileWatch(engine) if engine.dialect.name == "sqlite" else ServerWatch(engine)


class FileWatch:
    """`PRAGMA data_version` on a bare connection, some 10 µs a question."""

    def __init__(self, engine: Engine) -> None:
        path = sqlite_path(engine.url)
        where = f"file:{quote(str(path.resolve()))}?mode=ro" if path else ":memory:"
        self._connection = sqlite_module().connect(
            where, uri=True, isolation_level=None, check_same_thread=False
        )

    def number(self) -> int | None:
        """The file's counter."""
        try:
            (number,) = self._connection.execute("PRAGMA data_version").fetchone()
        except self._connection.Error:
            return None
        return int(number)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()


class ServerWatch:
    """Notices that the audit ledger sends with each commit, on a bare connection of their own.

    A lost connection is made anew by a thread; until then nothing is known.
    """

    def __init__(self, engine: Engine) -> None:
        import psycopg

        _, self._where = engine.dialect.create_connect_args(engine.url)
        self._error = psycopg.Error
        self._connection: Any = None
        self._heard = 0
        self._closed = False
        self._tried = 0.0
        self._attempt = Thread(target=self._listen, daemon=True)
        self._listen()

    def _listen(self) -> None:
        import psycopg

        self._tried = time.monotonic()
        try:
            found = psycopg.connect(**{**self._where, **_LINE}, autocommit=True)
            found.execute(f"LISTEN {CHANNEL}")
        except self._error:
            return
        self._heard += 1  # whatever was said meanwhile was missed
        self._connection = found
        if self._closed:
            found.close()

    def number(self) -> int | None:
        """How many notices have come."""
        if self._connection is None:
            if not self._attempt.is_alive() and time.monotonic() > self._tried + _AGAIN:
                self._attempt = Thread(target=self._listen, daemon=True)
                self._attempt.start()
            return None
        try:
            self._heard += sum(1 for _ in self._connection.notifies(timeout=0))
        except self._error:
            self._connection.close()
            self._connection = None
            return None
        return self._heard

    def close(self) -> None:
        """Give the connection back."""
        self._closed = True
        if self._connection is not None:
            self._connection.close()
