"""Rows of a batch read and checked against the store as it is now; nothing is stored here but verdicts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from store.models import ImportBatchRow, ImportRow
from store.schemas.actor import Actor
from store.schemas.assembling import read_cells
from store.schemas.fields import STORED
from store.schemas.records import Draft
from store.services import filing, reference
from store.services.batch_reading import mended
from store.services.cell_reading import ERROR_CELL
from store.services.filing import Problem
from store.services.kinds import Kind, kind_named
from store.services.looking_up import LOOKED_UP, Names, Read
from store.services.references import missing_references, parts_of
from store.services.rights import Act, Reach, reach

_CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{0,39}$")
_MASK = "*" * 15
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it is now."""

    owner: str
    status: str
    version: int
    draft: Draft


@dataclass(slots=True)
class Checked:
    """A row with what it says, the record that it is about, and what is wrong with it.

    Where cells are wrong there is no `draft`; `rest` is one that lacks them.
    """

    row: ImportRow
    named: dict[str, str]
    code: str | None
    mended: dict[str, list[str]]
    problems: list[Problem] = field(default_factory=list)
    draft: Draft | None = None
    rest: Draft | None = None
    known: Known | None = None

    @property
    def is_same(self) -> bool:
        """Whether the record already says all this."""
        return self.known is not None and self.draft == self.known.draft

    @property
    def state(self) -> str:
        """What the row is."""
        return "wrong" if self.problems else "same" if self.is_same else "good"


def check(
    session: Session, batch: ImportBatchRow, rows: Sequence[ImportRow], *, by: Actor
) -> list[Checked]:
    """What each row comes to now."""
    kind = kind_named(batch.kind)
    columns = [column for _, column, _ in json.loads(batch.headings)]
    reader = _Reader(session, kind, columns, by)
    found = [reader.read(row) for row in rows]
    known = known_records(session, kind, [one.code for one in found if one.code])
    first = _first_rows(session, batch.code, found)
    for one in found:
        one.known = known.get(one.code or "")
        one.problems += _about_code(kind, one, first, by)
        _validate(kind, one, columns)
    _check_references(session, kind, found, by)
    return found


def keep(checked: Iterable[Checked]) -> None:
    """Write the verdicts into the rows."""
    for one in checked:
        one.row.state = one.state
        one.row.problems = problems_text(one.problems)
        one.row.mended = json.dumps(one.mended, ensure_ascii=False)
        one.row.record = one.code
        one.row.version = one.known.version if one.known else None


def problems_text(problems: Iterable[Problem]) -> str:
    """Problems as JSON."""
    told = [[p.column, p.value, p.code, _told(p.params)] for p in problems]
    return json.dumps(told, ensure_ascii=False)


def problems_of(row: ImportRow) -> tuple[Problem, ...]:
    """What is wrong with a row, as it was checked last."""
    return tuple(Problem(row.number, *told) for told in json.loads(row.problems))


def known_records(session: Session, kind: Kind, codes: Sequence[str]) -> dict[str, Known]:
    """The records of a kind among some codes, withdrawn ones and those of others included."""
    found: dict[str, Known] = {}
    loaded = [selectinload(getattr(kind.row, part)) for part in kind.parts]
    for part in parts_of(sorted(set(codes))):
        query = select(kind.row).where(kind.row.code.in_(part)).options(*loaded)
        for row in session.scalars(query.execution_options(populate_existing=True)):
            draft = kind.draft.model_validate(row, context=STORED)
            found[row.code] = Known(row.owner, row.status, row.version, draft)
    return found


class _Reader:
    """Reads rows of one table; names that come again are looked up once."""

    def __init__(self, session: Session, kind: Kind, columns: Sequence[str], by: Actor) -> None:
        self._kind = kind
        self._columns = columns
        self._names = Names(session, by)
        self._today: date = reference.today(session)
        self._read: dict[tuple[str, str], tuple[Read, tuple[str, ...]]] = {}

    def read(self, row: ImportRow) -> Checked:
        """The row's cells under the names of their columns, mended."""
        one = Checked(row, {}, None, {})
        cells = json.loads(row.cells)
        if len(cells) > len(self._columns):
            most = len(self._columns)
            one.problems.append(Problem(row.number, "", "", "too_many_cells", {"most": most}))
        for column, cell in zip(self._columns, cells, strict=False):
            if column:
                self._read_cell(one, column, cell)
        one.code = one.named.pop("code", "") or None
        return one

    def _read_cell(self, one: Checked, column: str, cell: str) -> None:
        if (column, cell) not in self._read:
            text, how = mended(self._kind.name, column, cell, self._today)
            is_name = text and column in LOOKED_UP
            self._read[column, cell] = (
                self._names.read(column, text) if is_name else Read(text),
                how,
            )
        found, how = self._read[column, cell]
        one.named[column] = found.text
        told = [*how, *filter(None, [found.how])]
        if told:
            one.mended[column] = [found.text, *told]
        nearest = "、".join(f"{name.name} {name.code}" for name in found.nearest)
        if _MASK in cell:
            self._tell(one, column, cell, "identity_number")
        elif ERROR_CELL.fullmatch(cell.strip()):
            self._tell(one, column, cell, "cell_error")
        elif found.unclear:
            code = "name_unclear" if nearest else "name_unknown"
            self._tell(one, column, cell, code, nearest=nearest)

    @staticmethod
    def _tell(one: Checked, column: str, cell: str, code: str, **params: str) -> None:
        one.problems.append(Problem(one.row.number, column, cell[:_LONGEST_SHOWN], code, params))


