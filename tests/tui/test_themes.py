"""Themes: every letter on every screen can be read, and colour is never sent where none is wanted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.pilot import Pilot

from store import Store
from tests.tui.driving import gateway_to, press, running, settle
from tui import themes
from tui.app import DuijieApp
from tui.settings import Settings

KEYS = {
    "needs": (),
    "form": ("f2", *"rpjm", "tab", *"招5个数控车工四级", "down"),
    "wrong": ("f2", *"rpjm", "tab", "a", "tab", "x", "ctrl+s"),
    "match": ("3", "f8"),
    "why": ("3", "f8", "y"),
    "offerings": ("4", "enter"),
    "record": ("4", "enter", "e"),
    "proposals": ("7", "down"),
    "classes": ("8",),
    "calls": ("9",),
    "plan": ("0", "v"),
    "help": ("f1",),
    "find": ("slash", *"skcg"),
}
FLOOR = {themes.CONTRAST: 7.0}


def segments(pilot: Pilot[None]) -> Iterator[Segment]:
    """What is drawn, with its styles."""
    for strip in pilot.app.screen._compositor.render_strips():
        yield from strip


def contrast(style: Style) -> float:
    """WCAG's ratio of a text's colour to what it stands on."""
    assert style.color is not None
    assert style.bgcolor is not None
    one, other = (
        _luminance(*colour.get_truecolor())
        for colour in (style.color, style.bgcolor)
    )  # fmt: skip
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _luminance(*rgb: int) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


async def shown_in(store: Store, keys: tuple[str, ...]) -> dict[str, list[Segment]]:
    """One screen in every theme."""
    found = {}
    async with running(store, "zh", (100, 30)) as pilot:
        await press(pilot, *keys)
        for theme in themes.WORDS:
            assert themes.wear(pilot.app, theme) == theme
            await settle(pilot)
            found[theme] = list(segments(pilot))
    return found


@pytest.mark.parametrize("name", sorted(KEYS))
async def test_every_letter_can_be_read(stocked: Store, name: str) -> None:
    shown = await shown_in(stocked, KEYS[name])
    faint = {
        (theme, segment.text.strip(), round(contrast(segment.style), 2))
        for theme in set(themes.WORDS) - {themes.ANSI}
        for segment in shown[theme]
        if segment.style is not None
        and any(character.isalnum() for character in segment.text)
        and contrast(segment.style) < FLOOR.get(theme, 4.5)
    }
    assert not faint
    colours = {
        colour.type
        for segment in shown[themes.ANSI]
        if segment.style is not None
        for colour in (segment.style.color, segment.style.bgcolor)
        if colour is not None
    }
    assert colours <= {ColorType.DEFAULT, ColorType.STANDARD}


@pytest.mark.parametrize(
    ("wanted", "colours", "theme"),
    [
        ("auto", "truecolor", themes.DARK),
        ("auto", "256", themes.DARK),
        ("auto", "standard", themes.ANSI),
        (themes.LIGHT, "standard", themes.LIGHT),
        ("one that is gone", "truecolor", themes.DARK),
    ],
)
def test_the_theme_fits_the_terminal(
    stocked: Store, monkeypatch: pytest.MonkeyPatch, wanted: str, colours: str, theme: str
) -> None:
    monkeypatch.setattr("textual.constants.COLOR_SYSTEM", colours)
    app = DuijieApp(gateway_to(stocked), Settings(db="", lang="en", theme=wanted))
    assert app.theme == theme


def test_no_colour_wins_over_every_theme(stocked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    settings = Settings(db="", lang="en", theme=themes.LIGHT)
    assert DuijieApp(gateway_to(stocked), settings).theme == themes.ANSI


def test_every_theme_has_its_words() -> None:
    assert set(themes.WORDS) == {theme.name for theme in themes.THEMES}
