"""`board`: the slot board as a table of glyphs, or as JSON."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from store.services import board
from store.services.board import Board, Cell, Row, View
from store.services.board_slots import PARTS, WEEK_DAYS, Filter
from tui import board_text as words
from tui.cli.output import line, plain, put
from tui.cli.session import begin
from tui.i18n import _
from tui.safe import pad
from tui.settings import Settings
from tui.typed import typed_week

_LABEL = 34


def show(options: Namespace, settings: Settings) -> int:
    """A week of rows, or a month of weeks; with what clashes and who teaches most."""
    session = begin(options, settings)
    day = typed_week(options.week, session.today) if options.week else session.today
    only = Filter(options.institution, options.equipment, options.occupation, options.area)
    if options.month:
        found = session.store.read(board.month, day, by=session.by, only=only)
    else:
        found = session.store.read(
            board.week, day, by=session.by, view=View(options.view), only=only
        )
    if options.json:
        put(_as_json(found))
    else:
        _tell(found, is_month=options.month)
    return 0


def _as_json(found: Board) -> dict[str, Any]:
    return {
        "view": found.view,
        "first_day": found.first_day,
        "last_day": found.last_day,
        "use": {name or "all": _use(found, name) for name in found.use},
        "rows": [
            {**plain(row), "cells": [_cell_json(cell) for cell in row.cells]} for row in found.rows
        ],
        "people": [
            {**plain(one), "minutes": one.minutes, "limit": one.limit}
            for one in found.people
            if one.minutes or one.away
        ],
        "clashes": [{**plain(one), "text": words.clash_line(one)} for one in found.clashes],
    }


def _use(found: Board, name: str) -> dict[str, Any]:
    use = found.use[name]
    return {**plain(use), "share": round(use.share, 4)}


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {
        **plain(cell),
        "taken": cell.taken,
        "elsewhere": cell.elsewhere,
        "share": round(cell.share, 4),
        "state": cell.state,
    }


def _tell(found: Board, *, is_month: bool) -> None:
    line(f"{words.view_word(found.view)}  {words.week_title(found)}")
    if not found.rows:
        line(_("Nothing to show: file venues, workstations and slots, or filter less."))
        return
    days = [cell.day for cell in found.rows[0].cells[:: len(PARTS)]][:WEEK_DAYS]
    heads = " ".join(words.part_heads())
    of_day = words.weekday_head if is_month else words.day_head
    line(pad("", _LABEL) + "  ".join(pad(of_day(day), len(heads)) for day in days))
    line(pad("", _LABEL) + "  ".join(heads for _day in days))
    loads = {one.code: one for one in found.people}
    for row in found.rows:
        load = loads.get(row.key) if found.view is View.INSTRUCTORS else None
        line(pad(words.row_label(row, load), _LABEL - 1) + " " + _glyphs(row))
    line(words.legend())
    line(words.use_line(found))
    if is_month:
        return
    for text in (*words.clash_lines(found.clashes, 50), *words.load_lines(found.people)):
        line(text)


def _glyphs(row: Row) -> str:
    shown = [words.GLYPHS[words.heat(cell)] for cell in row.cells]
    size = len(PARTS)
    days = (" ".join(shown[at : at + size]) for at in range(0, len(shown), size))
    return "  ".join(days).rstrip()
