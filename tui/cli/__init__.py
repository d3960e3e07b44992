"""The command line: one parser, one file a command group, imported only when its command runs."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Sequence

from tui import i18n
from tui.cli.parser import build

USAGE, FAILURE = 2, 1


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code: 0 ok, 1 failure, 2 usage, 3-5 see `store.errors`."""
    i18n.use(_language(arguments))
    parser = build()
    try:
        options = parser.parse_args(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    from store.errors import DuijieError

    try:
        from tui import settings

        chosen = settings.load()
        if options.lang is None and "--lang" not in arguments:
            i18n.use(chosen.lang)
        module, function = options.run.split(":")
        command = getattr(importlib.import_module(f"tui.cli.{module}"), function)
        if module != "screen":  # the desk imports more, and collects from its first frame on
            gc.enable()
        return int(command(options, chosen) or 0)
    except DuijieError as error:
        from tui.cli.output import tell_failure

        tell_failure(error, as_json=options.json)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return FAILURE
    except KeyboardInterrupt:
        return 130


def _language(arguments: Sequence[str]) -> str:
    """The language before anything is parsed, so that usage and help speak it too."""
    for at, word in enumerate(arguments):
        value = arguments[at + 1] if word == "--lang" and at + 1 < len(arguments) else word
        if word == "--lang" or word.startswith("--lang="):
            wanted = value.removeprefix("--lang=")
            return wanted if wanted in i18n.LANGUAGES else i18n.preferred()
    return i18n.preferred()
