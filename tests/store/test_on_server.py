"""What PostgreSQL does its own way: the order of text, indexes that are used, words for a full server."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from store import Store, create_store
from store.engine import other_order
from store.errors import StoreError
from store.unit_of_work import failure
from tests.conftest import PG_ADMIN, beside

# What lists, pages, search as you type and the dictionary ask, and the index that answers.
_QUESTIONS = {
    "SELECT entry FROM alias_fts WHERE tokens @> ARRAY['电工']": "ix_alias_fts_tokens",
    "SELECT entry FROM alias_fts WHERE tokens && ARRAY['电工', '焊工']": "ix_alias_fts_tokens",
    "SELECT entry FROM search_entry_fts WHERE tokens @> ARRAY['电工']": "ix_search_entry_fts_tokens",
    "SELECT * FROM need WHERE code > 'N000010' ORDER BY code LIMIT 50": "pk_need",
    "SELECT * FROM alias WHERE folded IN ('电工', '焊工')": "ix_alias_folded",
    "SELECT max(id) FROM audit": "pk_audit",
    "SELECT * FROM audit WHERE id > 10 ORDER BY id LIMIT 100": "pk_audit",
}


def listed(session: Session, asked: str) -> list[str]:
    return list(session.scalars(text(asked)))


def explained(session: Session) -> dict[str, str]:
    for way in ("seqscan", "sort"):  # which would do for the small demo
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    return {asked: "\n".join(session.scalars(text(f"EXPLAIN {asked}"))) for asked in _QUESTIONS}


def test_indexes_answer_and_order_text_as_sqlite_does(stocked: Store, pg_stocked: Store) -> None:
    for asked, plan in pg_stocked.read(explained).items():
        assert _QUESTIONS[asked] in plan, plan
        assert "Sort" not in plan
    assert other_order(pg_stocked._engine) is None
    names = "SELECT {0} FROM {1} ORDER BY {0}, code"
    for column, table in (("name", "organisation"), ("title", "course"), ("text", "need")):
        asked = names.format(column, table)
        lists = [store.read(listed, asked) for store in (stocked, pg_stocked)]
        assert lists[0] == lists[1] == sorted(lists[0])


def test_a_database_with_another_order_is_refused_before_it_is_a_store() -> None:
    name = f"duijie_test_{uuid.uuid4().hex[:8]}"
    try:
        admin = psycopg.connect(PG_ADMIN, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL at {PG_ADMIN}: {error}")
    with admin:
        try:
            admin.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' "
                "LOCALE_PROVIDER icu ICU_LOCALE 'zh' LOCALE 'C'"
            )
        except psycopg.Error as error:
            pytest.skip(f"this server makes no database in another order: {error}")
        with pytest.raises(StoreError, match="collation_differs"):
            create_store(beside(name))
        with psycopg.connect(beside(name)) as connection:
            assert connection.execute("SELECT to_regclass('need')").fetchone() == (None,)
        connection.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(
    "cause",
    [
        "connection failed: FATAL:  sorry, too many clients already",
        "FATAL:  remaining connection slots are reserved for non-replication superuser connections",
        'FATAL:  too many connections for role "duijie"',
    ],
)
def test_a_full_server_is_told_as_such(cause: str) -> None:
    assert failure(cause).code == "server_full"
