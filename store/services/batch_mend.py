"""Mending a batch: what a heading means, one cell, the same text everywhere, rows that are left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import InvalidError, NotFoundError
from store.lifecycles import BATCH
from store.models import ImportBatchRow, ImportRow
from store.schemas.actor import Actor
from store.sensitive import masked
from store.services import batch_check, batch_choices, batches
from store.services.batch_choices import Choice
from store.services.batch_reading import Heading, columns_of, recognised
from store.services.batches import CHECKABLE, BatchView
from store.services.kinds import kind_named
from store.services.rights import Act

_LONGEST_CELL = 10_000


def remap(session: Session, code: str, heading: str, column: str, *, by: Actor) -> BatchView:
    """Take a heading, by its words or its number from 1, for a column, or for none where that is empty."""
    batch = _open(session, code, "map", by)
    headings = batches.headings_of(batch)
    at = _heading_at(headings, heading)
    if column:
        column = _known_column(batch.kind, column)
        taken = next((one for one in headings if one.column == column), None)
        if taken is not None and taken is not headings[at]:
            raise InvalidError("column_taken", column=column, heading=taken.heading)
    headings[at] = replace(headings[at], column=column, how="chosen" if column else "")
    batches.set_headings(batch, headings)
    _recheck_all(session, batch, by)
    return batches.settle(session, batch, "map", by, {"heading": heading, "column": column})


def recheck(
    session: Session,
    code: str,
    *,
    by: Actor,
    progress: Callable[[int], None] = lambda done: None,
) -> BatchView:
    """Look at every row again, with the records as they are now.

    `progress` hears after each part how many rows were looked at.
    """
    batch = _open(session, code, "mend", by)
    _recheck_all(session, batch, by, progress)
    return batches.settle(session, batch, "check", by, {})


def fix(
    session: Session, code: str, number: int, column: str, text: str, *, by: Actor
) -> BatchView:
    """Write into one cell; its row, and rows of the same record, are checked anew."""
    batch = _open(session, code, "mend", by)
    column, at = _column_at(batch, column)
    row = _row(session, code, number)
    before = _put(row, at, text)
    _recheck(session, batch, [row], by)
    told = {"row": number, "column": column, "old": before, "new": _kept(text)}
    return batches.settle(session, batch, "mend", by, told)


def fill(session: Session, code: str, column: str, old: str, new: str, *, by: Actor) -> BatchView:
    """Write into every cell of a column that says `old`: the same text is mended the same way."""
    batch = _open(session, code, "mend", by)
    column, at = _column_at(batch, column)
    count = 0
    for chunk in batches.chunks(session, code, CHECKABLE):
        same = [row for row in chunk if _cell(row, at) == old]
        for row in same:
            _put(row, at, new)
        count += len(same)
        if same and column != "code":
            _check(session, batch, same, by)
    if not count:
        raise InvalidError("no_such_cell", column=column, text=old)
    if column == "code":
        _recheck_all(session, batch, by)
    told = {"column": column, "old": old, "new": _kept(new), "rows": count}
    return batches.settle(session, batch, "mend", by, told)


def leave(
    session: Session, code: str, numbers: Sequence[int], *, by: Actor, back: bool = False
) -> BatchView:
    """Leave rows out of what is applied, or take them in again."""
    batch = _open(session, code, "mend", by)
    found = [_row(session, code, number, "left_out" if back else "") for number in numbers]
    for row in found:
        row.state = "wrong" if back else "left_out"
    session.flush()
    _recheck(session, batch, found if back else (), by, {row.record for row in found})
    told = {"rows": list(numbers), "back": back}
    return batches.settle(session, batch, "leave_out", by, told)


def choices(
    session: Session, code: str, number: int, column: str, *, by: Actor
) -> tuple[Choice, ...]:
    """What a cell may mean, nearest first."""
    batch = batches.load(session, code, Act.EDIT, by=by)
    headings = batches.headings_of(batch)
    at = next((at for at, one in enumerate(headings) if one.column == column), None)
    row = session.get(ImportRow, (code, number))
    if at is None or row is None:
        return ()
    return batch_choices.choices(session, kind_named(batch.kind), column, _cell(row, at), by=by)


def _open(session: Session, code: str, act: str, by: Actor) -> ImportBatchRow:
    batch = batches.load(session, code, Act.EDIT, by=by, for_update=True)
    BATCH.step(act, batch.status, code)
    return batch


def _heading_at(headings: Sequence[Heading], wanted: str) -> int:
    names = [one.heading for one in headings]
    if wanted in names:
        return names.index(wanted)
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    raise InvalidError(
        "batch_heading_unknown", heading=wanted, known=", ".join(filter(None, names))
    )


def _known_column(kind: str, word: str) -> str:
    """A column by its name or by what a heading may call it."""
    known = columns_of(kind)
    column = word if word in known else recognised([word], kind)[0].column
    if not column:
        raise InvalidError("field_unknown", name=word, known=", ".join(known))
    return column


def _column_at(batch: ImportBatchRow, word: str) -> tuple[str, int]:
    """A column and where it stands; one that the table lacks is put behind the others."""
    column = _known_column(batch.kind, word)
    headings = batches.headings_of(batch)
    for at, one in enumerate(headings):
        if one.column == column:
            return column, at
    batches.set_headings(batch, [*headings, Heading("", column, "added")])
    return column, len(headings)


def _row(session: Session, code: str, number: int, state: str = "") -> ImportRow:
    row = session.get(ImportRow, (code, number))
    if row is None or row.state not in ([state] if state else CHECKABLE):
        raise NotFoundError("batch_row", f"{code} {number}")
    return row


def _cell(row: ImportRow, at: int) -> str:
    cells = json.loads(row.cells)
    return str(cells[at]) if at < len(cells) else ""


def _kept(text: str) -> str:
    return masked(text.strip())[:_LONGEST_CELL]


def _put(row: ImportRow, at: int, text: str) -> str:
    """Write a cell; what stood there before."""
    cells = json.loads(row.cells)
    cells += [""] * (at + 1 - len(cells))
    before = str(cells[at])
    cells[at] = _kept(text)
    row.cells = json.dumps(cells, ensure_ascii=False)
    return before


def _recheck_all(
    session: Session,
    batch: ImportBatchRow,
    by: Actor,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    count = 0
    for chunk in batches.chunks(session, batch.code, CHECKABLE):
        _check(session, batch, chunk, by)
        count += len(chunk)
        progress(count)


def _check(session: Session, batch: ImportBatchRow, found: Sequence[ImportRow], by: Actor) -> None:
    batch_check.keep(batch_check.check(session, batch, found, by=by))
    session.flush()


def _recheck(
    session: Session,
    batch: ImportBatchRow,
    changed: Sequence[ImportRow],
    by: Actor,
    records: Iterable[str | None] = (),
) -> None:
    """Check rows that were changed, then the others that are, or were, about the same records."""
    about = {row.record for row in changed}.union(records)
    _check(session, batch, changed, by)
    about |= {row.record for row in changed}
    here = {row.number for row in changed}
    query = select(ImportRow).where(
        ImportRow.batch == batch.code,
        ImportRow.record.in_(sorted(filter(None, about))),
        ImportRow.state.in_(CHECKABLE),
        ImportRow.number.not_in(here),
    )
    others = list(session.scalars(query))
    if others:
        _check(session, batch, others, by)
