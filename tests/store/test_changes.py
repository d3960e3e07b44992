"""What one session learns of the changes of others, on SQLite and PostgreSQL."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, open_store
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


def test_a_commit_of_anybody_stirs_a_file_and_a_look_does_not(stocked: Store) -> None:
    other = open_store(str(stocked.url.database))
    before = stocked.stir()
    assert before is not None
    stocked.read(changes.newest)
    other.rehearse(records.register, EnterpriseDraft(name="深圳试算厂"), by=OPERATOR)
    assert stocked.stir() == before
    register_need(other)
    after = stocked.stir()
    assert after != before
    register_need(stocked)
    assert stocked.stir() != after
    other.close()


def after_notice(store: Store, before: int | None) -> int | None:
    """What a store says once a notice has come, which is some time after the commit."""
    until = time.monotonic() + 10
    while (now := store.stir()) == before and time.monotonic() < until:
        pass
    return now


def test_a_server_tells_of_a_commit_of_anybody(pg_stocked: Store) -> None:
    other = open_store(pg_stocked.url.render_as_string(hide_password=False))
    before = pg_stocked.stir()
    assert before is not None
    pg_stocked.read(changes.newest)
    other.rehearse(records.register, EnterpriseDraft(name="深圳试算厂"), by=OPERATOR)
    assert pg_stocked.stir() == before
    register_need(other)
    after = after_notice(pg_stocked, before)
    assert after != before
    register_need(pg_stocked)
    assert after_notice(pg_stocked, after) not in (None, after)
    other.close()


def test_a_server_that_was_lost_is_listened_to_again(
    pg_stocked: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then nothing is known, so that the desk looks; what was missed counts as a change."""
    monkeypatch.setattr("store.watching._AGAIN", 0.0)
    before = pg_stocked.stir()
    assert before is not None
    pg_stocked.read(_end_listening)
    while (now := pg_stocked.stir()) is not None:  # until the line is seen to be cut
        assert now == before
    while (now := pg_stocked.stir()) is None:  # until the thread has made it anew
        pass
    assert now != before


def _end_listening(session: Session) -> None:
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
    mine = " AND datname = current_database()"
    assert session.scalars(text(ended + mine)).all() == [True]
