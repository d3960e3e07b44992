"""Search over everything: by words, by pinyin or its initials, by code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, and_, case, delete, false, func, select, true
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

KINDS = ("need", "enterprise", "institution", "course", "instructor", "venue", "centre", "vacancy")


_RAREST = 8
_CANDIDATES = 300
_COMMON = 150  # entries from which on a token is too common to begin with
_BUDGET = 600  # entries that the rare tokens of a query may have together
_COMPARED = 50  # entries with most rare tokens in common that are compared letter by letter
_NEAR = 0.6  # a best score below this means that the rare tokens led astray

_Entry = Row[str, str, str, str, str]
_ENTRIES = select(
    SearchEntryRow.kind,
    SearchEntryRow.code,
    SearchEntryRow.title,
    SearchEntryRow.folded,
    SearchEntryRow.initials,
)


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


def entry_tokens(folded: str, initials: str, kind: str) -> list[str]:
    """All tokens of an entry."""
    return [*tokens(folded, initials), kind_token(kind)]


def initials(title: str) -> str:
    """The first letters of a title's syllables, such as djxq for 登记需求."""
    return words.initials(words.pinyin(words.fold(title)))


def kind_token(kind: str) -> str:
    """The token that every entry of a kind has."""
    return f"kk{kind}"


def index_record(session: Session, kind: str, code: str, owner: str, titles: Sequence[str]) -> None:
    """Make a record findable by its titles, in place of what was indexed before."""
    forget_records(session, kind, [code])
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
        [(e.id, entry_tokens(e.folded, e.initials, e.kind)) for e in entries],
    )


def forget_records(session: Session, kind: str, codes: Sequence[str]) -> None:
    """Take records out of search; as many as one query takes."""
    row = SearchEntryRow
    found = session.scalars(select(row.id).where(row.kind == kind, row.code.in_(codes))).all()
    if found:
        text_index.drop(session, Index.RECORDS, found)
        session.execute(delete(row).where(row.id.in_(found)))


