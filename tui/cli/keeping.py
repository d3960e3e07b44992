"""What can be typed after `duijie user`, `key`, `session`, `authorized-keys` and `audit`."""

from __future__ import annotations

import argparse
from typing import Any

from tui.cli.arguments import Group, positive
from tui.i18n import _

ROLES = ("operator", "institution", "supervisor", "admin", "enterprise")
PREFIX = "/opt/duijie"


def add_keeping(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    """The commands of those who keep a server."""
    _add_users(commands, common)
    _add_keys(add, commands, common)
    _add_sessions(commands, common)
    _add_trail(commands, common)
    _add_terms(commands, common)


def _add_users(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "user", "people", _("who may come in"))
    act("list", "list_users", _("everybody, in order of login"), code=False)
    for name, run, summary in (
        ("show", "show_user", _("one person")),
        ("invite", "invite", _("let somebody new in")),
        ("set", "change", _("change fields of a person")),
        ("suspend", "suspend", _("keep a person out, until they are let in again")),
        ("reinstate", "reinstate", _("let a suspended person in again")),
    ):
        act(name, run, summary, code=False).add_argument("login", metavar=_("LOGIN"))
    made = act.made["invite"]
    made.add_argument("--name", required=True, metavar=_("NAME"), help=_("the person's name"))
    made.add_argument("--role", required=True, choices=ROLES, help=_("what they may do"))
    made.add_argument(
        "--organisation",
        required=True,
        metavar=_("CODE"),
        help=_("for which organisation they act"),
    )
    made.add_argument(
        "--most-sessions",
        type=positive,
        default=3,
        metavar="N",
        help=_("how many desks they may have open at once; 3"),
    )
    made.add_argument("--key", metavar=_("FILE"), help=_("their .pub file, - for standard input"))
    made.add_argument("--key-name", metavar=_("NAME"), help=_("what the key is known by"))
    act.made["set"].add_argument("fields", nargs="+", metavar=_("FIELD=VALUE"))
    act.made["set"].add_argument(
        "--version", type=positive, metavar="N", help=_("refuse if it is not at N")
    )
    act.made["suspend"].add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _add_keys(add: Any, commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "key", "access", _("keys that open a person's desk"))
    listed = act("list", "list_keys", _("keys of one person, or of all"), code=False)
    listed.add_argument("login", nargs="?", metavar=_("LOGIN"))
    made = act("add", "add_key", _("one more key for a person"), code=False)
    made.add_argument("login", metavar=_("LOGIN"))
    made.add_argument("file", metavar=_("FILE"), help=_("a .pub file, - for standard input"))
    made.add_argument("--name", required=True, metavar=_("NAME"), help=_("what it is known by"))
    gone = act("revoke", "revoke_key", _("let a key open nothing any more, for good"), code=False)
    gone.add_argument("id", type=positive, metavar=_("ID"))
    gone.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))
    command = add("authorized-keys", "access:authorized_keys", _("lines of keys, for sshd"))
    command.add_argument("type", nargs="?", metavar=_("TYPE"), help=_("only this key: its kind"))
    command.add_argument("blob", nargs="?", metavar=_("KEY"), help=_("and its words in base64"))
    command.add_argument(
        "--prefix", default=PREFIX, metavar=_("FOLDER"), help=_("where the program's scripts are")
    )


def _add_sessions(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "session", "access", _("who is in"))
    listed = act("list", "list_sessions", _("open sessions, the newest first"), code=False)
    listed.add_argument("--ended", action="store_true", help=_("those that are over instead"))
    listed.add_argument("--top", type=positive, default=200, metavar="N", help=_("at most N"))
    gone = act("close", "close_session", _("put somebody out of a session"), code=False)
    gone.add_argument("id", type=positive, metavar=_("ID"))
    gone.add_argument("--reason", metavar=_("TEXT"), default="", help=_("why"))


def _add_trail(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "audit", "trail", _("who did what, and what was refused"))
    listed = act("list", "list_rows", _("rows of the trail, the newest first"), code=False)
    for flag, meaning in (
        ("--login", _("only what this person did")),
        ("--act", _("only this act, such as revoke")),
        ("--kind", _("only on records of this kind")),
        ("--code", _("only on this record")),
    ):
        listed.add_argument(flag, default="", metavar=flag[2:].upper(), help=meaning)
    listed.add_argument("--since", metavar=_("DAY"), help=_("from this day on"))
    listed.add_argument("--until", metavar=_("DAY"), help=_("up to this day"))
    listed.add_argument("--refused", action="store_true", help=_("only what was refused"))
    listed.add_argument("--top", type=positive, default=50, metavar="N", help=_("at most N"))
    listed.add_argument("--after", type=positive, metavar=_("ID"), help=_("begin after this row"))
    shown = act("show", "show_row", _("one row, field by field"), code=False)
    shown.add_argument("id", type=positive, metavar=_("ID"))
    act("check", "check", _("reckon the chain of digests anew; exit 1 if broken"), code=False)


def _add_terms(commands: Any, common: argparse.ArgumentParser) -> None:
    act = Group(commands, common, "terms", "usage", _("the terms of use"), "show")
    act.whole.add_argument("--accept", action="store_true", help=_("accept those in force"))
    act("versions", "versions", _("every version, the newest first"), code=False)
    act("people", "people", _("who accepted those in force, and who did not"), code=False)
    command = act("publish", "publish", _("a new version, to be accepted anew"), code=False)
    for flag, told in (("--zh", _("the Chinese text")), ("--en", _("the English text"))):
        command.add_argument(flag, metavar=_("FILE"), help=told)
    command.add_argument("--day", metavar=_("DAY"), help=_("in force from this day on; today"))
