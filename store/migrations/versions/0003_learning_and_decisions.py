"""What people confirmed, centres' weights, receipts of decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("record", sa.String(length=40), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_contested", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_confirmation_occupation_occupation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation")),
        sa.UniqueConstraint("words", "occupation", name=op.f("uq_confirmation_words_occupation")),
        sqlite_strict=True,
    )
    for column in ("record", "owner", "is_contested"):
        op.create_index(op.f(f"ix_confirmation_{column}"), "confirmation", [column])
    op.create_table(
        "profile",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("owner", "name", name=op.f("pk_profile")),
        sqlite_strict=True,
    )
    op.create_table(
        "decision",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("need_version", sa.Integer(), nullable=False),
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("ranking", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_decision")),
        sqlite_strict=True,
    )
    for column in ("need", "owner"):
        op.create_index(op.f(f"ix_decision_{column}"), "decision", [column])


def downgrade() -> None:
    """Forget them."""
    for table in ("decision", "profile", "confirmation"):
        op.drop_table(table)
