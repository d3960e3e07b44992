"""Packs of papers: what a claim or the opening of a class is handed in with, as XLSX and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from matching.weekly import Calendar
from store.services.attendance import Grid
from store.services.claims import ClaimView
from store.services.classes import TrainingClass
from tui.i18n import _
from tui.policy_words import (
    doubt_word,
    fact_value,
    fact_word,
    paper_word,
    status_word,
    subsidy_word,
)
from tui.render import money, named, session_span
from tui.safe import clean
from tui.words import day_word, level_word, value_word

_FILE_DAYS = 2  # working days before the first session that a class is filed


@dataclass(frozen=True, slots=True)
class Pack:
    """A title, labels with their values, a table where there is one, what is missing, and who was there."""

    title: str
    pairs: tuple[tuple[str, str], ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]
    roster: tuple[tuple[str, ...], ...] = ()


def of_claim(view: ClaimView, grid: Grid | None = None) -> Pack:
    """What a claim is handed in with; `grid` is the class's, names in it as whoever asks may see them."""
    level = level_word(view.level) if view.level else "–"
    pairs = (
        (_("Claim"), view.code),
        (_("State"), status_word(view.status)),
        (_("Person"), view.person),
        (_("Enterprise"), f"{view.enterprise} {view.enterprise_name}"),
        (_("Training institution"), f"{view.institution} {view.institution_name}"),
        (_("Class"), view.training_class or "–"),
        (_("Class of"), str(view.day)),
        (_("Occupation"), f"{view.occupation or '–'} {view.occupation_name}".strip()),
        (_("Level"), level),
        (_("Subsidy"), subsidy_word(view.kind)),
        (_("Amount"), money(view.amount_fen)),
        (_("Clause"), f"{view.policy_name} {view.clause}"),
        (_("Source"), f"{view.source} ({view.policy}/{view.number})"),
        (_("Day of the certificate"), str(view.certificate_day or "–")),
        (_("Hand in by"), str(view.submit_by or "–")),
        *((fact_word(name), fact_value(name, value)) for name, value in view.facts.items()),
    )
    wanted = tuple(dict.fromkeys((*view.papers, *view.missing)))
    rows = tuple(
        (paper_word(paper), _("missing") if paper in view.missing else _("there"))
        for paper in wanted
    )
    missing = (*map(paper_word, view.missing), *map(doubt_word, view.doubts))
    headings = (_("Paper"), _("State"))
    return Pack(_("Subsidy claim"), pairs, headings, rows, missing, _roster(grid))


def _roster(grid: Grid | None) -> tuple[tuple[str, ...], ...]:
    """Who is on the roster of a class, with class hours and result."""
    return tuple(
        (
            f"{line.seat.trainee} {line.seat.name}",
            line.seat.enterprise,
            f"{line.standing.attended}/{line.standing.total}",
            value_word(line.result) if line.result else "–",
        )
        for line in (grid.lines if grid is not None else ())
    )


def opening(sheet: TrainingClass, calendar: Calendar, grid: Grid | None = None) -> Pack:
    """What a class is filed with before it opens: its plan session by session, and what is not there yet."""
    file_by = calendar.workdays_before(sheet.first_day, _FILE_DAYS)
    people = ", ".join(named(code, sheet.names) for code in sheet.instructors)
    pairs = (
        (_("Class"), sheet.code),
        (_("Course"), f"{sheet.course} {sheet.title}"),
        (_("Training institution"), sheet.institution_name),
        (_("First day"), str(sheet.first_day)),
        (_("Last day"), str(sheet.last_day)),
        (_("Heads"), str(sheet.heads)),
        (_("Instructors"), people or "–"),
        (_("Venue"), named(sheet.venue, sheet.names) if sheet.venue else "–"),
        (_("File it by"), str(file_by)),
    )
    rows = tuple(
        (
            day_word(session.day),
            session_span(session),
            _("practice") if session.practice else _("theory"),
            str(session.heads or sheet.heads),
        )
        for session in sheet.sessions
    )
    few = sheet.min_heads is not None and sheet.heads < sheet.min_heads
    missing = (
        *((_("instructors"),) if not sheet.instructors else ()),
        *((_("dates of the sessions"),) if not sheet.sessions else ()),
        *((_("heads up to the minimum of {count}").format(count=sheet.min_heads),) if few else ()),
        *((paper_word("roster"),) if grid is None or not grid.lines else ()),
    )
    headings = (_("Day"), _("Time"), _("What"), _("Heads"))
    return Pack(_("Opening of a class"), pairs, headings, rows, missing, _roster(grid))


def write_book(pack: Pack, path: Path) -> None:
    """The pack as a spreadsheet; every cell is a text, so that nothing in it is worked out as a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "duijie"
    for row in _lines(pack):
        sheet.append([clean(cell) for cell in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            cell.data_type = "s"
    sheet["A1"].font = Font(bold=True, size=14)
    for column, width in zip("ABCD", (22, 48, 12, 10), strict=True):
        sheet.column_dimensions[column].width = width
    book.save(path)


def write_files(pack: Pack, book: Path) -> None:
    """The pack as a spreadsheet and as a page beside it, in place of those of before; OSError where not."""
    book.parent.mkdir(parents=True, exist_ok=True)
    write_book(pack, book)
    book.with_suffix(".html").write_text(page(pack), encoding="utf-8")


def _lines(pack: Pack) -> Sequence[Sequence[str]]:
    missing = pack.missing or (_("nothing"),)
    return [
        [pack.title],
        *([label, value] for label, value in pack.pairs),
        [""],
        list(pack.headings),
        *(list(row) for row in pack.rows),
        *(
            [[""], list(_roster_headings()), *(list(row) for row in pack.roster)]
            if pack.roster
            else ()
        ),
        [""],
        [_("Missing")],
        *([paper] for paper in missing),
    ]


def page(pack: Pack) -> str:
    """The pack as a page to be printed."""
    pairs = "\n".join(f"<tr><th>{_safe(a)}</th><td>{_safe(b)}</td></tr>" for a, b in pack.pairs)
    roster = _table(_roster_headings(), pack.roster) if pack.roster else ""
    missing = pack.missing or (_("nothing"),)
    items = "".join(f"<li>{_safe(paper)}</li>" for paper in missing)
    return (
        "<!doctype html>\n"
        f'<html><head><meta charset="utf-8"><title>{_safe(pack.title)}</title>\n'
        "<style>body{font-family:sans-serif}table{border-collapse:collapse;margin:1em 0}"
        "th,td{border:1px solid #999;padding:.2em .6em;text-align:left}</style></head><body>\n"
        f"<h1>{_safe(pack.title)}</h1>\n<table>\n{pairs}\n</table>\n"
        f"{_table(pack.headings, pack.rows)}{roster}"
        f"<h2>{_safe(_('Missing'))}</h2>\n<ul>{items}</ul>\n</body></html>\n"
    )


def _roster_headings() -> tuple[str, ...]:
    return (_("Roster"), _("Enterprise"), _("Class hours"), _("Result"))


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    heads = "".join(f"<th>{_safe(text)}</th>" for text in headings)
    lines = "\n".join(
        "<tr>" + "".join(f"<td>{_safe(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>\n<tr>{heads}</tr>\n{lines}\n</table>\n"


def _safe(text: str) -> str:
    return escape(clean(text))
