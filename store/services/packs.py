"""The calendar of reports: which month, quarter and year is to be reported on, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.models import BulletinRow, NeedRow
from store.schemas.actor import Actor
from store.schemas.periods import REGULAR, Period, PeriodKind, before, period_with
from store.services import reference
from store.services.clocks import day_of
from store.services.rights import Act, require

# Working days after the end of a period in which its report is due.
_WITHIN: Mapping[PeriodKind, int] = {
    PeriodKind.MONTHLY: 5,
    PeriodKind.QUARTERLY: 10,
    PeriodKind.YEARLY: 20,
}


@dataclass(frozen=True, slots=True)
class Pack:
    """A report that is expected: of which period, until when, and the bulletin there is of it, if any.

    `is_early`: the bulletin has the figures of a day on which the period was not over.
    """

    kind: PeriodKind
    period: Period
    due: date
    bulletin: str | None
    status: str | None
    is_early: bool = False

    def state(self, today: date) -> str:
        """Done, overdue, due or still to come."""
        if self.status == "published" and not self.is_early:
            return "done"
        if today > self.due:
            return "overdue"
        return "due" if today > self.period.last else "to_come"


def packs(session: Session, *, by: Actor, today: date) -> tuple[Pack, ...]:
    """For each kind the period that ended last and the present one, what is due first on top.

    Periods in which nothing was registered yet, because the store began later, are not asked for unless
    somebody made a bulletin of them.
    """
    require(by, Act.REGISTER, "bulletin", None)
    begun = session.scalar(select(func.min(NeedRow.created_at)))
    since = day_of(begun) if begun else today
    calendar = reference.calendar(session)
    found = []
    for kind in REGULAR:
        present = period_with(kind, today)
        for period in (before(kind, present), present):
            made = _made(session, kind, period)
            if period.last >= since or made is not None:
                due = calendar.workdays_after(period.last, _WITHIN[kind])
                found.append(Pack(kind, period, due, *(made or (None, None))))
    return tuple(sorted(found, key=lambda one: (one.state(today) == "done", one.due, one.kind)))


def _made(session: Session, kind: PeriodKind, period: Period) -> tuple[str, str, bool] | None:
    """The bulletin of a period that went furthest, of the whole district, withdrawn ones left out.

    With its code and state, whether its figures are of a day before the period was over.
    """
    rows = session.execute(
        select(BulletinRow.code, BulletinRow.status, BulletinRow.as_of <= period.last)
        .where(BulletinRow.kind == kind.value, BulletinRow.area.is_(None))
        .where(BulletinRow.first == period.first, BulletinRow.last == period.last)
        .where(BulletinRow.status != "withdrawn")
        .order_by(BulletinRow.code.desc())
    )
    order = ("published", "checked", "draft")
    found = [(code, status, bool(is_early)) for code, status, is_early in rows]
    return min(found, key=lambda one: order.index(one[1]), default=None)
