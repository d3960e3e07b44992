"""The chain of digests over the audit trail: each row's covers its own words and the digest before it.

It shows that a row was changed, taken out or put in; that the newest rows were cut off shows only
against a head that was written down elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, column, select, table, text, update

FIRST = "0" * 64
_WORDS = (
    "at", "login", "role", "organisation", "act", "kind", "code", "before", "after", "reason", "request",
)  # fmt: skip
_AUDIT = table("audit", column("id"), column("hash"), *(column(name) for name in _WORDS))
_HEAD = text("SELECT hash FROM audit ORDER BY id DESC LIMIT 1")
_AT_ONCE = 5000


def link(before: str, row: Mapping[str, Any]) -> str:
    """The digest of an audit row (SHA-256, 64 hexadecimal digits) after the digest of the row before."""
    at = row["at"]
    moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    words = [moment.isoformat(timespec="microseconds"), *(row[name] for name in _WORDS[1:])]
    told = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((before + told).encode()).hexdigest()


def links(before: str, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The digests of rows that follow one another."""
    for row in rows:
        before = link(before, row)
        yield before


def head(connection: Any) -> str:
    """The newest digest; there is one writer at a time, so it stays the newest."""
    found = connection.execute(_HEAD).scalar_one_or_none()
    return str(found) if found else FIRST


def read(connection: Any, after: int = 0) -> Iterator[Mapping[str, Any]]:
    """Audit rows in order, a few thousand at a time."""
    while True:
        rows: Sequence[Mapping[str, Any]] = (
            connection.execute(
                select(_AUDIT).where(_AUDIT.c.id > after).order_by(_AUDIT.c.id).limit(_AT_ONCE)
            )
            .mappings()
            .all()
        )
        if not rows:
            return
        yield from rows
        after = rows[-1]["id"]


def seal(connection: Connection) -> None:
    """Chain rows that were written before there was a chain; called by the migration."""
    found = FIRST
    pending: list[dict[str, object]] = []
    statement = (
        update(_AUDIT).where(_AUDIT.c.id == bindparam("row")).values(hash=bindparam("digest"))
    )
    for row in read(connection):
        found = link(found, row)
        pending.append({"row": row["id"], "digest": found})
    for at in range(0, len(pending), _AT_ONCE):
        connection.execute(statement, pending[at : at + _AT_ONCE])


def broken(connection: Any, tell: Callable[[int], None] = lambda _done: None) -> Iterator[int]:
    """Ids of rows whose digest does not follow from the row before; `tell` hears how many are done."""
    before = FIRST
    for done, row in enumerate(read(connection), 1):
        if done % _AT_ONCE == 0:
            tell(done)
        if link(before, row) != row["hash"]:
            yield row["id"]
        before = row["hash"]
