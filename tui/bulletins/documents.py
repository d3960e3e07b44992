"""Documents of a bulletin: HTML, md, tables as CSV; the same figures always give the same bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from store.schemas.publication import Bulletin, Snapshot
from store.tables import write_csv
from tui import i18n
from tui.bulletins import words
from tui.bulletins.charts import svg, told
from tui.bulletins.pages import Page, Section, page
from tui.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from jinja2 import Template

FORMS = ("md", "html", "csv")
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
                f"{name}-{file}.csv": text.encode("utf-8-sig")
                for file, text in _tables(bulletin.snapshot)
            }
        made = page(bulletin)
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


def _tables(about: Snapshot) -> Iterator[tuple[str, str]]:
    """Every table with all of its rows, and one that says where each comes from."""
    for table in about.tables:
        rows = table.rows if table.total is None else (*table.rows, table.total)
        cells = [
            [
                words.cell_word(c, cell, about.threshold)
                for c, cell in zip(table.columns, row, strict=True)
            ]
            for row in rows
        ]
        if table.total is not None:
            cells[-1][0] = _("Total")
        headings = [_(words.COLUMNS[column]) for column in table.columns]
        yield table.name, "".join(write_csv(headings, cells))
    sources = [
        [table.name, _(words.SECTIONS[table.name].title), table.query, str(table.as_of),
         " ".join(f"{name}={value or '-'}" for name, value in sorted(table.parameters.items()))]
        for table in about.tables
    ]  # fmt: skip
    headings = [_("Table"), _("Title"), _("Query"), _("Data of"), _("Parameters")]
    yield "sources", "".join(write_csv(headings, sources))


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
