"""What the database itself refuses or keeps right, by its own means: triggers, and exclusion on PostgreSQL.

Bookings move the counters of runs, slots and sittings, whose checks refuse less than nothing left; one
instructor is never in two places; two slots never sell one workstation; ended bookings and the audit
trail are not rewritten. Services check first and say it better: this is for what they might forget.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from store.errors import StoreError

COUNTERS = {"run": "seats_left", "slot": "stations_free", "assessment": "seats_left"}
_LIVE = "('held', 'booked')"


def create(connection: Connection) -> None:
    """Set the guards up; called by the migration. Slots that overlap already are named, not kept."""
    found = connection.exec_driver_sql(_OVERLAPPING).first()
    if found is not None:
        raise StoreError("slots_overlap", first=found[0], second=found[1])
    for statement in _create(connection.dialect.name):
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take the guards away: for a downgrade, and to show in tests what happens without them."""
    for statement in _drop(connection.dialect.name):
        connection.exec_driver_sql(statement)


def keep_credits(connection: Connection) -> None:
    """The credit ledger is only added to; called by the migration that makes it."""
    if connection.dialect.name == "sqlite":
        for name, what in (("credit_unchanged", "UPDATE"), ("credit_kept", "DELETE")):
            connection.exec_driver_sql(_never(name, f"{what} ON credit"))
        return
    for statement in _pg_never("credit_kept", "UPDATE OR DELETE", "credit"):
        connection.exec_driver_sql(statement)


