"""Full-text tokens in the database's own means: FTS5 on SQLite, an array with GIN on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from matching import text as words

_RAREST = 8
_PER_QUERY = 400

CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_fts USING fts5("
        "tokens, content='', contentless_delete=1, tokenize='unicode61')",
        "CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_fts, 'row')",
    ),
    "postgresql": (
        "CREATE TABLE search_fts (entry INTEGER PRIMARY KEY "
        "REFERENCES search_entry(id) ON DELETE CASCADE, tokens TEXT[] NOT NULL)",
        "CREATE INDEX ix_search_fts_tokens ON search_fts USING gin (tokens)",
    ),
}


def create(connection: Connection) -> None:
    """Make the index; called by the migration."""
    for statement in CREATE[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def tokens(folded: str, initials: str) -> list[str]:
    """Character pairs and Latin words of a title, and pairs of its pinyin initials, each marked."""
    found = [token for token in words.pairs(folded) if token.isalnum()]
    found += [character for character in folded if not character.isascii() and character.isalnum()]
    found += ["zz" + initials[i : i + 2] for i in range(len(initials) - 1)]
    return sorted(set(found))


def put(session: Session, entries: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Store the tokens of new entries."""
    if _is_sqlite(session):
        statement = "INSERT INTO search_fts(rowid, tokens) VALUES (:entry, :tokens)"
        rows = [{"entry": entry, "tokens": " ".join(found)} for entry, found in entries]
    else:
        statement = "INSERT INTO search_fts(entry, tokens) VALUES (:entry, :tokens)"
        rows = [{"entry": entry, "tokens": list(found)} for entry, found in entries]
    if rows:
        session.execute(text(statement), rows)


def drop(session: Session, entry: int) -> None:
    """Forget the tokens of an entry."""
    column = "rowid" if _is_sqlite(session) else "entry"
    session.execute(text(f"DELETE FROM search_fts WHERE {column} = :entry"), {"entry": entry})


def candidates(session: Session, wanted: Sequence[str], kinds: Sequence[str]) -> list[int]:
    """Entries that share most of the rarest wanted tokens, best first, at most a few hundred."""
    if not wanted:
        return []
    return _sqlite(session, wanted, kinds) if _is_sqlite(session) else _pg(session, wanted, kinds)


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _sqlite(session: Session, wanted: Sequence[str], kinds: Sequence[str]) -> list[int]:
    marks = ", ".join(f":t{i}" for i in range(len(wanted)))
    counts = session.execute(
        text(f"SELECT term, doc FROM search_vocabulary WHERE term IN ({marks}) ORDER BY doc, term"),
        {f"t{i}": token for i, token in enumerate(wanted)},
    ).all()
    rare = [row.term for row in counts[:_RAREST]]
    if not rare:
        return []
    kind_marks = ", ".join(f":k{i}" for i in range(len(kinds)))
    found = session.execute(
        text(
            "SELECT e.id FROM search_fts f JOIN search_entry e ON e.id = f.rowid "
            f"WHERE search_fts MATCH :query AND e.kind IN ({kind_marks}) "
            "ORDER BY f.rank, e.id LIMIT :most"
        ),
        {
            "query": " OR ".join(f'"{term}"' for term in rare),
            "most": _PER_QUERY,
            **{f"k{i}": kind for i, kind in enumerate(kinds)},
        },
    )
    return [row.id for row in found]


def _pg(session: Session, wanted: Sequence[str], kinds: Sequence[str]) -> list[int]:
    found = session.execute(
        text(
            "SELECT e.id FROM search_fts f JOIN search_entry e ON e.id = f.entry "
            "WHERE f.tokens && CAST(:wanted AS TEXT[]) AND e.kind = ANY(:kinds) "
            "ORDER BY (SELECT count(*) FROM unnest(f.tokens) t WHERE t = ANY(:wanted)) DESC, e.id "
            "LIMIT :most"
        ),
        {"wanted": list(wanted), "kinds": list(kinds), "most": _PER_QUERY},
    )
    return [row.id for row in found]
