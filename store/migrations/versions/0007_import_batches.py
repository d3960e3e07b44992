"""Tables that are mended before they are taken over, and taken back as a whole."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "import_batch",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("headings", sa.Text(), nullable=False),
        sa.Column("standard", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('reading', 'repair', 'ready', 'applied', 'undone', 'dropped')",
            name=op.f("ck_import_batch_known_status"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_import_batch_version_positive")),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_import_batch_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_import_batch")),
        sqlite_strict=True,
    )
    for column in ("owner", "status"):
        op.create_index(op.f(f"ix_import_batch_{column}"), "import_batch", [column])
    op.create_table(
        "import_row",
        sa.Column("batch", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), server_default="[]", nullable=False),
        sa.Column("mended", sa.Text(), server_default="{}", nullable=False),
        sa.Column("record", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('good', 'wrong', 'same', 'left_out', 'applied')",
            name=op.f("ck_import_row_known_state"),
        ),
        sa.ForeignKeyConstraint(["batch"], ["import_batch.code"], name=op.f("fk_import_row_batch")),
        sa.PrimaryKeyConstraint("batch", "number", name=op.f("pk_import_row")),
        sqlite_strict=True,
    )
    for column in ("record", "state"):
        op.create_index(op.f(f"ix_import_row_batch_{column}"), "import_row", ["batch", column])


def downgrade() -> None:
    """Forget batches."""
    op.drop_table("import_row")
    op.drop_table("import_batch")
