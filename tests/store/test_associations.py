"""Marks of records, modules of courses, and committees and alliances with what their members could lend."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from seed.demo import OPERATOR
from store import Store
from store.errors import InvalidError, NotAllowedError, NotFoundError
from store.schemas.actor import Actor, Role
from store.schemas.records import AssociationDraft, CourseDraft, InstitutionDraft
from store.services import associations, filing, matchmaking, merges, records, subsidies
from store.services.associations import INSTRUCTOR, SITTING, STATIONS
from store.services.kinds import kind_named
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def alliance(store: Store, members: str, by: Actor = OPERATOR) -> str:
    draft = AssociationDraft.model_validate(
        {"name": "试联盟", "sort": "training_alliance", "members": members}
    )
    return str(store.write(records.register, draft, by=by).code)


def test_members_are_written_as_they_are_read_and_kept_in_their_order(store: Store) -> None:
    said = "T02 2026-01-01..; T01; A01 2025-01-01..2026-06-30; T03 ..2027-01-01"
    code = alliance(store, said)
    view = store.read(records.fetch, "association", code, by=SCHOOL)
    assert filing.named_cells(kind_named("association"), view)["members"] == said
    assert store.read(associations.member_codes, code, by=SCHOOL, day=DAY) == {"T01", "T02", "T03"}
    told = store.read(records.history, "association", code, by=OPERATOR)
    assert [one.act for one in told] == ["register"]
    with pytest.raises(InvalidError, match="unknown_reference"):
        alliance(store, "T99")
    for wrong in ("T01; T01", "T01 2026-06-30..2026-01-01"):
        with pytest.raises(ValidationError):
            alliance(store, wrong)


def test_who_belongs_is_a_matter_of_the_day(store: Store) -> None:
    last = DAY + timedelta(days=3)
    code = alliance(store, f"T05 {DAY.isoformat()}..{last.isoformat()}")

    def found(days: int) -> bool:
        day = DAY + timedelta(days=days)
        known = store.read(associations.memberships, ["T05"], by=OPERATOR, day=day)
        return code in dict(known.get("T05", ()))

    assert [found(days) for days in (-1, 0, 3, 4)] == [False, True, True, False]
    page = store.read(associations.page, "T05", by=SCHOOL)
    assert code in [view.code for view in page.items]
    assert page.total == len(page.items) < store.read(records.page, "association", by=SCHOOL).total


def test_another_centres_association_is_not_ones_own_to_change(store: Store) -> None:
    code = alliance(store, "T01", SUPERVISOR)
    view = store.read(records.fetch, "association", code, by=OPERATOR)
    draft = AssociationDraft(name="改", sort="training_alliance")
    with pytest.raises(NotAllowedError):
        store.write(records.edit, code, draft, version=view.version, by=OPERATOR)
    with pytest.raises(NotAllowedError):
        alliance(store, "T01", SCHOOL)
    assert store.write(records.edit, code, draft, version=1, by=SUPERVISOR).members == ()


def lend(store: Store, code: str) -> dict[tuple[str, str], Any]:
    found = store.read(associations.lacks, code, by=OPERATOR, today=DAY)
    return {(one.what, one.subject): one for one in found.items}


def test_what_one_member_lacks_another_has(store: Store) -> None:
    """T12 teaches 焊工 without instructor, T03 has some; sittings are compared once a body belongs to it."""
    draft = CourseDraft.model_validate(
        {
            "institution": "T12",
            "title": "焊工",
            "occupations": "6-18-02-04",
            "equipment": "EQ-CNC-LATHE",
        }
    )
    store.write(records.register, draft, by=OPERATOR)
    found = lend(store, alliance(store, "T12; T03; T01"))
    one = found[INSTRUCTOR, "6-18-02-04"]
    assert [code for code, _name in one.lacking] == ["T12"]
    assert [(holder.code, holder.count > 0) for holder in one.holders] == [("T03", True)]
    stations = found[STATIONS, "EQ-CNC-LATHE"]
    assert "T12" in dict(stations.lacking)
    assert "T01" in {holder.code for holder in stations.holders}
    assert not [what for what, _ in found if what == SITTING]
    with_body = lend(store, alliance(store, "T12; A03"))
    assert [h.code for h in with_body[SITTING, "6-18-02-04"].holders] == ["A03"]
    assert not with_body[INSTRUCTOR, "6-18-02-04"].holders
    with pytest.raises(NotAllowedError):
        store.read(associations.lacks, "XZ000001", by=SCHOOL, today=DAY)


def test_matching_within_an_alliance_offers_its_members_courses_only(stocked: Store) -> None:
    whole = stocked.read(matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY, top=20)
    offering = {bundle.course.institution for bundle in whole.ranking.bundles}
    assert len(offering) > 1
    first = min(offering)
    code = alliance(stocked, first)
    some = stocked.read(
        matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY, top=20, within=code
    )
    assert {bundle.course.institution for bundle in some.ranking.bundles} == {first}
    with pytest.raises(NotFoundError):
        stocked.read(matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY, within="XZ000999")


def test_modules_are_kept_and_never_longer_than_the_course(store: Store) -> None:
    cells = {"institution": "T01", "title": "试班", "theory_hours": 10, "practice_hours": 20}
    draft = CourseDraft.model_validate({**cells, "modules": "安全、文明生产 6课时; 编程：24"})
    code = store.write(records.register, draft, by=OPERATOR).code
    view = store.read(records.fetch, "course", code, by=SCHOOL)
    assert [(part.title, part.hours) for part in view.modules] == [
        ("安全、文明生产", 6),
        ("编程", 24),
    ]
    for wrong in ("编程 31", "编程", "编程 4; 编程 5"):
        with pytest.raises(ValidationError):
            CourseDraft.model_validate({**cells, "modules": wrong})


def test_marks_come_in_by_tables_in_the_words_people_use(store: Store) -> None:
    headings = ["机构", "课程名称", "培训类型", "课程模块", "一镇一品", "理论课时", "实操课时"]
    row = ["T05", "眼镜定配短班", "短平快", "打磨 8；定配 20", "440307017", "8", "20"]
    done = store.write(filing.import_rows, "course", headings, [(2, row)], by=OPERATOR)
    view = store.read(records.fetch, "course", done.created[0], by=OPERATOR)
    assert (view.programme, view.specialty, len(view.modules)) == ("short", "440307017", 2)
    headings = ["编码", "场地名称", "机构", "基地级别", "大师工作室"]
    row = ["V12", "平沃培训平湖叉车场", "T04", "省级", "是"]
    told = store.write(filing.import_rows, "venue", headings, [(2, row)], by=OPERATOR)
    assert told.changed == ("V12",)
    base = store.read(records.fetch, "venue", "V12", by=OPERATOR)
    assert (base.base, base.is_studio) == ("province", True)
    assert base.workstations  # what the table does not name stays


def test_records_are_sought_by_what_a_field_says(stocked: Store) -> None:
    def found(kind: str, **cells: str) -> set[str]:
        where = filing.sought(kind, cells)
        page = stocked.read(records.page, kind, by=OPERATOR, where=where, limit=500)
        return {view.code for view in page.items}

    assert "C002" in found("course", programme="apprenticeship")
    assert found("course", programme="apprenticeship", institution="T12") == {"C146"}
    assert found("venue", is_studio="1") == {"V15", "V16"}
    assert "E001" in found("enterprise", trains_itself="0")
    assert "C002" not in found("course", programme="")
    for name, cell in (("modules", "x"), ("price", "1"), ("programme", "x")):
        with pytest.raises(InvalidError, match="where_"):
            filing.sought("course", {name: cell})


def test_only_a_supervisor_sets_the_cap_of_full_timers(store: Store) -> None:
    def save(by: Actor) -> Any:
        view = store.read(records.fetch, "institution", "T03", by=by)
        values = {name: getattr(view, name) for name in type(view).model_fields}
        draft = store_draft(values)
        return store.write(records.edit, "T03", draft, version=view.version, by=by)

    with pytest.raises(NotAllowedError):
        save(OPERATOR)
    assert save(SUPERVISOR).full_time_cap == 4


def store_draft(values: dict[str, Any]) -> Any:
    kept = {name: values[name] for name in InstitutionDraft.model_fields}
    return InstitutionDraft.model_validate({**kept, "full_time_cap": 4})


def test_rules_of_subsidies_see_the_marks_of_a_firm(stocked: Store) -> None:
    facts = stocked.read(subsidies.ask, "E001", by=OPERATOR, as_of=DAY).facts
    assert facts["firm.trains_itself"] is False
    assert facts["firm.grants_need_training"] is True


def test_what_is_merged_belongs_and_is_taught_as_one(store: Store) -> None:
    """Two members made one are one member; modules stay with the course that was kept."""
    code = alliance(store, "T05; T06")
    cells = {"institution": "T05", "title": "试班"}
    kept, lost = (
        store.write(
            records.register, CourseDraft.model_validate({**cells, "modules": modules}), by=OPERATOR
        ).code
        for modules in ("甲 8", "乙 4; 丙 6")
    )
    store.write(merges.merge, "course", kept, lost, by=OPERATOR)
    assert [
        part.title for part in store.read(records.fetch, "course", lost, by=OPERATOR).modules
    ] == ["甲"]
    store.write(merges.merge, "institution", "T05", "T06", by=SUPERVISOR)
    found = store.read(associations.lacks, code, by=OPERATOR, today=DAY)
    assert [member for member, _name in found.members] == ["T05"]
    store.write(merges.undo, "institution", "T06", by=SUPERVISOR)
    found = store.read(associations.lacks, code, by=OPERATOR, today=DAY)
    assert [member for member, _name in found.members] == ["T05", "T06"]
