"""Fifty damaged tables made from good ones by a seed: bytes, and what must be told of each.

`python -m tests.store.damaged` lists them.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

from openpyxl import Workbook

HEAD = ("课程名称", "培训机构", "学费（元）", "实操课时", "有效期起", "培训方式")
_TRADES = ("焊工", "电工", "车工", "叉车司机", "保育师", "养老护理员")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Rows = list[list[Any]]
Made = tuple[str, bytes, str]


def good(random: Random, count: int = 6) -> Rows:
    """Rows that are right."""
    return [
        [
            f"{random.choice(_TRADES)}（四级）{at}班",
            random.choice(("T01", "T02", "T03")),
            random.randrange(500, 3000),
            random.choice((24, 40, 56)),
            f"2026-12-{random.randrange(1, 29):02d}",
            random.choice(("到机构", "线上")),
        ]
        for at in range(count)
    ]


def csv_of(rows: Rows, encoding: str = "utf-8", sign: str = ",") -> bytes:
    """A text of the rows."""
    lines = [
        sign.join(f'"{cell}"' if sign in str(cell) else str(cell) for cell in row) for row in rows
    ]
    return ("\n".join(lines) + "\n").encode(encoding)


def xlsx_of(rows: Rows, change: Callable[[Any], None] = lambda page: None) -> bytes:
    """A workbook of the rows."""
    book = Workbook()
    page = book.worksheets[0]
    for row in rows:
        page.append(row)
    change(page)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one part of it changed."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            body = old.read(part)
            new.writestr(part, change(body) if part == name else body)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def files(seed: int) -> Iterator[Made]:
    """Name, bytes, and what comes of it: a code of a refusal, "row" for wrong rows, or "mended"."""
    random = Random(seed)
    yield from _encodings(random)
    yield from _wrong_cells(random)
    yield from _shapes(random)
    yield from _workbooks(random)
    yield from _bombs(random)
    yield from _no_tables(random)


def _table(random: Random) -> Rows:
    return [list(HEAD), *good(random)]


def _encodings(random: Random) -> Iterator[Made]:
    for name in ("gb18030", "gbk", "utf-16", "utf-16-le", "utf-8-sig"):
        yield f"text in {name}", csv_of(_table(random), name), "mended"
    traditional = [["課程名稱", "培訓機構", "學費"], ["寵物美容技術實務班", "T01", "1,200元"]]
    yield "text in big5", csv_of(traditional, "big5", "\t"), "mended"
    broken = bytearray(csv_of(_table(random)))
    broken[-20:-18] = b"\xff\xfe"
    yield "bytes of no encoding", bytes(broken), "encoding_unclear"
    half = csv_of(_table(random), "gb18030")
    yield "two encodings in one file", half + csv_of(good(random)), "encoding_unclear"


def _wrong_cells(random: Random) -> Iterator[Made]:
    for column, text, told in (
        (2, "九百", "row"),
        (2, "1200元/人", "row"),
        (2, "3.5万", "mended"),
        (3, "10-20", "row"),
        (3, "４０ 课时", "mended"),
        (4, "05/12/2026", "row"),
        (4, "2026-13-40", "row"),
        (4, "12月5日", "mended"),
        (4, "46361", "mended"),
        (5, "看情况", "row"),
        (1, "没有这所学校", "row"),
        (1, "鹤岭技师学院", "mended"),
        (0, "=HYPERLINK(1)", "row"),
        (0, "焊\u202e工", "row"),
        (0, "#REF!", "row"),
        (0, "440301199003073017", "row"),
    ):
        rows = _table(random)
        rows[random.randrange(1, len(rows))][column] = text
        yield f"cell {text}", csv_of(rows, "utf-8", "\t"), told


def _shapes(random: Random) -> Iterator[Made]:
    rows = _table(random)
    yield "columns shifted", csv_of([rows[0], *(["", *row] for row in rows[1:])]), "row"
    rows = _table(random)
    yield "cut in the middle of a row", csv_of(rows)[:-60], "mended"
    yield "a quotation mark never closed", csv_of(rows).replace(b"\n", b'\n"', 1), "file_broken"
    yield "title rows", csv_of([["2026年课程表"], ["填表人：王芳"], *rows]), "mended"
    rows[0][3] = "课程名称"
    yield "a heading twice", csv_of(rows), "column_twice"
    rows[0][3] = "天气"
    yield "a heading nobody knows", csv_of(rows), "column_unknown"
    rows = _table(random)
    yield "a column lacking", csv_of([[*row[:1], *row[2:]] for row in rows]), "column_missing"
    rows[2].append("多出一格")
    yield "a cell too many", csv_of(rows), "row"
    yield "only headings", csv_of(rows[:1]), "mended"
    yield "nothing", b"", "file_empty"
    yield "columns without end", csv_of([["列"] * 200_000]), "too_many_columns"


def _workbooks(random: Random) -> Iterator[Made]:
    rows = _table(random)
    whole = xlsx_of(rows)
    yield "workbook half written", whole[: len(whole) // 2], "file_half"
    yield (
        "sheet half written",
        repacked(whole, SHEET, lambda body: body[: len(body) // 2]),
        "file_half",
    )
    yield (
        "sheet away",
        repacked(whole, "xl/workbook.xml", lambda body: b"<workbook/>"),
        "file_empty",
    )

    def merge(page: Any) -> None:
        for row in range(3, 8):
            page.cell(row, 2).value = None
        page.merge_cells("B2:B7")

    yield "merged cells", xlsx_of(rows, merge), "mended"

    def compute(page: Any) -> None:
        page["C3"] = "=C2*2"

    yield "a formula without its result", xlsx_of(rows, compute), "formula_not_computed"

    def far(page: Any) -> None:
        page["XFD1048576"] = 1

    yield "a cell at the end of the world", xlsx_of(rows, far), "too_many_columns"
    numbers = [rows[0], *([row[0], row[1], float(row[2]), *row[3:]] for row in rows[1:])]
    yield "numbers with a point", xlsx_of(numbers), "mended"
    yield "a workbook named .csv", whole, "mended"


def _bombs(random: Random) -> Iterator[Made]:
    whole = xlsx_of(_table(random))
    yield (
        "a bomb in a sheet",
        repacked(whole, SHEET, lambda body: body + b" " * 60_000_000),
        "file_bomb",
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("xl/workbook.xml", b"<workbook/>")
        for at in range(1000):
            packed.writestr(f"xl/media/{at}.png", b"")
    yield "a bomb of parts", file.getvalue(), "file_bomb"
    file = io.BytesIO()
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16000"/>'
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "content.xml",
            '<x xmlns:table="t" xmlns:office="o"><table:table><table:table-row '
            f'table:number-rows-repeated="1000000">{cell}</table:table-row></table:table></x>',
        )
    yield "a bomb of repeated cells", file.getvalue(), "too_many_columns"


def _no_tables(random: Random) -> Iterator[Made]:
    web: Sequence[bytes] = (b"<html><table><tr><td>", "课程名称".encode(), b"</td></tr></table>")
    yield "a web page named .xls", b"".join(web), "file_is_html"
    locked = _OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    yield "a workbook with a password", locked, "file_locked"
    yield "an old workbook half written", _OLE + random.randbytes(5000), "file_half"
    yield "a picture", b"\x89PNG\r\n" + random.randbytes(2000), "file_not_table"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("word/document.xml", b"<x/>")
    yield "a letter", file.getvalue(), "file_not_table"
    yield "noise", b"\0" + random.randbytes(3000), "file_not_table"


if __name__ == "__main__":
    for name, data, told in files(8):
        sys.stdout.write(f"{name}: {len(data)} bytes, {told}\n")
