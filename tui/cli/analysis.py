"""`analysis`: the gap board, one line taken apart, the funnel, the weeks, and the warning rule."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from store.errors import NotFoundError, UsageError
from store.schemas.fields import Level
from store.services import analysis, drilling, flow, warning
from store.services.analysis import Line
from store.tables import write_csv
from tui import analysis_text as text
from tui.cli.output import line, plain, put, say, table, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.settings import Settings
from tui.sheets import Sheet
from tui.typed import typed_day, typed_month
from tui.words import level_word

_WIDTHS = (36, 5, 5, 5, 5, 9)


def run(options: Namespace, settings: Settings) -> int:
    """One view of the analysis."""
    if _is_table(options) and options.view in ("drill", "history", "rule"):
        raise UsageError("csv_gaps_only", view=options.view)
    if options.area and options.view in ("history", "rule"):
        raise UsageError("no_area", view=options.view)
    if options.month and options.view not in ("gaps", "drill", "bottlenecks"):
        raise UsageError("no_month", view=options.view)
    if options.view not in _VIEWS:
        from tui.cli import figures

        return figures.VIEWS[options.view](options, begin(options, settings))
    if options.words and options.view not in ("drill", "rule"):
        raise UsageError("too_many_words", words=" ".join(options.words))
    return _VIEWS[options.view](options, begin(options, settings))


def _gaps(options: Namespace, session: Session) -> int:
    found = session.store.read(analysis.shortages, **asked(options, session))
    if options.xlsx or options.behind:
        return _shown(options, found, text.gap_sheet(found))
    if options.csv or options.output:
        from tui.cli import figures

        figures.give_csv(options, write_csv(text.CSV_COLUMNS, text.csv_rows(found)))
    elif options.json:
        put({**plain(found), "gap": found.gap, "lines": [_line_json(n) for n in found.lines]})
    elif not found.lines:
        say(_("No open need there; `duijie add need` registers one."))
    else:
        headings = [_("Trade"), _("Lvl"), _("Need"), _("Have"), _("Gap"), _("8 weeks"), _("Lacks")]
        table(headings, [text.line_cells(n) for n in found.lines], _WIDTHS)
        say(text.board_word(found) + "  " + text.rule_word(found.rule))
    return 0


def _shown(options: Namespace, found: Any, sheet: Sheet) -> int:
    from tui.cli import figures

    return figures.show(options, found, sheet)


def _is_table(options: Namespace) -> bool:
    return bool(options.csv or options.output or options.xlsx or options.behind)


def _drill(options: Namespace, session: Session) -> int:
    if not 1 <= len(options.words) <= 2:
        raise UsageError("drill_words")
    occupation, level = options.words[0], _level(options.words[1:])
    scope = asked(options, session)
    found = session.store.read(
        drilling.drill, None if occupation == "-" else occupation, level, **scope
    )
    if found is None:
        raise NotFoundError("analysis_line", f"{occupation} {level_word(level)}".rstrip())
    if options.json:
        put({**plain(found), "line": _line_json(found.line)})
        return 0
    board = session.store.read(analysis.shortages, **scope)
    for told in (*text.head_lines(found.line, board), *text.cause_lines(found)):
        line(told)
    for need in found.needs:
        line(f"  {need.code} {text.behind_line(need)}")
    return 0


def _funnel(options: Namespace, session: Session) -> int:
    day = typed_day(options.week, session.today) if options.week else session.today
    found = session.store.read(flow.funnel, by=session.by, week=day, area=area_of(options))
    if _is_table(options):
        return _shown(options, found, text.funnel_sheet(found))
    if options.json:
        put(found)
        return 0
    line(f"{text.week_word(found.week)} {found.week}")
    for told in text.funnel_lines(found):
        line(told)
    return 0


def _weekly(options: Namespace, session: Session) -> int:
    found = session.store.read(
        flow.weekly,
        by=session.by,
        today=session.today,
        weeks=options.weeks,
        ahead=options.ahead,
        area=area_of(options),
    )
    if _is_table(options):
        return _shown(options, found, text.weekly_sheet(found))
    if options.json:
        put(found)
        return 0
    for told in text.week_lines(found):
        line(told)
    return 0


def _rule(options: Namespace, session: Session) -> int:
    """Show the rule, or change it."""
    found = session.store.read(warning.rule)
    if options.words:
        change = session.store.rehearse if options.dry_run else session.store.write
        found = change(warning.set_rule, _numbers(options.words), by=session.by)
        tried(options)
    if options.json:
        put(found)
        return 0
    line(text.rule_word(found))
    return 0


_VIEWS: dict[str, Callable[[Namespace, Session], int]] = {
    "gaps": _gaps,
    "drill": _drill,
    "funnel": _funnel,
    "weekly": _weekly,
    "rule": _rule,
}


def asked(options: Namespace, session: Session) -> dict[str, Any]:
    """Whose needs of where and when."""
    return {
        "by": session.by,
        "today": session.today,
        "area": area_of(options),
        "month": typed_month(options.month) if options.month else None,
    }


def area_of(options: Namespace) -> str | None:
    """The area that is asked for."""
    return options.area.upper() if options.area else None


def _level(words: list[str]) -> int | None:
    """A level as forms take it: 三级, or 3 for it."""
    if not words:
        return None
    try:
        rank: int = TypeAdapter(Level).validate_python(words[0])
    except ValidationError as error:
        raise UsageError("not_a_level", text=words[0]) from error
    return rank


def _numbers(words: list[str]) -> dict[str, int]:
    """`heads=30` and the like."""
    found = {}
    for word in words:
        name, _equals, value = word.partition("=")
        if not value.isdecimal():
            raise UsageError("rule_words", text=word)
        found[name] = int(value)
    return found


def _line_json(found: Line) -> dict[str, Any]:
    return {**plain(found), "gap": found.gap}
