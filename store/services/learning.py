"""Words that people confirmed to mean an occupation: they count at once, in every session, until undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session

from matching import text as words
from matching.topic import cores
from store.errors import InvalidError, NotFoundError
from store.models import ConfirmationRow, OccupationRow, OrganisationRow
from store.schemas.actor import Actor, Role
from store.schemas.records import Draft
from store.services import audit, naming, sentences
from store.services.kinds import Kind
from store.services.reference import today_in_china
from store.services.rights import Act, Reach, reach, require, require_some

_SHORTEST, _LONGEST = 2, 16
_ALIKE = (
    5  # among so many occupations a part of a sentence must be, to be the part that was confirmed
)
_TEACHERS = (Role.OPERATOR, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Folded words, the occupation they were said to mean, the text they were said in, by whom and when."""

    id: int
    words: str
    occupation: str
    name: str
    said: str
    record: str | None
    login: str
    owner: str
    at: datetime
    is_contested: bool


def confirmations(
    session: Session, *, by: Actor, contested_only: bool = False, record: str | None = None
) -> tuple[Confirmation, ...]:
    """What was confirmed, contested words first, then the newest; own centre's only for operators."""
    require(by, Act.READ, "alias", by.organisation)
    row = ConfirmationRow
    query = (
        select(row, OccupationRow.name)
        .join(OccupationRow, OccupationRow.code == row.occupation)
        .order_by(row.is_contested.desc(), row.at.desc(), row.id.desc())
    )
    if reach(by, Act.READ, "alias") is Reach.OWN:
        query = query.where(row.owner == by.organisation)
    if contested_only:
        query = query.where(row.is_contested)
    if record is not None:
        query = query.where(row.record == record)
    return tuple(_view(found, name) for found, name in session.execute(query))


def confirm(
    session: Session, text: str, occupation: str, *, by: Actor, record: str | None = None
) -> Confirmation:
    """Keep that the text means the occupation."""
    require(by, Act.REGISTER, "alias", by.organisation)
    name = session.scalar(select(OccupationRow.name).where(OccupationRow.code == occupation))
    if name is None:
        raise NotFoundError("occupation", occupation)
    folded = words.fold(text)
    if not text.isprintable():
        raise InvalidError("words_unseen")
    named = session.scalar(
        select(OccupationRow.code).where(
            OccupationRow.name == text.strip(), OccupationRow.code != occupation
        )
    )
    if named is not None:
        raise InvalidError("words_are_a_name", text=text.strip(), id=named)
    if not _SHORTEST <= len(folded) <= _LONGEST:
        raise InvalidError("words_length", text=text, least=_SHORTEST, most=_LONGEST)
    held = session.scalar(
        select(ConfirmationRow).where(
            ConfirmationRow.words == folded, ConfirmationRow.occupation == occupation
        )
    )
    if held is None:
        naming.add_alias(session, text.strip(), occupation, by=by)
        held = ConfirmationRow(
            words=folded,
            occupation=occupation,
            said=text,
            record=record,
            login=by.login,
            owner=by.organisation,
            at=datetime.now(UTC),
            is_contested=False,
        )
        session.add(held)
        session.flush()
        _mark_contested(session, folded)
        session.refresh(held)
        audit.note(session, by, "confirm", "alias", [(str(held.id), None, _told(held))])
    return _view(held, name)


def undo(session: Session, id: int, *, by: Actor, reason: str = "") -> None:
    """Forget a confirmation: the words mean what they meant before."""
    require_some(by, Act.WITHDRAW, "alias", str(id))
    held = session.get(ConfirmationRow, id, with_for_update=True)
    if held is None:
        raise NotFoundError("alias", str(id))
    require(by, Act.WITHDRAW, "alias", held.owner, str(id))
    audit.note(session, by, "undo", "alias", [(str(id), _told(held), None)], reason=reason or None)
    folded, occupation = held.words, held.occupation
    session.execute(delete(ConfirmationRow).where(ConfirmationRow.id == id))
    naming.drop_alias(session, folded, occupation)
    _mark_contested(session, folded)


def learn(
    session: Session, kind: Kind, code: str, draft: Draft, before: Draft | None, by: Actor
) -> None:
    """Keep what a person confirmed in a record, where the dictionary would not have known it for sure."""
    if by.role not in _TEACHERS or not kind.meaning_of:
        return
    known = {part.code for part in getattr(before, "occupations", ()) if part.confirmed_by}
    new = [
        part.code
        for part in getattr(draft, "occupations", ())
        if part.confirmed_by == by.login and part.code not in known
    ]
    if len(new) != 1:  # several confirmed at once do not say which words mean which
        return
    said = getattr(draft, kind.meaning_of)
    told = _words_for(session, said, new[0], by)
    if told:
        held = confirm(session, told, new[0], by=by, record=code)
        session.execute(
            update(ConfirmationRow).where(ConfirmationRow.id == held.id).values(said=said)
        )


def _words_for(session: Session, said: str, occupation: str, by: Actor) -> str | None:
    """The part of a text that was confirmed; none where that is not plain or the dictionary knows it."""
    kept = list(said)
    for item in sentences.read_sentence(session, said, by=by, today=today_in_china()):
        if item.field not in ("level", "certificate"):
            kept[item.start : item.end] = "，" * (item.end - item.start)
    parts = [p for p in cores("".join(kept)) if _SHORTEST <= len(p) <= _LONGEST]
    parts = [p for p in parts if not _names_a_firm(session, p)]
    found = []
    for part in parts:
        resolution = naming.resolve_text(session, part, top=_ALIKE)
        codes = [match.code for match in resolution.matches]
        if codes[:1] == [occupation] and not resolution.is_ambiguous:
            return None
        if occupation in codes:
            found.append((codes.index(occupation), part))
    if found:
        return min(found)[1]
    return parts[0] if len(parts) == 1 else None


def _names_a_firm(session: Session, part: str) -> bool:
    """Whether the words are the name of an organisation: names do not go into the dictionary."""
    short = OrganisationRow.short_name
    inside = literal(part).contains(short) | short.startswith(part, autoescape=True)
    return session.scalar(select(short).where(inside).limit(1)) is not None


def _mark_contested(session: Session, folded: str) -> None:
    same = select(func.count()).where(ConfirmationRow.words == folded).scalar_subquery()
    session.execute(
        update(ConfirmationRow)
        .where(ConfirmationRow.words == folded)
        .values(is_contested=same > 1)
        .execution_options(synchronize_session=False)
    )


def _told(row: ConfirmationRow) -> dict[str, object]:
    return {
        "words": row.words,
        "occupation": row.occupation,
        "said": row.said,
        "record": row.record,
    }


def _view(row: ConfirmationRow, name: str) -> Confirmation:
    return Confirmation(
        row.id,
        row.words,
        row.occupation,
        name,
        row.said,
        row.record,
        row.login,
        row.owner,
        row.at,
        row.is_contested,
    )
