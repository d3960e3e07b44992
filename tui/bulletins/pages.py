"""A bulletin's figures in words: what every form of document is drawn from, in the session's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from store.schemas.publication import Bulletin, Cell, Cells, Figures, Snapshot, Withheld
from tui.bulletins import words
from tui.i18n import _, language
from tui.safe import clean

_MOST_HELD = 3  # rows without a number that a table still lists one by one
_MOST_BARS = 12
_LATEST = 13
_TEXTS = frozenset(
    (
        "indicator", "trade", "level", "days", "week", "stage", "institution", "sort", "area",
        "qualified_to", "equipment", "unit", "period", "pace", "day", "act", "bulletin", "data",
        "digest", "weeks", "grounds", "street", "policy", "clause", "subsidy", "centre",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chart:
    """Values under their labels; None where a number is held back. A line runs from left to right.

    Of a forecast the last values are expected ones, within `least` and `most`; the others were counted.
    """

    kind: str
    title: str
    labels: tuple[str, ...]
    values: tuple[int | None, ...]
    unit: str = ""
    least: tuple[int | None, ...] = ()
    most: tuple[int | None, ...] = ()

    @property
    def counted(self) -> int:
        """How many values were counted, not expected."""
        return len(self.values) - len(self.least)


@dataclass(frozen=True, slots=True)
class Section:
    """One table in words, with what it is drawn as and where it comes from."""

    name: str
    title: str
    note: str
    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None
    left_out: str
    chart: Chart | None
    source: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole bulletin in one language."""

    code: str
    lang: str
    title: str
    facts: tuple[tuple[str, str], ...]
    headline: tuple[tuple[str, str], ...]
    legend: str
    sections: tuple[Section, ...]


def page(bulletin: Bulletin) -> Page:
    """A bulletin in the session's language."""
    about = bulletin.snapshot
    place = clean(about.area_name) or _("the whole district")
    facts = (
        (_("Number"), bulletin.view.code),
        (_("Period"), words.period_word(about.period)),
        (_("Place"), place),
        (_("Data of"), words.day_told(about.as_of)),
        (_("Digest"), bulletin.view.digest),
    )
    return Page(
        bulletin.view.code,
        "zh-CN" if language() == "zh" else "en",
        words.title(about),
        facts,
        tuple(_headline(about)),
        words.held_word(about.threshold),
        tuple(section(about, table) for table in about.tables),
    )


def _headline(about: Snapshot) -> list[tuple[str, str]]:
    """The numbers that most people look for."""
    told = [(_("institutions"), str(len(about.table("institutions").rows)))]
    for name, column, word in (
        ("courses", "courses", _("courses")),
        ("courses", "seats_left", _("seats left")),
        ("shortages", "needed", _("heads wanted")),
        ("shortages", "gap", _("heads short")),
    ):
        table = about.table(name)
        if table.total is not None:
            cell = table.total[table.columns.index(column)]
            told.append((word, words.cell_word(column, cell, about.threshold)))
    return told


def section(about: Snapshot, table: Figures) -> Section:
    """One table in words; many rows without a number become one sentence."""
    said = words.SECTIONS[table.name]
    rows = table.rows[:_LATEST] if table.name == "weeks" else table.rows
    held = [row for row in rows if any(isinstance(cell, Withheld) for cell in row)]
    is_long = len(held) > _MOST_HELD
    listed = [row for row in rows if not is_long or row not in held]
    return Section(
        table.name,
        _(said.title),
        _(said.note).format_map({name: value or "–" for name, value in table.parameters.items()}),
        tuple(_(words.COLUMNS[column]) for column in table.columns),
        tuple(map(is_number, table.columns)),
        tuple(_told(about, table, row) for row in listed),
        None if table.total is None else _total(about, table, table.total),
        _left_out(about, table, held) if is_long else "",
        chart(about, table),
        _source(table),
    )


def is_number(column: str) -> bool:
    """Whether a column holds numbers that one reckons with."""
    return column not in _TEXTS


def _told(about: Snapshot, table: Figures, row: Cells) -> tuple[str, ...]:
    pairs = zip(table.columns, row, strict=True)
    return tuple(words.cell_word(column, cell, about.threshold) for column, cell in pairs)


