"""Runs are found by who is appointed to them."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of runs by instructor."""
    op.create_index(op.f("ix_run_instructor"), "run", ["instructor"], unique=False)


def downgrade() -> None:
    """Look through all runs again."""
    op.drop_index(op.f("ix_run_instructor"), "run")
