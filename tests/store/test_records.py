"""Register, edit, withdraw and list, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seed.demo import CENTRE, OPERATOR
from store import Store
from store.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError, StaleEditError
from store.models import AuditRow, NeedRow
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseDraft, InstitutionDraft, NeedDraft, NeedView
from store.services import records, search

OTHER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
RIVAL = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")


def draft(**changes: object) -> NeedDraft:
    cells: dict[str, object] = {
        "enterprise": "E001",
        "text": "招5个数控车工，考中级证",
        "heads": 5,
        "earliest": "2026-12-01",
        "level": "四级",
    }
    return NeedDraft.model_validate({**cells, **changes})


def register(store: Store, **changes: object) -> NeedView:
    view: NeedView = store.write(records.register, draft(**changes), by=OPERATOR)
    return view


def audit(session: Session, code: str) -> list[tuple[str, str | None, str | None]]:
    rows = session.scalars(select(AuditRow).where(AuditRow.code == code).order_by(AuditRow.id))
    return [(row.act, row.before, row.after) for row in rows]


def test_a_registered_need_is_stored_as_typed_with_what_it_means(store: Store) -> None:
    view = register(store, text="  招5个数控车工，考中级证 ")
    assert view.text == "招5个数控车工，考中级证"
    assert view.owner == CENTRE
    assert view.status == "open"
    assert view.version == 1
    assert [part.code for part in view.occupations] == ["6-18-01-01"]
    assert view.occupations[0].confirmed_by is None
    assert store.read(records.fetch, "need", view.code, by=OPERATOR) == view
    ((act, before, after),) = store.read(audit, view.code)
    assert (act, before) == ("register", None)
    assert json.loads(after or "")["heads"] == 5


def test_codes_are_never_given_twice(store: Store) -> None:
    codes = {register(store).code for _ in range(5)}
    assert len(codes) == 5
    with pytest.raises(ConflictError, match="code_taken"):
        store.write(records.register, draft(), by=OPERATOR, code=codes.pop())


def test_an_edit_raises_the_version_and_a_stale_one_is_refused(store: Store) -> None:
    view = register(store)
    changed = store.write(records.edit, view.code, draft(heads=8), version=1, by=OPERATOR)
    assert (changed.heads, changed.version) == (8, 2)
    with pytest.raises(StaleEditError):
        store.write(records.edit, view.code, draft(heads=9), version=1, by=OPERATOR)
    assert store.read(records.fetch, "need", view.code, by=OPERATOR).heads == 8
    assert [act for act, _, _ in store.read(audit, view.code)] == ["register", "edit"]


def test_an_edit_that_changes_nothing_leaves_no_trace(store: Store) -> None:
    view = register(store)
    same = store.write(records.edit, view.code, draft(), version=1, by=OPERATOR)
    assert same.version == 1
    assert len(store.read(audit, view.code)) == 1


def test_a_withdrawn_record_stays_readable_and_leaves_search(store: Store) -> None:
    view = register(store, text="独一无二的喷砂需求")
    hits = store.read(search.search, "独一无二的喷砂", by=OPERATOR, kinds=("need",))
    assert hits[0].code == view.code
    gone = store.write(
        records.withdraw, "need", view.code, version=1, by=OPERATOR, reason="企业取消"
    )
    assert gone.status == "withdrawn"
    hits = store.read(search.search, "独一无二的喷砂", by=OPERATOR, kinds=("need",))
    assert view.code not in [hit.code for hit in hits]
    with pytest.raises(ConflictError, match="already_withdrawn"):
        store.write(records.withdraw, "need", view.code, version=2, by=OPERATOR, reason="")


def test_the_same_request_twice_registers_once(store: Store) -> None:
    first = store.write(records.register, draft(), by=OPERATOR, request="r-1")
    again = store.write(records.register, draft(heads=9), by=OPERATOR, request="r-1")
    assert again == first


def test_what_does_not_exist_is_named(store: Store) -> None:
    with pytest.raises(InvalidError) as caught:
        register(store, enterprise="E999")
    assert caught.value.params["value"] == "E999"
    with pytest.raises(NotFoundError):
        store.read(records.fetch, "need", "N999", by=OPERATOR)
    with pytest.raises(NotFoundError):
        store.read(records.fetch, "institution", "E001", by=OPERATOR)


def test_a_failure_half_way_leaves_nothing_behind(store: Store) -> None:
    def count(session: Session) -> int:
        return session.scalar(select(func.count()).select_from(NeedRow)) or 0

    def register_then_fail(session: Session) -> None:
        records.register(session, draft(), by=OPERATOR)
        raise RuntimeError("power")

    before = store.read(count)
    with pytest.raises(RuntimeError):
        store.write(register_then_fail)
    assert store.read(count) == before


def test_lists_go_on_where_they_stopped(store: Store) -> None:
    first = store.read(records.page, "need", by=OPERATOR, limit=33)
    seen = [view.code for view in first.items]
    after = first.after
    while after:
        page = store.read(records.page, "need", by=OPERATOR, after=after, limit=33)
        seen.extend(view.code for view in page.items)
        after = page.after
    assert len(seen) == first.total == 81
    assert seen == sorted(set(seen))
    backwards = store.read(records.page, "need", by=OPERATOR, limit=3, newest_first=True)
    assert [view.code for view in backwards.items] == seen[:-4:-1]


def test_a_centre_writes_only_its_own_needs(store: Store) -> None:
    view = register(store)
    assert store.read(records.fetch, "need", view.code, by=OTHER).code == view.code
    with pytest.raises(NotAllowedError):
        store.write(records.edit, view.code, draft(heads=1), version=1, by=OTHER)
    with pytest.raises(NotAllowedError):
        store.write(records.withdraw, "need", view.code, version=1, by=OTHER, reason="")


def test_institutions_see_needs_without_the_firm(store: Store) -> None:
    view = store.read(records.fetch, "need", "N000001", by=SCHOOL)
    assert view.enterprise == view.enterprise_name == view.owner == records.MASKED
    with pytest.raises(NotAllowedError):
        store.read(records.fetch, "enterprise", "E001", by=SCHOOL)


def test_an_institution_neither_sees_nor_changes_a_rivals_offering(store: Store) -> None:
    mine = store.read(records.fetch, "course", "C001", by=SCHOOL)
    assert mine.owner == "T01"
    with pytest.raises(NotAllowedError):
        store.read(records.fetch, "course", "C001", by=RIVAL)
    assert all(v.owner == "T03" for v in store.read(records.page, "course", by=RIVAL).items)
    stolen = CourseDraft.model_validate({"institution": "T01", "title": "冒名课程"})
    with pytest.raises(NotAllowedError):
        store.write(records.register, stolen, by=RIVAL)
    own = CourseDraft.model_validate({"institution": "T03", "title": "电工（四级）"})
    code = store.write(records.register, own, by=RIVAL).code
    with pytest.raises(ConflictError, match="owner_fixed"):
        store.write(records.edit, code, stolen, version=1, by=RIVAL)


def test_admins_and_firms_do_no_business(store: Store) -> None:
    for role in (Role.ADMIN, Role.ENTERPRISE):
        nobody = Actor("x", "x", role, "E001")
        with pytest.raises(NotAllowedError):
            store.write(records.register, draft(), by=nobody)
        with pytest.raises(NotAllowedError):
            store.read(records.page, "course", by=nobody)


def test_the_database_refuses_what_code_should_not_do(store: Store) -> None:
    def oversell(session: Session) -> None:
        row = session.get_one(NeedRow, "N000001")
        row.heads = 0

    with pytest.raises(InvalidError, match="constraint"):
        store.write(oversell)


def test_a_need_may_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="days_order"):
        draft(latest=date(2026, 11, 1))


def test_a_withdrawn_record_is_not_edited_back(store: Store) -> None:
    view = register(store)
    store.write(records.withdraw, "need", view.code, version=1, by=OPERATOR, reason="x" * 300)
    with pytest.raises(ConflictError, match="already_withdrawn"):
        store.write(records.edit, view.code, draft(heads=8), version=2, by=OPERATOR)


def test_a_supervisor_can_withdraw_an_institution(store: Store) -> None:
    chief = Actor("supervisor", "周主管", Role.SUPERVISOR, "BUREAU")
    gone = store.write(records.withdraw, "institution", "T12", version=1, by=chief, reason="退出")
    assert gone.status == "withdrawn"
    assert store.read(records.fetch, "institution", "T12", by=chief).status == "withdrawn"


def test_an_institutions_standing_is_the_supervisors_to_change(store: Store) -> None:
    view = store.read(records.fetch, "institution", "T03", by=OPERATOR)
    fields = {name: getattr(view, name) for name in InstitutionDraft.model_fields}
    better = InstitutionDraft(**{**fields, "evaluation": 100.0})
    with pytest.raises(NotAllowedError):
        store.write(records.edit, "T03", better, version=1, by=OPERATOR)
    renamed = InstitutionDraft(**{**fields, "contact": "马老师"})
    assert store.write(records.edit, "T03", renamed, version=1, by=OPERATOR).contact == "马老师"


def test_a_request_serves_one_act_on_one_record(store: Store) -> None:
    one, two = register(store), register(store)
    store.write(records.edit, one.code, draft(heads=8), version=1, by=OPERATOR, request="r-2")
    with pytest.raises(ConflictError, match="request_reused"):
        store.write(records.edit, two.code, draft(heads=8), version=1, by=OPERATOR, request="r-2")
    with pytest.raises(ConflictError, match="request_reused"):
        store.write(records.register, draft(), by=OPERATOR, request="r-2")
    with pytest.raises(InvalidError, match="request_too_long"):
        store.write(records.register, draft(), by=OPERATOR, request="r" * 65)


def test_history_does_not_unmask_the_firm(store: Store) -> None:
    assert store.read(records.history, "need", "N000001", by=OPERATOR)
    with pytest.raises(NotAllowedError):
        store.read(records.history, "need", "N000001", by=SCHOOL)


def test_only_the_actor_confirms(store: Store) -> None:
    view = register(store, occupations=({"code": "6-18-02-04", "confirmed_by": "supervisor"},))
    assert view.occupations[0].confirmed_by == OPERATOR.login


def test_new_words_are_understood_anew_unless_someone_confirmed(store: Store) -> None:
    view = register(store, text="电焊工培训", occupations=())
    fields = {name: getattr(view, name) for name in NeedDraft.model_fields}
    moved = NeedDraft(**{**fields, "text": "养老护理员培训"})
    view = store.write(records.edit, view.code, moved, version=1, by=OPERATOR)
    assert view.occupations[0].code == "4-10-01-05"


def test_references_are_of_the_right_kind(store: Store) -> None:
    for changes in ({"enterprise": "T01"}, {"enterprise": "BUREAU"}):
        with pytest.raises(InvalidError, match="unknown_reference"):
            register(store, **changes)


def test_an_offering_stays_with_its_owner(store: Store) -> None:
    view = store.read(records.fetch, "course", "C001", by=OPERATOR)
    fields = {name: getattr(view, name) for name in CourseDraft.model_fields}
    with pytest.raises(ConflictError, match="owner_fixed"):
        store.write(
            records.edit,
            "C001",
            CourseDraft(**{**fields, "institution": "T03"}),
            version=1,
            by=OPERATOR,
        )


def test_a_level_in_the_words_is_taken_where_none_is_given(store: Store) -> None:
    assert register(store, text="数控车工中级，5人", level=None).level == 3
    assert register(store, text="数控车工5人", level=None).level is None
    assert register(store, text="数控车工中级，5人", level="三级").level == 4
