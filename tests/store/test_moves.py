"""Whole stores moved between the two databases: nothing lost, nothing sold twice, killed and continued."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, create_store, moves, open_store
from store.engine import make_engine, store_url
from store.errors import ConflictError, StoreBusyError, StoreError, UsageError
from store.models import Base
from store.moves import Step, indexes
from store.moves.forms import Sum, form
from store.moves.rows import summed
from store.schemas.actor import SYSTEM
from store.schemas.records import CentreDraft, NeedDraft
from store.services import changes, heads, records, search
from store.text_index import Index
from tests.conftest import PG_ADMIN, beside
from tui import cli

ROOT = Path(__file__).parents[2]
KEPT_NAMES = 300
_CUT = (
    f"DELETE FROM alias WHERE id > {KEPT_NAMES}",
    "DELETE FROM alias_term WHERE term NOT IN (SELECT term FROM alias_term ORDER BY term LIMIT 300)",
    f"DELETE FROM alias_fts WHERE rowid > {KEPT_NAMES}",
)


@pytest.fixture(scope="module")
def small_file(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo district with few names in its dictionary, which are most of its rows."""
    path = tmp_path_factory.mktemp("small") / "small.db"
    shutil.copy(demo_file, path)
    store = open_store(str(path))
    for statement in _CUT:
        store.write(_run, statement)
    store.close()
    return path


@pytest.fixture
def small(small_file: Path, tmp_path: Path) -> str:
    """A copy of it of one's own."""
    path = tmp_path / "small.db"
    shutil.copy(small_file, path)
    return str(path)


