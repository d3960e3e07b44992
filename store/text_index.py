"""Full-text tokens by the database's own means: FTS5 on SQLite, an array with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


class Index(StrEnum):
    """The indexes there are, each named after the table whose ids it holds."""

    RECORDS = "search_entry"
    NAMES = "alias"


_CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE {0}_fts USING fts5("
        "tokens, content='', contentless_delete=1, tokenize='unicode61')",
        "CREATE VIRTUAL TABLE {0}_vocabulary USING fts5vocab({0}_fts, 'row')",
    ),
    "postgresql": (
        "CREATE TABLE {0}_fts (entry INTEGER PRIMARY KEY "
        "REFERENCES {0}(id) ON DELETE CASCADE, tokens TEXT[] NOT NULL)",
        "CREATE INDEX ix_{0}_fts_tokens ON {0}_fts USING gin (tokens)",
    ),
}


def create(connection: Connection) -> None:
    """Make the indexes; called by the migration."""
    for index in Index:
        for statement in _CREATE[connection.dialect.name]:
            connection.exec_driver_sql(statement.format(index))


def put(session: Session, index: Index, entries: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Store the tokens of new entries; tokens are letters and digits only."""
    sqlite = _is_sqlite(session)
    column = "rowid" if sqlite else "entry"
    rows = [
        {"entry": entry, "tokens": " ".join(found) if sqlite else list(found)}
        for entry, found in entries
    ]
    if rows:
        insert = text(f"INSERT INTO {index}_fts({column}, tokens) VALUES (:entry, :tokens)")
        session.execute(insert, rows)


def drop(session: Session, index: Index, entry: int) -> None:
    """Forget the tokens of an entry."""
    column = "rowid" if _is_sqlite(session) else "entry"
    session.execute(text(f"DELETE FROM {index}_fts WHERE {column} = :entry"), {"entry": entry})


def rarest(session: Session, index: Index, wanted: Sequence[str], most: int) -> list[str]:
    """The wanted tokens that occur in fewest entries; on PostgreSQL the longest, which are rarer."""
    if not _is_sqlite(session) or not wanted:
        return sorted(wanted, key=lambda token: (-len(token), token))[:most]
    marks = ", ".join(f":t{i}" for i in range(len(wanted)))
    found = session.execute(
        text(f"SELECT term FROM {index}_vocabulary WHERE term IN ({marks}) ORDER BY doc, term"),
        {f"t{i}": token for i, token in enumerate(wanted)},
    )
    return [row.term for row in found][:most]


def candidates(
    session: Session, index: Index, wanted: Sequence[str], most: int, within: str = ""
) -> list[int]:
    """Entries that share most of the wanted tokens, rare ones counting more, best first.

    Only entries that also have the token `within`, where one is given.
    """
    if not wanted:
        return []
    if _is_sqlite(session):
        statement = (
            f"SELECT rowid AS entry FROM {index}_fts WHERE {index}_fts MATCH :query "
            "ORDER BY rank, rowid LIMIT :most"
        )
        query: object = " OR ".join(f'"{token}"' for token in wanted)
        if within:
            query = f'"{within}" AND ({query})'
    else:
        statement = (
            f"SELECT entry FROM {index}_fts WHERE tokens && CAST(:query AS TEXT[]) "
            "AND (:within = '' OR tokens @> ARRAY[CAST(:within AS TEXT)]) ORDER BY (SELECT "
            "count(*) FROM unnest(tokens) t WHERE t = ANY(:query)) DESC, entry LIMIT :most"
        )
        query = list(wanted)
    params = {"query": query, "most": most}
    if not _is_sqlite(session):
        params["within"] = within
    found = session.execute(text(statement), params)
    return [row.entry for row in found]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
