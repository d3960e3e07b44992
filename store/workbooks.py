"""Workbooks: every text a text, never a formula or a link, whatever it begins with."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import IO

from store.sensitive import masked

_UNWANTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_WIDTH = 18  # of a column, in characters
_SETTINGS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST_NAME = 31  # of a sheet
_NOT_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONG_AGO = (1980, 1, 1, 0, 0, 0)

Rows = Sequence[Sequence[str | int]]


def write_workbook(
    file: IO[bytes],
    sheet: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    numbers: Collection[int] = (),
) -> int:
    """An XLSX sheet with headings and rows; columns in `numbers` hold numbers. How many rows were written."""
    from xlsxwriter import Workbook

    book = Workbook(file, {"constant_memory": True, **_SETTINGS})
    page = book.add_worksheet(sheet[:_LONGEST_NAME])
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


def same_workbook(sheets: Iterable[tuple[str, Rows]], day: date) -> bytes:
    """An XLSX of named sheets, each with its headings as its first row; the same rows give the same bytes.

    The day is that of the data, told as the day of writing. Nothing in the file is packed, so its bytes do
    not go by the machine's way of packing.
    """
    from xlsxwriter import Workbook

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True, **_SETTINGS}) as book:
        book.set_properties({"created": datetime.combine(day, time())})
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        for name, rows in sheets:
            page = book.add_worksheet(name.translate(_NOT_IN_NAMES)[:_LONGEST_NAME].strip())
            page.set_column(0, max(map(len, rows), default=1) - 1, _WIDTH)
            page.freeze_panes(1, 0)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        page.write_number(at, column, cell)
                    elif cell:
                        page.write_string(at, column, plain(cell), text if at else bold)
    return _unpacked(made)


def _unpacked(file: IO[bytes]) -> bytes:
    """The same archive with nothing packed and every file of one day."""
    whole = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(whole, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, _LONG_AGO), before.read(name))
    return whole.getvalue()


def plain(cell: str) -> str:
    """A cell without what a spreadsheet would obey or refuse, and without anybody's identity number."""
    if not cell.isprintable():
        cell = "".join(
            "\ufffd" if unicodedata.category(sign) in _UNWANTED else sign for sign in cell
        )
    return masked(cell)
