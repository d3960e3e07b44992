"""Rows of a table into drafts: headings taken for columns, cells mended, names looked up, all of it told."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from store.errors import InvalidError
from store.schemas.assembling import assembled, read_cells
from store.schemas.records import Draft
from store.sensitive import masked
from store.services.cell_reading import ABSENT, Cell, ColumnReader
from store.services.kinds import Kind
from store.services.looking_up import Names
from store.standard.headings import folded, recognise

_CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{0,39}$")
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
    """A row: its number, its code where it names one, and the draft."""

    row: int
    code: str | None
    draft: Draft


class Reading(NamedTuple):
    """Right rows; wrong rows, each with a draft that lacks what is wrong; and all that is wrong."""

    items: list[Item]
    wrong: list[Item]
    problems: list[Problem]


@dataclass(slots=True)
class _Told:
    """How often one text of a column was mended, and the first rows with it."""

    cell: Cell
    count: int = 0
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """Some rows as columns: their numbers, texts and values by column, and the wrong cells by place."""

    numbers: list[int]
    texts: dict[str, tuple[str, ...]]
    values: dict[str, Sequence[Any]]
    wrong: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))


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
    """Reads rows under headings part by part, a column at a time, and keeps what was mended in them."""

    def __init__(
        self, kind: Kind, headings: Sequence[Heading], chosen: Choices, names: Names, today: date
    ) -> None:
        self._kind = kind
        self._width = len(headings)
        self._at = [(at, one.column) for at, one in enumerate(headings) if one.column]
        self._fixed = dict(chosen.values)
        self._readers = {
            name: ColumnReader(kind, name, names, today)
            for name in (*self._fixed, *(name for _, name in self._at))
        }
        self._mendings: dict[tuple[str, str], _Told] = {}
        self._seen: dict[str, int] = {}
        self._many: TypeAdapter[list[Draft]] = TypeAdapter(list[kind.draft])  # type: ignore[name-defined]
        self.mended_rows = 0

    def codes(self, rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
        """Every well-formed code that the rows name."""
        places = [at for at, name in self._at if name == "code"]
        found = {
            self._readers["code"].cell(cells[at]).text
            for at in places
            for _, cells in rows
            if len(cells) > at
        }
        return sorted(code for code in found if _CODE.fullmatch(code))

    def read(
        self,
        rows: Sequence[tuple[int, Sequence[str]]],
        stored: Mapping[str, Mapping[str, str]],
    ) -> Reading:
        """Drafts of rows and all that is wrong with them; `stored` are the cells of known codes."""
        problems: list[Problem] = []
        part = self._part(rows, problems)
        codes = self._codes_of(part, problems)
        known = {at for at, code in enumerate(codes) if code in stored}
        doubtful = known | self._unchecked(part) | part.wrong.keys()
        drafts = self._assembled(part, [at for at in range(len(codes)) if at not in doubtful])
        left = [at for at in range(len(codes)) if at not in drafts]
        named = {
            at: self._named(part, at, stored[str(codes[at])] if at in known else {}) for at in left
        }
        right = [at for at in left if at not in part.wrong]
        drafts.update(self._validated(right, [named[at] for at in right]))
        wrong = [
            Item(part.numbers[at], codes[at], self._rest(part, at, named[at], problems))
            for at in left
            if at not in drafts
        ]
        items = [Item(part.numbers[at], codes[at], drafts[at]) for at in sorted(drafts)]
        return Reading(items, wrong, problems)

    def mendings(self) -> Iterator[Mending]:
        """What was mended, each text of a column once, in order of the first row."""
        ordered = sorted(self._mendings.items(), key=lambda item: (item[1].rows[0], item[0]))
        for (column, before), told in ordered:
            cell, rows = told.cell, tuple(told.rows)
            yield Mending(
                column, masked(before)[:60], cell.text, cell.how, cell.meant, told.count, rows
            )

    def _part(self, rows: Sequence[tuple[int, Sequence[str]]], problems: list[Problem]) -> _Part:
        """The rows turned into columns, each cell read."""
        width = self._width
        numbers, fit, longer = [], [], []
        for at, (row, cells) in enumerate(rows):
            missing = width - len(cells)
            if missing < 0:
                problems.append(Problem(row, "", "", "too_many_cells", {"most": width}))
                longer.append(at)
            numbers.append(row)
            fit.append([*cells[:width], *[""] * missing] if missing else cells)
        texts = {name: (text,) * len(fit) for name, text in self._fixed.items()}
        turned = list(zip(*fit, strict=True)) or [()] * width
        texts.update((name, turned[at]) for at, name in self._at)
        part = _Part(numbers, texts, {n: self._readers[n].values(t) for n, t in texts.items()})
        for at in longer:
            part.wrong[at].add("")
        mended: set[int] = set()
        for name in texts:
            self._tell(name, part, problems, mended)
        self.mended_rows += len(mended)
        return part

    def _tell(self, name: str, part: _Part, problems: list[Problem], mended: set[int]) -> None:
        """Keep what was mended in a column, and which of its cells are wrong."""
        column, reader = part.texts[name], self._readers[name]
        told = reader.told.intersection(column) if reader.told else ()
        is_fixed = name in self._fixed
        for at in compress(range(len(column)), map(told.__contains__, column)) if told else ():
            text = column[at]
            cell = reader.cell(text)
            if cell.problem is not None:
                value = masked(text.strip())[:60]
                problems.append(Problem(part.numbers[at], name, value, *cell.problem))
                part.wrong[at].add(name)
            elif not is_fixed:
                mended.add(at)
                kept = self._mendings.get((name, text))
                if kept is None:
                    kept = self._mendings[name, text] = _Told(cell)
                kept.count += 1
                if len(kept.rows) < _ROWS_TOLD:
                    kept.rows.append(part.numbers[at])

    def _codes_of(self, part: _Part, problems: list[Problem]) -> list[str | None]:
        """The code of each row; one that stands in a row above is wrong."""
        if "code" not in part.values:
            return [None] * len(part.numbers)
        codes = [text or None for text in part.values["code"]]
        for at, code in enumerate(codes):
            if code is None or "code" in part.wrong.get(at, ()):
                continue
            if not self._is_first(part.numbers[at], code, problems):
                part.wrong[at].add("code")
        return codes

    def _is_first(self, row: int, code: str, problems: list[Problem]) -> bool:
        if not _CODE.fullmatch(code):
            problems.append(Problem(row, "code", masked(code)[:60], "code_form"))
            return False
        if code in self._seen:
            problems.append(Problem(row, "code", code, "code_twice", {"first": self._seen[code]}))
            return False
        self._seen[code] = row
        return True

    def _unchecked(self, part: _Part) -> set[int]:
        """Rows with a cell that its field refuses."""
        found: set[int] = set()
        for name, column in part.texts.items():
            refused = self._readers[name].unchecked
            if refused and not refused.isdisjoint(column):
                found.update(at for at, text in enumerate(column) if text in refused)
        return found

    def _assembled(self, part: _Part, places: Sequence[int]) -> dict[int, Draft]:
        """Drafts of rows whose every cell is right, but of those whose cells do not go together."""
        names = [name for name in part.texts if name != "code"]
        said: Any = zip(*(part.values[name] for name in names), strict=True)
        if len(places) < len(part.numbers):
            wanted = set(places)
            said = (row for at, row in enumerate(said) if at in wanted)
        absent = [(self._readers[name].absent, part.texts[name]) for name in names]
        if any(empty and not empty.isdisjoint(column) for empty, column in absent):
            named = [
                {n: v for n, v in zip(names, row, strict=True) if v is not ABSENT} for row in said
            ]
        else:
            named = [dict(zip(names, row, strict=True)) for row in said]
        try:
            return dict(zip(places, assembled(self._kind.draft, named), strict=True))
        except ValidationError as error:
            wrong = {places[int(one["loc"][0])] for one in error.errors(include_url=False)}
        return self._assembled(part, [at for at in places if at not in wrong])

    def _named(self, part: _Part, at: int, stored: Mapping[str, str]) -> dict[str, str]:
        """The cells of a row by column; those of the record where the table has no such column."""
        readers = self._readers
        own = {n: readers[n].cell(said[at]).text for n, said in part.texts.items() if n != "code"}
        return {**{k: v for k, v in stored.items() if k not in self._readers}, **own}

    def _validated(
        self, places: Sequence[int], named: Sequence[dict[str, str]]
    ) -> Iterator[tuple[int, Draft]]:
        """Drafts of cells: of all at once, one by one where any of them is wrong."""
        try:
            made = self._many.validate_python(named)
        except ValidationError:
            for at, cells in zip(places, named, strict=True):
                with suppress(ValidationError):
                    yield at, self._kind.draft.model_validate(cells)
        else:
            yield from zip(places, made, strict=True)

    def _rest(
        self, part: _Part, at: int, named: Mapping[str, str], problems: list[Problem]
    ) -> Draft:
        """What a wrong row says beside what is wrong in it, which is told."""
        draft, faults = read_cells(self._kind.draft, named, part.wrong.get(at, ()))
        row = part.numbers[at]
        for column, code, params in faults:
            problems.append(Problem(row, column, masked(named.get(column, ""))[:60], code, params))
        return draft
