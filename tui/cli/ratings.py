"""`evaluate ask`, `asked`, `give`, `unask`: classes that agencies are asked to rate, and their marks."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from store.services import ratings, reference
from store.services.ratings import Rating
from tui import rating_text as text
from tui.cli.figures import show
from tui.cli.output import line, put, say, tried
from tui.cli.session import Session, begin
from tui.i18n import _
from tui.settings import Settings
from tui.typed import typed_day


def ask(options: Namespace, settings: Settings) -> int:
    """Ask an agency to rate a class."""
    session = begin(options, settings)
    due = typed_day(options.until, session.today) if options.until else None
    words = (options.code.upper(), options.agency.upper(), due)
    return _tell(options, _write(options, session)(ratings.ask, *words, **_by(session)))


def asked(options: Namespace, settings: Settings) -> int:
    """What agencies are asked about; to an evaluator what their own is."""
    session = begin(options, settings)
    found = session.store.read(ratings.listed, by=session.by)
    return show(options, found, text.sheet(found))


def give(options: Namespace, settings: Settings) -> int:
    """Marks of one's own agency about a class that it is asked about."""
    session = begin(options, settings)
    day = typed_day(options.day, session.today) if options.day else session.today
    words = (options.code.upper(), text.read_marks(options.marks), day, options.note)
    return _tell(options, _write(options, session)(ratings.give, *words, **_by(session)))


def unask(options: Namespace, settings: Settings) -> int:
    """Ask no more."""
    session = begin(options, settings)
    code = _write(options, session)(ratings.withdraw, options.code.upper(), **_by(session))
    tried(options)
    if options.json:
        put({"code": code})
    else:
        say(_("✓ {code} is asked no more.").format(code=code))
    return 0


def _by(session: Session) -> dict[str, Any]:
    return {"by": session.by, "now": session.store.read(reference.now)}


def _write(options: Namespace, session: Session) -> Callable[..., Any]:
    return session.store.rehearse if options.dry_run else session.store.write


def _tell(options: Namespace, one: Rating) -> int:
    tried(options)
    if options.json:
        put(one)
        return 0
    line(one.code)
    for told in text.lines(one):
        line(told)
    return 0
