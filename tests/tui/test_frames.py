"""Golden frames: each screen in two languages at three sizes and in ASCII, as text.

`UPDATE_FRAMES=1 pytest tests/tui/test_frames.py` writes them anew; read the difference before keeping it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot

from seed.demo import _SUPERVISOR as SUPERVISOR
from seed.demo.people import EVALUATOR, KEEPER
from store import Store
from store.services.repair import Trouble
from tests.store.test_repair import WELD, book
from tests.tui.driving import COLLEAGUE, edit, frame, press, running, settle
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
    "dashboard": ("1",),
    "commands": ("colon", *"djxq"),
    "filter": ("f", *"bl skcg"),
    "tour": ("colon", *"tour", "enter"),
    "find": ("slash", *"skcg"),
    "offerings": ("4", "enter"),
    "record": ("4", "enter", "e"),
    "help": ("f1",),
    "board": ("5", "f8", "down", "down", "down", "right", "right", "right"),
    "proposals": ("7", "down"),
    "terms": ("7", "down", "o"),
    "give_up": ("7", "x"),
    "classes": ("8",),
    "sheet_sessions": ("8", "v"),
    "calls": ("9",),
    "pools": ("0",),
    "allocation": ("0", "v", "down"),
    "what_if": ("0", "v", "v"),
    "analysis": ("6", "down"),
    "filing": ("F",),
    "alike": ("F", "v", "v", "v"),
    "figures": ("6", "p"),
    "forecast": ("6", "p", "g", "g", "g", "g"),
    "warnings": ("W", "down"),
    "shortage": ("W", "g", "g"),
    "trainees": ("T",),
    "credits": ("T", "b"),
    "supervision": ("S", "down"),
    "evaluation": ("E",),
    "roster": ("T", "g"),
    "story": ("8", "end", "l"),
    "policy": ("G", "down"),
    "policy_funds": ("G", "v", "v"),
}
KEEPING = {
    "people": ("end", "up", "tab", "v"),
    "invite": ("n", *"linchen", "tab", *"Lin"),
    "audit": ("A", "f", *"key revoke", "enter"),
}
PUBLISHING = {
    "bulletins": (),
    "bulletins_due": ("v",),
    "targets": ("v", "v"),
}
PASTED = "企业\t工种\t人数\nrpjm\t数控车工四级\t5\nE002\t焊工\t很多\nE003\t叉车司机\t2"
# Where the bar under a grid stands goes with when its columns were measured.
_THUMB = re.compile("^│([ ▏▎▍▌▋▊▉█]+)│$", re.MULTILINE)
SIZES = ((80, 24), (100, 30), (140, 45))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(KEYS))
async def test_frame(stocked: Store, name: str, language: str) -> None:
    async with running(stocked, language, SIZES[0]) as pilot:
        for key in KEYS[name]:
            await pilot.press(key)
            if len(key) > 1 or key in "03456789ywovx1FWTgGSE":
                await settle(pilot)
        await pilot.pause(0.4)
        await _compare(pilot, name, language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(KEEPING))
async def test_frame_of_keeping(stocked: Store, name: str, language: str) -> None:
    async with running(stocked, language, SIZES[0], by=KEEPER) as pilot:
        for key in KEEPING[name]:
            await pilot.press(key)
            await settle(pilot)
        await _compare(pilot, name, language)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(PUBLISHING))
async def test_frame_of_publishing(stocked: Store, name: str, language: str) -> None:
    async with running(stocked, language, SIZES[0], by=SUPERVISOR) as pilot:
        for key in ("B", *PUBLISHING[name]):
            await pilot.press(key)
            await settle(pilot)
        await _compare(pilot, name, language)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_frame_of_a_repair(stocked: Store, language: str) -> None:
    welding = book(stocked, WELD)
    days = (date(2026, 11, 23), date(2026, 11, 29))
    async with running(stocked, language, SIZES[0]) as pilot:
        app = pilot.app
        assert isinstance(app, DuijieApp)
        app.open_repair(Trouble("instructor", welding.instructors[0], *days))
        await _compare(pilot, "repair", language)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_frame_of_pasted_rows(stocked: Store, language: str) -> None:
    async with running(stocked, language, SIZES[0]) as pilot:
        await pilot.press("f2")
        field = pilot.app.screen.query_one("#enterprise", FormInput)
        field.post_message(events.Paste(PASTED))
        await settle(pilot)
        await pilot.press("n")
        await _compare(pilot, "paste", language)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_frame_of_a_batch(stocked: Store, language: str) -> None:
    sizes = ((80, 24), (120, 40))
    async with running(stocked, language, SIZES[0]) as pilot:
        await press(pilot, "I", "enter")
        await _compare(pilot, "batch", language, sizes)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("early", ("Y",)),
        ("support", ("X",)),
        ("course_calls", ("X", "g")),
        ("surveys", ("Q",)),
        ("occupations", ("O",)),
        ("vacancies", ("J",)),
        ("costs", ("M",)),
    ],
)
async def test_frame_ahead(stocked: Store, name: str, keys: tuple[str, ...], language: str) -> None:
    async with running(stocked, language, SIZES[0]) as pilot:
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await _compare(pilot, name, language, ((80, 24), (120, 40)))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_frame_of_an_evaluator(stocked: Store, language: str) -> None:
    async with running(stocked, language, SIZES[0], by=EVALUATOR) as pilot:
        await _compare(pilot, "ratings", language, ((80, 24), (120, 40)))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_frame_of_a_stale_edit(stocked: Store, language: str) -> None:
    async with running(stocked, language, SIZES[0]) as pilot:
        await pilot.press("e")
        await settle(pilot)
        said = "消防设施操作员四级，3个，一个礼拜内要拿证"
        edit(
            stocked, "need", "N000080", COLLEAGUE, heads=4, budget=1800, text=f"{said}，电话里改的"
        )
        for name, value in (("heads", "5"), ("text", f"{said}，来访改的")):
            pilot.app.screen.query_one(f"#{name}", FormInput).value = value
        await pilot.press("ctrl+s")
        await _compare(pilot, "stale", language)


async def _compare(
    pilot: Pilot[None], name: str, language: str, sizes: Sequence[tuple[int, int]] = SIZES
) -> None:
    """The screen at each size, grown from the smallest, and back there in ASCII."""
    shown: dict[str, str] = {}
    for width, height in (
        sizes if language == "zh" else sizes[:2]
    ):  # the widest shows no other words
        await pilot.resize_terminal(width, height)
        await settle(pilot)
        await pilot.wait_for_scheduled_animations()
        shown[f"{width}x{height}"] = frame(pilot)
        _whole(shown[f"{width}x{height}"], width)
    app = pilot.app
    assert isinstance(app, DuijieApp)
    app.draw_ascii()
    await pilot.resize_terminal(*SIZES[0])
    await settle(pilot)
    shown["ascii"] = frame(pilot)
    _whole(shown["ascii"], SIZES[0][0])
    for suffix, text in shown.items():
        path = FRAMES / f"{name}_{suffix}_{language}.txt"
        drawn = (_without_moments(text) if name == "audit" else _without_times(text)) + "\n"
        drawn = _THUMB.sub(lambda found: f"│{' ' * len(found[1])}│", drawn)
        if os.environ.get("UPDATE_FRAMES"):
            path.write_text(drawn, encoding="utf-8")
        assert drawn == path.read_text(encoding="utf-8")


def _whole(shown: str, width: int) -> None:
    """No row is wider than the screen."""
    for line in shown.splitlines():
        assert cell_len(line) <= width


def _without_moments(shown: str) -> str:
    """When the demo was built, how many acts that took, and what digests came of it."""
    shown = re.sub(r"(\d{4}-)?\d\d-\d\d \d\d:\d\d(:\d\d)?", lambda m: "#" * len(m[0]), shown)
    shown = re.sub(r"(Row |第| )\d{3,5}(条| |  #)", r"\1####\2", shown)
    return re.sub(r"\b[0-9a-f]{6,}\b", lambda m: "#" * len(m[0]), shown)


def _without_times(shown: str) -> str:
    """Milliseconds, the day of registration, digests and what is left of clocks differ from run to run."""
    shown = re.sub(r"最早 \d+ 天 +", "最早 # 天 ", shown)
    shown = re.sub(r"oldest \d+ d\S* *", "oldest # days ", shown)
    shown = re.sub(r"\d+( ?)(min|h|d|分钟|小时|天)( {1,3})", r"#\1\2\3", shown)
    shown = re.sub(r"\b[0-9a-f]{12}\b", "#" * 12, shown)
    shown = re.sub(r"\d\d:\d\d( +wangfang)", r"##:##\1", shown)
    return re.sub(r"\d+ (ms|毫秒)", r"# \1", re.sub(r"(wangfang) \d\d-\d\d", r"\1 ##-##", shown))
