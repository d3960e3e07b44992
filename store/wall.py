"""The second wall: PostgreSQL itself hides from a tenant what the table of rights refuses them, and lets
nobody of a tenant write it.

Its policies are made from that table. What tenants do is done as the role `WALL`; the store sets who they
are at the beginning of each transaction. Reading is walled for needs, offerings, proposals and classes: a row
that one of their own proposals is made of, such as a room that is lent to them, is seen as services show it.
A write reads everything, since its checks must, and every row that it makes or changes must be one that
its person may make or change. Whose a row is never changes: that column is not the role's to write. What a
write sets off in the name of nobody, such as the next turn in a line, is done outside (`behind_no_wall`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

from store.engine import WALL, has_role
from store.errors import StoreError
from store.models import Base
from store.schemas.actor import WALLED, Actor, Role
from store.services.rights import Act, Reach, reach

_ME = "current_setting('duijie.organisation', true)"
_POLICY = "duijie_tenant"
_WRITING = "current_setting('duijie.writing', true) = 'on'"
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

_PARTY = "duijie_answers({})"  # whether they are a party to a proposal, whatever they see of it
_CENTRE = "duijie_owns({})"  # whether it is theirs
_FUNCTIONS: Mapping[str, str] = {
    "duijie_answers": f"SELECT EXISTS (SELECT 1 FROM answer WHERE proposal = $1 AND party = {_ME})",
    "duijie_owns": f"SELECT EXISTS (SELECT 1 FROM proposal WHERE code = $1 AND owner = {_ME})",
}
_OWNED = {
    **{kind: table for kind, (table, _) in TABLES.items()},
    **{
        kind: kind
        for kind in ("decision", "profile", "allocation", "contact", "waiting", "trainee")
    },
    **{kind: kind for kind in ("training_plan", "suggestion", "survey", "purchase", "expert")},
    "association": "association",
    "batch": "import_batch",
    "claim": "subsidy_claim",
    "fund": "fund_year",
    "case": "support_case",
}
_OF_PROPOSAL = "EXISTS (SELECT 1 FROM proposal AS p WHERE p.{} AND duijie_answers(p.code))"
# Of each table that is walled for writes the kind whose rights count, and which of its rows are theirs.
WRITTEN: Mapping[str, tuple[str, str]] = {
    **{table: (kind, f"{table}.owner = {_ME}") for kind, table in _OWNED.items()},
    "course_bid": ("course_bid", f"course_bid.institution = {_ME}"),
    "visit": ("visit", f"visit.institution = {_ME}"),
    "rating": ("rating", f"rating.agency = {_ME}"),
    "answer": ("proposal", _CENTRE.format("answer.proposal")),
    "booking": (
        "proposal",
        f"({_CENTRE.format('booking.proposal')} OR EXISTS (SELECT 1 FROM waiting AS w "
        f"WHERE w.code = booking.waiting AND w.owner = {_ME}))",
    ),
}
# What parties to a proposal change of it, beside what is theirs.
_SHARED: Mapping[str, str] = {
    "proposal": _PARTY.format("proposal.code"),
    "answer": _PARTY.format("answer.proposal"),
    "booking": _PARTY.format("booking.proposal"),
    "need": _OF_PROPOSAL.format("need = need.code"),
    "training_class": f"training_class.institution = {_ME} OR "
    + _OF_PROPOSAL.format("training_class = training_class.code"),
}
_ACTS: Mapping[str, tuple[Act, ...]] = {
    "INSERT": (Act.REGISTER,),
    "UPDATE": (Act.EDIT, Act.WITHDRAW, Act.ANSWER),
    "DELETE": (Act.WITHDRAW,),
}
_CLOSED = (
    "alembic_version",
    "user_account",
    "access_key",
)  # who may come in is not theirs to write
_TRIGGERS = ("booking_counts",)  # move counters of offerings in the name of nobody


def build(session: Session) -> None:
    """Let the database enforce the rights of tenants; done anew it follows a changed table of rights."""
    if not has_role(session):
        raise StoreError("wall_role", role=WALL)
    for statement in _statements():
        session.execute(text(statement))


def pull_down(session: Session) -> None:
    """Take the second wall away; the first, in the services, stands as before.

    The role may go on writing: desks that are open act as it until they are closed.
    """
    for statement in _torn():
        session.execute(text(statement))


def _torn() -> Iterator[str]:
    for table in WRITTEN:
        for name in (_POLICY, *(f"{_POLICY}_{command.lower()}" for command in _ACTS)):
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
    for name in _TRIGGERS:
        yield f"ALTER FUNCTION {name}() SECURITY INVOKER"
        yield f"ALTER FUNCTION {name}() RESET search_path"
    for name in _FUNCTIONS:
        yield f"DROP FUNCTION IF EXISTS {name}"


def _statements() -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {WALL}"
    for scope in (
        "GRANT {} ON ALL {} IN SCHEMA public TO ",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {} ON {} TO ",
    ):
        yield scope.format("SELECT, INSERT, UPDATE, DELETE", "TABLES") + WALL
        yield scope.format("USAGE", "SEQUENCES") + WALL
    for table in _CLOSED:
        yield f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {WALL}"
    yield f"GRANT UPDATE (revoked_at, revoked_by) ON access_key TO {WALL}"  # people give up their own
    for name, body in _FUNCTIONS.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {name}(text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path = public AS $${body}$$"
        )
    for name in _TRIGGERS:
        yield f"ALTER FUNCTION {name}() SECURITY DEFINER SET search_path = public"
    read = {table: _seen(kind, table, own) for kind, (table, own) in TABLES.items()}
    for table, (kind, mine) in WRITTEN.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        seen = f"{_WRITING} OR {read[table]}" if table in read else "true"
        yield f"DROP POLICY IF EXISTS {_POLICY} ON {table}"
        yield f"CREATE POLICY {_POLICY} ON {table} FOR SELECT TO {WALL} USING ({seen})"
        yield f"REVOKE UPDATE ON {table} FROM {WALL}"
        yield f"GRANT UPDATE ({', '.join(_changing(table, mine))}) ON {table} TO {WALL}"
        for command, acts in _ACTS.items():
            name = f"{_POLICY}_{command.lower()}"
            yield f"DROP POLICY IF EXISTS {name} ON {table}"
            yield f"CREATE POLICY {name} ON {table} FOR {command} TO {WALL} {_rule(command)}".format(
                _written(kind, table, mine, acts)
            )


def _changing(table: str, mine: str) -> list[str]:
    """The columns of a table that do not say whose a row is."""
    told = re.findall(rf"\b{table}\.(\w+)", f"{mine} {_SHARED.get(table, '')}")
    columns = Base.metadata.tables[table].columns
    return [f'"{column.name}"' for column in columns if column.name not in told]


def _rule(command: str) -> str:
    """Rows that may not be made or changed are refused and not passed over in silence, as `USING` would."""
    if command == "DELETE":
        return "USING ({})"
    return "WITH CHECK ({})" if command == "INSERT" else "USING (true) WITH CHECK ({})"


def _written(kind: str, table: str, mine: str, acts: tuple[Act, ...]) -> str:
    """The rows of a table that each role may write, as a condition; nobody in particular writes nothing."""
    lines = []
    for role in WALLED:
        found = {reach(Actor("", "", role, ""), act, kind) for act in acts}
        theirs = [mine] if Reach.OWN in found else []
        if table in _SHARED and reach(Actor("", "", role, ""), Act.ANSWER, "proposal"):
            theirs.append(_SHARED[table])
        told = "true" if Reach.ANY in found else " OR ".join(theirs)
        if told:
            lines.append(f"WHEN '{role.value}' THEN {told}")
    if not lines:
        return "false"
    return f"CASE current_setting('duijie.role', true) {' '.join(lines)} ELSE false END"


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
