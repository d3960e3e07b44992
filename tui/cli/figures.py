"""`analysis pivot|bottlenecks|waits|use|forecast|history`: figures as text, JSON, CSV or a workbook."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

from store.errors import DuijieError, InvalidError, NoFileError, NoLineError, UsageError
from store.services import bottlenecks, forecast, pivot, use, waits
from store.services.forecast import Past
from store.tables import read_csv
from tui import figures_text as text
from tui import sheets
from tui.cli.analysis import area_of, asked
from tui.cli.output import line, plain, put, say, tried, write
from tui.cli.session import Session
from tui.i18n import _
from tui.safe import clean
from tui.sheets import Sheet

_COLUMNS = ["week", "occupation", "heads"]
_MOST_NAMED = 3  # lines of a table, to show what they are called


def show(options: Namespace, found: Any, sheet: Sheet) -> int:
    """What was found as JSON, CSV or text, and as a workbook where one is asked for."""
    if options.behind:
        return _behind(options, sheet)
    if options.xlsx:
        sheets.write_workbook(sheet, Path(options.xlsx))
        say(_("✓ {count} lines written to {path}.").format(
            count=len(sheet.lines), path=options.xlsx
        ))  # fmt: skip
    if options.csv or options.output:
        give_csv(options, sheets.csv_lines(sheet))
    elif options.json:
        put(found)
    elif not options.xlsx:
        line(sheet.title)
        for told in sheets.print_lines(sheet):
            line(told)
        say(sheet.told)
    return 0


def give_csv(options: Namespace, rows: Iterable[str]) -> None:
    """CSV on standard output, or in a file with the mark by which spreadsheets see that it is UTF-8."""
    if not options.output:
        for row in rows:
            write(clean(row))
        return
    try:
        Path(options.output).write_text("".join(map(clean, rows)), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise DuijieError("cannot_write", path=options.output, cause=str(error)) from error
    say(_("Written to {path}.").format(path=options.output))


def _behind(options: Namespace, sheet: Sheet) -> int:
    """The records behind a line, or behind one number of it: LINE or LINE:COLUMN."""
    code, _colon, column = options.behind.partition(":")
    found = next((one for one in sheet.lines if one.code == code), None)
    if found is None or (column and column not in found.behind):
        raise _no_line(options, sheet)
    records = found.behind[column] if column else sheet.records(found)
    if options.json:
        put([{"kind": kind, "code": record} for kind, record in records])
        return 0
    for kind, record in records:
        line(f"{kind} {record}")
    return 0


def _no_line(options: Namespace, sheet: Sheet) -> NoLineError:
    """That there is no such line, and what lines of the table look like."""
    lines = " ".join(one.code for one in sheet.lines[:_MOST_NAMED]) or "–"
    columns = " ".join(sheet.lines[0].behind if sheet.lines else ()) or "–"
    return NoLineError(options.behind, lines, columns)


def pivoted(options: Namespace, session: Session) -> int:
    """`analysis pivot [ROWS [COLUMNS]] [AXIS=VALUE…]`."""
    axes = [word for word in options.words if "=" not in word]
    only = dict(word.split("=", 1) for word in options.words if "=" in word)
    if len(axes) > 2:
        raise UsageError("too_many_words", words=" ".join(axes[2:]))
    area = area_of(options)
    if area:
        only["area"] = area
    rows, columns = (*axes, *("occupation", "week")[len(axes) :])[:2]
    found = session.store.read(pivot.pivot, rows, columns, only, by=session.by, today=session.today)
    return show(options, _pivot_json(found), text.pivot_sheet(found, options.measure))


def _pivot_json(found: pivot.Pivot) -> dict[str, Any]:
    told = [
        {
            "row": row,
            "column": column,
            "row_name": text.value_word(found.rows, row, found.names),
            "column_name": text.value_word(found.columns, column, found.names),
            **plain(cell),
            "gap": cell.gap,
        }
        for (row, column), cell in sorted(found.cells.items())
    ]
    whole = {**plain(found.cell()), "gap": found.cell().gap}
    return {"rows": found.rows, "columns": found.columns, "cells": told, "total": whole}


def held_up(options: Namespace, session: Session) -> int:
    """`analysis bottlenecks`."""
    found = session.store.read(bottlenecks.bottlenecks, **asked(options, session))
    return show(options, found, text.bottleneck_sheet(found))


def waited(options: Namespace, session: Session) -> int:
    """`analysis waits [occupation|area|institution]`."""
    share = _one(options, "occupation")
    found = session.store.read(
        waits.waits, share, by=session.by, today=session.today, area=area_of(options)
    )
    return show(options, found, text.waits_sheet(found, share))


def used(options: Namespace, session: Session) -> int:
    """`analysis use [institution|equipment|week]`."""
    share = _one(options, "institution")
    about: dict[str, Any] = {"by": session.by, "today": session.today, "area": area_of(options)}
    about["weeks"] = options.ahead or 4
    found = session.store.read(use.use, share, **about)
    told = [{**plain(one), "percent": one.percent} for one in found]
    sheet = text.use_sheet(found, share)
    if options.behind:
        sort, _slash, value = options.behind.partition("/")
        if all(one.code != options.behind for one in sheet.lines):
            raise _no_line(options, sheet)
        records = session.store.read(use.behind, sort, share, value, **about)
        column = "offered"
        lines = [
            sheets.Line(one.code, one.values, {column: records})
            for one in sheet.lines
            if one.code == options.behind
        ]
        sheet = Sheet(sheet.name, sheet.title, sheet.columns, tuple(lines))
    return show(options, told, sheet)


def foretold(options: Namespace, session: Session) -> int:
    """`analysis forecast [OCCUPATION…]`."""
    found = session.store.read(
        forecast.forecast,
        by=session.by,
        today=session.today,
        horizon=options.horizon,
        occupations=tuple(options.words) or None,
        area=area_of(options),
    )
    return show(options, found, text.forecast_sheet(found))


def took(options: Namespace, session: Session) -> int:
    """`analysis history FILE --source WORDS`: counts of weeks before the store knew of needs."""
    if len(options.words) != 1 or not options.source:
        raise UsageError("history_words")
    path = Path(options.words[0])
    try:
        data = path.read_bytes()
    except OSError as error:
        raise NoFileError(path) from error
    heads, rows = read_csv(data)
    if heads != _COLUMNS:
        raise InvalidError("history_columns", columns=", ".join(_COLUMNS))
    past = [_past(at, cells) for at, cells in rows]
    change = session.store.rehearse if options.dry_run else session.store.write
    count = change(forecast.take_history, past, options.source, by=session.by)
    tried(options)
    if options.json:
        put({"rows": count, "source": options.source})
    else:
        say(_("{count} counts of past weeks taken.").format(count=count))
    return 0


def _past(at: int, cells: list[str]) -> Past:
    week, occupation, heads = (cell.strip() for cell in (*cells, "", "", "")[:3])
    try:
        day = date.fromisoformat(week)
    except ValueError as error:
        raise InvalidError("history_week", row=at, value=clean(week)) from error
    if not heads.isdecimal():
        raise InvalidError("history_heads", row=at, value=clean(heads))
    return Past(day, occupation, int(heads))


def _one(options: Namespace, default: str) -> str:
    if len(options.words) > 1:
        raise UsageError("too_many_words", words=" ".join(options.words[1:]))
    return str(options.words[0]) if options.words else default


VIEWS: dict[str, Callable[[Namespace, Session], int]] = {
    "pivot": pivoted,
    "bottlenecks": held_up,
    "waits": waited,
    "use": used,
    "forecast": foretold,
    "history": took,
}