def _first_rows(session: Session, batch: str, found: Sequence[Checked]) -> dict[str, int]:
    """For each code the first row of the batch that has it."""
    here = {one.row.number for one in found}
    first: dict[str, int] = {}
    for one in found:
        if one.code:
            first[one.code] = min(one.row.number, first.get(one.code, one.row.number))
    for part in parts_of(sorted(first)):
        query = select(ImportRow.record, func.min(ImportRow.number)).where(
            ImportRow.batch == batch,
            ImportRow.record.in_(part),
            ImportRow.state != "left_out",
            ImportRow.number.not_in(here),
        )
        for code, number in session.execute(query.group_by(ImportRow.record)).all():
            first[str(code)] = min(number, first[str(code)])
    return first


def _about_code(kind: Kind, one: Checked, first: Mapping[str, int], by: Actor) -> list[Problem]:
    """What is wrong with the code of a row or the record behind it."""
    code, known, params = one.code, one.known, {}
    if code is None or any(problem.column == "code" for problem in one.problems):
        return []
    if not _CODE.fullmatch(code):
        wrong = "code_form"
    elif first[code] != one.row.number:
        wrong, params = "code_twice", {"first": first[code]}
    elif known and not is_theirs(by, Act.EDIT, kind.name, known.owner):
        wrong = "not_yours"
    elif known and known.status == "withdrawn":
        wrong = "code_withdrawn"
    else:
        return []
    return [Problem(one.row.number, "code", code[:_LONGEST_SHOWN], wrong, params)]


def is_theirs(by: Actor, act: Act, kind: str, owner: str | None) -> bool:
    """Whether somebody may do this to a record of an owner."""
    how_far = reach(by, act, kind)
    return how_far is Reach.ANY or (how_far is Reach.OWN and owner == by.organisation)


def _validate(kind: Kind, one: Checked, columns: Sequence[str]) -> None:
    """The draft of a row; columns that the table lacks are as the record has them.

    Where the code is wrong nothing is taken from the record, nor missed in the row for being there.
    """
    named = dict(one.named)
    told = {problem.column for problem in one.problems}
    if "code" in told:
        told |= kind.draft.model_fields.keys() - set(columns)
    elif one.known:
        stored = filing.named_cells(kind, one.known.draft)
        named = {**{name: cell for name, cell in stored.items() if name not in columns}, **named}
    draft, faults = read_cells(kind.draft, named, told)
    for column, code, params in faults:
        value = named.get(column, "")[:_LONGEST_SHOWN]
        one.problems.append(Problem(one.row.number, column, value, code, _told(params)))
    if one.problems:
        one.rest = draft
    else:
        one.draft = filing.kept(kind, draft, one.known.draft) if one.known else draft


def _told(params: Mapping[str, Any]) -> dict[str, object]:
    """What a sentence is made of, as JSON takes it."""
    return {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in params.items()
    }


def _check_references(session: Session, kind: Kind, found: Sequence[Checked], by: Actor) -> None:
    """Codes that exist, and records that are the actor's to make."""
    drafts = [one.draft or one.rest for one in found]
    for missing in missing_references(session, kind, [one for one in drafts if one is not None]):
        one = found[missing.at]
        params = {"kind": missing.table}
        one.problems.append(
            Problem(one.row.number, missing.column, str(missing.value), "unknown_reference", params)
        )
    new = [one for one in found if not one.problems and one.known is None]
    owners = kind.owners(session, [one.draft for one in new], by)
    for one, owner in zip(new, owners, strict=True):
        if not is_theirs(by, Act.REGISTER, kind.name, owner):
            column = next((name for name in _OWNING if name in one.named), "")
            value = one.named.get(column, "")
            one.problems.append(Problem(one.row.number, column, value, "not_yours"))


_OWNING = ("institution", "body", "course", "venue")


def changed_meanwhile(one: Checked) -> Problem | None:
    """What is told where the record is not as it was when the row was last checked."""
    now = one.known.version if one.known else None
    if now == one.row.version or one.code is None:
        return None
    return Problem(one.row.number, "code", one.code, "changed_since")
