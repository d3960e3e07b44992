"""Rows of a table into drafts: headings taken for columns, cells mended, names looked up, all of it told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from store.errors import InvalidError
from store.schemas.records import Draft
from store.sensitive import masked
from store.services.kinds import Kind
from store.services.looking_up import LOOKED_UP, Names, Read
from store.standard import standard
from store.standard.headings import folded, recognise
from store.standard.mending import mend

_CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{0,39}$")
ERROR_CELL = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|####*)")
_KEPT = 50_000  # different texts of a column whose mending is kept
_ROWS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: where, what stands there, and a code with data for the sentence."""

    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, the column it was taken for (None: left out), and how it was recognised.

    `how` is name, alias, near, given by a person, or left.
    """

    heading: str
    column: str | None
    how: str


@dataclass(frozen=True, slots=True)
class Mending:
    """One text of a column that was read as another: how, which record was meant, in how many rows."""

    column: str
    before: str
    after: str
    how: tuple[str, ...]
    meant: str
    count: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person said of a table: columns by heading, "" to leave one out; values for whole columns."""

    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


class Item(NamedTuple):
    """A right row: its number, its code where it names one, and the draft."""

    row: int
    code: str | None
    draft: Draft


@dataclass(frozen=True, slots=True)
class _Cell:
    """What became of one text of a column."""

    text: str
    how: tuple[str, ...] = ()
    meant: str = ""
    problem: tuple[str, Mapping[str, object]] | None = None


def taken_headings(kind: Kind, headings: Sequence[str], chosen: Choices) -> tuple[Heading, ...]:
    """Which column each heading is taken for; InvalidError where one is not understood or lacking."""
    known = {"code", *kind.draft.model_fields}
    for name in (*chosen.columns.values(), *chosen.values):
        if name and name not in known:
            raise InvalidError("field_unknown", name=name, known=", ".join(sorted(known)))
    given = {folded(heading): column for heading, column in chosen.columns.items()}
    lost = [heading for heading in chosen.columns if folded(heading) not in map(folded, headings)]
    if lost:
        raise InvalidError("heading_unknown", headings=", ".join(lost)[:200])
    rest = ["" if folded(heading) in given else heading for heading in headings]
    said = recognise(rest, kind.name)
    found = [
        _heading(heading, given, column, how)
        for heading, column, how in zip(headings, said.columns, said.how, strict=True)
    ]
    _refuse_unclear(kind, found, chosen)
    return tuple(found)


def _heading(heading: str, given: Mapping[str, str], column: str | None, how: str) -> Heading:
    if heading.strip() and folded(heading) in given:
        return Heading(heading, given[folded(heading)] or None, "given")
    return Heading(heading, column, how if heading.strip() else "left")


def _refuse_unclear(kind: Kind, found: Sequence[Heading], chosen: Choices) -> None:
    columns = [one.column for one in found if one.column] + list(chosen.values)
    missing = [
        name
        for name, info in kind.draft.model_fields.items()
        if info.is_required() and name not in columns
    ]
    unknown = [one.heading for one in found if one.column is None and not one.how]
    written = [folded(one.heading) for one in found if one.heading.strip()]
    twice = sorted({one.heading for one in found if written.count(folded(one.heading)) > 1})
    twice += [name for name in dict.fromkeys(columns) if columns.count(name) > 1 and not twice]
    if twice and not all(one.column is None for one in found if one.heading in twice):
        raise InvalidError("column_twice", columns=", ".join(twice))
    if missing:
        raise InvalidError("column_missing", columns=", ".join(missing), kind=kind.name)
    if unknown:
        known = ", ".join(sorted(("code", *kind.draft.model_fields)))
        raise InvalidError("column_unknown", columns=", ".join(unknown)[:200], known=known)


