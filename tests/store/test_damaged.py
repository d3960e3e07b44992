"""Fifty damaged files, each of which ends in a clear sentence or a mending that is told; real files go in."""

from __future__ import annotations

import csv
import io
import resource
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError, RefusedFileError
from store.schemas.actor import SYSTEM
from store.services import filing, records
from store.services.filing import Choices, Problem, Report
from store.services.kinds import KINDS
from store.standard import standard
from store.tables import read_table
from store.workbooks import write_workbook
from tests.conftest import SHARED
from tests.store import damaged
from tui import i18n
from tui.messages import problem_sentence, sentence

SAMPLES = SHARED / "reference" / "samples"
LANGUAGES = ("zh", "en")


def take(
    store: Store,
    data: bytes | Path,
    kind: str = "course",
    *,
    partial: bool = False,
    chosen: Choices | None = None,
) -> Report:
    table = read_table(data)
    return store.write(
        filing.import_rows,
        kind,
        table.headings,
        table.rows,
        by=OPERATOR,
        partial=partial,
        chosen=chosen or Choices(),
    )


def state(store: Store) -> tuple[int, tuple[object, ...]]:
    page = store.read(records.page, "course", by=OPERATOR, limit=1, newest_first=True)
    return page.total, tuple(item.code for item in page.items)


def told(error: InvalidError) -> str:
    """Every sentence of a refusal in both languages, none of them empty or with a code in it."""
    for lang in LANGUAGES:
        i18n.use(lang)
        said = [sentence(error)]
        if isinstance(error, RefusedFileError):
            said += [problem_sentence(one) for one in error.problems if isinstance(one, Problem)]
        for line in said:
            assert len(line) > 8
            assert error.code not in line
            assert "{" not in line
    return "row" if isinstance(error, RefusedFileError) else error.code


def test_columns_are_named_in_sentences_as_tables_name_them() -> None:
    i18n.use("zh")
    said = problem_sentence(Problem(2, "price", "约1000", "decimal_parsing", {}))
    assert "价格" in said
    assert "price" not in said
    said = problem_sentence(Problem(2, "", "", "days_order", {"first": "b", "last": "a"}))
    assert "–" not in said
    assert "“”" not in said
    lacking = sentence(InvalidError("column_missing", columns="institution, title", kind="course"))
    assert "机构, 名称" in lacking


def outcome(store: Store, data: bytes) -> str:
    """What came of a file: "mended", "row" or the code of its refusal, which changes nothing."""
    before = state(store)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        report = take(store, data)
    except InvalidError as error:
        found = told(error)
    else:
        wanted = before[0] + report.rows
        return "mended" if state(store)[0] == wanted == before[0] + len(report.created) else "lost"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most
    return found if state(store) == before and grown < 100_000 else f"{found}, but {grown} kB"


def test_fifty_damaged_files_end_in_a_sentence_or_a_told_mending(stocked: Store) -> None:
    made = list(damaged.files(8))
    found = {name: outcome(stocked, data) for name, data, _ in made}
    assert len(found) >= 50
    assert found == {name: one for name, _, one in made}


