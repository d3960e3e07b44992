"""预警: what the rules find today, the numbers and records behind it, and what is done about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.models import (
    SEVERITIES,
    CourseRow,
    InstructorRow,
    OrganisationRow,
    QualificationRow,
    UserRow,
    WarningNoteRow,
)
from store.schemas.actor import Actor
from store.services import analysis, audit, forecast, naming, use, warning
from store.services.analysis import Look
from store.services.coverage import own_offers
from store.services.forecast import Series
from store.services.rights import Act, require
from store.services.use import Sort, UseShare
from store.services.wanted import days_waited
from store.services.warning import Rule

_SPAN = 4  # weeks that a trend compares with the same number before
_LONGEST_NOTE = 200
_MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Handled:
    """Who sees to a warning, until when, who said so and what they noted."""

    assignee: str
    until: date
    login: str
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: the rule, what it is about, its numbers by name, the records behind them.

    `subject` is a trade (with `level`), an institution or a type of workstation, `name` what people call
    it. `handled` is None while nobody sees to it, and again after the day until which somebody would.
    """

    key: str
    rule: Rule
    subject: str
    name: str
    level: int | None
    figures: Mapping[str, int]
    records: tuple[tuple[str, str], ...]
    handled: Handled | None = None


def warnings(session: Session, *, by: Actor, today: date) -> tuple[Warned, ...]:
    """What the rules that are on find in the actor's own figures: open ones first, then the gravest.

    Figures are those of `analysis`, `forecast` and `use` within the actor's sight.
    """
    require(by, Act.READ, "warning", by.organisation)
    rules = [rule for rule in warning.rules(session) if rule.is_on]
    look = analysis.look(session, by, today, None, None)
    past = forecast.series(session, by=by, today=today)
    found: list[Warned] = []
    for rule in rules:
        if rule.kind == "gap":
            found += _gaps(rule, look)
        elif rule.kind == "trend":
            found += _trends(session, rule, past)
        elif rule.kind == "certificate":
            found += _certificates(session, rule, by, today)
        elif rule.kind == "filing":
            found += _filings(session, rule, by, today)
        elif rule.kind == "use":
            found += _used(session, rule, by, today)
        else:
            found += _waiting(rule, look)
    return _in_order(_with_notes(session, found, by, today))


def _in_order(found: Sequence[Warned]) -> tuple[Warned, ...]:
    def order(one: Warned) -> tuple[object, ...]:
        return (
            one.handled is not None,
            -SEVERITIES.index(one.rule.severity),
            one.rule.code,
            -max(one.figures.get(name, 0) for name in ("gap", "heads", "count", "percent")),
            one.key,
        )

    return tuple(sorted(found, key=order))


def _gaps(rule: Rule, look: Look) -> Iterator[Warned]:
    for line in analysis.board(look).lines:
        if line.gap > (rule.heads or 0) and line.waits_most > (rule.days or 0):
            figures = {"gap": line.gap, "needed": line.needed, "days": line.waits_most}
            records = tuple(("need", code) for code in line.needs)
            yield _line(rule, line.occupation, line.name, line.level, figures, records)


def _waiting(rule: Rule, look: Look) -> Iterator[Warned]:
    groups: dict[tuple[str | None, int | None], list[tuple[str, int, int]]] = defaultdict(list)
    for one in look.open:
        days = days_waited(one, look.today)
        if one.left and days > (rule.days or 0):
            groups[analysis.key_of(one)].append((one.code, one.left, days))
    for (occupation, level), some in groups.items():
        heads = sum(left for _, left, _ in some)
        if heads >= (rule.heads or 0):
            figures = {"heads": heads, "needs": len(some), "days": max(d for _, _, d in some)}
            name = look.names.get(occupation, occupation) if occupation else ""
            records = tuple(("need", code) for code, _, _ in some)
            yield _line(rule, occupation, name, level, figures, records)


def _line(
    rule: Rule,
    occupation: str | None,
    name: str,
    level: int | None,
    figures: Mapping[str, int],
    records: tuple[tuple[str, str], ...],
) -> Warned:
    subject = occupation or ""
    key = f"{rule.code}/{subject or '-'}" + (f"/{level}" if level else "")
    return Warned(key, rule, subject, name, level, figures, records)


def _trends(session: Session, rule: Rule, past: Series) -> Iterator[Warned]:
    """Trades whose heads of the last whole weeks are well above those of the weeks before."""
    if len(past.weeks) < 2 * _SPAN:
        return
    names = naming.occupation_names(session, set(past.heads))
    for trade, heads in past.heads.items():
        now, before = sum(heads[-_SPAN:]), sum(heads[-2 * _SPAN : -_SPAN])
        if now >= max(1, rule.heads or 0) and 100 * now > before * (100 + (rule.percent or 0)):
            figures = {"heads": now, "before": before, "weeks": _SPAN}
            records = tuple(
                record for week in past.weeks[-2 * _SPAN :] for record in _behind(past, trade, week)
            )
            yield _line(rule, trade, names.get(trade, trade), None, figures, records)


def _behind(past: Series, trade: str, week: date) -> Iterator[tuple[str, str]]:
    for code in past.needs.get((trade, week), ()):
        yield "need", code
    if week in past.imported:
        yield "demand_history", f"{trade} {week.isoformat()}"


