"""急需紧缺工种目录: drafted from figures, edited, signed; what is signed is never rewritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError, StaleEditError
from store.lifecycles import SHORTAGE
from store.models import OccupationRow, ShortageEntryRow, ShortageListRow
from store.schemas.actor import Actor, Role
from store.services import analysis, audit, forecast, listed, naming, records, warned
from store.services.dealing import reason_given
from store.services.rights import Act, require

_LONGEST_NOTE = 200
_MOST = 100
_WEEKS = 6
_VALID_DAYS = 182
GROUNDS = ("gap", "warning", "forecast", "hand")


@dataclass(frozen=True, slots=True)
class Entry:
    """A trade on a list: heads asked for and served, days waited (P90), heads forecast in so many weeks.

    `grounds` say why it is there: its gap, a warning, its forecast, or somebody's own hand.
    """

    occupation: str
    name: str
    needed: int
    served: int
    waits: int
    forecast: int
    weeks: int
    grounds: tuple[str, ...]
    note: str | None

    @property
    def gap(self) -> int:
        """Heads that capacity would not serve."""
        return self.needed - self.served


@dataclass(frozen=True, slots=True)
class ShortageList:
    """One version of the list: `day` is that of its figures, the days from and to are when it is in force."""

    code: str
    status: str
    version: int
    day: date
    valid_from: date
    valid_to: date | None
    created_by: str
    signed_at: datetime | None
    signed_by: str | None
    reason: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change in a draft: trades to add or drop, notes by trade, the days it is in force."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None


def current(session: Session, today: date | None = None) -> ShortageList | None:
    """The list in force on a day, the present one if not said: the last signed that has begun, if it stands.

    One that was revoked leaves none in force: what it took the place of does not come back.
    """
    code = listed.short(session, today)[0]
    return None if code is None else _view(session, session.get_one(ShortageListRow, code))


def lists(session: Session, *, by: Actor) -> tuple[ShortageList, ...]:
    """Every version, the newest first; drafts only for those who make them."""
    require(by, Act.READ, "shortage", None)
    query = select(ShortageListRow).order_by(ShortageListRow.code.desc())
    rows = [row for row in session.scalars(query) if _is_shown(row, by)]
    return tuple(_view(session, row) for row in rows)


def show(session: Session, code: str, *, by: Actor) -> ShortageList:
    """One version; a draft only for those who make them."""
    require(by, Act.READ, "shortage", None, code)
    row = session.get(ShortageListRow, code)
    if row is None or not _is_shown(row, by):
        raise NotFoundError("shortage", code)
    return _view(session, row)


def _is_shown(row: ShortageListRow, by: Actor) -> bool:
    return row.signed_by is not None or by.role in (Role.SUPERVISOR, Role.SYSTEM)


def draft(
    session: Session,
    *,
    by: Actor,
    today: date,
    valid_from: date | None = None,
    valid_to: date | None = None,
    top: int = 10,
) -> ShortageList:
    """A new draft of the trades that have a warning or are short, those with a warning first."""
    require(by, Act.REGISTER, "shortage", by.organisation)
    begins = valid_from or today
    ends = valid_to or begins + timedelta(days=_VALID_DAYS)
    _check_days(begins, ends)
    entries = _figures(session, None, by, today)[:top]
    (code,) = records.next_codes(session, "JQ", ShortageListRow.code, 1)
    now = datetime.now(UTC)
    row = ShortageListRow(
        code=code, status="draft", version=1, owner=by.organisation, day=today,
        valid_from=begins, valid_to=ends,
        created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _put(session, code, entries)
    view = _view(session, row)
    audit.note(session, by, "register", "shortage", [(code, None, _told(view))])
    return view


def edit(
    session: Session,
    code: str,
    changes: Changes,
    *,
    version: int | None = None,
    by: Actor,
    today: date,
) -> ShortageList:
    """Change a draft; trades that are added come with today's figures."""
    require(by, Act.EDIT, "shortage", by.organisation, code)
    row = _locked(session, code, version)
    if row.status != "draft":
        raise ConflictError("shortage_signed", id=code, state=row.status)
    before = _view(session, row)
    entries = {entry.occupation: entry for entry in before.entries}
    for trade in (*changes.drop, *changes.notes):
        if trade not in entries and trade not in changes.add:
            raise NotFoundError("shortage_entry", trade)
    for trade in changes.drop:
        entries.pop(trade, None)
    fresh = [trade for trade in changes.add if trade not in entries]
    for entry in _figures(session, fresh, by, today) if fresh else []:
        entries[entry.occupation] = entry
    for trade, note in changes.notes.items():
        if len(note) > _LONGEST_NOTE:
            raise InvalidError("reason_too_long", most=_LONGEST_NOTE)
        entries[trade] = replace(entries[trade], note=note.strip() or None)
    if len(entries) > _MOST:
        raise InvalidError("shortage_too_long", most=_MOST)
    row.valid_from = changes.valid_from or row.valid_from
    row.valid_to = changes.valid_to or row.valid_to
    _check_days(row.valid_from, row.valid_to)
    _put(session, code, entries.values())
    return _step(session, row, "edit", before, by)


def sign(
    session: Session, code: str, *, version: int | None = None, by: Actor, today: date
) -> ShortageList:
    """Put a draft in force from its first day on; the list before it ends on the day before that."""
    require(by, Act.EDIT, "shortage", by.organisation, code)
    row = _locked(session, code, version)
    step = SHORTAGE.step("sign", row.status, code)
    before = _view(session, row)
    if not before.entries:
        raise ConflictError("shortage_empty", id=code)
    if row.valid_from < today:
        raise ConflictError("shortage_past", id=code, day=row.valid_from.isoformat())
    _supersede(session, row, by)
    row.status = step.after
    row.signed_at, row.signed_by = datetime.now(UTC), by.login
    return _step(session, row, "sign", before, by)


