"""Two people's changes of one record, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.safe import fit

_BEFORE = 4


@dataclass(frozen=True, slots=True)
class Merge:
    """Fields that only they changed (as it was, theirs), and fields that both changed (yours, theirs)."""

    theirs: dict[str, tuple[str, str]] = field(default_factory=dict)
    both: dict[str, tuple[str, str]] = field(default_factory=dict)


def merge(began: Mapping[str, str], yours: Mapping[str, str], theirs: Mapping[str, str]) -> Merge:
    """What to show where both began from the same record; without a beginning both changed a field."""
    found = Merge()
    for name, mine in yours.items():
        other, before = theirs[name], began.get(name)
        if other in (mine, before):
            continue
        (found.theirs if mine == before else found.both)[name] = (mine, other)
    return found


def apart(yours: str, theirs: str, cells: int) -> tuple[str, str]:
    """Both texts in so many cells each, beginning shortly before they differ where they are too long."""
    if fit(yours, cells) != yours or fit(theirs, cells) != theirs:
        same = next(
            (at for at, (a, b) in enumerate(zip(yours, theirs, strict=False)) if a != b),
            min(len(yours), len(theirs)),
        )
        start = max(0, same - _BEFORE)
        if start:
            yours, theirs = f"…{yours[start:]}", f"…{theirs[start:]}"
    return fit(yours, cells), fit(theirs, cells)
