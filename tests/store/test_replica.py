"""Reads from a second server: a real one that follows a real one, both made here and thrown away."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from store import Store, create_store, open_store, replica, wall
from store.engine import WALL
from store.errors import InvalidError
from store.schemas.actor import Actor, Role
from tui import cli, settings

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
_QUICK = (
    "fsync = off\nlisten_addresses = '127.0.0.1'\nmax_connections = 30\nshared_buffers = '16MB'\n"
)
SCHOOL = Actor("s", "", Role.INSTITUTION, "T01")


@dataclass
class Server:
    """A server of one's own in a folder."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, *words: str) -> None:
        """A program of PostgreSQL's, which does not run as root."""
        account = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        command = [*account, str(_PROGRAMS[-1] / words[0]), *words[1:]]
        subprocess.run(
            command, check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )

    def set_up(self, more: str) -> None:
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(
                f"{_QUICK}port = {self.port}\nunix_socket_directories = '{self.folder}'\n{more}"
            )

    def control(self, *words: str) -> None:
        self.run("pg_ctl", "-D", str(self.folder), "-l", str(self.folder / "log"), "-w", *words)

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            found = connection.execute(statement)
            return found.fetchall() if found.description else []


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Server, Server]]:
    """A first server with a bare store in it, and one that follows it."""
    if not _PROGRAMS or (os.geteuid() == 0 and shutil.which("runuser") is None):
        pytest.skip("no PostgreSQL server is installed here")
    with (
        tempfile.TemporaryDirectory(prefix="duijie-", dir="/tmp") as name,
        closing(socket.socket()) as one,
    ):
        root = Path(name)
        if os.geteuid() == 0:
            shutil.chown(root, "postgres")
        with closing(socket.socket()) as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            first = Server(root / "first", one.getsockname()[1])
            second = Server(root / "second", other.getsockname()[1])
            one.close()
        first.run("initdb", "-D", str(first.folder), "-A", "trust", "-U", "postgres", "--no-sync",
                  "--locale", "C.UTF-8", "-E", "UTF8")  # fmt: skip
        first.set_up("wal_keep_size = '1GB'\n")
        first.control("start")
        try:
            first.ask("CREATE DATABASE duijie")
            create_store(first.url("duijie")).close()
            first.run("pg_basebackup", "-d", first.url("postgres"), "-D", str(second.folder), "-R",
                      "--no-sync", "--checkpoint=fast")  # fmt: skip
            second.set_up("")
            second.control("start")
            yield first, second
            second.control("-m", "immediate", "stop")
        finally:
            first.control("-m", "immediate", "stop")


def port(session: Session) -> int:
    """Which server answers."""
    return int(session.scalar(text("SELECT inet_server_port()")) or 0)


def note(session: Session, value: str) -> None:
    session.execute(
        text("INSERT INTO meta VALUES ('n', :v) ON CONFLICT (key) DO UPDATE SET value = :v"),
        {"v": value},
    )


def noted(session: Session) -> tuple[int, str | None]:
    return port(session), session.scalar(text("SELECT value FROM meta WHERE key = 'n'"))


@contextmanager
def opened(first: Server, second: str) -> Iterator[tuple[Store, list[str]]]:
    """A store that may read elsewhere, and the codes of what it said aside."""
    store, told = open_store(first.url("duijie"), second), []
    store.tell_aside(lambda error: told.append(error.code))
    yield store, told
    store.close()


def until_it_follows(store: Store, second: Server) -> None:
    """Until the second server answers; for as long as a minute on a busy machine."""
    end = time.monotonic() + 60
    while store.read(port) != second.port:
        assert time.monotonic() < end