class RowReader:
    """Reads rows under headings part by part, and keeps what was mended in them."""

    def __init__(
        self, kind: Kind, headings: Sequence[Heading], chosen: Choices, names: Names, today: date
    ) -> None:
        self._kind = kind
        self._width = len(headings)
        self._at = [(at, one.column) for at, one in enumerate(headings) if one.column]
        self._fixed = dict(chosen.values)
        self._names = names
        self._today = today
        self._types = {column.name: column.type for column in standard(kind.name).columns}
        self._order = [name for _, name in self._at]
        self._plain: dict[str, dict[str, str]] = {name: {} for _, name in self._at}
        self._ready = [
            (at, _plain_text if self._types[name] == "text" else self._plain[name].get)
            for at, name in self._at
        ]
        self._cells: dict[str, dict[str, _Cell]] = {name: {} for _, name in self._at}
        self._cells.update({name: {} for name in self._fixed})
        self._counts: dict[tuple[str, str], list[int]] = {}
        self._told: dict[tuple[str, str], _Cell] = {}
        self._seen: dict[str, int] = {}
        self._many: TypeAdapter[list[Draft]] = TypeAdapter(list[kind.draft])  # type: ignore[name-defined]
        self.mended_rows = 0

    def codes(self, rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
        """Every well-formed code that the rows name."""
        places = [at for at, name in self._at if name == "code"]
        found = {
            self._cell("code", cells[at]).text
            for at in places
            for _, cells in rows
            if len(cells) > at
        }
        return sorted(code for code in found if _CODE.fullmatch(code))

    def read(
        self,
        rows: Sequence[tuple[int, Sequence[str]]],
        stored: Mapping[str, Mapping[str, str]],
    ) -> tuple[list[Item], list[Problem]]:
        """Drafts of right rows and what is wrong with the others; `stored` are the cells of known codes."""
        problems: list[Problem] = []
        ready: list[tuple[int, str | None, dict[str, str]]] = []
        for row, cells in rows:
            named = self._named(row, cells, problems)
            if named is None:
                continue
            code = named.pop("code", "") or None
            if code is not None and not self._is_first(row, code, problems):
                continue
            if code is not None and code in stored:
                named = {**{k: v for k, v in stored[code].items() if k not in self._cells}, **named}
            ready.append((row, code, named))
        return self._drafts(ready, problems), problems

    def mendings(self) -> Iterator[Mending]:
        """What was mended, each text of a column once, in order of the first row."""
        ordered = sorted(self._counts.items(), key=lambda item: (item[1][1], item[0]))
        for (column, before), (count, *rows) in ordered:
            cell = self._told[column, before]
            yield Mending(
                column, masked(before)[:60], cell.text, cell.how, cell.meant, count, tuple(rows)
            )

    def _named(
        self, row: int, cells: Sequence[str], problems: list[Problem]
    ) -> dict[str, str] | None:
        """Cells by column as the drafts take them; None where one of them says nothing certain."""
        if len(cells) == self._width and not self._fixed:
            known = [ready(cells[at]) for at, ready in self._ready]
            if None not in known:
                return dict(zip(self._order, known, strict=True))  # type: ignore[arg-type]
        if len(cells) > self._width:
            problems.append(Problem(row, "", "", "too_many_cells", {"most": self._width}))
            return None
        named = dict(self._fixed_cells(row, problems))
        is_mended, is_clear, count = False, True, len(cells)
        for at, name in self._at:
            text = cells[at] if at < count else ""
            kept = self._cells[name].get(text)
            cell = kept if kept is not None else self._cell(name, text)
            if cell.problem is not None:
                code, params = cell.problem
                problems.append(Problem(row, name, masked(text.strip())[:60], code, params))
                is_clear = False
            elif cell.how:
                is_mended = True
                self._tell(row, name, text, cell)
            named[name] = cell.text
        self.mended_rows += is_mended
        return named if is_clear else None

    def _fixed_cells(self, row: int, problems: list[Problem]) -> Iterator[tuple[str, str]]:
        for name, text in self._fixed.items():
            cell = self._cell(name, text)
            if cell.problem is not None:
                problems.append(Problem(row, name, masked(text)[:60], *cell.problem))
            yield name, cell.text

    def _cell(self, name: str, text: str) -> _Cell:
        kept = self._cells[name]
        found = kept.get(text)
        if found is None:
            if len(kept) >= _KEPT:
                kept.clear()
                self._plain.get(name, kept).clear()
            found = kept[text] = self._mended(name, text)
            if name in self._plain and not found.how and found.problem is None:
                self._plain[name][text] = found.text
        return found

    def _mended(self, name: str, text: str) -> _Cell:
        if ERROR_CELL.fullmatch(text.strip()):
            return _Cell(text, problem=("cell_error", {}))
        mended = mend(self._kind.name, name, text, self._today)
        if name not in LOOKED_UP or not mended.text:
            return _Cell(mended.text, mended.how)
        return _looked_up(mended.text, mended.how, self._names.read(name, mended.text))

    def _tell(self, row: int, name: str, text: str, cell: _Cell) -> None:
        counts = self._counts.setdefault((name, text), [0])
        if not counts[0]:
            self._told[name, text] = cell
        counts[0] += 1
        if len(counts) <= _ROWS_TOLD:
            counts.append(row)

    def _is_first(self, row: int, code: str, problems: list[Problem]) -> bool:
        if not _CODE.fullmatch(code):
            problems.append(Problem(row, "code", masked(code)[:60], "code_form"))
            return False
        if code in self._seen:
            problems.append(Problem(row, "code", code, "code_twice", {"first": self._seen[code]}))
            return False
        self._seen[code] = row
        return True

    def _drafts(
        self, ready: Sequence[tuple[int, str | None, dict[str, str]]], problems: list[Problem]
    ) -> list[Item]:
        """Drafts of cells: of all at once, one by one where any of them is wrong."""
        try:
            made = self._many.validate_python([named for _, _, named in ready])
        except ValidationError:
            return list(self._one_by_one(ready, problems))
        return [Item(row, code, draft) for (row, code, _), draft in zip(ready, made, strict=True)]

    def _one_by_one(
        self, ready: Sequence[tuple[int, str | None, dict[str, str]]], problems: list[Problem]
    ) -> Iterator[Item]:
        for row, code, named in ready:
            try:
                yield Item(row, code, self._kind.draft.model_validate(named))
            except ValidationError as error:
                problems.extend(_problem(row, named, detail) for detail in error.errors())


def _plain_text(cell: str) -> str | None:
    """Text that needs no mending, trimmed."""
    return cell.strip() if cell.isprintable() and not cell.startswith("#") else None


def _looked_up(text: str, how: tuple[str, ...], read: Read) -> _Cell:
    if read.unclear:
        nearest = "、".join(f"{one.name} {one.code}" for one in read.nearest)
        return _Cell(
            text, problem=("name_unclear" if nearest else "name_unknown", {"nearest": nearest})
        )
    return _Cell(read.text, (*how, read.how) if read.how else how, read.meant)


def _problem(row: int, named: Mapping[str, str], detail: ErrorDetails) -> Problem:
    column = str(detail["loc"][0]) if detail["loc"] else ""
    params = {k: v for k, v in detail.get("ctx", {}).items() if k != "error"}
    return Problem(row, column, masked(named.get(column, ""))[:60], detail["type"], params)
