"""First schema."""

import sqlalchemy as sa
from alembic import op

from store import text_index

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alias_term",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_alias_term")),
        sqlite_strict=True,
    )
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("coordinate_source", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "kind IN ('city', 'district', 'street', 'park')", name=op.f("ck_area_known_kind")
        ),
        sa.CheckConstraint("lat BETWEEN -90 AND 90", name=op.f("ck_area_latitude")),
        sa.CheckConstraint("lng BETWEEN -180 AND 180", name=op.f("ck_area_longitude")),
        sa.ForeignKeyConstraint(["parent"], ["area.code"], name=op.f("fk_area_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("area", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_area_parent"), ["parent"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("request", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_code"), ["code"], unique=False)

    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "kind IN ('day_off', 'makeup_workday')", name=op.f("ck_calendar_day_known_kind")
        ),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
        sqlite_strict=True,
    )
    op.create_table(
        "code_sequence",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_code_sequence")),
        sqlite_strict=True,
    )
    op.create_table(
        "equipment",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("english", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_equipment")),
        sqlite_strict=True,
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
        sqlite_strict=True,
    )
    op.create_table(
        "occupation",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("marker", sa.String(length=8), nullable=True),
        sa.Column("small_class", sa.String(length=120), nullable=False),
        sa.Column("middle_class", sa.String(length=120), nullable=False),
        sa.Column("major_class", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_occupation")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("occupation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_occupation_name"), ["name"], unique=False)

    op.create_table(
        "request",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", "login", name=op.f("pk_request")),
        sqlite_strict=True,
    )
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "code", name=op.f("uq_search_entry_kind_code")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("search_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_entry_kind"), ["kind"], unique=False)

    op.create_table(
        "skill_level",
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number_form", sa.String(length=10), nullable=True),
        sa.Column("grade_form", sa.String(length=20), nullable=False),
        sa.Column("english", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("rank", name=op.f("pk_skill_level")),
        sqlite_strict=True,
    )
    op.create_table(
        "alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("folded", sa.String(length=120), nullable=False),
        sa.Column("sound", sa.String(length=400), nullable=False),
        sa.Column("initials", sa.String(length=120), nullable=False),
        sa.Column("norm", sa.Double(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_alias_occupation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alias")),
        sa.UniqueConstraint("folded", "occupation", name=op.f("uq_alias_folded_occupation")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alias_folded"), ["folded"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_initials"), ["initials"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_occupation"), ["occupation"], unique=False)
        batch_op.create_index(batch_op.f("ix_alias_sound"), ["sound"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("short_name", sa.String(length=60), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("contact", sa.String(length=60), nullable=True),
        sa.Column("industry", sa.String(length=60), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("hosts", sa.Boolean(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("sort", sa.String(length=30), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("qualified_to", sa.Date(), nullable=True),
        sa.Column("evaluation", sa.Double(), nullable=True),
        sa.Column("evaluation_count", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "kind IN ('bureau', 'centre', 'enterprise', 'institution', 'assessment_body')",
            name=op.f("ck_organisation_known_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('applied', 'active', 'suspended', 'exited', 'withdrawn')",
            name=op.f("ck_organisation_known_status"),
        ),
        sa.CheckConstraint(
            "evaluation BETWEEN 0 AND 100", name=op.f("ck_organisation_evaluation_percent")
        ),
        sa.CheckConstraint(
            "evaluation_count >= 0", name=op.f("ck_organisation_evaluation_count_not_negative")
        ),
        sa.CheckConstraint("staff >= 0", name=op.f("ck_organisation_staff_not_negative")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_organisation_version_positive")),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("fk_organisation_area")),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_organisation_owner")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_organisation")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_status"), ["status"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("body", sa.String(length=40), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("seats_left", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'withdrawn')",
            name=op.f("ck_assessment_known_status"),
        ),
        sa.CheckConstraint(
            "seats_left BETWEEN 0 AND seats", name=op.f("ck_assessment_seats_left_range")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_assessment_version_positive")),
        sa.ForeignKeyConstraint(["body"], ["organisation.code"], name=op.f("fk_assessment_body")),
        sa.ForeignKeyConstraint(["level"], ["skill_level.rank"], name=op.f("fk_assessment_level")),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_assessment_occupation")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_assessment_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_assessment")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_body"), ["body"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_occupation"), ["occupation"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_status"), ["status"], unique=False)

    op.create_table(
        "course",
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("theory_hours", sa.Integer(), nullable=True),
        sa.Column("practice_hours", sa.Integer(), nullable=True),
        sa.Column("price_fen", sa.Integer(), nullable=True),
        sa.Column("price_per", sa.String(length=5), nullable=False),
        sa.Column("min_heads", sa.Integer(), nullable=True),
        sa.Column("max_heads", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=True),
        sa.Column("equipment", sa.String(length=40), nullable=True),
        sa.Column("heads_per_station", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(length=10), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "delivery IN ('runs', 'on_demand')", name=op.f("ck_course_known_delivery")
        ),
        sa.CheckConstraint(
            "price_per IN ('head', 'class')", name=op.f("ck_course_known_price_unit")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'withdrawn')",
            name=op.f("ck_course_known_status"),
        ),
        sa.CheckConstraint("heads_per_station >= 1", name=op.f("ck_course_heads_per_station")),
        sa.CheckConstraint("max_heads >= min_heads", name=op.f("ck_course_heads_order")),
        sa.CheckConstraint("min_heads >= 1 AND max_heads >= 1", name=op.f("ck_course_heads")),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_course_price_not_negative")),
        sa.CheckConstraint(
            "theory_hours >= 0 AND practice_hours >= 0", name=op.f("ck_course_hours")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_course_validity_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_course_version_positive")),
        sa.ForeignKeyConstraint(
            ["equipment"], ["equipment.code"], name=op.f("fk_course_equipment")
        ),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_course_institution")
        ),
        sa.ForeignKeyConstraint(["level"], ["skill_level.rank"], name=op.f("fk_course_level")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_course_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_course")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_institution"), ["institution"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_status"), ["status"], unique=False)

    op.create_table(
        "instructor",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("employment", sa.String(length=10), nullable=False),
        sa.Column("teaches", sa.String(length=10), nullable=False),
        sa.Column("max_travel_km", sa.Double(), nullable=True),
        sa.Column("day_rate_fen", sa.Integer(), nullable=True),
        sa.Column("weekly", sa.String(length=200), nullable=True),
        sa.Column("institutions_last_year", sa.Text(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "employment IN ('full_time', 'part_time', 'expert')",
            name=op.f("ck_instructor_known_employment"),
        ),
        sa.CheckConstraint(
            "status IN ('active', 'withdrawn')", name=op.f("ck_instructor_known_status")
        ),
        sa.CheckConstraint(
            "teaches IN ('both', 'theory', 'practice')", name=op.f("ck_instructor_known_teaching")
        ),
        sa.CheckConstraint("day_rate_fen >= 0", name=op.f("ck_instructor_day_rate_not_negative")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_instructor_version_positive")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_instructor_institution")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_instructor_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_instructor")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("instructor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_instructor_institution"), ["institution"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_instructor_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_instructor_status"), ["status"], unique=False)

    op.create_table(
        "need",
        sa.Column("enterprise", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("can_split", sa.Boolean(), nullable=False),
        sa.Column("min_group", sa.Integer(), nullable=True),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=True),
        sa.Column("weekly", sa.String(length=200), nullable=True),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("max_travel_km", sa.Double(), nullable=True),
        sa.Column("budget_fen", sa.Integer(), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=True),
        sa.Column("certificate", sa.Boolean(), nullable=False),
        sa.Column("min_practice_hours", sa.Integer(), nullable=True),
        sa.Column("type", sa.String(length=10), nullable=True),
        sa.Column("source", sa.String(length=60), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'open', 'withdrawn')", name=op.f("ck_need_known_status")
        ),
        sa.CheckConstraint("budget_fen >= 0", name=op.f("ck_need_budget_not_negative")),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_need_heads_range")),
        sa.CheckConstraint("latest >= earliest", name=op.f("ck_need_window_order")),
        sa.CheckConstraint("max_travel_km > 0", name=op.f("ck_need_travel_positive")),
        sa.CheckConstraint("min_group BETWEEN 1 AND heads", name=op.f("ck_need_min_group_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_need_version_positive")),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("fk_need_area")),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["organisation.code"], name=op.f("fk_need_enterprise")
        ),
        sa.ForeignKeyConstraint(["level"], ["skill_level.rank"], name=op.f("fk_need_level")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_need_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_need")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("need", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_enterprise"), ["enterprise"], unique=False)
        batch_op.create_index(batch_op.f("ix_need_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_need_status"), ["status"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("organisation", sa.String(length=40), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('operator', 'institution', 'supervisor', 'admin', 'enterprise')",
            name=op.f("ck_user_account_known_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation"], ["organisation.code"], name=op.f("fk_user_account_organisation")
        ),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_user_account")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_account_organisation"), ["organisation"], unique=False
        )

    op.create_table(
        "venue",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("area", sa.String(length=40), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lng", sa.Double(), nullable=True),
        sa.Column("buffer_before", sa.Integer(), nullable=False),
        sa.Column("buffer_after", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("status IN ('active', 'withdrawn')", name=op.f("ck_venue_known_status")),
        sa.CheckConstraint(
            "buffer_before >= 0 AND buffer_after >= 0", name=op.f("ck_venue_buffers")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_venue_version_positive")),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("fk_venue_area")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_venue_institution")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_venue_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_venue")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("venue", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_institution"), ["institution"], unique=False)
        batch_op.create_index(batch_op.f("ix_venue_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_venue_status"), ["status"], unique=False)

    op.create_table(
        "blackout",
        sa.Column("instructor", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_blackout_days_order")),
        sa.ForeignKeyConstraint(
            ["instructor"],
            ["instructor.code"],
            name=op.f("fk_blackout_instructor"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("instructor", "first_day", name=op.f("pk_blackout")),
        sqlite_strict=True,
    )
    op.create_table(
        "course_occupation",
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 1", name=op.f("ck_course_occupation_confidence_range")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["occupation.code"], name=op.f("fk_course_occupation_code")
        ),
        sa.ForeignKeyConstraint(
            ["course"],
            ["course.code"],
            name=op.f("fk_course_occupation_course"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("course", "code", name=op.f("pk_course_occupation")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("course_occupation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_occupation_code"), ["code"], unique=False)

    op.create_table(
        "need_occupation",
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "confidence BETWEEN 0 AND 1", name=op.f("ck_need_occupation_confidence_range")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["occupation.code"], name=op.f("fk_need_occupation_code")
        ),
        sa.ForeignKeyConstraint(
            ["need"], ["need.code"], name=op.f("fk_need_occupation_need"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need", "code", name=op.f("pk_need_occupation")),
        sqlite_strict=True,
    )
    op.create_table(
        "qualification",
        sa.Column("instructor", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instructor"],
            ["instructor.code"],
            name=op.f("fk_qualification_instructor"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["level"], ["skill_level.rank"], name=op.f("fk_qualification_level")
        ),
        sa.ForeignKeyConstraint(
            ["occupation"], ["occupation.code"], name=op.f("fk_qualification_occupation")
        ),
        sa.PrimaryKeyConstraint("instructor", "position", name=op.f("pk_qualification")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_qualification_occupation"), ["occupation"], unique=False
        )

    op.create_table(
        "run",
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("weekly", sa.String(length=200), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("seats_left", sa.Integer(), nullable=True),
        sa.Column("signup_closes", sa.Date(), nullable=True),
        sa.Column("instructor", sa.String(length=40), nullable=True),
        sa.Column("venue", sa.String(length=40), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'withdrawn')",
            name=op.f("ck_run_known_status"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_run_days_order")),
        sa.CheckConstraint("seats_left BETWEEN 0 AND seats", name=op.f("ck_run_seats_left_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_run_version_positive")),
        sa.ForeignKeyConstraint(["course"], ["course.code"], name=op.f("fk_run_course")),
        sa.ForeignKeyConstraint(
            ["instructor"], ["instructor.code"], name=op.f("fk_run_instructor")
        ),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_run_owner")),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("fk_run_venue")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_run")),
        sqlite_strict=True,
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_course"), ["course"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_status"), ["status"], unique=False)

    op.create_table(
        "slot",
        sa.Column("venue", sa.String(length=40), nullable=False),
        sa.Column("equipment", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("stations", sa.Integer(), nullable=False),
        sa.Column("stations_free", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'published', 'paused', 'withdrawn')",
            name=op.f("ck_slot_known_status"),
        ),
        sa.CheckConstraint("price_fen >= 0", name=op.f("ck_slot_price_not_negative")),
        sa.CheckConstraint(
            'start >= 0 AND "end" > start AND "end" <= 1440', name=op.f("ck_slot_window")
        ),
        sa.CheckConstraint(
            "stations_free BETWEEN 0 AND stations", name=op.f("ck_slot_stations_free_range")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_slot_version_positive")),
        sa.ForeignKeyConstraint(["equipment"], ["equipment.code"], name=op.f("fk_slot_equipment")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_slot_owner")),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("fk_slot_venue")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_slot")),
        sa.UniqueConstraint(
            "venue", "equipment", "day", "start", name=op.f("uq_slot_venue_equipment_day_start")
        ),
        sqlite_strict=True,
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_equipment"), ["equipment"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_owner"), ["owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_status"), ["status"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_venue"), ["venue"], unique=False)

    op.create_table(
        "workstation",
        sa.Column("venue", sa.String(length=40), nullable=False),
        sa.Column("equipment", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 1", name=op.f("ck_workstation_count_positive")),
        sa.ForeignKeyConstraint(
            ["equipment"], ["equipment.code"], name=op.f("fk_workstation_equipment")
        ),
        sa.ForeignKeyConstraint(
            ["venue"], ["venue.code"], name=op.f("fk_workstation_venue"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue", "equipment", name=op.f("pk_workstation")),
        sqlite_strict=True,
    )
    text_index.create(op.get_bind())


def downgrade() -> None:
    """The first schema is not undone: delete the store instead."""
    raise NotImplementedError
