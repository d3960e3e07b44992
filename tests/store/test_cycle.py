"""Filings and when they are due, scores with the records behind them, verification, records made one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from matching.weekly import Calendar
from seed.demo import OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from store.models import AuditRow, CourseRow, FilingRow, MergeRow, NeedRow, ProposalRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import CourseDraft, EnterpriseDraft, NeedDraft, RunDraft
from store.services import (
    analysis,
    desk,
    duplicates,
    filing,
    filing_calendar,
    filing_cycle,
    matchmaking,
    merges,
    quality,
    quality_rules,
    records,
    reference,
    search,
    verification,
)
from store.services.filing_calendar import Rule
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
COLLEAGUE = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
LATE = "T06"
KINDS = ("enterprise", "institution", "need", "course", "run", "instructor", "venue", "slot")
_RULES = st.builds(
    Rule,
    every=st.sampled_from(filing_calendar.EVERY),
    due=st.integers(1, 15),
    grace=st.integers(0, 5),
    fresh=st.integers(1, 200),
    stale=st.integers(201, 400),
)
_DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def exported(store: Store) -> dict[str, list[list[str]]]:
    return {
        kind: store.read(lambda s: list(filing.export_rows(s, kind, by=OPERATOR)))  # noqa: B023
        for kind in KINDS
    }


@settings(max_examples=50)
@given(rule=_RULES, days=st.integers(0, 500))
def test_older_is_never_fresher(rule: Rule, days: int) -> None:
    order = [filing_calendar.FRESH, filing_calendar.AGEING, filing_calendar.STALE]
    now, later = (filing_calendar.freshness(rule, n) for n in (days, days + 1))
    assert order.index(now) <= order.index(later)


@settings(max_examples=50)
@given(rule=_RULES, day=_DAYS)
def test_periods_follow_each_other_and_are_due_inside_their_grace(rule: Rule, day: date) -> None:
    first = filing_calendar.period_of(rule, day)
    after = filing_calendar.next_period(rule, first)
    assert first <= day < after
    assert filing_calendar.period_of(rule, after - timedelta(days=1)) == first
    workdays = Calendar(frozenset({first}), frozenset())
    wanted = filing_calendar.due_day(rule, first, workdays)
    assert workdays.is_workday(wanted)
    counted = [first + timedelta(days=n) for n in range((wanted - first).days + 1)]
    assert sum(map(workdays.is_workday, counted)) == rule.due
    assert wanted <= filing_calendar.last_day(rule, first, workdays)


def test_the_list_is_what_an_independent_count_says(stocked: Store) -> None:
    """State and days of everything, counted day by day from the rows themselves."""
    workdays = stocked.read(reference.calendar)
    rules = stocked.read(filing_calendar.calendar).rules
    rows = stocked.read(
        lambda s: [
            (row.institution, row.kind, row.period)
            for row in s.scalars(select(FilingRow).order_by(FilingRow.period))
        ]
    )
    periods = {(institution, kind): period for institution, kind, period in rows}
    found = stocked.read(filing_cycle.due, by=OPERATOR, today=DAY)
    assert {one.institution for one in found if one.state == "overdue"} == {LATE, "T09"}
    for one in found:
        rule, last = rules[one.kind], periods[one.institution, one.kind]
        day, late, seen = last, 0, 0
        while filing_calendar.period_of(rule, day) == last:
            day += timedelta(days=1)
        if day > DAY:
            assert (one.state, one.days) == ("filed", 0)
            continue
        while day <= DAY:  # from the first day of the first period that was not filed
            seen += workdays.is_workday(day)
            late += workdays.is_workday(day) and seen > rule.due
            day += timedelta(days=1)
        assert (one.state, one.days) == ("overdue" if late > rule.grace else "due", late), one


def test_same_as_last_time_dates_every_record_and_ends_the_calls(store: Store) -> None:
    now = store.read(reference.now)
    asked = [one for one in store.read(desk.queue, by=OPERATOR, now=now) if one.why == "filing"]
    assert [one.record for one in asked] == [LATE, "T09"]
    store.write(desk.outcome, "T09", "T09", "talked", by=OPERATOR, now=now)
    assert LATE in {
        o.record for o in store.read(desk.queue, by=OPERATOR, now=now) if o.why == "filing"
    }
    made = store.write(filing_cycle.same, LATE, by=OPERATOR, today=DAY)
    assert {(one.status, one.how) for one in made} == {("late", "same")}
    assert not [o for o in store.read(desk.queue, by=OPERATOR, now=now) if o.why == "filing"]
    courses = store.read(records.page, "course", by=OPERATOR, where={"owner": LATE}).items
    assert {one.filed_on for one in courses} == {DAY}
    assert {one.version for one in courses} == {2}
    again = store.write(filing_cycle.same, LATE, ["course"], by=OPERATOR, today=DAY)
    assert [(one.kind, one.same) for one in again] == [("course", len(courses))]
    assert len(store.read(filing_cycle.status, LATE, by=OPERATOR)) == len(made) * 2
    trail = store.read(
        lambda s: s.scalars(select(AuditRow.after).where(AuditRow.act == "file")).all()
    )
    assert sum(courses[0].code in str(told) for told in trail) == 2


def test_a_school_files_its_own_and_sees_its_own(stocked: Store) -> None:
    school = Actor("xue", "某", Role.INSTITUTION, LATE)
    found = stocked.read(filing_cycle.due, by=school, today=DAY)
    assert {one.institution for one in found} == {LATE}
    with pytest.raises(NotAllowedError):
        stocked.read(filing_cycle.due, by=school, today=DAY, institution="T01")
    with pytest.raises(NotAllowedError):
        stocked.write(filing_cycle.same, "T01", by=school, today=DAY)
    with pytest.raises(InvalidError, match="filing_nothing"):
        stocked.write(filing_cycle.same, LATE, ["assessment"], by=school, today=DAY)


def test_a_supervisor_changes_the_calendar_and_nobody_else(stocked: Store) -> None:
    changes = {"course.every": "week", "course.due": "2", "begins": "2026-09-01"}
    kept = stocked.write(filing_calendar.set_calendar, changes, by=SUPERVISOR)
    assert kept == stocked.read(filing_calendar.calendar)
    assert (kept.rules["course"].every, kept.begins) == ("week", date(2026, 9, 1))
    for wrong in (
        {"course.every": "day"}, {"course.due": "0"}, {"begins": "soon"}, {"course.stale": "80"},
        {"firm.due": "1"},
    ):  # fmt: skip
        with pytest.raises(InvalidError):
            stocked.write(filing_calendar.set_calendar, wrong, by=SUPERVISOR)
    with pytest.raises(NotAllowedError):
        stocked.write(filing_calendar.set_calendar, changes, by=OPERATOR)


def test_each_doubt_names_its_record_and_each_gap_too(stocked: Store) -> None:
    course = {"institution": "T01", "occupations": "6-18-01-01", "level": "四级", "mode": "centre"}
    draft = CourseDraft.model_validate(
        {**course, "title": "数控车 13800138000", "price": "99999", "theory_hours": 5,
         "practice_hours": 5, "equipment": "EQ-CNC-LATHE", "valid_to": "2026-12-01"}
    )  # fmt: skip
    code = stocked.write(records.register, draft, by=OPERATOR).code
    run = RunDraft.model_validate(
        {"course": code, "first_day": "2027-02-01", "weekly": "Mon 09:00-12:00", "seats": 400,
         "venue": "V01", "instructor": "I003"}
    )  # fmt: skip
    run_code = stocked.write(records.register, run, by=OPERATOR).code
    (score,) = stocked.read(quality.scores, by=OPERATOR, today=DAY, institution="T01")
    doubts = {(hit.rule, hit.code) for hit in score.hits}
    assert {("hours_low", code), ("telephone", code), ("certificate", run_code)} <= doubts
    assert {("seats_over", run_code), ("days_odd", run_code)} <= doubts
    (dear,) = stocked.read(quality.scores, by=OPERATOR, today=DAY, institution="T04")
    assert ("price_far", "C069", "280", "1230") in {
        (hit.rule, hit.code, hit.value, hit.against) for hit in dear.hits
    }
    gaps = {(gap.kind, gap.field): gap.codes for gap in score.gaps}
    assert code in gaps["course", "min_heads"]
    assert 0 < score.complete < 100 > score.plausible > 0
    stocked.write(quality_rules.set_rules, dict.fromkeys(quality_rules.RULES, 0), by=SUPERVISOR)
    (score,) = stocked.read(quality.scores, by=SCHOOL, today=DAY)
    assert (score.institution, score.plausible, score.hits) == ("T01", 100.0, ())
    with pytest.raises(NotAllowedError):
        stocked.read(quality.scores, by=SCHOOL, today=DAY, institution="T02")


def test_what_a_school_registers_is_matched_once_two_others_let_it(store: Store) -> None:
    said = {"institution": "T01", "title": "水下焊接入门", "occupations": "6-18-02-04"}
    view = store.write(records.register, CourseDraft.model_validate(said), by=SCHOOL)
    what, code = [("course", view.code)], view.code

    def is_offered() -> bool:
        whole = store.read(matchmaking.snapshot, by=SYSTEM, today=DAY)
        return code in whole.market.courses_by_id

    assert view.status == "submitted"
    assert not is_offered()
    with pytest.raises(NotAllowedError):
        store.write(verification.check, what, by=SCHOOL)
    with pytest.raises(ConflictError, match="no_such_step"):
        store.write(verification.publish, what, by=OPERATOR)
    draft = CourseDraft.model_validate({**said, "status": "published"})
    with pytest.raises(ConflictError, match="verify_there"):
        store.write(records.edit, code, draft, version=1, by=OPERATOR)
    assert store.write(verification.check, what, by=OPERATOR) == 1
    assert store.write(verification.publish, what, by=SUPERVISOR) == 1
    assert is_offered()
    seats = CourseDraft.model_validate({**said, "filed_on": DAY.isoformat()})
    kept = store.write(records.edit, code, seats, version=3, by=SCHOOL)
    assert kept.status == "published"  # a date of filing is nothing to look at again
    dearer = CourseDraft.model_validate({**said, "price": "1999"})
    assert store.write(records.edit, code, dearer, version=4, by=SCHOOL).status == "submitted"
    with pytest.raises(InvalidError, match="reason_missing"):
        store.write(verification.send_back, what, " ", by=OPERATOR)
    store.write(verification.send_back, what, "价格要附收费备案", by=OPERATOR)
    (back,) = store.read(verification.queue, by=SCHOOL, returned=True)
    assert (back.code, back.reason, back.ended_by) == (code, "价格要附收费备案", OPERATOR.login)
    assert store.read(records.fetch, "course", code, by=SCHOOL).status == "draft"


def test_nobody_looks_at_what_they_submitted_and_operators_enter_what_counts(
    stocked: Store,
) -> None:
    said = {"institution": "T01", "title": "新课"}
    plain = stocked.write(records.register, CourseDraft.model_validate(said), by=OPERATOR)
    assert plain.status == "published"
    waits = CourseDraft.model_validate({**said, "status": "submitted"})
    code = stocked.write(records.register, waits, by=OPERATOR).code
    with pytest.raises(ConflictError, match="own_submission"):
        stocked.write(verification.check, [("course", code)], by=OPERATOR)
    stocked.write(verification.check, [("course", code)], by=COLLEAGUE)
    with pytest.raises(ConflictError, match="own_submission"):
        stocked.write(verification.publish, [("course", code)], by=OPERATOR)
    assert stocked.write(verification.set_kinds, ["run"], by=SUPERVISOR) == ("run",)
    free = stocked.write(records.register, CourseDraft.model_validate(said), by=SCHOOL)
    assert free.status == "published"


def test_a_firm_told_at_two_centres_is_found_merged_and_parted_again(store: Store) -> None:
    """What was exported before is exported after, and the history of the kept one has both."""
    pairs = store.read(duplicates.listed, by=OPERATOR, kind="enterprise")
    (pair,) = [one for one in pairs if {one.one, one.other} == {"E033", "E000001"}]
    assert pair.one == "E033"
    assert {"sound", "area"} <= {name for name, _ in pair.evidence}
    need = {"enterprise": "E000001", "text": "护工", "occupations": "4-10-01-05", "heads": 3,
            "earliest": DAY.isoformat(), "apart_from": "E033"}  # fmt: skip
    mine = NeedDraft.model_validate({**need, "enterprise": "E033", "apart_from": "E000001"})
    theirs = store.write(records.register, NeedDraft.model_validate(need), by=COLLEAGUE).code
    own = store.write(records.register, mine, by=OPERATOR).code
    double = [one for one in store.read(duplicates.doubles, by=OPERATOR) if one.one == theirs]
    assert (double[0].other, double[0].one_owner, double[0].other_owner) == (own, "C-HG", "C-BL")
    assert double[0].occupation_name == "养老护理员"
    sides = store.read(duplicates.compared, "need", theirs, own, by=OPERATOR)
    told = {side.field: (side.one, side.other) for side in sides}
    assert told["enterprise"][1] == "深圳市安榆颐养院有限公司"
    assert told["occupations"] == ("养老护理员", "养老护理员")
    before = exported(store)
    made = store.write(merges.merge, "enterprise", "E033", "E000001", by=OPERATOR, reason="同一家")
    assert made.references == 2
    assert store.read(records.fetch, "need", theirs, by=COLLEAGUE).enterprise == "E033"
    assert store.read(records.fetch, "enterprise", "E000001", by=OPERATOR).code == "E033"
    late = store.write(records.register, NeedDraft.model_validate(need), by=COLLEAGUE)
    assert late.enterprise == "E033"  # the lost code is a name of the kept record
    lines = store.read(records.history, "enterprise", "E033", by=OPERATOR)
    assert [(one.code, one.act) for one in lines] == [
        ("E033", "register"), ("E000001", "register"), ("E033", "merge"), ("E000001", "merge"),
    ]  # fmt: skip
    with pytest.raises(ConflictError, match="already_withdrawn"):
        store.write(merges.merge, "enterprise", "E001", "E000001", by=OPERATOR)
    store.write(records.withdraw, "need", late.code, version=1, by=COLLEAGUE, reason="重复")
    store.write(merges.undo, "enterprise", "E000001", by=OPERATOR)
    assert exported(store) == before


def doubled(store: Store, **more: Any) -> tuple[str, str]:
    """A need of each of two centres that are the same: the codes of the other's and one's own."""
    need = {"enterprise": "E033", "text": "护工", "occupations": "4-10-01-05", "heads": 3,
            "earliest": DAY.isoformat(), **more}  # fmt: skip
    draft = NeedDraft.model_validate(need)
    return (
        store.write(records.register, draft, by=COLLEAGUE).code,
        store.write(records.register, draft, by=OPERATOR).code,
    )


def test_needs_told_at_two_centres_are_counted_once_and_parted_again(store: Store) -> None:
    theirs, own = doubled(store)

    def heads() -> int:
        found = store.read(analysis.shortages, by=SUPERVISOR, today=DAY)
        return sum(one.needed for one in found.lines)

    before, whole = exported(store), heads()
    made = store.write(merges.merge, "need", own, theirs, by=OPERATOR, reason="同一需求")
    assert (made.kept, made.lost, made.references) == (own, theirs, 0)
    assert heads() == whole - 3
    assert not [one for one in store.read(duplicates.doubles, by=OPERATOR) if one.one == theirs]
    assert made in store.read(merges.listed, by=COLLEAGUE)
    told = store.read(records.history, "need", own, by=OPERATOR)
    assert [(one.code, one.act) for one in told] == [
        (theirs, "register"), (own, "register"), (own, "merge"), (theirs, "merge"),
    ]  # fmt: skip
    with pytest.raises(ConflictError, match="already_withdrawn"):
        store.write(merges.merge, "need", "N000001", theirs, by=OPERATOR)
    undone = store.write(merges.undo, "need", theirs, by=COLLEAGUE)
    assert undone.is_undone
    assert exported(store) == before
    assert made not in store.read(merges.listed, by=OPERATOR)
    with pytest.raises(NotFoundError):
        store.write(merges.undo, "need", theirs, by=COLLEAGUE)
    assert len(store.read(records.history, "need", own, by=OPERATOR)) == 3
    store.write(duplicates.apart, "need", own, theirs, by=COLLEAGUE)
    assert not [one for one in store.read(duplicates.doubles, by=OPERATOR) if one.one == theirs]


def test_a_need_that_something_rests_on_is_not_given_up(stocked: Store) -> None:
    used = stocked.read(
        lambda s: s.execute(
            select(ProposalRow.code, ProposalRow.need)
            .join(NeedRow, NeedRow.code == ProposalRow.need)
            .where(ProposalRow.status == "sent", NeedRow.status.in_(("open", "matched")))
        ).first()
    )
    assert used is not None
    theirs, _own = doubled(stocked)
    with pytest.raises(ConflictError, match="merge_need_used") as refused:
        stocked.write(merges.merge, "need", theirs, used.need, by=OPERATOR)
    assert used.code in str(refused.value.params["records"])
    assert stocked.write(merges.merge, "need", used.need, theirs, by=OPERATOR).kept == used.need
    stocked.write(lambda s: s.execute(update(NeedRow).values(status="closed")))
    with pytest.raises(ConflictError, match="merge_need_over"):
        stocked.write(merges.merge, "need", used.need, "N000002", by=OPERATOR)


def test_the_kept_record_gets_what_only_the_lost_one_says(store: Store) -> None:
    full = EnterpriseDraft(
        name="锐坪精密五金公司", industry="机械加工", short_name="锐五金", staff=30
    )
    bare = EnterpriseDraft(name="锐坪精密五金有限公司", staff=40)
    lost, kept = (store.write(records.register, one, by=OPERATOR).code for one in (full, bare))
    made = store.write(merges.merge, "enterprise", kept, lost, by=OPERATOR)
    assert set(made.filled) == {"industry", "short_name"}
    view = store.read(records.fetch, "enterprise", kept, by=OPERATOR)
    assert (view.industry, view.short_name, view.staff) == ("机械加工", "锐五金", 40)
    (hit,) = store.read(search.search, "锐五金", by=OPERATOR, kinds=("enterprise",), limit=1)
    assert hit.code == kept
    change = EnterpriseDraft(**{**bare.model_dump(), "short_name": "锐五金", "industry": "五金"})
    store.write(records.edit, kept, change, version=view.version, by=OPERATOR)
    store.write(merges.undo, "enterprise", lost, by=OPERATOR)
    view = store.read(records.fetch, "enterprise", kept, by=OPERATOR)
    assert (view.industry, view.short_name) == ("五金", None)


@settings(max_examples=5)
@given(data=st.data())
def test_any_merge_undone_leaves_every_table_as_it_was(
    shared: Store, before: dict[str, list[list[str]]], data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(("enterprise", "institution")))
    codes = [row[0] for row in before[kind]]
    kept, lost = data.draw(st.lists(st.sampled_from(codes), min_size=2, max_size=2, unique=True))
    try:
        shared.write(merges.merge, kind, kept, lost, by=SUPERVISOR)
    except ConflictError as error:
        assert error.code == "merge_one_deal"  # noqa: PT017 - some pairs answer one proposal
        return
    left = {row[0] for row in exported(shared)[kind]}
    assert lost not in left
    shared.write(merges.undo, kind, lost, by=SUPERVISOR)
    assert exported(shared) == before


@pytest.fixture(scope="module")
def shared(demo_file: object, tmp_path_factory: pytest.TempPathFactory) -> object:
    """One store for every example: each leaves it as it was."""
    import shutil

    from store import open_store

    path = tmp_path_factory.mktemp("merges") / "demo.db"
    shutil.copy(str(demo_file), path)
    store = open_store(str(path))
    yield store
    store.close()


@pytest.fixture(scope="module")
def before(shared: Store) -> dict[str, list[list[str]]]:
    """Every record as it is written into files."""
    return exported(shared)


def test_a_merge_is_undone_within_its_window_only(stocked: Store) -> None:
    stocked.write(merges.merge, "course", "C047", "C048", by=OPERATOR)
    with pytest.raises(ConflictError, match="merge_owners"):
        stocked.write(merges.merge, "course", "C001", "C113", by=OPERATOR)
    long_ago = datetime(2026, 1, 5, tzinfo=UTC)
    stocked.write(lambda s: s.execute(update(MergeRow).values(at=long_ago)))
    with pytest.raises(ConflictError, match="merge_over"):
        stocked.write(merges.undo, "course", "C048", by=OPERATOR)
    run = stocked.read(
        lambda s: s.scalar(select(CourseRow.merged_into).where(CourseRow.code == "C048"))
    )
    assert run == "C047"


def test_not_the_same_is_remembered(stocked: Store) -> None:
    stocked.write(duplicates.apart, "enterprise", "E033", "E000001", by=SUPERVISOR)
    assert not stocked.read(duplicates.listed, by=OPERATOR, kind="enterprise")
    stocked.write(duplicates.apart, "enterprise", "E000001", "E033", by=OPERATOR)  # once more
    with pytest.raises(InvalidError, match="duplicate_pair"):
        stocked.write(duplicates.apart, "enterprise", "E033", "E033", by=OPERATOR)
    stocked.write(duplicates.undo_apart, "enterprise", "E000001", "E033", by=OPERATOR)
    (pair,) = stocked.read(duplicates.listed, by=OPERATOR, kind="enterprise")
    assert {pair.one, pair.other} == {"E033", "E000001"}
    with pytest.raises(ConflictError, match="nothing_to_undo"):
        stocked.write(duplicates.undo_apart, "enterprise", "E033", "E000001", by=OPERATOR)
    trail = stocked.read(
        lambda s: s.scalars(
            select(AuditRow.act).where(AuditRow.kind == "duplicate", AuditRow.code == "E000001")
        ).all()
    )
    assert trail == ["apart", "undo"]


def test_a_lookalike_is_a_pair_by_sound_or_by_form_and_strangers_are_none(stocked: Store) -> None:
    for name in ("深圳市锐平精密五金有限公司", "锐坪精密五金公司", "深圳市全不相干实业有限公司"):
        stocked.write(records.register, EnterpriseDraft(name=name), by=OPERATOR)
    pairs = stocked.read(duplicates.listed, by=OPERATOR, kind="enterprise")
    found = {pair.other_name for pair in pairs if pair.one == "E001"}
    assert found == {"锐坪精密五金公司"}  # by sound alone, without a place, it is not near enough
