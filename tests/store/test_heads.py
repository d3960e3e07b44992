"""Heads kept elsewhere: what is edited, deleted or cut off in the audit trail is found, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from store import Store, chain
from store.errors import InvalidError
from store.schemas.actor import SYSTEM
from store.services import audit, heads


def note(store: Store, code: str) -> None:
    store.write(audit.note, SYSTEM, "edit", "need", [(code, {"heads": 1}, {"heads": 2})])


def without_guards(session: Session) -> None:
    """What somebody who owns the schema can do."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
        return
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    for name in session.scalars(text(triggers)).all():
        session.execute(text(f"DROP TRIGGER {name}"))


def tampered(store: Store, statement: str) -> None:
    def change(session: Session) -> None:
        without_guards(session)
        session.execute(text(statement))

    store.write(change)


def codes(store: Store, kept: tuple[heads.Head, ...]) -> list[str]:
    broken = store.read(lambda session: list(chain.broken(session)))
    lost = [offence.code for offence in store.read(heads.lost, kept)]
    return ["chain"] * bool(broken) + lost


@pytest.fixture
def kept(store: Store) -> tuple[heads.Head, ...]:
    """Two heads, each noted after a change, as lines that were kept."""
    lines = []
    for code in ("N000001", "N000002"):
        note(store, code)
        lines.append(store.read(heads.head, "duijie").line)
    note(store, "N000003")
    return heads.parse("\n".join(["", *lines, ""]))


def test_heads_of_a_whole_chain_are_in_it(store: Store, kept: tuple[heads.Head, ...]) -> None:
    assert codes(store, kept) == []
    assert kept[1].id > kept[0].id
    assert kept[1].count == kept[0].count + 1


_NEWEST = "(SELECT max(id) FROM audit)"


@pytest.mark.parametrize(
    ("statement", "seen", "seen_by_chain"),
    [
        (f"UPDATE audit SET login = 'nobody' WHERE id = {_NEWEST} - 1", "chain", True),
        (f"DELETE FROM audit WHERE id = {_NEWEST} - 1", "chain", True),
        (f"DELETE FROM audit WHERE id >= {_NEWEST} - 1", "head_gone", False),
    ],
)
def test_edit_delete_and_cut_are_found(
    store: Store, kept: tuple[heads.Head, ...], statement: str, seen: str, seen_by_chain: bool
) -> None:
    tampered(store, statement)
    assert (codes(store, ()) != []) is seen_by_chain
    assert seen in codes(store, kept)


def test_new_rows_in_place_of_those_cut_off_are_found(
    store: Store, kept: tuple[heads.Head, ...]
) -> None:
    """Their ids are given out again, and the chain is whole."""
    tampered(store, f"DELETE FROM audit WHERE id >= {kept[1].id}")
    if store.url.get_backend_name() == "postgresql":
        store.write(_begin_ids_anew, kept[1].id)
    note(store, "N000009")
    assert codes(store, ()) == []
    assert codes(store, kept) == ["head_differs"]


def _begin_ids_anew(session: Session, at: int) -> None:
    session.execute(text(f"SELECT setval(pg_get_serial_sequence('audit', 'id'), {at}, false)"))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[:-2],
        lambda line: line.replace('"id"', '"no"'),
        lambda line: "[]",
        lambda line: line.replace("20", "soon"),
    ],
)
def test_a_line_that_is_no_head_is_named(stocked: Store, spoil: Callable[[str], str]) -> None:
    line = stocked.read(heads.head, "duijie").line
    with pytest.raises(InvalidError, match="head_unreadable") as told:
        heads.parse(f"{line}\n{spoil(line)}\n")
    assert told.value.params == {"line": 2}
