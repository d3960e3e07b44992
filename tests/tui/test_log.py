"""Logs: one a login where an account is shared, turned over by size, and nothing that was typed in them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store import Store
from store.engine import make_engine
from tests.e2e.emulator import Emulator
from tui.cli.screen import log_to_file
from tui.settings import log_file

TYPED = "鹏飞精密要培训12个数控车工"


def test_a_session_logs_nothing_that_was_typed(demo_path: Path, tmp_path: Path) -> None:
    desk = Emulator("--db", str(demo_path), "--lang", "en")
    try:
        desk.wait(lambda shown: "N000073" in shown)
        desk.type(b"\x1bOQ")
        desk.type(TYPED.encode())
        desk.wait(lambda shown: TYPED[:8] in shown)
        desk.type(b"\x11")
    finally:
        desk.close()
    logs = list((tmp_path / "state").rglob("*.log*"))
    assert logs
    for path in logs:
        told = path.read_text(encoding="utf-8")
        assert not any(TYPED[at : at + 4] in told for at in range(len(TYPED) - 3))


def test_an_error_of_the_database_tells_no_values(store: Store) -> None:
    """A crash goes into the log with its cause, which the driver would fill with what was typed."""
    engine = make_engine(store.url)
    with pytest.raises(DBAPIError) as told, engine.begin() as connection:
        connection.execute(
            text("SELECT * FROM no_such_table WHERE text = :typed"), {"typed": TYPED}
        )
    engine.dispose()
    assert TYPED not in str(told.value)


@pytest.fixture
def _logging() -> object:
    """Logging as it was before."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield None
    for handler in root.handlers[:]:
        if handler not in before:
            handler.close()
    root.handlers[:] = before
    root.setLevel(level)


@pytest.mark.usefixtures("_logging")
def test_each_login_has_a_log_of_its_own_that_does_not_grow(tmp_path: Path) -> None:
    log_to_file("wangfang")
    for _ in range(60):
        logging.getLogger("tui.test").info("x" * 100_000)
    logs = sorted(log_file("wangfang").parent.iterdir())
    assert [path.name for path in logs] == [
        "wangfang.log",
        *(f"wangfang.log.{n}" for n in (1, 2, 3)),
    ]
    assert sum(path.stat().st_size for path in logs) < 5_000_000
    assert log_file("lixia") != log_file("wangfang") != log_file()


@pytest.mark.parametrize("login", ["../../etc/passwd", "..", "", "a/b", "王芳" * 40, "-x", "a\nb"])
def test_a_login_never_names_another_folder(login: str) -> None:
    path = log_file(login)
    assert path.parent == log_file("wangfang").parent
    assert len(path.name) < 40
