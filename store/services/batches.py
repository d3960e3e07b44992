"""Batches: tables kept while they are mended, by anybody of the organisation, until applied or dropped."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from store.errors import ConflictError, InvalidError, NotFoundError
from store.lifecycles import BATCH
from store.models import ImportBatchRow, ImportRow
from store.schemas.actor import Actor
from store.sensitive import masked
from store.services import audit, batch_check, records
from store.services.batch_reading import STANDARD, Heading, recognised
from store.services.filing import Problem
from store.services.kinds import kind_named
from store.services.rights import Act, Reach, reach, require, require_some

KIND = "batch"
CHECKABLE = ("good", "wrong", "same")
_CHUNK = 500
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch: whose, of which kind, what its headings were taken for, how many rows are what.

    `missing` are required columns that no heading was taken for.
    """

    code: str
    kind: str
    file: str
    status: str
    headings: tuple[Heading, ...]
    missing: tuple[str, ...]
    counts: Mapping[str, int]
    standard: int
    owner: str
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it stands: its cells in the order of the headings, what is wrong, what was mended."""

    number: int
    state: str
    cells: tuple[str, ...]
    record: str | None
    problems: tuple[Problem, ...]
    mended: Mapping[str, Sequence[str]]


def begin(
    session: Session,
    kind_name: str,
    headings: Sequence[str],
    rows: Iterable[tuple[int, Sequence[str]]],
    *,
    by: Actor,
    file: str,
    digest: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> BatchView:
    """Keep a table as a batch, every row checked; nothing of it is in the records yet.

    `progress` hears after each part how many rows are kept.
    """
    require_some(by, Act.REGISTER, KIND)
    kind = kind_named(kind_name)
    require_some(by, Act.REGISTER, kind.name)
    require_some(by, Act.EDIT, kind.name)
    now = datetime.now(UTC)
    (code,) = records.next_codes(session, "L", ImportBatchRow.code, 1)
    batch = ImportBatchRow(
        code=code,
        status=BATCH.states[0],
        version=1,
        created_at=now,
        created_by=by.login,
        changed_at=now,
        changed_by=by.login,
        owner=by.organisation,
        kind=kind.name,
        file=masked(file)[:_LONGEST_NAME],
        digest=digest,
        headings=_headings_text(recognised([masked(one) for one in headings], kind.name)),
        standard=STANDARD,
    )
    session.add(batch)
    session.flush()
    left, done = iter(rows), 0
    while chunk := [_row(code, number, cells) for number, cells in islice(left, _CHUNK)]:
        batch_check.keep(batch_check.check(session, batch, chunk, by=by))
        session.add_all(chunk)
        session.flush()
        for row in chunk:
            session.expunge(row)
        done += len(chunk)
        progress(done)
    _settle(session, batch)
    view = _view(session, batch)
    if not sum(view.counts.values()):
        raise InvalidError("file_empty")
    told = {"kind": kind.name, "file": batch.file, "rows": sum(view.counts.values())}
    audit.note(session, by, "read_in", KIND, [(code, None, told)])
    return view


def _row(batch: str, number: int, cells: Sequence[str]) -> ImportRow:
    kept = json.dumps([masked(cell) for cell in cells], ensure_ascii=False)
    return ImportRow(batch=batch, number=number, state="wrong", cells=kept)


def listed(session: Session, *, by: Actor, limit: int = 200) -> tuple[BatchView, ...]:
    """Batches that the actor may read, the newest first."""
    require_some(by, Act.READ, KIND)
    query = select(ImportBatchRow).order_by(ImportBatchRow.code.desc()).limit(limit)
    if reach(by, Act.READ, KIND) is Reach.OWN:
        query = query.where(ImportBatchRow.owner == by.organisation)
    return tuple(_view(session, batch) for batch in session.scalars(query))


def shown(session: Session, code: str, *, by: Actor) -> BatchView:
    """One batch."""
    return _view(session, load(session, code, Act.READ, by=by))


def rows(
    session: Session, code: str, *, by: Actor, at: int = 0, limit: int = 50, only: str = ""
) -> tuple[RowView, ...]:
    """A window of a batch's rows, wrong ones first, then in the order of the table."""
    load(session, code, Act.READ, by=by)
    query = select(ImportRow).where(ImportRow.batch == code)
    if only:
        query = query.where(ImportRow.state == only)
    is_right = case((ImportRow.state == "wrong", 0), else_=1)
    query = query.order_by(is_right, ImportRow.number).offset(at).limit(limit)
    return tuple(row_view(row) for row in session.scalars(query))


