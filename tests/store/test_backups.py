"""Backups: taken under load, proved, damaged on purpose, put back without losing the old store."""

from __future__ import annotations

import random
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, backups, digest, open_store
from store.errors import ConflictError, InvalidError, NoFileError, StoreError
from store.services import records
from tests.soak import live_backups
from tests.soak.work import Bookings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copied(demo_path: Path, tmp_path: Path) -> Path:
    """A backup of the demo district."""
    return backups.backup(str(demo_path), tmp_path / "copy.db").file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def count(path: Path, sql: str = "SELECT count(*) FROM request") -> int:
    store = open_store(str(path))
    try:
        return int(store.read(lambda session: session.scalar(text(sql))) or 0)
    finally:
        store.close()


def test_a_backup_is_whole_private_and_proved(demo_path: Path, tmp_path: Path) -> None:
    made = backups.backup(str(demo_path), tmp_path / "copy.db")
    proof = backups.verify(made.file)
    assert proof.offences == ()
    assert proof.sha256 == made.sha256
    assert mode(made.file) == mode(tmp_path / "copy.db.sha256") == 0o600
    assert (tmp_path / "copy.db.sha256").read_text() == f"{made.sha256}  copy.db\n"
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob(".*"))
    assert not list(tmp_path.glob("copy.db-*"))


def test_a_backup_has_a_name_of_its_own_where_none_is_given(demo_path: Path) -> None:
    first, second = (backups.backup(str(demo_path)).file for _ in range(2))
    assert first != second
    assert first.parent == demo_path.parent / "backups"
    assert mode(first.parent) == 0o700


@pytest.mark.parametrize("taken", ["copy.db", "copy.db.sha256"])
def test_a_backup_replaces_nothing(demo_path: Path, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ConflictError, match="file_exists"):
        backups.backup(str(demo_path), tmp_path / "copy.db")
    assert (tmp_path / taken).read_text() == "mine"
    assert len(list(tmp_path.glob("copy*"))) == 1


def test_backups_taken_while_others_write_are_sound(tmp_path: Path) -> None:
    """Four processes write; every acknowledgement from before a backup began is in its restored copy."""
    seen = live_backups.trial(tmp_path, Bookings(), size=4, rounds=3, between=40)
    assert seen.offences == []
    assert seen.sound == 3


def test_every_flipped_bit_is_found(copied: Path, tmp_path: Path) -> None:
    dice, content = random.Random(7), bytearray(copied.read_bytes())
    flipped = tmp_path / "flipped.db"
    shutil.copyfile(f"{copied}.sha256", f"{flipped}.sha256")
    for _ in range(60):
        at, bit = dice.randrange(len(content)), 1 << dice.randrange(8)
        content[at] ^= bit
        flipped.write_bytes(content)
        assert [offence.code for offence in backups.verify(flipped).offences] == ["digest"]
        content[at] ^= bit
    flipped.write_bytes(content)
    assert backups.verify(flipped).offences == ()


def test_damage_from_before_the_digest_is_found_too(copied: Path) -> None:
    content = bytearray(copied.read_bytes())
    content[4096 * 3 : 4096 * 40] = bytes(4096 * 37)
    copied.write_bytes(content)
    rewrite_digest(copied)
    codes = {offence.code for offence in backups.verify(copied).offences}
    assert codes & {"integrity", "unreadable"}


def rewrite_digest(file: Path) -> None:
    line = f"{digest.compute(file)}  {file.name}\n"
    digest.digest_file(file).write_text(line)


def test_what_is_no_backup_is_refused(copied: Path, tmp_path: Path) -> None:
    with pytest.raises(NoFileError):
        backups.verify(tmp_path / "none.db")
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"noise")
    assert backups.verify(noise).offences[0].code == "no_digest"
    digest.digest_file(copied).write_text("nonsense")
    assert backups.verify(copied).offences[0].code == "digest"
    with pytest.raises(InvalidError, match="backup_unsound"):
        backups.restore(str(tmp_path / "new.db"), copied)
    assert not (tmp_path / "new.db").exists()


