"""Figures as one table for all: drawn on a screen, printed, written as CSV or as a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.errors import DuijieError, InvalidError
from store.tables import write_csv
from tui.safe import clean, pad

Value = str | int | float | None
Records = tuple[tuple[str, str], ...]  # kinds and codes
_NAME_WIDTH = 20
_LONGEST_TITLE = 31  # of a sheet in a workbook


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in files, its heading, and its cells on a screen."""

    name: str
    heading: str
    width: int = 6


@dataclass(frozen=True, slots=True)
class Line:
    """One line by its code: a value a column, and the records behind the value of a column."""

    code: str
    values: tuple[Value, ...]
    behind: Mapping[str, Records] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its name, a title and a sentence about it; the first column is what lines are about."""

    name: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    told: str = ""

    def records(self, line: Line) -> Records:
        """Everything behind a line, each record once."""
        return tuple(dict.fromkeys(one for some in line.behind.values() for one in some))


def shown(value: Value) -> str:
    """A value as it stands on a screen."""
    if value is None:
        return "–"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def cells(columns: Sequence[Column], line: Line, *, first: int = 1) -> tuple[str, ...]:
    """The first cell of a line and those from column `first` on, numbers to the right."""
    found = [shown(line.values[0])]
    for column, value in list(zip(columns, line.values, strict=True))[first:]:
        text = shown(value)
        is_number = isinstance(value, int | float) or value is None
        found.append(f"{text:>{column.width}}" if is_number else text)
    return tuple(found)


def print_lines(sheet: Sheet) -> Iterator[str]:
    """The table as lines of text."""
    widths = [_NAME_WIDTH, *(column.width for column in sheet.columns[1:])]
    heads = [column.heading for column in sheet.columns]
    right = [_is_numeric(sheet, at) for at in range(len(sheet.columns))]
    for row in (heads, *(cells(sheet.columns, line) for line in sheet.lines)):
        parts = [
            _right(cell, width) if is_right else pad(cell, width)
            for cell, width, is_right in zip(row, widths, right, strict=True)
        ]
        parts[-1] = parts[-1] if right[-1] else row[-1]
        yield " ".join(parts).rstrip()


def _is_numeric(sheet: Sheet, at: int) -> bool:
    return any(isinstance(line.values[at], int | float) for line in sheet.lines)


def _right(cell: str, width: int) -> str:
    text = pad(cell.strip(), width)
    bare = text.rstrip()
    return " " * (len(text) - len(bare)) + bare


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """The table as CSV: codes first, then every column by its name; nothing that a spreadsheet computes."""
    names = ("code", *(column.name for column in sheet.columns))
    rows = (
        tuple("" if value is None else str(value) for value in (line.code, *line.values))
        for line in sheet.lines
    )
    return map(clean, write_csv(names, rows))


def write_workbook(sheet: Sheet, path: Path) -> None:
    """The table as an XLSX workbook; text stays text, whatever it begins with."""
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    if path.exists():
        raise InvalidError("file_exists", path=str(path))
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(str(path), options) as book:
            _fill(book, sheet)
    except (OSError, XlsxWriterException) as error:
        raise DuijieError("cannot_write", path=str(path), cause=str(error)) from error


def _fill(book: Any, sheet: Sheet) -> None:
    page = book.add_worksheet(sheet.name[:_LONGEST_TITLE])
    bold = book.add_format({"bold": True})
    page.write_string(0, 0, clean(sheet.title), bold)
    page.write_string(1, 0, clean(sheet.told))
    heads = ["code", *(column.heading for column in sheet.columns)]
    for at, head in enumerate(heads):
        page.write_string(3, at, clean(head), bold)
    page.freeze_panes(4, 2)
    page.set_column(1, 1, _NAME_WIDTH + 4)
    for row, line in enumerate(sheet.lines, 4):
        for at, value in enumerate((line.code, *line.values)):
            if isinstance(value, str):
                page.write_string(row, at, clean(value))
            elif value is not None:
                page.write_number(row, at, value)
