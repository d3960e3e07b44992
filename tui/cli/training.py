"""What can be typed after `duijie trainee`, `roster`, `attendance`, `result` and their like."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive, request
from tui.cli.watching import sheet_options
from tui.i18n import _

_FUNDINGS = ("firm", "government", "trainee")
_OUTCOMES = ("same_post", "promoted", "new_job", "self_employed", "unemployed", "not_reached")


def add_training(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands about people who are trained."""
    _add_trainees(commands, common)
    _add_rosters(commands, common)
    _add_attendance(commands, common)
    _add_results(commands, common)
    command = add(
        "story", "story:show", _("one need from the warning before it to the work after it")
    )
    command.add_argument("code", metavar=_("NEED"))
    sheet_options(command)
    command = add("credit", "trainees:credit", _("credits of a trainee, or the rules for them"))
    command.add_argument("what", metavar=_("TRAINEE|rules|list"))
    command.add_argument(
        "words",
        nargs="*",
        metavar=_("WORD"),
        help=_("give POINTS, reverse ENTRY; for rules NAME=VALUE; for list a threshold"),
    )
    command.add_argument("--day", metavar=_("DAY"), help=_("as of this day"))
    command.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    act = Group(commands, common, "outcome", "trainees", _("what people do after a certificate"))
    act("due", "list_due", _("whom to ring, ninety days after"), code=False)
    made = act("set", "set_outcome", _("what came of the call"))
    made.add_argument("kind", choices=_OUTCOMES)
    made.add_argument("--day", metavar=_("DAY"), help=_("found out on this day; today"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what was said"))
    made.add_argument("--vacancy", metavar=_("CODE"), help=_("the post that led to a new job"))
    act = Group(
        commands, common, "identity", "identity_numbers", _("whether identity numbers are kept")
    )
    act("status", "status", _("whether, under which key, how many"), code=False)
    for name, summary in (
        ("on", _("keep them, encrypted under the key in a file")),
        ("rotate", _("put them all under another key")),
    ):
        act(name, name, summary, code=False).add_argument(
            "--key", required=True, metavar=_("FILE"), help=_("a key file; made if absent")
        )
    act("off", "off", _("keep them no more and delete those that are kept"), code=False)
    command = add("training-rules", "rosters:rules", _("the numbers that training is judged by"))
    command.add_argument("fields", nargs="*", metavar=_("NAME=VALUE"))


def _add_trainees(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "trainee", "trainees", _("one file for one person"))
    made = act("add", "add", _("a new file"), code=False, fields=True)
    request(made)
    listed = act("list", "list_trainees", _("files, names masked"), code=False)
    listed.add_argument("text", nargs="?", metavar=_("TEXT"), help=_("a name, code or number"))
    listed.add_argument("--top", type=positive, default=200, metavar="N", help=_("at most N"))
    act("show", "show", _("everything in one file"))
    made = act("edit", "edit", _("change fields of a file"), fields=True)
    made.add_argument("--version", type=positive, metavar="N", help=_("refuse if it is not at N"))
    made = act("merge", "merge", _("let one file go on as another of the same person"))
    made.add_argument("into", nargs="?", metavar=_("INTO"))
    made.add_argument("--undo", action="store_true", help=_("part them again"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    made = act("print", "print_file", _("a file for the person it is about, in clear"))
    made.add_argument("--output", metavar=_("FILE"), help=_("a new file, .html or .txt"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why, which is kept"))
    made = act("reveal", "reveal", _("name, telephone and number in clear"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why, which is kept"))
    act("identity", "put_identity", _("keep an identity number, read from standard input"))
    made = act("retention", "retain", _("files that nothing happened in for years"), code=False)
    made.add_argument("--apply", action="store_true", help=_("make them anonymous, for good"))
    made = act("talents", "list_talents", _("valid certificates by trade and level"), code=False)
    made.add_argument("--occupation", metavar=_("CODE"), help=_("only this occupation"))
    made.add_argument(
        "--level", type=positive, metavar=_("RANK"), help=_("only this level, 1 to 8")
    )
    made.add_argument(
        "--counts",
        action="store_true",
        help=_("how many people by trade and level, as a sum first"),
    )


def _of_class(commands: Any, common: argparse.ArgumentParser, name: str, summary: str) -> Any:
    """A command whose first word is a class, then an act: gives what adds an act."""
    whole = commands.add_parser(name, help=summary, description=summary)
    whole.add_argument("code", metavar=_("CLASS"))
    acts = whole.add_subparsers(metavar=_("ACT"), required=True)

    def add(act: str, run: str, told: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(
            act, help=told, description=told, parents=[common]
        )
        made.set_defaults(run=f"rosters:{run}")
        return made

    return add


def _add_rosters(commands: Any, common: argparse.ArgumentParser) -> None:
    act = _of_class(commands, common, "roster", _("who sits in a class"))
    act("list", "list_roster", _("everybody on it, and who left"))
    made = act("add", "add", _("people with files onto it"))
    made.add_argument("trainees", nargs="+", metavar=_("TRAINEE"))
    _placing(made)
    made = act("paste", "paste", _("a list of names: name, telephone, number"))
    made.add_argument("file", nargs="?", default="-", metavar=_("FILE"))
    made.add_argument("--employer", metavar=_("CODE"), help=_("the firm of those who are new"))
    made.add_argument("--encoding", default="utf-8", choices=("utf-8", "gb18030"))
    _placing(made)
    made = act("swap", "swap", _("somebody else on a place"))
    made.add_argument("leaving", metavar=_("FROM"))
    made.add_argument("coming", metavar=_("TO"))
    made.add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why, once entry has closed")
    )
    made = act("drop", "drop", _("somebody off it"))
    made.add_argument("trainee", metavar=_("TRAINEE"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    act("complete", "complete", _("whoever has the hours of a finished class has completed it"))


def _placing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--proposal", metavar=_("CODE"), help=_("on whose places, where several"))
    command.add_argument("--funding", choices=_FUNDINGS, default="firm", help=_("who pays"))


def _add_attendance(commands: Any, common: argparse.ArgumentParser) -> None:
    act = _of_class(commands, common, "attendance", _("who was at which session"))
    act("show", "show_attendance", _("the grid, and who is short of hours"))
    made = act("mark", "mark", _("a mark for people at one session"))
    made.add_argument("lesson", metavar=_("SESSION"), help=_("its number, or its day and time"))
    made.add_argument(
        "mark",
        choices=("1", "2", "3", "4", "0", "present", "absent", "late", "leave"),
        help=_("1 present, 2 absent, 3 late, 4 on leave, 0 none"),
    )
    made.add_argument("trainees", nargs="+", metavar=_("TRAINEE"), help=_("codes, or all"))
    made = act("import", "take", _("a device's file: moment, number"))
    made.add_argument("file", metavar=_("FILE"), help=_("a CSV file, - for standard input"))
    made.add_argument("--encoding", default="utf-8", choices=("utf-8", "gb18030"))
    made = act("sheet", "sheet", _("a sign-in sheet with a QR code, or as text"))
    made.add_argument("--lesson", metavar=_("SESSION"), help=_("only this session"))
    made.add_argument("--output", metavar=_("FILE"), help=_("a new file, .html or .txt"))


def _add_results(commands: Any, common: argparse.ArgumentParser) -> None:
    act = _of_class(commands, common, "result", _("what assessments came to"))
    act("list", "list_results", _("every attempt"))
    made = act("add", "add_result", _("the result of somebody's next attempt"))
    made.add_argument("trainee", metavar=_("TRAINEE"))
    made.add_argument("outcome", choices=("passed", "failed", "absent"))
    made.add_argument("fields", nargs="*", metavar=_("FIELD=VALUE"))
    made = act("void", "void_result", _("a result that was entered wrongly"))
    made.add_argument("id", type=positive, metavar=_("ID"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
