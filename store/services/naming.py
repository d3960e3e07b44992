"""The names of occupations as the store keeps them, and resolving text with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from math import fsum, sqrt
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import case, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from matching import text as words
from matching.catalogue import MemoryCatalogue
from matching.occupations import (
    CONFIRMED,
    Resemblance,
    Surface,
    idf,
    make_surface,
    rarest,
    resolve,
)
from matching.semantic import Meaning
from matching.types import OccupationShare, Resolution
from store import text_index
from store.errors import NotAllowedError
from store.models import AliasRow, AliasTermRow, ConfirmationRow, OccupationRow
from store.schemas.actor import Actor, Role
from store.services.rights import Act, require
from store.text_index import Index

P = ParamSpec("P")
T = TypeVar("T")
_CANDIDATES = 150
_BATCH = 5000
_ENOUGH_SCORE = 0.55
_NEAR_BEST = 0.12
_MOST_MEANINGS = 3
_SURE = 0.75
MANY = 300  # different texts from which on a snapshot is quicker
_TOLD = 200
_SIGNS = frozenset("+#")
_SNAPSHOT = "snapshot of the names"


_SURFACES = (
    select(
        AliasRow.folded,
        AliasRow.occupation,
        case((ConfirmationRow.id.is_not(None), CONFIRMED), else_=AliasRow.kind),
        case(
            (ConfirmationRow.id.is_not(None), ConfirmationRow.is_contested),
            else_=AliasRow.is_shared,
        ),
        AliasRow.sound,
        AliasRow.initials,
        AliasRow.norm,
    )
    .outerjoin(
        ConfirmationRow,
        (ConfirmationRow.words == AliasRow.folded)
        & (ConfirmationRow.occupation == AliasRow.occupation),
    )
    .order_by(AliasRow.id)
)


@dataclass(frozen=True, slots=True)
class StoredCatalogue:
    """The catalogue of one session: nothing is held in memory, so a new name counts at once."""

    session: Session

    def _surfaces(self, *conditions: Any) -> list[Surface]:
        return [Surface(*row) for row in self.session.execute(_SURFACES.where(*conditions))]

    def all(self) -> Iterator[Surface]:
        """Every surface, few of them in memory at a time."""
        every = _SURFACES.execution_options(yield_per=_BATCH)
        return (Surface(*row) for row in self.session.execute(every))

    def named(self, folded: Collection[str]) -> Iterable[Surface]:
        """Surfaces written just like one of the texts."""
        return self._surfaces(AliasRow.folded.in_(sorted(folded)))

    def sounding(self, keys: Collection[str]) -> Iterable[Surface]:
        """Surfaces of the same sound key."""
        wanted = sorted(key for key in keys if key)
        return self._surfaces(AliasRow.sound.in_(wanted)) if wanted else []

    def initialled(self, letters: str) -> Iterable[Surface]:
        """Surfaces with these initials."""
        return self._surfaces(AliasRow.initials == letters)

    def resembling(self, terms: Collection[str]) -> Resemblance:
        """Surfaces that share the rarest of the terms, found in the text index."""
        total = self.session.scalar(select(func.max(AliasRow.id))) or 0
        rows = self.session.execute(
            select(AliasTermRow.term, AliasTermRow.times).where(
                AliasTermRow.term.in_(sorted(terms))
            )
        )
        weights = {term: idf(times, total) for term, times in rows}
        wanted = [_token(term) for term in rarest(weights)]
        found = text_index.candidates(self.session, Index.NAMES, wanted, _CANDIDATES)
        surfaces = self._surfaces(AliasRow.id.in_(found)) if found else []
        return Resemblance(tuple(surfaces), weights, idf(0, total))

    def official(self, codes: Collection[str]) -> Mapping[str, str]:
        """Official names of codes."""
        return occupation_names(self.session, codes)


Resolver = Callable[[str, int], Resolution]


def meaning_lent(session: Session, kind: str = "occupation") -> Meaning | None:
    """The semantic extra that was lent to the session's store, None where nobody asked for it."""
    found: Meaning | None = session.info.get(f"meaning of {kind}")
    return found


def resolver(session: Session) -> Resolver:
    """A resolver over a snapshot of every name in memory, for many texts; it outlives the session."""
    names = {
        code: name for code, name in session.execute(select(OccupationRow.code, OccupationRow.name))
    }
    known = MemoryCatalogue(names, StoredCatalogue(session).all())
    meaning = meaning_lent(session)
    return lambda text, top: resolve(text, known, top, meaning)


