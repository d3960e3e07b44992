"""The one path of typed or stored text to the terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HARMLESS = frozenset("\n")
_REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """Text without anything a terminal obeys: control, bidi and zero-width characters become one mark."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if _is_drawable(character) else _REPLACEMENT
        for character in unicodedata.normalize("NFC", text)
    )


def _is_drawable(character: str) -> bool:
    if character in _HARMLESS:
        return True
    if character in _BIDI:
        return False
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


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
    if cell_len(shown) <= cells:
        return shown
    return set_cell_size(shown, cells - 1).rstrip() + "…"


def pad(text: str, cells: int) -> str:
    """`fit`, filled up with blanks to just that many cells."""
    from rich.cells import cell_len

    shown = fit(text, cells)
    return shown + " " * (cells - cell_len(shown))
