"""Every service x role x own and other tenant: allowed as people are told, or refused and that kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store import Store
from store.errors import NotFoundError
from store.models import AuditRow, Base
from store.schemas.actor import Role
from store.services import rights
from store.services.rights import Reach
from tests.rights.calling import try_one
from tests.rights.cases import CASES, GUARDS, INNER, OPEN, Case
from tests.rights.conftest import Place
from tests.rights.policy import ROLES, may
from tests.rights.walk import named_in, services, used_by_screens, with_actor
from tests.rights.world import SIDES, World

ADD = (
    "tests/rights/cases.py says nothing of {names}: give each a line in CASES with real arguments, or one in "
    "INNER if it is a step of other services, which ask rights themselves."
)
GIVE = (
    "Screens or commands use {names}, which take no `by`: let them ask rights, or give each a line in OPEN "
    "(tests/rights/cases.py) that says why anybody may."
)


def test_no_service_is_forgotten() -> None:
    listed = CASES.keys() | INNER.keys() | GUARDS.keys()
    assert not with_actor() - listed, ADD.format(names=sorted(with_actor() - listed))
    assert not listed - with_actor(), f"no such service any more: {sorted(listed - with_actor())}"
    assert not CASES.keys() & INNER.keys()


def test_screens_reach_nothing_that_asks_no_rights() -> None:
    unasked = (services().keys() - with_actor()) & used_by_screens()
    assert not unasked - OPEN.keys(), GIVE.format(names=sorted(unasked - OPEN.keys()))
    assert not OPEN.keys() - services().keys()
    steps = INNER.keys() & used_by_screens()
    assert not steps, f"screens may not take {sorted(steps)}: other services do, which ask rights"


def test_the_walk_over_screens_sees_what_they_use() -> None:
    """The proof above is worth something: known uses are seen, under other names, too."""
    assert {"records.register", "desk.queue", "search.search"} <= used_by_screens()
    tree = ast.parse(
        "from store.services import desk as d\nfrom store.services.audit import last\nd.find"
    )
    assert set(named_in(tree)) == {"desk.find", "audit.last"}


_CALLS = [
    pytest.param(name, case, id=f"{name}-{case.kind.replace(' ', '_')}-{at}")
    for name, cases in sorted(CASES.items())
    for at, case in enumerate(cases)
]


@pytest.fixture(scope="module", autouse=True)
def _nothing_changes(shared_place: Place) -> Iterator[None]:
    """Whatever was called: but for what is kept of refusals, every table is as it was."""
    store, _ = shared_place
    before = contents(store)
    yield
    assert contents(store) == before


def contents(store: Store) -> dict[str, int]:
    """A digest of the rows of every table, refusals apart."""

    def look(session: Session) -> dict[str, int]:
        found = {}
        for table in Base.metadata.sorted_tables:
            query = select(table)
            if table.name == AuditRow.__tablename__:
                query = query.where(AuditRow.kind != "refusal").with_only_columns(table.c.id)
            found[table.name] = hash(frozenset(map(str, session.execute(query))))
        return found

    return store.read(look)


@pytest.mark.parametrize(("name", "case"), _CALLS)
def test_each_role_may_what_people_are_told(shared_place: Place, name: str, case: Case) -> None:
    store, world = shared_place
    wrong = [
        told
        for role in (ROLES if case.act == "read" else (*ROLES, Role.SYSTEM))
        for side in (SIDES if case.has_target else SIDES[:1])
        if (told := try_one(store, world, name, case, role, side).wrong(case))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_programs_table_carries_no_more_than_people_are_told() -> None:
    """Entries, too, that no service asks for yet."""
    wrong = [
        f"{role} {act} {reach} {kind}"
        for role in ROLES
        for (kind, act), reach in rights._MATRIX[role].items()
        if not may(role, _SAID.get(kind, kind), act, "other" if reach is Reach.ANY else "own")
    ]
    assert not wrong, wrong


_SAID = {
    "alias": "word",
    "refusal": "audit",
    **dict.fromkeys(rights._SETTINGS, "policy"),
}
_TARGETED = [
    pytest.param(name, case, id=f"{name}-{case.kind.replace(' ', '_')}-{at}")
    for name, cases in sorted(CASES.items())
    for at, case in enumerate(cases)
    if case.has_target
]


@pytest.mark.parametrize(("name", "case"), _TARGETED)
def test_whoever_has_no_right_over_a_kind_does_not_learn_what_there_is(
    shared_place: Place, name: str, case: Case
) -> None:
    """To them a code that nobody has is refused like any other, and that is kept, too."""
    store, world = shared_place
    for role in ROLES:
        if not has_any(role, case.kind):
            with suppress(NotFoundError):  # the arguments themselves are of records that exist
                found = try_one(store, nowhere(world), name, case, role, "A")
                assert found.is_refused, found
                assert found.is_kept, found


def has_any(role: Role, kind: str) -> bool:
    """Whether a role may do anything with some records of a kind."""
    of = {"pool": "proposal", "need history": "need", "offer history": "course"}.get(kind, kind)
    acts = ("read", "register", "edit", "withdraw", "answer")
    return any(may(role, of, act, "own") for act in acts)


def nowhere(world: World) -> World:
    """The same people, with codes that no record has."""
    made = {
        name: {str: "X999999", int: 999_999}.get(type(value), value)
        for name, value in world.sides["A"].items()
    }
    numbers = dict.fromkeys(world.keys, 999_999)
    return World(world.actors, numbers, numbers, {"A": made, "B": made})