def resolve_text(session: Session, text: str, *, top: int = 10) -> Resolution:
    """Ranked occupations for a text."""
    return resolve(text, StoredCatalogue(session), top, meaning_lent(session))


def sure_meaning(session: Session, text: str) -> str | None:
    """An occupation by its code or name, else what the dictionary is sure of; None where it is not."""
    row = OccupationRow
    exact = session.scalar(select(row.code).where(or_(row.code == text, row.name == text)).limit(1))
    if exact is not None or len(text) < 2:
        return exact
    said = resolve_text(session, text, top=2)
    is_sure = said.matches and not said.is_ambiguous and said.matches[0].score >= _SURE
    return said.matches[0].code if is_sure else None


def meanings(session: Session, text: str) -> tuple[OccupationShare, ...]:
    """The occupations a text most likely means, best first, none when nothing is likely enough."""
    return meanings_of(session, [text])[text]


def meanings_of(session: Session, texts: Collection[str]) -> dict[str, tuple[OccupationShare, ...]]:
    """What each text most likely means; for very many, by a snapshot of the names.

    The snapshot and what it said are kept while the session lasts, until a name is added or dropped.
    """
    kept: _Kept | None = session.info.get(_SNAPSHOT)
    if kept is None and len(texts) < MANY:
        return {text: _likely(resolve_text(session, text, top=_MOST_MEANINGS)) for text in texts}
    if kept is None:
        kept = session.info[_SNAPSHOT] = _Kept({})
    left = [text for text in texts if text not in kept.said]
    if kept.ask is None and len(left) >= MANY:
        kept.ask = resolver(session)
    ask = kept.ask or partial(_resolved, session)
    for text in left:
        kept.said[text] = _likely(ask(text, _MOST_MEANINGS))
    return {text: kept.said[text] for text in texts}


def _resolved(session: Session, text: str, top: int) -> Resolution:
    return resolve_text(session, text, top=top)


@dataclass(slots=True)
class _Kept:
    """What was said so far, and the resolver in memory that said it where there were many texts."""

    said: dict[str, tuple[OccupationShare, ...]]
    ask: Resolver | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What texts mean by the names as they were when `names` was the mark of them."""

    names: tuple[int, ...]
    said: dict[str, tuple[OccupationShare, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Texts that a write will have to understand, and what they can be understood with before it."""

    names: tuple[int, ...]
    texts: tuple[str, ...] = ()
    ask: Resolver | None = None

    def understand(self, progress: Callable[[int], None] = lambda done: None) -> Understood:
        """What each text means: long work, for which no transaction is needed and no lock is held."""
        said = {}
        shared: dict[tuple[OccupationShare, ...], tuple[OccupationShare, ...]] = {}
        for done, text in enumerate(self.texts if self.ask else (), 1):
            found = _likely(self.ask(text, _MOST_MEANINGS))  # type: ignore[misc]
            said[text] = shared.setdefault(found, found)
            if done % _TOLD == 0:
                progress(done)
        return Understood(self.names, said)


def asked(session: Session, texts: Collection[str]) -> Asked:
    """The texts, to be understood when the session has ended; few ones are left to the write itself."""
    if len(texts) < MANY:
        return Asked(())
    return Asked(_mark(session), tuple(texts), resolver(session))


