"""What can be typed after `duijie bulletin` and `duijie target`."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.i18n import _

KINDS = ("monthly", "quarterly", "yearly", "one_off")
FORMS = ("md", "html", "csv", "xlsx")
INDICATORS = (
    "needs_registered",
    "heads_registered",
    "heads_booked",
    "heads_trained",
    "firms_served",
    "town_specialties",
)


def add_publishing(commands: Any, common: argparse.ArgumentParser) -> None:
    """Bulletins and targets."""
    _add_bulletins(commands, common)
    _add_targets(commands, common)


def _add_bulletins(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "bulletin", "bulletins", _("what is told to the public"))
    made = act("make", "make", _("a draft with the figures as they are today"), code=False)
    made.add_argument("--kind", choices=KINDS, default="monthly", help=_("how often it comes"))
    made.add_argument(
        "--period", metavar=_("PERIOD"), help=_("2026-10, 2026-Q4, 2026, or DAY..DAY; the last one")
    )
    made.add_argument("--area", metavar=_("CODE"), help=_("only this area, with those in it"))
    made.add_argument("--title", metavar=_("TITLE"), help=_("another title than the usual one"))
    act("list", "list_bulletins", _("bulletins, the newest first"), code=False)
    act("due", "due", _("reports that are due, and until when"), code=False)
    act("show", "show", _("every figure, as text"))
    drawn = act("render", "render", _("draw documents from the stored figures"))
    drawn.add_argument("--format", choices=FORMS, default="html", help=_("which kind of document"))
    drawn.add_argument(
        "--output", metavar=_("DIR"), help=_("into this folder; --yes over files that are there")
    )
    act("check", "check", _("say that the figures were looked through"))
    act("publish", "publish", _("publish what was checked")).add_argument(
        "--reason",
        metavar=_("TEXT"),
        default="",
        help=_("why, where it is very near to another bulletin"),
    )
    act("withdraw", "withdraw", _("take it back, and say why")).add_argument(
        "--reason", metavar=_("TEXT"), default="", help=_("why")
    )
    act("verify", "verify", _("prove that figures and documents are as published; else exit 1"))
    act("log", "log", _("what was published and withdrawn, when, from which data"), code=False)
    small = act("small", "small", _("under which numbers counts are held back"), code=False)
    small.add_argument("fields", nargs="*", metavar=_("NAME=NUMBER"))


def _add_targets(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "target", "targets", _("what units are to reach, and have"))
    listed = act("list", "list_targets", _("targets with what was reached"), code=False)
    listed.add_argument("--period", metavar=_("PERIOD"), help=_("only those within this period"))
    made = act("set", "put_target", _("set one; a target for the same is replaced"), code=False)
    made.add_argument("unit", metavar=_("UNIT"), help=_("code of a centre or an area"))
    made.add_argument("indicator", choices=INDICATORS)
    made.add_argument("period", metavar=_("PERIOD"), help=_("2026-10, 2026-Q4, 2026, or DAY..DAY"))
    made.add_argument("value", type=positive, metavar="N")
    taken = act("import", "take", _("set those of a CSV file, all or none"), code=False)
    taken.add_argument("file", metavar=_("FILE"), help=_("a CSV file, - for standard input"))
    taken.add_argument("--encoding", default="utf-8", help=_("utf-8 or gb18030"))
