"""What `filing`, `quality`, `verify` and `duplicates` take."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group
from tui.i18n import _

_OFFERINGS = ("course", "run", "instructor", "venue", "slot", "assessment")
_VERIFIED = ("course", "run", "slot", "assessment")
_ALIKE = ("enterprise", "institution", "course")
_MERGED = (*_ALIKE, "need")


def add_cycle(commands: Any, common: argparse.ArgumentParser) -> None:
    """The four groups."""
    _filing(commands, common)
    _quality(commands, common)
    _verify(commands, common)
    _duplicates(commands, common)


def _filing(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "filing", "cycle", _("what institutions file, and when"))
    calendar = act("calendar", "calendar", _("how often, due when, fresh how long"), code=False)
    calendar.add_argument(
        "fields",
        nargs="*",
        metavar=_("FIELD=VALUE"),
        help=_("course.every=month, course.due=5, begins=2026-09-01; a supervisor's act"),
    )
    due = act("due", "due", _("what is to be filed, longest overdue first"), code=False)
    due.add_argument("institution", nargs="?", metavar=_("INSTITUTION"))
    due.add_argument("--overdue", action="store_true", help=_("only what is overdue"))
    same = act("same", "same", _("confirm that all is the same as last time"), code=False)
    same.add_argument("institution", metavar=_("INSTITUTION"))
    same.add_argument(
        "--kind", action="append", choices=_OFFERINGS, help=_("only this kind; may be repeated")
    )
    status = act("status", "status", _("every filing of an institution"), code=False)
    status.add_argument("institution", metavar=_("INSTITUTION"))


def _quality(commands: Any, common: argparse.ArgumentParser) -> None:
    summary = _("how whole and plausible the records of institutions are")
    whole = commands.add_parser("quality", help=summary, description=summary, parents=[common])
    whole.add_argument("institution", nargs="?", metavar=_("INSTITUTION"))
    whole.set_defaults(run="cycle:scores")
    summary = _("the rules of plausibility; FIELD=VALUE changes them, a supervisor's act")
    rules = commands.add_parser(
        "quality-rules", help=summary, description=summary, parents=[common]
    )
    rules.add_argument("fields", nargs="*", metavar=_("FIELD=VALUE"))
    rules.set_defaults(run="cycle:rules")


def _verified(text: str) -> str:
    known = (*_VERIFIED, "none")
    if text not in known:
        raise argparse.ArgumentTypeError(_("write one of {names}").format(names=", ".join(known)))
    return text


def _verify(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "verify", "cycle", _("what is looked at before it is matched"))
    listed = act("list", "verify_list", _("what waits, the oldest first"), code=False)
    listed.add_argument("--kind", choices=_VERIFIED, help=_("only this kind"))
    listed.add_argument("--returned", action="store_true", help=_("what was sent back instead"))
    kinds = act(
        "kinds", "verify_kinds", _("which kinds are looked at; a supervisor's act"), code=False
    )
    kinds.add_argument(
        "kinds",
        nargs="*",
        type=_verified,  # argparse looks for no words at all among `choices`
        metavar=_("KIND"),
        help=f"{', '.join(_VERIFIED)}, none",
    )
    for name, run, summary in (
        ("check", "check", _("say that records were looked at")),
        ("publish", "publish", _("let checked records be matched")),
        ("return", "send_back", _("send records back as drafts")),
    ):
        step = act(name, run, summary, code=False)
        step.add_argument("codes", nargs="+", metavar=_("CODE"))
        step.add_argument("--kind", choices=_VERIFIED, default="course", help=_("of this kind"))
        if name == "return":
            step.add_argument("--reason", metavar=_("TEXT"), required=True, help=_("what is wrong"))


def _duplicates(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "duplicates", "cycle", _("records that look like one"))
    listed = act("list", "alike", _("pairs with what speaks for them, and merges"), code=False)
    listed.add_argument("--kind", choices=_ALIKE, help=_("only this kind"))
    merge = act("merge", "merge", _("make one record part of another"), code=False)
    merge.add_argument("kind", choices=_MERGED, metavar=_("KIND"))
    merge.add_argument("kept", metavar=_("KEPT"))
    merge.add_argument("lost", metavar=_("LOST"))
    merge.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    apart = act("apart", "apart", _("remember that two records are not the same"), code=False)
    apart.add_argument("kind", choices=_MERGED, metavar=_("KIND"))
    apart.add_argument("one", metavar=_("CODE"))
    apart.add_argument("other", metavar=_("CODE"))
    apart.add_argument("--undo", action="store_true", help=_("they may be the same after all"))
    undo = act("undo", "undo", _("make two records of a merged one again"), code=False)
    undo.add_argument("kind", choices=_MERGED, metavar=_("KIND"))
    undo.add_argument("lost", metavar=_("LOST"))
