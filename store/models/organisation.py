"""Organisations of every kind."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from store.models.base import Codes, RecordRow

KINDS = ("bureau", "centre", "enterprise", "institution", "assessment_body")


class OrganisationRow(RecordRow):
    """A bureau, service centre, enterprise, institution or assessment body; what a kind lacks stays null."""

    __tablename__ = "organisation"
    states: ClassVar[tuple[str, ...]] = ("applied", "active", "suspended", "exited", "withdrawn")

    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str | None] = mapped_column(String(60))
    area: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    contact: Mapped[str | None] = mapped_column(String(60))
    industry: Mapped[str | None] = mapped_column(String(60))
    staff: Mapped[int | None]
    hosts: Mapped[bool | None]
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    sort: Mapped[str | None] = mapped_column(String(30))
    scope: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    qualified_to: Mapped[date | None]
    evaluation: Mapped[float | None]
    evaluation_count: Mapped[int] = mapped_column(default=0)
    merged_into: Mapped[str | None] = mapped_column(String(40), index=True)

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known kinds; evaluations in percent."""
        kinds = ", ".join(f"'{kind}'" for kind in KINDS)
        return (
            *super().checks(),
            CheckConstraint(f"kind IN ({kinds})", name="known_kind"),
            CheckConstraint("evaluation BETWEEN 0 AND 100", name="evaluation_percent"),
            CheckConstraint("evaluation_count >= 0", name="evaluation_count_not_negative"),
            CheckConstraint("staff >= 0", name="staff_not_negative"),
        )
