"""`completion`: a script by which a shell completes commands and options."""

from __future__ import annotations

import argparse
from argparse import Namespace
from collections.abc import Iterator

from store.errors import InvalidError
from tui.cli.output import write
from tui.cli.parser import build
from tui.settings import Settings

_FILES = ("db", "file", "output")  # what these stand for is a file


def run(options: Namespace, _settings: Settings) -> int:
    """The script for one shell, its help in the session's language."""
    try:
        import shtab
    except ImportError as error:
        raise InvalidError("completion_missing") from error
    parser = build()
    for each in parsers(parser):
        for action in each._actions:
            if action.dest in _FILES:
                vars(action)["complete"] = shtab.FILE
    write(shtab.complete(parser, shell=options.shell))
    return 0


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """A parser and all beneath it, in the order in which they were added."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for beneath in action.choices.values():
                yield from parsers(beneath)
