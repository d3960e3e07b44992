"""A batch taken over into the records, or taken back from them: all of it or what can be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.errors import ConflictError, DuijieError, RefusedFileError
from store.lifecycles import BATCH
from store.models import Base, ImportBatchRow, ImportRow
from store.schemas.actor import Actor
from store.schemas.fields import STORED
from store.schemas.records import Draft
from store.services import batch_check, batches, filing, naming, records
from store.services.batch_check import Checked
from store.services.batch_reading import Heading
from store.services.batches import BatchView
from store.services.filing import Problem
from store.services.kinds import Kind, kind_named
from store.services.references import parts_of
from store.services.rights import Act, require_some

_MOST_CHANGES = 500
_Act = Callable[[Session, Checked, Actor], None]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row would do: `fields` are (column, old, new); a new record has only new ones."""

    row: int
    record: str | None
    is_new: bool
    name: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Diff:
    """What a batch would do to the records as they are now; of the changes the first few hundred.

    `guessed` are the headings that only resemble the columns they were taken for, `untaken` those that
    were taken for none.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    guessed: tuple[Heading, ...] = ()
    untaken: tuple[str, ...] = ()


@dataclass(slots=True)
class Done:
    """What was done: codes made and changed, or withdrawn and put back; what was refused, and why."""

    batch: BatchView | None = None
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def diff(session: Session, code: str, *, by: Actor) -> Diff:
    """What applying would do now; rows known to be wrong, or found to be so now, are among the problems."""
    batch = batches.load(session, code, Act.READ, by=by)
    kind = kind_named(batch.kind)
    headings = batches.headings_of(batch)
    found = Diff(
        guessed=tuple(one for one in headings if one.is_guessed),
        untaken=tuple(one.heading for one in headings if not one.column and one.heading),
    )
    for chunk in batches.chunks(session, code, batches.CHECKABLE):
        for one in batch_check.check(session, batch, chunk, by=by):
            conflict = batch_check.changed_meanwhile(one)
            found.problems += one.problems or filter(None, [conflict])
            if one.state == "same":
                found.same += 1
            elif one.state == "good":
                _add_change(found, kind, one)
    return found


def _add_change(found: Diff, kind: Kind, one: Checked) -> None:
    if one.known is None:
        found.new += 1
    else:
        found.changed += 1
    if len(found.changes) >= _MOST_CHANGES or one.draft is None:
        return
    new = filing.named_cells(kind, one.draft)
    old = filing.named_cells(kind, one.known.draft) if one.known else dict.fromkeys(new, "")
    fields = tuple((name, old[name], new[name]) for name in new if old[name] != new[name])
    name = str(getattr(one.draft, kind.titles[0])) if kind.titles else ""
    found.changes.append(Change(one.row.number, one.code, one.known is None, name, fields))


def apply(
    session: Session,
    code: str,
    *,
    by: Actor,
    partial: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> Done:
    """Take every good row over, all or none; with `partial` those that can be, the others stay, told why.

    `progress` hears after each part how many rows were gone through.
    """
    batch = batches.load(session, code, Act.EDIT, by=by, for_update=True)
    BATCH.step("apply", batch.status, code)
    kind = kind_named(batch.kind)
    require_some(by, Act.REGISTER, kind.name)
    require_some(by, Act.EDIT, kind.name)
    done = Done()
    for chunk in batches.chunks(session, code, ("wrong",)):
        done.problems += [one for row in chunk for one in batch_check.problems_of(row)]
    count = 0
    for chunk in batches.chunks(session, code, ("good",)):
        _apply_chunk(session, batch, kind, chunk, by, done)
        count += len(chunk)
        progress(count)
    if done.problems and not partial:
        raise RefusedFileError(_in_order(done.problems))
    if not done.created and not done.changed:
        raise ConflictError("nothing_to_take", id=code)
    return _finish(session, batch, "apply", by, done)


def titles_of(session: Session, code: str, *, by: Actor) -> naming.Asked:
    """The words of new records of a batch that applying it will have to understand."""
    batch = batches.load(session, code, Act.EDIT, by=by)
    kind = kind_named(batch.kind)
    count = batches.shown(session, code, by=by).counts.get("good", 0)
    found: dict[str, None] = {}
    is_long = kind.meaning_of and count >= naming.MANY
    for chunk in batches.chunks(session, code, ("good",)) if is_long else ():
        checked = batch_check.check(session, batch, chunk, by=by)
        drafts = [one.draft for one in checked if one.draft is not None and one.known is None]
        found.update(dict.fromkeys(filing.texts_of(kind, drafts)))
    return naming.asked(session, found)


def _apply_chunk(
    session: Session,
    batch: ImportBatchRow,
    kind: Kind,
    chunk: Sequence[ImportRow],
    by: Actor,
    done: Done,
) -> None:
    checked = batch_check.check(session, batch, chunk, by=by)
    for one in checked:
        one.problems += filter(None, [batch_check.changed_meanwhile(one)])
    whole = [one for one in checked if one.state == "good"]
    new = [one for one in whole if one.known is None]
    try:
        codes = records.register_many(session, _drafts(new), by=by, codes=[o.code for o in new])
        for one, code in zip(new, codes, strict=True):
            one.code = code
    except DuijieError:  # one of them will not do: which, and why, is found one by one
        new = [one for one in new if _try(one, _make, session, by)]
    changed = [one for one in whole if one.known is not None and _try(one, _change, session, by)]
    batch_check.keep(checked)
    for one in (*new, *changed):
        one.row.state = "applied"
        one.row.before = one.known.draft.model_dump_json() if one.known else None
    session.flush()
    _keep_versions(session, kind, [one.row for one in (*new, *changed)])
    done.created += [one.code for one in new if one.code]
    done.changed += [one.code for one in changed if one.code]
    done.problems += [problem for one in checked for problem in one.problems]


def _drafts(checked: Sequence[Checked]) -> list[Draft]:
    return [one.draft for one in checked if one.draft is not None]


def _make(session: Session, one: Checked, by: Actor) -> None:
    (one.code,) = records.register_many(session, _drafts([one]), by=by, codes=[one.code])


def _change(session: Session, one: Checked, by: Actor) -> None:
    if one.draft is not None and one.known is not None and one.code is not None:
        records.edit(session, one.code, one.draft, version=one.known.version, by=by)


def _try(one: Checked, act: _Act, session: Session, by: Actor) -> bool:
    """Do something for a row; a refusal becomes a problem of the row. Services refuse before they write."""
    try:
        act(session, one, by)
    except DuijieError as error:
        one.problems.append(_refusal(one.row, one.code or "", error))
        return False
    return True


def _refusal(row: ImportRow, code: str, error: DuijieError) -> Problem:
    told: dict[str, Any] = {name: str(value) for name, value in error.params.items()}
    return Problem(row.number, "", code, error.code, told)


def _keep_versions(session: Session, kind: Kind, applied: Sequence[ImportRow]) -> None:
    """Keep which version each row has made of its record."""
    codes = sorted(row.record for row in applied if row.record)
    versions: dict[str, int] = {}
    for part in parts_of(codes):
        query = select(kind.row.code, kind.row.version).where(kind.row.code.in_(part))
        versions.update(session.execute(query).all())
    for row in applied:
        row.version = versions.get(row.record or "")


def undo(
    session: Session,
    code: str,
    *,
    by: Actor,
    partial: bool = False,
    reason: str = "",
    progress: Callable[[int], None] = lambda done: None,
) -> Done:
    """Withdraw what a batch has made and put back what it changed, all or none unless `partial`.

    What was changed or used since is refused with the reason. `progress` hears after each part how many
    rows were gone through.
    """
    batch = batches.load(session, code, Act.WITHDRAW, by=by, for_update=True)
    step = BATCH.step("undo", batch.status, code)
    kind = kind_named(batch.kind)
    done = Done()
    count = 0
    for chunk in batches.chunks(session, code, ("applied",), newest_first=True):
        known = batch_check.known_records(session, kind, [row.record or "" for row in chunk])
        made = [row.record for row in chunk if row.record and row.before is None]
        used = _users(session, kind, made)
        left = [row for row in chunk if _is_as_left(kind, row, known, used, by, done)]
        _undo_chunk(session, kind, left, by, done)
        count += len(chunk)
        progress(count)
    if not count:
        raise ConflictError("batch_not_applied", id=code)
    if done.problems and not (partial and (done.created or done.changed)):
        raise RefusedFileError(_in_order(done.problems), "batch_stays", id=code, rows=count)
    told = {"withdrawn": len(done.created), "restored": len(done.changed)}
    batch.status = step.after
    batches.touch(session, batch, "undo", by, {**told, "refused": len(done.problems)}, reason)
    done.batch = batches.shown(session, code, by=by)
    return done


def _is_as_left(
    kind: Kind,
    row: ImportRow,
    known: Mapping[str, batch_check.Known],
    used: Mapping[str, str],
    by: Actor,
    done: Done,
) -> bool:
    """Whether the record of a row is as the batch has left it, and not in use if the batch has made it."""
    code = row.record or ""
    act = Act.WITHDRAW if row.before is None else Act.EDIT
    if code not in known or known[code].version != row.version:
        done.problems.append(Problem(row.number, "code", code, "changed_after"))
    elif code in used:
        done.problems.append(Problem(row.number, "code", code, "used_since", {"kind": used[code]}))
    elif not batch_check.is_theirs(by, act, kind.name, known[code].owner):
        done.problems.append(Problem(row.number, "code", code, "not_yours"))
    else:
        return True
    return False


def _undo_chunk(
    session: Session, kind: Kind, chunk: Sequence[ImportRow], by: Actor, done: Done
) -> None:
    """Records that rows have made are withdrawn together, those that rows have changed put back."""
    made = {row.record or "": row.version or 0 for row in chunk if row.before is None}
    refused = records.withdraw_all(session, kind.name, made, by=by, reason="undo") if made else {}
    for row in chunk:
        code = row.record or ""
        if row.before is not None and (error := _put_back(session, kind, row, by)):
            refused[code] = error
        if code in refused:
            done.problems.append(_refusal(row, code, refused[code]))
            continue
        (done.created if row.before is None else done.changed).append(code)
        row.state = "good"


def _put_back(session: Session, kind: Kind, row: ImportRow, by: Actor) -> DuijieError | None:
    try:
        before = kind.draft.model_validate_json(row.before or "", context=STORED)
        records.restore(session, row.record or "", before, version=row.version or 0, by=by)
    except DuijieError as error:
        return error
    return None


def _users(session: Session, kind: Kind, codes: Sequence[str]) -> dict[str, str]:
    """Which of some records others in use refer to, and the table of those."""
    own = {kind.row.__table__, *(part.__table__ for part in kind.parts.values())}
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        for column in table.columns if table not in own else ():
            if not any(key.column.table is kind.row.__table__ for key in column.foreign_keys):
                continue
            in_use = [table.c.status != "withdrawn"] if "status" in table.c else []
            for part in parts_of(codes):
                query = select(column).where(column.in_(part), *in_use).distinct()
                found.update(dict.fromkeys(session.scalars(query), table.name))
    return found


def _finish(session: Session, batch: ImportBatchRow, act: str, by: Actor, done: Done) -> Done:
    told = {"made": len(done.created), "changed": len(done.changed), "refused": len(done.problems)}
    done.batch = batches.settle(session, batch, act, by, told)
    return done


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: (problem.row, problem.column)))
