"""Filings, what is submitted before it is published, records merged and kept apart."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OFFERINGS = ("course", "run", "slot", "assessment")
_STATES = "status IN ('draft', 'published', 'paused', 'withdrawn')"
_WIDER = "status IN ('draft', 'submitted', 'checked', 'published', 'paused', 'withdrawn')"
_FILED = ("run", "instructor", "venue", "slot", "assessment")
_MERGED = ("organisation", "course")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _states(before: str, after: str) -> None:
    """Another check on the state of offerings.

    What SQLite stores does not change with a check, so its text is put in place, the way that its manual
    describes; making the tables anew would take everything that refers to them along.
    """
    connection = op.get_bind()
    if not _is_sqlite():
        for table in _OFFERINGS:
            name = f"ck_{table}_known_status"
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
            op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table in _OFFERINGS:
        connection.exec_driver_sql(
            "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
            (before, after, table),
        )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    """Apply."""
    _states(_STATES, _WIDER)
    day, code = ("TEXT", "TEXT") if _is_sqlite() else ("DATE", "VARCHAR(40)")
    for table in _FILED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN filed_on {day}")
    for table in _MERGED:
        op.execute(f"ALTER TABLE {table} ADD COLUMN merged_into {code}")
        op.create_index(op.f(f"ix_{table}_merged_into"), table, ["merged_into"])
    op.create_table(
        "filing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('filed', 'late')", name=op.f("ck_filing_known_status")),
        sa.CheckConstraint("how IN ('new', 'changed', 'same')", name=op.f("ck_filing_known_how")),
        sa.CheckConstraint(
            "fresh >= 0 AND changed >= 0 AND same >= 0", name=op.f("ck_filing_counts")
        ),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_filing_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint(
            "institution", "kind", "period", name=op.f("uq_filing_institution_kind_period")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "verification",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("submitted_by", sa.String(length=80), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=80), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('submitted', 'checked', 'published', 'returned')",
            name=op.f("ck_verification_known_status"),
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_verification_owner")
        ),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_verification")),
        sqlite_strict=True,
    )
    for column in ("owner", "status"):
        op.create_index(op.f(f"ix_verification_{column}"), "verification", [column])
    op.create_table(
        "merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.String(length=40), nullable=False),
        sa.Column("lost", sa.String(length=40), nullable=False),
        sa.Column("status_before", sa.String(length=20), nullable=False),
        sa.Column("moved", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.String(length=80), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('enterprise', 'institution', 'course')", name=op.f("ck_merge_known_kind")
        ),
        sa.CheckConstraint("kept <> lost", name=op.f("ck_merge_two_records")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_merge_kind_kept"), "merge", ["kind", "kept"])
    op.create_table(
        "apart",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("one", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("one < other", name=op.f("ck_apart_in_order")),
        sa.PrimaryKeyConstraint("kind", "one", "other", name=op.f("pk_apart")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Forget filings and verification; what was not published yet is a draft again."""
    for table in ("apart", "merge", "verification", "filing"):
        op.drop_table(table)
    for table in _MERGED:
        op.drop_index(op.f(f"ix_{table}_merged_into"), table)
        op.execute(f"ALTER TABLE {table} DROP COLUMN merged_into")
    for table in _FILED:
        op.execute(f"ALTER TABLE {table} DROP COLUMN filed_on")
    for table in _OFFERINGS:
        op.execute(f"UPDATE {table} SET status = 'draft' WHERE status IN ('submitted', 'checked')")
    _states(_WIDER, _STATES)
