"""Golden frames: each screen in two languages at two sizes, as text.

`UPDATE_FRAMES=1 pytest tests/tui/test_frames.py` writes them anew; read the difference before keeping it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from store import Store
from tests.tui.driving import COLLEAGUE, edit, frame, running, settle
from tui.widgets.form_input import FormInput

FRAMES = Path(__file__).parent / "frames"
KEYS = {
    "needs": (),
    "form": ("f2", *"rpjm", "tab", *"数控车工四级"),
    "match": ("3", "f8"),
    "sessions": ("3", "f8", "s"),
    "ruled_out": ("3",),
    "why_not": ("3", "f8", "y"),
    "weights": ("3", "f8", "w", *("down",) * 5, "pageup"),
    "choose": ("3", "f8", "down", "c"),
    "confirmed": ("a",),
    "find": ("slash", *"skcg"),
    "offerings": ("4", "enter"),
    "record": ("4", "enter", "e"),
    "help": ("f1",),
}
SIZES = ((80, 24), (120, 40))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(KEYS))
async def test_frame(stocked: Store, name: str, size: tuple[int, int], language: str) -> None:
    async with running(stocked, language, size) as pilot:
        for key in KEYS[name]:
            await pilot.press(key)
            if len(key) > 1 or key in "34yw":
                await settle(pilot)
        await pilot.pause(0.4)
        await settle(pilot)
        shown = _without_times(frame(pilot))
    _compare(shown, name, size, language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_frame_of_a_stale_edit(stocked: Store, size: tuple[int, int], language: str) -> None:
    async with running(stocked, language, size) as pilot:
        await pilot.press("e")
        await settle(pilot)
        said = "消防设施操作员四级，3个，一个礼拜内要拿证"
        edit(
            stocked, "need", "N000080", COLLEAGUE, heads=4, budget=1800, text=f"{said}，电话里改的"
        )
        for name, value in (("heads", "5"), ("text", f"{said}，来访改的")):
            pilot.app.screen.query_one(f"#{name}", FormInput).value = value
        await pilot.press("ctrl+s")
        await settle(pilot)
        shown = frame(pilot)
    _compare(shown, "stale", size, language)


def _compare(shown: str, name: str, size: tuple[int, int], language: str) -> None:
    for line in shown.splitlines():
        assert cell_len(line) <= size[0]
    path = FRAMES / f"{name}_{size[0]}x{size[1]}_{language}.txt"
    if os.environ.get("UPDATE_FRAMES"):
        path.write_text(shown + "\n", encoding="utf-8")
    assert shown + "\n" == path.read_text(encoding="utf-8")


def _without_times(shown: str) -> str:
    """Milliseconds and the day of registration differ from run to run."""
    return re.sub(r"\d+ (ms|毫秒)", r"# \1", re.sub(r"(wangfang) \d\d-\d\d", r"\1 ##-##", shown))
