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
def built(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The file, and who is in it."""
    path = tmp_path_factory.mktemp("rights") / "built.db"
    shutil.copy(demo_file, path)
    store = open_store(str(path))
    world = build(store)
    store.close()
    return path, world


@pytest.fixture(scope="session")
def shared_place(built: tuple[Path, World]) -> Iterator[Place]:
    """A store for tests that leave it as it is."""
    yield from _opened(built, built[0].with_name("shared.db"))


@pytest.fixture
def place(built: tuple[Path, World], tmp_path: Path) -> Iterator[Place]:
    """A store of one's own."""
    yield from _opened(built, tmp_path / "own.db")


def _opened(built: tuple[Path, World], path: Path) -> Iterator[Place]:
    shutil.copy(built[0], path)
    store = open_store(str(path))
    yield store, built[1]
    store.close()
