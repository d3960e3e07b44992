"""Organisations of every kind."""

from datetime import date
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.models.base import Base, Codes, RecordRow

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
    trains_itself: Mapped[bool | None]
    output: Mapped[int | None]
    grants_need_training: Mapped[bool | None]
    students: Mapped[int | None]
    full_time_cap: Mapped[int | None]
    parent: Mapped[str | None] = mapped_column(ForeignKey("organisation.code"), index=True)

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
            CheckConstraint("students >= 0", name="students_not_negative"),
            CheckConstraint("full_time_cap >= 0", name="full_time_cap_not_negative"),
        )


class AssociationRow(RecordRow):
    """A trade committee or an alliance of organisations; `scope` are the trades it is for, none: all."""

    __tablename__ = "association"

    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str | None] = mapped_column(String(60))
    sort: Mapped[str] = mapped_column(String(20))
    area: Mapped[str | None] = mapped_column(ForeignKey("area.code"))
    scope: Mapped[tuple[str, ...] | None] = mapped_column(Codes)
    contact: Mapped[str | None] = mapped_column(String(60))
    members: Mapped[list["MemberRow"]] = relationship(
        cascade="all, delete-orphan", lazy="raise", order_by="MemberRow.position"
    )

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Known sorts."""
        return (
            *super().checks(),
            CheckConstraint(
                "sort IN ('trade_committee', 'training_alliance', 'assessment_alliance')",
                name="known_sort",
            ),
        )


class MemberRow(Base):
    """An organisation that belongs to an association, from a day to a day where these are known."""

    __tablename__ = "association_member"

    association: Mapped[str] = mapped_column(
        ForeignKey("association.code", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    organisation: Mapped[str] = mapped_column(ForeignKey("organisation.code"), index=True)
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]

    @classmethod
    def checks(cls) -> tuple[Any, ...]:
        """Not leaving before joining."""
        return (CheckConstraint("last_day >= first_day", name="days_order"),)
