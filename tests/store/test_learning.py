"""Confirmed words: at once in every session, listable, undoable, contested where people disagree."""

import pytest

from seed.demo import OPERATOR
from store import Store, open_store
from store.errors import InvalidError, NotAllowedError, NotFoundError
from store.schemas.actor import Actor, Role
from store.schemas.records import NeedDraft, NeedView, OccupationPart
from store.services import audit, learning, naming, records
from tests.conftest import DAY

SUPERVISOR = Actor("supervisor", "督导", Role.SUPERVISOR, "C-LG")
STRANGER = Actor("liqiang", "李强", Role.OPERATOR, "C-HG")
SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")
CARE, NURSE = "4-10-01-05", "4-14-01-02"


def means(store: Store, text: str) -> tuple[str, bool]:
    found = store.read(naming.resolve_text, text)
    return found.matches[0].code, found.is_ambiguous


def need(text: str, occupation: str, by: Actor = OPERATOR) -> NeedDraft:
    part = OccupationPart(code=occupation, confirmed_by=by.login)
    return NeedDraft(enterprise="E001", text=text, heads=3, earliest=DAY, occupations=(part,))


def test_ambiguous_words_are_plain_after_one_confirmation_and_again_after_undo(
    store: Store,
) -> None:
    before = means(store, "护理")
    assert before[1]
    held = store.write(learning.confirm, "护理", CARE, by=OPERATOR)
    other = open_store(store.url.render_as_string(hide_password=False))
    assert means(other, "护理") == (CARE, False)
    assert means(other, "招8个护理，周末") == (CARE, False)
    store.write(learning.undo, held.id, by=OPERATOR)
    assert means(other, "护理") == before
    other.close()


def test_a_need_saved_with_a_chosen_occupation_teaches_its_words(store: Store) -> None:
    said = "锐坪精密8个人，开铁炮的，晚上和周末，预算2500"
    view: NeedView = store.write(records.register, need(said, "6-18-01-07"), by=OPERATOR)
    (held,) = store.read(learning.confirmations, by=OPERATOR)
    assert (held.words, held.occupation, held.said) == ("开铁炮的", "6-18-01-07", said)
    assert (held.record, held.login, held.owner) == (view.code, "wangfang", "C-BL")
    assert means(store, "开铁炮的5个") == ("6-18-01-07", False)
    (entry,) = store.read(audit.entries, "alias", str(held.id))
    assert (entry.act, entry.login) == ("confirm", "wangfang")


def test_what_the_dictionary_knows_is_not_learnt_again(store: Store) -> None:
    store.write(records.register, need("电工3个", "6-31-01-03"), by=OPERATOR)
    assert store.read(learning.confirmations, by=OPERATOR) == ()


def test_a_firms_name_does_not_go_into_the_dictionary(store: Store) -> None:
    store.write(records.register, need("锐坪精密", "6-18-01-07"), by=OPERATOR)
    assert store.read(learning.confirmations, by=OPERATOR) == ()


def test_conflicting_confirmations_are_shown_to_a_supervisor_who_settles_them(
    store: Store,
) -> None:
    store.write(learning.confirm, "护理", CARE, by=OPERATOR)
    second = store.write(learning.confirm, "护理", NURSE, by=STRANGER)
    assert second.is_contested
    assert means(store, "护理")[1]
    contested = store.read(learning.confirmations, by=SUPERVISOR, contested_only=True)
    assert {item.occupation for item in contested} == {CARE, NURSE}
    store.write(learning.undo, second.id, by=SUPERVISOR, reason="养老院说的是前者")
    assert means(store, "护理") == (CARE, False)
    assert store.read(learning.confirmations, by=SUPERVISOR, contested_only=True) == ()


def test_rights(store: Store) -> None:
    held = store.write(learning.confirm, "护理", CARE, by=OPERATOR)
    seen = store.read(learning.confirmations, by=STRANGER)
    assert {item.owner for item in seen} == {"C-HG"}
    assert held.id not in {item.id for item in seen}
    with pytest.raises(NotAllowedError):
        store.write(learning.undo, held.id, by=STRANGER)
    for act in (
        lambda: store.write(learning.confirm, "护工", CARE, by=SCHOOL),
        lambda: store.read(learning.confirmations, by=SCHOOL),
    ):
        with pytest.raises(NotAllowedError):
            act()


def test_bad_input_is_named(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.write(learning.confirm, "护理", "9-99-99-99", by=OPERATOR)
    with pytest.raises(InvalidError):
        store.write(learning.confirm, "打\x1b[31m铁", CARE, by=OPERATOR)
    with pytest.raises(InvalidError):
        store.write(learning.confirm, "焊工", CARE, by=OPERATOR)
    with pytest.raises(InvalidError):
        store.write(learning.confirm, "太" * 30, CARE, by=OPERATOR)
    with pytest.raises(NotFoundError):
        store.write(learning.undo, 99, by=OPERATOR)
