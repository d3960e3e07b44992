"""The proof that a moved store says what the old one says: sums, rules, chain, indexes and exports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice

from sqlalchemy.orm import Session

from store import text_index
from store.errors import StoreError
from store.schemas.actor import SYSTEM
from store.services import filing, health
from store.services.health import Offence
from store.services.kinds import KINDS
from store.text_index import Index
from store.unit_of_work import Store

_LINES = 5000


def offences(old: Store, new: Store) -> tuple[Offence, ...]:
    """What `store check` says of both; StoreError when it says of the new store what it does not of the old.

    It covers references, counters, capacities, states and the chain of the audit trail.
    """
    found = new.read(health.check)
    before = old.read(health.check) if found else ()
    fresh = [offence for offence in found if offence not in before]
    if fresh:
        told = ", ".join(f"{one.code} {one.record}" for one in fresh[:5])
        raise StoreError("move_differs", what=told)
    return found


def compare_indexes(old: Store, new: Store) -> None:
    """StoreError unless both text indexes have as many entries."""
    for index in Index:
        counts = [store.read(text_index.size, index) for store in (old, new)]
        if counts[0] != counts[1]:
            raise StoreError("move_differs", what=f"{index}_fts {counts[0]}/{counts[1]}")


def compare_exports(old: Store, new: Store, tell: Callable[[int, int], None]) -> None:
    """StoreError unless the exports of every kind begin with the same lines in the same order.

    The rows behind all of them were compared one by one; this is about how they are read and ordered.
    """
    for done, kind in enumerate(KINDS, 1):
        if len({store.read(_export, kind) for store in (old, new)}) > 1:
            raise StoreError("move_differs", what=kind)
        tell(done, len(KINDS))


def _export(session: Session, kind: str) -> str:
    told = sha256()
    for line in _lines(session, kind):
        told.update(line)
    return told.hexdigest()


def _lines(session: Session, kind: str) -> Iterator[bytes]:
    for cells in islice(filing.export_rows(session, kind, by=SYSTEM), _LINES):
        yield repr(cells).encode()
