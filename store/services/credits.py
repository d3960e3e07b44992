"""The credit ledger of a person: entries that are only added, reversals among them, and balances by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import CreditRow, EnrolmentRow, ResultRow, TrainingClassRow
from store.schemas.actor import Actor
from store.services import audit, credit_rules, trainees
from store.services.clocks import day_of
from store.services.rights import Act, require_some

KIND = "credit"
_MOST_POINTS = 1000
_MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; `expires` is the first day on which its points do not count any more."""

    id: int
    points: int
    source: str
    day: date
    expires: date | None
    reverses: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Account:
    """A person's credits on a day: what counts, the highest threshold reached, every entry."""

    trainee: str
    day: date
    balance: int
    reached: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """An entry before it is written; `of` is what it reverses."""

    trainee: str
    points: int
    source: str
    day: date
    reason: str | None = None
    of: CreditRow | None = None


def account(session: Session, trainee: str, *, by: Actor, day: date) -> Account:
    """Credits of a person, with those of files merged into theirs."""
    trainees.load(session, trainee, by=by)
    codes = trainees.codes_of(session, trainee)
    rows = session.scalars(
        select(CreditRow).where(CreditRow.trainee.in_(codes)).order_by(CreditRow.id)
    )
    entries = tuple(
        Entry(row.id, row.points, row.source, row.day, row.expires, row.reverses, row.reason)
        for row in rows
    )
    points = balance(session, codes, day)
    reached = credit_rules.rules(session).reached(points)
    return Account(trainee, day, points, reached, entries)


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody whose credits reach a threshold: their file, name masked, points, the highest they reach."""

    trainee: str
    name: str
    points: int
    threshold: str


def reached(
    session: Session, threshold: str | None = None, *, by: Actor, day: date
) -> tuple[Reached, ...]:
    """Everybody one may see who reaches a threshold on a day, most points first; one threshold or any."""
    require_some(by, Act.READ, trainees.KIND)
    known = credit_rules.rules(session)
    least = {name: int(points) for points, name in known.thresholds.items()}
    if threshold is not None and threshold not in least:
        raise InvalidError("threshold_unknown", name=threshold, known=", ".join(sorted(least)))
    into = trainees.merged(session)
    points: dict[str, int] = defaultdict(int)
    for code, total in session.execute(
        select(CreditRow.trainee, func.sum(CreditRow.points))
        .where(CreditRow.day <= day, or_(CreditRow.expires.is_(None), CreditRow.expires > day))
        .group_by(CreditRow.trainee)
    ):
        points[into.get(code, code)] += int(total)
    wanted = min(least.values(), default=0) if threshold is None else least[threshold]
    found = []
    for view in trainees.listed(session, by=by, limit=_MOST_PEOPLE):
        name = known.reached(points[view.code])
        if name is not None and points[view.code] >= wanted:
            found.append(Reached(view.code, view.name, points[view.code], name))
    return tuple(sorted(found, key=lambda one: (-one.points, one.trainee)))


def balance(session: Session, codes: Iterable[str], day: date) -> int:
    """Points that count on a day: given by then, not expired, reversals with what they reverse."""
    total = session.scalar(
        select(func.sum(CreditRow.points)).where(
            CreditRow.trainee.in_(tuple(codes)),
            CreditRow.day <= day,
            or_(CreditRow.expires.is_(None), CreditRow.expires > day),
        )
    )
    return int(total or 0)


def recount(entries: Iterable[Entry], day: date) -> int:
    """The balance by the ledger alone, entry by entry."""
    return sum(
        one.points
        for one in entries
        if one.day <= day and (one.expires is None or one.expires > day)
    )


def give(
    session: Session,
    trainee: str,
    points: int,
    reason: str,
    *,
    by: Actor,
    now: datetime,
    day: date | None = None,
) -> Entry:
    """Points that are recognised from elsewhere, with where they come from as the reason."""
    trainees.load(session, trainee, by=by, act=Act.EDIT)
    if not 1 <= points <= _MOST_POINTS:
        raise InvalidError("rule_range", name="points", value=points, least=1, most=_MOST_POINTS)
    if not reason.strip():
        raise InvalidError("credit_reason")
    earned = day or day_of(now)
    return _write(session, _Said(trainee, points, "recognised", earned, reason.strip()), by, now)


def reverse(
    session: Session, trainee: str, entry: int, reason: str, *, by: Actor, now: datetime
) -> Entry:
    """Take an entry back by one of the other sign; each only once, and with a reason."""
    require_some(by, Act.EDIT, trainees.KIND, trainee)
    trainees.load(session, trainee, by=by, act=Act.EDIT)
    row = session.get(CreditRow, entry)
    if row is None or row.trainee not in trainees.codes_of(session, trainee):
        raise NotFoundError(KIND, str(entry))
    if not reason.strip():
        raise InvalidError("credit_reason")
    other = aliased(CreditRow)
    gone = session.scalar(select(other.id).where(other.reverses == entry))
    if row.reverses is not None or gone is not None:
        raise ConflictError("credit_reversed", id=entry)
    return _reverse(session, row, reason.strip(), by, now)


def award_hours(
    session: Session,
    seat: EnrolmentRow,
    row: TrainingClassRow,
    hours: int,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Points for a completed course, once."""
    points = credit_rules.rules(session).for_hours(hours, row.institution)
    source = f"class:{row.code}"
    if points and _standing(session, seat.trainee, source) is None:
        _write(session, _Said(seat.trainee, points, source, row.last_day), by, now)


