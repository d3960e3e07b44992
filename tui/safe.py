"""The one path of typed or stored text to the terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_OBEYED = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_REPLACEMENT = "\ufffd"
_MOST_MARKS = 2


def clean(text: str) -> str:
    """Text without anything a terminal obeys: control, bidi and zero-width characters become one mark.

    Of marks stacked on one letter two stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return _without_piles(unicodedata.normalize("NFC", text).translate(_STORED))


def harmless(text: str) -> str:
    """A drawn line in as many cells, without anything a terminal obeys, whoever drew it."""
    if text.isascii() and text.isprintable():
        return text
    return _without_piles(text.translate(_DRAWN))


class _Table(dict[int, str]):
    """What `str.translate` asks, character by character; what was answered once is kept."""

    def __init__(self, instead: Callable[[str], str], kept: str) -> None:
        super().__init__({ord(character): character for character in kept})
        self._instead = instead

    def __missing__(self, code: int) -> str:
        """The character itself where a terminal draws it and does nothing else about it."""
        character = chr(code)
        category = unicodedata.category(character)
        if category in ("Mn", "Me"):
            _marks.add(character)
        self[code] = answer = self._instead(character) if category in _OBEYED else character
        return answer


def _in_as_many_cells(character: str) -> str:
    from rich.cells import cell_len

    return "?" * cell_len(character)


def _without_piles(text: str) -> str:
    if _marks.isdisjoint(text):
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if character in _marks else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


_marks: set[str] = set()  # those met so far
_STORED = _Table(lambda _: _REPLACEMENT, kept="\n")
_DRAWN = _Table(_in_as_many_cells, kept="")


def plain(text: str, style: str = "") -> Text:
    """Stored or typed text to be drawn as it is: never markup, never an escape sequence."""
    from rich.text import Text

    return Text(clean(text), style=style)


def titled(text: str) -> str:
    """Text for the frame of a panel, which the framework would read as markup."""
    return clean(text).replace("[", r"\[")


def fit(text: str, cells: int) -> str:
    """Text cut to a number of terminal cells, with … where something was left out."""
    from rich.cells import cell_len, set_cell_size

    shown = clean(text).replace("\n", " ")
    if cells < 1 or cell_len(shown) <= cells:
        return shown if cells > 0 else ""
    return set_cell_size(shown, cells - 1).rstrip() + "…"


def pad(text: str, cells: int) -> str:
    """`fit`, filled up with blanks to just that many cells."""
    from rich.cells import cell_len

    shown = fit(text, cells)
    return shown + " " * (cells - cell_len(shown))
