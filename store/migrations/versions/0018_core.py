"""Self-study hours, register of instructors, tree of centres, terms of use, bought workstations."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    """What is added to tables that are there."""
    self_study = sa.CheckConstraint(
        "self_study_hours >= 0", name=op.f("ck_course_self_study_not_negative")
    )
    state = sa.CheckConstraint(
        "register_state IN ('filed', 'changed', 'lapsed', 'struck_off')",
        name=op.f("ck_instructor_known_register_state"),
    )
    return [
        ("course", sa.Column("self_study_hours", sa.Integer(), self_study, nullable=True)),
        ("instructor", sa.Column("register_number", sa.String(length=20), nullable=True)),
        ("instructor", sa.Column("registered_on", sa.Date(), nullable=True)),
        ("instructor", sa.Column("register_state", sa.String(length=10), state, nullable=True)),
        ("instructor", sa.Column("register_ended", sa.Date(), nullable=True)),
        ("instructor", sa.Column("register_reason", sa.String(length=200), nullable=True)),
    ]


def upgrade() -> None:
    """Apply."""
    for table, column in _columns():
        op.add_column(table, column)
    op.create_index(
        op.f("ix_instructor_register_number"), "instructor", ["register_number"], unique=True
    )
    text = "TEXT" if op.get_bind().dialect.name == "sqlite" else "VARCHAR(40)"
    op.execute(  # as one statement, which both databases know
        f"ALTER TABLE organisation ADD COLUMN parent {text} "
        "CONSTRAINT fk_organisation_parent REFERENCES organisation (code)"
    )
    op.create_index(op.f("ix_organisation_parent"), "organisation", ["parent"], unique=False)
    op.create_table(
        "usage_terms",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text_zh", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_usage_terms_version_positive")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_usage_terms")),
        sqlite_strict=True,
    )
    op.create_table(
        "usage_acceptance",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["login"], ["user_account.login"], name=op.f("fk_usage_acceptance_login")
        ),
        sa.ForeignKeyConstraint(
            ["version"], ["usage_terms.version"], name=op.f("fk_usage_acceptance_version")
        ),
        sa.PrimaryKeyConstraint("login", "version", name=op.f("pk_usage_acceptance")),
        sqlite_strict=True,
    )
    op.create_table(
        "purchase",
        sa.Column("buyer", sa.String(length=40), nullable=False),
        sa.Column("venue", sa.String(length=40), nullable=False),
        sa.Column("equipment", sa.String(length=40), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("stations >= 1", name=op.f("ck_purchase_stations_positive")),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_purchase_price_not_negative")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_purchase_days_order")),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f("ck_purchase_known_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_purchase_version_positive")),
        sa.ForeignKeyConstraint(["buyer"], ["organisation.code"], name=op.f("fk_purchase_buyer")),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("fk_purchase_venue")),
        sa.ForeignKeyConstraint(
            ["equipment"], ["equipment.code"], name=op.f("fk_purchase_equipment")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_purchase_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_purchase")),
        sqlite_strict=True,
    )
    for name in ("owner", "status", "venue"):
        op.create_index(op.f(f"ix_purchase_{name}"), "purchase", [name], unique=False)


def downgrade() -> None:
    """Forget them."""
    for table in ("purchase", "usage_acceptance", "usage_terms"):
        op.drop_table(table)
    op.drop_index(op.f("ix_organisation_parent"), "organisation")
    op.drop_column("organisation", "parent")
    op.drop_index(op.f("ix_instructor_register_number"), "instructor")
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
