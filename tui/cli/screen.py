"""The full screen, opened from the command line."""

from __future__ import annotations

import logging
import os
import sys
import termios
from argparse import Namespace
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from importlib import import_module
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from store.errors import InvalidError, UsageError
from store.schemas.actor import Ending
from tui import probe
from tui.logs import HarmlessFormatter
from tui.settings import Settings, desk_of, log_file

if TYPE_CHECKING:
    from store import Store
    from store.schemas.actor import Actor
    from store.services.sessions import Entered
    from tui.app import DuijieApp
    from tui.gateway import Gateway


def run(options: Namespace, settings: Settings) -> int:
    """Open the desk on the store."""
    if options.plain:
        from tui.cli.session import tell_aside
        from tui.plain.desk import open_plain

        store, by = _begun(options, settings)
        tell_aside(store)
        return open_plain(store, by, settings)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("needs_terminal")
    opening = partial(_opened, options, settings)
    may_warn = options.semantic or settings.semantic  # which is done before the screen is taken
    return open_desk(opening() if may_warn else opening, settings)


def _begun(options: Namespace, settings: Settings) -> tuple[Store, Actor]:
    """The store, and whoever acts in it."""
    from tui.cli.session import opened
    from tui.identity import who

    store = opened(options, settings)
    return store, who(store, options.user)


def _opened(options: Namespace, settings: Settings) -> Gateway:
    """What screens know of the store, and the first screen's module: all that takes long to import."""
    gateway = gateway_to(*_begun(options, settings))
    import_module(f"tui.screens.{settings.start}")
    return gateway


def gateway_to(store: Store, by: Actor, entered: Entered | None = None) -> Gateway:
    """What screens know of an open store."""
    from store.services import reference
    from tui.gateway import Gateway

    today = store.read(reference.today)
    is_demo = store.read(reference.meta, "demo_day") is not None
    return Gateway(store, by, today, desk_of(store, by), is_demo=is_demo, entered=entered)


def open_desk(source: Gateway | Callable[[], Gateway], settings: Settings) -> int:
    """Draw the desk until the person leaves it; a store that does not open is told after that."""
    app = draw_desk(source, settings)
    if app.failure is not None:
        raise app.failure
    return app.return_code or 0


def draw_desk(source: Gateway | Callable[[], Gateway], settings: Settings) -> DuijieApp:
    """The desk after it was left, or has closed by itself: it says how."""
    term = os.environ.get("TERM", "")
    if not probe.is_able(term):
        raise InvalidError("poor_terminal", term=term)
    log_to_file()
    from tui.app import DuijieApp

    app = DuijieApp(source, settings)
    try:
        with probe.asking() if settings.glyphs == "auto" else nullcontext():
            app.run()
    except (OSError, termios.error):  # the terminal that was to be given back is gone
        if app.ending is not Ending.HANG_UP:
            raise
    return app


def log_to_file(login: str | None = None) -> None:
    """Standard error is the screen, so the log goes to a file of its own."""
    path = log_file(login)
    handler: logging.Handler
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    except OSError:  # the desk opens without a log; `duijie doctor` says why there is none
        handler = logging.NullHandler()
    handler.setFormatter(HarmlessFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
