"""How long each step may take, in working days of the calendar, and the moment each clock ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from matching.weekly import Calendar
from store.errors import InvalidError
from store.schemas.actor import Actor
from store.services import audit, reference
from store.services.reference import CHINA
from store.services.rights import Act, require

_META = "clocks"
_CLOSES = time(18)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Numbers behind the clocks; days are working days that end at 18:00, all else says its unit.

    The defaults for institution and enterprise are those of the French CPF (2 and 4 days), those for an
    unmet need the ones of a British scheme (84 days).
    """

    draft_minutes: int = 30
    allocation_minutes: int = 240
    institution_days: int = 2
    enterprise_days: int = 4
    confirm_days: int = 2
    claim_days: int = 1
    decide_days: int = 3
    undo_minutes: int = 30
    need_days: int = 84
    retry_minutes: int = 120
    merge_days: int = 7
    suggest_days: int = 5
    case_days: int = 3
    remind_days: int = 3
    renew_days: int = 14


def clocks(session: Session) -> Clocks:
    """The clocks of this store."""
    said = reference.meta(session, _META)
    return replace(Clocks(), **json.loads(said)) if said else Clocks()


def set_clocks(session: Session, changes: Mapping[str, int], *, by: Actor) -> Clocks:
    """Change some of the numbers; a supervisor's act."""
    require(by, Act.EDIT, "clocks", None)
    known = [field.name for field in fields(Clocks)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        if not 1 <= value <= 1000:
            raise InvalidError("clock_range", name=name, value=value)
    before = clocks(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    audit.note(session, by, "edit", "clocks", [("CLOCKS", asdict(before), asdict(after))])
    return after


def after_workdays(calendar: Calendar, now: datetime, days: int) -> datetime:
    """The close of the working day that comes so many working days after now, in UTC."""
    return close_of(calendar.workdays_after(now.astimezone(CHINA).date(), days))


def close_of(day: date) -> datetime:
    """When the desks close on a day, in UTC."""
    return datetime.combine(day, _CLOSES, CHINA).astimezone(UTC)


def after_minutes(now: datetime, minutes: int) -> datetime:
    """So many minutes from now."""
    return now + timedelta(minutes=minutes)


def day_of(moment: datetime) -> date:
    """The date of a moment where the desks are."""
    return moment.astimezone(CHINA).date()
