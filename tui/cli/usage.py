"""`duijie terms`: the terms of use read, accepted, set anew, and who accepted them."""

from __future__ import annotations

from argparse import Namespace
from datetime import date
from typing import Any

from seed import reference
from store.errors import InvalidError, UsageError
from store.services import usage_terms
from tui.cli.output import say
from tui.cli.people import tell
from tui.cli.reading import file_bytes
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings
from tui.usage_text import standing_lines, terms_lines


def show(options: Namespace, settings: Settings) -> int:
    """The terms in force; with --accept they are accepted."""
    session = begin(options, settings)
    about: dict[str, Any] = {"by": session.by, "today": session.today}
    found = session.store.read(usage_terms.in_force, **about)
    if found is None:
        say(_("No terms of use have been set."))
        return tell(options, None, []) if options.json else 0
    if options.accept:
        run = session.store.rehearse if options.dry_run else session.store.write
        found = run(usage_terms.accept, found.version, **about)
    return tell(options, found, list(terms_lines(found)))


def publish(options: Namespace, settings: Settings) -> int:
    """A new version out of two text files; without one the text that comes with the program."""
    texts = [
        _text(name) if name else reference.terms_of_use(lang)
        for lang, name in (("zh", options.zh), ("en", options.en))
    ]
    session = begin(options, settings)
    day = _day(options.day) if options.day else session.today
    run = session.store.rehearse if options.dry_run else session.store.write
    made = run(usage_terms.publish, *texts, day=day, by=session.by, today=session.today)
    return tell(options, made, list(terms_lines(made)))


def versions(options: Namespace, settings: Settings) -> int:
    """Every version, the newest first."""
    session = begin(options, settings)
    found = session.store.read(usage_terms.versions, by=session.by)
    lines = [line for one in found for line in (*terms_lines(one), "")]
    return tell(options, found, lines)


def people(options: Namespace, settings: Settings) -> int:
    """Who accepted the terms in force, and who did not."""
    session = begin(options, settings)
    found = session.store.read(usage_terms.standings, by=session.by, today=session.today)
    return tell(options, found, list(standing_lines(found)))


def _text(name: str) -> str:
    try:
        return file_bytes(name).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidError("file_not_text", path=name) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not_a_day", text=text[:40]) from None