def test_a_part_that_lies_about_its_length_is_a_bomb() -> None:
    whole = damaged.xlsx_of([list(damaged.HEAD)])
    long = damaged.repacked(whole, damaged.SHEET, lambda body: body + b" " * 900_000)
    with zipfile.ZipFile(io.BytesIO(long)) as packed:
        said = next(part.file_size for part in packed.infolist() if part.filename == damaged.SHEET)
    lying = long.replace(said.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    with pytest.raises(InvalidError, match="file_bomb"):
        read_table(lying)


def test_names_become_codes_where_one_answers_and_the_nearest_are_told(store: Store) -> None:
    rows = [
        ["课程名称", "培训机构", "设备", "职业"],
        ["焊工", "鹤岭技师学院", "焊接工位", "焊工"],
        ["电工", "深圳市鹤岭技师学院", "EQ-WELD", "6-18-02-04:0.5"],
    ]
    report = take(store, damaged.csv_of(rows))
    first, second = (
        store.read(records.fetch, "course", code, by=OPERATOR) for code in report.created
    )
    assert (first.institution, first.equipment) == ("T01", "EQ-WELD")
    assert [part.code for part in first.occupations] == ["6-18-02-04"]
    assert (second.institution, second.occupations[0].confidence) == ("T01", 0.5)
    shown = {(one.column, one.before): (one.after, one.meant, one.how) for one in report.mended}
    assert shown["institution", "鹤岭技师学院"] == ("T01", "深圳市鹤岭技师学院", ("name",))
    with pytest.raises(RefusedFileError) as refused:
        take(store, damaged.csv_of([rows[0], ["叉车", "榕城技术学校", "", ""]]))
    (problem,) = refused.value.problems
    assert isinstance(problem, Problem)
    assert problem.code == "name_unclear"
    assert problem.params["nearest"]


def test_headings_and_values_that_a_person_gave(stocked: Store) -> None:
    data = damaged.csv_of([["名目", "天气", "学费"], ["焊工", "晴", "免费"]])
    chosen = Choices({"名目": "title", "天气": ""}, {"institution": "鹤岭技师学院"})
    report = take(stocked, data, chosen=chosen)
    view = stocked.read(records.fetch, "course", report.created[0], by=OPERATOR)
    assert (view.title, view.institution, view.price) == ("焊工", "T01", 0)
    assert [one.how for one in report.headings] == ["given", "given", "alias"]
    for wrong, code in (
        (Choices({"没有": "title"}), "heading_unknown"),
        (Choices({"名目": "colour"}), "field_unknown"),
    ):
        with pytest.raises(InvalidError, match=code):
            take(stocked, data, chosen=wrong)


def test_a_sheet_is_found_by_its_headings_or_by_its_name() -> None:
    file = io.BytesIO()
    from openpyxl import Workbook

    book = Workbook()
    book.worksheets[0].append(["说明", "请填下一张表"])
    book.create_sheet("课程").append(list(damaged.HEAD))
    book.save(file)
    assert read_table(file.getvalue()).sheet == "课程"
    assert read_table(file.getvalue(), sheet="Sheet").sheet == "Sheet"
    with pytest.raises(InvalidError, match="sheet_unknown"):
        read_table(file.getvalue(), sheet="没有")


def _exported(session: Session, kind: str) -> list[list[str]]:
    return list(filing.export_rows(session, kind, by=SYSTEM))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_comes_in_again_and_changes_nothing(stocked: Store, form: str) -> None:
    """Every record of every kind; no cell of the workbook is a formula."""
    for kind in KINDS:
        columns = standard(kind).columns
        rows = stocked.read(_exported, kind)
        file = io.BytesIO()
        if form == "xlsx":
            numbers = [at for at, c in enumerate(columns) if c.type in ("count", "number", "yuan")]
            write_workbook(file, kind, [c.zh for c in columns], rows, numbers)
        else:
            text = io.StringIO()
            csv.writer(text).writerows([[c.zh for c in columns], *rows])
            file.write(text.getvalue().encode("gb18030"))
        table = read_table(file.getvalue())
        report = stocked.write(filing.import_rows, kind, table.headings, table.rows, by=SYSTEM)
        assert (report.created, report.changed, report.problems) == ((), (), ()), kind
        assert report.unchanged == len(rows)


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    risky = ["=1+1", "+1", "-x", "@a", "\t=1", "http://a.example", "12", "焊\x07工"]
    file = io.BytesIO()
    assert write_workbook(file, "课程", ["名称"], [[cell] for cell in risky]) == len(risky)
    page = load_workbook(file).worksheets[0]
    cells = [page.cell(row, 1) for row in range(2, 2 + len(risky))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells][:2] == ["=1+1", "+1"]


def test_real_certificates_and_courses_go_in_by_mapping(stocked: Store) -> None:
    """Every row of other people's tables is taken, or refused with its reason; nothing is lost."""
    if not SAMPLES.exists():
        pytest.skip(f"no samples at {SAMPLES}")
    whole = {"institution": "T01", "occupations": "6-18-02-04"}
    wrong = {  # skill levels that are none of the state's, such as HCIP and 六级; several in one cell
        "certificates.tsv": {
            ("level", "level"): 226,
            ("level", "level_many"): 138,
            ("title", "missing"): 1,
        },
        "courses_hk_erb_2026.tsv": {},
        "courses_taipei_2026.tsv": {},
    }
    for name, columns, values in (
        (
            "certificates.tsv",
            {"id": "", "certificate": "title", "issuer": "", "level_tag": "level"},
            whole,
        ),
        (
            "courses_hk_erb_2026.tsv",
            {"id": "", "name": "title", "type": "", "industry": "", "fee_text": ""},
            whole,
        ),
        (
            "courses_taipei_2026.tsv",
            {
                "id": "code",
                "name": "title",
                "provider": "",
                "start": "valid_from",
                "end": "valid_to",
                "weekdays": "",
                "hours": "theory_hours",
                "signup_open": "",
                "signup_close": "",
            },
            {**whole, "delivery": "定期开班"},
        ),
    ):
        table = read_table(SAMPLES / name)
        report = stocked.rehearse(
            filing.import_rows,
            "course",
            table.headings,
            table.rows,
            by=OPERATOR,
            partial=True,
            chosen=Choices(columns, values),
        )
        lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()[1:]
        refused = {problem.row for problem in report.problems}
        assert report.rows == len([line for line in lines if line.strip()])
        assert len(report.created) + len(refused) == report.rows
        assert Counter((one.column, one.code) for one in report.problems) == wrong[name]
        assert len(refused) == len(report.problems)
