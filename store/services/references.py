"""Codes that a draft names must exist and be of the right kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, ForeignKey, select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotAllowedError
from store.models import (
    CourseRow,
    InstructorRow,
    LocalOccupationRow,
    OccupationRow,
    OrganisationRow,
    RecordRow,
    VenueRow,
)
from store.schemas.actor import Actor, Role
from store.schemas.records import Draft
from store.services.kinds import Kind

_PER_QUERY = 500
_MERGED = ("enterprise", "institution", "body", "course")
D = TypeVar("D", bound=Draft)
_LENT: dict[str, type[RecordRow]] = {"instructor": InstructorRow, "venue": VenueRow}


def check_references(session: Session, kind: Kind, drafts: Sequence[Draft]) -> None:
    """Refuse drafts that name a code nobody has."""
    for missing in missing_references(session, kind, drafts):
        raise InvalidError(
            "unknown_reference", column=missing.column, value=missing.value, kind=missing.table
        )


def with_kept_codes(session: Session, drafts: Sequence[D]) -> list[D]:
    """The drafts, the codes of records that were merged into others replaced by those of the others."""
    named = {
        code
        for draft in drafts
        for name in _MERGED
        if (code := getattr(draft, name, None)) is not None
    }
    into: dict[str, str] = {}
    for part in parts_of(sorted(named)):
        for row in (OrganisationRow, CourseRow):
            query = select(row.code, row.merged_into)
            for lost, kept in session.execute(
                query.where(row.code.in_(part), row.merged_into.is_not(None))
            ):
                into[lost] = str(kept)
    if not into:
        return list(drafts)
    return [draft.model_copy(update=_kept(draft, into)) for draft in drafts]


def _kept(draft: Draft, into: Mapping[str, str]) -> dict[str, str]:
    named = {name: str(getattr(draft, name, "")) for name in _MERGED}
    return {name: into[code] for name, code in named.items() if code in into}


def require_own_references(session: Session, draft: Draft, by: Actor) -> None:
    """An institution appoints its own people and rooms; lending is agreed in a proposal, not here."""
    if by.role is not Role.INSTITUTION:
        return
    for name, row in _LENT.items():
        code = getattr(draft, name, None)
        if code is not None and session.get_one(row, code).owner != by.organisation:
            raise NotAllowedError("use", name, code)


@dataclass(frozen=True, slots=True)
class MissingReference:
    """A code that a draft names and nobody has: which draft, which column, which table was asked."""

    at: int
    column: str
    value: object
    table: str


def missing_references(
    session: Session, kind: Kind, drafts: Sequence[Draft]
) -> list[MissingReference]:
    """Every code the drafts name, parts included, that does not exist; a draft may lack fields."""
    found = _missing(session, kind.row, list(enumerate(drafts)))
    for name, part in kind.parts.items():
        items = [(at, item) for at, draft in enumerate(drafts) for item in getattr(draft, name, ())]
        found.extend(_missing(session, part, items, inside=name))
    return found


def _missing(
    session: Session, row: type[Any], drafts: Sequence[tuple[int, Any]], inside: str = ""
) -> list[MissingReference]:
    found: list[MissingReference] = []
    for column in row.__table__.columns:
        used = [(at, getattr(draft, column.name, None)) for at, draft in drafts]
        values = {value for _, value in used if value is not None}
        for key in column.foreign_keys if values else ():
            known: set[object] = set()
            for part in parts_of(sorted(values)):
                known.update(
                    session.scalars(
                        select(key.column).where(key.column.in_(part), *_may_name(column.name, key))
                    )
                )
            found.extend(
                MissingReference(at, inside or column.name, value, key.column.table.name)
                for at, value in used
                if value is not None and value not in known
            )
    return found


def _may_name(column: str, key: ForeignKey) -> list[ColumnElement[bool]]:
    """Which kind of organisation a column may name; no local occupation that has become a national one."""
    if key.column.table.name == OccupationRow.__tablename__:
        gone = select(LocalOccupationRow.code).where(LocalOccupationRow.mapped_to.is_not(None))
        return [OccupationRow.code.not_in(gone)]
    wanted = {"enterprise": "enterprise", "institution": "institution", "body": "institution"}
    return [OrganisationRow.kind == wanted[column]] if column in wanted else []


def parts_of(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Stretches short enough for one IN clause."""
    for at in range(0, len(items), _PER_QUERY):
        yield items[at : at + _PER_QUERY]
