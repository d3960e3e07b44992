"""A second server that follows the first and answers what is only read, while it has all it must have.

It must have whatever this program saved or was told of, and every few seconds whatever the first server
has by then. Where it has not, or cannot be asked, the first server answers, and that is said once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, Row, TextClause, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from store.engine import for_reading
from store.errors import StoreError

BEHIND = 10.0  # seconds by which what is read may be older than what was saved elsewhere
_AGAIN = 30.0  # seconds until a server that did not answer is asked again
GONE = (
    OperationalError,
    InterfaceError,
)  # it, or a question to it that its own catching up broke off

_log = logging.getLogger(__name__)
_POSITION = text("SELECT CAST(pg_current_wal_lsn() AS text)")
_REPLAYED = text("SELECT coalesce(pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn), false)")
_WHOSE = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()), current_database(), pg_is_in_recovery()"
)
Tell = Callable[[StoreError], None]


def _place(url: URL) -> str:
    """A server as it may be shown."""
    return f"{url.host or 'localhost'}:{url.port or 5432}/{url.database}"


class Replica:
    """Whether the second server may answer now; one for each open store."""

    def __init__(self, first: Engine, second: Engine, shared: dict[str, Any]) -> None:
        self._first = first.execution_options(isolation_level="AUTOCOMMIT")
        self._second = second.execution_options(isolation_level="AUTOCOMMIT")
        self._sessions = sessionmaker(for_reading(second), autoflush=False, info=shared)
        self._position: str | None = None  # what it must have
        self._asked = self._until = 0.0
        self._missing: float | None = None  # since when it has not had it
        self._has_it = self._is_known = self._is_told = False
        self._tell: Tell | None = None
        self._untold: StoreError | None = None

    def tell_aside(self, tell: Tell | None) -> None:
        """Say with this from now on why the first server answers, and what has not been said yet."""
        self._tell = tell
        if tell is not None and self._untold is not None:
            said, self._untold = self._untold, None
            tell(said)

    def stir(self) -> None:
        """Something was saved, here or elsewhere: it must have that, too."""
        self._position = None

    @contextmanager
    def refused(self) -> Iterator[None]:
        """Go on without it for a while when it does not answer."""
        try:
            yield
        except GONE as error:
            self._leave("replica_down", cause=str(error.orig).strip().splitlines()[0])

    def session(self) -> Session | None:
        """A session that reads there, None where the first server is to be asked."""
        is_out = time.monotonic() < self._until
        return self._sessions() if not is_out and self._is_its_own() and self._is_ready() else None

    def _is_ready(self) -> bool:
        now = time.monotonic()
        if self._position is None or (self._has_it and now > self._asked + BEHIND):
            self._asked, self._has_it = now, False
            self._position = self._first_says(_POSITION)[0]
        if not self._has_it:
            position = self._position
            found = self._second_says(_REPLAYED, position=position)
            if found is None:
                return False
            self._is_told = self._is_told and not found[0]
            self._has_it = found[0] and position == self._position
            self._missing = None if found[0] else self._missing or now
            if self._missing is not None and now > self._missing + BEHIND:
                self._leave("replica_behind", seconds=int(BEHIND))
        return self._has_it

    def _is_its_own(self) -> bool:
        """Whether it follows the first server, and is no other database that would answer as readily."""
        if not self._is_known:
            found = self._second_says(_WHOSE)
            if found is None:
                return False
            self._is_known = tuple(found) == (*self._first_says(_WHOSE)[:2], True)
            if not self._is_known:
                self._leave("replica_foreign")
        return self._is_known

    def _first_says(self, asked: TextClause) -> Row[Any]:
        with self._first.connect() as first:
            return first.execute(asked).one()

    def _second_says(self, asked: TextClause, **values: object) -> Row[Any] | None:
        """None when it does not answer."""
        with self.refused(), self._second.connect() as second:
            return second.execute(asked, values).one()
        return None

    def _leave(self, code: str, **params: object) -> None:
        self._until = time.monotonic() + _AGAIN
        error = StoreError(code, replica=_place(self._second.url), **params)
        _log.warning("%s", error)
        if not self._is_told:
            self._is_told, self._untold = True, error
            self.tell_aside(self._tell)

    def close(self) -> None:
        """Give the connections back."""
        self._second.dispose()