def search(
    session: Session, query: str, *, by: Actor, kinds: Sequence[str] = KINDS, limit: int = 20
) -> tuple[Hit, ...]:
    """Records by words, code, pinyin or its initials, best first; only what the actor may read."""
    asked = _asked(query)
    readable = [kind for kind in kinds if kind != "occupation" and reach(by, Act.READ, kind)]
    if not sees_firm_names(by):
        # their words name the firm
        readable = [kind for kind in readable if kind not in ("need", "vacancy")]
    hits = _occupations(session, query) if "occupation" in kinds else []
    if readable and asked.folded:
        hits += _records(session, asked, readable, by)
    if "course" in readable:
        hits = _with_meaning(session, query, hits, by)
    hits.sort(key=lambda hit: (-hit.score, hit.kind, hit.code))
    return tuple(hits[:limit])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as entries are compared with it: `letters` if it is Latin, `sound` if it may be pinyin."""

    code: str
    folded: str
    letters: str
    sound: str
    tokens: tuple[str, ...]


def _asked(query: str) -> _Asked:
    folded = words.fold(query.replace("\0", " "))
    letters = folded.replace(" ", "") if words.is_latin(folded) else ""
    read = words.syllables(letters)
    initials = words.initials(read) if " " in read else letters
    found = dict.fromkeys((*tokens(folded, letters), *tokens("", initials)))
    return _Asked(query.strip().upper(), folded, letters, words.sound_key(read), tuple(found))


def _records(session: Session, asked: _Asked, readable: Sequence[str], by: Actor) -> list[Hit]:
    """Entries that share rare tokens; where none of them is near, those that share any."""
    allowed = _allowed(readable, by)
    named = _ENTRIES.where(
        SearchEntryRow.kind.in_(readable), SearchEntryRow.code == asked.code, allowed
    )
    entries = list(session.execute(named)) if asked.code.isascii() else []
    entries += _sharing_rare(session, asked.tokens, allowed)
    hits = _hits(asked, entries)
    if max((hit.score for hit in hits), default=0.0) >= _NEAR:
        return hits
    wanted = text_index.rarest(session, Index.RECORDS, asked.tokens, _RAREST)
    within = kind_token(readable[0]) if len(readable) == 1 else ""
    found = text_index.candidates(session, Index.RECORDS, wanted, _CANDIDATES, within)
    more = session.execute(_ENTRIES.where(SearchEntryRow.id.in_(found), allowed))
    return _hits(asked, [*entries, *more])


def _allowed(readable: Sequence[str], by: Actor) -> ColumnElement[bool]:
    """What the actor may read; a CASE, so that no database starts from its index of kinds."""
    own = [kind for kind in readable if reach(by, Act.READ, kind) is Reach.OWN]
    mine = and_(SearchEntryRow.kind.in_(own), SearchEntryRow.owner == by.organisation)
    whole = SearchEntryRow.kind.in_([kind for kind in readable if kind not in own])
    return case((whole, true()), (mine, true()), else_=false())


def _sharing_rare(
    session: Session, wanted: Sequence[str], allowed: ColumnElement[bool]
) -> Sequence[_Entry]:
    """Entries that share most of the rare tokens; of those that are level, the shortest."""
    weights: dict[str, int] = {}
    spent = 0
    pairs = [token for token in wanted if len(token) > 1] or wanted
    for token, entries in text_index.counts(session, Index.RECORDS, pairs, _COMMON):
        spent += entries
        if entries == _COMMON or spent > _BUDGET:
            break
        weights[token] = (_BUDGET // entries).bit_length()
    if not weights:
        return []
    near = text_index.sharing(session, Index.RECORDS, weights)
    return session.execute(
        _ENTRIES.join(near, near.c.entry == SearchEntryRow.id)
        .where(allowed)
        .order_by(near.c.shared.desc(), func.length(SearchEntryRow.folded), SearchEntryRow.id)
        .limit(_COMPARED)
    ).all()


def _hits(asked: _Asked, entries: Iterable[_Entry]) -> list[Hit]:
    return [
        Hit(kind, code, title, round(_score(asked, code, folded, initials), 4))
        for kind, code, title, folded, initials in dict.fromkeys(entries)
    ]


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
    for kind, code, title, *_ in session.execute(_ENTRIES.where(*conditions)):
        score = round(worth(places[code]), 4)
        hit = found.get((kind, code))
        if hit is None or hit.score < score:
            found[kind, code] = Hit(kind, code, title, score)
    return list(found.values())


def _score(asked: _Asked, code: str, folded: str, initials: str) -> float:
    if code == asked.code:
        return 1.0
    score = likeness(asked.folded, folded)
    if asked.folded in folded:
        score = max(score, 0.8 + 0.2 * len(asked.folded) / len(folded))
    if asked.letters:
        score = max(score, _initials_score(asked.letters, initials))
    if asked.sound:
        score = max(score, _sound_score(asked.sound, words.sound_key(words.pinyin(folded))))
    return score


def _sound_score(sound: str, title: str) -> float:
    """Full pinyin: the whole of a title or a run of it best, then nearly."""
    if sound in title:
        return 0.85 + 0.14 * len(sound) / len(title)
    from rapidfuzz import fuzz

    return 0.85 * fuzz.ratio(sound, title) / 100


def _initials_score(letters: str, initials: str) -> float:
    """Letters as initials: a run of them best, then in order with gaps, then nearly."""
    at = initials.find(letters)
    if at >= 0:
        return 0.95 - 0.02 * min(at, 10)
    if _in_order(letters, initials):
        return 0.85 - 0.2 * (1 - len(letters) / len(initials))
    from rapidfuzz import fuzz

    return 0.6 * fuzz.partial_ratio(letters, initials) / 100


def _in_order(letters: str, initials: str) -> bool:
    remaining = iter(initials)
    return all(letter in remaining for letter in letters)


def _occupations(session: Session, query: str) -> list[Hit]:
    resolution = naming.resolve_text(session, query)
    return [Hit("occupation", m.code, m.name, m.score) for m in resolution.matches]
