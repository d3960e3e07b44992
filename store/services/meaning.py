"""What a record's words mean: found where nobody chose, found anew when the words change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from matching.occupations import SCALE
from matching.sentences import level_stated
from store.schemas.actor import Actor
from store.schemas.records import Draft, NeedDraft, OccupationPart
from store.services import naming
from store.services.kinds import Kind

D = TypeVar("D", bound=Draft)


def with_meaning(session: Session, kind: Kind, draft: D) -> D:
    """Where nobody chose an occupation, what the words most likely mean, as not confirmed."""
    return with_meanings(session, kind, [draft])[0]


def with_meanings(session: Session, kind: Kind, drafts: Sequence[D]) -> list[D]:
    """Each draft with what its words mean where nobody chose; the same words are read once."""
    if not kind.meaning_of:
        return list(drafts)
    said = [
        "" if getattr(draft, "occupations", None) else str(getattr(draft, kind.meaning_of))
        for draft in drafts
    ]
    found = naming.meanings_of(session, {text for text in said if text})
    parts = {
        text: tuple(OccupationPart(code=one.code, confidence=one.confidence) for one in shares)
        for text, shares in found.items()
    }
    return [
        draft.model_copy(update={"occupations": parts[text]}) if text else draft
        for text, draft in zip(said, drafts, strict=True)
    ]


def with_level_said(draft: D) -> D:
    """A new need without a level takes the one that its words name."""
    if not isinstance(draft, NeedDraft) or draft.level is not None:
        return draft
    return draft.model_copy(update={"level": level_stated(draft.text)})


def without_stale_meaning(kind: Kind, draft: D, before: Draft) -> D:
    """When the words change, occupations that nobody confirmed for the old words are not kept."""
    if not kind.meaning_of or getattr(draft, kind.meaning_of) == getattr(before, kind.meaning_of):
        return draft
    parts = getattr(draft, "occupations", None)
    if parts != getattr(before, "occupations", None) or any(
        part.confirmed_by for part in parts or ()
    ):
        return draft
    return draft.model_copy(update={"occupations": ()})


def with_true_confirmations(kind: Kind, draft: D, before: Sequence[OccupationPart], by: Actor) -> D:
    """Who confirmed an occupation is who the record already says it was, or the actor; never the draft."""
    if not kind.meaning_of:
        return draft
    known = {part.code: part.confirmed_by for part in before if part.confirmed_by}
    parts = tuple(
        part.model_copy(
            update={"confirmed_by": known.get(part.code, part.confirmed_by and by.login)}
        )
        for part in getattr(draft, "occupations", ())
    )
    return draft.model_copy(update={"occupations": parts})


def settled(
    code: str | None, confidence: float, confirmed_by: str | None, next_best: float | None
) -> str | None:
    """The trade a person confirmed or the words clearly mean; None where somebody must still choose."""
    if code is None or confirmed_by:
        return code
    is_close = next_best is not None and confidence - next_best < SCALE.ambiguous_gap
    return None if confidence < SCALE.unsure_below or is_close else code
