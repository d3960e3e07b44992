"""The same table as XLSX, XLS and ODS comes to the same drafts; rows together to what each comes to alone."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.schemas.records import CourseDraft
from store.services.kinds import kind_named
from store.services.looking_up import Names
from store.services.row_reading import Choices, Item, Problem, RowReader, taken_headings
from store.tables import Table, read_table

TABLES = Path(__file__).parent / "tables"
HEAD = ("机构代码", "课程名称", "技能等级", "理论课时", "价格", "有效期起")
ROWS = (
    ("T01", "焊工（四级）", "四级", 40, 980.5, date(2026, 12, 5)),
    ("T02", "电工夜校", "五级", 24, 1200, date(2027, 1, 15)),
    ("T01", "叉车司机", None, None, None, None),
)
TODAY = date(2026, 11, 21)


def as_xlsx() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "课程"
    for row in (HEAD, *ROWS):
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def as_xls() -> bytes:
    return (TABLES / "courses.xls").read_bytes()


def as_ods() -> bytes:
    lines = "".join(
        f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"
        for row in (HEAD, *ROWS)
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="课程">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", manifest)
        packed.writestr("content.xml", content)
    return file.getvalue()


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    said = f"<text:p>{escape(str(value))}</text:p>"
    if isinstance(value, date):
        about = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, str):
        about = 'office:value-type="string"'
    else:
        about = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {about}>{said}</table:table-cell>"


def items_of(
    store: Store, table: Table, part: int = 2000, stored: dict[str, dict[str, str]] | None = None
) -> tuple[list[Item], list[Problem], RowReader]:
    def run(session: Session) -> tuple[list[Item], list[Problem], RowReader]:
        kind = kind_named("course")
        headings = taken_headings(kind, table.headings, Choices())
        reader = RowReader(kind, headings, Choices(), Names(session, OPERATOR), TODAY)
        rows = list(table.rows)
        items: list[Item] = []
        problems: list[Problem] = []
        for at in range(0, len(rows), part):
            right, _, wrong = reader.read(rows[at : at + part], stored or {})
            items += right
            problems += wrong
        return items, problems, reader

    return store.read(run)


@pytest.mark.parametrize("form", [as_xlsx, as_xls, as_ods])
def test_workbooks_of_every_form_come_to_the_same_drafts(store: Store, form: object) -> None:
    table = read_table(form())  # type: ignore[operator]
    items, problems, _ = items_of(store, table)
    assert (table.sheet, table.headings, problems) == ("课程", HEAD, [])
    assert [item.row for item in items] == [2, 3, 4]
    assert [item.draft for item in items] == [
        CourseDraft(
            institution="T01",
            title="焊工（四级）",
            level=3,
            theory_hours=40,
            price=Decimal("980.5"),
            valid_from=date(2026, 12, 5),
        ),
        CourseDraft(
            institution="T02",
            title="电工夜校",
            level=2,
            theory_hours=24,
            price=Decimal(1200),
            valid_from=date(2027, 1, 15),
        ),
        CourseDraft(institution="T01", title="叉车司机"),
    ]


def _mixed() -> Sequence[tuple[int, list[str]]]:
    """Rows that are right, mended, short, wrong in a cell, in two that do not go together, too long."""
    row = ["", "T01", "焊工", "四级", "40", "按人", "2026-12-05", "2026-12-31"]
    changes: tuple[dict[int, str], ...] = (
        {},
        {2: "氩弧焊", 3: "L4", 4: "40 课时"},
        {4: "四十多"},
        {6: "2027-01-01"},
        {1: "#REF!", 4: "很多"},
        {0: "C901", 3: ""},
        {0: "C901"},
        {0: "c-_"},
        {2: ""},
        {2: "=1+1", 4: "-5"},
        {1: "查无此校"},
        {3: "中级、高级"},
    )
    rows = [[change.get(at, cell) for at, cell in enumerate(row)] for change in changes]
    return list(enumerate([*rows, row[:3], [*row, "多"], *rows[:2]], 2))


def test_rows_read_together_come_to_what_each_comes_to_alone(store: Store) -> None:
    heads = ("code", *HEAD[:4], "计价单位", "有效期起", "有效期止")
    found = [items_of(store, Table(heads, iter(_mixed())), part) for part in (1, 5, 2000)]
    for items, problems, reader in found:
        assert items == found[0][0]
        assert sorted(map(str, problems)) == sorted(map(str, found[0][1]))
        assert list(reader.mendings()) == list(found[0][2].mendings())
        assert reader.mended_rows == found[0][2].mended_rows
    items, problems, reader = found[-1]
    assert [item.row for item in items] == [2, 3, 7, 14, 16, 17]
    assert {(one.row, one.column, one.code) for one in problems} == {
        (4, "theory_hours", "int_parsing"),
        (5, "", "days_order"),
        (6, "institution", "cell_error"),
        (6, "theory_hours", "int_parsing"),
        (8, "code", "code_twice"),
        (9, "code", "code_form"),
        (10, "title", "missing"),
        (11, "title", "formula"),
        (11, "theory_hours", "greater_than_equal"),
        (12, "institution", "name_unknown"),
        (13, "level", "level_many"),
        (15, "", "too_many_cells"),
    }
    for item in items:  # what is put together of checked cells is what the cells say as a whole
        assert CourseDraft.model_validate(item.draft.model_dump()) == item.draft
    assert items[1].draft == CourseDraft(
        institution="T01", title="氩弧焊", level=3, theory_hours=40, price_per="head",
        valid_from=date(2026, 12, 5), valid_to=date(2026, 12, 31),
    )  # fmt: skip
