"""Rows of a batch as cells of a grid, and what a cell may mean as lines beneath it."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from store.services.batch_choices import Choice
from store.services.batches import RowView
from tui.batch_text import SIGNS
from tui.i18n import _
from tui.safe import fit, pad, plain
from tui.words import field_word

if TYPE_CHECKING:
    from rich.text import Text

_WIDEST = 22
_LINES = 3
_NAMED = {"name", "near"}  # a code was found for a name, which says more than the code


def labels(columns: Sequence[tuple[int, str]], guessed: Container[str]) -> list[Text]:
    """Headings of the grid: the number of the row, then every column that is kept, guessed ones with a ?."""
    words = [f"{field_word(column)}{'?' * (column in guessed)}" for _place, column in columns]
    return [plain(fit(word, _WIDEST)) for word in (_("Row"), *words)]


def row_cells(row: RowView, columns: Sequence[tuple[int, str]]) -> list[Text]:
    """A row as it is drawn; columns are (place among the cells, name)."""
    wrong = {problem.column for problem in row.problems}
    cells = [plain(f"{SIGNS[row.state]}{row.number}")]
    for place, column in columns:
        text = row.cells[place] if place < len(row.cells) else ""
        if column in wrong:
            cells.append(plain(f"✕{fit(text, _WIDEST)}", "bold reverse"))
        elif column in row.mended:
            mended, *how = row.mended[column]
            shown = text if _NAMED.intersection(how) else mended
            cells.append(plain(f"‹{fit(shown, _WIDEST)}", "italic"))
        else:
            cells.append(plain(fit(text, _WIDEST)))
    return cells


def choice_lines(choices: Sequence[Choice], width: int) -> str:
    """Numbered choices on three lines of so many cells: as few abreast as can be, so that names are whole."""
    abreast = max(1, -(-len(choices) // _LINES))
    room = width // abreast
    told = [
        fit(f"{at} {one.name} {one.value if one.value != one.name else ''}", room - 1)
        for at, one in enumerate(choices, 1)
    ]
    starts = range(0, len(told), abreast)
    return "\n".join("".join(pad(one, room) for one in told[at : at + abreast]) for at in starts)
