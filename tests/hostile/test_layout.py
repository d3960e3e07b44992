"""Chinese at any width: every row is as wide as the window, nothing is cut in half."""

from __future__ import annotations

from random import Random

import pytest

from store import Store
from tests.hostile.test_screens import offences
from tests.tui.driving import frame, press, running, settle
from tui.app import DuijieApp

SCREENS = {
    "needs": (),
    "dashboard": ("1",),
    "match": ("3", "f8"),
    "offerings": ("4",),
    "board": ("5",),
}
SCREENS |= {"analysis": ("6",), "proposals": ("7",), "classes": ("8",), "calls": ("9",)}


@pytest.mark.parametrize("screen", sorted(SCREENS))
async def test_every_row_is_as_wide_as_the_window(stocked: Store, screen: str) -> None:
    """Check 34, with the signs of the terminal and in ASCII."""
    dice = Random(screen)
    widths = [79, 80, 81, *(dice.randrange(40, 201) for _ in range(4))]
    async with running(stocked, "zh") as pilot:
        await press(pilot, *SCREENS[screen])
        for at, width in enumerate(widths):
            if at == 4:
                app = pilot.app
                assert isinstance(app, DuijieApp)
                app.draw_ascii()
            await pilot.resize_terminal(width, dice.randrange(24, 60))
            await settle(pilot)
            assert offences(pilot) == [], width
        assert "\ufffd" not in frame(pilot)
