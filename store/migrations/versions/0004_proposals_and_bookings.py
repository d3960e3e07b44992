"""Proposals, terms, answers, bookings, classes, waiting firms, calls; counters, guards, chained audit."""

import re

import sqlalchemy as sa
from alembic import op

from store import chain, guards

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COUNTED = (
    ("run", "seats_left", "seats"),
    ("slot", "stations_free", "stations"),
    ("assessment", "seats_left", "seats"),
)
_STATES = "status IN ('draft', 'open', 'withdrawn')"
_WIDER = (
    "status IN ('draft', 'open', 'matched', 'confirmed', 'delivered', 'closed', 'expired', "
    "'withdrawn')"
)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _widen_need_states() -> None:
    """SQLite cannot change a check: the table is made anew, what hangs on it kept aside meanwhile."""
    if not _is_sqlite():
        op.execute("ALTER TABLE need DROP CONSTRAINT ck_need_known_status")
        op.execute(f"ALTER TABLE need ADD CONSTRAINT ck_need_known_status CHECK ({_WIDER})")
        return
    connection = op.get_bind()
    made, *indexes = (
        sql
        for (sql,) in connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'need' AND sql IS NOT NULL "
            "ORDER BY type = 'index'"
        )
    )
    wider = re.sub(r'^CREATE TABLE "?need"?', "CREATE TABLE need_new", made, count=1)
    wider = wider.replace(_STATES, _WIDER)
    for statement in (
        "CREATE TEMP TABLE kept AS SELECT * FROM need_occupation",
        wider,
        "INSERT INTO need_new SELECT * FROM need",
        "DROP TABLE need",
        "ALTER TABLE need_new RENAME TO need",
        *indexes,
        "INSERT INTO need_occupation SELECT * FROM kept",
        "DROP TABLE kept",
    ):
        connection.exec_driver_sql(statement)


