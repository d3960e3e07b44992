"""Which trades the signed shortage list names: what gives them priority and marks them asks this."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from store.models import ShortageEntryRow, ShortageListRow
from store.services import reference


def short(session: Session, today: date | None = None) -> tuple[str | None, tuple[str, ...]]:
    """Code and trades of the list in force, for what gives them priority or marks them."""
    code = session.scalar(_in_force(today or reference.today(session)))
    entry = ShortageEntryRow
    trades = select(entry.occupation).where(entry.list == code).order_by(entry.position)
    return code, tuple(session.scalars(trades)) if code else ()


def _in_force(day: date) -> Select[str]:
    row = ShortageListRow
    last = (
        select(row.code)
        .where(row.signed_by.is_not(None), row.valid_from <= day)
        .order_by(row.signed_at.desc(), row.code.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(row.code)
        .where(row.code == last, row.status.in_(("signed", "superseded")))
        .where(or_(row.valid_to.is_(None), row.valid_to >= day))
    )