def _total(about: Snapshot, table: Figures, row: Cells) -> tuple[str, ...]:
    empty = ["" if cell is None else words.cell_word(c, cell, about.threshold)
             for c, cell in zip(table.columns, row, strict=True)]  # fmt: skip
    return (_("Total"), *empty[1:])


def _left_out(about: Snapshot, table: Figures, held: list[Cells]) -> str:
    names = [" ".join(filter(None, _labels(about, table, row))) for row in held]
    return _("Too small to be published, or held back with those ({count}): {names}.").format(
        count=len(names), names=_(", ").join(names)
    )


def _labels(about: Snapshot, table: Figures, row: Cells) -> list[str]:
    told = _told(about, table, row)
    return [
        text for text, cell in zip(told, row, strict=True) if not isinstance(cell, Withheld)
    ]  # fmt: skip


def _source(table: Figures) -> str:
    shown = ", ".join(f"{name}={value or '–'}" for name, value in sorted(table.parameters.items()))
    return _("Query {query} ({parameters}); data of {day}").format(
        query=table.query, parameters=shown, day=table.as_of
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How a table is drawn: the column of its bars, those that label them, and of which rows."""

    kind: str
    value: str
    labels: tuple[str, ...]
    unit: str = ""
    is_worth: Callable[[int], bool] = bool
    is_sorted: bool = False
    fewest: int = 1


_DRAWN: Mapping[str, _Drawing] = {
    "shortages": _Drawing("bars", "needed", ("trade",), is_sorted=True),
    "areas": _Drawing("bars", "gap", ("street",), is_sorted=True),
    "gap_trend": _Drawing("bars", "gap", ("data",), is_worth=lambda _value: True, fewest=2),
    "waiting": _Drawing("bars", "heads", ("days",), is_worth=lambda _value: True),
    "weeks": _Drawing("line", "heads", ("week",), is_worth=lambda _value: True),
    "coming_weeks": _Drawing("forecast", "heads", ("week",), is_worth=lambda _value: True),
    "became": _Drawing("bars", "heads", ("stage",), is_worth=lambda _value: True),
    "places": _Drawing("bars", "use", ("equipment",), "%", is_sorted=True),
    "against": _Drawing("bars", "share", ("unit", "indicator", "period"), "%"),
}


def chart(about: Snapshot, table: Figures) -> Chart | None:
    """What a table is drawn as, None where nothing in it is worth drawing."""
    how = _DRAWN.get(table.name)
    if how is None:
        return None
    if how.kind == "forecast":
        return _forecast(about, table, how)
    at = table.columns.index(how.value)
    keys = [table.columns.index(name) for name in how.labels]
    labels, values = [], []
    for row in table.rows:
        value = row[at]
        if how.kind == "bars" and not (isinstance(value, int) and how.is_worth(value)):
            continue
        told = _told(about, table, row)
        labels.append(" ".join(filter(None, (told[key] for key in keys))))
        values.append(_number(value))
    if how.kind == "line":
        labels, values = labels[::-1], values[::-1]
    else:
        labels, values = _largest(labels, values) if how.is_sorted else (labels, values)
        labels, values = labels[:_MOST_BARS], values[:_MOST_BARS]
    if not any(values) or len(values) < how.fewest:
        return None
    heading = _(words.COLUMNS[how.value])
    return Chart(how.kind, heading, tuple(labels), tuple(values), how.unit)


def _forecast(about: Snapshot, table: Figures, how: _Drawing) -> Chart | None:
    """Counted values and, from the first row that has none, expected ones with their interval."""
    label, counted, expected, least, most = map(
        table.columns.index, (*how.labels, how.value, "expected", "least", "most")
    )
    coming = [row for row in table.rows if row[counted] is None]
    rows = [*(row for row in table.rows if row[counted] is not None), *coming]
    values = [_number(row[expected if row in coming else counted]) for row in rows]
    if not any(values):
        return None
    return Chart(
        how.kind,
        _(words.COLUMNS[how.value]),
        tuple(_told(about, table, row)[label] for row in rows),
        tuple(values),
        least=tuple(_number(row[least]) for row in coming),
        most=tuple(_number(row[most]) for row in coming),
    )


def _number(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) else None


def _largest(labels: list[str], values: list[int | None]) -> tuple[list[str], list[int | None]]:
    order = sorted(range(len(values)), key=lambda at: -(values[at] or 0))
    return [labels[at] for at in order], [values[at] for at in order]
