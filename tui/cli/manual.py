"""`man`: the manual page, written from the parser, so that it says what the program does."""

from __future__ import annotations

import argparse
import re
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from importlib import metadata

from tui.cli.completion import parsers
from tui.cli.output import write
from tui.cli.parser import build
from tui.i18n import _, mark
from tui.settings import Settings

_EXITS = (
    ("0", mark("all is well")),
    ("1", mark("it could not be done; a sentence says why")),
    ("2", mark("the command was put together wrongly")),
    ("3", mark("there is no such record")),
    ("4", mark("somebody or something else stands in the way")),
    ("5", mark("it is not yours to do")),
)
_VARIABLES = (
    ("DUIJIE_DB", mark("the store: a file or a URL")),
    ("DUIJIE_LANG", mark("the language, zh or en; without it LC_ALL, LC_MESSAGES or LANG")),
    ("DUIJIE_THEME", mark("the theme of the full screen")),
    ("DUIJIE_GLYPHS", mark("unicode, ascii or auto")),
    ("NO_COLOR", mark("no colour is sent")),
)
_FILES = (
    ("$XDG_CONFIG_HOME/duijie/config.toml", mark("settings; by default under ~/.config")),
    ("$XDG_DATA_HOME/duijie/duijie.db", mark("the store; by default under ~/.local/share")),
    ("$XDG_STATE_HOME/duijie/duijie.log", mark("the log; by default under ~/.local/state")),
)
_MANY = 8  # choices on one line


def run(_options: Namespace, _settings: Settings) -> int:
    """The page as roff on standard output."""
    write("\n".join(page(build())) + "\n")
    return 0


def page(parser: ArgumentParser) -> Iterator[str]:
    """The lines of the page."""
    about = parser.description or ""
    yield f'.TH DUIJIE 1 "" "{_program()}"'
    yield from _section(_("NAME"), (f"duijie \\- {escape(about)}",))
    yield from _section(_("SYNOPSIS"), _synopses())
    common = {action.dest for action in parser._actions}
    yield from _section(_("OPTIONS"), _options(parser._actions))
    yield from _section(_("COMMANDS"), _commands(parser, common))
    for title, pairs in (
        (_("EXIT STATUS"), _EXITS),
        (_("ENVIRONMENT"), _VARIABLES),
        (_("FILES"), _FILES),
    ):
        entries = (line for name, words in pairs for line in _entry(name, _(words)))
        yield from _section(title, entries)


def escape(text: str) -> str:
    """Text that roff draws as it stands."""
    whole = text.replace("\\", "\\e").replace("-", "\\-").replace("\n", " ")
    return f"\\&{whole}" if whole.startswith((".", "'")) else whole


def _program() -> str:
    try:
        return f"duijie {metadata.version('duijie')}"
    except metadata.PackageNotFoundError:  # run from its folder
        return "duijie"


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f'.SH "{escape(title)}"'
    yield from lines


def _synopses() -> Iterator[str]:
    for words in ("", "demo", "--plain", _("COMMAND")):
        yield f".B duijie {escape(words)}".rstrip()
        yield ".br"
    yield f"duijie {escape(_('COMMAND'))} \\-\\-help"


def _entry(name: str, words: str) -> Iterator[str]:
    yield ".TP"
    yield f".B {escape(name)}"
    yield escape(words) or "\\&"


def _options(actions: Iterable[Action]) -> Iterator[str]:
    for action in actions:
        name, value = ", ".join(action.option_strings), _value(action)
        words = (action.help or "").replace("%%", "%")
        if not name and action.metavar and action.choices:
            words = "; ".join(filter(None, (words, ", ".join(map(str, action.choices)))))
        is_told = bool(name or words) and not isinstance(action, argparse._SubParsersAction)
        if is_told and action.help is not argparse.SUPPRESS:
            yield from _entry(f"{name} {value}".strip(), words)


def _commands(parser: ArgumentParser, common: set[str]) -> Iterator[str]:
    for command in parsers(parser):
        if command is parser or not command.get_default("run"):
            continue
        own = [action for action in command._actions if action.dest not in common]
        words = [_word(action) for action in own]
        yield f'.SS "{escape(" ".join((command.prog, *filter(None, words))))}"'
        yield escape(command.description or "") or "\\&"
        yield from _options(own)


def _word(action: Action) -> str:
    """An argument as it stands in the line of a command."""
    if isinstance(action, argparse._SubParsersAction):
        return ""
    value = _value(action)
    if action.option_strings:
        return f"[{action.option_strings[-1]} {value}".strip() + "]"
    return {"?": f"[{value}]", "+": f"{value} ..."}.get(str(action.nargs), value)


def _value(action: Action) -> str:
    """What is written for an argument's value, nothing for a flag."""
    if action.nargs == 0:
        return ""
    names = list(map(str, action.choices or ()))
    between = "|" if len(names) <= _MANY else " | "  # else roff finds nowhere to end the line
    choices = between.join(names) if names else action.dest.upper()
    metavar = action.metavar or choices
    return re.sub(r"\s+", " ", metavar if isinstance(metavar, str) else " ".join(metavar))
