"""Local occupations: understood and used at once, mapped on a national code later; both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
from pydantic import ValidationError

from seed.demo import _COLLEAGUE, _SUPERVISOR, OPERATOR
from store import Store
from store.errors import DuijieError, NotAllowedError
from store.schemas.actor import Actor, Role
from store.schemas.occupation import LocalOccupation, LocalOccupationDraft
from store.schemas.records import CourseDraft, NeedDraft, OccupationPart
from store.services import audit, matchmaking, naming, occupations, records
from tests.conftest import DAY

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
NAME, OTHER_NAME = "脑机接口调试员", "神经界面测试技师"
NATIONAL = "6-18-01-01"
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def refused(code: str, call: Callable[[], object]) -> DuijieError:
    with pytest.raises(DuijieError) as found:
        call()
    assert found.value.code == code, found.value
    return found.value


def draft(**cells: object) -> LocalOccupationDraft:
    base = {
        "name": NAME, "also": OTHER_NAME, "near": "6-31-01-03", "lowest": "五级", "highest": "三级",
        "source": "区人社局备案〔演示〕", "valid_from": "2026-11-01",
    }  # fmt: skip
    return LocalOccupationDraft.model_validate({**base, **cells})


def add(store: Store, **cells: object) -> LocalOccupation:
    return store.write(occupations.add, draft(**cells), by=_SUPERVISOR, now=NOW)


def trades(store: Store, kind: str, code: str) -> list[str]:
    return [one.code for one in store.read(records.fetch, kind, code, by=OPERATOR).occupations]


def copied(store: Store, kind: str, code: str, draft_type: Any, **fields: object) -> str:
    view = store.read(records.fetch, kind, code, by=OPERATOR)
    values = {name: getattr(view, name) for name in draft_type.model_fields}
    made = draft_type.model_validate({**values, **fields})
    return str(store.write(records.register, made, by=OPERATOR).code)


def test_a_local_code_is_understood_and_matched_at_once(store: Store) -> None:
    made = add(store)
    assert made.code == "L001-2026"
    assert (made.also, made.near_name != "", made.lowest, made.highest) == (
        (OTHER_NAME,),
        True,
        2,
        4,
    )
    for words in (NAME, OTHER_NAME):
        assert store.read(naming.resolve_text, words).matches[0].code == made.code
    part = (OccupationPart(code=made.code),)
    need = copied(store, "need", "N000002", NeedDraft, text=f"要{NAME}8人", occupations=())
    assert trades(store, "need", need)[0] == made.code
    course = copied(
        store,
        "course",
        "C014",
        CourseDraft,
        title=f"{NAME}培训",
        occupations=part,
        institution="T01",
    )
    ranked = store.read(matchmaking.rank_bundles, need, by=OPERATOR, today=DAY).ranking
    seen = {one.course.id for one in ranked.bundles}
    seen |= {one.course.id for one in ranked.rejections}
    assert course in seen
    (listed,) = store.read(occupations.listed, by=SCHOOL)
    assert (listed.needs, listed.courses) == (1, 1)
    assert add(store, name="量子线路装调员", also="").code == "L002-2026"


def test_needs_and_courses_follow_to_the_national_code_and_receipts_stay(store: Store) -> None:
    made = add(store)
    parts = (OccupationPart(code=made.code),)
    need = copied(store, "need", "N000002", NeedDraft, text=f"{NAME}8人", occupations=parts)
    both = (OccupationPart(code=made.code), OccupationPart(code=NATIONAL))
    other = copied(store, "need", "N000002", NeedDraft, occupations=both)
    course = copied(store, "course", "C014", CourseDraft, occupations=parts)
    version = store.read(records.fetch, "need", need, by=OPERATOR).version
    done = store.write(
        occupations.map_to, made.code, NATIONAL, by=_SUPERVISOR, now=NOW, reason="国家标准已发布"
    )
    assert (done.mapped_to, done.mapped_on, done.needs, done.courses) == (NATIONAL, DAY, 0, 0)
    assert trades(store, "need", need) == [NATIONAL]
    assert trades(store, "need", other) == [NATIONAL]
    assert trades(store, "course", course) == [NATIONAL]
    assert store.read(records.fetch, "need", need, by=OPERATOR).version == version + 1
    assert store.read(audit.entries, "need", need)[-1].act == "become"
    last = store.read(audit.entries, "occupation", made.code)[-1]
    assert (last.act, last.reason) == ("become", "国家标准已发布")
    for words in (NAME, OTHER_NAME):
        assert store.read(naming.resolve_text, words).matches[0].code == NATIONAL
    with pytest.raises(DuijieError):  # nothing new gets the code that is gone
        copied(store, "need", "N000002", NeedDraft, occupations=parts)
    write: Any = store.write
    again = partial(write, occupations.map_to, made.code, by=_SUPERVISOR, now=NOW)
    refused("local_mapped", lambda: again("6-31-01-03"))


def test_what_may_not_be_added_or_mapped(store: Store) -> None:
    made = add(store)
    refused("local_known", lambda: add(store))
    refused("local_known", lambda: add(store, name="电工", also=""))
    refused("local_known", lambda: add(store, name="另一个新职业", also="电工"))
    assert [one.code for one in store.read(occupations.listed, by=OPERATOR)] == [made.code]
    refused("unknown_reference", lambda: add(store, name="新职业甲", also="", near="9-99-99-99"))
    refused("unknown_reference", lambda: add(store, name="新职业甲", also="", near=made.code))
    refused("local_ahead", lambda: add(store, name="新职业甲", also="", valid_from="2027-01-01"))
    with pytest.raises(ValidationError):
        draft(lowest="三级", highest="五级")
    put: Any = store.write
    write = partial(put, occupations.map_to, by=_SUPERVISOR, now=NOW)
    refused("unknown_reference", lambda: write(made.code, made.code))
    refused("unknown_reference", lambda: write(made.code, "9-99"))
    refused("not_found", lambda: write("6-18-01-01", "6-31-01-03"))
    for by in (OPERATOR, _COLLEAGUE, SCHOOL):
        with pytest.raises(NotAllowedError):
            store.write(occupations.add, draft(name="新职业乙"), by=by, now=NOW)
        with pytest.raises(NotAllowedError):
            store.write(occupations.map_to, made.code, NATIONAL, by=by, now=NOW)
    firm = Actor("e", "e", Role.ENTERPRISE, "E001")
    with pytest.raises(NotAllowedError):
        store.read(occupations.listed, by=firm)
    assert date(2026, 11, 1) == store.read(occupations.listed, by=OPERATOR)[0].valid_from
