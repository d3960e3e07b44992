"""`batch`: tables kept while they are mended, by anybody of the organisation, then applied or dropped."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from store.errors import UsageError
from store.services import batch_apply, batch_mend, batches, naming
from store.services.batch_apply import Done
from store.services.batches import BatchView, RowView
from store.tables import read_table
from tui import batch_text
from tui.bar import on_terminal, rows_of
from tui.cli.output import line, plain, problem_json, put, say, table, tried
from tui.cli.reading import file_bytes
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.messages import problem_sentence
from tui.settings import Settings

_MOST_TOLD = 200


def begin_batch(options: Namespace, settings: Settings) -> int:
    """Keep a table as a batch."""
    data = file_bytes(options.file)
    found = read_table(data, options.file, encoding=options.encoding, sheet=options.sheet)
    session = begin(options, settings)
    with on_terminal(_("Rows"), rows_of(found)) as progress:
        view = _writing(options, session)(
            batches.begin,
            options.kind,
            found.headings,
            found.rows,
            by=session.by,
            file=_name(options.file),
            digest=sha256(data).hexdigest(),
            progress=progress,
        )
    return _tell(options, view)


def _name(file: str) -> str:
    return _("standard input") if file == "-" else file.replace("\\", "/").rpartition("/")[2]


def list_batches(options: Namespace, settings: Settings) -> int:
    """Batches, the newest first."""
    session = begin(options, settings)
    found = session.store.read(batches.listed, by=session.by, limit=options.top)
    if options.json:
        put(found)
        return 0
    headings = [_("Code"), _("State"), _("Kind"), _("Rows"), _("Worked on"), _("File")]
    table(headings, batch_text.table_lines(found), [8, 12, 12, 14, 22])
    return 0


def show_batch(options: Namespace, settings: Settings) -> int:
    """A batch with its first rows, wrong ones on top."""
    session = begin(options, settings)
    view = session.store.read(batches.shown, options.code, by=session.by)
    rows = session.store.read(batches.rows, options.code, by=session.by, limit=options.top)
    if options.json:
        put({**plain(view), "rows": [_row_json(row) for row in rows]})
        return 0
    for text in batch_text.batch_lines(view):
        line(text)
    for row in rows:
        line(f"{row.number:>6} {batch_text.SIGNS[row.state]} {' | '.join(row.cells)}")
    return 0


def problems(options: Namespace, settings: Settings) -> int:
    """What is wrong, row by row; exit 1 where something is."""
    session = begin(options, settings)
    rows = session.store.read(
        batches.rows, options.code, by=session.by, limit=options.top, only="wrong"
    )
    if options.json:
        put([_row_json(row) for row in rows])
    else:
        for row in rows:
            for problem in row.problems:
                line(problem_sentence(problem))
    return 1 if rows else 0


def map_heading(options: Namespace, settings: Settings) -> int:
    """Take a heading for a column."""
    heading, column = _change(options.change, from_right=True)
    return _mend(options, settings, batch_mend.remap, heading, column)


def fix(options: Namespace, settings: Settings) -> int:
    """Write into cells of one row, all or none."""
    cells = [_change(word) for word in options.fields]

    def put_all(opened: Any, code: str, *, by: Any) -> BatchView:
        views = [
            batch_mend.fix(opened, code, options.row, column, text, by=by) for column, text in cells
        ]
        return views[-1]

    return _mend(options, settings, put_all)


def fill(options: Namespace, settings: Settings) -> int:
    """Mend the same text the same way everywhere in a column."""
    return _mend(options, settings, batch_mend.fill, options.column, *_change(options.change))


def leave(options: Namespace, settings: Settings) -> int:
    """Leave rows out, or take them in again."""
    return _mend(options, settings, batch_mend.leave, options.rows, back=options.back)


def check(options: Namespace, settings: Settings) -> int:
    """Check every row again."""
    session = begin(options, settings)
    counts = session.store.read(batches.shown, options.code, by=session.by).counts
    with on_terminal(
        _("Rows"), sum(counts.get(state, 0) for state in batches.CHECKABLE)
    ) as progress:
        view = _writing(options, session)(
            batch_mend.recheck, options.code, by=session.by, progress=progress
        )
    return _tell(options, view)


def diff(options: Namespace, settings: Settings) -> int:
    """What applying would do now."""
    session = begin(options, settings)
    found = session.store.read(batch_apply.diff, options.code, by=session.by)
    if options.json:
        put({**plain(found), "problems": [problem_json(problem) for problem in found.problems]})
        return 0
    for text in batch_text.diff_lines(found):
        line(text)
    say(batch_text.diff_line(found))
    return 0


def apply(options: Namespace, settings: Settings) -> int:
    """Take the rows over; 1 when some stayed behind under --partial."""
    told = _("{made} new, {changed} changed, {refused} not applied.")
    session = begin(options, settings)
    view = session.store.read(batches.shown, options.code, by=session.by)
    asked = session.store.read(batch_apply.titles_of, options.code, by=session.by)
    with on_terminal(_("Names"), len(asked.texts)) as progress:
        understood = asked.understand(progress)
    with on_terminal(_("Rows"), view.counts.get("good", 0)) as progress:
        done = _writing(options, session)(
            naming.using(understood, batch_apply.apply),
            options.code,
            by=session.by,
            partial=options.partial,
            progress=progress,
        )
    return _tell_done(options, done, told)


def undo(options: Namespace, settings: Settings) -> int:
    """Take back what a batch has done; 1 when some of it stayed under --partial."""
    told = _("{made} withdrawn, {changed} as they were before, {refused} not taken back.")
    session = begin(options, settings)
    counts = session.store.read(batches.shown, options.code, by=session.by).counts
    with on_terminal(_("Rows"), counts.get("applied", 0)) as progress:
        done = _writing(options, session)(
            batch_apply.undo,
            options.code,
            by=session.by,
            partial=options.partial,
            progress=progress,
        )
    return _tell_done(options, done, told)


def drop(options: Namespace, settings: Settings) -> int:
    """Throw a batch away."""
    return _mend(options, settings, batches.drop)


def _change(word: str, *, from_right: bool = False) -> tuple[str, str]:
    before, sign, after = word.rpartition("=") if from_right else word.partition("=")
    if not sign:
        raise UsageError("cell_words", text=word)
    return before, after


def _writing(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _mend(
    options: Namespace,
    settings: Settings,
    service: Callable[..., BatchView],
    *words: Any,
    **more: Any,
) -> int:
    session = begin(options, settings)
    view = _writing(options, session)(service, options.code, *words, by=session.by, **more)
    return _tell(options, view)


def _tell(options: Namespace, view: BatchView) -> int:
    if options.json:
        put({**plain(view), "dry_run": options.dry_run})
        return 0
    tried(options)
    for text in batch_text.batch_lines(view):
        line(text)
    return 0


def _tell_done(options: Namespace, done: Done, told: str) -> int:
    if options.json:
        told_problems = [problem_json(problem) for problem in done.problems]
        put({**plain(done), "problems": told_problems, "dry_run": options.dry_run})
    else:
        tried(options)
        _say_problems(done.problems)
        refused = len({problem.row for problem in done.problems})
        line(told.format(made=len(done.created), changed=len(done.changed), refused=refused))
    return 1 if done.problems else 0


def _say_problems(found: Sequence[Any]) -> None:
    for problem in found[:_MOST_TOLD]:
        say(problem_sentence(problem))


def _row_json(row: RowView) -> dict[str, object]:
    return {**plain(row), "problems": [problem_json(problem) for problem in row.problems]}
