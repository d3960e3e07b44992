"""No key and no action begins a program, opens an address or writes a file outside the desk's own folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from store import Store
from tests.e2e.emulator import ROOT
from tests.tui.driving import running
from tui import probe
from tui.closed import ClosedApp
from tui.keyboard import Keyboard


def test_every_key_and_every_action_stays_inside(demo_path: Path, tmp_path: Path) -> None:
    """Threat 13, check 28: what the interpreter's audit hook saw, not what the code says."""
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.press_everything", str(demo_path), "2346"],
        capture_output=True,
        check=False,
        cwd=ROOT,
        timeout=110,
        env={**os.environ, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    seen = json.loads(done.stdout)
    assert len(set(seen["actions"])) > 100
    assert seen["programs"] == []
    allowed = (str(tmp_path), "/dev/null")
    paths = [
        path for path in seen["written"] if not path.isdecimal()
    ]  # else opened, by its path, before
    assert paths
    assert [path for path in paths if not path.startswith(allowed)] == []
    assert list(home.rglob("*")) == []


@pytest.mark.parametrize(
    "action",
    [
        "suspend_process",
        "screenshot('x.svg', '/tmp')",
        "simulate_key('x')",
        "push_screen('needs')",
        "command_palette",
        "change_theme",
        "toggle_dark",
        "notify('x')",
        "switch_mode('x')",
    ],
)
async def test_actions_of_the_framework_are_shut(stocked: Store, action: str) -> None:
    async with running(stocked) as pilot:
        assert not await pilot.app.run_action(f"app.{action}")
        assert await pilot.app.run_action("app.focus_next")


def test_the_environment_does_not_choose_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat 14: the framework would import whatever TEXTUAL_DRIVER names."""
    monkeypatch.setattr("textual.constants.DRIVER", "os:system")
    assert ClosedApp().get_driver_class() is Keyboard


@pytest.mark.parametrize(
    ("term", "is_able"),
    [
        *((term, True) for term in ("xterm-256color", "screen", "tmux", "linux", "vt220")),
        ("xterm-kitty", True),
        *(
            (term, False)
            for term in ("", "dumb", "unknown", "$(id);../../etc", "xterm\n", "x" * 99)
        ),
        ("../xterm", False),
        ("xterm;id", False),
    ],
)
def test_only_known_kinds_of_terminal_get_the_full_screen(term: str, is_able: bool) -> None:
    """Check 23, the words of TERM: they arrive from outside as they are."""
    assert probe.is_able(term) is is_able
