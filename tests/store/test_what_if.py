"""What to change on each database: an addition never serves less, each loser is in one bottleneck, rights."""

from __future__ import annotations

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import NotAllowedError
from store.schemas.actor import Actor, Role
from store.services import what_if
from tests.conftest import DAY

TEACHER = Actor("teacher", "老师", Role.INSTITUTION, "T01")


def test_additions_never_serve_less_and_what_helps_comes_first(store: Store) -> None:
    found = store.read(what_if.look, by=OPERATOR, today=DAY)
    assert all(effect.heads >= 0 and effect.value >= -1e-6 for effect in found.effects)
    heads = [effect.heads for effect in found.effects]
    assert heads == sorted(heads, reverse=True)
    assert heads[0] > 0
    losers = sorted(one.need for one in found.outlook.losers)
    assert sorted(need for one in found.bottlenecks for need in one.needs) == losers
    served = {award.need for award in found.outlook.awards}
    assert all(served.isdisjoint(effect.needs) for effect in found.effects)
    with pytest.raises(NotAllowedError):
        store.read(what_if.look, by=TEACHER, today=DAY)
