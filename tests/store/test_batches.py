"""Batches: kept while they are mended, applied all or none, taken back word for word."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, RefusedFileError
from store.schemas.actor import SYSTEM, Actor, Role
from store.services import batch_apply, batch_mend, batches, filing, records
from store.services.batches import BatchView
from store.services.filing import Problem
from store.services.kinds import KINDS, kind_named
from tests.tui.driving import COLLEAGUE, edit
from tui.messages import sentence

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
OTHERS = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
HEAD = ("机构", "课程名称", "价格", "职业")
ROWS = [
    (2, ["T01", "手工电焊入门", "９８０元", "焊工"]),
    (3, ["T01", "母婴护理", "880", "月嫂"]),
    (4, ["没有这家", "车工提高", "九百多", "车工"]),
]


def begin(store: Store, rows: list[tuple[int, list[str]]], by: Actor = OPERATOR) -> BatchView:
    return store.write(batches.begin, "course", HEAD, rows, by=by, file="课程.csv")


def exports(store: Store, kinds: Iterable[str] = KINDS) -> dict[str, list[list[str]]]:
    """Every kind, or some, as they would be written out."""

    def rows(session: Session, kind: str) -> list[list[str]]:
        return list(filing.export_rows(session, kind, by=SYSTEM))

    return {kind: store.read(rows, kind) for kind in kinds}


def codes(error: RefusedFileError) -> list[tuple[int, str]]:
    return [(one.row, one.code) for one in error.problems if isinstance(one, Problem)]


def test_a_table_is_mended_by_two_people_applied_and_taken_back(store: Store) -> None:
    before = exports(store)
    view = begin(store, ROWS)
    assert (view.status, view.counts) == ("repair", {"good": 1, "wrong": 2})
    wrong = store.read(batches.rows, view.code, by=OPERATOR, only="wrong")
    assert [(p.row, p.column, p.code) for row in wrong for p in row.problems] == [
        (3, "occupations", "name_unclear"),
        (4, "institution", "name_unknown"),
        (4, "price", "decimal_parsing"),
    ]
    assert exports(store) == before
    offered = store.read(batch_mend.choices, view.code, 3, "occupations", by=OPERATOR)
    store.write(batch_mend.fix, view.code, 3, "occupations", offered[0].value, by=OPERATOR)
    # somebody else of the same centre goes on where the first one stopped
    store.write(batch_mend.fix, view.code, 4, "institution", "T02", by=COLLEAGUE)
    with pytest.raises(RefusedFileError) as refused:
        store.write(batch_apply.apply, view.code, by=COLLEAGUE)
    assert codes(refused.value) == [(4, "decimal_parsing")]
    assert exports(store) == before
    ready = store.write(batch_mend.fix, view.code, 4, "价格", "900", by=COLLEAGUE)
    assert (ready.status, ready.changed_by) == ("ready", COLLEAGUE.login)
    done = store.write(batch_apply.apply, view.code, by=COLLEAGUE)
    assert (len(done.created), done.problems) == (3, [])
    made = store.read(records.fetch, "course", done.created[0], by=OPERATOR)
    assert (made.title, made.price) == ("手工电焊入门", 980)
    assert store.read(batches.shown, view.code, by=OPERATOR).status == "applied"
    store.write(batch_apply.undo, view.code, by=OPERATOR)
    assert store.read(batches.shown, view.code, by=OPERATOR).status == "undone"
    assert exports(store) == before


def test_others_are_refused_and_supervisors_only_read(stocked: Store) -> None:
    code = begin(stocked, ROWS).code
    for by in (OTHERS, SCHOOL):
        for act in (batches.shown, batches.rows, batch_apply.diff):
            with pytest.raises(NotAllowedError):
                stocked.read(act, code, by=by)
    assert stocked.read(batches.shown, code, by=SUPERVISOR).code == code
    with pytest.raises(NotAllowedError):
        stocked.write(batch_mend.fix, code, 4, "price", "1", by=SUPERVISOR)
    assert code not in {one.code for one in stocked.read(batches.listed, by=OTHERS)}
    own = begin(stocked, [(2, ["T01", "焊工", "1", ""]), (3, ["T03", "焊工", "1", ""])], SCHOOL)
    (row,) = stocked.read(batches.rows, own.code, by=SCHOOL, only="wrong")
    assert [problem.code for problem in row.problems] in (["not_yours"], ["unknown_reference"])


def test_columns_that_nobody_takes_are_told(store: Store) -> None:
    head = ("编码", "机构", "课程名称", "备注2")
    rows = [(2, ["C001", "T01", "甲课", "周末"])]
    view = store.write(batches.begin, "course", head, rows, by=OPERATOR, file="多.csv")
    assert store.read(batch_apply.diff, view.code, by=OPERATOR).untaken == ("备注2",)


def test_what_changed_since_it_was_looked_at_is_told_and_nothing_is_applied(store: Store) -> None:
    rows = [(2, ["C001", "T01", "甲课"]), (3, ["C002", "T01", "乙课"])]
    first = store.read(records.fetch, "course", "C001", by=OPERATOR)
    rows = [
        (n, [code, store.read(records.fetch, "course", code, by=OPERATOR).institution, title])
        for n, (code, _, title) in rows
    ]
    head = ("编码", "机构", "课程名称")
    view = store.write(batches.begin, "course", head, rows, by=OPERATOR, file="改名.csv")
    found = store.read(batch_apply.diff, view.code, by=OPERATOR)
    assert (found.changed, found.changes[0].fields) == (2, (("title", first.title, "甲课"),))
    edit(store, "course", "C001", COLLEAGUE, price="1.50")
    with pytest.raises(RefusedFileError) as refused:
        store.write(batch_apply.apply, view.code, by=OPERATOR)
    assert codes(refused.value) == [(2, "changed_since")]
    done = store.write(batch_apply.apply, view.code, by=OPERATOR, partial=True)
    assert (done.changed, [p.code for p in done.problems]) == (["C002"], ["changed_since"])
    store.write(batch_mend.recheck, view.code, by=OPERATOR)
    assert store.write(batch_apply.apply, view.code, by=OPERATOR).changed == ["C001"]
    now = store.read(records.fetch, "course", "C001", by=OPERATOR)
    assert (now.title, float(now.price)) == ("甲课", 1.5)
    # taken back as a whole, but for what somebody has changed since
    edit(store, "course", "C002", COLLEAGUE, title="丙课")
    with pytest.raises(RefusedFileError) as refused:
        store.write(batch_apply.undo, view.code, by=OPERATOR)
    assert codes(refused.value) == [(3, "changed_after")]
    told = sentence(refused.value)
    assert f"{view.code} is not taken back: rows that stand in the way: 1 of 2" in told
    assert store.read(records.fetch, "course", "C001", by=OPERATOR).title == "甲课"
    assert store.write(batch_apply.undo, view.code, by=OPERATOR, partial=True).changed == ["C001"]
    assert store.read(records.fetch, "course", "C001", by=OPERATOR).title == first.title
    assert store.read(records.fetch, "course", "C002", by=OPERATOR).title == "丙课"
    with pytest.raises(
        RefusedFileError
    ) as refused:  # what is left can never be: said, not "nothing"
        store.write(batch_apply.undo, view.code, by=OPERATOR, partial=True)
    assert (refused.value.code, codes(refused.value)) == ("batch_stays", [(3, "changed_after")])


def test_what_others_use_by_now_is_not_taken_back(stocked: Store) -> None:
    view = begin(stocked, ROWS[:1])
    (code,) = stocked.write(batch_apply.apply, view.code, by=OPERATOR).created
    run = {"course": code, "first_day": "2026-12-12", "weekly": "Sat 9:00-12:00", "seats": 9}
    draft = kind_named("run").draft.model_validate({**run, "seats_left": 9})
    made = stocked.write(records.register, draft, by=OPERATOR)
    with pytest.raises(RefusedFileError) as refused:
        stocked.write(batch_apply.undo, view.code, by=OPERATOR)
    assert codes(refused.value) == [(2, "used_since")]
    stocked.write(records.withdraw, "run", made.code, version=1, by=OPERATOR, reason="排错了")
    assert stocked.write(batch_apply.undo, view.code, by=OPERATOR).created == [code]
    with pytest.raises(ConflictError, match="batch_not_applied"):
        stocked.write(batch_apply.undo, view.code, by=OPERATOR)


def test_two_thousand_rows_come_in_windows_and_the_same_text_is_mended_at_once(
    stocked: Store,
) -> None:
    rows = [
        (n, ["某学校" if n % 2 else "T01", f"第{n}班电工基础", "100", "电工"])
        for n in range(2, 2002)
    ]
    view = begin(stocked, rows)
    assert view.counts == {"good": 1000, "wrong": 1000}
    window = stocked.read(batches.rows, view.code, by=OPERATOR, at=990, limit=20)
    assert [row.state for row in window] == ["wrong"] * 10 + ["good"] * 10
    assert [row.number for row in window[8:12]] == [1999, 2001, 2, 4]
    view = stocked.write(batch_mend.fill, view.code, "机构", "某学校", "T02", by=OPERATOR)
    assert (view.status, view.counts) == ("ready", {"good": 2000})
    store_rows = stocked.read(batches.rows, view.code, by=OPERATOR, limit=1)
    assert store_rows[0].number == 2


def test_headings_are_taken_for_other_columns_and_missing_ones_filled(stocked: Store) -> None:
    rows = [(2, ["甲课", "九百", "x", ""]), (3, ["乙课", "900", "y", "2026-12-1"])]
    head = ("课程名称", "钱数", "杂记", "开始日期")
    view = stocked.write(batches.begin, "course", head, rows, by=OPERATOR, file="a.csv")
    assert (view.status, view.missing) == ("reading", ("institution",))
    (guess,) = stocked.read(batch_apply.diff, view.code, by=OPERATOR).guessed
    assert (guess.heading, guess.column) == ("开始日期", "valid_from")
    with pytest.raises(ConflictError):
        stocked.write(batch_apply.apply, view.code, by=OPERATOR)
    view = stocked.write(batch_mend.fill, view.code, "institution", "", "T02", by=OPERATOR)
    assert view.counts == {"good": 2}
    view = stocked.write(batch_mend.remap, view.code, "2", "price", by=OPERATOR)
    assert view.counts == {"good": 1, "wrong": 1}
    with pytest.raises(InvalidError) as refused:
        stocked.write(batch_mend.remap, view.code, "杂记", "price", by=OPERATOR)
    assert refused.value.code == "column_taken"
    view = stocked.write(batch_mend.leave, view.code, [2], by=OPERATOR)
    assert (view.status, view.counts) == ("ready", {"good": 1, "left_out": 1})
    with pytest.raises(ConflictError):
        stocked.write(batch_apply.undo, view.code, by=OPERATOR)
    assert stocked.write(batches.drop, view.code, by=OPERATOR).status == "dropped"
    assert stocked.read(batches.rows, view.code, by=OPERATOR) == ()


def test_a_table_of_known_records_needs_only_what_it_changes(stocked: Store) -> None:
    head = ("编码", "价格")
    view = stocked.write(
        batches.begin, "course", head, [(2, ["C001", "1234"])], by=OPERATOR, file="a.csv"
    )
    assert (view.status, view.counts) == ("ready", {"good": 1})
    assert stocked.write(batch_apply.apply, view.code, by=OPERATOR).changed == ["C001"]
    assert stocked.read(records.fetch, "course", "C001", by=OPERATOR).price == 1234


def test_rows_of_the_same_record_depend_on_one_another(stocked: Store) -> None:
    rows = [(2, ["X1", "T01", "甲课"]), (3, ["X1", "T01", "乙课"])]
    head = ("编码", "机构", "课程名称")
    view = stocked.write(batches.begin, "course", head, rows, by=OPERATOR, file="a.csv")
    (row,) = stocked.read(batches.rows, view.code, by=OPERATOR, only="wrong")
    assert (row.number, row.problems[0].code) == (3, "code_twice")
    view = stocked.write(batch_mend.fix, view.code, 2, "code", "X2", by=OPERATOR)
    assert view.counts == {"good": 2}
    view = stocked.write(batch_mend.fix, view.code, 2, "code", "X1", by=OPERATOR)
    assert view.counts == {"good": 1, "wrong": 1}
    view = stocked.write(batch_mend.leave, view.code, [2], by=OPERATOR)
    assert view.counts == {"good": 1, "left_out": 1}


def test_identity_numbers_are_not_kept(stocked: Store) -> None:
    view = begin(stocked, [(2, ["T01", "焊工 11010519491231002X", "1", ""])])
    (row,) = stocked.read(batches.rows, view.code, by=OPERATOR)
    assert "19491231" not in row.cells[1]
    assert [problem.code for problem in row.problems] == ["identity_number"]


_TITLES = st.sampled_from(["电工基础", "数控铣工（四级）", "品酒入门", "月嫂"])
_LINES = st.tuples(st.sampled_from(["", "C001", "C003", "C007"]), _TITLES, st.integers(0, 5000))


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_LINES, min_size=1, max_size=5))
def test_applied_and_taken_back_the_export_is_as_before(
    stocked: Store, lines: list[tuple[str, str, int]]
) -> None:
    before = exports(stocked, ("course",))
    owners = {row[0]: row[1] for row in before["course"]}
    rows = [
        (n, [code, owners.get(code, "T01"), title, str(price)])
        for n, (code, title, price) in enumerate(lines, 2)
    ]
    head = ("编码", "机构", "课程名称", "价格")
    view = stocked.write(batches.begin, "course", head, rows, by=OPERATOR, file="a.csv")
    stocked.write(batch_apply.apply, view.code, by=OPERATOR, partial=True)
    assert exports(stocked, ("course",)) != before
    stocked.write(batch_apply.undo, view.code, by=OPERATOR)
    assert exports(stocked, ("course",)) == before


def test_days_of_either_habit_are_offered(stocked: Store) -> None:
    rows = [(2, ["T01", "焊工", "04/11/2026"])]
    head = ("机构", "课程名称", "备案日期")
    view = stocked.write(batches.begin, "course", head, rows, by=OPERATOR, file="a.csv")
    offered = stocked.read(batch_mend.choices, view.code, 2, "filed_on", by=OPERATOR)
    assert {one.value for one in offered} == {
        date(2026, 4, 11).isoformat(),
        date(2026, 11, 4).isoformat(),
    }


def test_every_fault_of_every_row_is_told_by_import_and_batch_alike(store: Store) -> None:
    head = ["code", "institution", "title", "price", "valid_from", "valid_to", "equipment"]
    rows = [
        (2, ["", "没有这家", "焊工", "九百", "", "", "EQ-NONE"]),
        (3, ["", "T99", "=1", "1", "2026-12-01", "2026-11-01", ""]),
        (4, ["K 1", "T01", "", "", "不知", "2026-11-01", ""]),
        (5, ["", "T01", "电工", "-1", "2026-12-01", "2026-11-01", "", "多余"]),
        (6, ["C001", "T01", "车工", "1", "", "", ""]),
        (7, ["C001", "T01", "车工", "贵", "", "", ""]),
    ]
    with pytest.raises(RefusedFileError) as caught:
        store.write(filing.import_rows, "course", head, rows, by=OPERATOR)
    told = [one for one in caught.value.problems if isinstance(one, Problem)]
    found = {
        number: sorted((p.column, p.code) for p in told if p.row == number) for number, _ in rows
    }
    assert found == {
        2: [
            ("equipment", "unknown_reference"),
            ("institution", "name_unknown"),
            ("price", "decimal_parsing"),
        ],
        3: [("", "days_order"), ("institution", "unknown_reference"), ("title", "formula")],
        4: [("code", "code_form"), ("title", "missing"), ("valid_from", "iso_date")],
        5: [("", "days_order"), ("", "too_many_cells"), ("price", "greater_than_equal")],
        6: [],
        7: [("code", "code_twice"), ("price", "decimal_parsing")],
    }
    view = store.write(batches.begin, "course", head, rows, by=OPERATOR, file="a.csv")
    kept = store.read(batches.rows, view.code, by=OPERATOR)
    assert {r.number: sorted((p.column, p.code) for p in r.problems) for r in kept} == found


def test_only_names_that_may_be_meant_are_offered(stocked: Store) -> None:
    known = {
        "榕城职业技术学校": ["T02"],
        "榕盛技": ["T02"],
        "ryzz": [],
        "深圳市蓝天职业培训学校": [],
        "没有这家": [],
    }
    rows = [(at, [name, "焊工", "1", "焊工"]) for at, name in enumerate(known, 2)]
    view = begin(stocked, rows)
    offered = {
        name: [
            choice.value
            for choice in stocked.read(
                batch_mend.choices, view.code, at, "institution", by=OPERATOR
            )
        ]
        for at, name in enumerate(known, 2)
    }
    assert offered == known
    faults = stocked.read(batches.rows, view.code, by=OPERATOR)
    assert [row.problems[0].code for row in faults] == [
        "name_unclear",
        "name_unclear",
        *("name_unknown",) * 3,
    ]
