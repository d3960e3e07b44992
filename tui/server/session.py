"""One session: who it is, whether they may, what they asked for, and how it ended."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from tui import i18n, probe
from tui.i18n import _
from tui.server.request import Request, kept

if TYPE_CHECKING:
    from store import Store
    from store.schemas.actor import Ending
    from store.services.sessions import Entered
    from tui.gateway import Gateway
    from tui.settings import Settings

_MEMORY = 700 * 1024 * 1024  # bytes of address space; a desk needs a third of it
_FILES = 128


def limit() -> None:
    """What one session may use at most; nothing that it writes is for others to read."""
    os.umask(0o077)
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_NOFILE, _FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def run(request: Request, environ: Mapping[str, str]) -> int:
    """Carry a request out and return its exit status; what is wrong with it is said in a sentence."""
    from store.errors import DuijieError
    from tui import settings as settings_module
    from tui.cli.output import tell_failure

    os.environ.clear()
    os.environ.update(kept(environ))
    if request.get("term"):
        os.environ["TERM"] = request["term"]
    i18n.use(i18n.preferred())
    try:
        chosen = settings_module.load()
        i18n.use(chosen.lang)
        return _enter(request, chosen)
    except DuijieError as error:
        tell_failure(error, as_json=False)
        return error.exit_code


def _enter(request: Request, settings: Settings) -> int:
    """Let the person in, and write down how they left, whatever happens."""
    from store.schemas.actor import Ending

    inside: list[tuple[Store, Entered]] = []
    ending = Ending.LOST
    try:
        if request.get("command"):
            ending, status = _carry_out(request, settings, inside)
        else:
            ending, status = _sit_down(request, settings, inside)
    finally:
        for store, entered in inside:
            _write_end(store, entered, ending)
    return status


def _begin(
    request: Request, settings: Settings, inside: list[tuple[Store, Entered]]
) -> tuple[Store, Entered]:
    """Whoever the request is from, in the store and in this process."""
    from store import open_store
    from store.services import sessions
    from tui import identity

    store = open_store(settings.db, settings.read_db)
    where = sessions.visit(request.get("origin", ""), request.get("term", ""))
    entered = (
        store.write(sessions.begin_by_key, int(request["key"]), where)
        if request.get("key")
        else store.write(sessions.begin_by_login, request.get("login", ""), where)
    )
    inside.append((store, entered))
    identity.admit(entered)
    if entered.lang:
        os.environ["DUIJIE_LANG"] = entered.lang
        i18n.use(entered.lang)
    return store, entered


def _carry_out(
    request: Request, settings: Settings, inside: list[tuple[Store, Entered]]
) -> tuple[Ending, int]:
    """The one command that was asked for."""
    from store.schemas.actor import Ending
    from tui import cli
    from tui.server.allowed import words_of

    _hang_up_ends()
    words = words_of(request["command"])
    _begin(request, settings, inside)
    return Ending.LEFT, cli.run(words)


def _sit_down(
    request: Request, settings: Settings, inside: list[tuple[Store, Entered]]
) -> tuple[Ending, int]:
    """The desk: its frame is drawn before anything is asked of the store."""
    from store.errors import DuijieError
    from store.schemas.actor import Ending
    from tui.cli.output import tell_failure
    from tui.cli.screen import draw_desk, gateway_to, log_to_file
    from tui.identity import who

    _check_terminal(request)

    def opening() -> Gateway:
        store, entered = _begin(request, settings, inside)
        log_to_file(entered.by.login)
        return gateway_to(store, who(store), entered)

    app = draw_desk(opening, settings)
    if isinstance(app.failure, DuijieError):
        tell_failure(app.failure, as_json=False)
        return app.ending, app.failure.exit_code
    if app.ending is Ending.IDLE:
        told = _("Closed after {minutes:.0f} min without a key. What you typed is kept.")
        sys.stderr.write(told.format(minutes=settings.idle_seconds / 60) + "\n")
    return app.ending, app.return_code or 0


def _check_terminal(request: Request) -> None:
    """Refuse a terminal that cannot draw a desk before anything is written to it."""
    from store.errors import InvalidError, UsageError

    if not os.isatty(0):
        raise UsageError("needs_terminal")
    term = request.get("term", "")
    if not probe.is_able(term):
        raise InvalidError("terminal_not_known", term=term)


def _hang_up_ends() -> None:
    """A command whose caller is gone ends at once; its transaction is thrown away."""

    def leave(*_: object) -> None:
        raise SystemExit(128 + signal.SIGHUP)

    signal.signal(signal.SIGHUP, leave)


def _write_end(store: Store, entered: Entered, ending: Ending) -> None:
    from store.errors import DuijieError
    from store.services import sessions

    store.ask_first(None)  # whoever may not be in any more has left, too
    with suppress(DuijieError):
        store.write(sessions.end, entered.id, ending, by=entered.by)
    with suppress(OSError):
        sys.stdout.flush()
