"""A bulletin in a real browser: on a telephone, a desk, in the dark, on paper; skipped without chromium."""

from __future__ import annotations

from pathlib import Path

import pytest

from seed.demo import _SUPERVISOR
from store import Store
from store.services import bulletins
from tests.tui.browser import PROGRAM, browser
from tui.bulletins import documents

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no chromium here to show the page in")


def test_the_page_needs_nothing_else_and_fits(stocked: Store, tmp_path: Path) -> None:
    found = stocked.read(bulletins.shown, "GB000002", by=_SUPERVISOR)
    with browser(tmp_path / "profile") as shown:
        for language in ("zh", "en"):
            ((name, data),) = documents.documents(found, "html", language).items()
            file = tmp_path / name
            file.write_bytes(data)
            for width, scheme in ((390, "light"), (1280, "dark")):
                shown.load(file, width, scheme=scheme)
                assert shown.requested() == [file.as_uri()]
                assert shown.reported() == []
                assert shown.value("document.documentElement.scrollWidth") == width
                assert shown.value("document.querySelectorAll('svg').length") >= 4
                assert shown.value("document.documentElement.lang")[:2] == language
                ground = shown.value("getComputedStyle(document.body).backgroundColor")
                assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(18, 24, 31)")
            paper = shown.printed()
            assert paper.startswith(b"%PDF")
            assert b"/MediaBox [0 0 594.95996 841.91998]" in paper or b"/MediaBox [0 0 595" in paper
