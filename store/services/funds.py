"""Training funds of firms: what was said of a year, worked out by the rates that hold where the firm is.

A competitor could make use of it: only the centre that entered it and the supervisor read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.fund import FundResult, FundYear, work_out
from matching.subsidy.answers import in_force
from matching.subsidy.rules import Fund, RuleSet
from store.errors import InvalidError, NotFoundError, StaleEditError
from store.models import FundYearRow, OrganisationRow, in_fen
from store.schemas.actor import Actor
from store.schemas.policy import FundDraft
from store.services import audit, policies, reference
from store.services.rights import Act, Reach, reach, require, require_some

_KIND = "fund"
_YEARS = (2000, 2100)


@dataclass(frozen=True, slots=True)
class FundView:
    """A firm's years: what was said, what it comes to, and by which rule set's rates each year."""

    enterprise: str
    name: str
    years: tuple[FundYear, ...]
    results: tuple[FundResult, ...]
    sources: tuple[str, ...]
    without_rates: tuple[int, ...]


def firms(session: Session, *, by: Actor) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Code, name and years of every firm whose fund an actor may read."""
    require(by, Act.READ, _KIND, by.organisation)
    query = (
        select(FundYearRow.enterprise, OrganisationRow.name, FundYearRow.year)
        .join(OrganisationRow, OrganisationRow.code == FundYearRow.enterprise)
        .order_by(FundYearRow.enterprise, FundYearRow.year)
    )
    if reach(by, Act.READ, _KIND) is Reach.OWN:
        query = query.where(FundYearRow.owner == by.organisation)
    found: dict[tuple[str, str], list[int]] = {}
    for code, name, year in session.execute(query):
        found.setdefault((code, name), []).append(year)
    return tuple((code, name, tuple(years)) for (code, name), years in found.items())


@dataclass(frozen=True, slots=True)
class ShortFirm:
    """A firm that spent less in a year than it is to set aside, in fen; whether it can train by itself."""

    enterprise: str
    name: str
    year: int
    least: int
    spent: int
    trains_itself: bool | None

    @property
    def lacking(self) -> int:
        """What it did not spend, in fen."""
        return self.least - self.spent


def short(session: Session, *, by: Actor, year: int) -> tuple[ShortFirm, ...]:
    """Firms below the floor of a year whose fund an actor may read, what they lack largest first."""
    found = []
    for code, name, years in firms(session, by=by):
        if year not in years:
            continue
        view = look(session, code, by=by, until=year)
        for one in view.results:
            if one.year == year and one.is_short and one.least is not None:
                own = _firm(session, code).trains_itself
                found.append(ShortFirm(code, name, year, one.least, one.spent or 0, own))
    return tuple(sorted(found, key=lambda one: (-one.lacking, one.enterprise)))


def look(session: Session, enterprise: str, *, by: Actor, until: int | None = None) -> FundView:
    """A firm's years up to one, with the balance that each hands on."""
    require_some(by, Act.READ, _KIND, enterprise)
    rows = _rows(session, enterprise)
    for row in rows:
        require(by, Act.READ, _KIND, row.owner, enterprise)
    firm = _firm(session, enterprise)
    years = [_year(row) for row in rows if until is None or row.year <= until]
    areas = policies.area_chain(session, firm.area)
    sets = policies.published(session)
    asked = {one.year: _rates(sets, areas, one.year) for one in years}
    held = {year: found for year, found in asked.items() if found is not None}
    known = [one for one in years if one.year in held]
    results = work_out(known, lambda year: held[year][1])
    return FundView(
        enterprise,
        firm.name,
        tuple(years),
        results,
        tuple(f"{held[one.year][0].name} ({held[one.year][0].source})" for one in known),
        tuple(one.year for one in years if one.year not in held),
    )


def record(
    session: Session,
    enterprise: str,
    year: int,
    draft: FundDraft,
    *,
    by: Actor,
    version: int | None = None,
) -> FundView:
    """Say what a firm paid and spent in a year, in place of what stood there."""
    require_some(by, Act.EDIT, _KIND, enterprise)
    for known in _rows(session, enterprise):
        require(by, Act.EDIT, _KIND, known.owner, enterprise)
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise InvalidError("fund_year", year=year, first=_YEARS[0], last=_YEARS[1])
    if draft.front is not None and draft.spent is not None and draft.front > draft.spent:
        raise InvalidError("fund_front", front=draft.front, spent=draft.spent)
    today = reference.today(session)
    if year > today.year and (draft.spent or draft.front):
        raise InvalidError("fund_ahead", year=year, now=today.year)
    _firm(session, enterprise)
    row = session.get(FundYearRow, (enterprise, year), with_for_update=True)
    before = _told(row) if row else None
    if row is None:
        row = FundYearRow(enterprise=enterprise, year=year, owner=by.organisation, version=0)
        session.add(row)
    if version is not None and version != row.version:
        raise StaleEditError(_KIND, f"{enterprise}/{year}", row.version)
    row.payroll_fen, row.spent_fen = in_fen(draft.payroll), in_fen(draft.spent)
    row.front_fen, row.staff = in_fen(draft.front), draft.staff
    row.version += 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, "edit", _KIND, [(f"{enterprise}/{year}", before, _told(row))])
    return look(session, enterprise, by=by)


def _rows(session: Session, enterprise: str) -> Sequence[FundYearRow]:
    return session.scalars(
        select(FundYearRow).where(FundYearRow.enterprise == enterprise).order_by(FundYearRow.year)
    ).all()


def _firm(session: Session, code: str) -> OrganisationRow:
    row = session.get(OrganisationRow, code)
    if row is None or row.kind != "enterprise":
        raise NotFoundError("enterprise", code)
    return row


def _year(row: FundYearRow) -> FundYear:
    return FundYear(row.year, row.payroll_fen, row.spent_fen, row.front_fen, row.staff)


_Held = tuple[RuleSet, Fund]


def _rates(sets: Sequence[RuleSet], areas: Sequence[str], year: int) -> _Held | None:
    """The rates of a year: those of the nearest area on its last day."""
    held = [one for one in in_force(sets, date(year, 12, 31)) if one.fund and one.area in areas]
    nearest = min(held, key=lambda one: areas.index(one.area), default=None)
    return (nearest, nearest.fund) if nearest is not None and nearest.fund else None


def _told(row: FundYearRow) -> dict[str, object]:
    names = ("payroll_fen", "spent_fen", "front_fen", "staff")
    return {name: getattr(row, name) for name in names}
