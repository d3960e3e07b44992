"""Marks of courses, venues, sittings and organisations; modules of courses; associations and members."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _choice(table: str, name: str, longest: int, values: tuple[str, ...]) -> sa.Column[Any]:
    allowed = ", ".join(f"'{value}'" for value in values)
    check = sa.CheckConstraint(f"{name} IN ({allowed})", name=op.f(f"ck_{table}_known_{name}"))
    return sa.Column(name, sa.String(length=longest), check, nullable=True)


def _count(name: str) -> sa.Column[Any]:
    check = sa.CheckConstraint(f"{name} >= 0", name=op.f(f"ck_organisation_{name}_not_negative"))
    return sa.Column(name, sa.Integer(), check, nullable=True)


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    """What is added to tables that are there."""
    programmes = ("short", "apprenticeship", "project", "start_up", "degree")
    bases = ("enterprise", "street", "district", "city", "province", "national")
    certified = ("qualification", "skill_level", "special_ability")
    return [
        ("course", _choice("course", "programme", 14, programmes)),
        ("venue", _choice("venue", "base", 10, bases)),
        ("venue", sa.Column("is_studio", sa.Boolean(), nullable=True)),
        ("assessment", _choice("assessment", "certifies", 16, certified)),
        ("organisation", sa.Column("trains_itself", sa.Boolean(), nullable=True)),
        ("organisation", sa.Column("grants_need_training", sa.Boolean(), nullable=True)),
        ("organisation", _count("students")),
        ("organisation", _count("full_time_cap")),
    ]


def upgrade() -> None:
    """Apply."""
    for table, column in _columns():
        op.add_column(table, column)
    text = "TEXT" if op.get_bind().dialect.name == "sqlite" else "VARCHAR(40)"
    op.execute(  # as one statement, which both databases know
        f"ALTER TABLE course ADD COLUMN specialty {text} "
        "CONSTRAINT fk_course_specialty REFERENCES area (code)"
    )
    op.create_table(
        "course_module",
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours >= 1", name=op.f("ck_course_module_hours_positive")),
        sa.ForeignKeyConstraint(
            ["course"], ["course.code"], name=op.f("fk_course_module_course"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course", "position", name=op.f("pk_course_module")),
        sqlite_strict=True,
    )
    op.create_table(
        "association",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=True),
        sa.Column("sort", sa.String(length=20), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("contact", sa.String(length=60), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "sort IN ('trade_committee', 'training_alliance', 'assessment_alliance')",
            name=op.f("ck_association_known_sort"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f("ck_association_known_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_association_version_positive")),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("fk_association_area")),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_association_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_association")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_association_owner"), "association", ["owner"], unique=False)
    op.create_index(op.f("ix_association_status"), "association", ["status"], unique=False)
    op.create_table(
        "association_member",
        sa.Column("association", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_association_member_days_order")),
        sa.ForeignKeyConstraint(
            ["association"],
            ["association.code"],
            name=op.f("fk_association_member_association"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation"],
            ["organisation.code"],
            name=op.f("fk_association_member_organisation"),
        ),
        sa.PrimaryKeyConstraint("association", "position", name=op.f("pk_association_member")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_association_member_organisation"),
        "association_member",
        ["organisation"],
        unique=False,
    )


def downgrade() -> None:
    """Forget them."""
    for table in ("association_member", "association", "course_module"):
        op.drop_table(table)
    op.drop_column("course", "specialty")
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
