"""Cells of one column: mended, names looked up, checked as the field checks them; each text once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from store.schemas.fields import all_plain, longest_text
from store.services.kinds import Kind
from store.services.looking_up import LOOKED_UP, Names, Read
from store.standard import standard
from store.standard.mending import mend

ERROR_CELL = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|####*)")
ABSENT = object()  # the value of an empty cell
UNCHECKED = object()  # the value of a text that the field refuses, or that says nothing certain
_KEPT = 20_000  # different texts of a column that are kept


class Cell(NamedTuple):
    """What became of one text: how it was mended, which record was meant, and what is wrong with it."""

    text: str
    how: tuple[str, ...] = ()
    meant: str = ""
    problem: tuple[str, Mapping[str, object]] | None = None


class ColumnReader:
    """Reads the cells of a column; texts that come again are neither mended nor checked again.

    `told` are the texts read so far that were mended or are wrong, `unchecked` those that the field
    refuses, `absent` those that say nothing.
    """

    def __init__(self, kind: Kind, name: str, names: Names, today: date) -> None:
        self._kind, self._name, self._names, self._today = kind, name, names, today
        self._cells: dict[str, Cell] = {}
        self._values: dict[str, Any] = {}
        self._is_text = standard(kind.name).column(name).type == "text" and name not in LOOKED_UP
        info = kind.draft.model_fields.get(name)
        type_: Any = info.rebuild_annotation() if info else None
        self._longest = longest_text(type_) if self._is_text else 0
        many: Any = list
        self._field: TypeAdapter[list[Any]] | None = TypeAdapter(many[type_]) if info else None
        self.told: set[str] = set()
        self.unchecked: set[str] = set()
        self.absent: set[str] = set()

    def values(self, column: Sequence[str]) -> Sequence[Any]:
        """What each cell is worth: to the field, or as text where there is none; ABSENT or UNCHECKED."""
        if self._longest:
            trimmed = [text.strip() for text in column]
            if all_plain(trimmed, self._longest) and not any(t.startswith("#") for t in trimmed):
                return trimmed
        known = self._values
        try:
            return [known[text] for text in column]
        except KeyError:
            self._learn([text for text in dict.fromkeys(column) if text not in known], column)
        return [known[text] for text in column]

    def cell(self, text: str) -> Cell:
        """What one text was mended to."""
        if text not in self._cells:
            self.values((text,))
        return self._cells.get(text) or Cell(text.strip())

    def _learn(self, new: Sequence[str], column: Sequence[str]) -> None:
        """Read texts that are not known; where too many are, those of the column alone are kept."""
        if len(self._values) + len(new) > _KEPT:
            for kept in (self._values, self._cells, self.told, self.unchecked, self.absent):
                kept.clear()
            new = list(dict.fromkeys(column))
        cells = [self._mended(text) for text in new]
        for text, cell, value in zip(new, cells, self._checked(cells), strict=True):
            self._cells[text], self._values[text] = cell, value
            if cell.how or cell.problem is not None:
                self.told.add(text)
            if value is UNCHECKED:
                self.unchecked.add(text)
            elif value is ABSENT:
                self.absent.add(text)

    def _mended(self, text: str) -> Cell:
        if self._is_text and text.isprintable() and not text.startswith("#"):
            return Cell(text.strip())
        if ERROR_CELL.fullmatch(text.strip()):
            return Cell(text, problem=("cell_error", {}))
        mended = mend(self._kind.name, self._name, text, self._today)
        if self._name not in LOOKED_UP or not mended.text:
            return Cell(mended.text, mended.how)
        return _looked_up(mended.text, mended.how, self._names.read(self._name, mended.text))

    def _checked(self, cells: Sequence[Cell]) -> list[Any]:
        """The value of each cell as the field takes it."""
        if self._field is None:
            return [cell.text for cell in cells]
        said = [cell.text for cell in cells if cell.text and cell.problem is None]
        found = _checked(self._field, said)
        if len(said) == len(cells):
            return found
        left = iter(found)
        return [
            UNCHECKED if cell.problem is not None else next(left) if cell.text else ABSENT
            for cell in cells
        ]


def _checked(field: TypeAdapter[list[Any]], texts: Sequence[str]) -> list[Any]:
    """The values of texts: of all at once, where some are wrong of the others."""
    try:
        return field.validate_python(texts)
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors(include_url=False)}
    right = iter(field.validate_python([t for at, t in enumerate(texts) if at not in wrong]))
    return [UNCHECKED if at in wrong else next(right) for at in range(len(texts))]


def _looked_up(text: str, how: tuple[str, ...], read: Read) -> Cell:
    if read.unclear:
        nearest = "、".join(f"{one.name} {one.code}" for one in read.nearest)
        code = "name_unclear" if nearest else "name_unknown"
        return Cell(text, problem=(code, {"nearest": nearest}))
    return Cell(read.text, (*how, read.how) if read.how else how, read.meant)
