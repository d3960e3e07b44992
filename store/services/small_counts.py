"""Counts too small to be published: which rows of a table are held back, so that no total gives them away.

A row is small with fewer heads than the rule says, or of fewer firms. Its numbers are held back, and
those of further rows, the smallest first, until the total tells nothing about it that the mark does not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy.orm import Session

from store.errors import InvalidError
from store.schemas.actor import Actor
from store.schemas.publication import Mark, Threshold
from store.services import audit, reference
from store.services.rights import Act, require

_META = "small_counts"


@dataclass(frozen=True, slots=True)
class Count:
    """Heads of some firms; `parts` are other counts of heads in the same row, each a part of these."""

    heads: int
    firms: frozenset[str]
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """A mark for each row, and whether the total of all rows may be told."""

    rows: tuple[Mark, ...]
    is_total_shown: bool


def held_back(rule: Threshold, counts: Sequence[Count]) -> Marks:
    """Which of some rows, whose total is known, may be shown.

    Whoever knows the total and every shown row finds each number from 1 up to the threshold still possible
    for every row under it, and no other held back row determined; all rows held back together are not
    small either. Where that cannot be had, the total is held back, too. Zeros are shown.
    """
    hidden = {at for at, one in enumerate(counts) if _is_small(rule, one)}
    spare = sorted(
        (at for at, one in enumerate(counts) if at not in hidden and one.heads),
        key=lambda at: (counts[at].heads, at),
        reverse=True,
    )
    while hidden and not _is_safe(rule, [counts[at] for at in sorted(hidden)]) and spare:
        hidden.add(spare.pop())
    marks = tuple(
        Mark.SHOWN if at not in hidden else Mark.FEW if one.heads < rule.heads else Mark.HELD
        for at, one in enumerate(counts)
    )
    return Marks(marks, not hidden or _is_safe(rule, [counts[at] for at in sorted(hidden)]))


def _is_small(rule: Threshold, one: Count) -> bool:
    return (
        any(0 < heads < rule.heads for heads in (one.heads, *one.parts))
        or 0 < len(one.firms) < rule.firms
    )


def _is_safe(rule: Threshold, hidden: Sequence[Count]) -> bool:
    """Whether the sum of what is held back gives nothing away."""
    whole = Count(
        sum(one.heads for one in hidden),
        frozenset[str]().union(*(one.firms for one in hidden)),
        tuple(map(sum, zip(*(one.parts for one in hidden), strict=True))),
    )
    few = sum(one.heads < rule.heads for one in hidden)
    others = len(hidden) - few  # of these it is known that they are not under the threshold
    most = rule.heads - 1
    if _is_small(rule, whole) or few + others < 2:
        return False
    slack = whole.heads - others * rule.heads - few  # above the least that all of them can be
    if not few:
        return slack >= 1
    return slack >= most - 1 and (others > 0 or whole.heads <= 1 + (few - 1) * most)


def counted(heads: Iterable[tuple[int, str]]) -> Count:
    """One row of several (heads, firm)."""
    known = list(heads)
    return Count(sum(one for one, _ in known), frozenset(firm for one, firm in known if one))


def threshold(session: Session) -> Threshold:
    """The threshold of this store."""
    said = reference.meta(session, _META)
    return replace(Threshold(), **json.loads(said)) if said else Threshold()


def set_threshold(session: Session, changes: Mapping[str, int], *, by: Actor) -> Threshold:
    """Change its numbers, for bulletins made from now on; a supervisor's act."""
    require(by, Act.EDIT, "small_counts", None)
    known = [field.name for field in fields(Threshold)]
    for name, value in changes.items():
        if name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(known))
        if not 3 <= value <= 100:  # under 2 can only be 1
            raise InvalidError("threshold_range", name=name, value=value)
    before = threshold(session)
    after = replace(before, **changes)
    reference.set_meta(session, _META, json.dumps(asdict(after)))
    audit.note(session, by, "edit", "small_counts", [("SMALL", asdict(before), asdict(after))])
    return after