def _certificates(session: Session, rule: Rule, by: Actor, today: date) -> Iterator[Warned]:
    """Institutions with instructors whose qualification has ended or soon ends."""
    held, person = QualificationRow, InstructorRow
    last = today + timedelta(days=rule.days or 0)
    found: dict[str, dict[str, date]] = defaultdict(dict)
    for code, home, until in session.execute(
        select(person.code, person.institution, held.valid_to)
        .join(held, held.instructor == person.code)
        .where(person.status == "active", held.valid_to <= last, own_offers(by, person))
        .order_by(person.code)
    ):
        found[home][code] = min(until or last, found[home].get(code, date.max))
    names = _names(session, found)
    for home, ends in found.items():
        figures = {
            "count": len(ends),
            "ended": sum(day < today for day in ends.values()),
            "days": rule.days or 0,
        }
        records = tuple(("instructor", code) for code in sorted(ends, key=lambda c: (ends[c], c)))
        yield Warned(f"{rule.code}/{home}", rule, home, names[home], None, figures, records)


def _filings(session: Session, rule: Rule, by: Actor, today: date) -> Iterator[Warned]:
    """Institutions with published courses that were filed long ago."""
    before = today - timedelta(days=rule.days or 0)
    found: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for code, home, filed in session.execute(
        select(CourseRow.code, CourseRow.institution, CourseRow.filed_on)
        .where(CourseRow.status == "published", CourseRow.filed_on < before)
        .where(own_offers(by, CourseRow))
    ):
        found[home].append((filed or before, code))
    names = _names(session, found)
    for home, some in found.items():
        some.sort()
        figures = {"count": len(some), "days": (today - some[0][0]).days}
        records = tuple(("course", code) for _, code in some)
        yield Warned(f"{rule.code}/{home}", rule, home, names[home], None, figures, records)


def _used(session: Session, rule: Rule, by: Actor, today: date) -> Iterator[Warned]:
    """Types of workstation, and institutions' seats and people, that are nearly all taken for a month."""
    for share, sorts in (
        (UseShare.EQUIPMENT, (Sort.STATIONS,)),
        (UseShare.INSTITUTION, (Sort.SEATS, Sort.INSTRUCTORS)),
    ):
        for one in use.use(session, share, by=by, today=today, sorts=sorts):
            percent = one.percent
            if percent is not None and percent >= (rule.percent or 0):
                taken = one.held + one.booked + one.elsewhere
                figures = {"percent": percent, "taken": taken, "offered": one.offered}
                records = use.behind(session, one.sort, share, one.value, by=by, today=today)
                key = f"{rule.code}/{one.sort}/{one.value}"
                yield Warned(key, rule, one.value, one.name, None, figures, records)


def _names(session: Session, codes: Mapping[str, object]) -> dict[str, str]:
    rows = session.execute(select(OrganisationRow.code, OrganisationRow.name)).all()
    return {code: name for code, name in rows if code in codes}


def _with_notes(session: Session, found: Sequence[Warned], by: Actor, today: date) -> list[Warned]:
    rows = session.scalars(
        select(WarningNoteRow).where(
            WarningNoteRow.organisation == by.organisation, WarningNoteRow.until >= today
        )
    )
    notes = {
        row.warning: Handled(row.assignee, row.until, row.login, row.at, row.note) for row in rows
    }
    return [
        Warned(
            one.key, one.rule, one.subject, one.name, one.level, one.figures, one.records,
            notes.get(one.key),
        )
        for one in found
    ]  # fmt: skip


def acknowledge(
    session: Session,
    key: str,
    *,
    until: date,
    assignee: str = "",
    note: str = "",
    by: Actor,
    today: date,
) -> Handled:
    """Say who of one's own organisation sees to a warning (oneself, if not said) and until which day."""
    require(by, Act.EDIT, "warning", by.organisation, key[:40])
    if all(one.key != key for one in warnings(session, by=by, today=today)):
        raise NotFoundError("warning", key)
    if not today <= until <= today + timedelta(days=_MOST_DAYS):
        raise InvalidError("warning_until", day=until.isoformat(), most=_MOST_DAYS)
    who = assignee or by.login
    person = session.get(UserRow, who)
    if assignee and (person is None or person.organisation != by.organisation):
        raise NotFoundError("user", assignee)
    if len(note) > _LONGEST_NOTE:
        raise InvalidError("reason_too_long", most=_LONGEST_NOTE)
    row = session.get(WarningNoteRow, (by.organisation, key), with_for_update=True)
    before = None if row is None else asdict(_handled(row))
    if row is None:
        row = WarningNoteRow(organisation=by.organisation, warning=key)
        session.add(row)
    row.login, row.assignee, row.until = by.login, who, until
    row.at, row.note = datetime.now(UTC), note.strip() or None
    session.flush()
    after = _handled(row)
    told = (key[:40], _told(key, before), _told(key, asdict(after)))
    audit.note(session, by, "acknowledge", "warning", [told])
    return after


def _handled(row: WarningNoteRow) -> Handled:
    return Handled(row.assignee, row.until, row.login, row.at, row.note)


def _told(key: str, values: Mapping[str, object] | None) -> Mapping[str, object] | None:
    if values is None:
        return None
    kept = {name: str(value) if value is not None else None for name, value in values.items()}
    return {"warning": key, **kept}
