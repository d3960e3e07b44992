"""Records in and out as tables: every row checked and told, all or nothing unless asked otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from store.errors import InvalidError, RefusedFileError
from store.schemas.actor import Actor
from store.schemas.fields import write_cell
from store.schemas.records import Draft
from store.services import naming, records, reference
from store.services.kinds import Kind, kind_named
from store.services.looking_up import Names
from store.services.references import missing_references
from store.services.rights import Act, require_some
from store.services.row_reading import (
    Choices,
    Heading,
    Item,
    Mending,
    Problem,
    RowReader,
    taken_headings,
)

__all__ = [
    "Choices",
    "Column",
    "Heading",
    "Mending",
    "Problem",
    "Report",
    "cells",
    "columns",
    "export_rows",
    "import_rows",
    "named_cells",
    "sought",
    "texts_of",
    "titles_of",
]
_PAGE = 500
_PART = 2000
_NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: codes of new and changed records, how many were the same, what was refused.

    Also what each heading was taken for, what was mended, and in how many rows.
    """

    kind: str
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    problems: tuple[Problem, ...]
    headings: tuple[Heading, ...] = ()
    mended: tuple[Mending, ...] = ()
    mended_rows: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a kind's table."""

    name: str
    is_required: bool
    allowed: tuple[str, ...]


def columns(kind_name: str) -> tuple[Column, ...]:
    """The columns of a kind, the code first."""
    kind = kind_named(kind_name)
    found = [Column("code", False, ())]
    for name, info in kind.draft.model_fields.items():
        found.append(Column(name, info.is_required(), tuple(_allowed(info.annotation))))
    return tuple(found)


def sought(kind_name: str, cells: Mapping[str, str]) -> dict[str, object]:
    """What columns of records are to hold, out of cells; an empty cell asks for those that say nothing.

    InvalidError for a field that is no plain column, or a cell that is no value of its field.
    """
    kind = kind_named(kind_name)
    found: dict[str, object] = {}
    for name, text in cells.items():
        if name in kind.parts or name not in kind.row.__table__.columns:
            raise InvalidError("where_unknown", name=name)
        value: TypeAdapter[object] = TypeAdapter(kind.draft.model_fields[name].rebuild_annotation())
        try:
            found[name] = value.validate_python(text) if text else None
        except ValidationError as error:
            raise InvalidError("where_value", name=name, value=text) from error
    return found


def _allowed(annotation: Any) -> Iterator[str]:
    origin = str(get_origin(annotation))
    for part in get_args(annotation):
        if origin.endswith("Literal"):
            yield str(part)
        else:
            yield from _allowed(part)


def export_rows(session: Session, kind_name: str, *, by: Actor) -> Iterator[list[str]]:
    """Every record of a kind that is in use, as cells in the order of `columns`."""
    kind = kind_named(kind_name)
    after = ""
    while True:
        page = records.page(session, kind_name, by=by, after=after, limit=_PAGE)
        for view in page.items:
            if view.status != "withdrawn":
                yield [view.code, *cells(kind, view)]
        after = page.after
        if not after:
            return


def cells(kind: Kind, draft: Draft) -> list[str]:
    """A draft as text cells."""
    return [
        write_cell(info.annotation, info.metadata, getattr(draft, name))
        for name, info in kind.draft.model_fields.items()
    ]


def named_cells(kind: Kind, draft: Draft) -> dict[str, str]:
    """A draft as text cells, each under the name of its field."""
    return dict(zip(kind.draft.model_fields, cells(kind, draft), strict=True))


def import_rows(
    session: Session,
    kind_name: str,
    headings: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    by: Actor,
    partial: bool = False,
    chosen: Choices = _NO_CHOICES,
    progress: Callable[[int], None] = lambda done: None,
) -> Report:
    """Add and change records from a table; rows that change nothing are counted, wrong rows refused.

    Rows are taken part by part in the one transaction, so that very many need little memory; `progress`
    hears after each part how many were read. Without `partial` one wrong row refuses all of them.
    """
    kind = kind_named(kind_name)
    require_some(by, Act.REGISTER, kind.name)
    require_some(by, Act.EDIT, kind.name)
    taken = taken_headings(kind, headings, chosen)
    reader = RowReader(kind, taken, chosen, Names(session, by), reference.today(session))
    run = _Import(session, kind, by, reader, partial)
    remaining = iter(rows)
    while part := list(islice(remaining, _PART)):
        run.take(part)
        progress(run.rows)
    problems = tuple(sorted(run.problems, key=lambda problem: (problem.row, problem.column)))
    if problems and not partial:
        raise RefusedFileError(problems)
    return Report(
        kind.name,
        tuple(run.created),
        tuple(run.changed),
        run.unchanged,
        problems,
        taken,
        tuple(reader.mendings()),
        reader.mended_rows,
        run.rows,
    )


