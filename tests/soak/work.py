"""What the writers of a trial write, and how to tell afterwards that all of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store import Store
from store.models import (
    AuditRow,
    BookingRow,
    CourseRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    RequestRow,
    RunRow,
)
from store.schemas.actor import SYSTEM
from store.services import audit, capacity, health
from store.services.capacity import Claim, Holder

DAY = date(2027, 1, 4)
_NOT_OURS = ("no_reference", "not_searchable")
_MANY = 100_000_000  # seats nobody gets to the end of


class Work(Protocol):
    """One kind of write with its check."""

    def prepare(self, session: Session) -> None:
        """What must be there before the first write."""

    def write(self, session: Session, id: str) -> None:
        """One transaction's work, recognisable by its id."""

    def kept(self, session: Session) -> set[str]:
        """The id of every write that is in the store."""

    def broken(self, session: Session) -> list[str]:
        """What is half there, none when every write is there whole or not at all."""


@dataclass(frozen=True, slots=True)
class Bookings:
    """Seats taken by the product's own service: booking, counter, request and audit row must agree."""

    def prepare(self, session: Session) -> None:
        """One run with seats enough, and the proposal that takes them."""
        now = datetime.now(UTC)
        shared = {"created_at": now, "created_by": "soak", "changed_at": now, "changed_by": "soak"}
        home = {**shared, "owner": "T1"}
        session.add_all(
            OrganisationRow(code=code, kind=kind, name=code, status="active", owner=code, **shared)
            for code, kind in (("T1", "institution"), ("E1", "enterprise"))
        )
        session.flush()
        session.add(CourseRow(code="K1", institution="T1", title="K1", status="published", **home))
        session.add(
            NeedRow(
                code="N1", enterprise="E1", text="N1", heads=1, earliest=DAY, status="open", **home
            )
        )
        session.flush()
        session.add(
            RunRow(
                code="R1", course="K1", first_day=DAY, weekly="Mon 08:30-11:30", seats=_MANY,
                seats_left=_MANY, status="published", **home,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            ProposalRow(
                code="P1", need="N1", enterprise="E1", course="K1", run="R1", heads=1,
                first_day=DAY, last_day=DAY, plan="{}", status="draft", **home,
            )
        )  # fmt: skip

    def write(self, session: Session, id: str) -> None:
        """Take a seat, say who did it, and remember the request."""
        now = datetime.now(UTC)
        claim = Claim("run", "R1", 1, DAY)
        until = now + timedelta(days=400)
        capacity.take(session, Holder("P1"), [claim], until=until, now=now, by=SYSTEM)
        told = ("P1", None, {"taken": 1})
        audit.note(session, SYSTEM, "hold", "proposal", [told], request=id, at=now)
        audit.remember(session, id, "hold", "proposal", "P1", SYSTEM)

    def kept(self, session: Session) -> set[str]:
        """By the requests."""
        return set(map(str, session.scalars(select(RequestRow.id))))

    def broken(self, session: Session) -> list[str]:
        """Requests, bookings, the counter and the audit trail compared."""
        requests = self.kept(session)
        run = session.get_one(RunRow, "R1")
        counts = {
            "bookings": session.scalar(select(func.count()).select_from(BookingRow)),
            "claimed": run.claimed,
            "seats gone": _MANY - (run.seats_left or 0),
        }
        found = [
            f"{name} {n}, requests {len(requests)}"
            for name, n in counts.items()
            if n != len(requests)
        ]
        told = session.scalars(select(AuditRow.request)).all()
        if sorted(map(str, told)) != sorted(requests):
            found.append(f"{len(told)} audit rows, {len(requests)} requests")
        return found


def offences(store: Store, work: Work, acknowledged: set[str]) -> list[str]:
    """What is wrong with a store after a trial: lost, half there, or damaged."""
    lost = acknowledged - store.read(work.kept)
    return [f"lost {id}" for id in sorted(lost)] + store.read(work.broken) + damages(store)


def damages(store: Store) -> list[str]:
    """What is wrong with the file itself; what it holds is not worth reading then."""
    return [f"{o.code} {o.record} {o.found}" for o in store.read(health.pages)]


def sound(store: Store) -> list[str]:
    """What the store's own check says, but for reference data and search, which a trial has none of."""
    found = store.read(health.check)
    return [f"{o.code} {o.record} {o.found}" for o in found if o.code not in _NOT_OURS]


def rows(store: Store) -> int:
    """How many writes are in a store."""
    return store.read(lambda s: s.scalar(select(func.count()).select_from(RequestRow))) or 0
