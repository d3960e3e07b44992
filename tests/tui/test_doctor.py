"""`duijie doctor` says what is so, what should be otherwise, and what to do about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.emulator import Emulator
from tui.cli import run

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
    assert "schema 0005" in found["ground"]["value"]
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
