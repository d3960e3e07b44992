"""Full-text tokens by the database's own means: FTS5 on SQLite, an array with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from enum import StrEnum
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, Integer, Subquery, column, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_AT_ONCE = 500  # tokens of one statement
_MOST_ENTRIES = 20_000  # that the tokens of one question may have together: all are put in order


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
    if not _is_sqlite(session):
        _copy(session.connection(), index, entries)
        return
    lines = [{"entry": entry, "tokens": " ".join(found)} for entry, found in entries]
    if lines:
        insert = text(f"INSERT INTO {index}_fts(rowid, tokens) VALUES (:entry, :tokens)")
        session.execute(insert, lines)


def _copy(
    connection: Connection, index: Index, entries: Iterable[tuple[int, Sequence[str]]]
) -> None:
    """Many times faster than rows one by one; what goes wrong is told as SQLAlchemy tells it."""
    driver: Any = connection.connection.driver_connection
    failed = connection.dialect.loaded_dbapi.Error
    into = f"COPY {index}_fts (entry, tokens) FROM STDIN"
    try:
        with driver.cursor() as cursor, cursor.copy(into) as rows:
            for entry, found in entries:
                rows.write_row((entry, list(found)))
    except failed as error:
        raise DBAPIError.instance(into, None, error, failed, dialect=connection.dialect) from error


def drop(session: Session, index: Index, entries: Sequence[int]) -> None:
    """Forget the tokens of entries."""
    column = "rowid" if _is_sqlite(session) else "entry"
    drop_one = text(f"DELETE FROM {index}_fts WHERE {column} = :entry")
    session.execute(drop_one, [{"entry": entry} for entry in entries])


def size(session: Session, index: Index) -> int:
    """How many entries have tokens."""
    return int(session.scalar(text(f"SELECT count(*) FROM {index}_fts")) or 0)


def rarest(session: Session, index: Index, wanted: Sequence[str], most: int) -> list[str]:
    """The wanted tokens that occur in fewest entries, in not too many together; on PostgreSQL the longest."""
    if not _is_sqlite(session):
        return rarest_each(session, index, [wanted], most)[0]
    return _few(dict(counts(session, index, wanted, _MOST_ENTRIES)), set(wanted), most)


def rarest_each(
    session: Session, index: Index, wanted: Sequence[Sequence[str]], most: int
) -> list[list[str]]:
    """The same for the tokens of many, each token counted once and to the end."""
    if not _is_sqlite(session):
        return [sorted(some, key=lambda token: (-len(token), token))[:most] for some in wanted]
    counted: dict[str, int] = {}
    every = sorted({token for some in wanted for token in some})
    for at in range(0, len(every), _AT_ONCE):
        params = {f"t{i}": token for i, token in enumerate(every[at : at + _AT_ONCE])}
        marks = ", ".join(f":{name}" for name in params)
        query = text(f"SELECT term, doc FROM {index}_vocabulary WHERE term IN ({marks})")
        counted.update(tuple(row) for row in session.execute(query, params))
    return [_few(counted, set(some), most) for some in wanted]


def _few(counted: Mapping[str, int], wanted: Set[str], most: int) -> list[str]:
    """The rarest tokens, always one, as long as their entries are not too many to be put in order."""
    ordered = sorted(counted.keys() & wanted, key=lambda token: (counted[token], token))[:most]
    sums = accumulate(counted[token] for token in ordered)
    return [
        token
        for at, (token, entries) in enumerate(zip(ordered, sums, strict=True))
        if entries <= _MOST_ENTRIES or at == 0
    ]


def counts(
    session: Session, index: Index, wanted: Sequence[str], most: int
) -> list[tuple[str, int]]:
    """The wanted tokens that occur, rarest first, with their entries, which are counted up to `most`."""
    if not wanted:
        return []
    parts = (
        f"SELECT {at} AS token, (SELECT count(*) FROM (SELECT 1 FROM {index}_fts "
        f"WHERE {_holds(session, index, at)} LIMIT :most) AS few) AS entries"
        for at in range(len(wanted))
    )
    params = {**_tokens(session, wanted), "most": most}
    found = session.execute(text(" UNION ALL ".join(parts)), params)
    occurring = [(wanted[token], entries) for token, entries in found if entries]
    return sorted(occurring, key=lambda counted: (counted[1], counted[0]))


def sharing(session: Session, index: Index, weights: Mapping[str, int]) -> Subquery:
    """Every `entry` that has some of the tokens, and `shared`, the sum of the weights of those it has."""
    entry = "rowid" if _is_sqlite(session) else "entry"
    parts = (
        f"SELECT {entry} AS entry, {weight:d} AS weight FROM {index}_fts "
        f"WHERE {_holds(session, index, at)}"
        for at, weight in enumerate(weights.values())
    )
    united = " UNION ALL ".join(parts)
    statement = text(
        f"SELECT entry, sum(weight) AS shared FROM ({united}) AS found GROUP BY entry"
    ).bindparams(**_tokens(session, list(weights)))
    return statement.columns(column("entry", Integer), column("shared", Integer)).subquery()


def _holds(session: Session, index: Index, at: int) -> str:
    """The condition that an entry has the token of number `at`."""
    if _is_sqlite(session):
        return f"{index}_fts MATCH :t{at}"
    return f"tokens @> ARRAY[CAST(:t{at} AS TEXT)]"


def _tokens(session: Session, wanted: Sequence[str]) -> dict[str, str]:
    """The tokens as the conditions of `_holds` name them."""
    form = '"{}"' if _is_sqlite(session) else "{}"
    return {f"t{at}": form.format(token) for at, token in enumerate(wanted)}


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
