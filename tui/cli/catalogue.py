"""`catalogue`: courses of all institutions by price, place, trade, level, mode; a shortlist of one's own."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from store.errors import UsageError
from store.services import records, shelves
from tui import shortlist
from tui.cli.output import put, say, table
from tui.cli.session import begin
from tui.i18n import _
from tui.render import course_price
from tui.safe import plain
from tui.settings import Settings, desk_of
from tui.typed import read_shelf
from tui.words import level_short, value_word


def show(options: Namespace, settings: Settings) -> int:
    """Courses that words describe; with --keep or --drop the shortlist is changed first."""
    session = begin(options, settings)
    desk = desk_of(session.store, session.by)
    if (options.keep or options.drop) and options.dry_run:
        raise UsageError("no_dry_run")
    for code in options.keep:
        session.store.read(records.fetch, "course", code.upper(), by=session.by)
    shortlist.put(desk, [code.upper() for code in options.keep], is_kept=True)
    shortlist.put(desk, [code.upper() for code in options.drop], is_kept=False)
    kept = shortlist.kept(desk)
    words = " ".join(options.words) or ("kept" if options.keep or options.drop else "")
    wanted = read_shelf(words, kept)
    page = session.store.read(
        shelves.page, wanted, by=session.by, after=options.after, limit=options.top
    )
    unread = session.store.read(shelves.unread, wanted, by=session.by)
    if options.json:
        found = {"items": page.items, "after": page.after, "total": page.total}
        put({**found, "kept": kept, "unread": unread})
        return 0
    headings = [_("Code"), _("Institution"), _("Level"), _("Price"), _("Mode"), _("Course")]
    rows = [_cells(view, kept) for view in page.items]
    widest = max([9, *(plain(row[3]).cell_len for row in rows)])
    table(headings, rows, [8, 12, 5, widest, 9])
    if unread:
        say(_("Not understood: {words}").format(words=" ".join(unread)))
    say(_("{shown} of {total}").format(shown=len(page.items), total=page.total))
    return 0


def _cells(view: Any, kept: tuple[str, ...]) -> list[str]:
    sign = "★ " if view.code in kept else ""
    return [
        view.code,
        view.institution,
        level_short(view.level),
        course_price(view.price, view.price_per, view.max_heads),
        value_word(view.mode) if view.mode else "–",
        sign + view.title,
    ]
