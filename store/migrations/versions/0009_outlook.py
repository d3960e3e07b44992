"""Rules of warnings and what is done about them, shortage lists, past demand."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; the rule that was kept as a fact of the store becomes the first of many."""
    rules = op.create_table(
        "warning_rule",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "kind IN ('gap', 'trend', 'certificate', 'filing', 'use', 'waiting')",
            name=op.f("ck_warning_rule_known_kind"),
        ),
        sa.CheckConstraint(
            "severity IN ('notice', 'warning', 'alarm')",
            name=op.f("ck_warning_rule_known_severity"),
        ),
        sa.CheckConstraint(
            "heads >= 0 AND days >= 0 AND percent >= 0", name=op.f("ck_warning_rule_limits")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_warning_rule")),
        sqlite_strict=True,
    )
    op.create_table(
        "warning_note",
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("warning", sa.String(length=120), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("assignee", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_warning_note_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation", "warning", name=op.f("pk_warning_note")),
        sqlite_strict=True,
    )
    op.create_table(
        "shortage_list",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'signed', 'superseded', 'revoked', 'withdrawn')",
            name=op.f("ck_shortage_list_known_status"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_shortage_list_version_positive")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_shortage_list_days_order")),
        sa.CheckConstraint(
            "status = 'draft' OR signed_by IS NOT NULL OR reason IS NOT NULL",
            name=op.f("ck_shortage_list_signed_or_told"),
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_shortage_list_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shortage_list")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_shortage_list_owner"), "shortage_list", ["owner"])
    op.create_index(op.f("ix_shortage_list_status"), "shortage_list", ["status"])
    op.create_table(
        "shortage_entry",
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("forecast", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "needed >= served AND served >= 0", name=op.f("ck_shortage_entry_heads")
        ),
        sa.CheckConstraint(
            "waits >= 0 AND forecast >= 0 AND weeks >= 0",
            name=op.f("ck_shortage_entry_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["list"],
            ["shortage_list.code"],
            name=op.f("fk_shortage_entry_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_shortage_entry_occupation")
        ),
        sa.PrimaryKeyConstraint("list", "occupation", name=op.f("pk_shortage_entry")),
        sqlite_strict=True,
    )
    op.create_index("ix_shortage_entry_occupation", "shortage_entry", ["occupation"])
    op.create_table(
        "demand_history",
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.CheckConstraint("heads >= 0", name=op.f("ck_demand_history_heads")),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_demand_history_owner")
        ),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_demand_history_occupation")
        ),
        sa.PrimaryKeyConstraint("owner", "week", "occupation", name=op.f("pk_demand_history")),
        sqlite_strict=True,
    )
    connection = op.get_bind()
    kept = connection.execute(sa.text("SELECT value FROM meta WHERE key = 'warning_rule'")).scalar()
    if kept is not None:
        limits = {"heads": 30, "days": 10, **json.loads(kept)}
        told = {"code": "GAP", "kind": "gap", "severity": "alarm", "is_on": True, "percent": None}
        made = {"version": 1, "changed_at": datetime.now(UTC), "changed_by": "system"}
        op.bulk_insert(rules, [{**told, **made, **limits}])
        connection.execute(sa.text("DELETE FROM meta WHERE key = 'warning_rule'"))


def downgrade() -> None:
    """Forget them; the one old rule stays a fact of the store."""
    connection = op.get_bind()
    kept = connection.execute(
        sa.text("SELECT heads, days FROM warning_rule WHERE code = 'GAP'")
    ).first()
    if kept is not None:
        connection.execute(
            sa.text("INSERT INTO meta (key, value) VALUES ('warning_rule', :value)"),
            {"value": json.dumps({"heads": kept[0], "days": kept[1]})},
        )
    for table in (
        "demand_history",
        "shortage_entry",
        "shortage_list",
        "warning_note",
        "warning_rule",
    ):
        op.drop_table(table)
