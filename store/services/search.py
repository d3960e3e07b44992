"""Search over everything: by words, by pinyin initials, by code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matching import text as words
from matching.semantic import NEAREST, worth
from matching.topic import core, likeness
from store import text_index
from store.models import SearchEntryRow
from store.schemas.actor import Actor
from store.services import naming
from store.services.rights import Act, Reach, reach, sees_firm_names
from store.text_index import Index

KINDS = ("need", "enterprise", "institution", "course", "instructor", "venue", "centre")


_RAREST = 8
_CANDIDATES = 300


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found, with how well it fits, 0 to 1."""

    kind: str
    code: str
    title: str
    score: float


def tokens(folded: str, initials: str) -> list[str]:
    """Pairs, single characters and Latin words of a title, and pairs of its initials, marked as such."""
    found = [token for token in words.terms(folded) if token.isalnum()]
    return sorted({*found, *("zz" + initials[i : i + 2] for i in range(len(initials) - 1))})


def kind_token(kind: str) -> str:
    """The token that every entry of a kind has."""
    return f"kk{kind}"


def index_record(session: Session, kind: str, code: str, owner: str, titles: Sequence[str]) -> None:
    """Make a record findable by its titles, in place of what was indexed before."""
    forget_record(session, kind, code)
    index_records(session, [(kind, code, owner, titles)])


def index_records(session: Session, records: Iterable[tuple[str, str, str, Sequence[str]]]) -> None:
    """Make new records findable: (kind, code, owner, titles) each."""
    entries = []
    for kind, code, owner, titles in records:
        folded = words.fold(" ".join(titles))
        entries.append(
            SearchEntryRow(
                kind=kind,
                code=code,
                owner=owner,
                title=titles[0],
                folded=folded,
                initials=words.initials(words.pinyin(folded)),
            )
        )
    session.add_all(entries)
    session.flush()
    text_index.put(
        session,
        Index.RECORDS,
        [(e.id, [*tokens(e.folded, e.initials), kind_token(e.kind)]) for e in entries],
    )


def forget_record(session: Session, kind: str, code: str) -> None:
    """Take a record out of search."""
    entry = session.scalar(
        select(SearchEntryRow.id).where(SearchEntryRow.kind == kind, SearchEntryRow.code == code)
    )
    if entry is not None:
        text_index.drop(session, Index.RECORDS, entry)
        session.execute(delete(SearchEntryRow).where(SearchEntryRow.id == entry))


def search(
    session: Session, query: str, *, by: Actor, kinds: Sequence[str] = KINDS, limit: int = 20
) -> tuple[Hit, ...]:
    """Records by words, code or pinyin initials, best first; only what the actor may read."""
    folded = words.fold(query)
    readable = [kind for kind in kinds if kind != "occupation" and reach(by, Act.READ, kind)]
    if not sees_firm_names(by):
        readable = [kind for kind in readable if kind != "need"]  # their words name the firm
    hits = _occupations(session, query) if "occupation" in kinds else []
    if readable and folded:
        letters = folded.replace(" ", "") if words.is_latin(folded) else ""
        rare = text_index.rarest(session, Index.RECORDS, tokens(folded, letters), _RAREST)
        within = kind_token(readable[0]) if len(readable) == 1 else ""
        found = text_index.candidates(session, Index.RECORDS, rare, _CANDIDATES, within)
        wanted = or_(SearchEntryRow.id.in_(found), SearchEntryRow.code == query.strip().upper())
        for entry in session.scalars(
            select(SearchEntryRow).where(wanted, SearchEntryRow.kind.in_(readable))
        ):
            own_only = reach(by, Act.READ, entry.kind) is Reach.OWN
            if own_only and entry.owner != by.organisation:
                continue
            score = _score(folded, query.strip().upper(), entry)
            hits.append(Hit(entry.kind, entry.code, entry.title, round(score, 4)))
    if "course" in readable:
        hits = _with_meaning(session, query, hits, by)
    hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.code))
    return tuple(hits[:limit])


def _with_meaning(session: Session, query: str, hits: list[Hit], by: Actor) -> list[Hit]:
    """Where the semantic extra was lent, courses whose titles mean what the words mean, below sure hits."""
    meaning = naming.meaning_lent(session, "course")
    near = meaning.nearest(core(query) or query, NEAREST) if meaning else ()
    if not near:
        return hits
    places = {code: rank for rank, (code, _) in enumerate(near)}
    conditions = [SearchEntryRow.kind == "course", SearchEntryRow.code.in_(places)]
    if reach(by, Act.READ, "course") is Reach.OWN:
        conditions.append(SearchEntryRow.owner == by.organisation)
    found = {(hit.kind, hit.code): hit for hit in hits}
    for entry in session.scalars(select(SearchEntryRow).where(*conditions)):
        score = round(worth(places[entry.code]), 4)
        hit = found.get((entry.kind, entry.code))
        if hit is None or hit.score < score:
            found[entry.kind, entry.code] = Hit(entry.kind, entry.code, entry.title, score)
    return list(found.values())


def _score(folded: str, code: str, entry: SearchEntryRow) -> float:
    if entry.code == code:
        return 1.0
    by_words = likeness(folded, entry.folded)
    if folded in entry.folded:
        by_words = max(by_words, 0.8 + 0.2 * len(folded) / len(entry.folded))
    if not words.is_latin(folded):
        return by_words
    return max(by_words, _initials_score(folded.replace(" ", ""), entry.initials))


def _initials_score(letters: str, initials: str) -> float:
    """Letters as initials: a run of them best, then in order with gaps, then nearly."""
    at = initials.find(letters)
    if at >= 0:
        return 0.95 - 0.02 * min(at, 10)
    if _in_order(letters, initials):
        return 0.85 - 0.2 * (1 - len(letters) / len(initials))
    return 0.6 * fuzz.partial_ratio(letters, initials) / 100


def _in_order(letters: str, initials: str) -> bool:
    remaining = iter(initials)
    return all(letter in remaining for letter in letters)


def _occupations(session: Session, query: str) -> list[Hit]:
    resolution = naming.resolve_text(session, query)
    return [Hit("occupation", m.code, m.name, m.score) for m in resolution.matches]
