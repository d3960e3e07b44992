"""Taking back what one has just registered or withdrawn: many at once, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from store.errors import ConflictError
from store.schemas.actor import Actor
from store.services import audit, clocks, records
from store.services.rights import Act, require


def withdraw_many(
    session: Session, kind: str, codes: Sequence[str], *, by: Actor, reason: str = ""
) -> tuple[str, ...]:
    """Take records out of use as they are now, all or none; those that are out of use already stay so."""
    views = [records.fetch(session, kind, code, by=by) for code in codes]
    wanted = [view for view in views if view.status != "withdrawn"] or views
    for view in wanted:
        records.withdraw(session, kind, view.code, version=view.version, by=by, reason=reason)
    return tuple(view.code for view in wanted)


def undo(
    session: Session, kind: str, codes: Sequence[str], *, by: Actor, now: datetime
) -> tuple[str, ...]:
    """Take back one's own last act on each record: the registered are withdrawn, the withdrawn in use again.

    Refused when somebody else has acted since, when it is too long ago, or when the act was another.
    Returns the acts that were taken back, in the order of the codes.
    """
    return tuple(_undo(session, kind, code, by, now) for code in codes)


def _undo(session: Session, kind: str, code: str, by: Actor, now: datetime) -> str:
    view = records.fetch(session, kind, code, by=by)
    require(by, Act.WITHDRAW, kind, view.owner, code)
    last = audit.last(session, kind, code)
    minutes = clocks.clocks(session).undo_minutes
    if last is None or (last.login, last.organisation) != (by.login, by.organisation):
        raise ConflictError("nothing_to_undo", id=code)
    if (now - last.at).total_seconds() > minutes * 60:
        raise ConflictError("undo_too_late", id=code, minutes=minutes)
    if last.act == "withdraw" and view.status == "withdrawn":
        status = last.before.get("status")
        records.reinstate(session, kind, code, version=view.version, by=by, status=status)
    elif last.act == "register":
        records.withdraw(session, kind, code, version=view.version, by=by, reason="undo")
    else:
        raise ConflictError("nothing_to_undo", id=code)
    return last.act
