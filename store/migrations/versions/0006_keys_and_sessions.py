"""Keys that open a desk, sessions, and what a person may have open at once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"ALTER TABLE user_account ADD COLUMN lang {'TEXT' if is_sqlite else 'VARCHAR(8)'}")
    op.execute("ALTER TABLE user_account ADD COLUMN most_sessions INTEGER NOT NULL DEFAULT 3")
    op.execute("ALTER TABLE user_account ADD COLUMN version INTEGER NOT NULL DEFAULT 1")
    op.create_table(
        "access_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=60), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["login"], ["user_account.login"], name=op.f("fk_access_key_login")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
        sa.UniqueConstraint("blob", name=op.f("uq_access_key_blob")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_access_key_login"), "access_key", ["login"])
    op.create_table(
        "desk_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("key", sa.Integer(), nullable=True),
        sa.Column("host", sa.String(length=80), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(["key"], ["access_key.id"], name=op.f("fk_desk_session_key")),
        sa.ForeignKeyConstraint(
            ["login"], ["user_account.login"], name=op.f("fk_desk_session_login")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_session")),
        sqlite_strict=True,
    )
    for column in ("ended_at", "key", "login"):
        op.create_index(op.f(f"ix_desk_session_{column}"), "desk_session", [column])


def downgrade() -> None:
    """Forget keys and sessions."""
    op.drop_table("desk_session")
    op.drop_table("access_key")
    for column in ("version", "most_sessions", "lang"):
        op.execute(f"ALTER TABLE user_account DROP COLUMN {column}")
