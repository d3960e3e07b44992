"""What a process learns from a practice store, and that nothing else of one is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.pool import QueuePool

from store import engine, open_store, warm
from store.services import changes


@pytest.fixture(autouse=True)
def _no_practice() -> Iterator[None]:
    yield
    engine._practised.clear()


def test_what_was_asked_of_a_practice_store_is_not_compiled_for_the_next(
    demo_path: Path, tmp_path: Path
) -> None:
    with warm.practice(tmp_path) as (empty, _):
        assert empty.read(changes.newest) == 0
        kept = empty._engine.get_execution_options()["compiled_cache"]
    store = open_store(str(demo_path))
    before = len(kept)
    assert store.read(changes.newest) > 0
    assert store._engine.get_execution_options()["compiled_cache"] is kept
    assert len(kept) == before
    store.close()


def test_nothing_of_a_practice_store_is_left(tmp_path: Path) -> None:
    with warm.practice(tmp_path) as (empty, folder):
        empty.read(changes.newest)
        pool = empty._engine.pool
    assert not folder.exists()
    assert isinstance(pool, QueuePool)
    assert pool.checkedin() == pool.checkedout() == 0
