"""The second wall: PostgreSQL itself hides from a tenant the rows that the table of rights refuses them.

Its policies are made from that table, for needs, offerings, proposals and classes. What tenants read is
read as the role `WALL`; the store sets who they are at the beginning of each transaction. A row that one
of their own proposals is made of, such as a room that is lent to them, is seen as services show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.engine import WALL, has_role
from store.errors import StoreError
from store.schemas.actor import Actor, Role
from store.services.rights import Act, Reach, reach

_ME = "current_setting('duijie.organisation', true)"
_POLICY = "duijie_tenant"
_ANSWERS = (
    f"SELECT 1 FROM answer AS a JOIN proposal AS p ON p.code = a.proposal WHERE a.party = {_ME}"
)
_BOOKED = (
    "SELECT 1 FROM answer AS a JOIN booking AS b ON b.proposal = a.proposal "
    f"WHERE a.party = {_ME} AND b.kind = '{{0}}' AND b.resource = {{0}}.code"
)
# Of each kind its table, and the rows that are their own although another owns them.
TABLES: Mapping[str, tuple[str, str]] = {
    "need": ("need", ""),
    "course": ("course", f"{_ANSWERS} AND p.course = course.code"),
    "run": ("run", f"{_ANSWERS} AND p.run = run.code"),
    "venue": ("venue", f"{_ANSWERS} AND p.venue = venue.code"),
    "instructor": ("instructor", _BOOKED.format("instructor")),
    "slot": ("slot", _BOOKED.format("slot")),
    "assessment": ("assessment", _BOOKED.format("assessment")),
    "proposal": (
        "proposal",
        f"SELECT 1 FROM answer AS a WHERE a.proposal = proposal.code AND a.party = {_ME}",
    ),
    "class": ("training_class", f"{_ANSWERS} AND p.training_class = training_class.code"),
}

# What an evaluator sees of a table: the classes that they are asked to rate, and these classes' courses.
_ASKED: Mapping[str, str] = {
    "training_class": "EXISTS (SELECT 1 FROM rating AS r "
    f"WHERE r.training_class = training_class.code AND r.agency = {_ME})",
    "course": "EXISTS (SELECT 1 FROM rating AS r JOIN training_class AS c ON c.code = r.training_class "
    f"WHERE c.course = course.code AND r.agency = {_ME})",
    "proposal": "EXISTS (SELECT 1 FROM rating AS r "
    f"WHERE r.training_class = proposal.training_class AND r.agency = {_ME})",
}


def build(session: Session) -> None:
    """Let the database enforce the rights of tenants; done anew it follows a changed table of rights."""
    if not has_role(session):
        raise StoreError("wall_role", role=WALL)
    for statement in _statements():
        session.execute(text(statement))


def pull_down(session: Session) -> None:
    """Take the second wall away; the first, in the services, stands as before."""
    for table, _ in TABLES.values():
        session.execute(text(f"DROP POLICY IF EXISTS {_POLICY} ON {table}"))
        session.execute(text(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"))


def _statements() -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {WALL}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {WALL}"
    yield f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {WALL}"
    for kind, (table, own) in TABLES.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"DROP POLICY IF EXISTS {_POLICY} ON {table}"
        yield f"CREATE POLICY {_POLICY} ON {table} FOR SELECT TO {WALL} USING ({_seen(kind, table, own)})"


def _seen(kind: str, table: str, own: str) -> str:
    """The rows of a kind that each role may read, as a condition; nobody in particular reads nothing."""
    lines = []
    for role in Role:
        found = reach(Actor("", "", role, ""), Act.READ, kind)
        if found is Reach.ANY:
            lines.append(f"WHEN '{role.value}' THEN true")
        elif found is Reach.OWN:
            mine = f"{table}.owner = {_ME}" + (f" OR EXISTS ({own})" if own else "")
            lines.append(f"WHEN '{role.value}' THEN {mine}")
    if table in _ASKED:
        lines.append(f"WHEN '{Role.EVALUATOR.value}' THEN {_ASKED[table]}")
    return f"CASE current_setting('duijie.role', true) {' '.join(lines)} ELSE false END"
