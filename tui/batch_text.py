"""Lines about import batches, their headings, rows and differences, for screens and commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from store.services.batch_apply import Diff
from store.services.batch_reading import Heading
from store.services.batches import BatchView, RowView
from tui.i18n import _, mark
from tui.messages import cause
from tui.people_text import moment
from tui.words import cell_word, field_word, kind_word, state_word

SIGNS = {"good": "✓", "wrong": "✕", "same": "=", "left_out": "–", "applied": "●"}
_HOW = {
    "name": mark("by its name"),
    "alias": mark("by another word for it"),
    "near": mark("by likeness, please look"),
    "left": mark("not needed"),
    "chosen": mark("chosen by hand"),
    "added": mark("not in the table"),
    "": mark("not understood"),
}


def counted(view: BatchView) -> str:
    """How many rows are what: `✓5 ✕3`."""
    return " ".join(f"{SIGNS[state]}{count}" for state, count in view.counts.items())


def batch_state(view: BatchView) -> str:
    """Where a batch is."""
    return state_word("batch", view.status)


def batch_lines(view: BatchView) -> Iterator[str]:
    """All about a batch."""
    yield f"{view.code}  {kind_word(view.kind)}  {view.file}  {batch_state(view)}"
    told = [f"{state_word('batch_row', state)} {count}" for state, count in view.counts.items()]
    yield _("Rows: {told}").format(told=", ".join(told) or "0")
    when = moment(view.changed_at, "%Y-%m-%d %H:%M")
    yield _("Last worked on by {who}, {when}").format(who=view.changed_by, when=when)
    if view.status == "reading":
        yield missing_line(view)
    for at, heading in enumerate(view.headings, 1):
        yield f"  {at}. {heading_line(heading)}"


def missing_line(view: BatchView) -> str:
    """Which required columns the table lacks, and what to do about it."""
    told = _(
        "No heading stands for: {columns}. Take a heading for it, or write the same into all rows."
    )
    return told.format(columns=", ".join(map(field_word, view.missing)))


def heading_line(heading: Heading) -> str:
    """What a heading was taken for, and how."""
    column = field_word(heading.column) if heading.column else "–"
    return f"{heading.heading or '–'} → {column}  ({how_word(heading)})"


def how_word(heading: Heading) -> str:
    """How a heading was recognised."""
    return _(_HOW[heading.how])


def undoing(view: BatchView) -> str:
    """What taking back a batch means: the question, beneath it what becomes of the records."""
    told = _("What it made is withdrawn, what it changed is put back; rows applied: {count}.")
    question = _("Take back {code}?").format(code=view.code)
    return f"{question}\n{told.format(count=view.counts.get('applied', 0))}"


def problem_lines(row: RowView) -> Iterator[str]:
    """What is wrong with a row, a cell a line."""
    for problem in row.problems:
        why = cause(problem.code, problem.params)
        field = field_word(problem.column) if problem.column else _("Row")
        yield f"{field} “{problem.value}”: {why}" if problem.value else f"{field}: {why}"


def diff_line(found: Diff) -> str:
    """What applying would do, in one sentence."""
    told = _(
        "{new} new, {changed} changed, {same} as before; rows that cannot be applied: {wrong}."
    )
    wrong = len({problem.row for problem in found.problems})
    return told.format(new=found.new, changed=found.changed, same=found.same, wrong=wrong)


def diff_lines(found: Diff) -> Iterator[str]:
    """Headings that were guessed, then every change field by field, new records with what they would say."""
    for heading in found.guessed:
        yield heading_line(heading)
    if found.untaken:
        yield _("Columns that are not taken: {names}").format(names=_(", ").join(found.untaken))
    for change in found.changes:
        what = _("new") if change.is_new else change.record or ""
        yield _("Row {row}: {what} {name}").format(row=change.row, what=what, name=change.name)
        for name, old, new in change.fields:
            before = "" if change.is_new else f"{_cell(name, old)} → "
            yield f"    {field_word(name)}: {before}{_cell(name, new)}"
    left = found.new + found.changed - len(found.changes)
    if left:
        yield _("… and {count} more.").format(count=left)
    for problem in found.problems:
        why = cause(problem.code, problem.params)
        field = field_word(problem.column) if problem.column else "–"
        yield _("Row {row}: {what} {name}").format(row=problem.row, what=f"✕ {field}", name=why)


def _cell(column: str, cell: str) -> str:
    """A stored cell in words."""
    return cell_word(column, cell) or "–"


def table_lines(views: Sequence[BatchView]) -> list[list[str]]:
    """Batches as cells of a list."""
    return [
        [
            view.code,
            batch_state(view),
            kind_word(view.kind),
            counted(view),
            f"{view.changed_by} {moment(view.changed_at)}",
            view.file,
        ]
        for view in views
    ]
