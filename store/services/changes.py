"""Which kinds of record anybody has changed since one looked last."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import AuditRow
from store.schemas.actor import Actor
from store.services.rights import Act, reach

_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Changes:
    """The newest change that was seen, and the kinds of record that have changed up to it."""

    last: int
    kinds: frozenset[str]


def newest(session: Session) -> int:
    """The number of the newest change, 0 before there is any."""
    return session.scalar(select(func.max(AuditRow.id))) or 0


def since(session: Session, after: int, *, by: Actor) -> Changes:
    """What was changed after the change `after`; only kinds that the actor may read are named."""
    row = AuditRow  # in order of the key and so many at most: no database reads the whole table for it
    later = (
        select(row.id, row.kind).where(row.id > after).order_by(row.id).limit(_AT_ONCE).subquery()
    )
    found = session.execute(select(later.c.kind, func.max(later.c.id)).group_by(later.c.kind)).all()
    last = max((id for _, id in found), default=after)
    kinds = frozenset(kind for kind, _ in found if reach(by, Act.READ, kind) is not None)
    return Changes(last, kinds)
