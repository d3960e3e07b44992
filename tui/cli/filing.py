"""`import`, `export` and `template`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from store.errors import UsageError
from store.services import filing
from store.tables import read_csv, write_csv
from tui.cli.output import line, problem_json, put, say
from tui.cli.reading import file_bytes
from tui.cli.session import begin
from tui.i18n import _
from tui.messages import problem_sentence
from tui.settings import Settings
from tui.words import field_word, kind_word

_MOST_TOLD = 200


def take(options: Namespace, settings: Settings) -> int:
    """Import a CSV file; 1 when rows were left out under --partial."""
    headings, rows = read_csv(file_bytes(options.file), options.encoding)
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    report = run(
        filing.import_rows, options.kind, headings, rows, by=session.by, partial=options.partial
    )
    if options.json:
        put(
            {
                "kind": report.kind,
                "dry_run": options.dry_run,
                "created": len(report.created),
                "changed": len(report.changed),
                "unchanged": report.unchanged,
                "codes": report.created,
                "problems": [problem_json(problem) for problem in report.problems],
            }
        )
    for problem in report.problems[:_MOST_TOLD]:
        say(problem_sentence(problem))
    say(
        _(
            "{kind}: {created} new, {changed} changed, {unchanged} as before, {refused} refused."
        ).format(
            kind=kind_word(report.kind),
            created=len(report.created),
            changed=len(report.changed),
            unchanged=report.unchanged,
            refused=len({problem.row for problem in report.problems}),
        )
    )
    if options.dry_run:
        say(_("This was a dry run: nothing has been changed."))
    return 1 if report.problems else 0


def give(options: Namespace, settings: Settings) -> int:
    """Export every record of a kind."""
    session = begin(options, settings)
    headings = [column.name for column in filing.columns(options.kind)]
    rows = session.store.read(
        lambda opened: list(filing.export_rows(opened, options.kind, by=session.by))
    )
    if options.json:
        put([dict(zip(headings, row, strict=True)) for row in rows])
    elif options.output:
        # The mark lets spreadsheets see that the file is UTF-8.
        if options.dry_run:
            raise UsageError("no_dry_run")
        Path(options.output).write_text("".join(write_csv(headings, rows)), encoding="utf-8-sig")
        say(_("{count} records written to {path}.").format(count=len(rows), path=options.output))
    else:
        sys.stdout.writelines(write_csv(headings, rows))
    return 0


def template(options: Namespace, settings: Settings) -> int:
    """The heading line of a kind's table, and what belongs into each column."""
    columns = filing.columns(options.kind)
    if options.json:
        put([{"column": c.name, "required": c.is_required, "allowed": c.allowed} for c in columns])
        return 0
    line(",".join(column.name for column in columns))
    for column in columns:
        note = _("required") if column.is_required else ""
        allowed = " | ".join(column.allowed)
        say(f"  {column.name}: {field_word(column.name)}  {note}  {allowed}".rstrip())
    return 0
