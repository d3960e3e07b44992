"""The day of a demo store, which goes on when whoever plays it says so."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from store.errors import ConflictError
from store.schemas.actor import SYSTEM
from store.services import audit, reference, sweep
from store.services.sweep import Swept

_META = "demo_day"


def go_on(session: Session, day: date) -> Swept:
    """Let it be a later day, and do what the passing of time does till then; the same day changes nothing.

    Refused in a store that is not a demo, and for a day that is over.
    """
    told = reference.meta(session, _META)
    if told is None:
        raise ConflictError("demo_only")
    was = date.fromisoformat(told)
    if day < was:
        raise ConflictError("demo_day_over", day=was.isoformat())
    if day > was:
        reference.set_meta(session, _META, day.isoformat())
        session.flush()
        change = (_META, {"day": told}, {"day": day.isoformat()})
        audit.note(session, SYSTEM, "go_on", "store", [change])
    return sweep.sweep(session, reference.now(session))
