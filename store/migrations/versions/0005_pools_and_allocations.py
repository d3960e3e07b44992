"""Proposals of one pooled class, plans for rival needs, firms that will not be taught together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "allocation",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('applied', 'undone')", name=op.f("ck_allocation_known_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_allocation_version_positive")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_allocation_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_allocation")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_allocation_owner"), "allocation", ["owner"])
    op.create_index(op.f("ix_allocation_status"), "allocation", ["status"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    code = "TEXT" if is_sqlite else "VARCHAR(40)"
    op.execute(f"ALTER TABLE proposal ADD COLUMN pool {code}")
    op.execute(
        f"ALTER TABLE proposal ADD COLUMN allocation {code} "
        "CONSTRAINT fk_proposal_allocation REFERENCES allocation (code)"
    )
    op.create_index(op.f("ix_proposal_pool"), "proposal", ["pool"])
    op.create_index(op.f("ix_proposal_allocation"), "proposal", ["allocation"])
    op.execute("ALTER TABLE need ADD COLUMN apart_from TEXT")


def downgrade() -> None:
    """Forget which proposals belong together."""
    for column in ("allocation", "pool"):
        op.drop_index(op.f(f"ix_proposal_{column}"), "proposal")
        op.execute(f"ALTER TABLE proposal DROP COLUMN {column}")
    op.drop_table("allocation")
    op.execute("ALTER TABLE need DROP COLUMN apart_from")
