"""Bulletins, reports that are due and targets as lines of text, for screens and commands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rich.cells import cell_len

from store.schemas.publication import Bulletin, BulletinView, Publication, TargetView
from store.services.bulletins import Verification
from store.services.clocks import day_of
from store.services.packs import Pack
from tui.bulletins import words
from tui.bulletins.pages import Chart, Page, Section, page
from tui.i18n import _, mark
from tui.render import bar, spark
from tui.safe import clean, fit, pad
from tui.words import act_word, state_word

_BAR = 20
_LABEL = 24
_STATES = {
    "done": mark("made public"),
    "overdue": mark("overdue"),
    "due": mark("due"),
    "to_come": mark("to come"),
}
_SIGNS = {"done": "✓", "overdue": "✕", "due": "!", "to_come": "○"}


def bulletin_cells(one: BulletinView) -> tuple[str, ...]:
    """Sign, code, kind, period, state, title."""
    sign = {"published": "✓", "withdrawn": "✕"}.get(one.status, "○")
    kind, period = words.kind_word(one.kind), words.period_word(one.period)
    return (sign, one.code, kind, period, state(one), _headed(one))


def state(one: BulletinView) -> str:
    """How a bulletin stands."""
    return state_word("bulletin", one.status)


def pack_cells(one: Pack, today: date) -> tuple[str, ...]:
    """Sign, kind, period, state, until when, the bulletin there is."""
    state = one.state(today)
    made = (
        f"{one.bulletin} {state_word('bulletin', one.status)}"
        if one.bulletin and one.status
        else "–"
    )
    if one.is_early:
        made = _("{bulletin} (before its end)").format(bulletin=made)
    return (
        _SIGNS[state],
        words.kind_word(one.kind),
        words.period_word(one.period),
        _(_STATES[state]),
        one.due.isoformat(),
        made,
    )


def target_cells(one: TargetView) -> tuple[str, ...]:
    """Sign, unit, what is counted, period, reached of the target, share with a bar, pace."""
    sign = {"reached": "✓", "behind": "!"}.get(one.pace, "○")
    return (
        sign,
        one.unit_name,
        words.indicator_word(one.indicator),
        str(one.period),
        f"{one.actual}/{one.value}",
        f"{bar(min(1.0, one.share / 100), 6)} {one.share}%",
        f"{words.pace_word(one.pace)} {one.due}%",
    )


def target_key(one: TargetView) -> str:
    """What tells a target from every other."""
    return f"{one.unit} {one.indicator} {one.period}"


def publication_cells(one: Publication) -> tuple[str, ...]:
    """When, act, bulletin, by whom, data of, digest, why."""
    told = (one.reason or "").strip()
    return (
        day_of(one.at).isoformat(), act_word(one.act), one.bulletin, one.login,
        one.as_of.isoformat(), one.digest[:12], f"{words.period_word(one.period)} {told}".strip(),
    )  # fmt: skip


def head_lines(view: BulletinView) -> Iterator[str]:
    """A bulletin in a few lines, without its figures."""
    yield f"{view.code} {_headed(view)}"
    yield _("{kind}, {period}; {state}; data of {day}").format(
        kind=words.kind_word(view.kind),
        period=words.period_word(view.period),
        state=state_word("bulletin", view.status),
        day=view.as_of,
    )
    yield _("Digest {digest}; made by {login}, last changed by {changer}").format(
        digest=view.digest[:12], login=view.made_by, changer=view.changed_by
    )


def _headed(view: BulletinView) -> str:
    """Its title, with the area of one that is not about the whole district."""
    return " · ".join(filter(None, (words.title(view), clean(view.area_name))))


def near_line(code: str, other: str) -> str:
    """That two bulletins together would tell a small count."""
    told = _(
        "{code} and {other}, which is public, differ by very few heads: both tell what one firm asked for."
    )
    return told.format(code=code, other=other)


def lines(bulletin: Bulletin, width: int) -> Iterator[str]:
    """The whole bulletin for a terminal of so many cells, with bars of signs."""
    yield from head_lines(bulletin.view)
    made = page(bulletin)
    yield _headline(made)
    yield made.legend
    for one in made.sections:
        yield ""
        yield from section_lines(one, width)


def _headline(made: Page) -> str:
    return "  ".join(f"{name} {value}" for name, value in made.headline)


def section_lines(one: Section, width: int) -> Iterator[str]:
    """One section: title, chart, table, what was left out, where it is from."""
    yield f"── {one.title} ──"
    if one.chart:
        yield from _chart_lines(one.chart)
    if one.rows:
        yield from _table_lines(one, width)
    else:
        yield _("Nothing to tell.")
    if one.left_out:
        yield one.left_out
    yield one.source


def _chart_lines(chart: Chart) -> Iterator[str]:
    if chart.kind != "bars":
        known = [value or 0 for value in chart.values]
        yield f"{chart.title} {spark(known)}"
        yield _("{first} to {last}, most {most}").format(
            first=chart.labels[0], last=chart.labels[-1], most=max(known)
        )
        return
    most = max(*(value or 0 for value in chart.values), 100 if chart.unit == "%" else 1)
    for label, value in zip(chart.labels, chart.values, strict=True):
        yield f"{pad(label, _LABEL)} {bar((value or 0) / most, _BAR)} {value}{chart.unit}"


def _table_lines(one: Section, width: int) -> Iterator[str]:
    """A table in columns as wide as their cells, cut to the width from the right."""
    rows = [one.headings, *one.rows, *([one.total] if one.total else [])]
    widths = [min(max(cell_len(row[at]) for row in rows), 24) for at in range(len(one.headings))]
    for row in rows:
        yield fit("  ".join(_aligned(one, row, widths)).rstrip(), width)


def _aligned(one: Section, row: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    for cell, room, number in zip(row, widths, one.numeric, strict=True):
        shown = fit(cell, room)
        yield " " * (room - cell_len(shown)) + shown if number else pad(cell, room)


def verification_lines(found: Verification) -> Iterator[str]:
    """What verifying came to."""
    yield (
        _("✓ {code}: the figures are those that were worked out.")
        if found.is_whole
        else _("✕ {code}: the figures are not those that were worked out.")
    ).format(code=found.code)
    if not found.compared:
        yield _("No documents were kept with it, so there are none to compare.")
    elif found.changed:
        told = _("✕ Drawn otherwise than when it was published: {names}.")
        yield told.format(names=", ".join(found.changed))
    else:
        told = _("✓ {count} documents are drawn, byte for byte, as when it was published.")
        yield told.format(count=found.compared)