def upgrade() -> None:
    """Apply."""
    _widen_need_states()
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("again", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["organisation.code"], name=op.f("fk_contact_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_contact_owner"), "contact", ["owner"])
    op.create_index(op.f("ix_contact_party"), "contact", ["party"])
    op.create_index(op.f("ix_contact_record"), "contact", ["record"])

    op.create_table(
        "waiting",
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint("kind IN ('run', 'assessment')", name=op.f("ck_waiting_known_kind")),
        sa.CheckConstraint(
            "status IN ('waiting', 'offered', 'taken', 'lapsed', 'left')",
            name=op.f("ck_waiting_known_status"),
        ),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_waiting_heads_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_waiting_version_positive")),
        sa.ForeignKeyConstraint(["need"], ["need.code"], name=op.f("fk_waiting_need")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_waiting_owner")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_waiting")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_waiting_need"), "waiting", ["need"])
    op.create_index(op.f("ix_waiting_owner"), "waiting", ["owner"])
    op.create_index(op.f("ix_waiting_resource"), "waiting", ["resource"])
    op.create_index(op.f("ix_waiting_status"), "waiting", ["status"])

    op.create_table(
        "training_class",
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=True),
        sa.Column("institution", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("min_heads", sa.Integer(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.CheckConstraint(
            "status IN ('forming', 'ready', 'running', 'finished', 'closed', 'cancelled')",
            name=op.f("ck_training_class_known_status"),
        ),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_training_class_days_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_training_class_version_positive")),
        sa.ForeignKeyConstraint(["course"], ["course.code"], name=op.f("fk_training_class_course")),
        sa.ForeignKeyConstraint(
            ["institution"], ["organisation.code"], name=op.f("fk_training_class_institution")
        ),
        sa.ForeignKeyConstraint(
            ["owner"], ["organisation.code"], name=op.f("fk_training_class_owner")
        ),
        sa.ForeignKeyConstraint(["run"], ["run.code"], name=op.f("fk_training_class_run")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_training_class")),
        sa.UniqueConstraint("run", name=op.f("uq_training_class_run")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_training_class_course"), "training_class", ["course"])
    op.create_index(op.f("ix_training_class_institution"), "training_class", ["institution"])
    op.create_index(op.f("ix_training_class_owner"), "training_class", ["owner"])
    op.create_index(op.f("ix_training_class_status"), "training_class", ["status"])

    op.create_table(
        "proposal",
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("enterprise", sa.String(length=40), nullable=False),
        sa.Column("course", sa.String(length=40), nullable=False),
        sa.Column("run", sa.String(length=40), nullable=True),
        sa.Column("venue", sa.String(length=40), nullable=True),
        sa.Column("training_class", sa.String(length=40), nullable=True),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fee_fen", sa.Integer(), nullable=True),
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
            "status IN ('draft', 'sent', 'accepted', 'confirmed', 'delivered', 'declined', 'withdrawn', 'lapsed', 'cancelled')",
            name=op.f("ck_proposal_known_status"),
        ),
        sa.CheckConstraint("fee_fen >= 0", name=op.f("ck_proposal_fee_not_negative")),
        sa.CheckConstraint("heads BETWEEN 1 AND 500", name=op.f("ck_proposal_heads_range")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_proposal_days_order")),
        sa.CheckConstraint("terms >= 1", name=op.f("ck_proposal_terms_from_one")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_proposal_version_positive")),
        sa.ForeignKeyConstraint(["course"], ["course.code"], name=op.f("fk_proposal_course")),
        sa.ForeignKeyConstraint(
            ["enterprise"], ["organisation.code"], name=op.f("fk_proposal_enterprise")
        ),
        sa.ForeignKeyConstraint(["need"], ["need.code"], name=op.f("fk_proposal_need")),
        sa.ForeignKeyConstraint(["owner"], ["organisation.code"], name=op.f("fk_proposal_owner")),
        sa.ForeignKeyConstraint(["run"], ["run.code"], name=op.f("fk_proposal_run")),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("fk_proposal_venue")),
        sa.ForeignKeyConstraint(
            ["training_class"], ["training_class.code"], name=op.f("fk_proposal_training_class")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_proposal")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_proposal_course"), "proposal", ["course"])
    op.create_index(op.f("ix_proposal_enterprise"), "proposal", ["enterprise"])
    op.create_index(op.f("ix_proposal_need"), "proposal", ["need"])
    op.create_index(op.f("ix_proposal_owner"), "proposal", ["owner"])
    op.create_index(op.f("ix_proposal_status"), "proposal", ["status"])
    op.create_index(op.f("ix_proposal_training_class"), "proposal", ["training_class"])
    op.create_index(op.f("ix_proposal_until"), "proposal", ["until"])

    op.create_table(
        "answer",
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('pending', 'accepted', 'declined')", name=op.f("ck_answer_known_status")
        ),
        sa.ForeignKeyConstraint(["party"], ["organisation.code"], name=op.f("fk_answer_party")),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.code"], name=op.f("fk_answer_proposal")),
        sa.PrimaryKeyConstraint("proposal", "party", name=op.f("pk_answer")),
        sqlite_strict=True,
    )
    op.create_index("ix_answer_party_status", "answer", ["party", "status"])

    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.String(length=40), nullable=True),
        sa.Column("waiting", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("resource", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'instructor' OR quantity = 1", name=op.f("ck_booking_one_instructor")
        ),
        sa.CheckConstraint(
            "kind IN ('run', 'slot', 'assessment', 'instructor')",
            name=op.f("ck_booking_known_kind"),
        ),
        sa.CheckConstraint(
            "status <> 'held' OR until IS NOT NULL", name=op.f("ck_booking_holds_end")
        ),
        sa.CheckConstraint(
            "status IN ('held', 'booked', 'released', 'expired', 'cancelled')",
            name=op.f("ck_booking_known_status"),
        ),
        sa.CheckConstraint(
            "(proposal IS NULL) <> (waiting IS NULL)", name=op.f("ck_booking_one_reason")
        ),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_booking_quantity_positive")),
        sa.CheckConstraint(
            'start >= 0 AND "end" > start AND "end" <= 1440', name=op.f("ck_booking_window")
        ),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.code"], name=op.f("fk_booking_proposal")),
        sa.ForeignKeyConstraint(["waiting"], ["waiting.code"], name=op.f("fk_booking_waiting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_booking_proposal"), "booking", ["proposal"])
    op.create_index("ix_booking_resource_day", "booking", ["kind", "resource", "day"])
    op.create_index("ix_booking_status_until", "booking", ["status", "until"])
    op.create_index(op.f("ix_booking_waiting"), "booking", ["waiting"])

    op.create_table(
        "no_show",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("heads", sa.Integer(), nullable=False),
        sa.Column("fee_fen", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.code"], name=op.f("fk_no_show_proposal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_show")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_no_show_proposal"), "no_show", ["proposal"])

    op.create_table(
        "terms",
        sa.Column("proposal", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("login", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["organisation.code"], name=op.f("fk_terms_party")),
        sa.ForeignKeyConstraint(["proposal"], ["proposal.code"], name=op.f("fk_terms_proposal")),
        sa.PrimaryKeyConstraint("proposal", "number", name=op.f("pk_terms")),
        sqlite_strict=True,
    )
    for table, left, total in _COUNTED:
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN claimed INTEGER NOT NULL DEFAULT 0 "
            f"CONSTRAINT ck_{table}_claimed_range "
            f"CHECK (claimed >= 0 AND claimed <= {total} AND {left} + claimed <= {total})"
        )
    words = "TEXT" if _is_sqlite() else "VARCHAR(64)"
    op.execute(f"ALTER TABLE audit ADD COLUMN hash {words} NOT NULL DEFAULT ''")
    chain.seal(op.get_bind())
    guards.create(op.get_bind())


def downgrade() -> None:
    """Forget every deal."""
    guards.drop(op.get_bind())
    for table in ("no_show", "terms", "answer", "booking", "contact", "proposal", "waiting"):
        op.drop_table(table)
    op.drop_table("training_class")
    for table, _, _ in _COUNTED:
        op.drop_column(table, "claimed")
    op.drop_column("audit", "hash")
    op.execute("UPDATE need SET status = 'open' WHERE status NOT IN ('draft', 'open', 'withdrawn')")
