"""People who are trained: files, rosters, attendance, results, credits, outcomes."""

import sqlalchemy as sa
from alembic import op

from store import guards

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "trainee",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("experience", sa.Text(), nullable=True),
        sa.Column("employer", sa.String(length=40), nullable=True),
        sa.Column("merged_into", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "(status = 'merged') = (merged_into IS NOT NULL)", name=op.f("ck_trainee_merged_points")
        ),
        sa.CheckConstraint(
            "category IN ('employed', 'unemployed', 'rural', 'lifted_from_poverty', 'disabled', 'veteran', 'graduate', 'detained', 'other')",
            name=op.f("ck_trainee_known_category"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'merged', 'anonymised')", name=op.f("ck_trainee_known_status")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_trainee_version_positive")),
        sa.ForeignKeyConstraint(
            ["employer"], ["organisation.code"], name=op.f("fk_trainee_employer")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["trainee.code"], name=op.f("fk_trainee_merged_into")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_trainee_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_trainee")),
        sa.UniqueConstraint("owner", "number", name=op.f("uq_trainee_owner_number")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_trainee_employer"), "trainee", ["employer"], unique=False)
    op.create_index(op.f("ix_trainee_merged_into"), "trainee", ["merged_into"], unique=False)
    op.create_index(op.f("ix_trainee_name"), "trainee", ["name"], unique=False)
    op.create_index(op.f("ix_trainee_owner"), "trainee", ["owner"], unique=False)
    op.create_index(op.f("ix_trainee_phone"), "trainee", ["phone"], unique=False)
    op.create_index(op.f("ix_trainee_status"), "trainee", ["status"], unique=False)
    op.create_table(
        "credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("trainee", sa.String(length=40), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(points < 0) = (reverses IS NOT NULL)", name=op.f("ck_credit_only_reversals")
        ),
        sa.CheckConstraint("points BETWEEN -10000 AND 10000", name=op.f("ck_credit_points_range")),
        sa.ForeignKeyConstraint(["reverses"], ["credit.id"], name=op.f("fk_credit_reverses")),
        sa.ForeignKeyConstraint(["trainee"], ["trainee.code"], name=op.f("fk_credit_trainee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit")),
        sa.UniqueConstraint("reverses", name=op.f("uq_credit_reverses")),
        sqlite_strict=True,
    )
    op.create_index("ix_credit_trainee_day", "credit", ["trainee", "day"], unique=False)
    op.create_table(
        "trainee_identity",
        sa.Column("trainee", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=18), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainee"], ["trainee.code"], name=op.f("fk_trainee_identity_trainee")
        ),
        sa.PrimaryKeyConstraint("trainee", name=op.f("pk_trainee_identity")),
        sqlite_strict=True,
    )
    op.create_index(
        op.f("ix_trainee_identity_digest"), "trainee_identity", ["digest"], unique=False
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_class", sa.String(length=40), nullable=False),
        sa.Column("trainee", sa.String(length=40), nullable=False),
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("funding", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "funding IN ('firm', 'government', 'trainee')", name=op.f("ck_enrolment_known_funding")
        ),
        sa.CheckConstraint(
            "status IN ('enrolled', 'swapped', 'dropped', 'completed')",
            name=op.f("ck_enrolment_known_status"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal"], ["proposal.code"], name=op.f("fk_enrolment_proposal")
        ),
        sa.ForeignKeyConstraint(["trainee"], ["trainee.code"], name=op.f("fk_enrolment_trainee")),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_enrolment_training_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "training_class", "trainee", name=op.f("uq_enrolment_training_class_trainee")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_enrolment_proposal"), "enrolment", ["proposal"], unique=False)
    op.create_index(op.f("ix_enrolment_trainee"), "enrolment", ["trainee"], unique=False)
    op.create_table(
        "assessment_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("certificate", sa.String(length=60), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("voided", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "certificate IS NULL OR outcome = 'passed'",
            name=op.f("ck_assessment_result_passed_first"),
        ),
        sa.CheckConstraint(
            "outcome IN ('passed', 'failed', 'absent')",
            name=op.f("ck_assessment_result_known_outcome"),
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 8", name=op.f("ck_assessment_result_level_range")),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["enrolment.id"], name=op.f("fk_assessment_result_enrolment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_result")),
        sa.UniqueConstraint(
            "enrolment", "attempt", name=op.f("uq_assessment_result_enrolment_attempt")
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_assessment_result_day"), "assessment_result", ["day"], unique=False)
    op.create_index(
        op.f("ix_assessment_result_enrolment"), "assessment_result", ["enrolment"], unique=False
    )
    op.create_table(
        "attendance",
        sa.Column("enrolment", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=8), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "mark IN ('present', 'absent', 'late', 'leave')", name=op.f("ck_attendance_known_mark")
        ),
        sa.CheckConstraint("source IN ('hand', 'device')", name=op.f("ck_attendance_known_source")),
        sa.CheckConstraint("start BETWEEN -1 AND 1440", name=op.f("ck_attendance_start_range")),
        sa.ForeignKeyConstraint(
            ["enrolment"], ["enrolment.id"], name=op.f("fk_attendance_enrolment")
        ),
        sa.PrimaryKeyConstraint("enrolment", "day", "start", name=op.f("pk_attendance")),
        sqlite_strict=True,
    )
    op.create_table(
        "employment_outcome",
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('same_post', 'promoted', 'new_job', 'self_employed', 'unemployed', 'not_reached')",
            name=op.f("ck_employment_outcome_known_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["result"], ["assessment_result.id"], name=op.f("fk_employment_outcome_result")
        ),
        sa.PrimaryKeyConstraint("result", name=op.f("pk_employment_outcome")),
        sqlite_strict=True,
    )
    guards.keep_credits(op.get_bind())


def downgrade() -> None:
    """Forget everybody."""
    for table in (
        "employment_outcome",
        "assessment_result",
        "attendance",
        "enrolment",
        "credit",
        "trainee_identity",
        "trainee",
    ):
        op.drop_table(table)
    guards.forget_credits(op.get_bind())