@pytest.fixture
def empty() -> Iterator[str]:
    """An empty database on the server."""
    name = f"duijie_test_{uuid.uuid4().hex[:8]}"
    try:
        admin = psycopg.connect(PG_ADMIN, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {PG_ADMIN}: {error}")
    admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    yield beside(name)
    admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


def _run(session: Session, statement: str) -> None:
    session.execute(text(statement))


def register(store: Store) -> str:
    cells = {"enterprise": "E001", "text": "焊工三人", "heads": 3, "earliest": "2026-12-01"}
    return str(store.write(records.register, NeedDraft.model_validate(cells), by=OPERATOR).code)


def sums(store: Store) -> dict[str, str]:
    """What a move says of every table, without moving anything."""
    with store._engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {t.name: str([*summed(connection, t)][-1]) for t in tables}


def test_there_and_back_is_the_same_store(small: str, empty: str, tmp_path: Path) -> None:
    old = open_store(small)
    head = old.read(heads.head, "duijie").line
    there = moves.move(small, empty)
    server = open_store(empty)
    assert not there.is_continued
    assert not there.offences
    assert there.rows > 3000
    kept = heads.parse(head)
    assert server.read(heads.lost, kept) == ()
    hits = [store.read(search.search, "电工", by=OPERATOR) for store in (old, server)]
    assert hits[0] == hits[1] != ()
    assert server._engine.dialect.name == "postgresql"
    # triggers, references, exclusions and numbering are as in any store, and nobody sees a trace
    assert "half_moved" not in inspect(server._engine).get_table_names()
    assert register(server) == register(old)
    with pytest.raises(ConflictError, match="guard"):
        server.write(_run, "DELETE FROM audit WHERE id = 1")
    assert server.read(changes.newest) == old.read(changes.newest)
    back = tmp_path / "back.db"
    assert moves.move(empty, str(back)).rows == there.rows + 4
    copy = open_store(str(back))
    assert schema(copy) == schema(old)
    assert sums(copy) == sums(server)
    with pytest.raises(ConflictError, match="guard"):
        copy.write(_run, "DELETE FROM audit WHERE id = 1")
    assert register(copy) == register(old)
    for store in (old, server, copy):
        store.close()


def schema(store: Store) -> list[Any]:
    """Every table, index and trigger of a SQLite store as it was made."""
    made = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
    return [tuple(row) for row in store.read(lambda session: session.execute(text(made)).all())]


_CATALOGUE = """
    SELECT conname, pg_get_constraintdef(oid), '' FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT indexname, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger
    WHERE NOT tgisinternal ORDER BY 1, 2"""


def test_the_schema_on_a_server_is_the_migrations_own(empty: str, tmp_path: Path) -> None:
    create_store(str(tmp_path / "bare.db")).close()
    moves.move(str(tmp_path / "bare.db"), empty)
    moved = catalogue(empty)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    create_store(empty).close()
    assert moved == catalogue(empty)
    assert len(moved) > 200


def catalogue(location: str) -> list[str]:
    """Every constraint, index and trigger, without the casts and brackets that a server adds to them."""
    store = open_store(location)
    found = store.read(lambda session: session.execute(text(_CATALOGUE)).all())
    store.close()
    return [re.sub(r"::[a-z ]+|[\[\]()]", "", " ".join(row)) for row in found]


_KILLED = """
import os, signal, sys
from store import moves
from store.moves import rows
rows.AT_ONCE = 400
def tell(step, done, total):
    if step == sys.argv[3] and done >= int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)
moves.move(sys.argv[1], sys.argv[2], tell)
"""


def killed(*words: str) -> None:
    """A move that is killed with -9 at a step, once so much of it is done."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, *words], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL


def test_a_killed_move_goes_on_where_it_was(
    small: str, empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for target in (empty, str(tmp_path / "new.db")):
        killed(small, target, Step.COPY, "1500")
        with pytest.raises(StoreError, match="half_moved"):
            open_store(target)
        if target == empty:
            killed(small, target, Step.GUARD, "2")
        assert cli.run(["store", "move", small, target, "--dry-run", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["continued"] is True
        assert cli.run(["store", "move", small, target, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["continued"] is True
        old, new = open_store(small), open_store(target)
        assert sums(old) == sums(new) == {one["table"]: one["digest"] for one in told["tables"]}
        old.close()
        new.close()
    assert schema(open_store(small)) == schema(open_store(str(tmp_path / "new.db")))


def test_what_was_changed_meanwhile_is_not_mixed(
    small: str, small_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "new.db")
    killed(small, target, Step.GUARD, "3")
    code = register(open_store(small))
    with pytest.raises(ConflictError, match="move_changed"):
        moves.move(small, target)
    assert cli.run(["store", "move", small, target, "--again"]) == 2
    assert "--yes" in capsys.readouterr().err
    other = str(tmp_path / "other.db")
    store = create_store(other)
    store.write(records.register, CentreDraft(name="试验中心"), by=SYSTEM, code="C1")
    with pytest.raises(ConflictError, match="move_of_other"):
        moves.move(other, target)
    assert cli.run(["store", "move", small, target, "--again", "--yes"]) == 0
    assert open_store(target).read(records.fetch, "need", code, by=OPERATOR).code == code


def test_a_target_with_anything_in_it_is_left_alone(small: str, tmp_path: Path, empty: str) -> None:
    taken = str(tmp_path / "taken.db")
    shutil.copy(small, taken)
    before = sums(open_store(taken))
    with pytest.raises(ConflictError, match="move_over") as told:
        moves.move(small, taken)
    assert told.value.exit_code == 4
    assert sums(open_store(taken)) == before
    with psycopg.connect(empty) as connection:
        connection.execute("CREATE TABLE somebody (id integer)")
    with pytest.raises(ConflictError, match="move_over"):
        moves.plan(small, empty)
    with pytest.raises(UsageError, match="move_onto_itself"):
        moves.move(small, small)
    store = open_store(small)
    store.write(_run, "CREATE TABLE more (id INTEGER)")
    with pytest.raises(StoreError, match="more"):
        moves.move(small, str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def spoil(target: str, step: Step, done: int, total: int) -> None:
    """Change a row of the new database behind the back of the move."""
    if step is Step.INDEX and done == total:
        engine = make_engine(store_url(target))
        with engine.begin() as connection:
            connection.execute(text("UPDATE course SET title = '别的' WHERE code = 'C001'"))
        engine.dispose()


def test_a_row_that_was_changed_on_the_way_is_found(small: str, tmp_path: Path, empty: str) -> None:
    for target in (str(tmp_path / "new.db"), empty):
        with pytest.raises(StoreError, match="move_differs") as told:
            moves.move(small, target, partial(spoil, target))
        assert told.value.params == {"what": "course"}
        with pytest.raises(StoreError, match="half_moved"):
            open_store(target)
    # begun anew although its triggers stand again already
    assert moves.move(small, str(tmp_path / "new.db"), again=True).rows


def test_a_row_that_does_not_fit_is_told(small: str, empty: str) -> None:
    store = open_store(small)
    store.write(_run, f"UPDATE course SET changed_by = '{'长' * 90}' WHERE code = 'C001'")
    with pytest.raises(StoreError, match="move_refused") as told:
        moves.move(small, empty)
    assert told.value.params["what"] == "course"
    store.write(_run, "UPDATE course SET changed_by = 'x' WHERE code = 'C001'")
    assert moves.move(small, empty, again=True).rows


def test_nobody_writes_while_a_store_is_moved(
    small: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.queue.LIMIT", 0.05)
    store, seen = open_store(small), []

    def tell(step: Step, done: int, total: int) -> None:
        if step is Step.CHECK and not done:
            with pytest.raises(StoreBusyError):
                register(store)
            seen.append(store.read(records.fetch, "need", "N000001", by=OPERATOR))

    moves.move(small, str(tmp_path / "new.db"), tell)
    assert seen
    assert register(store)


def test_the_command_says_what_it_did(
    small: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "new.db")
    assert cli.run(["store", "move", small, target, "--dry-run"]) == 0
    assert f"from {small} to {target}" in capsys.readouterr().err
    assert not Path(target).exists()
    assert cli.run(["store", "move", small, target, "--lang", "zh"]) == 0
    assert "全部相同" in capsys.readouterr().err
    assert cli.run(["store", "move", small, target, "--lang", "zh"]) == 4
    assert "不是空的" in capsys.readouterr().err
    assert cli.run(["store", "move", small, str(tmp_path / "no" / ".." / "small.db")]) == 2
    assert cli.run(["--db", small, "store", "wall"]) == 1
    assert "store move" in capsys.readouterr().err


def test_every_column_and_every_index_can_be_moved() -> None:
    """Fails for a new type of column or a new text index until it is said how they are moved."""
    assert {form(column) for table in Base.metadata.sorted_tables for column in table.columns}
    assert set(indexes.SOURCES) == set(Index)
    assert Sum().plus([(1, "a"), (2, None)]) == Sum().plus([(2, None)]).plus([(1, "a")])
    assert Sum().plus([(1,)]) != Sum().plus([("1",)])
