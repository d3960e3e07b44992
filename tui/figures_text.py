"""Figures of the analysis as sheets: pivot, bottlenecks, waiting, use of capacity, forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matching.forecasting import BASELINE, Forecast
from store.services.behind import Told
from store.services.bottlenecks import Bottleneck
from store.services.forecast import Outlook
from store.services.pivot import UNKNOWN, Axis, Cell, Pivot
from store.services.use import Sort, Use
from store.services.waits import STAGES, Share, Waits
from tui.analysis_text import LACKS, why_word
from tui.i18n import _, mark
from tui.safe import fit
from tui.sheets import Column, Line, Records, Sheet, Value
from tui.words import kind_word, level_short

MEASURES: Mapping[str, str] = {
    "gap": mark("gap"),
    "heads": mark("heads asked for"),
    "served": mark("heads served"),
    "covered": mark("heads arranged"),
    "needs": mark("needs"),
    "seats": mark("seats left"),
}
AXES: Mapping[str, str] = {
    Axis.OCCUPATION: mark("occupation"),
    Axis.LEVEL: mark("level"),
    Axis.AREA: mark("area"),
    Axis.WEEK: mark("week"),
    Share.INSTITUTION: mark("institution"),
    "equipment": mark("workstations"),
}
SORTS: Mapping[Sort, str] = {
    Sort.SEATS: mark("seats of runs"),
    Sort.STATIONS: mark("station hours"),
    Sort.INSTRUCTORS: mark("instructor hours"),
}
_STAGES: Mapping[str, str] = {
    "proposed": mark("to offer"),
    "accepted": mark("to accept"),
    "confirmed": mark("to confirm"),
    "start": mark("to start"),
}
_METHODS: Mapping[str, str] = {
    "last": mark("as last week"),
    "median": mark("median of 8 weeks"),
    "smooth": mark("smoothing"),
    "shrunk": mark("smoothing to the mean"),
}
_TOTAL = "total"


def value_word(axis: str, value: str, names: Mapping[str, str]) -> str:
    """A value of an axis as people call it."""
    if value == UNKNOWN:
        return _("not known")
    if axis == Axis.LEVEL:
        return level_short(int(value))
    return value[5:] if axis == Axis.WEEK else names.get(value, value)


def record_line(kind: str, told: Told | None) -> str:
    """A record behind a number, in a line."""
    if told is None:
        return kind_word(kind)
    if kind == "need":
        return _("{heads} heads {firm} · {text}").format(
            heads=told.count, firm=told.whose, text=told.text
        )
    parts = [f"{told.day:%m-%d}"] if told.day else []
    if told.count is not None:
        left = _("{count} seats left") if kind == "run" else _("{count} stations free")
        parts.append(left.format(count=told.count))
    return " · ".join((*parts, told.text, told.whose))


def pivot_sheet(found: Pivot, measure: str) -> Sheet:
    """One measure by row and column, the sums last; behind each number its needs or runs."""
    columns = [Column(found.rows.value, _(AXES[found.rows]), 20)]
    columns.append(Column(_TOTAL, _("total"), 6))
    for value in found.column_values:
        word = value_word(found.columns, value, found.names)
        columns.append(Column(value or "unknown", fit(word, 8), 8))
    rows: list[str | None] = [*found.row_values, None]
    lines = []
    for row in rows if found.row_values else []:
        picked = {_TOTAL: found.cell(row)}
        for value in found.column_values:
            picked[value or "unknown"] = found.cell(row, value)
        name = _("all") if row is None else value_word(found.rows, row, found.names)
        values: tuple[Value, ...] = (name, *(measured(n, measure) for n in picked.values()))
        behind = {column: _behind(cell, measure) for column, cell in picked.items()}
        lines.append(Line(_TOTAL if row is None else row or "unknown", values, behind))
    whole = found.cell()
    told = _("{heads} heads asked for, {gap} short; {seats} seats left in coming runs").format(
        heads=whole.heads, gap=whole.gap, seats=whole.seats
    )
    title = _("{measure} by {rows} and {columns}").format(
        measure=_(MEASURES[measure]), rows=_(AXES[found.rows]), columns=_(AXES[found.columns])
    )
    return Sheet("pivot", title, tuple(columns), tuple(lines), told)


def measured(cell: Cell, measure: str) -> int:
    """A number of a cell by the name of its measure."""
    return len(cell.needs) if measure == "needs" else int(getattr(cell, measure))


def _behind(cell: Cell, measure: str) -> Records:
    if measure == "seats":
        return tuple(("run", code) for code in cell.runs)
    return tuple(("need", code) for code in cell.needs)


def bottleneck_sheet(found: Sequence[Bottleneck]) -> Sheet:
    """What each trade and level lacks, most heads first."""
    columns = (
        Column("trade", _("Trade"), 20),
        Column("level", _("Lvl"), 5),
        Column("lack", _("Lacks"), 10),
        Column("short", _("Short"), 5),
        Column("held", _("Held up"), 7),
        Column("why", _("Why"), 30),
    )
    lines = [
        Line(
            f"{one.occupation or '-'}/{one.level or ''}/{one.lack}",
            (
                one.name or _("trade not settled"),
                level_short(one.level),
                _(LACKS[one.lack]),
                one.short,
                one.held,
                why_word(one.lack),
            ),
            {"short": tuple(("need", code) for code in one.needs)},
        )
        for one in found
    ]
    told = _("{short} heads short, {held} more held up by the way, the price or the hours").format(
        short=sum(one.short for one in found), held=sum(one.held for one in found)
    )
    return Sheet("bottlenecks", _("What holds heads up"), columns, tuple(lines), told)


def waits_sheet(found: Sequence[Waits], share: str) -> Sheet:
    """Days from step to step, half of the needs and nine in ten; a dash where none came so far."""
    columns = [Column(share, _(AXES[share]), 20), Column("needs", _("Needs"), 5)]
    for stage in STAGES:
        columns.append(Column(f"{stage}_half", f"{_(_STAGES[stage])} P50", 14))
        columns.append(Column(f"{stage}_most", "P90", 4))
    lines = []
    for one in found:
        values: list[str | int | None] = [one.name or _("not known"), len(one.needs)]
        behind = {"needs": tuple(("need", code) for code in one.needs)}
        for step in one.stages:
            values += [step.half, step.most] if step.needs else [None, None]
            behind[f"{step.name}_half"] = tuple(("need", code) for code in step.needs)
            behind[f"{step.name}_most"] = behind[f"{step.name}_half"]
        lines.append(Line(one.value or "unknown", tuple(values), behind))
    told = _("Days from step to step: P50 half of the needs, P90 nine in ten of them")
    return Sheet("waits", _("Waiting by {share}").format(share=_(AXES[share])), tuple(columns),
                 tuple(lines), told)  # fmt: skip


def use_sheet(found: Sequence[Use], share: str) -> Sheet:
    """What is offered and how much of it is taken; stations and people in hours."""
    columns = (
        Column(share, _(AXES[share]), 20),
        Column("sort", _("Of what"), 10),
        Column("offered", _("Offered"), 8),
        Column("held", _("Held"), 7),
        Column("booked", _("Booked"), 7),
        Column("elsewhere", _("Elsewhere"), 9),
        Column("percent", _("Used %"), 6),
    )
    lines = []
    for one in found:
        numbers = (one.offered, one.held, one.booked, one.elsewhere)
        told = numbers if one.sort is Sort.SEATS else tuple(n / 60 for n in numbers)
        values = (one.name, _(SORTS[one.sort]), *told, one.percent)
        lines.append(Line(f"{one.sort}/{one.value}", values))
    told_all = _("Seats are counted by first day of a run, hours by the day of a slot or lesson")
    title = _("Use of capacity by {share}").format(share=_(AXES[share]))
    return Sheet("use", title, columns, tuple(lines), told_all)


def forecast_sheet(found: Outlook) -> Sheet:
    """Heads in the coming weeks with their interval and, beside, how wrong that was on past weeks."""
    columns = (
        Column("trade", _("Trade"), 20),
        Column("last", _("Last"), 5),
        Column("weekly", _("A week"), 6),
        Column("low", _("from"), 5),
        Column("high", _("to"), 5),
        Column("total", _("{weeks} wks").format(weeks=found.horizon), 7),
        Column("mae", _("MAE"), 5),
        Column("baseline_mae", _("MAE last"), 9),
        Column("mase", "MASE", 5),
        Column("coverage", _("Within %"), 8),
        Column("method", _("Method"), 20),
    )
    lines = [
        Line(
            one.occupation or "all",
            (
                one.name or _("all trades"),
                one.past[-1] if one.past else None,
                *_numbers(one.forecast),
                method_word(one.forecast),
            ),
            {"last": tuple(("need", code) for code in one.needs)},
        )
        for one in found.lines
    ]
    title = _("Heads a week from {day}, {weeks} weeks").format(
        day=found.first.isoformat(), weeks=found.horizon
    )
    return Sheet("forecast", title, columns, tuple(lines), _told_of(found))


def _numbers(found: Forecast) -> tuple[float | None, ...]:
    proof = found.proof
    return (
        round(found.weekly, 1),
        None if found.low is None else round(found.low, 1),
        None if found.high is None else round(found.high, 1),
        round(found.total, 1),
        round(proof.mae, 1) if proof else None,
        round(proof.baseline_mae, 1) if proof else None,
        round(proof.mase, 2) if proof and proof.mase is not None else None,
        round(100 * proof.coverage) if proof else None,
    )


def method_word(found: Forecast) -> str:
    """The method; where the baseline is used though another was tried, that it was better."""
    word = _(_METHODS[found.method])
    if found.proof is None:
        return _("{method}, too few weeks").format(method=word)
    if found.method == BASELINE and found.tried != BASELINE:
        return _("{method}: better than {tried}").format(
            method=word, tried=_(_METHODS[found.tried])
        )
    return word


def _told_of(found: Outlook) -> str:
    return _("From {weeks} whole weeks, {imported} of them imported ({sources})").format(
        weeks=len(found.weeks), imported=found.imported, sources="; ".join(found.sources) or "–"
    )
