"""Twenty attempts to sell a seat, a workstation, an instructor twice, by two desks on old sights.

Every other one on SQLite and a tenth on PostgreSQL; all and a fifth with DUIJIE_TEST_ALL=1.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from store.services import capacity
from tests.races import attacks, contest
from tests.races.world import Copies

ATTEMPTS = (
    ("merge", "merge the other way"),
    ("merge", "postpone", "stand-in"),
    ("merge", "reduce", "hold the claim"),
    ("merge", "hold workstations", "jump the workstations"),
    ("merge the other way", "ill"),
    ("merge the other way", "closed", "allocate"),
    ("reduce", "hold the claim", "cancel"),
    ("reduce", "jump the line", "hold the claim"),
    ("reduce", "allocate", "hold the claim"),
    ("postpone", "merge", "hold workstations"),
    ("postpone", "ill", "unconfirm"),
    ("stand-in", "ill", "merge"),
    ("stand-in", "postpone", "jump the workstations"),
    ("ill", "allocate", "merge"),
    ("closed", "hold workstations", "allocate"),
    ("cancel the class", "hold workstations", "unconfirm"),
    ("cancel the class", "jump the workstations", "allocate"),
    ("unconfirm", "merge", "hold workstations"),
    ("allocate", "hold the claim", "hold workstations"),
    ("cancel", "hold the claim", "allocate"),
)
_EVERY = 1 if os.environ.get("DUIJIE_TEST_ALL") else 2


def wrong(copies: Copies, attempts: Sequence[Sequence[str]]) -> list[str]:
    with copies.arranged(attacks.arrange) as (ready, deals):
        return [told for names in attempts for told in attacks.attack(ready, deals, names)]


def test_nothing_is_sold_twice(small_file: Path, tmp_path: Path) -> None:
    assert not wrong(Copies(str(small_file), tmp_path), ATTEMPTS[::_EVERY])


def test_nothing_is_sold_twice_on_the_server(small_database: str) -> None:
    assert not wrong(Copies(small_database), ATTEMPTS[:: 5 * _EVERY])


def test_the_attempts_would_find_it(small_file: Path, tmp_path: Path) -> None:
    """Where nobody looks what is left, not even the database, they do sell twice."""
    copies = Copies(str(small_file), tmp_path)
    with ExitStack() as undo, copies.arranged(attacks.arrange) as (ready, deals):
        for name in ("_refuse_short", "_refuse_jump", "_refuse_busy"):
            undo.enter_context(patch.object(capacity, name, lambda *_, **__: None))
        undo.enter_context(patch.object(attacks, "prepare", contest.without_guards))
        assert attacks.attack(ready, deals, ("allocate", "hold the claim", "hold workstations"))
