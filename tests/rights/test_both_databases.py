"""A sample of the matrix on PostgreSQL: rights are asked by the same services there, refusals kept."""

from __future__ import annotations

from store import Store
from tests.rights.calling import refusals, try_one
from tests.rights.cases import CASES
from tests.rights.policy import ROLES
from tests.rights.world import SIDES, build

SAMPLE = (
    "records.fetch",
    "records.edit",
    "filing.import_rows",
    "inbox.proposal",
    "answers.accept",
    "answers.counter",
    "proposals.confirm",
    "classes.sheet",
    "moving.call_off",
    "pools.send",
    "board.week",
    "waiting.leave",
    "users.suspend",
    "keys.revoke",
    "analysis.shortages",
)


def test_rights_are_the_same_on_postgresql(pg_stocked: Store) -> None:
    world = build(pg_stocked)
    found = [
        (case, try_one(pg_stocked, world, name, case, role, side))
        for name in SAMPLE
        for case in CASES[name]
        for role in ROLES
        for side in (SIDES if case.has_target else SIDES[:1])
    ]
    wrong = [told for case, one in found if (told := one.wrong(case))]
    assert not wrong, "\n".join(wrong)
    assert refusals(pg_stocked)[0] == sum(one.is_refused for _, one in found) > 150
