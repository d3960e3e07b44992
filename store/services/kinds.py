"""One description of every kind of record: its row, draft and view, its code, owner and titles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store import models
from store.errors import InvalidError, NotFoundError
from store.models import RecordRow
from store.schemas import records as schemas
from store.schemas.actor import Actor
from store.schemas.records import Draft

_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """What the services need to know about a kind of record."""

    name: str
    row: type[RecordRow]
    draft: type[Draft]
    view: type[Draft]
    prefix: str
    owners: Callable[[Session, Sequence[Any], Actor], list[str | None]]
    titles: tuple[str, ...] = ()
    parts: Mapping[str, type[models.Base]] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    first_status: str = "active"
    meaning_of: str = ""
    governed: tuple[str, ...] = ()
    is_owned_by_field: bool = True


def _actor_owns(session: Session, drafts: Sequence[Any], by: Actor) -> list[str | None]:
    return [by.organisation] * len(drafts)


def _itself(session: Session, drafts: Sequence[Any], by: Actor) -> list[str | None]:
    return [None] * len(drafts)


def _field_owns(name: str) -> Callable[[Session, Sequence[Any], Actor], list[str | None]]:
    def owners(session: Session, drafts: Sequence[Any], by: Actor) -> list[str | None]:
        return [str(getattr(draft, name)) for draft in drafts]

    return owners


def _record_owns(
    name: str, row: type[RecordRow]
) -> Callable[[Session, Sequence[Any], Actor], list[str | None]]:
    def owners(session: Session, drafts: Sequence[Any], by: Actor) -> list[str | None]:
        codes = sorted({getattr(draft, name) for draft in drafts})
        found: dict[str, str] = {}
        for at in range(0, len(codes), _PER_QUERY):
            part = codes[at : at + _PER_QUERY]
            found.update(
                session.execute(select(row.code, row.owner).where(row.code.in_(part))).all()
            )
        for code in codes:
            if code not in found:
                raise InvalidError("unknown_reference", kind=name, column=name, value=code)
        return [found[getattr(draft, name)] for draft in drafts]

    return owners


_ALL = (
    Kind(
        "centre",
        models.OrganisationRow,
        schemas.CentreDraft,
        schemas.CentreView,
        "C",
        _itself,
        titles=("name", "short_name"),
        fixed={"kind": "centre"},
    ),
    Kind(
        "enterprise",
        models.OrganisationRow,
        schemas.EnterpriseDraft,
        schemas.EnterpriseView,
        "E",
        _itself,
        titles=("name", "short_name"),
        fixed={"kind": "enterprise"},
    ),
    Kind(
        "institution",
        models.OrganisationRow,
        schemas.InstitutionDraft,
        schemas.InstitutionView,
        "T",
        _itself,
        governed=(
            "status",
            "scope",
            "qualified_to",
            "evaluation",
            "evaluation_count",
            "full_time_cap",
        ),
        titles=("name", "short_name"),
        fixed={"kind": "institution"},
    ),
    Kind(
        "need",
        models.NeedRow,
        schemas.NeedDraft,
        schemas.NeedView,
        "N",
        _actor_owns,
        titles=("text",),
        parts={"occupations": models.NeedOccupationRow},
        first_status="open",
        meaning_of="text",
        is_owned_by_field=False,
    ),
    Kind(
        "course",
        models.CourseRow,
        schemas.CourseDraft,
        schemas.CourseView,
        "K",
        _field_owns("institution"),
        titles=("title",),
        parts={"occupations": models.CourseOccupationRow, "modules": models.CourseModuleRow},
        meaning_of="title",
    ),
    Kind(
        "instructor",
        models.InstructorRow,
        schemas.InstructorDraft,
        schemas.InstructorView,
        "I",
        _field_owns("institution"),
        titles=("name",),
        parts={"qualifications": models.QualificationRow, "blackouts": models.BlackoutRow},
        governed=(
            "register_number",
            "registered_on",
            "register_state",
            "register_ended",
            "register_reason",
        ),
    ),
    Kind(
        "venue",
        models.VenueRow,
        schemas.VenueDraft,
        schemas.VenueView,
        "V",
        _field_owns("institution"),
        titles=("name",),
        parts={"workstations": models.WorkstationRow},
    ),
    Kind(
        "run",
        models.RunRow,
        schemas.RunDraft,
        schemas.RunView,
        "R",
        _record_owns("course", models.CourseRow),
    ),
    Kind(
        "slot",
        models.SlotRow,
        schemas.SlotDraft,
        schemas.SlotView,
        "S",
        _record_owns("venue", models.VenueRow),
    ),
    Kind(
        "purchase",
        models.PurchaseRow,
        schemas.PurchaseDraft,
        schemas.PurchaseView,
        "M",
        _field_owns("buyer"),
    ),
    Kind(
        "assessment",
        models.AssessmentRow,
        schemas.AssessmentDraft,
        schemas.AssessmentView,
        "A",
        _field_owns("body"),
    ),
    Kind(
        "association",
        models.AssociationRow,
        schemas.AssociationDraft,
        schemas.AssociationView,
        "XZ",
        _actor_owns,
        parts={"members": models.MemberRow},
        is_owned_by_field=False,
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
_BY_DRAFT = {kind.draft: kind for kind in _ALL}


def kind_named(name: str) -> Kind:
    """The kind of that name."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFoundError("kind", name) from None


def kind_of(draft: Draft) -> Kind:
    """The kind a draft is for."""
    return _BY_DRAFT[type(draft)]
