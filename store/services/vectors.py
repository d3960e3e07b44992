"""Vectors of occupations and courses: computed in batches when asked for, never while a person waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.semantic import E5, MODEL, Encoder, Meaning, Vectors, is_installed
from matching.topic import core
from store.errors import NotAllowedError, StoreError
from store.models import CourseRow, OccupationRow, VectorRow
from store.schemas.actor import Actor, Role
from store.shards import Job, Shard, Through, alone, name_of
from store.unit_of_work import Store

OCCUPATION, COURSE = "occupation", "course"
_BATCH = 256
_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Embedded:
    """How many vectors of a kind were computed, how many were up to date, and how many are gone."""

    kind: str
    computed: int
    kept: int
    dropped: int


def embed(
    store: Store,
    *,
    by: Actor,
    encoder: Encoder | None = None,
    through: Through = alone,
) -> tuple[Embedded, ...]:
    """Compute what is missing or out of date, outside of transactions, and keep it batch by batch.

    `through` asks whoever is to do the batches. Each is stored as it comes, so a stop loses none of them.
    """
    if by.role in (Role.INSTITUTION, Role.ENTERPRISE, Role.EVALUATOR):
        raise NotAllowedError("load", "vector")
    if encoder is None:
        installed_encoder()
    wanted = {kind: store.read(_texts, kind) for kind in (OCCUPATION, COURSE)}
    held = {kind: store.read(_held, kind) for kind in wanted}
    stale = {
        kind: [item for item in texts.items() if held[kind].get(item[0]) != item[1]]
        for kind, texts in wanted.items()
    }
    shards = tuple(
        Shard(name_of([kind, *(word for item in part for word in item)]), kind, tuple(part))
        for kind, items in stale.items()
        for part in (items[at : at + _BATCH] for at in range(0, len(items), _BATCH))
    )
    job = Job("vectors", encode, shards, encoder, lambda _: encoder)
    for shard, numbers in through(job):
        rows = [
            {"kind": shard.part, "code": code, "model": MODEL, "text": text, "numbers": number}
            for (code, text), number in zip(shard.asked, numbers, strict=True)
        ]
        store.write(_keep, shard.part, rows)
    report = []
    for kind, texts in wanted.items():
        gone = sorted(held[kind].keys() - texts.keys())
        store.write(_drop, kind, gone)
        report.append(Embedded(kind, len(stale[kind]), len(texts) - len(stale[kind]), len(gone)))
    return tuple(report)


def encode(given: Encoder | None, items: Sequence[tuple[str, str]]) -> list[bytes]:
    """The vectors of some texts, by an encoder or by the model of the extra, loaded once a process."""
    return (given or _loaded()).passages([text for _, text in items])


@cache
def _loaded() -> Encoder:
    return installed_encoder()


def installed_encoder() -> Encoder:
    """The model of the extra, not loaded yet; an error that says how to get it where it is missing."""
    if not is_installed():
        raise StoreError("semantic_missing")
    return E5()


def lend(store: Store, encoder: Encoder | None = None) -> None:
    """Let the store's sessions ask the vectors that it keeps; nothing is loaded before the first text."""
    chosen = encoder or installed_encoder()
    if not store.read(_is_there, OCCUPATION):
        raise StoreError("no_vectors")
    for kind in (OCCUPATION, COURSE):
        store.lend(f"meaning of {kind}", StoredMeaning(store, kind, chosen))


class StoredMeaning:
    """The vectors of one kind, read at the first question and kept."""

    def __init__(self, store: Store, kind: str, encoder: Encoder) -> None:
        self._store, self._kind, self._encoder = store, kind, encoder
        self._vectors: Meaning | None = None
        self._lock = Lock()

    def nearest(self, text: str, top: int) -> Sequence[tuple[str, float]]:
        """The codes nearest to a text, best first."""
        with self._lock:
            if self._vectors is None:
                self._vectors = Vectors(self._store.read(_numbers, self._kind), self._encoder)
        return self._vectors.nearest(text, top)


def _texts(session: Session, kind: str) -> dict[str, str]:
    """What a vector of each code stands for: official names, titles without level and closing words."""
    if kind == OCCUPATION:
        rows = session.execute(select(OccupationRow.code, OccupationRow.name))
        return {code: name for code, name in rows}
    titles = session.execute(
        select(CourseRow.code, CourseRow.title).where(CourseRow.status != "withdrawn")
    )
    return {code: core(title) or title for code, title in titles}


def _held(session: Session, kind: str) -> dict[str, str]:
    rows = session.execute(
        select(VectorRow.code, VectorRow.text).where(
            VectorRow.kind == kind, VectorRow.model == MODEL
        )
    )
    return {code: text for code, text in rows}


def _is_there(session: Session, kind: str) -> bool:
    wanted = (VectorRow.kind == kind, VectorRow.model == MODEL)
    return session.execute(select(VectorRow.code).where(*wanted).limit(1)).first() is not None


def _numbers(session: Session, kind: str) -> Mapping[str, bytes]:
    rows = session.execute(
        select(VectorRow.code, VectorRow.numbers).where(
            VectorRow.kind == kind, VectorRow.model == MODEL
        )
    )
    return {code: numbers for code, numbers in rows}


def _keep(session: Session, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    _drop(session, kind, [row["code"] for row in rows])
    session.add_all(VectorRow(**row) for row in rows)


def _drop(session: Session, kind: str, codes: Sequence[str]) -> None:
    for at in range(0, len(codes), _PER_QUERY):
        part = codes[at : at + _PER_QUERY]
        session.execute(delete(VectorRow).where(VectorRow.kind == kind, VectorRow.code.in_(part)))
