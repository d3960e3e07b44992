"""The district with two tenants of every kind, built once by each worker."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store, open_store
from tests.rights.world import World, build

Place = tuple[Store, World]


@pytest.fixture(scope="session")
def shared_place(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A store for tests that leave it as it is, and who is in it."""
    path = tmp_path_factory.mktemp("rights") / "rights.db"
    shutil.copy(demo_file, path)
    store = open_store(str(path))
    yield store, build(store)
    store.close()


@pytest.fixture
def place(shared_place: Place, tmp_path: Path) -> Iterator[Place]:
    """A copy of it of one's own."""
    store, world = shared_place
    path = tmp_path / "rights.db"
    assert store.url.database is not None
    shutil.copy(store.url.database, path)
    own = open_store(str(path))
    yield own, world
    own.close()