def award_certificate(
    session: Session, trainee: str, result: ResultRow, body: str, *, by: Actor, now: datetime
) -> None:
    """Points for a certificate, once."""
    points = credit_rules.rules(session).for_certificate(result.level, body)
    source = f"result:{result.id}"
    if points and _standing(session, trainee, source) is None:
        _write(session, _Said(trainee, points, source, result.day), by, now)


def take_back(
    session: Session, trainee: str, source: str, reason: str, *, by: Actor, now: datetime
) -> None:
    """Reverse what stands of a source, where anything does."""
    row = _standing(session, trainee, source)
    if row is not None:
        _reverse(session, row, reason, by, now)


def restore(session: Session, trainee: str, reason: str, *, by: Actor, now: datetime) -> None:
    """Give again what was reversed for a reason and does not stand."""
    gone = aliased(CreditRow)
    query = (
        select(CreditRow)
        .join(gone, gone.reverses == CreditRow.id)
        .where(CreditRow.trainee == trainee, gone.reason == reason)
        .order_by(CreditRow.id)
    )
    for row in session.scalars(query).all():
        if _standing(session, trainee, row.source) is None:
            said = _Said(trainee, row.points, row.source, row.day)
            _write(session, said, by, now)


def _standing(session: Session, trainee: str, source: str) -> CreditRow | None:
    """The entry of a source that is not reversed."""
    other = aliased(CreditRow)
    return session.scalar(
        select(CreditRow)
        .where(CreditRow.trainee == trainee, CreditRow.source == source)
        .where(CreditRow.reverses.is_(None))
        .where(~select(other.id).where(other.reverses == CreditRow.id).exists())
    )


def _reverse(session: Session, row: CreditRow, reason: str, by: Actor, now: datetime) -> Entry:
    day = max(day_of(now), row.day)
    said = _Said(row.trainee, -row.points, row.source, day, reason, row)
    return _write(session, said, by, now)


def _write(session: Session, said: _Said, by: Actor, now: datetime) -> Entry:
    years = credit_rules.rules(session).years
    of = said.of
    expires = of.expires if of is not None else years_after(said.day, years) if years else None
    row = CreditRow(
        trainee=said.trainee,
        points=said.points,
        source=said.source,
        day=said.day,
        expires=expires,
        reverses=of.id if of is not None else None,
        reason=said.reason,
        login=by.login,
        at=now,
    )
    session.add(row)
    session.flush()
    after = {"points": said.points, "source": said.source, "day": said.day.isoformat()}
    told = (said.trainee, None, after)
    audit.note(session, by, "credit", KIND, [told], reason=said.reason, at=now)
    return Entry(row.id, row.points, row.source, row.day, expires, row.reverses, row.reason)


def years_after(day: date, years: int) -> date:
    """The same day some years later; of a leap day the first of March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
