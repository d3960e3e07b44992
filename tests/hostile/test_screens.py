"""Hostile texts stored behind the program's back: every screen and dialog shows them, and nothing happens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.filter import LineFilter
from textual.pilot import Pilot
from textual.widgets import Static

from store import Store, open_store
from store.services.repair import Trouble
from tests.hostile.corpus import HOSTILE, poison
from tests.hostile.session import desk
from tests.tui.driving import press, running, settle
from tui.app import DuijieApp
from tui.safe import clean, fit, harmless, titled

OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\U000e0000-\U000e007f]"
)
# How each screen and dialog is reached from the needs.
WAYS = {
    "needs": (),
    "form": ("f2", *"rpjm", "tab", *"hg"),
    "dashboard": ("1",),
    "match": ("3", "f8", "s", "y", "escape", "w", "escape", "c"),
    "offerings": ("4", "enter", "e", "escape", "l", "enter", "e"),
    "board": ("5", "f8", "down", "right", "enter"),
    "analysis": ("6", "down", "enter"),
    "proposals": ("7", "down", "o", "escape", "x", "escape", "h"),
    "classes": ("8", "v", "enter"),
    "calls": ("9", "down", "v"),
    "plans": ("0", "enter", "v", "down", "v"),
    "find": ("slash", *"hg", "down"),
    "filter": ("f", *"hg"),
    "commands": ("colon", *"click"),
    "help": ("f1",),
    "record": ("e",),
    "withdraw": ("delete",),
}


@pytest.fixture
def poisoned(demo_path: Path) -> Iterator[Store]:
    assert poison(demo_path) > 3000
    store = open_store(str(demo_path))
    yield store
    store.close()


def offences(pilot: Pilot[None]) -> list[str]:
    """What is on the screen and should not be: control characters, links, actions, rows of a wrong width."""
    found = []
    for y, strip in enumerate(pilot.app.screen._compositor.render_strips()):
        shown = "".join(segment.text for segment in strip)
        if cell_len(shown) != pilot.app.size.width:
            found.append(f"row {y}: {cell_len(shown)} cells")
        if OBEYED.search(shown):
            found.append(f"row {y}: {shown!r}")
        for segment in strip:
            style = segment.style
            if style and (style.link or any(name.startswith("@") for name in style.meta)):
                found.append(f"row {y}: acts or leads away: {segment.text!r}")
    return found


@pytest.mark.parametrize("way", sorted(WAYS))
async def test_every_screen_shows_hostile_texts_and_nothing_else(poisoned: Store, way: str) -> None:
    """Threats 1 to 4, check 26."""
    async with running(poisoned) as pilot:
        for key in WAYS[way]:
            await press(pilot, key)
            assert offences(pilot) == []


async def test_repair_and_notices_show_hostile_texts(poisoned: Store) -> None:
    async with running(poisoned) as pilot:
        app = pilot.app
        assert isinstance(app, DuijieApp)
        for text in HOSTILE:
            app.notify(text, title=text, markup=False)
        await settle(pilot)
        assert offences(pilot) == []
        app.open_repair(Trouble("instructor", "I001", date(2026, 11, 23), date(2026, 12, 9)))
        await settle(pilot)
        assert offences(pilot) == []


class Careless(Static):
    """A widget as somebody may write it one day: its text is read as markup."""


@pytest.mark.parametrize("is_filtered", [True, False])
async def test_the_last_filter_holds_what_a_careless_widget_lets_through(
    stocked: Store, is_filtered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the filter the same text acts, which proves that this test sees it."""
    if not is_filtered:
        unfiltered: list[LineFilter] = []
        monkeypatch.setattr(DuijieApp, "get_line_filters", lambda _app: unfiltered)
    async with running(stocked) as pilot:
        text = (
            "[@click=app.quit]leave[/] [link='file:///etc/passwd']read[/link] a\x1b[0mb\x9bc\u202ed"
        )
        await pilot.app.screen.mount(Careless(text, id="careless"), before="#status")
        await settle(pilot)
        found = offences(pilot)
        assert bool(found) is not is_filtered
        await pilot.click("#careless", offset=(2, 0))
        await settle(pilot)
        assert (pilot.app._exit is False) is is_filtered


def test_nothing_hostile_reaches_a_terminal_and_no_click_acts(demo_path: Path) -> None:
    """Every cell of the list is clicked on a real terminal; the bytes that were sent there are read."""
    poison(demo_path)
    with desk(demo_path) as opened:
        for row in range(2, 24):
            clicks = (f"\x1b[<0;{x};{row}M\x1b[<0;{x};{row}m" for x in range(2, 81, 3))
            opened.type("".join(clicks).encode())
            opened.settle(0.1)
        for keys in (b"\x1b\x1b", b"1", b"4", b"7", b"/hg", b"\x1b"):
            opened.type(keys)
            opened.settle()
        assert opened.is_running()
        drawn = opened.sent.decode()
        assert opened.leave() == 0
    for sign in ("\x1b]0;", "\x1b]52", "\x1b]8", "\x1bP", "\x1b[2J", "PWNED\x07", "\x1b[6n\x1b[6n"):
        assert sign not in drawn
    without_sequences = re.sub(r"\x1b(\[[0-9;:?<>$]*[A-Za-z]|\]22;[a-z]+\x07)", "", drawn)
    assert not OBEYED.search(re.sub("\r\n?", "", without_sequences))
    assert "@click=" in drawn


def test_clean_text_holds_nothing_that_is_obeyed() -> None:
    for text in HOSTILE:
        shown = clean(text).replace("\n", "")
        assert not OBEYED.search(shown)
        assert not re.search("[\u0300-\u036f]{3}", shown)
        assert not OBEYED.search(harmless(text))
        assert cell_len(fit(text, 12)) <= 12


def test_titles_of_frames_are_the_text_itself() -> None:
    from textual.content import Content

    for text in HOSTILE:
        shown = Content.from_markup(titled(text))
        assert (shown.plain, shown.spans) == (clean(text), [])
