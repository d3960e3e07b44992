"""Tables as text: reading CSV that people made, with a clear refusal for each thing wrong, and writing it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from store.errors import InvalidError

MOST_BYTES = 64 * 1024 * 1024
LONGEST_CELL = 10_000


def read_csv(data: bytes, encoding: str = "utf-8") -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings, and rows with their line numbers, of CSV text; empty rows are left out."""
    if len(data) > MOST_BYTES:
        raise InvalidError(
            "file_too_large", megabytes=len(data) // 1_000_000, most=MOST_BYTES // 1_000_000
        )
    text = _decoded(data, encoding)
    csv.field_size_limit(MOST_BYTES)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                rows.append((lines.line_num, cells))
    except csv.Error as error:
        raise InvalidError("file_broken", row=lines.line_num, cause=str(error)) from error
    if not rows:
        raise InvalidError("file_empty")
    _refuse_huge_cells(rows)
    return [cell.strip() for cell in rows[0][1]], rows[1:]


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InvalidError(
            "file_encoding", encoding=encoding, line=line, byte=error.start + 1, looks=_looks(data)
        ) from error
    except LookupError as error:
        raise InvalidError("unknown_encoding", encoding=encoding) from error


def _looks(data: bytes) -> str:
    """`gb18030` when the bytes read well as such, else nothing."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    han = sum("一" <= character <= "鿿" for character in text)
    return "gb18030" if han else ""


def _refuse_huge_cells(rows: Iterable[tuple[int, list[str]]]) -> None:
    for row, cells in rows:
        for at, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                raise InvalidError(
                    "cell_too_large", row=row, at=at + 1, length=len(cell), most=LONGEST_CELL
                )


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of CSV, headings first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for row in (headings, *rows):
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
