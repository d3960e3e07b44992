"""`import`, `export` and `template`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from store.errors import StoreError, UsageError
from store.services import filing, naming
from store.standard import standard
from store.tables import PackedRows, Table, read_table, write_csv
from tui.bar import on_terminal, rows_of
from tui.cli.output import line, problem_json, put, say, write
from tui.cli.reading import file_bytes
from tui.cli.session import begin
from tui.filing_text import heading_line, mending_line
from tui.i18n import _, language
from tui.messages import problem_sentence
from tui.settings import Settings
from tui.words import kind_word

_MOST_TOLD = 200
_NUMBERS = ("count", "number", "yuan")


def take(options: Namespace, settings: Settings) -> int:
    """Import a table; 1 when rows were left out under --partial."""
    table = _table(options)
    rows: Iterable[tuple[int, list[str]]] = table.rows
    chosen = filing.Choices(_pairs(options.map), _pairs(options.set))
    session = begin(options, settings)
    understood = naming.Understood((), {})
    if rows_of(table) >= naming.MANY:
        rows = PackedRows(rows)
        asked = session.store.read(
            filing.titles_of,
            options.kind,
            table.headings,
            rows,
            by=session.by,
            chosen=chosen,
        )
        with on_terminal(_("Names"), len(asked.texts)) as progress:
            understood = asked.understand(progress)
        del asked
    run = session.store.rehearse if options.dry_run else session.store.write
    with on_terminal(_("Rows"), rows_of(table)) as progress:
        report = run(
            naming.using(understood, filing.import_rows),
            options.kind,
            table.headings,
            rows,
            by=session.by,
            partial=options.partial,
            chosen=chosen,
            progress=progress,
        )
    if options.json:
        put(_as_data(report, table, is_dry=options.dry_run))
    _tell(report, table)
    if options.dry_run:
        say(_("This was a dry run: nothing has been changed."))
    return 1 if report.problems else 0


def _table(options: Namespace) -> Table:
    data = file_bytes(options.file)
    return read_table(data, options.file, encoding=options.encoding, sheet=options.sheet)


def _pairs(words: Sequence[str] | None) -> dict[str, str]:
    """`LEFT=RIGHT` words, parted at the last sign for headings may hold one."""
    for word in words or ():
        if "=" not in word:
            raise UsageError("pair_wanted", text=word)
    parted = (word.rpartition("=") for word in words or ())
    return {left.strip(): right.strip() for left, _sign, right in parted}


def _as_data(report: filing.Report, table: Table, *, is_dry: bool) -> Mapping[str, object]:
    return {
        "kind": report.kind,
        "dry_run": is_dry,
        "created": len(report.created),
        "changed": len(report.changed),
        "unchanged": report.unchanged,
        "codes": report.created,
        "rows": report.rows,
        "refused": len({problem.row for problem in report.problems}),
        "mended_rows": report.mended_rows,
        "encoding": table.encoding,
        "sheet": table.sheet,
        "headings": report.headings,
        "mended": report.mended,
        "problems": [problem_json(problem) for problem in report.problems],
    }


def _tell(report: filing.Report, table: Table) -> None:
    if table.encoding not in ("", "utf-8"):
        say(_("The file was read as {encoding}.").format(encoding=table.encoding))
    for heading in report.headings:
        if heading.how in ("alias", "near", "given", "left") and heading.heading:
            say(heading_line(heading))
    for mending in report.mended[:_MOST_TOLD]:
        say(mending_line(mending))
    if len(report.mended) > _MOST_TOLD:
        say(
            _("… and {count} more; --json tells all.").format(count=len(report.mended) - _MOST_TOLD)
        )
    for problem in report.problems[:_MOST_TOLD]:
        say(problem_sentence(problem))
    told = _("{kind}: {created} new, {changed} changed, {unchanged} as before, {refused} refused.")
    say(
        told.format(
            kind=kind_word(report.kind),
            created=len(report.created),
            changed=len(report.changed),
            unchanged=report.unchanged,
            refused=len({problem.row for problem in report.problems}),
        )
    )


def give(options: Namespace, settings: Settings) -> int:
    """Export every record of a kind."""
    session = begin(options, settings)
    columns = standard(options.kind).columns
    headings = [column.name for column in columns]
    form = "json" if options.json else options.format
    if options.output and options.dry_run:
        raise UsageError("no_dry_run")
    rows = session.store.read(
        lambda opened: list(filing.export_rows(opened, options.kind, by=session.by))
    )
    if form == "xlsx":
        titles = [column.zh if language() == "zh" else column.en for column in columns]
        numbers = [at for at, column in enumerate(columns) if column.type in _NUMBERS]
        _write(_workbook(kind_word(options.kind), titles, rows, numbers), options.output)
    elif form == "json":
        values = [dict(zip(headings, row, strict=True)) for row in rows]
        if not options.output:
            put(values)
        else:
            _write((json.dumps(values, ensure_ascii=False) + "\n").encode(), options.output)
    elif options.output:
        # The mark lets spreadsheets see that the file is UTF-8.
        _write("".join(write_csv(headings, rows)).encode("utf-8-sig"), options.output)
    else:
        sys.stdout.writelines(write_csv(headings, rows))
    if options.output:
        say(_("Records written to {path}: {count}.").format(count=len(rows), path=options.output))
    return 0


def _workbook(
    name: str, headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[int]
) -> bytes:
    import io

    from store.workbooks import write_workbook

    file = io.BytesIO()
    write_workbook(file, name, headings, rows, numbers)
    return file.getvalue()


def _write(data: bytes, path: str | None) -> None:
    """Bytes into a file, else to standard output unless a person would see them."""
    if path:
        Path(path).write_bytes(data)
        return
    if sys.stdout.isatty():
        raise UsageError("no_terminal_for_workbook")
    sys.stdout.buffer.write(data)


def template(options: Namespace, settings: Settings) -> int:
    """An empty table of a kind: its heading line, a workbook with drop-downs, or a JSON Schema."""
    columns = filing.columns(options.kind)
    if options.format == "xlsx":
        from store.services.templates import workbook

        _write(workbook(options.kind, language(), _lists(options, settings)), options.output)
    elif options.format == "schema":
        from store.services.templates import json_schema

        text = json.dumps(json_schema(options.kind, language()), ensure_ascii=False, indent=2)
        _write_text(text, options.output)
    elif options.json:
        put([{"column": c.name, "required": c.is_required, "allowed": c.allowed} for c in columns])
    else:
        _give_headings(options)
    if options.output:
        say(_("Written to {path}.").format(path=options.output))
    return 0


def _give_headings(options: Namespace) -> None:
    """The line of headings as CSV, and beside it what each column is."""
    from store.services.templates import choices, heading

    told = standard(options.kind).columns
    (row,) = write_csv([heading(column, language()) for column in told], [])
    if options.output:
        _write(row.encode("utf-8-sig"), options.output)
    else:
        write(row)
    for column in told:
        note = _("required") if column.required else ""
        words = " | ".join(choices(column, language(), {}))
        say(f"  {heading(column, language())} ({column.name})  {note}  {words}".rstrip())


def _write_text(text: str, path: str | None) -> None:
    if path:
        Path(path).write_text(text + "\n", encoding="utf-8")
        return
    for one in text.splitlines():
        line(one)


def _lists(options: Namespace, settings: Settings) -> dict[str, list[str]]:
    """Names of places and equipment to choose from, where there is a store that has them."""
    from store.services import reference

    try:
        session = begin(options, settings)
    except StoreError:
        return {}
    return {
        "area": [name for _code, name in session.store.read(reference.areas)],
        "equipment": [name for _code, name in session.store.read(reference.equipment)],
    }
