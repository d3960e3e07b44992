"""What a store is refused for at the start, and what a full disk or a killed client leave behind."""

from __future__ import annotations

import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from store import Store, create_store, engine, open_store, place
from store.errors import StoreError
from tests.soak.disk import fill_up, small_disk, until_refused
from tests.soak.work import Bookings, offences, rows

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    store = create_store(str(path))
    store.write(lambda session: session.execute(text("DELETE FROM request")))
    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}
    assert len(list(path.parent.iterdir())) == 4
    store.close()


@pytest.mark.parametrize("rights", [0o644, 0o660, 0o602, 0o640])
@pytest.mark.parametrize("side", ["", "-wal"])
def test_a_file_that_others_can_touch_is_refused(bare: Store, rights: int, side: str) -> None:
    path = Path(bare.url.database or "")
    bare.write(lambda session: session.execute(text("DELETE FROM request")))
    path.with_name(path.name + side).chmod(rights)
    with pytest.raises(StoreError, match="file_exposed"):
        open_store(str(path))
    path.with_name(path.name + side).chmod(0o600)
    open_store(str(path)).close()


def test_a_folder_that_others_can_write_is_refused(bare: Store) -> None:
    path = Path(bare.url.database or "")
    for rights in (0o777, 0o770, 0o702):
        path.parent.chmod(rights)
        with pytest.raises(StoreError, match="folder_exposed"):
            open_store(str(path))
    for rights in (0o1777, 0o755, 0o700):
        path.parent.chmod(rights)
        open_store(str(path)).close()


@pytest.mark.parametrize(("number", "kind"), place.NETWORK.items())
def test_disks_of_other_machines_are_refused(
    bare: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, kind: str
) -> None:
    monkeypatch.setattr(place, "file_system", lambda _folder: number)
    with pytest.raises(StoreError, match="network_disk") as refused:
        open_store(str(bare.url.database))
    assert refused.value.params["kind"] == kind
    with pytest.raises(StoreError, match="network_disk"):
        create_store(str(tmp_path / "other.db"))
    assert not (tmp_path / "other.db").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="statfs numbers are Linux's")
def test_the_kind_of_a_disk_is_read() -> None:
    assert place.file_system(Path("/proc")) == 0x9FA0
    assert place.file_system(Path("/nowhere")) == 0


def test_a_setting_that_is_not_taken_is_refused(
    bare: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = {**engine._PRAGMAS, "synchronous": ("NORMAL", 2)}
    monkeypatch.setattr(engine, "_PRAGMAS", changed)
    with pytest.raises(StoreError, match="setting_refused") as refused:
        open_store(str(bare.url.database))
    assert refused.value.params == {"name": "synchronous", "wanted": 2, "found": 1}


def test_an_old_sqlite_is_refused(bare: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(StoreError, match="unsafe_sqlite"):
        open_store(str(bare.url.database))


def test_a_full_disk_loses_nothing_and_work_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    with small_disk(folder) as is_small:
        if not is_small:
            pytest.skip("no small file system can be mounted here")
        seen = fill_up(folder, Bookings())
    assert seen.on_writing == seen.on_opening == "disk_full"
    assert seen.acknowledged > 10
    assert seen.offences == []


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    """The limit of a process stands for a disk where none can be mounted: the write fails, the rest stays."""
    work, path, done = Bookings(), tmp_path / "store.db", set[str]()
    store = create_store(str(path))
    store.write(work.prepare)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    largest = max(file.stat().st_size for file in tmp_path.iterdir()) + 64 * 1024
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        told = until_refused(store, work, done)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told in ("disk_full", "store_failed")
    assert done
    store.write(work.write, "afterwards")
    assert offences(store, work, {*done, "afterwards"}) == []
    store.close()


def test_a_client_killed_in_a_transaction_leaves_nothing_behind(tmp_path: Path) -> None:
    path, work = tmp_path / "store.db", Bookings()
    store = create_store(str(path))
    store.write(work.prepare)
    code = (
        "import sys\nfrom store import open_store\nfrom tests.soak.work import Bookings\n"
        "def half(session):\n"
        "    Bookings().write(session, 'half')\n"
        "    print('in', flush=True)\n"
        "    sys.stdin.read()\n"
        "open_store(sys.argv[1]).write(half)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == b"in\n"
        started = time.monotonic()
        client.send_signal(signal.SIGKILL)
        client.wait(timeout=5)
        store.write(work.write, "next")
        assert time.monotonic() - started < 1
    assert store.read(work.kept) == {"next"}
    assert offences(store, work, {"next"}) == []
    assert rows(store) == 1
    store.close()
