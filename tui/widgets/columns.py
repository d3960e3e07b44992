"""Two numbers a week as columns side by side: what is asked for, and what is offered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.app import RenderResult
from textual.widget import Widget

from tui.safe import plain

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_FULL, _OTHER = "█", "▒"
_LEAST, _MOST = 3, 9  # cells of a pair of columns and the gap beside it


@dataclass(frozen=True, slots=True)
class Pair:
    """A word under the axis and the two numbers above it."""

    word: str
    first: int
    second: int


def chart(pairs: Sequence[Pair], width: int, height: int) -> list[str]:
    """Lines of so many cells with the newest pairs that fit; the first number in █, the second in ▒."""
    rows = height - 1
    if rows < 1 or not pairs:
        return []
    most = max((n for pair in pairs for n in (pair.first, pair.second)), default=0) or 1
    axis = len(str(most))
    room = width - axis - 1
    wide = max(_LEAST, *(len(pair.word) + 1 for pair in pairs), min(_MOST, room // len(pairs)))
    shown = pairs[-max(1, room // wide) :]
    column = (wide - 1) // 2
    lines = []
    for row in range(rows, 0, -1):
        told = str(round(most * row / rows)) if (rows - row) % 2 == 0 else ""
        cells = "".join(
            (
                _cell(pair.first, most, row, rows) * column
                + _other(pair.second, most, row, rows) * column
            ).ljust(wide)
            for pair in shown
        )
        lines.append(f"{told:>{axis}}┤{cells}"[:width].rstrip())
    lines.append(f"{0:>{axis}}└{''.join(pair.word.ljust(wide) for pair in shown)}"[:width].rstrip())
    return lines


def _cell(value: int, most: int, row: int, rows: int) -> str:
    """The part of a column that stands in a row, in eighths; what is not nothing is seen."""
    eighths = max(round(8 * rows * value / most), 1 if value else 0) - 8 * (row - 1)
    return _EIGHTHS[max(0, min(8, eighths))]


def _other(value: int, most: int, row: int, rows: int) -> str:
    """The same in whole cells, in another pattern."""
    return _OTHER if row <= max(round(rows * value / most), 1 if value else 0) else " "


class Columns(Widget):
    """A chart as large as its widget; no focus of its own."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._pairs: tuple[Pair, ...] = ()

    def show(self, pairs: Sequence[Pair]) -> None:
        """Draw other numbers, where they are others."""
        if tuple(pairs) != self._pairs:
            self._pairs = tuple(pairs)
            self.refresh()

    def render(self) -> RenderResult:
        """The newest weeks that fit."""
        lines = chart(self._pairs, self.size.width, self.size.height)
        return plain("\n".join(lines)) if lines else Text("")
