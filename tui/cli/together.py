"""What can be typed after `duijie pool`, `allocate` and `board`; imports nothing heavy."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, crew, few, port, positive, request, share
from tui.i18n import _


def add_desk(add: Any) -> None:
    """What waits, pasted needs, taking back, kept filters."""
    add("today", "desk:show_today", _("what waits, the most urgent first"))
    command = add("intake", "desk:intake", _("register pasted lines or a pasted table of needs"))
    command.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar=_("FILE"),
        help=_("a text file, - for standard input"),
    )
    command.add_argument(
        "--partial", action="store_true", help=_("take the lines that are right, leave the others")
    )
    command = add("undo", "desk:undo", _("take back what you registered or withdrew last"))
    command.add_argument("codes", nargs="+", metavar=_("CODE"))
    command.add_argument(
        "--kind", help=_("kind of record; if not said, by the letter of the code: need, P, B, W")
    )
    request(command)
    command = add("filter", "desk:filters", _("kept filters of needs and what is new in each"))
    command.add_argument("words", nargs="*", metavar=_("WORDS"), help=_("keep these words"))
    command.add_argument("--drop", action="store_true", help=_("forget these words instead"))


def add_pools(commands: Any, common: argparse.ArgumentParser) -> None:
    """`duijie pool`: the radar, and a pooled class from its hold to its end."""
    summary = _("needs of several firms that could share a class")
    act = Group(commands, common, "pool", "pools", summary, "radar")
    act.whole.add_argument(
        "--top", type=positive, default=20, metavar="N", help=_("at most N clusters")
    )
    act.whole.add_argument("--course", metavar=_("CODE"), help=_("only classes of this course"))
    act.whole.add_argument(
        "--area", metavar=_("CODE"), help=_("only needs of this area and those in it")
    )
    act.whole.add_argument(
        "--exact-needs",
        type=few,
        metavar="N",
        help=_("look at every cluster of up to N needs of a course; above that clusters are grown"),
    )
    _most_share(act.whole)
    crew(act.whole)
    hold = act("hold", "hold", _("hold a class for several needs: a draft for each"), code=False)
    hold.add_argument("course", metavar=_("COURSE"))
    hold.add_argument("needs", nargs="+", metavar=_("NEED"))
    hold.add_argument("--send", action="store_true", help=_("offer it to everyone at once"))
    _most_share(hold)
    request(hold)
    act("send", "send", _("offer every draft of it, all or none"))
    withdraw = act("withdraw", "withdraw", _("take back everything that is not confirmed"))
    withdraw.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    reveal = act("reveal", "reveal", _("a firm's name for another of the class, once it agreed"))
    reveal.add_argument("firm", metavar=_("FIRM"))
    reveal.add_argument("--to", required=True, metavar=_("FIRM"), help=_("who is told"))
    act("history", "history", _("what was done with it, and who was named to whom"))


def _most_share(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--most-share",
        type=share,
        metavar="P",
        help=_("the largest part of the heads that one firm may have; 0.75"),
    )


def add_allocations(commands: Any, common: argparse.ArgumentParser) -> None:
    """`duijie allocate`: one plan for all open needs, looked at, carried out, sent or undone."""
    summary = _("one plan for all open needs; shows it, --apply holds it")
    act = Group(commands, common, "allocate", "allocation", summary, "run")
    act.whole.add_argument(
        "--apply", action="store_true", help=_("hold everything in one write, or nothing")
    )
    act.whole.add_argument("--send", action="store_true", help=_("offer what is held at once"))
    act.whole.add_argument(
        "--prove", action="store_true", help=_("let an optimiser improve and prove the plan")
    )
    act.whole.add_argument(
        "--seconds", type=positive, default=15, metavar="N", help=_("how long it may take; 15")
    )
    request(act.whole)
    crew(act.whole)
    listed = act("list", "list_applied", _("allocations that were held, newest first"), code=False)
    listed.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    act("show", "show", _("one of them with its proposals"))
    act("send", "send", _("offer every draft of it, all or none"))
    act("undo", "undo", _("give everything back, while nothing of it was sent"))
    policy = act.group("policy", _("what a plan is worth, and its hard rules"), "show_policy")
    policy("set", "set_policy", _("change some terms; a supervisor's act"), code=False, fields=True)


def add_server(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """`duijie server` and `duijie metrics`: one shared machine and what watches over it."""
    act = Group(
        commands, common, "server", "server", _("one shared machine: install, check, nights")
    )
    for name, summary in (
        ("install", _("write the parts for sshd, sudo and systemd; --dry-run shows them")),
        ("check", _("whether all of that is as it should be; exit 1 if not")),
    ):
        command = act(name, name, summary, code=False)
        command.add_argument("--prefix", default="/opt/duijie", help=_("the program's folder"))
        command.add_argument("--account", default="duijie", help=_("the account people come in by"))
        command.add_argument(
            "--root", default="/", help=_("a folder that stands for /, for images")
        )
        command.add_argument("--port", type=port, default=0, help=_("let sshd listen there, too"))
        if name == "install":
            command.add_argument(
                "--check", action="store_true", help=_("look only, as `check` does")
            )
    command = act("nightly", "nightly", _("back up, prove, note the chain, tidy up"), code=False)
    command.add_argument("--folder", metavar=_("FOLDER"), help=_("where the backups are"))
    command.add_argument("--metrics", metavar=_("FILE"), help=_("write metrics to a file, too"))
    command = add("metrics", "server:metrics", _("numbers for those who watch over the server"))
    command.add_argument("--output", metavar=_("FILE"), help=_("write to a file instead"))


VIEWS = ("workstations", "instructors", "institutions")


def add_board(add: Any) -> None:
    """`duijie board`: how full the workstations, people or institutions of a week are."""
    command = add("board", "board:show", _("how full each day of a week is, and what clashes"))
    command.add_argument("--week", metavar=_("WEEK"), help=_("like 2026-W48, or a day of it"))
    command.add_argument("--view", choices=VIEWS, default=VIEWS[0], help=_("what the rows are"))
    command.add_argument("--month", action="store_true", help=_("the month of that week instead"))
    for flag, meaning in (
        ("--institution", _("only of this institution")),
        ("--equipment", _("only workstations of this type")),
        ("--occupation", _("only what can serve this occupation")),
        ("--area", _("only in this area and those in it")),
    ):
        command.add_argument(flag, metavar=_("CODE"), help=meaning)
