"""Search over everything, on SQLite and PostgreSQL."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from seed.demo import OPERATOR
from store import Store, open_store, text_index
from store.schemas.actor import Actor, Role
from store.schemas.records import CourseDraft, NeedDraft
from store.services import records, search

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
RIVAL = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
EVERYTHING = (*search.KINDS, "occupation")


def found(
    store: Store, query: str, *, by: Actor = OPERATOR, kinds: tuple[str, ...] = search.KINDS
) -> list[str]:
    return [hit.code for hit in store.read(search.search, query, by=by, kinds=kinds)]


def course(store: Store, title: str, institution: str = "T01") -> str:
    draft = CourseDraft.model_validate({"institution": institution, "title": title})
    return str(store.write(records.register, draft, by=OPERATOR).code)


def test_what_one_session_saves_another_finds_at_once(store: Store) -> None:
    other = open_store(store.url.render_as_string(hide_password=False))
    draft = NeedDraft.model_validate(
        {"enterprise": "E002", "text": "超声波探伤十二人", "heads": 12, "earliest": "2026-12-01"}
    )
    need = store.write(records.register, draft, by=OPERATOR)
    assert found(other, "超声波探伤")[0] == need.code
    changed = draft.model_copy(update={"text": "磁粉检测十二人"})
    other.write(records.edit, need.code, changed, version=1, by=OPERATOR)
    assert found(store, "磁粉检测")[0] == need.code
    assert found(store, "超声波探伤", kinds=("need",))[:1] != [need.code]
    other.close()


@pytest.mark.parametrize("query", ["shukongxianqiege", "shu kong xian qie ge", "skxqg", "SKXQG"])
def test_full_pinyin_and_initials_find_a_record(store: Store, query: str) -> None:
    code = course(store, "数控线切割")
    assert found(store, query, kinds=("course",))[0] == code


def test_pinyin_is_read_as_it_sounds(store: Store) -> None:
    code = course(store, "深圳安全主任")
    assert found(store, "senzenanquanzuren", kinds=("course",))[0] == code


def test_everything_includes_occupations_and_a_kind_only_itself(store: Store) -> None:
    hits = store.read(search.search, "数控车工", by=OPERATOR, kinds=EVERYTHING)
    assert {"occupation", "course", "need"} <= {hit.kind for hit in hits}
    hits = store.read(search.search, "数控车工", by=OPERATOR, kinds=("occupation",))
    assert hits[0].code == "6-18-01-01"
    assert {hit.kind for hit in hits} == {"occupation"}


@pytest.mark.parametrize("common", [1, 300])
def test_rights_hold_whichever_way_a_record_is_found(
    store: Store, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    monkeypatch.setattr(search, "_COMMON", common)
    mine, theirs = course(store, "喷砂除锈一班"), course(store, "喷砂除锈二班", "T03")
    assert found(store, "喷砂除锈", by=SCHOOL)[:1] == [mine]
    assert found(store, "喷砂除锈", by=RIVAL)[:1] == [theirs]
    assert theirs not in found(store, theirs, by=SCHOOL)
    assert {mine, theirs} <= set(found(store, "喷砂除锈"))
    assert found(store, "锐坪精密", by=SCHOOL, kinds=("need", "enterprise")) == []


def test_rare_words_that_lead_astray_hide_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = course(store, "喷砂除锈")
    for at in range(4):
        course(store, f"喷砂{at}号")
    course(store, "砂抹墙")
    monkeypatch.setattr(search, "_COMMON", 3)
    assert found(store, "喷砂抹锈", kinds=("course",))[0] == wanted


def test_of_many_that_share_as_much_the_same_title_comes_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = [course(store, f"喷砂除锈{word}班") for word in ("早", "中", "晚")]
    wanted = course(store, "喷砂除锈")
    monkeypatch.setattr(search, "_COMPARED", 1)
    assert wanted not in codes
    assert found(store, "喷砂除锈", kinds=("course",))[0] == wanted


def test_words_that_are_everywhere_are_left_out_but_the_rarest(store: Store) -> None:
    """PostgreSQL has no counts of words: there the longest are asked for."""
    wanted = ["培训", "数控", "班"]

    def rarest(most: int) -> list[str]:
        with patch("store.text_index._MOST_ENTRIES", most):
            return store.read(text_index.rarest, text_index.Index.RECORDS, wanted, 8)

    everything = rarest(1_000_000)
    assert len(everything) == 3
    if store.url.get_backend_name() == "sqlite":
        assert len(rarest(1)) == 1
        assert rarest(1)[0] in everything
