"""Documents of a bulletin: HTML, md, tables as CSV and XLSX; the same figures give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from store.schemas.publication import Bulletin, Figures, Snapshot
from store.tables import write_csv
from store.workbooks import Rows, same_workbook
from tui import i18n
from tui.bulletins import words
from tui.bulletins.charts import svg, told
from tui.bulletins.pages import Page, Section, is_number, page
from tui.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from jinja2 import Template

FORMS = ("md", "html", "csv", "xlsx")
_TEMPLATE = Path(__file__).with_name("page.html.j2")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def documents(
    bulletin: Bulletin, form: str, language: str, *, is_final: bool = True
) -> Mapping[str, bytes]:
    """Files by name; one that is not final says at its top that it is not for publication."""
    with i18n.using(language):
        name = f"{bulletin.view.code}-{language}"
        notice = "" if is_final else _("Draft, not for publication")
        if form == "csv":
            return {
                f"{name}-{file}.csv": "".join(write_csv(rows[0], rows[1:])).encode("utf-8-sig")
                for file, rows in _tables(bulletin.snapshot)
            }
        made = page(bulletin)
        if form == "xlsx":
            return {f"{name}.xlsx": _workbook(bulletin.snapshot, made, notice)}
        text = _html(made, notice) if form == "html" else _markdown(made, notice)
        return {f"{name}.{form}": text.encode()}


def digests(bulletin: Bulletin) -> dict[str, str]:
    """The SHA-256 of every document in every language, by its file's name."""
    return {
        name: hashlib.sha256(data).hexdigest()
        for language in LANGUAGES
        for form in FORMS
        for name, data in documents(bulletin, form, language).items()
    }


def _tables(about: Snapshot) -> Iterator[tuple[str, list[list[str]]]]:
    """Every table with its headings and all of its rows, and one that says where each comes from."""
    for table in about.tables:
        headings = [_(words.COLUMNS[column]) for column in table.columns]
        yield table.name, [headings, *([str(cell) for cell in row] for row in _cells(about, table))]
    yield "sources", _sources(about)


def _sources(about: Snapshot) -> list[list[str]]:
    rows = [
        [table.name, _(words.SECTIONS[table.name].title), table.query, str(table.as_of),
         " ".join(f"{name}={value or '-'}" for name, value in sorted(table.parameters.items()))]
        for table in about.tables
    ]  # fmt: skip
    headings = [_("Table"), _("Title"), _("Query"), _("Data of"), _("Parameters")]
    return [headings, *rows]


def _cells(about: Snapshot, table: Figures) -> Iterator[list[str | int]]:
    """The rows of a table in words, its total last; what is a number stays one."""
    for row in table.rows if table.total is None else (*table.rows, table.total):
        cells: list[str | int] = [
            cell
            if isinstance(cell, int) and is_number(c)
            else words.cell_word(c, cell, about.threshold)
            for c, cell in zip(table.columns, row, strict=True)
        ]
        if row is table.total:
            cells[0] = _("Total")
        yield cells


def _workbook(about: Snapshot, made: Page, notice: str) -> bytes:
    """A sheet about the bulletin, one for each table, and one that says where each comes from."""
    told = [[notice]] if notice else []
    first = [[made.title], *told, *made.facts, *made.headline, [made.legend]]
    sheets: list[tuple[str, Rows]] = [(_("Bulletin"), first)]
    for at, table in enumerate(about.tables, 1):
        headings = [_(words.COLUMNS[column]) for column in table.columns]
        title = f"{at} {_(words.SECTIONS[table.name].title)}"
        sheets.append((title, [headings, *_cells(about, table)]))
    sheets.append((_("Sources"), _sources(about)))
    return same_workbook(sheets, about.as_of)


def _html(made: Page, notice: str) -> str:
    from markupsafe import Markup

    drawn = {
        one.name: Markup(svg(one.chart, one.name))  # every text in it is escaped there
        for one in made.sections
        if one.chart
    }
    return _template().render(
        page=made,
        charts=drawn,
        notice=notice,
        contents=_("Contents"),
        nothing=_("Nothing to tell."),
    )


@cache
def _template() -> Template:
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))


def _markdown(made: Page, notice: str) -> str:
    return "\n".join(_lines(made, notice)) + "\n"


def _lines(made: Page, notice: str) -> Iterator[str]:
    yield f"# {_md(made.title)}"
    yield ""
    if notice:
        yield f"**{_md(notice)}**"
        yield ""
    yield from (f"- {_md(name)}: {_md(value)}" for name, value in made.facts)
    yield ""
    yield " · ".join(f"{_md(name)} **{_md(value)}**" for name, value in made.headline)
    yield ""
    yield _md(made.legend)
    for one in made.sections:
        yield from _section(one)


def _section(one: Section) -> Iterator[str]:
    yield ""
    yield f"## {_md(one.title)}"
    yield ""
    yield _md(one.note)
    yield ""
    if one.chart:
        yield f"{_md(one.chart.title)}: {_md(told(one.chart))}"
        yield ""
    if one.rows:
        yield _row(one.headings)
        yield "|" + "|".join(" ---: " if number else " --- " for number in one.numeric) + "|"
        yield from map(_row, one.rows)
        if one.total:
            yield _row(
                [f"**{cell}**" if cell else "" for cell in map(_md, one.total)], is_safe=True
            )
    else:
        yield _("Nothing to tell.")
    if one.left_out:
        yield ""
        yield _md(one.left_out)
    yield ""
    yield f"<sub>{_md(one.source)}</sub>"


def _row(cells: Sequence[str], *, is_safe: bool = False) -> str:
    return "| " + " | ".join(cells if is_safe else map(_md, cells)) + " |"


def _md(text: str) -> str:
    """Text that is taken for text in an md file: no markup, no HTML, no line of its own."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))
