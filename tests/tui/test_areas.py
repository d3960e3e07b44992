"""An area stands for all that lies beneath it, on the board and on shared classes."""

from __future__ import annotations

from seed.demo import OPERATOR
from store import Store
from store.services import board_slots
from tests.tui.driving import frame, press, running


def place_of(store: Store, code: str) -> int:
    """How far down an area stands in the board's choices, after everything."""
    found = store.read(board_slots.choices, by=OPERATOR)
    return 1 + [one[1] for one in found].index(code)


async def test_the_board_of_a_street(stocked: Store) -> None:
    async with running(stocked, size=(140, 45)) as pilot:
        await press(pilot, "5")
        assert "V05" in frame(pilot) or "铸朗" in frame(pilot)
        await press(pilot, "f", *["down"] * place_of(stocked, "440307015"), "enter")
        assert "龙城" in frame(pilot)
        assert "铸朗" not in frame(pilot)


async def test_shared_classes_of_a_park(stocked: Store) -> None:
    async with running(stocked, size=(140, 45)) as pilot:
        await press(pilot, "0")
        every = frame(pilot)
        await press(pilot, "f", "down", "down", "down", "enter")
        assert "everywhere" not in frame(pilot)
        assert frame(pilot) != every
