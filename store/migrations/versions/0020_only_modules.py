"""Needs that want only some modules of a course."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE need ADD COLUMN only_modules TEXT")


def downgrade() -> None:
    """Forget which modules were wanted."""
    op.execute("ALTER TABLE need DROP COLUMN only_modules")
