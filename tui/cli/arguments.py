"""What several groups of commands are put together from."""

from __future__ import annotations

import argparse
from typing import Any

from tui.i18n import _

_MOST = 10_000_000


class Group:
    """A command with acts of its own; calling it adds one."""

    def __init__(
        self, commands: Any, common: argparse.ArgumentParser, name: str, module: str, summary: str
    ) -> None:
        group = commands.add_parser(name, help=summary)
        self._acts = group.add_subparsers(metavar=_("ACT"), required=True)
        self._common = common
        self._module = module
        self.made: dict[str, argparse.ArgumentParser] = {}

    def __call__(
        self, name: str, run: str, summary: str, *, code: bool = True, fields: bool = False
    ) -> argparse.ArgumentParser:
        """One act, on a code unless it says otherwise, with FIELD=VALUE words where it says so."""
        act: argparse.ArgumentParser = self._acts.add_parser(
            name, help=summary, description=summary, parents=[self._common]
        )
        act.set_defaults(run=f"{self._module}:{run}")
        if code:
            act.add_argument("code", metavar="CODE")
        if fields:
            act.add_argument("fields", nargs="+", metavar=_("FIELD=VALUE"))
        self.made[name] = act
        return act


def request(command: argparse.ArgumentParser) -> None:
    """An id by which a repeat is known."""
    command.add_argument(
        "--request", metavar="ID", help=_("a repeat with the same id does nothing")
    )


def positive(text: str) -> int:
    """A whole number from 1."""
    return _within(text, 1)


def count(text: str) -> int:
    """A whole number from 0."""
    return _within(text, 0)


def _within(text: str, least: int) -> int:
    number = int(text)
    if not least <= number <= _MOST:
        raise argparse.ArgumentTypeError(
            _("write a number from {least} to {most}").format(least=least, most=_MOST)
        )
    return number
