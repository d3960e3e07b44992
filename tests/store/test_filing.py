"""Tables in and out: nothing half done, everything wrong named, nothing changed by a round trip."""

from __future__ import annotations

import pytest

from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError, NotAllowedError, RefusedFileError
from store.schemas.actor import Actor, Role
from store.services import filing, records
from store.services.filing import Problem, Report
from store.services.kinds import KINDS
from store.tables import LONGEST_CELL, read_csv, write_csv

HEAD = "institution,title,price\n"


def take(store: Store, text: str, *, partial: bool = False, kind: str = "course") -> Report:
    headings, rows = read_csv(text.encode())
    return store.write(filing.import_rows, kind, headings, rows, by=OPERATOR, partial=partial)


def courses(store: Store) -> int:
    total: int = store.read(records.page, "course", by=OPERATOR, limit=1).total
    return total


def problems(store: Store, text: str) -> list[Problem]:
    with pytest.raises(RefusedFileError) as caught:
        take(store, text)
    return [problem for problem in caught.value.problems if isinstance(problem, Problem)]


def test_right_rows_are_taken(store: Store) -> None:
    report = take(store, HEAD + "T01,焊工（四级）,980\nT01,氩弧焊提升,\n")
    assert (len(report.created), report.unchanged, report.problems) == (2, 0, ())
    view = store.read(records.fetch, "course", report.created[1], by=OPERATOR)
    assert view.price is None
    assert view.occupations[0].code == "6-18-02-04"


def test_one_wrong_cell_refuses_the_whole_file_and_names_it(store: Store) -> None:
    before = courses(store)
    found = problems(store, HEAD + "T01,焊工,980\nT01,电工,九百\nT99,车工,1\nT01,=1+1,5\n")
    assert [(p.row, p.column, p.code) for p in found] == [
        (3, "price", "decimal_parsing"),
        (4, "institution", "unknown_reference"),
        (5, "title", "formula"),
    ]
    assert found[0].value == "九百"
    assert courses(store) == before


def test_partial_takes_the_right_rows(store: Store) -> None:
    before = courses(store)
    report = take(store, HEAD + "T01,焊工,980\nT01,电工,九百\n", partial=True)
    assert (len(report.created), len(report.problems)) == (1, 1)
    assert courses(store) == before + 1


def test_a_dry_run_changes_nothing(store: Store) -> None:
    before = courses(store)
    headings, rows = read_csv((HEAD + "T01,焊工,980\n").encode())
    report = store.rehearse(filing.import_rows, "course", headings, rows, by=OPERATOR)
    assert len(report.created) == 1
    assert courses(store) == before


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_exported_and_imported_again_changes_nothing(store: Store, kind: str) -> None:
    by = Actor("system", "system", Role.SYSTEM, "BUREAU")
    headings = [column.name for column in filing.columns(kind)]
    rows = store.read(lambda s: list(filing.export_rows(s, kind, by=by)))
    text = "".join(write_csv(headings, rows[:300]))
    again, cells = read_csv(text.encode())
    report = store.write(filing.import_rows, kind, again, cells, by=by)
    assert (report.created, report.changed, report.problems) == ((), (), ())
    assert report.unchanged == len(rows[:300])
    assert store.read(lambda s: list(filing.export_rows(s, kind, by=by))) == rows


def test_an_imported_change_is_an_edit(store: Store) -> None:
    report = take(store, "code,institution,title\nC001,T01,数控车工岗前班\n")
    assert report.changed == ("C001",)
    assert store.read(records.fetch, "course", "C001", by=OPERATOR).version == 2


def test_headings_are_checked_before_rows(store: Store) -> None:
    for text, code in (
        ("title,price\n焊工,1\n", "column_missing"),
        ("institution,title,colour\nT01,焊工,1\n", "column_unknown"),
        ("institution,title,title\nT01,焊工,1\n", "column_twice"),
    ):
        with pytest.raises(InvalidError, match=code):
            take(store, text)


def test_rights_hold_for_files_too(store: Store) -> None:
    rival = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
    headings, rows = read_csv((HEAD + "T01,焊工,980\n").encode())
    with pytest.raises(NotAllowedError):
        store.write(filing.import_rows, "course", headings, rows, by=rival)
    headings, rows = read_csv("code,institution,title\nC001,T03,抢来的课\n".encode())
    with pytest.raises(NotAllowedError):
        store.write(filing.import_rows, "course", headings, rows, by=rival)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("institution,title\nT01,焊工\n".encode("gb18030"), "file_encoding"),
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b'institution,title\nT01,"abc\n', "file_broken"),
        (b"institution,title\nT01," + b"x" * (LONGEST_CELL + 1) + b"\n", "cell_too_large"),
        (b"institution,title\nT01," + b"x" * 10_000_000 + b"\n", "cell_too_large"),
    ],
)
def test_broken_files_end_in_one_sentence(data: bytes, code: str) -> None:
    with pytest.raises(InvalidError, match=code):
        read_csv(data)


def test_gbk_is_read_when_named_and_recognised_when_not() -> None:
    data = "institution,title\nT01,焊工\n".encode("gb18030")
    assert read_csv(data, "gb18030")[1] == [(2, ["T01", "焊工"])]
    with pytest.raises(InvalidError) as caught:
        read_csv(data)
    assert caught.value.params["looks"] == "gb18030"


def test_a_mark_of_excel_is_not_part_of_the_first_heading() -> None:
    headings, _ = read_csv("\ufeffinstitution,title\nT01,焊工\n".encode())
    assert headings == ["institution", "title"]


def test_columns_left_out_stay_as_they_are(store: Store) -> None:
    take(store, "code,institution,title\nC002,T01,数控车工四级新名\n")
    view = store.read(records.fetch, "course", "C002", by=OPERATOR)
    assert (view.title, view.price, view.level) == ("数控车工四级新名", 2680, 3)


def test_rows_without_codes_never_collide_with_rows_that_have_one(store: Store) -> None:
    row = (2, ["T01", "焊工甲班"])
    columns = ["institution", "title"]
    (free,) = store.rehearse(filing.import_rows, "course", columns, [row], by=OPERATOR).created
    report = take(store, f"code,institution,title\n,T01,焊工甲班\n{free},T01,焊工乙班\n")
    assert len(set(report.created)) == 2


def test_the_same_thing_twice_in_one_cell_is_told_for_its_row(store: Store) -> None:
    (found,) = problems(store, "institution,title,occupations\nT01,焊工,6-18-02-04; 6-18-02-04\n")
    assert (found.row, found.column, found.code) == (2, "occupations", "twice")


def test_a_number_given_above_is_not_taken_for_that_record(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "_PART", 1)
    rows = [(2, ["", "T01", "焊工甲班"])]
    headings = ["code", "institution", "title"]
    (given,) = store.rehearse(filing.import_rows, "course", headings, rows, by=OPERATOR).created
    (found,) = problems(store, f"code,institution,title\n,T01,焊工甲班\n{given},T01,焊工乙班\n")
    assert (found.row, found.column, found.code) == (3, "code", "code_given")
