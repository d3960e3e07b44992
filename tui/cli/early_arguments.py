"""What can be typed after `duijie suggest`, `plan`, `coverage`, `expert`, `case`, `call-for-course`."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.cli.watching import sheet_options
from tui.i18n import _


def add_early(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """Needs before they are asked for."""
    act = Group(commands, common, "suggest", "early", _("needs before they are asked for"))
    act("run", "run", _("look now for what speaks for needs"), code=False)
    listed = act("list", "list_suggestions", _("the soonest due first"), code=False)
    listed.add_argument("--state", default="suggested", metavar=_("STATE"), help=_("only these"))
    listed.add_argument("--all", action="store_true", help=_("in every state"))
    sheet_options(listed)
    for name, summary in (
        ("accept", _("make needs of them")),
        ("dismiss", _("say why they are no needs")),
    ):
        made = act(name, name, summary, code=False)
        made.add_argument("codes", nargs="+", metavar=_("CODE"))
    act.made["dismiss"].add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why, which is kept")
    )
    made = act("rules", "rules", _("the numbers; NAME=VALUE changes them"), code=False)
    made.add_argument("fields", nargs="*", metavar=_("NAME=VALUE"))
    sheet_options(made)
    act = Group(commands, common, "plan", "early", _("yearly plans of firms by quarter"))
    act("add", "add_plan", _("a line of a firm's plan"), fields=True)
    made = act("import", "import_plans", _("lines out of a table, all or none"), code=False)
    made.add_argument("file", metavar=_("FILE"), help=_("a table, - for standard input"))
    made.add_argument(
        "--encoding", metavar=_("ENCODING"), help=_("of a text file; found out if not said")
    )
    made.add_argument("--sheet", metavar=_("NAME"), help=_("which sheet of a workbook"))
    made = act("show", "show_plans", _("what stands, by quarter"), code=False)
    made.add_argument("firm", nargs="?", metavar=_("FIRM"))
    made.add_argument("--year", type=positive, metavar=_("YEAR"), help=_("only this year"))
    sheet_options(made)
    act("drop", "drop_plan", _("take a line out"))
    made = add("coverage", "early:coverage", _("who of a firm is short of courses"))
    made.add_argument("firm", metavar=_("FIRM"))
    sheet_options(made)


def add_support(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """What helps where no offering fits."""
    act = Group(commands, common, "association", "associations", _("committees and alliances"))
    act("of", "of", _("the associations of an organisation"))
    act("lacks", "lacks", _("what members teach without having it, and which member has it"))
    _experts(commands, common)
    _cases(commands, common)
    _calls(commands, common)
    made = add("open-next", "support:next_courses", _("what institutions could open next"))
    sheet_options(made)


def _experts(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "expert", "support", _("who may be asked"))
    act("add", "add_expert", _("put somebody on the list"), code=False, fields=True)
    listed = act("list", "list_experts", _("everybody in term, contacts masked"), code=False)
    listed.add_argument("--occupation", metavar=_("CODE"), help=_("only of this trade"))
    listed.add_argument("--need", metavar=_("CODE"), help=_("those for a need, best first"))
    sheet_options(listed)
    act("show", "show_expert", _("everything about one"))
    made = act("edit", "edit_expert", _("change fields"), fields=True)
    made.add_argument("--version", type=positive, metavar="N", help=_("refuse if it is not at N"))
    act("end", "end_expert", _("take somebody off the list"))


def _cases(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "case", "support", _("consultations on needs"))
    made = act("open", "open_case", _("on a need that no offering fits"))
    made.add_argument("question", metavar=_("QUESTION"))
    made.add_argument("--despite", action="store_true", help=_("though there are plans that fit"))
    listed = act("list", "list_cases", _("the next due first"), code=False)
    listed.add_argument("--state", metavar=_("STATE"), help=_("only these"))
    sheet_options(listed)
    act("show", "show_case", _("one with its notes"))
    made = act("assign", "assign", _("to an expert, or to the one suggested first"))
    made.add_argument("expert", nargs="?", metavar=_("EXPERT"))
    act("note", "note", _("keep what was said")).add_argument("text", metavar=_("TEXT"))
    made = act("close", "close_case", _("end it"))
    made.add_argument("outcome", choices=("advice", "course", "none"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what it came to"))


def _calls(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "call-for-course", "support", _("courses that nobody offers yet"))
    made = act("open", "open_call", _("ask institutions for bids"), code=False, fields=True)
    made.add_argument("--need", metavar=_("CODE"), help=_("the need it is for, which then waits"))
    listed = act("list", "list_calls", _("those that end first first"), code=False)
    listed.add_argument("--state", metavar=_("STATE"), help=_("only these"))
    sheet_options(listed)
    act("show", "show_call", _("one with the bids that may be seen"))
    made = act("bid", "bid", _("one's own bid: price, plan, instructors"))
    made.add_argument("fields", nargs="*", metavar=_("FIELD=VALUE"))
    made.add_argument("--withdraw", action="store_true", help=_("take it back"))
    act("close", "close_call", _("open the bids once the deadline is over"))
    made = act("choose", "choose", _("one bid, and why"))
    made.add_argument("institution", metavar=_("INSTITUTION"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why, which is kept"))
    act("cancel", "cancel", _("give it up")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )
