"""Workbooks (XLSX, XLS, ODS) as rows of text, looked at before anything is unpacked at length."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from store.errors import InvalidError

MOST_UNPACKED = 256 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 400
_RATIO_FROM = 1_000_000  # below so many bytes no part is a bomb
_PART = 1_000_000
_OVERLAP = 200
_KEPT = 50_000  # different values whose text is kept
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_FAR = re.compile(  # most cells are told to be near by their first letters
    rb'<c r="(?=[A-Z](?:[A-Z]|\d{6}))'
    rb'(?:([A-Z]{3,}|[C-Z][A-Z])\d+|[A-Z]+(?:[2-9]\d{5}|\d{7,}))"[^>]*(?<!/)>\s*<'
)
_NOT_COMPUTED = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:<v></v>|<v\s*/>)?\s*</c>")
_UNUSUAL = re.compile(rb'<c (?!r=")')
FARTHEST_COLUMN = 78  # BZ
FARTHEST_ROW = 199_999

Cell = int | float | str | bool | time | date | datetime | timedelta


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin like a workbook, whatever the name of the file says."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


class Workbook:
    """An opened workbook: names of its visible sheets, and each sheet as rows of text with their numbers.

    `last_row` is the number of the last row of the sheet that was opened last.
    """

    def __init__(self, data: bytes) -> None:
        """Open it; InvalidError for what is locked, half there, no workbook, or larger than it looks."""
        _refuse_before_opening(data)
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError

        self._failure = CalamineError
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        except PasswordError:
            raise InvalidError("file_locked") from None
        except (CalamineError, OSError, ValueError) as error:
            raise InvalidError("file_half", cause=str(error)[:120]) from None
        shown = [
            about.name
            for about in self._book.sheets_metadata
            if "Visible" in str(about.visible) and "WorkSheet" in str(about.typ)
        ]
        self.sheets = tuple(shown or self._book.sheet_names)
        self.last_row = 0

    def rows(self, sheet: str) -> Iterator[tuple[int, list[str]]]:
        """Rows with their numbers from 1; of cells merged downwards each holds the text of the first."""
        try:
            opened = self._book.get_sheet_by_name(sheet)
        except (self._failure, OSError, ValueError) as error:
            raise InvalidError("file_half", cause=str(error)[:120]) from None
        down = {
            start: end[0] for start, end in opened.merged_cell_ranges or () if end[0] > start[0]
        }
        first_row, first_column = opened.start or (0, 0)
        self.last_row = opened.end[0] + 1 if opened.end else 0
        return _rows(opened.iter_rows(), first_row, [""] * first_column, down)


def _rows(
    rows: Iterator[list[Any]],
    first_row: int,
    before: list[str],
    down: dict[tuple[int, int], int],
) -> Iterator[tuple[int, list[str]]]:
    open_until: dict[int, tuple[int, str]] = {}
    starts = {row for row, _ in down}
    texts = _Texts()
    if not down and not before:
        for at, values in enumerate(rows, first_row + 1):
            yield at, [value if type(value) is str else texts[value] for value in values]
        return
    for at, values in enumerate(rows, first_row):
        cells = before + [value if type(value) is str else texts[value] for value in values]
        for column, (last, text) in list(open_until.items()):
            if at > last:
                del open_until[column]
            elif column < len(cells) and not cells[column]:
                cells[column] = text
        if at in starts:
            for column, text in enumerate(cells):
                if text and (at, column) in down:
                    open_until[column] = (down[at, column], text)
        yield at + 1, cells


class _Texts(dict[Any, str]):
    """Values as text, each made once; 1, 1.0 and True are alike here, too."""

    def __missing__(self, value: Cell) -> str:
        if len(self) >= _KEPT:
            self.clear()
        self[value] = text = _text(value)
        return text


def _text(value: Cell) -> str:
    """A value as people would type it: 12 for 12.0, days and times in the form of the standard."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    return str(value)


