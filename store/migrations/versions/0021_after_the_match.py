"""Vacancies and referrals, costs of shared rooms, endorsed needs, one list of categories."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.models.base import Instant

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BEFORE = (
    "category IN ('employed', 'unemployed', 'rural', 'lifted_from_poverty', 'disabled', 'veteran', "
    "'graduate', 'detained', 'other')"
)
_SINCE = _BEFORE.replace("'detained', ", "'detained', 'rehabilitation', ")


def _categories(before: str, after: str) -> None:
    """Another check on categories; on SQLite its text is put in place, as in 0016."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE trainee DROP CONSTRAINT ck_trainee_known_category")
        op.execute(f"ALTER TABLE trainee ADD CONSTRAINT ck_trainee_known_category CHECK ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'trainee'",
        (before, after),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def _columns() -> list[tuple[str, sa.Column[Any]]]:
    """What is added to tables that are there and refers to nothing."""
    return [
        ("organisation", sa.Column("output", sa.Integer(), nullable=True)),
        ("assessment", sa.Column("self_assessed", sa.Boolean(), nullable=True)),
        ("training_plan", sa.Column("category", sa.String(length=20), nullable=True)),
    ]


def _record(table: str) -> list[Any]:
    """What every record carries."""
    return [
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f(f"ck_{table}_version_positive")),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f(f"ck_{table}_known_status")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f(f"fk_{table}_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f(f"pk_{table}")),
    ]


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "vacancy",
        sa.Column("enterprise", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_vacancy_heads_range")),
        _refers("vacancy", "enterprise", "organisation.code"),
        _refers("vacancy", "occupation", "occupation.code"),
        _refers("vacancy", "level", "skill_level.rank"),
        *_record("vacancy"),
        sqlite_strict=True,
    )
    _index("vacancy", "enterprise", "owner", "status")
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vacancy", sa.String(length=40), nullable=False),
        sa.Column("trainee", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("result_day", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint(
            "result IN ('open', 'hired', 'declined', 'refused')",
            name=op.f("ck_referral_known_result"),
        ),
        sa.CheckConstraint(
            "(result = 'open') = (result_day IS NULL)", name=op.f("ck_referral_result_dated")
        ),
        sa.CheckConstraint("result_day >= day", name=op.f("ck_referral_days_order")),
        _refers("referral", "vacancy", "vacancy.code"),
        _refers("referral", "trainee", "trainee.code"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("vacancy", "trainee", name=op.f("uq_referral_vacancy_trainee")),
        sqlite_strict=True,
    )
    _index("referral", "trainee")
    op.create_table(
        "shared_cost",
        sa.Column("venue", sa.String(length=40), nullable=False),
        sa.Column("equipment", sa.String(length=40), nullable=True),
        sa.Column("hour_fen", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "hour_fen BETWEEN 1 AND 100000000", name=op.f("ck_shared_cost_hour_range")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_shared_cost_days_order")),
        _refers("shared_cost", "venue", "venue.code"),
        _refers("shared_cost", "equipment", "equipment.code"),
        *_record("shared_cost"),
        sqlite_strict=True,
    )
    _index("shared_cost", "venue", "owner", "status")
    op.create_table(
        "cost_share",
        sa.Column("cost", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_cost_share_percent_range")),
        _refers("cost_share", "cost", "shared_cost.code"),
        _refers("cost_share", "institution", "organisation.code"),
        sa.PrimaryKeyConstraint("cost", "institution", name=op.f("pk_cost_share")),
        sqlite_strict=True,
    )
    op.create_table(
        "endorsement",
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("association", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        _refers("endorsement", "need", "need.code"),
        _refers("endorsement", "association", "association.code"),
        sa.PrimaryKeyConstraint("need", "association", name=op.f("pk_endorsement")),
        sqlite_strict=True,
    )
    text = "TEXT" if op.get_bind().dialect.name == "sqlite" else "VARCHAR(40)"
    for table in ("need", "employment_outcome"):  # as one statement, which both databases know
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN vacancy {text} "
            f"CONSTRAINT fk_{table}_vacancy REFERENCES vacancy (code)"
        )
        _index(table, "vacancy")
    for table, column in _columns():
        op.add_column(table, column)
    _categories(_BEFORE, _SINCE)


def downgrade() -> None:
    """Forget them; people in rehabilitation are under others again."""
    op.execute("UPDATE trainee SET category = 'other' WHERE category = 'rehabilitation'")
    _categories(_SINCE, _BEFORE)
    for table, column in _columns():
        op.drop_column(table, column.name)
    for table in ("employment_outcome", "need"):
        op.drop_index(op.f(f"ix_{table}_vacancy"), table)
        op.drop_column(table, "vacancy")
    for table in ("endorsement", "cost_share", "shared_cost", "referral", "vacancy"):
        op.drop_table(table)
