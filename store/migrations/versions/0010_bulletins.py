"""Bulletins with their figures, the log of what was published, targets of units."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "bulletin",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('monthly', 'quarterly', 'yearly', 'one_off')",
            name=op.f("ck_bulletin_known_kind"),
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_bulletin_days_order")),
        sa.CheckConstraint(
            "status IN ('draft', 'checked', 'published', 'withdrawn')",
            name=op.f("ck_bulletin_known_status"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_bulletin_version_positive")),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("fk_bulletin_area")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_bulletin_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_bulletin")),
        sqlite_strict=True,
    )
    for column in ("owner", "status"):
        op.create_index(op.f(f"ix_bulletin_{column}"), "bulletin", [column])
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("documents", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("act IN ('publish', 'withdraw')", name=op.f("ck_publication_known_act")),
        sa.ForeignKeyConstraint(
            ["bulletin"], ["bulletin.code"], name=op.f("fk_publication_bulletin")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_publication_bulletin"), "publication", ["bulletin"])
    op.create_table(
        "target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("unit_kind", sa.String(length=10), nullable=False),
        sa.Column("indicator", sa.String(length=20), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("unit_kind IN ('centre', 'area')", name=op.f("ck_target_known_unit")),
        sa.CheckConstraint("value >= 1", name=op.f("ck_target_value_positive")),
        sa.CheckConstraint("last >= first", name=op.f("ck_target_days_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint(
            "unit", "indicator", "first", "last", name=op.f("uq_target_unit_indicator_first_last")
        ),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Forget bulletins and targets."""
    op.drop_table("target")
    op.drop_table("publication")
    op.drop_table("bulletin")
