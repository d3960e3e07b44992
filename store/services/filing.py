"""Records in and out as tables: every row checked and told, all or nothing unless asked otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.orm import Session

from store.errors import InvalidError, RefusedFileError
from store.schemas.actor import Actor
from store.schemas.fields import write_cell
from store.schemas.records import Draft
from store.sensitive import masked
from store.services import records
from store.services.kinds import Kind, kind_named
from store.services.references import missing_references
from store.services.rights import Act, require_some

_CODE = re.compile(r"^[A-Z0-9][A-Z0-9-]{0,39}$")
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: where, what stands there, and a code with data for the sentence."""

    row: int
    column: str
    value: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did: codes of new and changed records, how many were the same, what was refused."""

    kind: str
    created: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    problems: tuple[Problem, ...]


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
    rows: Sequence[tuple[int, Sequence[str]]],
    *,
    by: Actor,
    partial: bool = False,
) -> Report:
    """Add and change records from a table; rows that change nothing are counted, wrong rows refused."""
    kind = kind_named(kind_name)
    require_some(by, Act.REGISTER, kind.name)
    require_some(by, Act.EDIT, kind.name)
    _check_headings(kind, headings)
    known = records.editable(session, kind, _codes(headings, rows), by=by)
    drafts, problems = _drafts(kind, headings, rows, known)
    problems.extend(_reference_problems(session, kind, drafts))
    wrong = {problem.row for problem in problems}
    if problems and not partial:
        raise RefusedFileError(_in_order(problems))
    taken = [item for item in drafts if item.row not in wrong]
    return _store(session, kind, taken, known, by, _in_order(problems))


@dataclass(frozen=True, slots=True)
class _Item:
    row: int
    code: str | None
    draft: Draft


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.row, problem.column)))


def _check_headings(kind: Kind, headings: Sequence[str]) -> None:
    known = {"code", *kind.draft.model_fields}
    unknown = [name for name in headings if name not in known]
    twice = sorted({name for name in headings if headings.count(name) > 1})
    missing = [
        name
        for name, info in kind.draft.model_fields.items()
        if info.is_required() and name not in headings
    ]
    if missing:
        raise InvalidError("column_missing", columns=", ".join(missing), kind=kind.name)
    if unknown:
        raise InvalidError(
            "column_unknown", columns=", ".join(unknown)[:200], known=", ".join(sorted(known))
        )
    if twice:
        raise InvalidError("column_twice", columns=", ".join(twice))


def _codes(headings: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]]) -> list[str]:
    """Every well-formed code that the rows name."""
    if "code" not in headings:
        return []
    at = headings.index("code")
    found = {cells[at].strip() for _, cells in rows if len(cells) > at}
    return sorted(code for code in found if _CODE.fullmatch(code))


def _drafts(
    kind: Kind,
    headings: Sequence[str],
    rows: Sequence[tuple[int, Sequence[str]]],
    known: Mapping[str, tuple[int, Draft]],
) -> tuple[list[_Item], list[Problem]]:
    items: list[_Item] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row, values in rows:
        if len(values) > len(headings):
            problems.append(Problem(row, "", "", "too_many_cells", {"most": len(headings)}))
            continue
        named = dict(zip(headings, (value.strip(" \t　") for value in values), strict=False))
        code = named.pop("code", "") or None
        if code and not _CODE.fullmatch(code):
            problems.append(Problem(row, "code", masked(code)[:60], "code_form"))
            continue
        if code and code in seen:
            problems.append(Problem(row, "code", code, "code_twice", {"first": seen[code]}))
            continue
        if code:
            seen[code] = row
        if code is not None and code in known:
            stored = named_cells(kind, known[code][1])
            named = {**{k: v for k, v in stored.items() if k not in headings}, **named}
        try:
            items.append(_Item(row, code, kind.draft.model_validate(named)))
        except ValidationError as error:
            problems.extend(_problem(row, named, detail) for detail in error.errors())
    return items, problems


def _problem(row: int, named: Mapping[str, str], detail: ErrorDetails) -> Problem:
    column = str(detail["loc"][0]) if detail["loc"] else ""
    params = {k: v for k, v in detail.get("ctx", {}).items() if k != "error"}
    return Problem(row, column, masked(named.get(column, ""))[:60], detail["type"], params)


def _reference_problems(session: Session, kind: Kind, items: Sequence[_Item]) -> list[Problem]:
    missing = missing_references(session, kind, [item.draft for item in items])
    return [
        Problem(items[m.at].row, m.column, str(m.value), "unknown_reference", {"kind": m.table})
        for m in missing
    ]


def _store(
    session: Session,
    kind: Kind,
    items: Sequence[_Item],
    known: Mapping[str, tuple[int, Draft]],
    by: Actor,
    problems: tuple[Problem, ...],
) -> Report:
    new = [item for item in items if item.code not in known]
    created = records.register_many(
        session, [item.draft for item in new], by=by, codes=[item.code for item in new]
    )
    changed = []
    unchanged = 0
    for item in items:
        if item.code is None or item.code not in known:
            continue
        version, before = known[item.code]
        draft = _kept(kind, item.draft, before)
        if draft == before:
            unchanged += 1
        else:
            records.edit(session, item.code, draft, version=version, by=by)
            changed.append(item.code)
    return Report(kind.name, tuple(created), tuple(changed), unchanged, problems)


def _kept(kind: Kind, draft: Draft, before: Draft) -> Draft:
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
