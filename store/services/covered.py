"""轮训覆盖: how many of a firm's skilled workers have had the courses that the rule asks for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from store.errors import NotFoundError
from store.models import OrganisationRow
from store.schemas.actor import Actor
from store.services import early_rules, listed, naming
from store.services.causes import Worker, short_from, times, workers
from store.services.rights import Act, Reach, reach, require


@dataclass(frozen=True, slots=True)
class Trade:
    """Workers of one trade (None where no course tells it): how many, who is short now or soon, from when."""

    occupation: str | None
    name: str
    is_key: bool
    needed: int
    people: int
    short: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """One firm by trade; `staff` is what the firm says it employs, `files` of how many there is a file."""

    enterprise: str
    name: str
    months: int
    staff: int | None
    files: int
    trades: tuple[Trade, ...]

    @property
    def percent(self) -> int | None:
        """Of those with a file, how many percent are not short now or soon; None without a file."""
        if not self.files:
            return None
        return 100 * (self.files - sum(len(one.short) for one in self.trades)) // self.files


def coverage(session: Session, enterprise: str, *, by: Actor, today: date) -> Coverage:
    """Whom of a firm's workers the rule asks for, as the actor's own centre knows them, or all do."""
    require(by, Act.READ, "suggestion", by.organisation, enterprise)
    firm = session.get(OrganisationRow, enterprise)
    if firm is None or firm.kind != "enterprise":
        raise NotFoundError("enterprise", enterprise)
    rules = early_rules.rules(session)
    key = frozenset(listed.short(session, today)[1])
    is_own = reach(by, Act.READ, "suggestion") is Reach.OWN
    found = workers(session, by.organisation if is_own else None, enterprise)
    groups: dict[str | None, list[Worker]] = defaultdict(list)
    for one in found:
        groups[one.occupation].append(one)
    names = naming.occupation_names(session, {code for code in groups if code})
    horizon = today + timedelta(days=rules.ahead_days)
    trades = []
    for occupation, some in sorted(groups.items(), key=lambda item: item[0] or "~"):
        needed = times(rules, key, occupation)
        dues = [(one.trainee, short_from(one, needed, rules, today)) for one in some]
        short = tuple((code, due) for code, due in dues if due <= horizon)
        name = names.get(occupation or "", "")
        trades.append(Trade(occupation, name, occupation in key, needed, len(some), short))
    return Coverage(
        enterprise, firm.name, rules.coverage_months, firm.staff, len(found), tuple(trades)
    )
