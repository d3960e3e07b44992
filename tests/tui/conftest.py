"""Nobody waits in a test for a cursor to rest: what is read once it does is read at once."""

from __future__ import annotations

import pytest

from tui.screens import analysis, board_view


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((board_view, "_PAUSE"), (board_view, "_LONGER"), (analysis, "_PAUSE")):
        monkeypatch.setattr(module, name, 0.0)