def revoke(session: Session, code: str, *, reason: str, by: Actor) -> ShortageList:
    """Take a signed list out of force, or a draft out of use; the list before it does not come back."""
    require(by, Act.WITHDRAW, "shortage", by.organisation, code)
    why = reason_given(reason)
    row = _locked(session, code, None)
    before = _view(session, row)
    act = "withdraw" if row.status == "draft" else "revoke"
    row.status = SHORTAGE.step(act, row.status, code).after
    row.reason = why
    return _step(session, row, act, before, by)


def _supersede(session: Session, new: ShortageListRow, by: Actor) -> None:
    query = select(ShortageListRow).where(ShortageListRow.status == "signed").with_for_update()
    for old in session.scalars(query).all():
        before = _view(session, old)
        last = new.valid_from - timedelta(days=1)
        if old.valid_from <= last and (old.valid_to is None or old.valid_to > last):
            old.valid_to = last
        old.status = SHORTAGE.step("supersede", old.status, old.code).after
        _step(session, old, "supersede", before, by)


def _locked(session: Session, code: str, version: int | None) -> ShortageListRow:
    row = session.get(ShortageListRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError("shortage", code)
    if version is not None and version != row.version:
        raise StaleEditError("shortage", code, row.version)
    return row


def _step(
    session: Session, row: ShortageListRow, act: str, before: ShortageList, by: Actor
) -> ShortageList:
    row.version += 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    after = _view(session, row)
    told = (row.code, _told(before), _told(after))
    audit.note(session, by, act, "shortage", [told], reason=row.reason)
    return after


def _check_days(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise InvalidError("shortage_days", first=first.isoformat(), last=last.isoformat())


def _figures(session: Session, trades: Sequence[str] | None, by: Actor, today: date) -> list[Entry]:
    """Entries of some trades by hand, or of all that their figures speak for, the shortest first."""
    board = analysis.shortages(session, by=by, today=today)
    lines: dict[str, list[analysis.Line]] = defaultdict(list)
    for line in board.lines:
        if line.occupation:
            lines[line.occupation].append(line)
    warning = {
        one.subject
        for one in warned.warnings(session, by=by, today=today)
        if one.rule.kind in ("gap", "trend", "waiting")
    } - {""}
    known = trades if trades is not None else sorted(lines.keys() | warning)
    _require_known(session, known)
    names = naming.occupation_names(session, set(known))
    outlook = forecast.forecast(
        session, by=by, today=today, horizon=_WEEKS, occupations=tuple(known)
    )
    coming = {one.occupation: one.forecast for one in outlook.lines}
    found = []
    for trade in known:
        some = lines.get(trade, [])
        needed, served = sum(n.needed for n in some), sum(n.served for n in some)
        heads = round(coming[trade].total)
        grounds = {
            "gap": needed > served,
            "warning": trade in warning,
            "forecast": heads > sum(n.spare for n in some) and heads > 0,
            "hand": trades is not None,
        }
        entry = Entry(
            trade, names.get(trade, trade), needed, served,
            max((n.waits_most for n in some), default=0), heads, _WEEKS,
            tuple(name for name, is_so in grounds.items() if is_so), None,
        )  # fmt: skip
        if trades is not None or grounds["gap"] or grounds["warning"]:
            found.append(entry)
    if trades is None:
        found.sort(key=lambda e: ("warning" not in e.grounds, -e.gap, -e.forecast, e.occupation))
    return found


def _require_known(session: Session, trades: Iterable[str]) -> None:
    for trade in trades:
        if session.get(OccupationRow, trade) is None:
            raise NotFoundError("occupation", trade)


def _put(session: Session, code: str, entries: Iterable[Entry]) -> None:
    """These entries in place of those that stand there."""
    for row in session.scalars(select(ShortageEntryRow).where(ShortageEntryRow.list == code)):
        session.delete(row)
    session.flush()
    for at, entry in enumerate(entries):
        session.add(
            ShortageEntryRow(
                list=code, position=at, occupation=entry.occupation, needed=entry.needed,
                served=entry.served, waits=entry.waits, forecast=entry.forecast,
                weeks=entry.weeks, grounds=entry.grounds, note=entry.note,
            )
        )  # fmt: skip
    session.flush()


def _view(session: Session, row: ShortageListRow) -> ShortageList:
    query = select(ShortageEntryRow).where(ShortageEntryRow.list == row.code)
    rows = session.scalars(query.order_by(ShortageEntryRow.position)).all()
    names = naming.occupation_names(session, {one.occupation for one in rows})
    return ShortageList(
        row.code, row.status, row.version, row.day, row.valid_from, row.valid_to,
        row.created_by, row.signed_at, row.signed_by, row.reason,
        tuple(
            Entry(
                one.occupation, names.get(one.occupation, one.occupation), one.needed, one.served,
                one.waits, one.forecast, one.weeks, one.grounds, one.note,
            )
            for one in rows
        ),
    )  # fmt: skip


def _told(found: ShortageList) -> dict[str, object]:
    """What the trail keeps of a version."""
    return {
        "status": found.status,
        "valid_from": found.valid_from.isoformat(),
        "valid_to": found.valid_to.isoformat() if found.valid_to else None,
        "entries": [
            f"{e.occupation} {e.needed}/{e.served}" + (f" {e.note}" if e.note else "")
            for e in found.entries
        ],
    }
