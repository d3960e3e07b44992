"""The full screen, opened from the command line."""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from contextlib import nullcontext
from logging.handlers import RotatingFileHandler

from store import Store, open_store
from store.errors import InvalidError, UsageError
from store.schemas.actor import Actor
from store.services import reference
from tui import probe
from tui.cli.session import equipped
from tui.identity import who
from tui.settings import Settings, desk_of, log_file


def run(options: Namespace, settings: Settings) -> int:
    """Open the desk on the store."""
    if not options.plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("needs_terminal")
    store = equipped(open_store(options.db or settings.db), options, settings)
    return open_desk(store, who(store, options.user), settings, is_plain=options.plain)


def open_desk(store: Store, by: Actor, settings: Settings, *, is_plain: bool = False) -> int:
    """Draw the desk, or work at it line by line, until the person leaves it."""
    if is_plain:
        from tui.plain.desk import open_plain

        return open_plain(store, by, settings)
    term = os.environ.get("TERM", "")
    if term in probe.POOR:
        raise InvalidError("poor_terminal", term=term)
    _log_to_file()
    from tui.app import DuijieApp
    from tui.gateway import Gateway

    today = store.read(reference.today)
    is_demo = store.read(reference.meta, "demo_day") is not None
    gateway = Gateway(store, by, today, desk_of(store, by), is_demo=is_demo)
    app = DuijieApp(gateway, settings)
    with probe.asking() if settings.glyphs == "auto" else nullcontext():
        app.run()
    return app.return_code or 0


def _log_to_file() -> None:
    """Standard error is the screen, so the log goes to a file of its own."""
    path = log_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