def test_restoring_keeps_the_old_store(demo_path: Path, copied: Path) -> None:
    def change(session: Session) -> None:
        session.execute(text("UPDATE meta SET value = 'changed' WHERE key = 'demo_day'"))

    store = open_store(str(demo_path))
    store.write(change)
    store.close()
    with pytest.raises(ConflictError, match="restore_over"):
        backups.restore(str(demo_path), copied)
    done = backups.restore(str(demo_path), copied, replace=True)
    assert done.kept is not None
    day = "SELECT count(*) FROM meta WHERE value = 'changed'"
    assert count(demo_path, day) == 0
    assert backups.verify(done.kept).offences == ()
    assert backups.restore(str(demo_path), done.kept, replace=True).kept != done.kept
    assert count(demo_path, day) == 1


def test_a_restored_store_works(copied: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    done = backups.restore(str(path), copied)
    assert (done.kept, done.is_current) == (None, True)
    assert mode(path) == 0o600
    store = open_store(str(path))
    assert store.read(records.fetch, "need", "N000001", by=OPERATOR).code == "N000001"
    store.write(lambda session: session.execute(text("DELETE FROM request")))
    store.close()


def test_a_store_that_somebody_has_open_is_left_alone(demo_path: Path, copied: Path) -> None:
    code = (
        "import sys\nfrom sqlalchemy import text\nfrom store import open_store\n"
        "store = open_store(sys.argv[1])\nstore.read(lambda s: s.scalar(text('SELECT 1')))\n"
        "print('open', flush=True)\nsys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(demo_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(ConflictError, match="store_in_use"):
            backups.restore(str(demo_path), copied, replace=True)
        other.kill()
    assert backups.restore(str(demo_path), copied, replace=True).kept is not None


def test_a_backup_is_not_worked_with(copied: Path) -> None:
    with pytest.raises(StoreError, match="is_backup"):
        open_store(str(copied))
    assert backups.verify(copied).offences == ()


def test_what_is_left_of_a_damaged_store_is_kept_bit_for_bit(demo_path: Path, copied: Path) -> None:
    damage = b"SQLite format 3\0" + b"\xff" * 9000
    demo_path.write_bytes(damage)
    done = backups.restore(str(demo_path), copied, replace=True)
    assert done.kept is not None
    assert done.kept.read_bytes() == damage
    assert count(demo_path, "SELECT count(*) FROM need") == 81


def test_somebody_elses_database_is_not_replaced(copied: Path, tmp_path: Path) -> None:
    import sqlite3

    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(StoreError, match="not_a_store"):
        backups.restore(str(other), copied, replace=True)
    with pytest.raises(StoreError, match="not_a_store"):
        backups.backup(str(other), tmp_path / "other-copy.db")
    assert not (tmp_path / "other-copy.db").exists()


def test_a_server_is_backed_up_and_restored(
    pg_stocked: Store, copied: Path, tmp_path: Path
) -> None:
    if not shutil.which("pg_dump"):
        pytest.skip("pg_dump is not installed")
    location = pg_stocked.url.render_as_string(hide_password=False)
    needs = pg_stocked.read(records.page, "need", by=OPERATOR)
    pg_stocked.close()
    made = backups.backup(location, tmp_path / "server.dump")
    assert backups.verify(made.file).offences == ()
    assert mode(made.file) == 0o600
    pg_stocked.write(lambda session: session.execute(text("UPDATE need SET heads = 1")))
    with pytest.raises(ConflictError, match="store_in_use"):
        backups.restore(location, made.file, replace=True)
    pg_stocked.close()
    with pytest.raises(ConflictError, match="restore_over"):
        backups.restore(location, made.file)
    done = backups.restore(location, made.file, replace=True)
    assert done.kept is not None
    assert backups.verify(done.kept).offences == ()
    assert pg_stocked.read(records.page, "need", by=OPERATOR) == needs
    assert pg_stocked.read(lambda s: s.scalar(text("SELECT max(heads) FROM need")))
    with pytest.raises(InvalidError, match="backup_of_other_kind"):
        backups.restore(location, copied, replace=True)
    content = bytearray(made.file.read_bytes())
    content[len(content) // 2] ^= 4
    made.file.write_bytes(content)
    assert backups.verify(made.file).offences[0].code == "digest"


def test_without_the_servers_programs_it_is_said(
    pg_stocked: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="tool_missing"):
        backups.backup(pg_stocked.url.render_as_string(), tmp_path / "server.dump")
    assert not list(tmp_path.glob("*server*"))
