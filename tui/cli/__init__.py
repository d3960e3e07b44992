"""The command line: one parser, one file a command group, imported only when its command runs."""

from __future__ import annotations

import gc
import importlib
import io
import sys
from argparse import ArgumentError, Namespace
from collections.abc import Sequence
from contextlib import suppress

from tui import i18n
from tui.cli.arguments import desk_options

FAILURE, INTERRUPTED = 1, 130


def run(arguments: Sequence[str]) -> int:
    """Carry out one command and return its exit code: 0 ok, 1 failure, 2 usage, 3-5 see `store.errors`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    arguments = [word.encode("utf-8", "replace").decode("utf-8") for word in arguments]
    i18n.use(_language(arguments))
    try:
        options = _parsed(arguments)
    except SystemExit as leaving:
        return int(leaving.code or 0)
    try:
        return _carry_out(options, is_language_given="--lang" in " ".join(arguments))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return FAILURE


def _parsed(arguments: Sequence[str]) -> Namespace:
    """What was asked for; without a command that is the desk, which need not wait for all others."""
    with suppress(ArgumentError):
        options, others = desk_options().parse_known_args(arguments)
        if not others:
            return options
    from tui.cli.parser import build

    return build().parse_args(arguments)


def _carry_out(options: Namespace, *, is_language_given: bool) -> int:
    """Run the command; what can be expected to go wrong becomes a sentence and a code."""
    from pydantic import ValidationError

    from store.errors import DuijieError
    from tui import glyphs, settings

    try:
        chosen = settings.load()
        if not is_language_given:
            i18n.use(chosen.lang)
        if options.glyphs is not None:
            chosen = chosen.model_copy(update={"glyphs": options.glyphs})
        glyphs.use(chosen.glyphs)
        module, function = options.run.split(":")
        command = getattr(importlib.import_module(f"tui.cli.{module}"), function)
        if module != "screen":  # the desk imports more, and collects from its first frame on
            gc.freeze()  # what was imported stays; the collector need not go over it
            gc.enable()
        return int(command(options, chosen) or 0)
    except DuijieError as error:
        from tui.cli.output import tell_failure

        tell_failure(error, as_json=options.json)
        return error.exit_code
    except ValidationError as error:
        from tui.cli.output import say
        from tui.messages import field_causes

        say("; ".join(f"{name}: {why}" for name, why in field_causes(error).items()))
    except BrokenPipeError:
        raise
    except OSError as error:
        from tui.cli.output import say
        from tui.messages import file_failure

        say(file_failure(error))
    return FAILURE


def _language(arguments: Sequence[str]) -> str:
    """The language before anything is parsed, so that usage and help speak it too."""
    for at, word in enumerate(arguments):
        value = arguments[at + 1] if word == "--lang" and at + 1 < len(arguments) else word
        if word == "--lang" or word.startswith("--lang="):
            wanted = value.removeprefix("--lang=")
            return wanted if wanted in i18n.LANGUAGES else i18n.preferred()
    return i18n.preferred()
