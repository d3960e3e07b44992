"""The small district on each database, and processes to fight over it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store import Store
from tests.conftest import PG_ADMIN
from tests.races import world
from tests.races.crew import Crew


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small district as a file."""
    return world.sqlite_template(tmp_path_factory.mktemp("races"))


@pytest.fixture(scope="session")
def small_database() -> Iterator[str]:
    """The small district as a PostgreSQL database; skipped where there is no server."""
    psycopg = pytest.importorskip("psycopg")
    try:
        psycopg.connect(PG_ADMIN, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {PG_ADMIN}: {error}")
    with world.postgresql_template() as name:
        yield name


@pytest.fixture
def small(small_file: Path, tmp_path: Path) -> Iterator[Store]:
    """The small district in SQLite."""
    with world.sqlite_copy(small_file, tmp_path) as store:
        yield store


@pytest.fixture
def pg_small(small_database: str) -> Iterator[Store]:
    """The small district in PostgreSQL."""
    with world.postgresql_copy(small_database) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def district(request: pytest.FixtureRequest) -> Store:
    """The small district on each database."""
    name = "small" if request.param == "sqlite" else "pg_small"
    found: Store = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def crew() -> Iterator[Crew]:
    """Four processes."""
    found = Crew(4)
    yield found
    found.close()
