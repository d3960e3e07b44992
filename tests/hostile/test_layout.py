"""Chinese at any width: every row is as wide as the window, nothing is cut in half, what is cut says so."""

from __future__ import annotations

from random import Random

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from seed.demo import _SUPERVISOR as SUPERVISOR
from seed.demo import OPERATOR
from seed.demo.people import KEEPER
from store import Store
from tests.hostile.test_screens import offences
from tests.tui.driving import frame, running, settle
from tui.app import SCREENS, DuijieApp
from tui.safe import clean
from tui.screens.reachable import may_open
from tui.widgets.record_list import RecordList

MANY = ("needs", "match", "offerings", "board", "proposals")  # those that are worked in all day


@pytest.mark.parametrize("screen", sorted({"needs", "match", *SCREENS}))
async def test_every_row_is_as_wide_as_the_window(stocked: Store, screen: str) -> None:
    """Check 34, with the signs of the terminal and in ASCII."""
    dice = Random(screen)
    widths = [80, dice.randrange(40, 80), dice.randrange(81, 201)]
    if screen in MANY:
        widths = [79, 81, *widths, dice.randrange(40, 201)]
    by = next(one for one in (OPERATOR, SUPERVISOR, KEEPER) if may_open(one, screen))
    async with running(stocked, "zh", by=by) as pilot:
        app = pilot.app
        assert isinstance(app, DuijieApp)
        await app.run_action("match('N000001')" if screen == "match" else f"go({screen!r})")
        await settle(pilot)
        for width in widths:
            await pilot.resize_terminal(width, dice.randrange(24, 60))
            await settle(pilot)
            assert offences(pilot) == [], width
            assert _cut_off(pilot) == [], width
        app.draw_ascii()
        await pilot.resize_terminal(dice.randrange(40, 201), 30)
        await settle(pilot)
        assert offences(pilot) == []
        assert "\ufffd" not in frame(pilot)


def _cut_off(pilot: Pilot[None]) -> list[str]:
    """Cells of lists that are neither whole on the screen nor end in …, as far as their line is drawn."""
    lines = frame(pilot).splitlines()
    found = []
    for shown in pilot.app.screen.query(RecordList):
        region, top = shown.content_region, int(shown.scroll_offset.y)
        for y in range(region.y + shown._top_lines, region.bottom if shown.display else 0):
            at = y - region.y - shown._top_lines + top
            for cell in shown.rows[at].cells if at < len(shown.rows) else ():
                said = clean(cell).replace("\n", " ").strip()
                if not _is_told(said, lines[y]):
                    found.append(f"{shown.id}: {said!r} in {lines[y]!r}")
    return found


def _is_told(said: str, line: str) -> bool:
    return said in line or any(said[:n].rstrip() + "…" in line for n in range(len(said), -1, -1))


def test_a_cell_cut_short_without_a_sign_is_seen() -> None:
    assert _is_told("数控车工", "│ 数控… │")
    assert not _is_told("数控车工", "│ 数控 │")
    assert cell_len("数控…") == 5
