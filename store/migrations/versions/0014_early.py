"""What is suggested before it is asked for, and technical support; needs that a course is made for."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STATES = "status IN ('draft', 'open', 'matched', 'confirmed', 'delivered', 'closed', 'expired', 'withdrawn')"
_WIDER = (
    "status IN ('draft', 'open', 'matched', 'confirmed', 'delivered', 'closed', 'bespoke', 'expired', "
    "'withdrawn')"
)
_TABLES = (
    "course_bid",
    "course_call",
    "case_note",
    "support_case",
    "expert",
    "suggestion",
    "training_plan",
)


def _states(before: str, after: str) -> None:
    """Another check on the state of needs; on SQLite its text is put in place, as in 0008."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.execute("ALTER TABLE need DROP CONSTRAINT ck_need_known_status")
        op.execute(f"ALTER TABLE need ADD CONSTRAINT ck_need_known_status CHECK ({after})")
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'need'",
        (before, after),
    )
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")


def upgrade() -> None:
    """Apply."""
    _states(_STATES, _WIDER)
    op.create_table(
        "expert",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("weekly", sa.String(length=200), nullable=True),
        sa.Column("contact", sa.String(length=60), nullable=True),
        sa.Column("term_from", sa.Date(), nullable=False),
        sa.Column("term_to", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("status IN ('active', 'ended')", name=op.f("ck_expert_known_status")),
        sa.CheckConstraint("term_to >= term_from", name=op.f("ck_expert_term_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_expert_version_positive")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_expert_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_expert")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_expert_owner"), "expert", ["owner"], unique=False)
    op.create_index(op.f("ix_expert_status"), "expert", ["status"], unique=False)
    op.create_table(
        "training_plan",
        sa.Column("enterprise", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=14), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "programme <> 'apprenticeship' OR months IS NOT NULL",
            name=op.f("ck_training_plan_has_term"),
        ),
        sa.CheckConstraint(
            "programme IN ('short', 'apprenticeship', 'project')",
            name=op.f("ck_training_plan_known_programme"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f("ck_training_plan_known_status")
        ),
        sa.CheckConstraint(
            "type IN ('pre_post', 'on_post', 'transfer', 'order', 'directed')",
            name=op.f("ck_training_plan_known_type"),
        ),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_training_plan_heads_range")),
        sa.CheckConstraint("months BETWEEN 1 AND 60", name=op.f("ck_training_plan_months_range")),
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name=op.f("ck_training_plan_quarter_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_training_plan_version_positive")),
        sa.CheckConstraint("year BETWEEN 2000 AND 2100", name=op.f("ck_training_plan_year_range")),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["organisation.code"], name=op.f("fk_training_plan_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["level"], ["skill_level.rank"], name=op.f("fk_training_plan_level")
        ),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_training_plan_occupation")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_training_plan_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_training_plan")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_training_plan_enterprise"), "training_plan", ["enterprise"], unique=False
    )
    op.create_index(op.f("ix_training_plan_owner"), "training_plan", ["owner"], unique=False)
    op.create_index(op.f("ix_training_plan_status"), "training_plan", ["status"], unique=False)
    op.create_table(
        "course_call",
        sa.Column("need", sa.String(length=40), nullable=True),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("modules", sa.Text(), nullable=False),
        sa.Column("theory_hours", sa.Integer(), nullable=False),
        sa.Column("practice_hours", sa.Integer(), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("unmet", sa.Integer(), nullable=False),
        sa.Column("ceiling_fen", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("chosen", sa.String(length=40), nullable=True),
        sa.Column("course", sa.String(length=40), nullable=True),
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
            "(status = 'awarded') = (course IS NOT NULL) AND (status <> 'awarded' OR reason IS NOT NULL)",
            name=op.f("ck_course_call_awarded_with"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'closed', 'awarded', 'cancelled')",
            name=op.f("ck_course_call_known_status"),
        ),
        sa.CheckConstraint("ceiling_fen >= 0", name=op.f("ck_course_call_ceiling_not_negative")),
        sa.CheckConstraint("heads >= 1 AND unmet >= 0", name=op.f("ck_course_call_heads_range")),
        sa.CheckConstraint(
            "theory_hours >= 0 AND practice_hours >= 0", name=op.f("ck_course_call_hours")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_course_call_version_positive")),
        sa.ForeignKeyConstraint(
            ["chosen"], ["organisation.code"], name=op.f("fk_course_call_chosen")
        ),
        sa.ForeignKeyConstraint(["course"], ["course.code"], name=op.f("fk_course_call_course")),
        sa.ForeignKeyConstraint(["level"], ["skill_level.rank"], name=op.f("fk_course_call_level")),
        sa.ForeignKeyConstraint(["need"], ["need.code"], name=op.f("fk_course_call_need")),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_course_call_occupation")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_course_call_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_course_call")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_course_call_need"), "course_call", ["need"], unique=False)
    op.create_index(op.f("ix_course_call_owner"), "course_call", ["owner"], unique=False)
    op.create_index(op.f("ix_course_call_status"), "course_call", ["status"], unique=False)
    op.create_table(
        "suggestion",
        sa.Column("enterprise", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=14), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.Column("occupation", sa.String(length=40), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("certificate", sa.Boolean(), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=True),
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
            "(status = 'accepted') = (need IS NOT NULL)", name=op.f("ck_suggestion_became_a_need")
        ),
        sa.CheckConstraint(
            "cause IN ('certificate', 'apprenticeship', 'plan', 'coverage')",
            name=op.f("ck_suggestion_known_cause"),
        ),
        sa.CheckConstraint(
            "status <> 'dismissed' OR reason IS NOT NULL", name=op.f("ck_suggestion_has_reason")
        ),
        sa.CheckConstraint(
            "status IN ('suggested', 'accepted', 'dismissed', 'lapsed')",
            name=op.f("ck_suggestion_known_status"),
        ),
        sa.CheckConstraint(
            "type IN ('pre_post', 'on_post', 'transfer', 'order', 'directed')",
            name=op.f("ck_suggestion_known_type"),
        ),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_suggestion_heads_range")),
        sa.CheckConstraint("latest >= earliest", name=op.f("ck_suggestion_window_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_suggestion_version_positive")),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["organisation.code"], name=op.f("fk_suggestion_enterprise")
        ),
        sa.ForeignKeyConstraint(["level"], ["skill_level.rank"], name=op.f("fk_suggestion_level")),
        sa.ForeignKeyConstraint(["need"], ["need.code"], name=op.f("fk_suggestion_need")),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_suggestion_occupation")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_suggestion_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_suggestion")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_suggestion_enterprise"), "suggestion", ["enterprise"], unique=False)
    op.create_index(op.f("ix_suggestion_need"), "suggestion", ["need"], unique=False)
    op.create_index(op.f("ix_suggestion_owner"), "suggestion", ["owner"], unique=False)
    op.create_index("ix_suggestion_owner_subject", "suggestion", ["owner", "subject"], unique=False)
    op.create_index(op.f("ix_suggestion_status"), "suggestion", ["status"], unique=False)
    op.create_table(
        "support_case",
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("fits", sa.Integer(), nullable=False),
        sa.Column("expert", sa.String(length=40), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (outcome IS NOT NULL)", name=op.f("ck_support_case_closed_with")
        ),
        sa.CheckConstraint(
            "outcome IN ('advice', 'course', 'none')", name=op.f("ck_support_case_known_outcome")
        ),
        sa.CheckConstraint(
            "status <> 'assigned' OR expert IS NOT NULL", name=op.f("ck_support_case_has_expert")
        ),
        sa.CheckConstraint(
            "status IN ('open', 'assigned', 'closed')", name=op.f("ck_support_case_known_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_support_case_version_positive")),
        sa.ForeignKeyConstraint(["expert"], ["expert.code"], name=op.f("fk_support_case_expert")),
        sa.ForeignKeyConstraint(["need"], ["need.code"], name=op.f("fk_support_case_need")),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_support_case_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_support_case")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_support_case_expert"), "support_case", ["expert"], unique=False)
    op.create_index(op.f("ix_support_case_need"), "support_case", ["need"], unique=False)
    op.create_index(op.f("ix_support_case_owner"), "support_case", ["owner"], unique=False)
    op.create_index(op.f("ix_support_case_status"), "support_case", ["status"], unique=False)
    op.create_table(
        "case_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["support_case.code"], name=op.f("fk_case_note_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_note")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_case_note_case"), "case_note", ["case"], unique=False)
    op.create_table(
        "course_bid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("instructors", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_course_bid_price_not_negative")),
        sa.ForeignKeyConstraint(["call"], ["course_call.code"], name=op.f("fk_course_bid_call")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_course_bid_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_bid")),
        sa.UniqueConstraint("call", "institution", name=op.f("uq_course_bid_call_institution")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_course_bid_institution"), "course_bid", ["institution"], unique=False)


def downgrade() -> None:
    """Forget them; needs that a course was being made for are open again."""
    for table in _TABLES:
        op.drop_table(table)
    op.execute("UPDATE need SET status = 'open' WHERE status = 'bespoke'")
    _states(_WIDER, _STATES)
