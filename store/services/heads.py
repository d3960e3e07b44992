"""Heads of the audit chain: written down elsewhere, they show that the newest rows were cut off."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import chain
from store.errors import InvalidError
from store.models import AuditRow
from store.services.health import Offence


@dataclass(frozen=True, slots=True)
class Head:
    """The newest audit row at a moment: its id and digest, how many rows there were, in which store."""

    at: datetime
    id: int
    count: int
    hash: str
    store: str

    @property
    def line(self) -> str:
        """One line of JSON."""
        told = {
            "at": self.at.isoformat(timespec="seconds"),
            "id": self.id,
            "count": self.count,
            "hash": self.hash,
            "store": self.store,
        }
        return json.dumps(told, ensure_ascii=False)


def head(session: Session, store: str) -> Head:
    """The chain's head now; `store` is a name by which people know the store."""
    newest, count = session.execute(select(func.max(AuditRow.id), func.count(AuditRow.id))).one()
    return Head(datetime.now(UTC), newest or 0, count, chain.head(session), store)


def parse(text: str) -> tuple[Head, ...]:
    """Heads from lines that were kept; blank lines are none."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            at = datetime.fromisoformat(said["at"])
            kept = Head(
                at, int(said["id"]), int(said["count"]), str(said["hash"]), str(said["store"])
            )
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidError("head_unreadable", line=number) from error
        found.append(kept)
    return tuple(found)


def lost(session: Session, kept: Iterable[Head]) -> tuple[Offence, ...]:
    """Each kept head that the chain does not contain any more."""
    found = []
    for one in kept:
        told = f"{one.at:%Y-%m-%d %H:%M}"
        digest = session.scalar(select(AuditRow.hash).where(AuditRow.id == one.id))
        if one.id and digest is None:
            found.append(Offence("head_gone", str(one.id), told))
        elif one.id and digest != one.hash:
            found.append(Offence("head_differs", str(one.id), told))
    return tuple(found)
