"""What lies beneath an area, and which service centres work beneath one, as conditions for any query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.models import (
    AreaRow,
    AssessmentRow,
    AssociationRow,
    CourseRow,
    InstructorRow,
    NeedRow,
    OrganisationRow,
    ProposalRow,
    PurchaseRow,
    RunRow,
    SlotRow,
    VenueRow,
)
from store.schemas.actor import Actor
from store.services.rights import Act, require

_OPEN = ("open", "matched")


@dataclass(frozen=True, slots=True)
class Centre:
    """A service centre in the tree: its own open needs and heads, and with those of all beneath it."""

    code: str
    name: str
    area: str | None
    parent: str | None
    depth: int
    needs: int
    heads: int
    whole_needs: int
    whole_heads: int


def areas(area: str) -> Select[Any]:
    """Codes of an area and of every area beneath it, as a subquery."""
    return _beneath(AreaRow, area)


def centres(centre: str) -> Select[Any]:
    """Codes of a service centre and of every centre beneath it, as a subquery."""
    return _beneath(OrganisationRow, centre)


def _beneath(row: Any, code: str) -> Select[Any]:
    found = select(row.code).where(row.code == code).cte(recursive=True, nesting=True)
    found = found.union(select(row.code).where(row.parent == found.c.code))
    return select(found.c.code)


def require_area(session: Session, area: str) -> None:
    """Refuse a code that no area has."""
    if session.get(AreaRow, area) is None:
        raise NotFoundError("area", area)


def is_in(kind: str, area: str) -> ColumnElement[bool]:
    """Records of a kind in an area or beneath it: by their own place, else by that of who offers them."""
    inside = areas(area)
    homes = select(OrganisationRow.code).where(OrganisationRow.area.in_(inside))
    venues = select(VenueRow.code).where(venue_is_in(area))
    courses = select(CourseRow.code).where(CourseRow.institution.in_(homes))
    found: Mapping[str, ColumnElement[bool]] = {
        "need": NeedRow.area.in_(inside),
        "association": AssociationRow.area.in_(inside),
        "course": CourseRow.institution.in_(homes),
        "run": RunRow.course.in_(courses),
        "instructor": InstructorRow.institution.in_(homes),
        "venue": venue_is_in(area),
        "slot": SlotRow.venue.in_(venues),
        "purchase": PurchaseRow.venue.in_(venues),
        "assessment": AssessmentRow.body.in_(homes),
    }
    return found.get(kind, OrganisationRow.area.in_(inside))


def held_in(row: type[RunRow] | type[ProposalRow], area: str | None) -> ColumnElement[bool]:
    """Runs or proposals whose class is held in an area or beneath it; everywhere where none is named.

    Without a venue a class is held where the institution of its course is.
    """
    if area is None:
        return true()
    venues = select(VenueRow.code).where(venue_is_in(area))
    homes = select(OrganisationRow.code).where(OrganisationRow.area.in_(areas(area)))
    courses = select(CourseRow.code).where(CourseRow.institution.in_(homes))
    return or_(row.venue.in_(venues), and_(row.venue.is_(None), row.course.in_(courses)))


def venue_is_in(area: str) -> ColumnElement[bool]:
    """Venues in an area or beneath it; those without a place of their own are where their owner is."""
    home = (
        select(OrganisationRow.area)
        .where(OrganisationRow.code == VenueRow.institution)
        .correlate(VenueRow)
        .scalar_subquery()
    )
    return func.coalesce(VenueRow.area, home).in_(areas(area))


def refuse_loop(session: Session, code: str | None, parent: str | None) -> None:
    """Refuse to put a centre beneath what is no centre, beneath itself, or beneath one of its own."""
    if parent is None:
        return
    row = session.get(OrganisationRow, parent)
    if row is None or row.kind not in ("centre", "bureau"):
        raise InvalidError("unknown_reference", column="parent", value=parent, kind="centre")
    if code is not None and parent in session.scalars(centres(code)).all():
        raise ConflictError("centre_loop", id=code, parent=parent)


def listed(session: Session, *, by: Actor, centre: str | None = None) -> tuple[Centre, ...]:
    """The service centres from the top down, each with the open needs of itself and of all beneath it."""
    require(by, Act.READ, "centre", None)
    require(by, Act.READ, "match", None)
    row = OrganisationRow
    query = select(row.code, row.name, row.area, row.parent).where(
        row.kind.in_(("centre", "bureau")), row.status == "active"
    )
    rows: dict[str, list[Any]] = {
        code: rest for code, *rest in session.execute(query.order_by(row.code))
    }
    if centre is not None and centre not in rows:
        raise NotFoundError("centre", centre)
    own = {
        code: (int(count), int(heads))
        for code, count, heads in session.execute(
            select(NeedRow.owner, func.count(), func.sum(NeedRow.heads))
            .where(NeedRow.status.in_(_OPEN))
            .group_by(NeedRow.owner)
        )
    }
    beneath: dict[str | None, list[str]] = defaultdict(list)
    for code, (_name, _area, parent) in rows.items():
        beneath[parent if parent in rows else None].append(code)
    found: list[Centre] = []

    def walk(code: str, depth: int) -> tuple[int, int]:
        at = len(found)
        needs, heads = own.get(code, (0, 0))
        name, area, parent = rows[code]
        found.append(Centre(code, name, area, parent, depth, needs, heads, needs, heads))
        whole = [walk(one, depth + 1) for one in beneath[code]]
        needs += sum(one for one, _heads in whole)
        heads += sum(more for _needs, more in whole)
        one = found[at]
        found[at] = Centre(code, name, area, parent, depth, one.needs, one.heads, needs, heads)
        return needs, heads

    for top in beneath[None] if centre is None else [centre]:
        walk(top, 0)
    return tuple(found)
