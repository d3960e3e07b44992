"""Pictures of the demo's bulletin in a browser: `make pictures`, where chromium is."""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

from seed import demo
from store.schemas.publication import BulletinDraft
from store.services import bulletins
from tests.tui.browser import PROGRAM, browser
from tui.bulletins import documents

DAY = date(2026, 11, 21)
FOLDER = Path(__file__).parent
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}


def draw(folder: Path) -> None:
    """November so far, from the demo district."""
    store = demo.build(str(folder / "demo.db"), DAY)
    draft = BulletinDraft.model_validate(
        {"kind": "monthly", "first": "2026-11-01", "last": "2026-11-30"}
    )
    made = store.write(bulletins.make, draft, by=demo._SUPERVISOR, today=DAY)
    store.close()
    with browser(folder / "profile") as shown:
        for language in ("zh", "en"):
            ((name, data),) = documents.documents(made, "html", language).items()
            (folder / name).write_bytes(data)
            for word, (width, height) in SIZES.items():
                shown.load(folder / name, width, height)
                (FOLDER / f"bulletin-{word}-{language}.png").write_bytes(
                    shown.picture(height, width)
                )


if __name__ == "__main__":
    if PROGRAM is None:
        sys.stderr.write("no chromium here: the pictures of the bulletin stay as they are\n")
    else:
        with tempfile.TemporaryDirectory() as made_in:
            draw(Path(made_in))