def drop(session: Session, code: str, *, by: Actor, reason: str = "") -> BatchView:
    """Throw a batch away of which nothing was applied; its rows are forgotten."""
    batch = load(session, code, Act.WITHDRAW, by=by, for_update=True)
    step = BATCH.step("drop", batch.status, code)
    counts = _counts(session, code)
    if counts.get("applied"):
        raise ConflictError("batch_applied_partly", id=code, count=counts["applied"])
    for chunk in chunks(session, code, tuple(counts)):
        for row in chunk:
            session.delete(row)
        session.flush()
    batch.status = step.after
    touch(session, batch, "drop", by, {"rows": sum(counts.values())}, reason)
    return _view(session, batch)


def load(
    session: Session, code: str, act: Act, *, by: Actor, for_update: bool = False
) -> ImportBatchRow:
    """A batch over which the actor has a right: those of other organisations are refused."""
    require_some(by, act, KIND, code)
    batch = session.get(ImportBatchRow, code, with_for_update=for_update, populate_existing=True)
    if batch is None:
        raise NotFoundError(KIND, code)
    require(by, act, KIND, batch.owner, code)
    return batch


def chunks(
    session: Session, code: str, states: Sequence[str], *, newest_first: bool = False
) -> Iterator[list[ImportRow]]:
    """The rows that are in some states, a few hundred at a time, each part forgotten after its use."""
    number = ImportRow.number
    after: int | None = None
    while True:
        query = select(ImportRow).where(ImportRow.batch == code, ImportRow.state.in_(states))
        if after is not None:
            query = query.where(number < after if newest_first else number > after)
        query = query.order_by(number.desc() if newest_first else number).limit(_CHUNK)
        chunk = list(session.scalars(query))
        if not chunk:
            return
        after = chunk[-1].number
        yield chunk
        session.flush()
        for row in chunk:
            if row in session:
                session.expunge(row)


def settle(
    session: Session, batch: ImportBatchRow, act: str, by: Actor, told: Mapping[str, object]
) -> BatchView:
    """After a change: the state that the rows make of the batch, who changed it, the trail."""
    _settle(session, batch)
    touch(session, batch, act, by, told)
    return _view(session, batch)


def touch(
    session: Session,
    batch: ImportBatchRow,
    act: str,
    by: Actor,
    told: Mapping[str, object],
    reason: str = "",
) -> None:
    """Keep who changed a batch and how, and why where they said so."""
    batch.version += 1
    batch.changed_at = datetime.now(UTC)
    batch.changed_by = by.login
    session.flush()
    told = {**told, "status": batch.status}
    audit.note(session, by, act, KIND, [(batch.code, None, told)], reason=reason or None)


def headings_of(batch: ImportBatchRow) -> list[Heading]:
    """What each heading was taken for."""
    return [Heading(*one) for one in json.loads(batch.headings)]


def set_headings(batch: ImportBatchRow, headings: Sequence[Heading]) -> None:
    """Keep what each heading was taken for."""
    batch.headings = _headings_text(headings)


def row_view(row: ImportRow) -> RowView:
    """A row as screens and commands see it."""
    return RowView(
        row.number,
        row.state,
        tuple(json.loads(row.cells)),
        row.record,
        batch_check.problems_of(row),
        json.loads(row.mended),
    )


def _headings_text(headings: Iterable[Heading]) -> str:
    return json.dumps([astuple(one) for one in headings], ensure_ascii=False)


def _counts(session: Session, code: str) -> dict[str, int]:
    query = select(ImportRow.state, func.count()).where(ImportRow.batch == code)
    return dict(session.execute(query.group_by(ImportRow.state)).all())


def _missing(batch: ImportBatchRow) -> tuple[str, ...]:
    """Required columns that the table lacks."""
    known = {one.column for one in headings_of(batch)}
    fields = kind_named(batch.kind).draft.model_fields
    return tuple(name for name, info in fields.items() if info.is_required() and name not in known)


def _settle(session: Session, batch: ImportBatchRow) -> None:
    session.flush()
    counts = _counts(session, batch.code)
    if _missing(batch) and counts.get("wrong"):  # rows of known records may do without
        batch.status = "reading"
    elif counts.get("wrong"):
        batch.status = "repair"
    else:
        is_done = counts.get("applied") and not counts.get("good")
        batch.status = "applied" if is_done else "ready"


def _view(session: Session, batch: ImportBatchRow) -> BatchView:
    counts = _counts(session, batch.code)
    return BatchView(
        batch.code,
        batch.kind,
        batch.file,
        batch.status,
        tuple(headings_of(batch)),
        _missing(batch),
        {state: counts[state] for state in sorted(counts)},
        batch.standard,
        batch.owner,
        batch.version,
        batch.created_at,
        batch.created_by,
        batch.changed_at,
        batch.changed_by,
    )
