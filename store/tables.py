"""Tables as text: reading CSV that people made, with a clear refusal for each thing wrong, and writing it."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from store.errors import InvalidError
from store.sensitive import masked

MOST_BYTES = 32 * 1024 * 1024
MOST_ROWS = 100_000
MOST_CELLS = 40
LONGEST_CELL = 10_000
_LONGEST_LINE = MOST_CELLS * (LONGEST_CELL + 3)  # more has too long a cell or too many
_PART = 1_000_000
_ENCODINGS = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16")
_FORMULA = r"[=+\-@＝＋－＠\t\r]"
_RISKY = re.compile(f"'*{_FORMULA}")
_GUARDED = re.compile(f"''*{_FORMULA}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_OBEYED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def read_csv(data: bytes, encoding: str = "utf-8") -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings, and rows with their line numbers, of CSV text; empty rows are left out.

    It stops at the first thing that is too large, so a bomb costs no more than what was read of it.
    """
    refuse_size(len(data))
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(_lines(data, encoding), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in lines:
            if len(cells) > MOST_CELLS:
                raise InvalidError("too_many_columns", row=lines.line_num, most=MOST_CELLS)
            if any(cell.strip() for cell in cells):
                rows.append((lines.line_num, [unguarded(cell) for cell in cells]))
                if len(rows) > MOST_ROWS:
                    raise InvalidError("too_many_rows", most=MOST_ROWS)
    except csv.Error as error:
        raise _broken(lines.line_num, str(error)) from error
    except UnicodeError as error:
        raise _undecodable(data, encoding) from error
    if not rows:
        raise InvalidError("file_empty")
    return [cell.strip() for cell in rows[0][1]], rows[1:]


def refuse_size(count: int) -> None:
    """Refuse a file of so many bytes where that is too many."""
    if count > MOST_BYTES:
        raise InvalidError(
            "file_too_large", megabytes=count // 1_000_000, most=MOST_BYTES // 1_000_000
        )


def _lines(data: bytes, encoding: str) -> Iterator[str]:
    """The text line by line, of one that is longer than any row only so much at a time."""
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    if name not in _ENCODINGS:
        raise InvalidError("unknown_encoding", encoding=encoding[:40])
    text = io.TextIOWrapper(io.BytesIO(data), "utf-8-sig" if name == "utf-8" else name, newline="")
    while line := text.readline(_LONGEST_LINE):
        yield line


def _broken(row: int, cause: str) -> InvalidError:
    if "field limit" in cause:
        return InvalidError("cell_too_large", row=row, most=LONGEST_CELL)
    return InvalidError("file_broken", row=row, cause=cause)


def _undecodable(data: bytes, encoding: str) -> InvalidError:
    """Where a file stops being text of the encoding, and what it may be instead."""
    decode = codecs.getincrementaldecoder(encoding)().decode
    line = at = 1
    for start in range(0, len(data), _PART):
        try:
            decode(data[start : start + _PART])
        except UnicodeDecodeError as error:  # `object` begins with what was left of the part before
            end = min(start + _PART, len(data))
            at = end - len(error.object) + error.start + 1
            line = data.count(b"\n", 0, at - 1) + 1
            break
    return InvalidError("file_encoding", encoding=encoding, line=line, byte=at, looks=_looks(data))


def _looks(data: bytes) -> str:
    """`gb18030` when the beginning of the bytes reads well as such, else nothing."""
    decode = codecs.getincrementaldecoder("gb18030")().decode
    try:
        text = decode(data[:_PART])
    except UnicodeDecodeError:
        return ""
    han = sum("一" <= character <= "鿿" for character in text)
    return "gb18030" if han else ""


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before what begins like one.

    Numbers stay numbers. What a terminal or a spreadsheet would obey is replaced, what must not be
    kept is masked.
    """
    if not cell.isprintable():
        cell = "".join("\ufffd" if unicodedata.category(sign) in _OBEYED else sign for sign in cell)
    cell = masked(cell)
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """The cell as it was before `guarded`."""
    return cell[1:] if cell.startswith("'") and _GUARDED.match(cell) else cell


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of CSV, headings first, every cell guarded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in (headings, *rows):
        writer.writerow([guarded(str(cell)) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
