"""Charts as inline SVG: bars with their label above, and a line over time; no script, colours by CSS class.

All measures are in units of the drawing, which is 360 wide, so that letters stay readable on a telephone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from tui.bulletins.pages import Chart
from tui.i18n import _

WIDTH = 360
_ROW, _BAR = 34, 9
_HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 150, 34, 8, 10, 22


def svg(chart: Chart, name: str) -> str:
    """A chart with a title and a sentence for those who do not see it; `name` makes its ids its own."""
    parts, height = (
        (list(_bars(chart)), _ROW * len(chart.labels) + 4)
        if chart.kind == "bars"
        else (list(_line(chart)), _HEIGHT)
    )
    head = (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}-title {name}-told">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-told">{escape(told(chart))}</desc>'
    )
    return "\n".join((head, *parts, "</svg>"))


def told(chart: Chart) -> str:
    """The chart in a sentence: every bar, or how a line runs."""
    if chart.kind != "bars":
        return "; ".join((*_counted(chart), *_expected(chart)))
    pairs = zip(chart.labels, chart.values, strict=True)
    return "; ".join(f"{label} {value}{chart.unit}" for label, value in pairs)


def _counted(chart: Chart) -> Iterator[str]:
    """How the counted part of a line runs, if any of it is known."""
    labels = chart.labels[: chart.counted]
    known = [value for value in chart.values[: chart.counted] if value is not None]
    if known:
        yield _("{count} weeks from {first} to {last}: least {least}, most {most}").format(
            count=len(labels), first=labels[0], last=labels[-1], least=min(known), most=max(known)
        )


def _expected(chart: Chart) -> Iterator[str]:
    """What is expected after it, the same in every week; of a line without a forecast nothing."""
    value = chart.values[-1]
    if not chart.least or value is None:
        return
    told = _("expected from {week} on: {heads} a week")
    if chart.least[-1] is not None:
        told = _("expected from {week} on: {heads} a week, from {least} to {most}")
    yield told.format(
        week=chart.labels[chart.counted], heads=value, least=chart.least[-1], most=chart.most[-1]
    )


def _bars(chart: Chart) -> Iterator[str]:
    most = max(*(value or 0 for value in chart.values), 100 if chart.unit == "%" else 1)
    for at, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True)):
        top = at * _ROW
        long = round((value or 0) / most * WIDTH)
        yield f'<text class="label" x="0" y="{top + 14}">{escape(label)}</text>'
        yield f'<text class="value" x="{WIDTH}" y="{top + 14}">{value}{chart.unit}</text>'
        yield f'<rect class="track" x="0" y="{top + 19}" width="{WIDTH}" height="{_BAR}" rx="2"/>'
        if long:
            yield f'<rect class="bar" x="0" y="{top + 19}" width="{long}" height="{_BAR}" rx="2"/>'


def _line(chart: Chart) -> Iterator[str]:
    most = ceiling(max(value or 0 for value in (*chart.values, *chart.most)))
    ground = _HEIGHT - _BOTTOM
    for part in (0, 1, 2):
        y = ground - part * (ground - _TOP) // 2
        yield f'<line class="grid" x1="{_LEFT}" y1="{y}" x2="{WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text class="tick" x="{_LEFT - 5}" y="{y + 4}">{most * part // 2}</text>'
    count = len(chart.values)
    xs = [_LEFT + (WIDTH - _LEFT - _RIGHT) * at / max(1, count - 1) for at in range(count)]

    def point(at: int, value: int | None) -> str:
        return f"{xs[at]:.1f},{ground - (value or 0) / most * (ground - _TOP):.1f}"

    yield from _interval(chart, point)
    for run in _runs(chart.values[: chart.counted]):
        points = [point(at, chart.values[at]) for at in run]
        if len(points) > 1:
            yield f'<polyline class="line" points="{" ".join(points)}"/>'
        x, y_text = points[-1].split(",")
        yield f'<circle class="dot" cx="{x}" cy="{y_text}" r="2.5"/>'
    for at, anchor in ((0, "start"), (count // 2, "middle"), (count - 1, "end")):
        label = escape(chart.labels[at])
        yield f'<text class="week" text-anchor="{anchor}" x="{xs[at]:.1f}" y="{_HEIGHT - 6}">{label}</text>'


def _interval(chart: Chart, point: Callable[[int, int | None], str]) -> Iterator[str]:
    """What is expected: a broken line, with its interval behind it."""
    coming = range(chart.counted, len(chart.values))
    if not coming or chart.values[-1] is None:
        return
    if chart.least[-1] is not None:
        edge = [point(at, high) for at, high in zip(coming, chart.most, strict=True)]
        edge += [point(at, low) for at, low in zip(coming, chart.least, strict=True)][::-1]
        yield f'<polygon class="track" points="{" ".join(edge)}"/>'
    points = " ".join(point(at, chart.values[at]) for at in coming)
    yield f'<polyline class="line" stroke-dasharray="5 3" points="{points}"/>'


def _runs(values: tuple[int | None, ...]) -> Iterator[list[int]]:
    """Neighbours that have a value; a gap is left where one is held back."""
    run: list[int] = []
    for at, value in enumerate(values):
        if value is not None:
            run.append(at)
        elif run:
            yield run
            run = []
    if run:
        yield run


def ceiling(most: int) -> int:
    """The round number at or above the most that an axis ends with: 2, 4 or 10 times a power of ten."""
    step = 1
    while True:
        for times in (2, 4, 10):
            if most <= times * step:
                return times * step
        step *= 10
