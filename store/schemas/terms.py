"""Terms as people type them into a revision or a counter-offer; a field that is not set stays as it was."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from store.schemas.fields import Cell, Day, Heads, Text200, Text500, Yuan
from store.schemas.records import Draft

_STEP = re.compile(r"(\d{1,3})\s*[:：]\s*(\d{1,3})\s*[%％]?")


def _read_scale(value: object) -> object:
    """`30:50, 19:75, 9:100`: so many days before the start or less, so many percent are owed."""
    if not isinstance(value, str):
        return value
    parts = [part for part in re.split(r"[,，;；、]", value) if part.strip()]
    found = [_STEP.fullmatch(part.strip()) for part in parts]
    if not all(found):
        raise PydanticCustomError("scale", "no cancellation scale")
    return tuple(sorted(((int(m[1]), int(m[2])) for m in found if m), reverse=True))


def write_scale(scale: tuple[tuple[int, int], ...]) -> str:
    """A scale as it is typed."""
    return ", ".join(f"{days}:{percent}" for days, percent in scale)


Percent = Annotated[int, Field(ge=0, le=100)]
Scale = Annotated[
    tuple[tuple[Annotated[int, Field(ge=0, le=365)], Percent], ...],
    BeforeValidator(_read_scale),
    Cell(write_scale),
]


class TermsDraft(Draft):
    """What may be negotiated without another plan: price a head in yuan, scale, no-show percent, words."""

    price: Yuan | None = None
    scale: Scale | None = None
    no_show_percent: Percent | None = None
    includes: Text200 | None = None
    note: Text500 | None = None


class CounterDraft(TermsDraft):
    """A counter-offer; other heads or a later start need another plan."""

    heads: Heads | None = None
    not_before: Day | None = None
