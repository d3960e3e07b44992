"""Where batches meet the standard: what a heading was taken for, and a cell as drafts take it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from store.standard import VERSION as STANDARD
from store.standard import standard
from store.standard.headings import recognise
from store.standard.mending import mend

__all__ = ["STANDARD", "Heading", "columns_of", "mended", "recognised"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a table, the column it was taken for (empty for none), and how.

    `how` is as the standard recognised it, `chosen` by a person, or `added` for a column the table lacks.
    """

    heading: str
    column: str
    how: str

    @property
    def is_guessed(self) -> bool:
        """Whether it only resembles a heading of the column, so that a person should look."""
        return self.how == "near"


def recognised(headings: Sequence[str], kind: str) -> tuple[Heading, ...]:
    """What each heading of a table of some kind means."""
    found = recognise(headings, kind)
    return tuple(
        Heading(heading, column or "", how)
        for heading, column, how in zip(headings, found.columns, found.how, strict=True)
    )


def mended(kind: str, column: str, text: str, today: date) -> tuple[str, tuple[str, ...]]:
    """A cell as the drafts take it, and codes of what was mended in it."""
    found = mend(kind, column, text, today)
    return found.text, found.how


def columns_of(kind: str) -> tuple[str, ...]:
    """Every column of a kind, the code first."""
    return tuple(column.name for column in standard(kind).columns)
