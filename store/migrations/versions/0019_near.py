"""First stamps; evaluators and what they are asked to rate; local occupations; surveys of demand."""

import sqlalchemy as sa
from alembic import op

from store.models.base import Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


_ROLES = "role IN ('operator', 'institution', 'supervisor', 'admin', 'enterprise')"
_MORE = "role IN ('operator', 'institution', 'supervisor', 'admin', 'enterprise', 'evaluator')"


def _roles(before: str, after: str) -> None:
    """Another check on roles; on SQLite its text is put in place, as in 0016."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE user_account DROP CONSTRAINT ck_user_account_known_role")
        op.execute(
            f"ALTER TABLE user_account ADD CONSTRAINT ck_user_account_known_role CHECK ({after})"
        )
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'user_account'",
        (before, after),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    """Apply."""
    op.add_column("attendance", sa.Column("came", sa.Integer(), nullable=True))
    op.create_table(
        "rating",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("training_class", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=40), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["agency"], ["organisation.code"], name=op.f("fk_rating_agency")),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_rating_training_class")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_rating")),
        sa.UniqueConstraint(
            "training_class", "agency", name=op.f("uq_rating_training_class_agency")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_rating_agency"), "rating", ["agency"], unique=False)
    _roles(_ROLES, _MORE)
    op.create_table(
        "local_occupation",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("also", sa.Text(), nullable=True),
        sa.Column("near", sa.String(length=40), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("mapped_to", sa.String(length=40), nullable=True),
        sa.Column("mapped_on", sa.Date(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("highest >= lowest", name=op.f("ck_local_occupation_ladder_order")),
        sa.CheckConstraint(
            "(mapped_to IS NULL) = (mapped_on IS NULL)",
            name=op.f("ck_local_occupation_mapped_whole"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["occupation.code"], name=op.f(f"fk_local_occupation_{column}")
            )
            for column in ("code", "near", "mapped_to")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["skill_level.rank"], name=op.f(f"fk_local_occupation_{column}")
            )
            for column in ("lowest", "highest")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_local_occupation")),
        sqlite_strict=True,
    )
    op.add_column("demand_history", sa.Column("survey", sa.String(length=40), nullable=True))
    op.create_table(
        "survey",
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("association", sa.String(length=40), nullable=True),
        sa.Column("firms", sa.Text(), nullable=False),
        sa.Column("trades", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_survey_version_positive")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_survey_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_survey")),
        sa.CheckConstraint(
            "status IN ('planned', 'closed', 'withdrawn')", name=op.f("ck_survey_known_status")
        ),
        sa.CheckConstraint("last >= first", name=op.f("ck_survey_weeks_order")),
        sa.ForeignKeyConstraint(
            ["association"], ["association.code"], name=op.f("fk_survey_association")
        ),
        sqlite_strict=True,
    )
    for column in ("owner", "status"):
        op.create_index(op.f(f"ix_survey_{column}"), "survey", [column], unique=False)
    op.create_table(
        "survey_answer",
        sa.Column("survey", sa.String(length=40), nullable=False),
        sa.Column("firm", sa.String(length=40), nullable=False),
        sa.Column("trade", sa.String(length=40), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("heads BETWEEN 0 AND 500", name=op.f("ck_survey_answer_heads_range")),
        sa.ForeignKeyConstraint(["survey"], ["survey.code"], name=op.f("fk_survey_answer_survey")),
        sa.ForeignKeyConstraint(
            ["firm"], ["organisation.code"], name=op.f("fk_survey_answer_firm")
        ),
        sa.ForeignKeyConstraint(
            ["trade"], ["occupation.code"], name=op.f("fk_survey_answer_trade")
        ),
        sa.PrimaryKeyConstraint("survey", "firm", "trade", "week", name=op.f("pk_survey_answer")),
        sqlite_strict=True,
    )


def downgrade() -> None:
    """Forget all of it, and let no evaluator in."""
    op.drop_table("survey_answer")
    op.drop_table("survey")
    op.drop_column("demand_history", "survey")
    op.drop_table("local_occupation")
    op.drop_column("attendance", "came")
    op.drop_table("rating")
    op.execute(
        "UPDATE user_account SET role = 'enterprise', is_active = FALSE WHERE role = 'evaluator'"
    )
    _roles(_MORE, _ROLES)
