"""Requests that come twice, at once, or again after their answer was lost with the process that asked."""

from __future__ import annotations

import os
import signal
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from store import Store, open_store
from store.errors import DuijieError
from store.services import proposals
from store.services.decisions import Prepared
from tests.races import world
from tests.races.crew import CONTEXT, Member
from tests.races.world import MORNING, OPERATOR, run_sql


def hold(store: Store, choice: Prepared, request: str | None = None) -> str:
    """Hold a choice; its code."""
    return store.write(proposals.draft, choice, by=OPERATOR, now=MORNING, request=request).code


def hold_at_once(member: Member, place: str, choice: Prepared, request: str) -> str:
    """One of many processes that send the same request."""
    store = open_store(place)
    member.barrier.wait(20)
    try:
        return hold(store, choice, request)
    except DuijieError as error:
        return f"{type(error).__name__} {error.code}"
    finally:
        store.close()


def hold_and_die(store: Store, choice: Prepared, request: str, moment: str) -> int:
    """Hold in a process that is killed just before or just after its commit; how it ended."""
    process: Any = CONTEXT.Process(
        target=_hold_and_die, args=(world.location(store), choice, request, moment)
    )
    process.start()
    process.join(30)
    found: int = process.exitcode
    return found


def _hold_and_die(place: str, choice: Prepared, request: str, moment: str) -> None:
    store = open_store(place)

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if moment == "before the commit":
        event.listen(store._engine, "commit", die)
    hold(store, choice, request)
    die()


def everything(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an act could change."""
    tables = (
        "need", "run", "slot", "assessment", "proposal", "terms", "answer", "booking", "waiting",
        "training_class", "audit", "request", "decision", "code_sequence",
    )  # fmt: skip
    return {
        table: sorted((tuple(row) for row in run_sql(session, f"SELECT * FROM {table}")), key=repr)
        for table in tables
    }


def booked(session: Session) -> tuple[int, int, int]:
    """How many proposals, live bookings and trail lines of holding there are."""
    proposals_, bookings, lines = (
        run_sql(session, query).scalar_one()
        for query in (
            "SELECT count(*) FROM proposal",
            "SELECT count(*) FROM booking WHERE status IN ('held', 'booked')",
            "SELECT count(*) FROM audit WHERE act = 'hold'",
        )
    )
    return proposals_, bookings, lines