def titles_of(
    session: Session,
    kind_name: str,
    headings: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    by: Actor,
    chosen: Choices = _NO_CHOICES,
) -> naming.Asked:
    """The texts of new records of a table that importing it will have to understand."""
    kind = kind_named(kind_name)
    require_some(by, Act.REGISTER, kind.name)
    require_some(by, Act.EDIT, kind.name)
    taken = taken_headings(kind, headings, chosen)
    reader = RowReader(kind, taken, chosen, Names(session, by), reference.today(session))
    found = _new_texts(session, kind, reader, rows if kind.meaning_of else (), by)
    del reader  # what it keeps of the table is not needed beside the names
    return naming.asked(session, found)


def _new_texts(
    session: Session,
    kind: Kind,
    reader: RowReader,
    rows: Iterable[tuple[int, Sequence[str]]],
    by: Actor,
) -> dict[str, None]:
    """The different words of records that are not there yet, in order."""
    found: dict[str, None] = {}
    remaining = iter(rows)
    while part := list(islice(remaining, _PART)):
        known = records.editable(session, kind, reader.codes(part), by=by)
        items = reader.read(part, {}).items
        found.update(dict.fromkeys(texts_of(kind, [i.draft for i in items if i.code not in known])))
    return found


def texts_of(kind: Kind, drafts: Iterable[Draft]) -> Iterator[str]:
    """The words of the drafts for which nobody chose an occupation."""
    return (
        str(getattr(draft, kind.meaning_of))
        for draft in drafts
        if not getattr(draft, "occupations", None)
    )


class _Import:
    """One import as it goes on: what was stored so far and what was wrong."""

    def __init__(
        self, session: Session, kind: Kind, by: Actor, reader: RowReader, is_partial: bool
    ) -> None:
        self._session, self._kind, self._by, self._reader = session, kind, by, reader
        self._is_partial = is_partial
        self.created: list[str] = []
        self.changed: list[str] = []
        self.unchanged = 0
        self.rows = 0
        self.problems: list[Problem] = []
        self._numbered: set[str] = set()  # codes that rows without one were given

    def take(self, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Read some rows, and store them where nothing speaks against it."""
        session, kind, by = self._session, self._kind, self._by
        self.rows += len(rows)
        known = records.editable(session, kind, self._reader.codes(rows), by=by)
        stored = {code: named_cells(kind, draft) for code, (_, draft) in known.items()}
        items, faulty, problems = self._reader.read(rows, stored)
        problems.extend(_reference_problems(session, kind, [*items, *faulty]))
        problems.extend(
            Problem(item.row, "code", item.code, "code_given")
            for item in items
            if item.code in self._numbered and item.code
        )
        self.problems.extend(problems)
        if self._is_partial or not self.problems:
            wrong = {problem.row for problem in problems}
            self._store([item for item in items if item.row not in wrong], known)

    def _store(self, items: Sequence[Item], known: Mapping[str, tuple[int, Draft]]) -> None:
        new = [item for item in items if item.code not in known]
        created = records.register_many(
            self._session,
            [item.draft for item in new],
            by=self._by,
            codes=[item.code for item in new],
        )
        self.created += created
        self._numbered.update(
            code for item, code in zip(new, created, strict=True) if not item.code
        )
        for item in items:
            if item.code is None or item.code not in known:
                continue
            version, before = known[item.code]
            draft = kept(self._kind, item.draft, before)
            if draft == before:
                self.unchanged += 1
            else:
                records.edit(self._session, item.code, draft, version=version, by=self._by)
                self.changed.append(item.code)


def _reference_problems(session: Session, kind: Kind, items: Sequence[Item]) -> list[Problem]:
    missing = missing_references(session, kind, [item.draft for item in items])
    return [
        Problem(items[m.at].row, m.column, str(m.value), "unknown_reference", {"kind": m.table})
        for m in missing
    ]


def kept(kind: Kind, draft: Draft, before: Draft) -> Draft:
    """The draft with what a table cannot hold taken from the record: who confirmed an occupation.

    Without occupations in the table, those of the record stay while its words stay.
    """
    if not kind.meaning_of:
        return draft
    held = {part.code: part for part in getattr(before, "occupations", ())}
    given = getattr(draft, "occupations", ())
    same_words = getattr(draft, kind.meaning_of) == getattr(before, kind.meaning_of)
    if not given and same_words:
        return draft.model_copy(update={"occupations": tuple(held.values())})
    parts = tuple(
        part.model_copy(update={"confirmed_by": held[part.code].confirmed_by})
        if part.code in held
        else part
        for part in given
    )
    return draft.model_copy(update={"occupations": parts})
