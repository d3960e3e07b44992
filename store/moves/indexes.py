"""The text indexes of a moved store, made anew from its rows: their own tables are each database's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from store import text_index
from store.engine import for_writing
from store.models import AliasRow, SearchEntryRow
from store.moves import notes
from store.moves.rows import AT_ONCE
from store.services import naming, search
from store.text_index import Index

# Of each index, the columns that its tokens are made of, the id first, and how.
SOURCES: Mapping[Index, tuple[tuple[Any, ...], Callable[..., list[str]]]] = {
    Index.RECORDS: (
        (
            SearchEntryRow.id,
            SearchEntryRow.folded,
            SearchEntryRow.initials,
            SearchEntryRow.kind,
        ),
        search.entry_tokens,
    ),
    Index.NAMES: ((AliasRow.id, AliasRow.folded), naming.name_tokens),
}


def rebuild(engine: Engine, index: Index) -> Iterator[int]:
    """Make an index from where the move left it; how many entries each transaction has added."""
    columns, tokens = SOURCES[index]
    id = columns[0]
    part = f"{index}_fts"
    with engine.connect() as connection:
        (last,) = notes.last(connection, part) or (0,)
    while True:
        with Session(for_writing(engine)) as session, session.begin():
            found = select(*columns).where(id > last).order_by(id).limit(AT_ONCE)
            entries = [(row[0], tokens(*row[1:])) for row in session.execute(found)]
            if not entries:
                return
            text_index.put(session, index, entries)
            last = entries[-1][0]
            notes.reached(session.connection(), part, (last,))
        yield len(entries)
