"""What several groups of commands are put together from."""

from __future__ import annotations

import argparse
import re
from typing import Any

from tui.glyphs import GLYPHS
from tui.i18n import LANGUAGES, _

_MOST = 10_000_000
_FEW = 16
_ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}")


def common_options(default: Any) -> argparse.ArgumentParser:
    """What every command takes."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--db", metavar="URL", default=default, help=_("the store: a file or a URL")
    )
    common.add_argument("--lang", choices=LANGUAGES, default=default, help=_("language"))
    common.add_argument("--user", metavar=_("LOGIN"), default=default, help=_("act as this user"))
    common.add_argument(
        "--glyphs",
        choices=GLYPHS,
        default=default,
        help=_(
            "signs and frames: ascii where the terminal draws them two cells wide; auto asks it"
        ),
    )
    for flag, meaning in (
        ("--json", _("data as JSON on standard output")),
        ("--yes", _("do not ask")),
        ("--dry-run", _("show what would happen, change nothing")),
        ("--semantic", _("ask the language model where the dictionary is unsure")),
    ):
        common.add_argument(
            flag,
            action="store_true",
            default=False if default is None else argparse.SUPPRESS,
            help=meaning,
        )
    return common


def plain_option(parser: argparse.ArgumentParser, default: Any) -> None:
    """What the commands take that open the desk."""
    parser.add_argument(
        "--plain",
        action="store_true",
        default=default,
        help=_("work line by line: for screen readers and poor terminals"),
    )


def desk_options() -> argparse.ArgumentParser:
    """What may be said without a command; it leaves help, and what is wrong, to the whole parser."""
    parser = argparse.ArgumentParser(
        parents=[common_options(None)], add_help=False, allow_abbrev=False, exit_on_error=False
    )
    parser.set_defaults(run="screen:run")
    plain_option(parser, False)
    return parser


class Group:
    """A command with acts of its own; calling it adds one. With `run` it does something by itself, too."""

    def __init__(
        self,
        commands: Any,
        common: argparse.ArgumentParser,
        name: str,
        module: str,
        summary: str,
        run: str | None = None,
    ) -> None:
        parents = [] if run is None else [common]
        self.whole: argparse.ArgumentParser = commands.add_parser(
            name, help=summary, description=summary, parents=parents
        )
        if run is not None:
            self.whole.set_defaults(run=f"{module}:{run}")
        self._acts = self.whole.add_subparsers(metavar=_("ACT"), required=run is None)
        self._common = common
        self._module = module
        self.made: dict[str, argparse.ArgumentParser] = {}

    def group(self, name: str, summary: str, run: str) -> Group:
        """An act with acts of its own."""
        return Group(self._acts, self._common, name, self._module, summary, run)

    def __call__(
        self, name: str, run: str, summary: str, *, code: bool = True, fields: bool = False
    ) -> argparse.ArgumentParser:
        """One act, on a code unless it says otherwise, with FIELD=VALUE words where it says so."""
        act: argparse.ArgumentParser = self._acts.add_parser(
            name, help=summary, description=summary, parents=[self._common]
        )
        act.set_defaults(run=f"{self._module}:{run}")
        if code:
            act.add_argument("code", metavar=_("CODE"))
        if fields:
            act.add_argument("fields", nargs="+", metavar=_("FIELD=VALUE"))
        self.made[name] = act
        return act


def request(command: argparse.ArgumentParser) -> None:
    """An id by which a repeat is known."""
    command.add_argument(
        "--request", metavar=_("ID"), help=_("a repeat with the same id does nothing")
    )


def crew(command: argparse.ArgumentParser) -> None:
    """Who does long work."""
    command.add_argument(
        "--jobs", type=positive, metavar="N", help=_("processes of this machine; one a core")
    )
    command.add_argument(
        "--cluster",
        type=cluster,
        metavar=_("ADDRESS"),
        help=_("let the workers of a Dask cluster do it, such as tcp://10.0.0.5:8786"),
    )


def cluster(text: str) -> str:
    """Where a scheduler listens."""
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(
            _("write the address of the scheduler, such as tcp://10.0.0.5:8786")
        )
    return text


def positive(text: str) -> int:
    """A whole number from 1."""
    return _within(text, 1)


def count(text: str) -> int:
    """A whole number from 0."""
    return _within(text, 0)


def share(text: str) -> float:
    """A part of a whole, above 0 and at most 1."""
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(_("write a number above 0, at most 1, such as 0.75"))
    return number


def few(text: str) -> int:
    """A number of needs of which every cluster can be looked at."""
    return _within(text, 2, _FEW)


def port(text: str) -> int:
    """A number of a TCP port."""
    return _within(text, 1, 65_535)


def _within(text: str, least: int, most: int = _MOST) -> int:
    number = int(text)
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(
            _("write a number from {least} to {most}").format(least=least, most=most)
        )
    return number
