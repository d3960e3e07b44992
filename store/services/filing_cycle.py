"""What each institution has to file and has filed, and its word that all is still as it was."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.orm import Session

from matching.weekly import Calendar
from store.errors import InvalidError, NotFoundError
from store.models import (
    AssessmentRow,
    ContactRow,
    CourseRow,
    FilingRow,
    InstructorRow,
    OrganisationRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services import audit, filing_calendar, reference
from store.services.clocks import day_of
from store.services.filing_calendar import FilingCalendar, Rule
from store.services.rights import Act, Reach, reach, require, require_some

FILED, DUE, OVERDUE = "filed", "due", "overdue"
_ROWS: Mapping[str, type[Any]] = {
    "course": CourseRow,
    "run": RunRow,
    "instructor": InstructorRow,
    "venue": VenueRow,
    "slot": SlotRow,
    "assessment": AssessmentRow,
}


@dataclass(frozen=True, slots=True)
class Due:
    """What an institution has to file of a kind: for which period, due when, in which state.

    `days` are working days since it was due, 0 before; `records` are those that a filing is about now;
    `filed` is the day of its last filing, `talked` when somebody rang about it last.
    """

    institution: str
    name: str
    kind: str
    period: date
    period_name: str
    due: date
    until: date
    state: str
    days: int
    records: int
    filed: date | None
    how: str
    talked: datetime | None


@dataclass(frozen=True, slots=True)
class Filed:
    """One filing: how many records were new, changed, or the same as last time."""

    institution: str
    kind: str
    period: date
    status: str
    how: str
    fresh: int
    changed: int
    same: int
    day: date
    login: str


def in_use(kind: str, today: date) -> ColumnElement[bool]:
    """Records of a kind that a filing is about: neither withdrawn nor over."""
    row = _ROWS[kind]
    is_kept: ColumnElement[bool] = row.status != "withdrawn"
    if kind == "course":
        return is_kept & or_(row.valid_to.is_(None), row.valid_to >= today)
    if kind == "run":
        return is_kept & (func.coalesce(row.last_day, row.first_day) >= today)
    return is_kept & (row.day >= today) if kind in ("slot", "assessment") else is_kept


def due(
    session: Session, *, by: Actor, today: date, institution: str | None = None
) -> tuple[Due, ...]:
    """What is to be filed and what has been, of all institutions or one: longest overdue first."""
    require_some(by, Act.READ, "filing", institution or "")
    if reach(by, Act.READ, "filing") is Reach.OWN:
        institution = institution or by.organisation
    if institution is not None:
        require(by, Act.READ, "filing", institution, institution)
    return found(session, today, institution)


def found(session: Session, today: date, institution: str | None = None) -> tuple[Due, ...]:
    """The list for whoever may see it: the calendar's own working out, with no rights asked."""
    kept, workdays = filing_calendar.calendar(session), reference.calendar(session)
    organisations = _institutions(session, institution)
    counts = _counts(session, today, institution)
    last = _last_filings(session, institution)
    talks = _talks(session, institution)
    made: list[Due] = []
    for (code, kind), records in counts.items():
        if code not in organisations:
            continue
        name, registered = organisations[code]
        rule, filing = kept.rules[kind], last.get((code, kind))
        start = _owed(rule, filing.period if filing else None, kept.begins, registered, today)
        state, days = _state(rule, start, workdays, today)
        if filing is None and kept.begins is None:  # nobody has said yet that filing is asked for
            state, days = DUE, 0
        if filing is not None and filing.period == filing_calendar.period_of(rule, today):
            start, state, days = filing.period, FILED, 0
        made.append(
            Due(
                code, name, kind, start, filing_calendar.period_name(rule, start),
                filing_calendar.due_day(rule, start, workdays),
                filing_calendar.last_day(rule, start, workdays),
                state, days, records, filing.day if filing else None, filing.how if filing else "",
                talks.get(code),
            )
        )  # fmt: skip
    order = {OVERDUE: 0, DUE: 1, FILED: 2}
    return tuple(
        sorted(
            made, key=lambda one: (order[one.state], -one.days, one.due, one.institution, one.kind)
        )
    )


def same(
    session: Session, institution: str, kinds: Sequence[str] = (), *, by: Actor, today: date
) -> tuple[Filed, ...]:
    """Confirm that an institution's records of some kinds, or of all, are true: each gets today's date."""
    require_some(by, Act.REGISTER, "filing", institution)
    require(by, Act.REGISTER, "filing", institution, institution)
    for kind in kinds:
        if kind not in _ROWS:
            raise InvalidError("field_unknown", name=kind, known=", ".join(_ROWS))
    owed = {one.kind: one for one in found(session, today, institution)}
    if institution not in _institutions(session, institution):
        raise NotFoundError("institution", institution)
    missing = [kind for kind in kinds if kind not in owed]
    if missing or not owed:
        raise InvalidError("filing_nothing", id=institution, kinds=", ".join(missing or _ROWS))
    kept = filing_calendar.calendar(session)
    return tuple(
        _file(session, owed[kind], kept, by, today) for kind in dict.fromkeys(kinds or owed)
    )


