"""Yearly plans of firms by quarter: entered, imported all or none, shown, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, NotFoundError
from store.models import LevelRow, OccupationRow, OrganisationRow, PlanLineRow
from store.schemas.actor import Actor
from store.schemas.early import PlanDraft, PlanView
from store.schemas.fields import STORED
from store.services import audit, naming, records
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "training_plan"
_MOST = 1000


def add(session: Session, drafts: Sequence[PlanDraft], *, by: Actor) -> tuple[PlanView, ...]:
    """New lines of plans, all or none; a line that is there already is refused."""
    require(by, Act.REGISTER, KIND, by.organisation)
    now = datetime.now(UTC)
    made = []
    codes = records.next_codes(session, "JH", PlanLineRow.code, len(drafts))
    for code, draft in zip(codes, drafts, strict=True):
        _check(session, draft, by)
        row = PlanLineRow(
            code=code, status="active", owner=by.organisation, version=1,
            created_at=now, created_by=by.login, changed_at=now, changed_by=by.login,
            **draft.model_dump(),
        )  # fmt: skip
        session.add(row)
        session.flush()
        made.append(row)
    if made:
        told = [(row.code, None, _kept(row)) for row in made]
        audit.note(session, by, "register", KIND, told)
    return _views(session, made)


def withdraw(session: Session, code: str, *, by: Actor) -> PlanView:
    """Take a line out of its plan; what was suggested for it goes with the next look."""
    require_some(by, Act.WITHDRAW, KIND, code)
    row = session.get(PlanLineRow, code, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError(KIND, code)
    require(by, Act.WITHDRAW, KIND, row.owner, code)
    if row.status != "active":
        raise ConflictError("already_withdrawn", kind=KIND, id=code)
    before = _kept(row)
    row.status, row.version = "withdrawn", row.version + 1
    row.changed_at, row.changed_by = datetime.now(UTC), by.login
    session.flush()
    audit.note(session, by, "withdraw", KIND, [(code, before, None)])
    return _views(session, [row])[0]


def listed(
    session: Session, enterprise: str | None = None, year: int | None = None, *, by: Actor
) -> tuple[PlanView, ...]:
    """Lines that stand, of one firm or one year where said, by year, quarter and firm."""
    require_some(by, Act.READ, KIND)
    row = PlanLineRow
    query = select(row).where(row.status == "active")
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(row.owner == by.organisation)
    if enterprise is not None:
        query = query.where(row.enterprise == enterprise)
    if year is not None:
        query = query.where(row.year == year)
    query = query.order_by(row.year, row.quarter, row.enterprise, row.code).limit(_MOST)
    return _views(session, session.scalars(query).all())


def _check(session: Session, draft: PlanDraft, by: Actor) -> None:
    firm = session.get(OrganisationRow, draft.enterprise)
    if firm is None or firm.kind != "enterprise" or firm.status == "withdrawn":
        raise NotFoundError("enterprise", draft.enterprise)
    if session.get(OccupationRow, draft.occupation) is None:
        raise NotFoundError("occupation", draft.occupation)
    if draft.level is not None and session.get(LevelRow, draft.level) is None:
        raise NotFoundError("skill_level", str(draft.level))
    row = PlanLineRow
    same = select(row.code).where(
        row.owner == by.organisation, row.status == "active", row.enterprise == draft.enterprise,
        row.year == draft.year, row.quarter == draft.quarter,
        row.occupation == draft.occupation, row.level.is_not_distinct_from(draft.level),
        row.programme == draft.programme,
        row.category.is_not_distinct_from(draft.category),
    )  # fmt: skip
    there = session.scalar(same.limit(1))
    if there is not None:
        raise ConflictError("plan_there", id=there)


def _views(session: Session, rows: Sequence[PlanLineRow]) -> tuple[PlanView, ...]:
    names = naming.occupation_names(session, {row.occupation for row in rows})
    firms = {row.enterprise for row in rows}
    firm = OrganisationRow
    query = select(firm.code, func.coalesce(firm.short_name, firm.name))
    known = dict(session.execute(query.where(OrganisationRow.code.in_(firms))).all())
    return tuple(
        PlanView.model_validate(row, context=STORED).model_copy(
            update={
                "enterprise_name": known.get(row.enterprise, ""),
                "occupation_name": names.get(row.occupation, ""),
            }
        )
        for row in rows
    )


def _kept(row: PlanLineRow) -> dict[str, object]:
    names = ("enterprise", "year", "quarter", "occupation", "level", "heads", "programme")
    return {name: getattr(row, name) for name in (*names, "months", "type", "note", "category")}
