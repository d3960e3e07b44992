"""What the writers of a trial write, and how to tell afterwards that all of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from store import Store
from store.models import AuditRow, CodeSequenceRow, RequestRow
from store.services import health

COUNTER = "SOAK"


class Work(Protocol):
    """One kind of write with its check; a booking service fits in as well as the rows below."""

    def prepare(self, session: Session) -> None:
        """What must be there before the first write."""

    def write(self, session: Session, id: str) -> None:
        """One transaction's work, recognisable by its id."""

    def kept(self, session: Session) -> set[str]:
        """The id of every write that is in the store."""

    def broken(self, session: Session) -> list[str]:
        """What is half there, none when every write is there whole or not at all."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A request, an audit row and a counter in one transaction: three tables that must agree."""

    def prepare(self, session: Session) -> None:
        """The counter at nought."""
        session.add(CodeSequenceRow(prefix=COUNTER, last=0))

    def write(self, session: Session, id: str) -> None:
        """Count, claim, and say who did it."""
        session.execute(
            update(CodeSequenceRow)
            .where(CodeSequenceRow.prefix == COUNTER)
            .values(last=CodeSequenceRow.last + 1)
        )
        what = {"act": "book", "kind": "run", "code": "R1", "login": "soak"}
        session.execute(insert(RequestRow), [{**what, "id": id}])
        who = {"role": "operator", "organisation": "BUREAU", "at": datetime.now(UTC)}
        session.execute(insert(AuditRow), [{**what, **who, "request": id}])

    def kept(self, session: Session) -> set[str]:
        """By the claims."""
        return set(session.scalars(select(RequestRow.id)))

    def broken(self, session: Session) -> list[str]:
        """Claims, audit rows and the counter compared."""
        claims = self.kept(session)
        told = session.scalars(select(AuditRow.request)).all()
        counted = session.get_one(CodeSequenceRow, COUNTER).last
        found = [] if counted == len(claims) else [f"counter {counted}, claims {len(claims)}"]
        if sorted(map(str, told)) != sorted(claims):
            found.append(f"{len(told)} audit rows, {len(claims)} claims")
        return found


def offences(store: Store, work: Work, acknowledged: set[str]) -> list[str]:
    """What is wrong with a store after a trial: lost, half there, or damaged."""
    lost = acknowledged - store.read(work.kept)
    pages = [f"{o.code} {o.record} {o.found}" for o in store.read(health.pages)]
    return [f"lost {id}" for id in sorted(lost)] + store.read(work.broken) + pages


def rows(store: Store) -> int:
    """How many writes are in a store."""
    return store.read(lambda s: s.scalar(select(func.count()).select_from(RequestRow))) or 0
