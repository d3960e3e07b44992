"""What can be typed after `duijie vacancy`, `endorse` and `shared-cost`."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group
from tui.cli.watching import sheet_options
from tui.i18n import _


def add_vacancies(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands about posts, who stands behind needs, and rooms that are shared."""
    act = Group(commands, common, "vacancy", "vacancies", _("posts that firms want to fill"))
    made = act("list", "list_vacancies", _("those that stand, by their last day"), code=False)
    made.add_argument("--enterprise", metavar=_("CODE"), help=_("only this firm's"))
    sheet_options(made)
    act("show", "show", _("one vacancy, with who was referred to it"))
    act("add", "add", _("a new vacancy"), code=False, fields=True)
    act("edit", "edit", _("other words, heads or another day"), fields=True)
    made = act("link", "link", _("say that a need trains for it"))
    made.add_argument("need", metavar=_("NEED"))
    act("unlink", "unlink", _("say that a need trains for no vacancy"))
    made = act("refer", "refer", _("refer somebody who holds a certificate"))
    made.add_argument("trainee", metavar=_("TRAINEE"))
    made = act("answer", "answer", _("what came of a referral"))
    made.add_argument("trainee", metavar=_("TRAINEE"))
    made.add_argument("result", choices=("hired", "declined", "refused"))
    made.add_argument("--day", metavar=_("DAY"), help=_("found out on this day; today"))
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("what was said"))
    made = act("withdraw", "withdraw", _("look for nobody any more"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    act("reinstate", "reinstate", _("look again for what was withdrawn"))
    command = add("endorse", "vacancies:endorse", _("who stands behind a need; let somebody do so"))
    command.add_argument("code", metavar=_("NEED"))
    command.add_argument("association", nargs="?", metavar=_("CODE"), help=_("an association"))
    command.add_argument("--undo", action="store_true", help=_("stand behind it no more"))
    command.add_argument("--note", metavar=_("TEXT"), default="", help=_("why"))
    _add_costs(commands, common)


def _add_costs(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "shared-cost", "costs", _("costs of rooms that are shared"))
    sheet_options(act("list", "list_costs", _("what was agreed, by venue"), code=False))
    made = act("sums", "sums", _("what each institution bears"), code=False)
    made.add_argument("--first", metavar=_("DAY"), help=_("from this day; the year's first"))
    made.add_argument("--last", metavar=_("DAY"), help=_("to this day; the year's last"))
    sheet_options(made)
    made = act("add", "add", _("agree on a room"), code=False)
    made.add_argument("venue", metavar=_("VENUE"))
    made.add_argument("--equipment", metavar=_("CODE"), help=_("only this type of workstation"))
    made.add_argument("--hour", required=True, metavar=_("YUAN"), help=_("a station's hour"))
    made.add_argument("--first", required=True, metavar=_("DAY"), help=_("its first day"))
    made.add_argument("--last", required=True, metavar=_("DAY"), help=_("its last day"))
    made.add_argument(
        "--shares", required=True, metavar=_("SHARES"), help=_("such as T01=60,T02=40")
    )
    made.add_argument("--note", metavar=_("TEXT"), default="", help=_("why"))
    made = act("end", "end", _("charge nothing by it any more"))
    made.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
