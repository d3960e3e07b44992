"""Editions of subsidy rules, claims, training funds of firms, duties of instructors."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_CODE = sa.String(length=40)
_FEN = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _foreign(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _changed() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
    )


def _check(table: str, name: str, said: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(said, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    """Apply."""
    table = "policy_edition"
    op.create_table(
        table,
        sa.Column("code", _CODE, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area", _CODE, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        *_changed(),
        _check(table, "known_status", "status IN ('draft', 'published')"),
        _check(table, "validity_order", "valid_to >= valid_from"),
        _check(table, "numbers_positive", "number >= 1 AND version >= 1"),
        _foreign(table, "area", "area.code"),
        sa.PrimaryKeyConstraint("code", "number", name=op.f("pk_policy_edition")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_policy_edition_area"), table, ["area"])
    _claims()
    table = "fund_year"
    op.create_table(
        table,
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("payroll_fen", _FEN, nullable=True),
        sa.Column("spent_fen", _FEN, nullable=True),
        sa.Column("front_fen", _FEN, nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("owner", _CODE, nullable=False),
        *_changed(),
        _check(table, "year_range", "year BETWEEN 2000 AND 2100"),
        _check(
            table,
            "not_negative",
            "payroll_fen >= 0 AND spent_fen >= 0 AND front_fen >= 0 AND staff >= 0",
        ),
        _check(table, "part_of_whole", "front_fen <= spent_fen"),
        _foreign(table, "enterprise", "organisation.code"),
        _foreign(table, "owner", "organisation.code"),
        sa.PrimaryKeyConstraint("enterprise", "year", name=op.f("pk_fund_year")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_fund_year_owner"), table, ["owner"])
    table = "instructor_duty"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instructor", _CODE, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _check(table, "known_kind", "kind IN ('refresher', 'shop_floor')"),
        _check(table, "days_range", "days BETWEEN 1 AND 366"),
        _foreign(table, "instructor", "instructor.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instructor_duty")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_instructor_duty_instructor"), table, ["instructor"])


def _claims() -> None:
    table = "subsidy_claim"
    states = "'draft', 'submitted', 'returned', 'approved', 'paid', 'refused', 'withdrawn'"
    op.create_table(
        table,
        sa.Column("person", _CODE, nullable=False),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("institution", _CODE, nullable=False),
        sa.Column("training_class", _CODE, nullable=True),
        sa.Column("policy", _CODE, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule", _CODE, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("occupation", _CODE, nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("certificate_day", sa.Date(), nullable=True),
        sa.Column("submit_by", sa.Date(), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("papers", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("once", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        *_changed(),
        sa.Column("owner", _CODE, nullable=False),
        _check(table, "known_status", f"status IN ({states})"),
        _check(table, "version_positive", "version >= 1"),
        _check(table, "amount_not_negative", "amount_fen >= 0"),
        _foreign(table, "enterprise", "organisation.code"),
        _foreign(table, "institution", "organisation.code"),
        _foreign(table, "occupation", "occupation.code"),
        _foreign(table, "level", "skill_level.rank"),
        _foreign(table, "owner", "organisation.code"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_subsidy_claim")),
        sa.UniqueConstraint("once", name=op.f("uq_subsidy_claim_once")),
        sqlite_strict=True,
    )
    for column in ("enterprise", "institution", "owner", "person", "status"):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index("ix_subsidy_claim_policy_day", table, ["policy", "day"])


def downgrade() -> None:
    """Forget subsidies."""
    for table in ("instructor_duty", "fund_year", "subsidy_claim", "policy_edition"):
        op.drop_table(table)
