"""Tables that people made as headings and rows of text, each thing wrong refused clearly; and CSV written."""

from __future__ import annotations

import codecs
import csv
import io
import marshal
import re
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from store.encodings import recognised_encoding
from store.errors import InvalidError
from store.sensitive import masked
from store.spreadsheets import Workbook, is_workbook
from store.standard import KIND_NAMES
from store.standard.headings import fits

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 120_000
MOST_CELLS = 40
LONGEST_CELL = 10_000
_LONGEST_LINE = MOST_CELLS * (LONGEST_CELL + 3)  # more has too long a cell or too many
_PART = 1_000_000
_PACKED = 1000  # rows packed together
_MOST_TITLES = 15
_LONGEST_HEADING = 40
_ENCODINGS = ("utf-8", "gb18030", "gbk", "gb2312", "big5", "utf-16", "utf-16-le", "utf-16-be")
_FORMULA = r"[=+\-@＝＋－＠\t\r]"
_RISKY = re.compile(f"'*{_FORMULA}")
_GUARDED = re.compile(f"''*{_FORMULA}")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_OBEYED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Table:
    """A table that somebody made: its headings, rows with their numbers, and where in the file it stands.

    `rows` are read while one goes over them, once; `encoding` is empty for workbooks, `sheet` for text.
    `last_row` is the number of the last row as far as that is known before, else 0.
    """

    headings: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    sheet: str = ""
    heading_row: int = 1
    last_row: int = 0


class PackedRows:
    """Rows packed small in memory, a few bytes each, to be gone over as often as one likes."""

    def __init__(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Go over the rows once; whatever they raise is raised here."""
        left = iter(rows)
        self._parts: list[bytes] = []
        while part := list(islice(left, _PACKED)):
            self._parts.append(zlib.compress(marshal.dumps(part), 1))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The rows in order, unpacked a part at a time."""
        for part in self._parts:
            yield from marshal.loads(zlib.decompress(part))  # what this process has packed itself


def read_table(
    source: Path | bytes, name: str = "", *, encoding: str | None = None, sheet: str | None = None
) -> Table:
    """A table out of CSV, TSV, XLSX, XLS or ODS, told by its bytes; title rows above headings are skipped.

    Raises InvalidError for what cannot be read, saying what to do; rows may raise it, too.
    """
    if isinstance(source, Path):
        refuse_size(source.stat().st_size)
        source = source.read_bytes()
    refuse_size(len(source))
    if is_workbook(source):
        return _from_workbook(source, sheet)
    if sheet is not None:
        raise InvalidError("no_sheets", name=name[:80])
    used = encoding or recognised_encoding(source)
    rows = _csv_rows(source, used, _delimiter(source, used))
    number, headings, rest = _after_titles(rows)
    return Table(headings, rest, (), used, "", number, _count_lines(source, used))


def _count_lines(data: bytes, encoding: str) -> int:
    """About how many lines a text has."""
    is_wide = codecs.lookup(encoding).name.startswith("utf-16")
    lines = data.count(b"\n\0" if is_wide else b"\n")
    return lines + (not data.endswith(b"\n")) if lines else 0


def _from_workbook(data: bytes, sheet: str | None) -> Table:
    """The sheet that was named, else the first whose headings are known, else the first with anything."""
    book = Workbook(data)
    if sheet is not None and sheet not in book.sheets:
        raise InvalidError("sheet_unknown", sheet=sheet[:80], sheets=", ".join(book.sheets)[:200])
    best: Table | None = None
    for name in (sheet,) if sheet is not None else book.sheets:
        try:
            number, headings, rest = _after_titles(_checked(book.rows(name)))
        except InvalidError as error:
            if error.code != "file_empty":
                raise
            continue
        found = Table(headings, rest, book.sheets, "", name, number, book.last_row)
        if _known(headings) > 1:
            return found
        best = best or found
    if best is None:
        raise InvalidError("file_empty")
    return best


def _after_titles(
    rows: Iterator[tuple[int, list[str]]],
) -> tuple[int, tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """The number and cells of the heading row, and the rows below it."""
    above = list(islice(rows, _MOST_TITLES))
    if not above:
        raise InvalidError("file_empty")
    scores = [_known(cells) for _, cells in above]
    at = scores.index(max(scores)) if max(scores) > 1 else _first_full(above)
    number, cells = above[at]
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_CELLS:
        raise InvalidError("too_many_columns", row=number, most=MOST_CELLS)
    headings = tuple(cell.strip() for cell in cells)
    return number, headings, _cut(chain(above[at + 1 :], rows), len(headings))


def _first_full(rows: Sequence[tuple[int, list[str]]]) -> int:
    """The first row with more than one cell filled: a title has one."""
    full = (at for at, (_, cells) in enumerate(rows) if sum(bool(c.strip()) for c in cells) > 1)
    return next(full, 0)


def _known(cells: Sequence[str]) -> int:
    """For how many of the cells some kind of record has a heading."""
    said = [cell for cell in cells if 0 < len(cell) < _LONGEST_HEADING]
    return max((fits(said, kind) for kind in KIND_NAMES), default=0) if len(said) > 1 else 0


def _cut(rows: Iterable[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    """Rows without the empty cells behind the last heading, never more than are taken."""
    for count, (number, cells) in enumerate(rows):
        while len(cells) > width and not cells[-1].strip():
            cells.pop()
        if count >= MOST_ROWS:
            raise InvalidError("too_many_rows", most=MOST_ROWS)
        yield number, cells


def _checked(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """Rows of a workbook that hold anything, no cell longer than is taken."""
    for number, cells in rows:
        length = len("".join(cells))
        if length > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
            raise InvalidError("cell_too_large", row=number, most=LONGEST_CELL)
        if length:
            yield number, cells


def read_csv(data: bytes, encoding: str = "utf-8") -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Headings, and rows with their line numbers, of CSV text; empty rows are left out.

    It stops at the first thing that is too large, so a bomb costs no more than what was read of it.
    """
    rows = list(_csv_rows(data, encoding, ","))
    if not rows:
        raise InvalidError("file_empty")
    return [cell.strip() for cell in rows[0][1]], rows[1:]


def _csv_rows(data: bytes, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with their line numbers, read while one goes over them; empty ones are left out."""
    refuse_size(len(data))
    csv.field_size_limit(LONGEST_CELL)
    lines = csv.reader(_lines(data, encoding), delimiter=delimiter, strict=delimiter != "\t")
    count = 0
    try:
        for cells in lines:
            if len(cells) > MOST_CELLS:
                raise InvalidError("too_many_columns", row=lines.line_num, most=MOST_CELLS)
            if any(cells) and any(cell.strip() for cell in cells):
                count += 1
                if count > MOST_ROWS + 1:
                    raise InvalidError("too_many_rows", most=MOST_ROWS)
                yield lines.line_num, [unguarded(cell) for cell in cells]
    except csv.Error as error:
        raise _broken(lines.line_num, str(error)) from error
    except UnicodeError as error:
        raise _undecodable(data, encoding) from error


def _delimiter(data: bytes, encoding: str) -> str:
    """What parts the cells: most often of tab, comma and semicolon in the first lines that have any."""
    for line in islice(_lines_or_none(data, encoding), _MOST_TITLES):
        counts = {sign: line.count(sign) for sign in "\t,;"}
        if max(counts.values()):
            return max(counts, key=lambda sign: counts[sign])
    return ","


def _lines_or_none(data: bytes, encoding: str) -> Iterator[str]:
    """The lines as far as they can be read."""
    try:
        yield from _lines(data, encoding)
    except UnicodeError:
        return


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