def forget_credits(connection: Connection) -> None:
    """What is left of it once its table is gone."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS credit_kept()")


def keep(connection: Connection, table: str) -> None:
    """Rows of a table are only added; called by the migration that makes it."""
    if connection.dialect.name == "sqlite":
        for name, what in ((f"{table}_unchanged", "UPDATE"), (f"{table}_kept", "DELETE")):
            connection.exec_driver_sql(_never(name, f"{what} ON {table}"))
        return
    for statement in _pg_never(f"{table}_kept", "UPDATE OR DELETE", table):
        connection.exec_driver_sql(statement)


def forget(connection: Connection, table: str) -> None:
    """What is left of it once its table is gone."""
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {table}_kept()")


_OVERLAPPING = """
    SELECT one.code, other.code FROM slot AS one JOIN slot AS other ON other.venue = one.venue
      AND other.equipment = one.equipment AND other.day = one.day AND other.code > one.code
      AND other.start < one."end" AND one.start < other."end"
    WHERE one.status <> 'withdrawn' AND other.status <> 'withdrawn' ORDER BY one.code LIMIT 1"""


def _create(dialect: str) -> Iterator[str]:
    yield from _sqlite() if dialect == "sqlite" else _postgresql()


def _drop(dialect: str) -> Iterator[str]:
    if dialect == "sqlite":
        for name in _NAMES:
            yield f"DROP TRIGGER IF EXISTS {name}"
        return
    yield "ALTER TABLE booking DROP CONSTRAINT IF EXISTS ex_booking_instructor"
    yield "ALTER TABLE slot DROP CONSTRAINT IF EXISTS ex_slot_overlap"
    for table, name in _PG_TRIGGERS:
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield f"DROP FUNCTION IF EXISTS {name}()"


_NAMES = (
    "booking_exists",
    *(f"booking_{when}_{kind}" for kind in COUNTERS for when in ("takes", "changes")),
    "booking_instructor",
    "booking_fixed",
    "booking_kept",
    "slot_overlap_new",
    "slot_overlap_moved",
    "audit_unchanged",
    "audit_kept",
)


def _sqlite() -> Iterator[str]:
    for kind, left in COUNTERS.items():
        yield f"""
            CREATE TRIGGER booking_takes_{kind} AFTER INSERT ON booking
            WHEN NEW.kind = '{kind}' AND NEW.status IN {_LIVE} BEGIN
              UPDATE {kind} SET {left} = {left} - NEW.quantity, claimed = claimed + NEW.quantity,
                version = version + 1 WHERE code = NEW.resource;
            END"""
        yield f"""
            CREATE TRIGGER booking_changes_{kind} AFTER UPDATE OF status, quantity ON booking
            WHEN NEW.kind = '{kind}' AND (OLD.status IN {_LIVE}) * OLD.quantity
              <> (NEW.status IN {_LIVE}) * NEW.quantity BEGIN
              UPDATE {kind} SET
                {left} = {left} + (OLD.status IN {_LIVE}) * OLD.quantity
                  - (NEW.status IN {_LIVE}) * NEW.quantity,
                claimed = claimed - (OLD.status IN {_LIVE}) * OLD.quantity
                  + (NEW.status IN {_LIVE}) * NEW.quantity,
                version = version + 1
              WHERE code = NEW.resource;
            END"""
    exists = " ".join(
        f"WHEN '{kind}' THEN EXISTS (SELECT 1 FROM {kind} WHERE code = NEW.resource)"
        for kind in (*COUNTERS, "instructor")
    )
    yield f"""
        CREATE TRIGGER booking_exists BEFORE INSERT ON booking
        WHEN NOT (CASE NEW.kind {exists} ELSE 0 END) BEGIN
          SELECT RAISE(ABORT, 'guard: booking_resource');
        END"""
    yield f"""
        CREATE TRIGGER booking_instructor BEFORE INSERT ON booking
        WHEN NEW.kind = 'instructor' AND NEW.status IN {_LIVE} AND EXISTS (
          SELECT 1 FROM booking AS other WHERE other.kind = 'instructor'
            AND other.resource = NEW.resource AND other.day = NEW.day AND other.status IN {_LIVE}
            AND other.start < NEW."end" AND NEW.start < other."end") BEGIN
          SELECT RAISE(ABORT, 'guard: booking_instructor');
        END"""
    yield f"""
        CREATE TRIGGER booking_fixed BEFORE UPDATE ON booking
        WHEN OLD.status NOT IN {_LIVE} OR OLD.kind <> NEW.kind OR OLD.resource <> NEW.resource
          OR OLD.day <> NEW.day OR OLD.start <> NEW.start OR OLD."end" <> NEW."end"
          OR OLD.proposal IS NOT NEW.proposal OR OLD.waiting IS NOT NEW.waiting BEGIN
          SELECT RAISE(ABORT, 'guard: booking_fixed');
        END"""
    yield _never("booking_kept", "DELETE ON booking")
    yield _never("audit_unchanged", "UPDATE ON audit")
    yield _never("audit_kept", "DELETE ON audit")
    overlap = """
        NEW.status <> 'withdrawn' AND EXISTS (SELECT 1 FROM slot AS other WHERE other.code <> NEW.code
          AND other.venue = NEW.venue AND other.equipment = NEW.equipment AND other.day = NEW.day
          AND other.status <> 'withdrawn'
          AND other.start < NEW."end" AND NEW.start < other."end")"""
    for name, when in (
        ("slot_overlap_new", "INSERT"),
        ("slot_overlap_moved", 'UPDATE OF venue, equipment, day, start, "end", status'),
    ):
        yield f"""
            CREATE TRIGGER {name} BEFORE {when} ON slot WHEN {overlap} BEGIN
              SELECT RAISE(ABORT, 'guard: slot_overlap');
            END"""


def _never(name: str, what: str) -> str:
    return f"CREATE TRIGGER {name} BEFORE {what} BEGIN SELECT RAISE(ABORT, 'guard: {name}'); END"


_PG_TRIGGERS = (
    ("booking", "booking_counts"),
    ("booking", "booking_fixed"),
    ("booking", "booking_kept"),
    ("audit", "audit_kept"),
)


def _postgresql() -> Iterator[str]:
    yield "CREATE EXTENSION IF NOT EXISTS btree_gist"
    yield f"""
        ALTER TABLE booking ADD CONSTRAINT ex_booking_instructor EXCLUDE USING gist
        (resource WITH =, day WITH =, int4range(start, "end") WITH &&)
        WHERE (kind = 'instructor' AND status IN {_LIVE})"""
    yield """
        ALTER TABLE slot ADD CONSTRAINT ex_slot_overlap EXCLUDE USING gist
        (venue WITH =, equipment WITH =, day WITH =, int4range(start, "end") WITH &&)
        WHERE (status <> 'withdrawn')"""
    branches = " ".join(
        f"""IF NEW.kind = '{kind}' AND (change <> 0 OR TG_OP = 'INSERT') THEN
              UPDATE {kind} SET {left} = {left} - change, claimed = claimed + change,
                version = version + (CASE WHEN change = 0 THEN 0 ELSE 1 END)
              WHERE code = NEW.resource;
              IF NOT FOUND THEN RAISE EXCEPTION 'guard: booking_resource'
                USING ERRCODE = 'check_violation'; END IF;
            END IF;"""
        for kind, left in COUNTERS.items()
    )
    yield f"""
        CREATE FUNCTION booking_counts() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE change integer := 0;
        BEGIN
          IF NEW.status IN {_LIVE} THEN change := NEW.quantity; END IF;
          IF TG_OP = 'UPDATE' THEN
            IF OLD.status IN {_LIVE} THEN change := change - OLD.quantity; END IF;
          END IF;
          {branches}
          IF NEW.kind = 'instructor' AND NOT EXISTS (
            SELECT 1 FROM instructor WHERE code = NEW.resource) THEN
            RAISE EXCEPTION 'guard: booking_resource' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$"""
    yield """
        CREATE TRIGGER booking_counts AFTER INSERT OR UPDATE OF status, quantity ON booking
        FOR EACH ROW EXECUTE FUNCTION booking_counts()"""
    yield f"""
        CREATE FUNCTION booking_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.status NOT IN {_LIVE} OR (OLD.kind, OLD.resource, OLD.day, OLD.start, OLD."end",
              OLD.proposal, OLD.waiting) IS DISTINCT FROM (NEW.kind, NEW.resource, NEW.day,
              NEW.start, NEW."end", NEW.proposal, NEW.waiting) THEN
            RAISE EXCEPTION 'guard: booking_fixed' USING ERRCODE = 'check_violation';
          END IF;
          RETURN NEW;
        END $$"""
    yield """
        CREATE TRIGGER booking_fixed BEFORE UPDATE ON booking
        FOR EACH ROW EXECUTE FUNCTION booking_fixed()"""
    for name, what, table in (
        ("booking_kept", "DELETE", "booking"),
        ("audit_kept", "UPDATE OR DELETE", "audit"),
    ):
        yield from _pg_never(name, what, table)


def _pg_never(name: str, what: str, table: str) -> Iterator[str]:
    yield f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION 'guard: {name}' USING ERRCODE = 'check_violation';
        END $$"""
    yield f"""
        CREATE TRIGGER {name} BEFORE {what} ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}()"""
