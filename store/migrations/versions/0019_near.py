"""Attendance keeps the minute of a device's first stamp."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("attendance", sa.Column("came", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Forget when people came."""
    op.drop_column("attendance", "came")
