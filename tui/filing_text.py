"""Lines about tables that were read: what a heading was taken for, what a cell was read as."""

from __future__ import annotations

from store.services.filing import Heading, Mending
from tui.i18n import _, mark
from tui.words import field_word

_HEADINGS = {
    "alias": mark("Heading “{heading}” is {column}."),
    "near": mark(
        "Heading “{heading}” resembles {column} and is taken for it; --map says otherwise."
    ),
    "given": mark("Heading “{heading}” is {column}, as you said."),
    "left": mark("Heading “{heading}” is left out."),
}
_HOW = {
    "blank": mark("nothing"),
    "width": mark("full-width signs"),
    "unseen": mark("invisible signs"),
    "case": mark("small letters"),
    "list": mark("a list"),
    "date": mark("date"),
    "year": mark("date without a full year"),
    "serial": mark("day number of a spreadsheet"),
    "number": mark("number"),
    "word": mark("word"),
    "clock": mark("time of day"),
    "weekday": mark("weekdays"),
    "name": mark("name"),
    "near": mark("similar name"),
}


def heading_line(heading: Heading) -> str:
    """What a heading was taken for."""
    form = _HEADINGS["left" if heading.column is None else heading.how]
    return _(form).format(heading=heading.heading, column=field_word(heading.column or ""))


def mending_line(mending: Mending) -> str:
    """What a text of a column was read as, where first and how often."""
    after = f"{mending.after} {mending.meant}".strip() or "–"
    return _(
        "{column}: “{before}” → {after} ({how}); rows: {count}, the first of them {row}."
    ).format(
        column=field_word(mending.column),
        before=mending.before,
        after=after,
        how=how_word(mending.how),
        count=mending.count,
        row=mending.rows[0],
    )


def how_word(how: tuple[str, ...]) -> str:
    """What was mended, in words."""
    return ", ".join(_(_HOW[code]) for code in how if code in _HOW)
