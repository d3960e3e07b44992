"""`duijie doctor` says what is so, what should be otherwise, and what to do about it."""

from __future__ import annotations

import json
import os
import pwd
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from store.unit_of_work import SCHEMA_VERSION
from tests.e2e.emulator import Emulator
from tui.cli import run
from tui.cli.doctor_store import session_host

ROOT = Path(__file__).parents[2]


def doctor(db: Path | str, *more: str, **environment: str) -> tuple[int, dict[str, dict[str, str]]]:
    """The exit code and every finding by its name."""
    done = subprocess.run(
        [sys.executable, "-m", "tui", "--db", str(db), *more, "doctor", "--json"],
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment},
        timeout=60,
        check=False,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["ok"] == (done.returncode == 0)
    return done.returncode, {one["name"]: one for one in told["findings"]}


def test_a_sound_place_is_called_sound(demo_path: Path) -> None:
    code, found = doctor(demo_path, LC_ALL="C.UTF-8")
    assert code == 0
    assert found["ground"]["value"].endswith("wal")
    assert f"schema {SCHEMA_VERSION}" in found["ground"]["value"]
    assert found["rights"]["value"] == "0600, folder 0700"
    assert found["user"]["value"].startswith("王芳 (wangfang), operator")
    assert found["locale"]["state"] == "fine"
    assert found["signs"]["state"] == "told"  # no terminal was there to be asked


def test_a_poor_terminal_is_wrong_and_plain_mode_is_named(demo_path: Path) -> None:
    code, found = doctor(demo_path, TERM="dumb")
    assert code == 1
    assert found["term"]["state"] == "wrong"
    assert "duijie --plain" in found["term"]["advice"]


@pytest.mark.parametrize(
    ("encoding", "code"), [("GB18030", 1), ("ISO-8859-1", 1), ("ANSI_X3.4-1968", 0), ("UTF-8", 0)]
)
def test_another_encoding_is_wrong(
    demo_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    encoding: str,
    code: int,
) -> None:
    monkeypatch.setattr("locale.getencoding", lambda: encoding)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.__stdin__", None)
    assert run(["--db", str(demo_path), "doctor", "--json"]) == code
    told = {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["locale"]["value"] == encoding
    assert ("LANG" in told["locale"]["advice"]) == bool(code)


def test_a_store_that_is_not_there_or_lies_open_is_wrong(demo_path: Path, tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "none.db")
    assert code == 1
    assert "duijie store init" in found["store"]["advice"]
    demo_path.chmod(0o644)
    code, found = doctor(demo_path)
    assert code == 1
    assert f"chmod 600 {demo_path}" in found["store"]["advice"]


def test_no_password_is_shown() -> None:
    code, found = doctor("postgresql://me:secret@127.0.0.1:1/none")
    assert code == 1
    assert found["store"]["value"].endswith("me:***@127.0.0.1:1/none")


@pytest.mark.parametrize(
    ("more", "answer", "told", "is_fine"),
    [
        ((), b"\x1b[9;3R", "one cell wide", True),
        ((), b"\x1b[9;5R", "two cells wide, so they are drawn in ASCII", True),
        (("--glyphs", "unicode"), b"\x1b[9;5R", "frames are torn", False),
        ((), b"", "did not answer", True),
    ],
)
def test_the_terminal_is_measured(
    demo_path: Path, more: tuple[str, ...], answer: bytes, told: str, is_fine: bool
) -> None:
    opened = Emulator("--db", str(demo_path), *more, "doctor", answer=answer)
    try:
        end = "All is well" if is_fine else "Mend what"
        shown = opened.wait(lambda shown: end in shown)
        assert told in opened.sent.decode()  # some of it has scrolled away
        assert "中文五个字|" in shown
        assert opened.end() == (0 if is_fine else 1)
    finally:
        opened.close()


def told_of(db: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    """Every finding, from this very process."""
    run(["--db", str(db), "doctor", "--json"])
    return {one["name"]: one for one in json.loads(capsys.readouterr().out)["findings"]}


def test_backups_and_heads_that_are_old_or_unproved_are_wrong(
    demo_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told_of(demo_path, capsys)["backup"]["state"] == "told"
    assert run(["--db", str(demo_path), "server", "nightly"]) == 0
    capsys.readouterr()
    found = told_of(demo_path, capsys)
    assert (found["backup"]["state"], found["head"]["state"]) == ("fine", "fine")
    folder = demo_path.parent / "backups"
    (digest,) = folder.glob("*.sha256")
    kept = digest.read_bytes()
    digest.unlink()
    assert ".sha256" in told_of(demo_path, capsys)["backup"]["advice"]
    digest.write_bytes(kept)
    two_days_ago = f"{datetime.now(UTC) - timedelta(days=2):%Y%m%d-%H%M%S}-000000"
    digest.with_suffix("").rename(folder / f"demo-{two_days_ago}.db")
    digest.rename(folder / f"demo-{two_days_ago}.db.sha256")
    heads = folder / "heads.jsonl"
    heads.write_text(re.sub(r'"at": "20\d\d', '"at": "2020', heads.read_text()))
    found = told_of(demo_path, capsys)
    assert (found["backup"]["state"], found["head"]["state"]) == ("wrong", "wrong")
    assert "duijie store backup" in found["backup"]["advice"]
    assert str(heads) in found["head"]["advice"]


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [(10**11, 10**12, "fine"), (4 * 10**10, 10**12, "wrong"), (19 * 10**7, 10**9, "wrong")],
)
def test_a_disk_that_is_nearly_full_is_wrong(
    demo_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    free: int,
    total: int,
    state: str,
) -> None:
    usage = SimpleNamespace(total=total, used=total - free, free=free)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    found = told_of(demo_path, capsys)["disk"]
    assert found["state"] == state
    assert bool(found["advice"]) == (state == "wrong")


def test_files_beside_the_store_that_lie_open_are_wrong(
    demo_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queue = demo_path.with_name(f"{demo_path.name}-queue")
    queue.touch()
    queue.chmod(0o644)
    found = told_of(demo_path, capsys)["rights"]
    assert found["state"] == "wrong"
    assert f"chmod 600 {queue}" in found["advice"]


def test_the_session_host_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "host.sock"
    me = pwd.getpwuid(os.getuid()).pw_name
    assert session_host(path, me).state == "wrong"
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as host:
        host.bind(str(path))
        path.chmod(0o600)
        assert session_host(path, me).state == "wrong"  # nobody listens
        host.listen()
        assert session_host(path, me).state == "fine"
        path.chmod(0o666)
        assert session_host(path, me).state == "wrong"
    assert "systemctl restart" in session_host(path, me).advice