def test_what_is_read_is_read_there_and_what_was_written_is_read(
    servers: tuple[Server, Server],
) -> None:
    first, second = servers
    with opened(first, second.url("duijie")) as (store, told):
        until_it_follows(store, second)
        for turn in range(20):
            store.write(note, str(turn))
            assert store.read(noted)[1] == str(turn)
        second.ask("SELECT pg_wal_replay_pause()")
        store.write(note, "mine")
        assert store.read(noted) == (first.port, "mine")
        second.ask("SELECT pg_wal_replay_resume()")
        until_it_follows(store, second)
        assert store.read(noted) == (second.port, "mine")
        assert not told


def test_what_others_saved_is_read_once_it_was_heard_of(servers: tuple[Server, Server]) -> None:
    first, second = servers
    with opened(first, second.url("duijie")) as (store, told):
        store.write(note, "ours")
        before = store.stir()
        until_it_follows(store, second)
        second.ask("SELECT pg_wal_replay_pause()")
        first.ask(
            "UPDATE meta SET value = 'theirs' WHERE key = 'n'; NOTIFY duijie_change", "duijie"
        )
        while store.stir() == before:
            continue
        assert store.read(noted) == (first.port, "theirs")
        second.ask("SELECT pg_wal_replay_resume()")
        assert not told


def test_one_that_stays_behind_or_away_or_follows_another_is_told_once(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = servers
    monkeypatch.setattr(replica, "BEHIND", 0.0)
    monkeypatch.setattr(replica, "_AGAIN", 0.0)
    with opened(first, second.url("duijie")) as (store, told):
        second.ask("SELECT pg_wal_replay_pause()")
        store.write(note, "late")
        assert {store.read(noted) for _ in range(5)} == {(first.port, "late")}
        assert told == ["replica_behind"]
        second.ask("SELECT pg_wal_replay_resume()")
        until_it_follows(store, second)
        second.control("-m", "immediate", "stop")
        assert {store.read(noted) for _ in range(5)} == {(first.port, "late")}
        assert told[-1] == "replica_down"
        second.control("start")
    with opened(first, f"postgresql://postgres@127.0.0.1:{first.port}/duijie") as (store, told):
        assert {store.read(port) for _ in range(3)} == {first.port}  # which follows nobody
        assert told == ["replica_foreign"]
    with pytest.raises(InvalidError, match="replica_file"):
        open_store(first.url("duijie"), "/tmp/duijie.db")


def test_the_second_wall_stands_there_too(servers: tuple[Server, Server]) -> None:
    first, second = servers
    first.ask(f"CREATE ROLE {WALL} NOLOGIN")
    with opened(first, second.url("duijie")) as (store, told):
        store.write(wall.build)
        until_it_follows(store, second)

        def looked(session: Session, by: Actor) -> tuple[object, ...]:
            asked = (
                "SELECT inet_server_port(), current_user, current_setting('duijie.organisation')"
            )
            return tuple(session.execute(text(asked)).one())

        assert store.read(looked, SCHOOL) == (second.port, WALL, SCHOOL.organisation)
        assert not told
        store.write(wall.pull_down)


def test_the_setting_is_looked_at_by_doctor_and_follows_the_store_it_is_of(
    servers: tuple[Server, Server],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = servers

    def replica_found() -> dict[str, str]:
        cli.run(["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        return next(one for one in findings if one["name"] == "replica")

    monkeypatch.setenv("DUIJIE_DB", first.url("duijie"))
    monkeypatch.setenv("DUIJIE_READ_DB", second.url("duijie"))
    assert replica_found()["state"] == "fine"
    monkeypatch.setenv("DUIJIE_READ_DB", first.url("duijie"))
    found = replica_found()
    assert found["state"] == "wrong"
    assert "does not follow" in found["advice"]
    settings.config_file().parent.mkdir(parents=True)
    settings.config_file().write_text(
        f"db = '{first.url('duijie')}'\nread_db = 'postgresql://x/y'\n"
    )
    monkeypatch.delenv("DUIJIE_READ_DB")
    assert settings.load().read_db is None  # which is another store's
    monkeypatch.delenv("DUIJIE_DB")
    assert settings.load().read_db == "postgresql://x/y"
