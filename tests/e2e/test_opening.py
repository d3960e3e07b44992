"""What a person sees of a desk whose store does not open."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.emulator import Emulator


def test_a_missing_store_is_told_after_the_screen_is_given_back(tmp_path: Path) -> None:
    opened = Emulator("--db", str(tmp_path / "none.db"), "--lang", "en")
    try:
        assert opened.end() == 1
        shown = opened.sent.partition(b"\x1b[?1049l")[2].decode()
        assert "There is no store at" in shown
        assert not (tmp_path / "none.db").exists()
    finally:
        opened.close()
