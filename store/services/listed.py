"""Which trades the signed shortage list names: what gives them priority and marks them asks this."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from store.models import ShortageEntryRow, ShortageListRow
from store.schemas.records import NeedView
from store.services import reference
from store.services.meaning import settled


def short(session: Session, today: date | None = None) -> tuple[str | None, tuple[str, ...]]:
    """Code and trades of the list in force, for what gives them priority or marks them."""
    code = session.scalar(_IN_FORCE, {"day": today or reference.today(session)})
    entry = ShortageEntryRow
    trades = select(entry.occupation).where(entry.list == code).order_by(entry.position)
    return code, tuple(session.scalars(trades)) if code else ()


def marked(session: Session, needs: Iterable[NeedView]) -> tuple[NeedView, ...]:
    """Needs with the code of the list in force where it names their settled trade."""
    code, trades = short(session)
    if code is None:
        return tuple(needs)
    return tuple(
        need.model_copy(update={"shortage": code}) if _trade(need) in trades else need
        for need in needs
    )


def _trade(need: NeedView) -> str | None:
    first, second = (*need.occupations[:2], None, None)[:2]
    if first is None:
        return None
    next_best = second.confidence if second else None
    return settled(first.code, first.confidence, first.confirmed_by, next_best)


def _in_force(row: type[ShortageListRow], day: ColumnElement[date]) -> Select[str]:
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


_IN_FORCE = _in_force(ShortageListRow, bindparam("day", type_=Date))
