"""Golden frames: each screen in two languages at two sizes, as text.

`UPDATE_FRAMES=1 pytest tests/tui/test_frames.py` writes them anew; read the difference before keeping it.
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len

from store import Store
from store.services.repair import Trouble
from tests.store.test_repair import WELD, book
from tests.tui.driving import COLLEAGUE, edit, frame, running, settle
from tui.app import DuijieApp
from tui.widgets.form_input import FormInput

FRAMES = Path(__file__).parent / "frames"
KEYS = {
    "needs": (),
    "form": ("f2", *"rpjm", "tab", *"数控车工四级"),
    "match": ("3", "f8"),
    "sessions": ("3", "f8", "s"),
    "ruled_out": ("3",),
    "why_not": ("3", "f8", "y"),
    "compare": ("3", "f8", "space", "down", "space", "equals_sign"),
    "weights": ("3", "f8", "w", *("down",) * 5, "pageup"),
    "choose": ("3", "f8", "down", "c"),
    "confirmed": ("a",),
    "find": ("slash", *"skcg"),
    "offerings": ("4", "enter"),
    "record": ("4", "enter", "e"),
    "help": ("f1",),
    "proposals": ("7", "down"),
    "terms": ("7", "down", "o"),
    "give_up": ("7", "x"),
    "classes": ("8",),
    "sheet_sessions": ("8", "v"),
    "calls": ("9",),
    "pools": ("0",),
    "allocation": ("0", "v", "down"),
    "what_if": ("0", "v", "v"),
}
SIZES = ((80, 24), (120, 40))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", sorted(KEYS))
async def test_frame(stocked: Store, name: str, size: tuple[int, int], language: str) -> None:
    async with running(stocked, language, size) as pilot:
        for key in KEYS[name]:
            await pilot.press(key)
            if len(key) > 1 or key in "034789ywovx1":
                await settle(pilot)
        await pilot.pause(0.4)
        await settle(pilot)
        shown = _without_times(frame(pilot))
    _compare(shown, name, size, language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_frame_of_a_repair(stocked: Store, size: tuple[int, int], language: str) -> None:
    welding = book(stocked, WELD)
    days = (date(2026, 11, 23), date(2026, 11, 29))
    async with running(stocked, language, size) as pilot:
        app = pilot.app
        assert isinstance(app, DuijieApp)
        app.open_repair(Trouble("instructor", welding.instructors[0], *days))
        await settle(pilot)
        shown = _without_times(frame(pilot))
    _compare(shown, "repair", size, language)


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
    """Milliseconds, the day of registration and what is left of clocks differ from run to run."""
    shown = re.sub(r"\d+( ?)(min|h|d|分钟|小时|天)( {1,3})", r"#\1\2\3", shown)
    return re.sub(r"\d+ (ms|毫秒)", r"# \1", re.sub(r"(wangfang) \d\d-\d\d", r"\1 ##-##", shown))
