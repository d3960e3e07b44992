"""专家库: who may be asked about which trades and when; contacts masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matching.weekly import dates_between, parse_weekly
from store.errors import ConflictError, InvalidError, NotFoundError, StaleEditError
from store.models import CaseRow, ExpertRow, NeedRow, OccupationRow
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.support import ExpertDraft, ExpertView
from store.services import audit, naming, records, reference
from store.services.rights import Act, require, require_some

KIND = "expert"
_LOOK_AHEAD = timedelta(days=13)  # days in which somebody should have an hour
_MASK = "*"


@dataclass(frozen=True, slots=True)
class Suggested:
    """An expert for a need: whether it is their very trade or one of its group, hours in two weeks."""

    expert: ExpertView
    is_exact: bool
    hours: int


def register(session: Session, draft: ExpertDraft, *, by: Actor) -> ExpertView:
    """Put somebody on the list of the actor's organisation."""
    require(by, Act.REGISTER, KIND, by.organisation)
    _check(session, draft)
    if _MASK in (draft.contact or ""):
        raise InvalidError("phone_masked", phone=draft.contact)
    now = datetime.now(UTC)
    (code,) = records.next_codes(session, "ZJ", ExpertRow.code, 1)
    row = ExpertRow(
        code=code, status="active", owner=by.organisation, version=1,
        created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
        **draft.model_dump(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.note(session, by, "register", KIND, [(code, None, _kept(row))])
    return _views(session, [row], is_clear=False)[0]


def edit(
    session: Session, code: str, draft: ExpertDraft, *, version: int | None = None, by: Actor
) -> ExpertView:
    """Change what is known of an expert; a contact that was shown masked stays."""
    row = _own(session, code, Act.EDIT, by)
    if version is not None and version != row.version:
        raise StaleEditError(KIND, code, row.version)
    _check(session, draft)
    before = _kept(row)
    changes = draft.model_dump()
    if _MASK in (draft.contact or ""):
        if draft.contact != masked(row.contact):
            raise InvalidError("phone_masked", phone=draft.contact)
        del changes["contact"]
    for name, value in changes.items():
        setattr(row, name, value)
    return _saved(session, row, "edit", before, by)


def end(session: Session, code: str, *, by: Actor) -> ExpertView:
    """Take somebody off the list; cases that they have stay with them."""
    row = _own(session, code, Act.WITHDRAW, by)
    before = _kept(row)
    row.status = "ended"
    return _saved(session, row, "end", before, by)


def listed(
    session: Session, occupation: str | None = None, *, by: Actor, today: date
) -> tuple[ExpertView, ...]:
    """Everybody in term, of one trade where said; contacts masked."""
    require(by, Act.READ, KIND, None)
    rows = [
        row
        for row in session.scalars(_in_term(today))
        if occupation is None or occupation in row.fields
    ]
    return _views(session, rows, is_clear=False)


def shown(session: Session, code: str, *, by: Actor) -> ExpertView:
    """One expert; the contact in clear for the list's keeper and for a centre with a case in their hands."""
    require(by, Act.READ, KIND, None, code)
    row = session.get(ExpertRow, code)
    if row is None:
        raise NotFoundError(KIND, code)
    with_them = select(CaseRow.code).where(
        CaseRow.expert == code, CaseRow.status == "assigned", CaseRow.owner == by.organisation
    )
    is_clear = row.owner == by.organisation or session.scalar(with_them.limit(1)) is not None
    return _views(session, [row], is_clear=is_clear)[0]


def suggest(session: Session, need: str, *, by: Actor, today: date) -> tuple[Suggested, ...]:
    """Experts for a need: of its very trade, then of its group; the least busy first, then by their hours."""
    require(by, Act.READ, KIND, None)
    row = session.get(NeedRow, need)
    if row is None:
        raise NotFoundError("need", need)
    require(by, Act.READ, "need", row.owner, need)
    view = records.fetch(session, "need", need, by=by)
    trades = {part.code for part in view.occupations}
    groups = {code.rsplit("-", 1)[0] for code in trades}
    fit = [
        row
        for row in session.scalars(_in_term(today))
        if trades & set(row.fields) or groups & {one.rsplit("-", 1)[0] for one in row.fields}
    ]
    calendar = reference.calendar(session)
    found = []
    for view in _views(session, fit, is_clear=False):
        minutes = 0
        if view.weekly:
            pattern = parse_weekly(view.weekly)
            for day in dates_between(today, today + _LOOK_AHEAD):
                minutes += sum(end - start for start, end in pattern.windows_on(day, calendar))
        found.append(Suggested(view, bool(trades & set(view.fields)), minutes // 60))
    found.sort(key=lambda one: (not one.is_exact, one.expert.cases, -one.hours, one.expert.code))
    return tuple(found)


def in_term(session: Session, code: str, today: date) -> ExpertRow:
    """An expert who may be given a case today."""
    row = session.get(ExpertRow, code)
    if row is None:
        raise NotFoundError(KIND, code)
    if row.status != "active" or not row.term_from <= today <= (row.term_to or today):
        raise ConflictError("expert_not_in_term", id=code)
    return row


def masked(contact: str | None) -> str | None:
    """The ends of a contact."""
    if not contact:
        return contact
    kept = 3 if len(contact) > 7 else 1
    last = 2 if len(contact) > 7 else 0
    return contact[:kept] + _MASK * 4 + contact[len(contact) - last :]


def _in_term(today: date) -> Select[ExpertRow]:
    row = ExpertRow
    return (
        select(row)
        .where(row.status == "active", row.term_from <= today)
        .where(row.term_to.is_(None) | (row.term_to >= today))
        .order_by(row.code)
    )


def _own(session: Session, code: str, act: Act, by: Actor) -> ExpertRow:
    require_some(by, act, KIND, code)
    row = session.get(ExpertRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, act, KIND, row.owner, code)
    if row.status != "active":
        raise ConflictError("already_withdrawn", kind=KIND, id=code)
    return row


def _check(session: Session, draft: ExpertDraft) -> None:
    for code in draft.fields:
        if session.get(OccupationRow, code) is None:
            raise NotFoundError("occupation", code)


def _saved(
    session: Session, row: ExpertRow, act: str, before: dict[str, object], by: Actor
) -> ExpertView:
    row.version += 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, act, KIND, [(row.code, before, _kept(row))])
    return _views(session, [row], is_clear=False)[0]


def _views(
    session: Session, rows: Sequence[ExpertRow], *, is_clear: bool
) -> tuple[ExpertView, ...]:
    names = naming.occupation_names(session, {code for row in rows for code in row.fields})
    busy = dict(
        session.execute(
            select(CaseRow.expert, func.count())
            .where(CaseRow.status == "assigned", CaseRow.expert.in_([row.code for row in rows]))
            .group_by(CaseRow.expert)
        ).all()
    )
    found = []
    for row in rows:
        view = ExpertView.model_validate(row, context=STORED)
        told = {
            "contact": row.contact if is_clear else masked(row.contact),
            "field_names": tuple(names.get(code, code) for code in row.fields),
            "cases": busy.get(row.code, 0),
        }
        found.append(view.model_copy(update=told))
    return tuple(found)


def _kept(row: ExpertRow) -> dict[str, object]:
    return {
        "status": row.status, "name": row.name, "organisation": row.organisation,
        "fields": list(row.fields), "weekly": row.weekly, "contact": masked(row.contact),
        "term": f"{row.term_from}..{row.term_to or ''}",
    }  # fmt: skip
