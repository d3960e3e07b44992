"""Workbooks written row by row: every text a text, never a formula or a link, whatever it begins with."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import IO

from store.sensitive import masked

_UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_WIDTH = 18  # of a column, in characters


def write_workbook(
    file: IO[bytes],
    sheet: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Collection[int] = (),
) -> int:
    """An XLSX sheet with headings and rows; columns in `numbers` hold numbers. How many rows were written."""
    from xlsxwriter import Workbook

    book = Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    page = book.add_worksheet(sheet[:31])
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    page.set_column(0, len(headings) - 1, _WIDTH)
    page.freeze_panes(1, 0)
    for at, heading in enumerate(headings):
        page.write_string(0, at, plain(heading), bold)
    count = 0
    for count, row in enumerate(rows, 1):
        for at, cell in enumerate(row):
            if cell and at in numbers:
                page.write_number(count, at, float(cell))
            elif cell:
                page.write_string(count, at, plain(cell), text)
    book.close()
    return count


def plain(cell: str) -> str:
    """A cell without what a spreadsheet would obey or refuse, and without anybody's identity number."""
    if not cell.isprintable():
        cell = "".join(
            "\ufffd" if unicodedata.category(sign) in _UNWANTED else sign for sign in cell
        )
    return masked(cell)
