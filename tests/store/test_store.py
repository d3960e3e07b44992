"""Opening, upgrading, drift, pragmas, races, health."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from seed.demo import OPERATOR
from store import Store, create_store, open_store
from store.engine import is_safe_sqlite, make_engine, store_url
from store.errors import ConflictError, NotAllowedError, StaleEditError, StoreError
from store.migrations import config
from store.models import SlotRow
from store.schemas.actor import SYSTEM, Actor, Role
from store.schemas.records import NeedDraft
from store.services import health, matchmaking, needs, records, reference, search
from store.unit_of_work import SCHEMA_VERSION
from tests.conftest import DAY


def test_a_missing_or_foreign_file_is_never_made_into_a_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no_store"):
        open_store(str(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()
    empty = tmp_path / "empty.db"
    sqlite3.connect(empty).execute("CREATE TABLE t (x)").connection.commit()
    with pytest.raises(StoreError, match="not_a_store"):
        open_store(str(empty))
    noise = tmp_path / "noise.db"
    noise.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot_open"):
        open_store(str(noise))


def test_a_newer_schema_is_refused(bare: Store, tmp_path: Path) -> None:
    def age(session: Session) -> None:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    bare.write(age)
    with pytest.raises(StoreError, match="schema_newer"):
        open_store(str(tmp_path / "bare.db"))


def test_the_known_schema_is_the_newest_migration() -> None:
    script = ScriptDirectory.from_config(config(make_engine(store_url(":memory:"))))
    assert script.get_current_head() == SCHEMA_VERSION


def test_models_and_migrations_do_not_drift(tmp_path: Path) -> None:
    path = str(tmp_path / "drift.db")
    create_store(path).close()
    engine = make_engine(store_url(path))
    command.check(config(engine))
    engine.dispose()


def test_models_and_migrations_do_not_drift_on_postgresql(pg_stocked: Store) -> None:
    engine = make_engine(pg_stocked.url)
    command.check(config(engine))
    engine.dispose()


def test_a_store_of_the_schema_before_keeps_everything(store: Store) -> None:
    """Needs and what hangs on them survive, the audit trail gets its chain."""

    def counts(session: Session) -> list[int]:
        tables = ("need", "need_occupation", "audit", "slot", "decision")
        return [int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables]

    before = store.read(counts)
    store.close()
    engine = make_engine(store.url)
    command.downgrade(config(engine), "0003")
    command.upgrade(config(engine), "head")
    engine.dispose()
    assert store.read(counts) == before
    assert store.read(health.check) == ()
    view = store.read(records.fetch, "need", "N000001", by=OPERATOR)
    assert view.occupations


def test_overlapping_slots_stop_an_upgrade_with_their_names(stocked: Store) -> None:
    stocked.close()
    engine = make_engine(stocked.url)
    command.downgrade(config(engine), "0003")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'UPDATE slot SET start = start + 30, "end" = "end" + 30, day = (SELECT day FROM slot '
            "WHERE code = 'S000001') WHERE code = 'S000002'"
        )
    with pytest.raises(StoreError, match="slots_overlap"):
        command.upgrade(config(engine), "head")
    engine.dispose()


def test_upgrading_twice_changes_nothing(stocked: Store, demo_path: Path) -> None:
    before = stocked.read(records.page, "need", by=OPERATOR)
    create_store(str(demo_path)).close()
    assert stocked.read(records.page, "need", by=OPERATOR) == before


@pytest.mark.parametrize(
    ("version", "is_safe"),
    [
        ((3, 40, 1), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 44, 6), True),
        ((3, 50, 6), False),
    ],
)
def test_sqlite_with_the_wal_bug_is_known(version: tuple[int, ...], is_safe: bool) -> None:
    assert is_safe_sqlite(version) is is_safe


def test_the_engine_is_set_as_it_should_be(bare: Store) -> None:
    def pragmas(session: Session) -> dict[str, object]:
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema")
        return {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in names}

    assert bare.read(pragmas) == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
    }
    strict = "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND NOT strict AND schema = 'main'"
    loose = "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%_fts%' AND name <> 'alembic_version'"
    assert bare.read(lambda s: s.execute(text(f"{strict} {loose}")).scalar()) == 0


def take_station(session: Session, code: str) -> None:
    """Read, then write: what a booking will do."""
    slot = session.get_one(SlotRow, code, with_for_update=True)
    if slot.stations_free < 1:
        raise ConflictError("slot_full")
    slot.stations_free -= 1


def test_eight_threads_take_each_station_once(store: Store) -> None:
    code, free = store.read(
        lambda s: s.execute(
            text(
                "SELECT code, stations_free FROM slot "
                "WHERE stations_free BETWEEN 3 AND 20 ORDER BY code LIMIT 1"
            )
        ).one()
    )

    def take(_: int) -> bool:
        try:
            store.write(take_station, code)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as operators:
        assert sum(operators.map(take, range(free * 4))) == free
    assert store.read(lambda s: s.get_one(SlotRow, code).stations_free) == 0


def test_the_race_is_real_without_the_write_lock(stocked: Store) -> None:
    """The control: without the lock the same booking fails or loses one, so the test above has a meaning."""
    code = stocked.read(
        lambda s: s.scalar(text("SELECT code FROM slot WHERE stations_free >= 8 ORDER BY code"))
    )
    barrier = threading.Barrier(2)

    def take_unlocked(session: Session) -> None:
        free = session.get_one(SlotRow, code).stations_free
        barrier.wait(timeout=5)
        session.execute(
            text("UPDATE slot SET stations_free = :n WHERE code = :c"), {"n": free - 1, "c": code}
        )
        session.commit()

    def attempt(_: int) -> bool:
        try:
            stocked.read(take_unlocked)
        except ConflictError:
            return False
        return True

    before = stocked.read(lambda s: s.get_one(SlotRow, code).stations_free)
    with ThreadPoolExecutor(2) as operators:
        succeeded = list(operators.map(attempt, range(2)))
    after = stocked.read(lambda s: s.get_one(SlotRow, code).stations_free)
    assert before - after < 2 or not all(succeeded)


def test_two_operators_edit_the_same_need_and_one_is_told(store: Store) -> None:
    view = store.read(records.fetch, "need", "N000001", by=OPERATOR)
    fields = {name: getattr(view, name) for name in NeedDraft.model_fields}
    gate = threading.Barrier(2)

    def edit(heads: int) -> str:
        gate.wait(timeout=5)
        try:
            draft = NeedDraft(**{**fields, "heads": heads})
            store.write(records.edit, "N000001", draft, version=view.version, by=OPERATOR)
        except StaleEditError:
            return "stale"
        return "saved"

    with ThreadPoolExecutor(2) as operators:
        assert sorted(operators.map(edit, (41, 42))) == ["saved", "stale"]


def test_a_sound_store_has_no_offence(store: Store) -> None:
    assert store.read(health.check) == ()


def test_offences_are_named(stocked: Store) -> None:
    def spoil(session: Session) -> None:
        session.execute(text("DELETE FROM search_entry WHERE code = 'C001'"))
        session.execute(text("UPDATE workstation SET count = 1 WHERE venue = 'V01'"))

    stocked.write(spoil)
    codes = {offence.code for offence in stocked.read(health.check)}
    assert codes == {"not_searchable", "more_stations_than_there_are"}


def test_reference_data_is_loaded_by_the_program_only(store: Store) -> None:
    with pytest.raises(NotAllowedError, match="load"):
        store.write(reference.load, "area", [], by=OPERATOR)
    assert (
        store.write(reference.load, "equipment", [{"code": "EQ-NEW", "name": "新设备"}], by=SYSTEM)
        == 1
    )


def test_search_finds_words_codes_and_initials(store: Store) -> None:
    def first(query: str, kinds: tuple[str, ...] = search.KINDS) -> str:
        return store.read(search.search, query, by=OPERATOR, kinds=kinds)[0].code

    assert first("锐坪精密") == "E001"
    assert first("rpjm", kinds=("enterprise",)) == "E001"
    assert first("c001") == "C001"
    assert first("三坐标测量编程", kinds=("course",)) != ""
    school = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
    hits = store.read(search.search, "数控车工", by=school, kinds=("course",))
    assert all(store.read(records.fetch, "course", h.code, by=school).owner == "T03" for h in hits)


def test_a_saved_record_is_findable_at_once(store: Store) -> None:
    draft = NeedDraft.model_validate(
        {"enterprise": "E002", "text": "超声波探伤十二人", "heads": 12, "earliest": "2026-12-01"}
    )
    code = store.write(records.register, draft, by=OPERATOR).code
    assert store.read(search.search, "超声波探伤", by=OPERATOR)[0].code == code


def test_live_check_sees_firm_trade_and_duplicates(store: Store) -> None:
    found = store.read(needs.check, "rpjm", "数控车高级工两个", today=DAY, by=OPERATOR)
    firm = needs.sure_enterprise(found.enterprises)
    assert firm is not None
    assert firm.code == "E001"
    assert found.resolution is not None
    assert found.resolution.matches[0].code == "6-18-01-01"
    assert "N000001" in [same.code for same in found.duplicates]


def test_matching_through_the_store(store: Store) -> None:
    matched = store.read(matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY)
    assert matched.ranking.bundles[0].course.occupations[0].code == "6-18-01-01"
    again = store.read(matchmaking.rank_bundles, "N000001", by=OPERATOR, today=DAY)
    assert again == matched
    school = Actor("zhaoyi", "赵毅", Role.INSTITUTION, "T03")
    with pytest.raises(NotAllowedError):
        store.read(matchmaking.rank_bundles, "N000001", by=school, today=DAY)


def test_both_databases_rank_alike(stocked: Store, pg_stocked: Store) -> None:
    def tops(store: Store) -> list[tuple[str, list[str]]]:
        rank: Callable[[str], matchmaking.Matched] = lambda code: store.read(  # noqa: E731
            matchmaking.rank_bundles, code, by=OPERATOR, today=DAY, top=3
        )
        codes = store.read(matchmaking.open_needs, by=OPERATOR)
        return [(code, [b.course.id for b in rank(code).ranking.bundles]) for code in codes[:25]]

    assert tops(stocked) == tops(pg_stocked)
