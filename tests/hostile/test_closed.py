"""No key and no action begins a program, opens an address or writes a file outside the desk's own folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import Store
from tests.hostile.pressing import offences, pressed
from tests.tui.driving import running
from tui import probe
from tui.closed import ClosedApp
from tui.keyboard import Keyboard


def test_every_key_and_every_action_stays_inside(demo_path: Path, tmp_path: Path) -> None:
    """Threat 13, check 28: what the interpreter's audit hook saw, not what the code says."""
    seen = pressed(
        demo_path, tmp_path, "operator", "needs,match,offerings,analysis", "needs,offerings"
    )
    assert len(set(seen["actions"])) > 100
    assert offences(seen, tmp_path) == []


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
