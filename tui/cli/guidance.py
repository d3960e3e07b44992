"""What can be typed after `duijie policy`, `fund`, `claim` and `instructor-rules`; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.i18n import _


def add_guidance(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """Rules of subsidies, claims under them, training funds, instructor rules."""
    _rules(commands, common)
    _claims(commands, common)
    command = add("fund", "guidance_money:fund", _("a firm's training fund, year by year"))
    command.add_argument(
        "firm", metavar=_("FIRM|short"), help=_("short: firms below the floor of a year")
    )
    command.add_argument("--year", type=positive, metavar=_("YEAR"), help=_("up to this year"))
    command.add_argument(
        "--set",
        dest="fields",
        nargs="+",
        default=[],
        metavar=_("FIELD=VALUE"),
        help=_("say it of the year: payroll, spent, front, staff"),
    )
    command = add(
        "instructor-rules",
        "guidance_money:instructor_rules",
        _("an institution's instructors against the rules"),
    )
    command.add_argument("institution", metavar=_("INSTITUTION"))
    register = Group(
        commands,
        common,
        "instructor-register",
        "instructor_register",
        _("the register of instructors"),
    )
    command = register("list", "show", _("instructors with number and state"), code=False)
    command.add_argument("--institution", metavar=_("CODE"), help=_("only of this institution"))
    command.add_argument(
        "--state",
        choices=("unfiled", "filed", "changed", "lapsed", "struck_off"),
        help=_("only these"),
    )
    command.add_argument("--top", type=positive, default=200, metavar="N", help=_("at most N"))
    command = register("file", "file", _("put on the register, or look a change through"))
    command.add_argument(
        "--number", metavar=_("NUMBER"), help=_("one that was given elsewhere; else the next one")
    )
    for name, told in (
        ("lapse", _("note that an entry holds no more")),
        ("strike-off", _("let nothing new be booked")),
    ):
        command = register(name, name.replace("-", "_"), told)
        command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    command = add(
        "instructor-log", "guidance_money:instructor_log", _("keep a refresher or shop-floor days")
    )
    command.add_argument("instructor", metavar=_("INSTRUCTOR"))
    command.add_argument("kind", choices=("refresher", "shop_floor"))
    command.add_argument("day", metavar=_("DAY"))
    command.add_argument("days", nargs="?", type=positive, default=1, metavar="N")


def _rules(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "policy", "guidance_rules", _("rules of subsidies"))
    command = act("list", "listed", _("rule sets and their editions"), code=False)
    _as_of(command)
    for name, run, summary in (
        ("show", "show", _("an edition with every rule")),
        (
            "check",
            "check",
            _("contradictions, gaps and rules that never hold; exit 1 if one stops it"),
        ),
    ):
        act(name, run, summary).add_argument(
            "--edition", type=positive, metavar="N", help=_("this one, not the newest")
        )
    command = act("add", "take", _("a draft of a rule set from a TOML file"), code=False)
    command.add_argument("file", metavar=_("FILE"))
    command = act("edit", "edit", _("change the draft of a set, or a rule of it"))
    command.add_argument(
        "--set",
        dest="fields",
        nargs="+",
        default=[],
        metavar=_("FIELD=VALUE"),
        help=_("fields as they are to be"),
    )
    command.add_argument(
        "--rule", metavar=_("CODE"), help=_("this rule, a new one if there is none")
    )
    command.add_argument("--drop", action="store_true", help=_("leave the rule out"))
    act("publish", "publish", _("let a draft hold from its first day on"))
    command = act(
        "ask", "ask", _("what a firm, need, proposal, class or trainee is given, and why")
    )
    command.add_argument(
        "--with",
        dest="fields",
        nargs="+",
        default=[],
        metavar=_("FACT=VALUE"),
        help=_("facts that the record does not say"),
    )
    command.add_argument("--person", metavar=_("CODE"), help=_("count what this trainee has had"))
    command.add_argument(
        "--as-of", metavar=_("DAY"), help=_("as of this day; else its class's first day, or today")
    )


def _claims(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "claim", "guidance_claims", _("subsidies that are asked for"))
    command = act("list", "listed", _("newest first"), code=False)
    command.add_argument("--status", help=_("only in this state"))
    act("show", "show", _("everything about one"))
    act("new", "new", _("a draft of a claim"), code=False, fields=True)
    command = act("class", "of_class", _("drafts for everybody of a class who passed"))
    command.add_argument("policy", metavar=_("SET"))
    command.add_argument("rule", metavar=_("RULE"))
    command.add_argument("--papers", default="", help=_("papers that are there now, with commas"))
    command = act("submit", "submit", _("hand it in"))
    command.add_argument("--papers", default="", help=_("papers that are there now, with commas"))
    command.add_argument("--certificate-day", metavar=_("DAY"))
    command = act("decide", "decide", _("approve, return, refuse or pay"))
    command.add_argument("act", choices=("approve", "return", "refuse", "pay"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    act("withdraw", "withdraw", _("take it back")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )
    command = act("pack", "pack", _("a claim, or the opening of a class, as XLSX and HTML"))
    command.add_argument("--output", metavar=_("FOLDER"), default=".", help=_("where to write"))


def _as_of(command: argparse.ArgumentParser) -> None:
    command.add_argument("--as-of", metavar=_("DAY"), help=_("as of this day, today if absent"))
