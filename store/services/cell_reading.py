"""Cells of one column: mended, names looked up, checked as the field checks them; each text once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from store.services.kinds import Kind
from store.services.looking_up import LOOKED_UP, Names, Read
from store.standard import standard
from store.standard.mending import mend

ERROR_CELL = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|####*)")
ABSENT = object()  # the value of an empty cell
UNCHECKED = object()  # the value of a text that the field refuses, or that says nothing certain
_KEPT = 20_000  # different texts of a column that are kept


class Cell(NamedTuple):
    """What became of one text: how it was mended, which record was meant, what is wrong, what it is worth."""

    text: str
    how: tuple[str, ...] = ()
    meant: str = ""
    problem: tuple[str, Mapping[str, object]] | None = None
    value: Any = None


class ColumnReader:
    """Reads the cells of a column; texts that come again are neither mended nor checked again.

    `told` are the texts read so far that were mended or are wrong, `unchecked` those that the field
    refuses, `absent` those that say nothing.
    """

    def __init__(self, kind: Kind, name: str, names: Names, today: date) -> None:
        self._kind, self._name, self._names, self._today = kind, name, names, today
        self._cells: dict[str, Cell] = {}
        self._is_text = standard(kind.name).column(name).type == "text" and name not in LOOKED_UP
        info = kind.draft.model_fields.get(name)
        many: Any = list
        self._field: TypeAdapter[list[Any]] | None = (
            TypeAdapter(many[info.rebuild_annotation()]) if info else None
        )
        self.told: set[str] = set()
        self.unchecked: set[str] = set()
        self.absent: set[str] = set()

    def read(self, column: Sequence[str]) -> list[Cell]:
        """What each cell comes to."""
        known = self._cells
        new = [text for text in dict.fromkeys(column) if text not in known]
        if new and len(known) + len(new) > _KEPT:
            for kept in (known, self.told, self.unchecked, self.absent):
                kept.clear()
            new = list(dict.fromkeys(column))
        self._learn(new)
        return [known[text] for text in column]

    def one(self, text: str) -> Cell:
        """What one cell comes to."""
        (cell,) = self.read((text,))
        return cell

    def _learn(self, new: Sequence[str]) -> None:
        cells = [self._mended(text) for text in new]
        for text, cell, value in zip(new, cells, self._values(cells), strict=True):
            self._cells[text] = cell._replace(value=value) if value != cell.value else cell
            if cell.how or cell.problem is not None:
                self.told.add(text)
            if value is UNCHECKED:
                self.unchecked.add(text)
            elif value is ABSENT:
                self.absent.add(text)

    def _mended(self, text: str) -> Cell:
        if self._is_text and text.isprintable() and not text.startswith("#"):
            plain = text.strip()
            return Cell(plain, value=plain)
        if ERROR_CELL.fullmatch(text.strip()):
            return Cell(text, problem=("cell_error", {}))
        mended = mend(self._kind.name, self._name, text, self._today)
        if self._name not in LOOKED_UP or not mended.text:
            return Cell(mended.text, mended.how)
        return _looked_up(mended.text, mended.how, self._names.read(self._name, mended.text))

    def _values(self, cells: Sequence[Cell]) -> list[Any]:
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