def status(session: Session, institution: str, *, by: Actor) -> tuple[Filed, ...]:
    """Every filing of an institution, newest first."""
    require_some(by, Act.READ, "filing", institution)
    require(by, Act.READ, "filing", institution, institution)
    rows = session.scalars(
        select(FilingRow)
        .where(FilingRow.institution == institution)
        .order_by(FilingRow.day.desc(), FilingRow.id.desc())
    )
    return tuple(_filed(row) for row in rows)


def _file(session: Session, owed: Due, kept: FilingCalendar, by: Actor, today: date) -> Filed:
    """One kind: dates on its records, one row for the period, one in the trail."""
    row, rule = _ROWS[owed.kind], kept.rules[owed.kind]
    mine = (row.owner == owed.institution, in_use(owed.kind, today))
    period = filing_calendar.period_of(rule, today)
    last = _last_filings(session, owed.institution).get((owed.institution, owed.kind))
    counts = Counter(
        _since(last.at if last else None, created, changed)
        for created, changed in session.execute(select(row.created_at, row.changed_at).where(*mine))
    )
    codes = session.scalars(select(row.code).where(*mine).order_by(row.code)).all()
    session.execute(
        update(row)
        .where(*mine)
        .values(filed_on=today, version=row.version + 1)
        .execution_options(synchronize_session=False)
    )
    filing = last if last is not None and last.period == period else None
    if filing is None:
        filing = FilingRow(institution=owed.institution, kind=owed.kind, period=period)
        filing.status = "late" if owed.state == OVERDUE else "filed"
        session.add(filing)
    filing.how = next((how for how in ("new", "changed") if counts[how]), "same")
    filing.fresh, filing.changed, filing.same = counts["new"], counts["changed"], counts["same"]
    filing.day, filing.login, filing.at = today, by.login, datetime.now(UTC)
    session.flush()
    name = filing_calendar.period_name(rule, period)
    told = {"kind": owed.kind, "period": name, "how": filing.how, "codes": list(codes)}
    audit.note(session, by, "file", "filing", [(owed.institution, None, told)])
    return _filed(filing)


def _since(last: datetime | None, created: datetime, changed: datetime) -> str:
    if last is None or created > last:
        return "new"
    return "changed" if changed > last else "same"


def _filed(row: FilingRow) -> Filed:
    return Filed(
        row.institution, row.kind, row.period, row.status, row.how, row.fresh, row.changed, row.same,
        row.day, row.login,
    )  # fmt: skip


def _owed(
    rule: Rule, filed: date | None, begins: date | None, registered: date, today: date
) -> date:
    """The first period that is not filed, at the latest the present one."""
    present = filing_calendar.period_of(rule, today)
    if filed is not None:
        return min(present, filing_calendar.next_period(rule, filed))
    if begins is None:
        return present
    return min(present, filing_calendar.period_of(rule, max(begins, registered)))


def _state(rule: Rule, period: date, workdays: Calendar, today: date) -> tuple[str, int]:
    """Due or overdue, and the working days since the due day."""
    wanted = filing_calendar.due_day(rule, period, workdays)
    days = (today - wanted).days
    late = sum(workdays.is_workday(wanted + timedelta(days=n)) for n in range(1, days + 1))
    is_over = today > filing_calendar.last_day(rule, period, workdays)
    return (OVERDUE if is_over else DUE), late


def _institutions(session: Session, code: str | None) -> dict[str, tuple[str, date]]:
    """Names and days of registration of those that are active."""
    query = select(OrganisationRow.code, OrganisationRow.name, OrganisationRow.created_at).where(
        OrganisationRow.kind == "institution", OrganisationRow.status == "active"
    )
    if code is not None:
        query = query.where(OrganisationRow.code == code)
    return {code: (name, day_of(at)) for code, name, at in session.execute(query)}


def _counts(session: Session, today: date, code: str | None) -> dict[tuple[str, str], int]:
    """How many records of each kind an institution has in use; kinds that it never had are left out."""
    counts: dict[tuple[str, str], int] = {}
    for kind, row in _ROWS.items():
        query = select(row.owner, func.sum(case((in_use(kind, today), 1), else_=0))).where(
            row.status != "withdrawn"
        )
        if code is not None:
            query = query.where(row.owner == code)
        for owner, count in session.execute(query.group_by(row.owner)):
            counts[owner, kind] = int(count)
    return counts


def _last_filings(session: Session, code: str | None) -> dict[tuple[str, str], FilingRow]:
    query = select(FilingRow).order_by(FilingRow.period)
    if code is not None:
        query = query.where(FilingRow.institution == code)
    return {(row.institution, row.kind): row for row in session.scalars(query)}


def _talks(session: Session, code: str | None) -> dict[str, datetime]:
    """When institutions were reached about their filings last."""
    query = select(ContactRow.party, ContactRow.at).where(
        ContactRow.record == ContactRow.party, ContactRow.outcome == "talked"
    )
    if code is not None:
        query = query.where(ContactRow.party == code)
    found: dict[str, datetime] = {}
    for party, at in session.execute(query):
        found[party] = max(at, found.get(party, at))
    return found


def overdue(session: Session, today: date) -> dict[str, list[Due]]:
    """What is overdue, by institution."""
    groups: dict[str, list[Due]] = defaultdict(list)
    for one in found(session, today):
        if one.state == OVERDUE:
            groups[one.institution].append(one)
    return dict(groups)
