"""Bulletins: figures worked out once and kept, checked, published, withdrawn; and the log of that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import BULLETIN
from store.models import AreaRow, BulletinRow, PublicationRow
from store.schemas.actor import Actor
from store.schemas.periods import Period, PeriodKind, kind_of
from store.schemas.publication import (
    Bulletin,
    BulletinDraft,
    BulletinView,
    Cells,
    Publication,
    Snapshot,
    read_snapshot,
)
from store.services import analysis, audit, figures, records
from store.services.figure_scope import Scope
from store.services.reached import areas_inside
from store.services.rights import Act, reach, require
from store.services.small_counts import threshold

PREFIX = "GB"
_PUBLIC = ("published",)


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a bulletin is as it was published: its figures, and which of so many documents differ."""

    code: str
    is_whole: bool
    compared: int
    changed: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Nothing differs."""
        return self.is_whole and not self.changed


def make(session: Session, draft: BulletinDraft, *, by: Actor, today: date) -> Bulletin:
    """A draft with every figure of its period as the store knows them today; a supervisor's act."""
    require(by, Act.REGISTER, "bulletin", None)
    if draft.kind is not PeriodKind.ONE_OFF and kind_of(draft.period) is not draft.kind:
        raise InvalidError("not_a_period", text=str(draft.period), kind=draft.kind.value)
    if draft.first > today:
        raise InvalidError("period_not_begun", period=str(draft.period), day=today.isoformat())
    snapshot = figure_out(session, draft, by=by, today=today)
    text = snapshot.text()
    moment = datetime.now(UTC)
    row = BulletinRow(
        code=records.next_codes(session, PREFIX, BulletinRow.code, 1)[0],
        status="draft", version=1, owner=by.organisation, as_of=today, snapshot=text,
        digest=_digest(text), created_at=moment, created_by=by.login, changed_at=moment,
        changed_by=by.login, **draft.model_dump(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    about = {**draft.model_dump(mode="json"), "as_of": today.isoformat(), "digest": row.digest}
    audit.note(session, by, "register", "bulletin", [(row.code, None, about)])
    return Bulletin(_view(session, row), snapshot)


def figure_out(session: Session, draft: BulletinDraft, *, by: Actor, today: date) -> Snapshot:
    """The figures that a bulletin made today would have."""
    require(by, Act.REGISTER, "bulletin", None)
    area = session.get(AreaRow, draft.area) if draft.area else None
    if draft.area and area is None:
        raise InvalidError("unknown_reference", kind="area", column="area", value=draft.area)
    inside = areas_inside(session, draft.area) if draft.area else None
    rule = threshold(session)
    look = analysis.look(session, by, today, draft.area, None)
    scope = Scope(by, draft.kind, draft.period, draft.area, inside, today, rule, look)
    return Snapshot(
        draft.kind, draft.period, draft.area, area.name if area else "", draft.title, today, rule,
        figures.tables(session, scope),
    )  # fmt: skip


def listed(session: Session, *, by: Actor) -> tuple[BulletinView, ...]:
    """Bulletins, the newest first; those that are not published are for whoever makes them."""
    require(by, Act.READ, "bulletin", None)
    query = select(BulletinRow).order_by(BulletinRow.created_at.desc(), BulletinRow.code.desc())
    if not _makes(by):
        query = query.where(BulletinRow.status.in_(_PUBLIC))
    return tuple(_view(session, row) for row in session.scalars(query))


def shown(session: Session, code: str, *, by: Actor) -> Bulletin:
    """A bulletin with its figures as they were worked out; to most people only published ones exist."""
    require(by, Act.READ, "bulletin", None, code)
    row = _row(session, code, by)
    return Bulletin(_view(session, row), read_snapshot(row.snapshot))


def check(session: Session, code: str, *, by: Actor) -> BulletinView:
    """Say that the figures of a draft have been looked through."""
    require(by, Act.EDIT, "bulletin", None, code)
    return _moved(session, code, "check", by)


def near(session: Session, code: str, *, by: Actor) -> str | None:
    """The bulletin whose totals differ from this one's by so few heads that both tell a small count.

    It is the one of this area that was made public last of those whose periods have days in common with
    this one's, or whose figures are of the same day; that it was withdrawn since does not help.
    """
    require(by, Act.EDIT, "bulletin", None, code)
    row = _row(session, code, by)
    other = session.scalars(
        select(BulletinRow)
        .join(PublicationRow, PublicationRow.bulletin == BulletinRow.code)
        .where(PublicationRow.act == "publish", BulletinRow.code != code)
        .where(
            or_(
                and_(BulletinRow.first <= row.last, BulletinRow.last >= row.first),
                BulletinRow.as_of == row.as_of,
            )
        )
        .where(BulletinRow.area.is_(None) if row.area is None else BulletinRow.area == row.area)
        .order_by(PublicationRow.id.desc())
        .limit(1)
    ).first()
    if other is None:
        return None
    mine, theirs = read_snapshot(row.snapshot), read_snapshot(other.snapshot)
    pairs = zip(_totals(mine), _totals(theirs), strict=True)
    gaps = [abs(a - b) for a, b in pairs if isinstance(a, int) and isinstance(b, int)]
    return other.code if any(0 < one < mine.threshold.heads for one in gaps) else None


def _totals(snapshot: Snapshot) -> Cells:
    """Heads asked for, served and short in all."""
    return (snapshot.table("shortages").total or (None,) * 4)[1:4]


def publish(
    session: Session,
    code: str,
    documents: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> BulletinView:
    """Publish a checked bulletin; `documents` are the SHA-256 of what is drawn from it, by name.

    Of one kind, period and area one bulletin is published at a time: the earlier is withdrawn first. One
    that is `near` another wants a reason, which is kept in the log.
    """
    require(by, Act.EDIT, "bulletin", None, code)
    row = _row(session, code, by, for_update=True)
    same = select(BulletinRow.code).where(
        BulletinRow.status == "published",
        BulletinRow.kind == row.kind,
        BulletinRow.first == row.first,
        BulletinRow.last == row.last,
        BulletinRow.area.is_(None) if row.area is None else BulletinRow.area == row.area,
        BulletinRow.code != code,
    )
    other = session.scalars(same).first()
    if other is not None:
        raise ConflictError("bulletin_there", id=other, period=str(Period(row.first, row.last)))
    if _digest(row.snapshot) != row.digest:
        raise ConflictError("bulletin_damaged", id=code)
    if not reason.strip() and (close := near(session, code, by=by)) is not None:
        heads = read_snapshot(row.snapshot).threshold.heads
        raise ConflictError("bulletin_near", id=code, other=close, heads=heads)
    view = _moved(session, code, "publish", by, reason.strip() or None)
    _log(session, row, "publish", by, now, documents, reason.strip() or None)
    return view


def withdraw(session: Session, code: str, *, by: Actor, now: datetime, reason: str) -> BulletinView:
    """Take a bulletin back, and say why; one that was published stays in the log."""
    require(by, Act.WITHDRAW, "bulletin", None, code)
    row = _row(session, code, by, for_update=True)
    if not reason.strip():
        raise InvalidError("reason_missing")
    was_public = row.status in _PUBLIC
    view = _moved(session, code, "withdraw", by, reason)
    if was_public:
        _log(session, row, "withdraw", by, now, {}, reason)
    return view


def verify(session: Session, code: str, documents: Mapping[str, str], *, by: Actor) -> Verification:
    """Compare the stored figures with their digest, and documents drawn now with those published."""
    require(by, Act.READ, "bulletin", None, code)
    row = _row(session, code, by)
    line = session.scalars(
        select(PublicationRow)
        .where(PublicationRow.bulletin == code, PublicationRow.act == "publish")
        .order_by(PublicationRow.id.desc())
    ).first()
    known: Mapping[str, str] = json.loads(line.documents) if line else {}
    changed = tuple(name for name in sorted(known) if documents.get(name) != known[name])
    return Verification(code, _digest(row.snapshot) == row.digest, len(known), changed)


def log(session: Session, *, by: Actor) -> tuple[Publication, ...]:
    """What was published and withdrawn, when, by whom and from which data; the latest first."""
    require(by, Act.READ, "bulletin", None)
    found = session.execute(
        select(PublicationRow, BulletinRow)
        .join(BulletinRow, BulletinRow.code == PublicationRow.bulletin)
        .order_by(PublicationRow.id.desc())
    )
    return tuple(
        Publication(
            line.bulletin, PeriodKind(about.kind), Period(about.first, about.last), line.act, line.at,
            line.login, about.as_of, line.digest, json.loads(line.documents), line.reason,
        )
        for line, about in found
    )  # fmt: skip


def _log(
    session: Session,
    row: BulletinRow,
    act: str,
    by: Actor,
    now: datetime,
    documents: Mapping[str, str],
    reason: str | None = None,
) -> None:
    session.add(
        PublicationRow(
            bulletin=row.code, act=act, at=now, login=by.login, digest=row.digest,
            documents=json.dumps(documents, sort_keys=True), reason=reason,
        )
    )  # fmt: skip
    session.flush()


def _moved(
    session: Session, code: str, act: str, by: Actor, reason: str | None = None
) -> BulletinView:
    row = _row(session, code, by, for_update=True)
    step = BULLETIN.step(act, row.status, code)
    before = row.status
    row.status, row.version = step.after, row.version + 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    change = (code, {"status": before}, {"status": row.status, "digest": row.digest})
    audit.note(session, by, act, "bulletin", [change], reason=reason)
    return _view(session, row)


def _makes(by: Actor) -> bool:
    return reach(by, Act.REGISTER, "bulletin") is not None


def _row(session: Session, code: str, by: Actor, *, for_update: bool = False) -> BulletinRow:
    row = session.get(BulletinRow, code, with_for_update=for_update)
    if row is None or (row.status not in _PUBLIC and not _makes(by)):
        raise NotFoundError("bulletin", code)
    return row


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _view(session: Session, row: BulletinRow) -> BulletinView:
    area = session.get(AreaRow, row.area) if row.area else None
    return BulletinView(
        row.code, PeriodKind(row.kind), Period(row.first, row.last), row.area, row.title, row.status,
        row.as_of, row.digest, row.created_at, row.created_by, row.changed_at, row.changed_by,
        area.name if area else "",
    )  # fmt: skip
