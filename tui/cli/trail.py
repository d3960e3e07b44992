"""`audit`: who did what and what was refused, row by row, and whether the chain is whole."""

from __future__ import annotations

import sys
from argparse import Namespace

from store.services import reference, trail
from tui import people_text
from tui.cli.output import line, put, say, table
from tui.cli.people import begin
from tui.i18n import _
from tui.settings import Settings
from tui.trail_words import past_day


def list_rows(options: Namespace, settings: Settings) -> int:
    """Rows of the trail, the newest first."""
    today = reference.today_in_china()
    wanted = trail.Wanted(
        options.login,
        options.act,
        options.kind,
        options.code,
        past_day(options.since, today) if options.since else None,
        past_day(options.until, today) if options.until else None,
        options.refused,
    )
    keeping = begin(options, settings)
    found = keeping.store.read(
        trail.page, wanted, by=keeping.by, after=options.after, limit=options.top
    )
    if options.json:
        put(found)
        return 0
    headings = [_("Number"), _("When"), _("Who"), _("Act"), _("On what"), _("Why")]
    rows = [[str(one.id), *people_text.entry_cells(one)] for one in found.entries]
    table(headings, rows, [8, 11, 12, 16, 24])
    if found.after is not None:
        say(_("More: --after {id}").format(id=found.after))
    return 0


def show_row(options: Namespace, settings: Settings) -> int:
    """One row, field by field."""
    keeping = begin(options, settings)
    found = keeping.store.read(trail.shown, options.id, by=keeping.by)
    if options.json:
        put(found)
        return 0
    for text in people_text.detail_lines(found):
        line(text)
    return 0


def check(options: Namespace, settings: Settings) -> int:
    """Reckon the chain anew; 1 where a row does not follow from the one before."""
    keeping = begin(options, settings)
    found = keeping.store.read(trail.check, by=keeping.by, progress=_progress)
    if options.json:
        put(
            {
                "ok": not found.broken,
                **{name: getattr(found, name) for name in ("rows", "head", "broken")},
            }
        )
    else:
        line(people_text.chain_line(found))
    return 1 if found.broken else 0


def _progress(done: int, of: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done:,} / {of:,}\r")
        sys.stderr.flush()
