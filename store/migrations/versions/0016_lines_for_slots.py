"""Firms may wait in line for the workstations of a slot, too."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_SEATS = "kind IN ('run', 'assessment')"
_WIDER = "kind IN ('run', 'assessment', 'slot')"


def _kinds(before: str, after: str) -> None:
    """Another check on what is waited for; on SQLite its text is put in place, as in 0008."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE waiting DROP CONSTRAINT ck_waiting_known_kind")
        op.execute(f"ALTER TABLE waiting ADD CONSTRAINT ck_waiting_known_kind CHECK ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'waiting'",
        (before, after),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    """Apply."""
    _kinds(_SEATS, _WIDER)


def downgrade() -> None:
    """Forget lines for slots, and what was kept for them."""
    lines = "SELECT code FROM waiting WHERE kind = 'slot'"
    op.execute(
        f"UPDATE booking SET status = 'released' WHERE status = 'held' AND waiting IN ({lines})"
    )
    op.execute(f"DELETE FROM booking WHERE waiting IN ({lines})")
    op.execute("DELETE FROM waiting WHERE kind = 'slot'")
    _kinds(_WIDER, _SEATS)
