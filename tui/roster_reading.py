"""Lists of names and files of attendance devices, as people paste and export them, made into drafts."""

from __future__ import annotations

import re

from pydantic import ValidationError

from store.errors import InvalidError, UsageError
from store.schemas.trainee import TraineeDraft
from store.services.device_times import Stamp, read_stamp
from store.tables import unguarded
from tui.messages import field_causes
from tui.words import field_word

_HEADINGS = {"姓名", "name", "名字", "学员", "学员姓名"}
_PHONE = re.compile(r"\+?\d[\d -]{6,}")
_COLUMNS = re.compile(r"[\t,，;；]")


def read_people(text: str, employer: str | None = None) -> list[TraineeDraft]:
    """A line a person: name, then telephone and the centre's own number in any order, as Excel copies them.

    A heading is left out; a line that is wrong is refused with its number.
    """
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [unguarded(cell.strip()) for cell in _COLUMNS.split(line)]
        if not any(cells) or cells[0].lower() in _HEADINGS:
            continue
        try:
            found.append(TraineeDraft.model_validate(_person(cells, employer)))
        except ValidationError as error:
            told = [f"{field_word(name)}: {why}" for name, why in field_causes(error).items()]
            raise InvalidError("roster_line", line=number, cause="; ".join(told)) from error
    return found


def _person(cells: list[str], employer: str | None) -> dict[str, str | None]:
    """Of what stands behind a name, long digits are a telephone and anything else the centre's number."""
    person: dict[str, str | None] = {"name": cells[0], "employer": employer}
    for cell in filter(None, cells[1:]):
        is_phone = _PHONE.fullmatch(cell) and "phone" not in person
        person["phone" if is_phone else "number"] = cell
    return person


def read_stamps(text: str) -> list[Stamp]:
    """A line a stamp: the moment, then whose number; a heading without digits is left out."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in _COLUMNS.split(line) if cell.strip()]
        if not cells or not any(character.isdigit() for character in line):
            continue
        if len(cells) < 2:
            raise UsageError("stamp_columns", line=number)
        found.append(read_stamp(number, cells[0], cells[1]))
    return found
