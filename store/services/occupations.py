"""Occupations without a national standard: local codes that count at once, mapped on a national one later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from matching import text as words
from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    AliasRow,
    AssessmentRow,
    ConfirmationRow,
    CourseOccupationRow,
    CourseRow,
    InstructorRow,
    LocalOccupationRow,
    NeedOccupationRow,
    NeedRow,
    OccupationRow,
    PlanLineRow,
    QualificationRow,
    VacancyRow,
)
from store.schemas.actor import Actor
from store.schemas.occupation import LocalOccupation, LocalOccupationDraft
from store.services import audit, naming, records
from store.services.clocks import day_of
from store.services.rights import Act, require

_KIND = "occupation"
# What follows a local occupation to its national code: table, its column, its record's column, the record.
_SHARES: tuple[tuple[str, Any, Any, Any], ...] = (
    ("need", NeedOccupationRow, NeedOccupationRow.need, NeedRow),
    ("course", CourseOccupationRow, CourseOccupationRow.course, CourseRow),
)


def listed(session: Session, *, by: Actor) -> tuple[LocalOccupation, ...]:
    """Local occupations, those that still are first, then by code."""
    require(by, Act.READ, _KIND, None)
    rows = session.scalars(
        select(LocalOccupationRow).order_by(
            LocalOccupationRow.mapped_to.is_not(None), LocalOccupationRow.code
        )
    )
    return _views(session, rows.all())


def add(
    session: Session, draft: LocalOccupationDraft, *, by: Actor, now: datetime
) -> LocalOccupation:
    """A local occupation: its names are understood and its code may be used from now on."""
    require(by, Act.REGISTER, _KIND, None)
    near = session.get(OccupationRow, draft.near)
    if near is None or session.get(LocalOccupationRow, draft.near) is not None:
        raise InvalidError("unknown_reference", kind="occupation", column="near", value=draft.near)
    if draft.valid_from > day_of(now):
        raise InvalidError("local_ahead", day=draft.valid_from.isoformat())
    for name in (draft.name, *draft.also):
        _refuse_known(session, name)
    code = _next_code(session, draft.valid_from.year)
    session.add(
        OccupationRow(
            code=code, name=draft.name, marker=None, small_class=near.small_class,
            middle_class=near.middle_class, major_class=near.major_class,
        )
    )  # fmt: skip
    session.flush()
    row = LocalOccupationRow(
        code=code, also=draft.also, near=draft.near, lowest=draft.lowest, highest=draft.highest,
        source=draft.source, valid_from=draft.valid_from, login=by.login, at=now,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for name in (draft.name, *draft.also):
        naming.add_alias(session, name, code, by=by)
    told = draft.model_dump(mode="json")
    audit.note(session, by, "register", _KIND, [(code, None, told)], at=now)
    return _views(session, [row])[0]


def map_to(
    session: Session, code: str, national: str, *, by: Actor, now: datetime, reason: str = ""
) -> LocalOccupation:
    """Put a national code in its place: needs, courses, people, sittings and names follow, receipts keep."""
    require(by, Act.EDIT, _KIND, None, code)
    row = session.get(LocalOccupationRow, code, with_for_update=True)
    if row is None:
        raise NotFoundError(_KIND, code)
    if row.mapped_to is not None:
        raise ConflictError("local_mapped", id=code, national=row.mapped_to)
    known = session.get(OccupationRow, national)
    if known is None or session.get(LocalOccupationRow, national) is not None:
        raise InvalidError("unknown_reference", kind=_KIND, column="national", value=national)
    moved = {
        kind: _shares(session, table, column, (code, national))
        for kind, table, column, _ in _SHARES
    }
    moved["instructor"] = _distinct(session, QualificationRow.instructor, QualificationRow, code)
    moved["assessment"] = _distinct(session, AssessmentRow.code, AssessmentRow, code)
    moved["training_plan"] = _distinct(session, PlanLineRow.code, PlanLineRow, code)
    moved["vacancy"] = _distinct(session, VacancyRow.code, VacancyRow, code)
    for table in (QualificationRow, AssessmentRow, PlanLineRow, VacancyRow):
        _put(session, update(table).where(table.occupation == code).values(occupation=national))
    for kind, record in (
        *((kind, record) for kind, _, _, record in _SHARES),
        ("instructor", InstructorRow), ("assessment", AssessmentRow), ("training_plan", PlanLineRow),
        ("vacancy", VacancyRow),
    ):  # fmt: skip
        _touch(session, kind, record, moved[kind], (code, national), by, now)
    _names_follow(session, row, known.code, by)
    row.mapped_to, row.mapped_on = national, day_of(now)
    session.flush()
    after = {"mapped_to": national, **{kind: len(codes) for kind, codes in moved.items()}}
    told = (code, {"mapped_to": None}, after)
    audit.note(session, by, "become", _KIND, [told], reason=reason.strip() or None, at=now)
    return _views(session, [row])[0]


def _shares(session: Session, table: Any, column: Any, codes: tuple[str, str]) -> list[str]:
    """Needs or courses of the local code get the national one; those that have it already keep theirs."""
    local, national = codes
    found = list(session.scalars(select(column).where(table.code == local).order_by(column)))
    both = select(column).where(table.code == national).scalar_subquery()
    _put(session, delete(table).where(table.code == local, column.in_(both)))
    _put(session, update(table).where(table.code == local).values(code=national))
    return found


def _distinct(session: Session, column: Any, table: Any, code: str) -> list[str]:
    query = select(column).where(table.occupation == code).distinct().order_by(column)
    return list(session.scalars(query))


def _put(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))


def _touch(
    session: Session,
    kind: str,
    record: Any,
    codes: Sequence[str],
    trade: tuple[str, str],
    by: Actor,
    now: datetime,
) -> None:
    """Records that were changed have another version and a line of their own in the trail."""
    if not codes:
        return
    changed = {"version": record.version + 1, "changed_at": now, "changed_by": by.login}
    _put(session, update(record).where(record.code.in_(codes)).values(**changed))
    session.expire_all()
    before, after = ({"occupation": code} for code in trade)
    audit.note(session, by, "become", kind, [(code, before, after) for code in codes], at=now)


def _names_follow(session: Session, row: LocalOccupationRow, national: str, by: Actor) -> None:
    """What was understood as the local occupation is understood as the national one."""
    aliases = session.execute(
        select(AliasRow.text, AliasRow.folded).where(AliasRow.occupation == row.code)
    ).all()
    for text, folded in aliases:
        naming.add_alias(session, text, national, by=by)
        naming.drop_alias(session, folded, row.code)
    said = ConfirmationRow
    same = select(said.words).where(said.occupation == national).scalar_subquery()
    _put(session, delete(said).where(said.occupation == row.code, said.words.in_(same)))
    _put(session, update(said).where(said.occupation == row.code).values(occupation=national))


def _refuse_known(session: Session, name: str) -> None:
    """A name that the dictionary has for sure already needs no code of its own."""
    folded = words.fold(name)
    found = session.scalar(
        select(AliasRow.occupation)
        .where(AliasRow.folded == folded, AliasRow.is_shared.is_(False))
        .limit(1)
    )
    if found is not None:
        raise ConflictError("local_known", name=name, id=found)


def _next_code(session: Session, year: int) -> str:
    """`L001-2026`: what stands before the hyphen is one's own, so it lies in no class of other codes."""
    (made,) = records.next_codes(session, f"L{year}-", LocalOccupationRow.code, 1)
    return f"L{int(made.rpartition('-')[2]):03d}-{year}"


def _views(session: Session, rows: Sequence[LocalOccupationRow]) -> tuple[LocalOccupation, ...]:
    codes = {code for row in rows for code in (row.code, row.near, row.mapped_to) if code}
    names = naming.occupation_names(session, codes)
    counts = {kind: _counts(session, table) for kind, table, _, _ in _SHARES}
    return tuple(
        LocalOccupation(
            row.code, names[row.code], row.also or (), row.near, names[row.near], row.lowest,
            row.highest, row.source, row.valid_from, counts["need"].get(row.code, 0),
            counts["course"].get(row.code, 0), row.mapped_to, names.get(row.mapped_to or "", ""),
            row.mapped_on,
        )
        for row in rows
    )  # fmt: skip


def _counts(session: Session, table: Any) -> Mapping[str, int]:
    local = select(LocalOccupationRow.code).scalar_subquery()
    rows = session.execute(
        select(table.code, func.count()).where(table.code.in_(local)).group_by(table.code)
    )
    return {code: count for code, count in rows}
