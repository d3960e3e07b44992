"""What can be typed after `duijie analysis`, `warnings` and `shortage`; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, count, positive
from tui.i18n import _

_VIEWS = (
    "gaps", "drill", "bottlenecks", "pivot", "waits", "use", "forecast", "funnel", "weekly", "history",
    "rule",
)  # fmt: skip
_MEASURES = ("gap", "heads", "served", "covered", "needs", "seats")


def add_analysis(add: Any) -> None:
    """Where heads are asked for that nothing serves, and every other figure of the market."""
    command = add("analysis", "analysis:run", _("where heads are asked for that nothing serves"))
    command.add_argument(
        "view",
        nargs="?",
        default="gaps",
        choices=_VIEWS,
        help=_(
            "lines by trade (the default), one line taken apart, what holds heads up, any two of "
            "trade, level, area and week, waiting, use of capacity, forecast, steps, weeks, past counts "
            "from a file, warning rule"
        ),
    )
    command.add_argument(
        "words",
        nargs="*",
        metavar=_("WORD"),
        help=_(
            "drill: OCCUPATION [LEVEL], - where not settled; pivot: ROWS COLUMNS, then level=3 and the "
            "like; waits: occupation, area or institution; use: institution, equipment or week; "
            "forecast: OCCUPATION; history: FILE; rule: heads=30 days=10"
        ),
    )
    command.add_argument("--area", metavar=_("CODE"), help=_("only this area, with all in it"))
    command.add_argument(
        "--month",
        metavar=_("MONTH"),
        help=_("only needs of it, like 2026-12 (gaps, drill, bottlenecks)"),
    )
    command.add_argument("--week", metavar=_("DAY"), help=_("the week of this day (funnel)"))
    command.add_argument(
        "--weeks", type=positive, default=12, metavar="N", help=_("so many weeks (weekly)")
    )
    command.add_argument(
        "--ahead", type=count, default=0, metavar="N", help=_("weeks to come (weekly, use)")
    )
    command.add_argument(
        "--horizon", type=positive, default=6, metavar="N", help=_("weeks to come (forecast)")
    )
    command.add_argument(
        "--measure", choices=_MEASURES, default="gap", help=_("which number (pivot)")
    )
    command.add_argument("--source", metavar=_("WORDS"), help=_("where they are from (history)"))
    sheet_options(command)


def sheet_options(command: argparse.ArgumentParser) -> None:
    """Other forms of a table, and what is behind it."""
    command.add_argument("--csv", action="store_true", help=_("the lines as CSV"))
    command.add_argument("--output", metavar=_("FILE"), help=_("CSV into a file instead"))
    command.add_argument("--xlsx", metavar=_("FILE"), help=_("the lines as a workbook"))
    command.add_argument(
        "--behind",
        metavar="LINE[:COLUMN]",
        help=_("the records behind a line or a number of it: LINE is what --csv has under code"),
    )


def add_warnings(commands: Any, common: argparse.ArgumentParser) -> None:
    """`duijie warnings` and `duijie shortage`."""
    summary = _("early warning: what the rules find, and who sees to it")
    act = Group(commands, common, "warnings", "warnings", summary)
    sheet_options(act("list", "list_warnings", _("open and grave ones first"), code=False))
    sheet_options(act("rules", "list_rules", _("the rules and their limits"), code=False))
    act("set", "set_rule", _("change a rule, or add one with kind=…"), fields=True)
    command = act("acknowledge", "acknowledge", _("say who sees to a warning, until when"))
    command.add_argument("--to", default="", metavar=_("LOGIN"), help=_("who, else yourself"))
    command.add_argument("--until", metavar=_("DAY"), help=_("until when, else for a week"))
    command.add_argument("--note", metavar=_("TEXT"), default="", help=_("what is done about it"))
    act = Group(commands, common, "shortage", "warnings", _("trades in urgent need, as a list"))
    sheet_options(act("list", "lists", _("every version, the newest first"), code=False))
    shown = act("show", "show_list", _("one version, or the one in force"), code=False)
    shown.add_argument("code", nargs="?", metavar=_("CODE"))
    sheet_options(shown)
    command = act("draft", "draft", _("a draft from today's figures"), code=False)
    command.add_argument("--top", type=positive, default=10, metavar="N", help=_("at most N"))
    _days(command)
    command = act("edit", "edit", _("change a draft"))
    for flag, meaning in (("--add", _("add a trade")), ("--drop", _("leave a trade out"))):
        command.add_argument(flag, action="append", default=[], metavar=_("CODE"), help=meaning)
    command.add_argument(
        "--note", action="append", default=[], metavar=_("CODE=TEXT"), help=_("a note to a trade")
    )
    _days(command)
    for made in (command, act("sign", "sign", _("put a draft in force"))):
        made.add_argument(
            "--version", type=positive, metavar="N", help=_("refuse if it is not at N")
        )
    act("revoke", "revoke", _("take it out of force, or a draft out of use")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )


def _days(command: argparse.ArgumentParser) -> None:
    command.add_argument("--from", dest="first", metavar=_("DAY"), help=_("in force from"))
    command.add_argument("--to", dest="last", metavar=_("DAY"), help=_("in force to"))