def using(
    understood: Understood, service: Callable[Concatenate[Session, P], T]
) -> Callable[Concatenate[Session, P], T]:
    """The service with what was understood before, unless a name was added or dropped since.

    So the write lock is held no longer than rows are written.
    """

    def run(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if understood.said and understood.names == _mark(session):
            session.info[_SNAPSHOT] = _Kept(understood.said)
        return service(session, *args, **kwargs)

    return run


def _mark(session: Session) -> tuple[int, ...]:
    """Numbers of which one changes with every change of the names."""
    said = ConfirmationRow
    contested = func.sum(case((said.is_contested, 1), else_=0))
    names = session.execute(select(func.max(AliasRow.id), func.count(AliasRow.id))).one()
    words = session.execute(select(func.max(said.id), func.count(said.id), contested)).one()
    return tuple(int(number or 0) for number in (*names, *words))


def _likely(said: Resolution) -> tuple[OccupationShare, ...]:
    matches = said.matches
    return tuple(
        OccupationShare(match.code, match.score)
        for match in matches
        if match.score >= _ENOUGH_SCORE and matches[0].score - match.score <= _NEAR_BEST
    )


def occupation_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Code to official name."""
    rows = session.execute(
        select(OccupationRow.code, OccupationRow.name).where(OccupationRow.code.in_(sorted(codes)))
    )
    return dict(rows.all())


def load_aliases(session: Session, names: Sequence[tuple[str, str, Surface]], *, by: Actor) -> int:
    """Store a dictionary of (text, source, surface) in an empty alias table; how many names it has."""
    if by.role is not Role.SYSTEM:
        raise NotAllowedError("load", "alias")
    if not names:
        return 0
    known: dict[str, str] = {}  # each term once, however many names have it
    spelt = [
        sorted({known.setdefault(term, term) for term in words.terms(surface.folded)})
        for _, _, surface in names
    ]
    counts = Counter(chain.from_iterable(spelt))
    total = len(names)
    lengths = {term: idf(times, total) ** 2 for term, times in counts.items()}
    connection = session.connection()
    for at in range(0, total, _BATCH):
        rows, indexed = [], []
        for id, (text, source, surface) in enumerate(names[at : at + _BATCH], at + 1):
            terms = spelt[id - 1]
            rows.append(
                _columns(id, text, source, surface, sqrt(fsum(map(lengths.__getitem__, terms))))
            )
            indexed.append((id, _tokens(terms, surface.folded)))
        connection.execute(insert(AliasRow), rows)
        text_index.put(session, Index.NAMES, indexed)
    connection.execute(
        insert(AliasTermRow),
        [{"term": t[:60], "times": n} for t, n in sorted(counts.items())],
    )
    return total


def add_alias(session: Session, text: str, occupation: str, *, by: Actor) -> None:
    """One more way of writing an occupation, unless the dictionary has it."""
    require(by, Act.REGISTER, "alias", by.organisation)
    session.info.pop(_SNAPSHOT, None)
    surface = make_surface(text, occupation, "title")
    if session.scalar(select(AliasRow.id).where(*_same(surface.folded, occupation))):
        return
    terms = sorted(set(words.terms(surface.folded)))
    known = set(session.scalars(select(AliasTermRow.term).where(AliasTermRow.term.in_(terms))))
    session.execute(
        update(AliasTermRow)
        .where(AliasTermRow.term.in_(known))
        .values(times=AliasTermRow.times + 1)
        .execution_options(synchronize_session=False)
    )
    session.add_all(AliasTermRow(term=term[:60], times=1) for term in terms if term not in known)
    session.flush()
    total = (session.scalar(select(func.max(AliasRow.id))) or 0) + 1
    times = session.execute(
        select(AliasTermRow.term, AliasTermRow.times).where(AliasTermRow.term.in_(terms))
    )
    length = sqrt(fsum(idf(count, total) ** 2 for _, count in times))
    session.execute(insert(AliasRow), [_columns(total, text, CONFIRMED, surface, length)])
    text_index.put(session, Index.NAMES, [(total, name_tokens(surface.folded))])


def drop_alias(session: Session, folded: str, occupation: str) -> None:
    """Take back a way of writing that came from a confirmation; the dictionary's own stay."""
    session.info.pop(_SNAPSHOT, None)
    id = session.scalar(
        select(AliasRow.id).where(*_same(folded, occupation), AliasRow.source == CONFIRMED)
    )
    if id is None:
        return
    text_index.drop(session, Index.NAMES, [id])
    session.execute(delete(AliasRow).where(AliasRow.id == id))
    session.execute(
        update(AliasTermRow)
        .where(AliasTermRow.term.in_(sorted(set(words.terms(folded)))))
        .values(times=AliasTermRow.times - 1)
        .execution_options(synchronize_session=False)
    )


def _same(folded: str, occupation: str) -> tuple[Any, ...]:
    return AliasRow.folded == folded, AliasRow.occupation == occupation


def name_tokens(folded: str) -> list[str]:
    """All tokens of a name."""
    return _tokens(sorted(set(words.terms(folded))), folded)


def _tokens(terms: list[str], folded: str) -> list[str]:
    """The terms of a name as tokens."""
    return terms if _SIGNS.isdisjoint(folded) else [_token(term) for term in terms]


def _token(term: str) -> str:
    """A term as a token: signs become letters, so that c and c++ stay apart."""
    return term.replace("+", "plus").replace("#", "sharp")


def _columns(id: int, text: str, source: str, surface: Surface, length: float) -> dict[str, object]:
    return {
        "id": id,
        "text": text,
        "occupation": surface.code,
        "kind": surface.kind,
        "is_shared": surface.is_shared,
        "source": source,
        "folded": surface.folded,
        "sound": surface.sound,
        "initials": surface.initials,
        "norm": length,
    }
