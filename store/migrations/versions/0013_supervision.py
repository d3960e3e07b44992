"""How classes are watched and judged: visits, draws, flags, who is in charge; opinions, scores, standing."""

import sqlalchemy as sa
from alembic import op

from store import guards

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
_KEPT = ("spot_draw", "published_score", "score_formula")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "published_score",
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("formula", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('institution', 'course', 'instructor')",
            name=op.f("ck_published_score_known_kind"),
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_published_score_count_not_negative")),
        sa.CheckConstraint(
            "score BETWEEN 0 AND 100", name=op.f("ck_published_score_score_percent")
        ),
        sa.PrimaryKeyConstraint("kind", "code", "period", name=op.f("pk_published_score")),
        sqlite_strict=True,
    )
    op.create_table(
        "risk_decision",
        sa.Column("flag", sa.String(length=160), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('confirmed', 'dismissed')", name=op.f("ck_risk_decision_known_decision")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_risk_decision_reason_given")),
        sa.PrimaryKeyConstraint("flag", name=op.f("pk_risk_decision")),
        sqlite_strict=True,
    )
    op.create_table(
        "score_formula",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 2", name=op.f("ck_score_formula_version_range")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_score_formula")),
        sqlite_strict=True,
    )
    op.create_table(
        "spot_draw",
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.String(length=120), nullable=False),
        sa.Column("algorithm", sa.String(length=40), nullable=False),
        sa.Column("weighing", sa.String(length=12), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("population", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("drawn", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f("ck_spot_draw_known_status")
        ),
        sa.CheckConstraint(
            "weighing IN ('equal', 'risk')", name=op.f("ck_spot_draw_known_weighing")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_spot_draw_days_order")),
        sa.CheckConstraint("percent BETWEEN 1 AND 100", name=op.f("ck_spot_draw_percent_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_spot_draw_version_positive")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_spot_draw_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_spot_draw")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_spot_draw_owner"), "spot_draw", ["owner"], unique=False)
    op.create_index(op.f("ix_spot_draw_status"), "spot_draw", ["status"], unique=False)
    op.create_table(
        "standing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("entry", sa.String(length=12), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=True),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "entry <> 'sanction' OR type IN ('notice', 'suspended', 'delisted', 'unfunded')",
            name=op.f("ck_standing_known_sanction"),
        ),
        sa.CheckConstraint(
            "entry IN ('admission', 'inspection', 'sanction', 'exit', 'reward')",
            name=op.f("ck_standing_known_entry"),
        ),
        sa.CheckConstraint(
            "lifted_on IS NULL OR entry = 'sanction'", name=op.f("ck_standing_only_sanctions")
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_standing_days_order")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_standing_institution")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
        sqlite_strict=True,
    )
    op.create_index(
        "ix_standing_institution_entry", "standing", ["institution", "entry"], unique=False
    )
    op.create_table(
        "class_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_class", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=12), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("person", sa.String(length=60), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part IN ('organises', 'supervises')", name=op.f("ck_class_charge_known_part")
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_class_charge_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_class_charge_training_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_charge")),
        sa.UniqueConstraint(
            "training_class", "part", name=op.f("uq_class_charge_training_class_part")
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "opinion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_class", sa.String(length=40), nullable=False),
        sa.Column("rater_group", sa.String(length=12), nullable=False),
        sa.Column("rater", sa.String(length=60), nullable=False),
        sa.Column("period", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "rater_group IN ('trainee', 'instructor', 'enterprise', 'agency')",
            name=op.f("ck_opinion_known_group"),
        ),
        sa.CheckConstraint("day >= period", name=op.f("ck_opinion_day_in_period")),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_opinion_training_class")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_opinion_training_class"), "opinion", ["training_class"], unique=False)
    op.create_table(
        "visit",
        sa.Column("training_class", sa.String(length=40), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("draw", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=True),
        sa.Column("visitor", sa.String(length=80), nullable=False),
        sa.Column("checklist", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("follow_up", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=80), nullable=True),
        sa.Column("closing", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('planned', 'unplanned')", name=op.f("ck_visit_known_kind")),
        sa.CheckConstraint(
            "status <> 'closed' OR closed_by IS NOT NULL", name=op.f("ck_visit_closed_by_whom")
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'recorded', 'answered', 'closed', 'withdrawn')",
            name=op.f("ck_visit_known_status"),
        ),
        sa.CheckConstraint(
            "status IN ('planned', 'withdrawn') OR answers IS NOT NULL",
            name=op.f("ck_visit_recorded"),
        ),
        sa.CheckConstraint("start BETWEEN -1 AND 1440", name=op.f("ck_visit_start_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_visit_version_positive")),
        sa.ForeignKeyConstraint(["draw"], ["spot_draw.code"], name=op.f("fk_visit_draw")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_visit_institution")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_visit_owner")),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_visit_training_class")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_visit")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_visit_day"), "visit", ["day"], unique=False)
    op.create_index(op.f("ix_visit_draw"), "visit", ["draw"], unique=False)
    op.create_index(op.f("ix_visit_follow_up"), "visit", ["follow_up"], unique=False)
    op.create_index(op.f("ix_visit_institution"), "visit", ["institution"], unique=False)
    op.create_index(op.f("ix_visit_owner"), "visit", ["owner"], unique=False)
    op.create_index(op.f("ix_visit_status"), "visit", ["status"], unique=False)
    op.create_index(op.f("ix_visit_training_class"), "visit", ["training_class"], unique=False)
    op.create_table(
        "visit_finding",
        sa.Column("visit", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.String(length=40), nullable=False),
        sa.Column("severity", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "severity IN ('minor', 'major', 'grave')", name=op.f("ck_visit_finding_known_severity")
        ),
        sa.ForeignKeyConstraint(
            ["visit"], ["visit.code"], name=op.f("fk_visit_finding_visit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit", "position", name=op.f("pk_visit_finding")),
        sqlite_strict=True,
    )
    for table in _KEPT:
        guards.keep(op.get_bind(), table)


def downgrade() -> None:
    """Forget all of it."""
    for table in (
        "visit_finding",
        "visit",
        "opinion",
        "class_charge",
        "standing",
        "spot_draw",
        "score_formula",
        "risk_decision",
        "published_score",
    ):
        op.drop_table(table)
    for table in _KEPT:
        guards.forget(op.get_bind(), table)