def _refuse_before_opening(data: bytes) -> None:
    if data.startswith(_OLE):
        if any(mark in data for mark in _LOCKED):
            raise InvalidError("file_locked")
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _refuse_bomb(packed)
            _look_through(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise InvalidError("file_half", cause=str(error)[:120]) from None
    except RuntimeError:  # zipfile's word for a part with a password
        raise InvalidError("file_locked") from None


def _refuse_bomb(packed: zipfile.ZipFile) -> None:
    """Refuse by the list of contents alone what would unpack to too much."""
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if not names & {"xl/workbook.xml", "xl/workbook.bin", "content.xml"}:
        raise InvalidError("file_not_table")
    unpacked = sum(part.file_size for part in parts)
    for part in parts:
        if part.file_size > _RATIO_FROM and part.file_size > MOST_RATIO * part.compress_size:
            raise InvalidError("file_bomb", megabytes=unpacked // 1_000_000)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise InvalidError("file_bomb", megabytes=unpacked // 1_000_000)


def _look_through(packed: zipfile.ZipFile) -> None:
    """Read every part once, at most as long as it says it is, and look at sheets for what would not fit."""
    for part in packed.infolist():
        said, part.file_size = part.file_size, MOST_UNPACKED
        is_sheet = part.filename.startswith("xl/worksheets/sheet")
        done, kept, unusual = 0, b"", 0
        with packed.open(part) as lines:
            while chunk := lines.read(_PART):
                done += len(chunk)
                if done > said:
                    raise InvalidError("file_bomb", megabytes=done // 1_000_000)
                if is_sheet:
                    unusual += sum(1 for _ in _UNUSUAL.finditer(chunk))
                    _look_at(kept + chunk)
                    kept = chunk[-_OVERLAP:]
        part.file_size = said
        if part.filename == "content.xml" or (is_sheet and unusual > done // _PART + 1):
            with packed.open(part) as lines:
                _measure(lines)


def _look_at(text: bytes) -> None:
    if far := _FAR.search(text):
        if far[1]:
            raise InvalidError("too_many_columns", row=1, most=FARTHEST_COLUMN)
        raise InvalidError("too_many_rows", most=FARTHEST_ROW)
    if b"</f>" in text and _NOT_COMPUTED.search(text):
        raise InvalidError("formula_not_computed")


def _measure(lines: Any) -> None:
    """Count rows and columns of a sheet that is written unusually, repeated ones as often as they are."""
    from xml.parsers import expat

    reader = expat.ParserCreate(namespace_separator=" ")
    at = {"row": 0, "column": 0, "times": 1, "cells": 0}

    def entity(*_: object) -> None:
        raise InvalidError("file_bomb", megabytes=0)

    def begin(name: str, about: dict[str, str]) -> None:
        local = {key.rpartition(" ")[2]: value for key, value in about.items()}
        word = name.rpartition(" ")[2]
        if word == "table":
            at.update(row=0, column=0)
        elif word in ("table-row", "row"):
            at["times"] = int(local.get("number-rows-repeated", 1))
            at["row"], at["column"] = at["row"] + at["times"], 0
        elif word in ("table-cell", "covered-table-cell", "c"):
            _count(at, local)

    reader.EntityDeclHandler = entity
    reader.StartElementHandler = begin
    try:
        reader.ParseFile(lines)
    except (expat.ExpatError, ValueError) as error:
        raise InvalidError("file_half", cause=str(error)[:120]) from None


def _count(at: dict[str, int], about: dict[str, str]) -> None:
    times = int(about.get("number-columns-repeated", 1))
    at["column"] += times
    if found := re.fullmatch(r"([A-Z]+)(\d+)", about.get("r", "")):
        column = 0
        for letter in found[1]:
            column = 26 * column + ord(letter) - 64
        at["column"], at["row"] = column, int(found[2])
    elif "value-type" not in about:
        return
    at["cells"] += times * at["times"]
    if at["column"] > FARTHEST_COLUMN:
        raise InvalidError("too_many_columns", row=at["row"], most=FARTHEST_COLUMN)
    if at["row"] > FARTHEST_ROW:
        raise InvalidError("too_many_rows", most=FARTHEST_ROW)
