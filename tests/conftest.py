"""Stores for tests: real files, copied from one demo district that is built once a run."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import settings

from seed import demo
from store import Store, create_store, open_store, wall
from store.engine import WALL
from tui import i18n

gc.set_threshold(
    100_000, 50, 50
)  # dictionaries and markets live on: looking through them again costs a third
settings.register_profile("duijie", deadline=None)  # no test is about how long it takes
settings.load_profile("duijie")
DAY = date(2026, 11, 21)
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_KEPT = 20
PG_NAME = "pg-template"
PG_ADMIN = os.environ.get("DUIJIE_TEST_PG", "postgresql:///postgres")


@pytest.fixture(autouse=True)
def _language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """English unless a test says otherwise, and no setting of the person who runs the tests."""
    i18n.use("en")
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.delenv("DUIJIE_DB", raising=False)
    monkeypatch.setenv("DUIJIE_LANG", "en")


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo district as a file."""
    return kept_demo(DAY, tmp_path_factory)


def kept_demo(day: date, factory: pytest.TempPathFactory) -> Path:
    """A demo district of a day, built by whichever worker comes first, kept while its sources stay."""
    folder = Path(sys.prefix) / "demo"
    folder.mkdir(exist_ok=True)
    target = folder / f"{_sources(day)}.db"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            made = _of_the_run(factory) / f"demo-made-{day}.db"
            demo.build(str(made), day).close()
            for old in sorted(folder.glob("*.db"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
                old.unlink()
            shutil.move(made, target)
    return target


def _sources(day: date) -> str:
    """A digest of everything that the demo district of a day is made of."""
    digest = hashlib.sha256(f"{day} {date.today()}".encode())  # noqa: DTZ011 - as the program reckons
    for part in ("matching", "store", "seed"):
        for path in sorted((ROOT / part).rglob("*.*")):
            if path.suffix != ".pyc":
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture
def demo_path(demo_file: Path, tmp_path: Path) -> Path:
    """A copy of the demo district of one's own."""
    path = tmp_path / "demo.db"
    shutil.copy(demo_file, path)
    return path


@pytest.fixture
def stocked(demo_path: Path) -> Iterator[Store]:
    """A store on a copy of the demo district."""
    store = open_store(str(demo_path))
    yield store
    store.close()


@pytest.fixture(scope="session")
def pg_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The demo district as a PostgreSQL database that others are copied from, built once a run."""
    psycopg = pytest.importorskip("psycopg")
    try:
        admin = psycopg.connect(PG_ADMIN, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {PG_ADMIN}: {error}")
    folder = _of_the_run(tmp_path_factory)
    with admin, (folder / "pg-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / PG_NAME).exists():
            name = f"duijie_template_{uuid.uuid4().hex[:8]}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
            built = demo.build(beside(name), DAY)
            if os.environ.get("DUIJIE_TEST_WALL"):  # everything once more behind the second wall
                admin.execute(f"CREATE ROLE {WALL} NOLOGIN")
                built.write(wall.build)
            built.close()
            (folder / PG_NAME).write_text(name)
    return (folder / PG_NAME).read_text()


def _of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all workers of a run share."""
    folder = factory.getbasetemp()
    return folder.parent if os.environ.get("PYTEST_XDIST_WORKER") else folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Whoever began the run drops what its workers shared."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    kept = session.config._tmp_path_factory.getbasetemp() / PG_NAME  # type: ignore[attr-defined]
    if kept.exists():
        import psycopg

        with psycopg.connect(PG_ADMIN, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {kept.read_text()} WITH (FORCE)")
            if os.environ.get("DUIJIE_TEST_WALL"):
                admin.execute(f"DROP ROLE {WALL}")


def beside(name: str) -> str:
    assert name.startswith("duijie_")
    head, _, _ = PG_ADMIN.rpartition("/")
    return f"{head}/{name}"


@pytest.fixture
def pg_stocked(pg_template: str) -> Iterator[Store]:
    """A store on a copy of the demo district in PostgreSQL."""
    import psycopg

    name = f"duijie_test_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(PG_ADMIN, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {pg_template}")
    store = open_store(beside(name))
    yield store
    store.close()
    with psycopg.connect(PG_ADMIN, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """The demo district on each database."""
    name = "stocked" if request.param == "sqlite" else "pg_stocked"
    found: Store = request.getfixturevalue(name)
    return found


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Store]:
    """A new store with the schema and nothing in it."""
    store = create_store(str(tmp_path / "bare.db"))
    yield store
    store.close()
