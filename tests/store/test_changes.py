"""What one session learns of the changes of others, on SQLite and PostgreSQL."""

from __future__ import annotations

from seed.demo import OPERATOR
from store import Store
from store.schemas.actor import Actor, Role
from store.schemas.records import EnterpriseDraft, NeedDraft
from store.services import changes, learning, records

SCHOOL = Actor("heling", "何玲", Role.INSTITUTION, "T01")


def register_need(store: Store) -> None:
    cells = {"enterprise": "E001", "text": "焊工", "heads": 3, "earliest": "2026-12-01"}
    store.write(records.register, NeedDraft.model_validate(cells), by=OPERATOR)


def test_a_change_is_named_once_and_only_after_it_was_made(store: Store) -> None:
    start = store.read(changes.newest)
    assert store.read(changes.since, start, by=OPERATOR) == changes.Changes(start, frozenset())
    register_need(store)
    store.write(learning.confirm, "拧螺丝的", "6-18-01-01", by=OPERATOR)
    found = store.read(changes.since, start, by=OPERATOR)
    assert found.kinds == {"need", "alias"}
    assert found.last == store.read(changes.newest) > start
    assert not store.read(changes.since, found.last, by=OPERATOR).kinds


def test_what_was_not_kept_is_no_change(store: Store) -> None:
    start = store.read(changes.newest)
    draft = EnterpriseDraft(name="深圳试算厂")
    store.rehearse(records.register, draft, by=OPERATOR)
    assert not store.read(changes.since, start, by=OPERATOR).kinds


def test_kinds_that_the_actor_may_not_read_are_not_named(store: Store) -> None:
    start = store.read(changes.newest)
    store.write(records.register, EnterpriseDraft(name="深圳新厂"), by=OPERATOR)
    found = store.read(changes.since, start, by=SCHOOL)
    assert not found.kinds
    assert found.last > start


def test_a_store_without_a_change_begins_at_nothing(bare: Store) -> None:
    assert bare.read(changes.newest) >= 0
    assert not bare.read(changes.since, bare.read(changes.newest), by=OPERATOR).kinds
