"""What the invented bureau has told the public: targets of three units, bulletins of the last two months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from store.schemas.actor import Actor
from store.schemas.periods import Period, PeriodKind, before, period_with
from store.schemas.publication import Bulletin, BulletinDraft, Indicator, TargetDraft
from store.services import bulletins, reference, targets

# Unit, what is counted, the kind of period, and how much; all invented.
_TARGETS = (
    ("C-BL", Indicator.HEADS, PeriodKind.YEARLY, 420),
    ("C-BL", Indicator.NEEDS, PeriodKind.QUARTERLY, 60),
    ("C-HG", Indicator.HEADS, PeriodKind.YEARLY, 260),
    ("440307019", Indicator.HEADS, PeriodKind.QUARTERLY, 150),
    ("440307019", Indicator.BOOKED, PeriodKind.QUARTERLY, 90),
)


Documents = Callable[[Bulletin], Mapping[str, str]]


def told(session: Session, today: date, documents: Documents, by: Actor) -> None:
    """Targets set, the bulletin of the last month made, checked and published with its documents' digests."""
    for unit, indicator, kind, value in _TARGETS:
        period = period_with(kind, today)
        targets.put(session, _target(unit, indicator, period, value), by=by, today=today)
    _publish(session, today, documents, by)


def a_month_ago(session: Session, today: date, documents: Documents, by: Actor) -> None:
    """The bulletin before that, of the store as it is: call it while fewer needs are registered."""
    _publish(session, today - timedelta(days=28), documents, by)


def _publish(session: Session, day: date, documents: Documents, by: Actor) -> None:
    """The bulletin of the month before a day made, checked and published on that day."""
    period = before(PeriodKind.MONTHLY, period_with(PeriodKind.MONTHLY, day))
    draft = BulletinDraft(kind=PeriodKind.MONTHLY, first=period.first, last=period.last)
    made = bulletins.make(session, draft, by=by, today=day)
    bulletins.check(session, made.view.code, by=by)
    now = datetime.combine(day, time(9, 20), reference.CHINA)
    bulletins.publish(session, made.view.code, documents(made), by=by, now=now)


def _target(unit: str, indicator: Indicator, period: Period, value: int) -> TargetDraft:
    return TargetDraft(
        unit=unit, indicator=indicator, first=period.first, last=period.last, value=value
    )
