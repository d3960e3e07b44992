"""`occupation`: codes for trades that the national classification does not have yet."""

from __future__ import annotations

from argparse import Namespace

from store.schemas.occupation import LocalOccupation, LocalOccupationDraft
from store.services import occupations, reference
from tui import occupation_text as text
from tui.cli.figures import show
from tui.cli.output import line, put, tried
from tui.cli.people import checked
from tui.cli.session import begin
from tui.settings import Settings
from tui.typed import typed_day


def list_local(options: Namespace, settings: Settings) -> int:
    """Every local occupation, and what became of it."""
    session = begin(options, settings)
    found = session.store.read(occupations.listed, by=session.by)
    return show(options, found, text.sheet(found))


def add(options: Namespace, settings: Settings) -> int:
    """A local occupation: its names are understood and its code may be used from now on."""
    session = begin(options, settings)
    first = typed_day(options.first, session.today) if options.first else session.today
    fields = {
        "name": options.name, "also": options.also, "near": options.near.upper(),
        "source": options.source, "valid_from": first.isoformat(), **text.ladder(options.levels),
    }  # fmt: skip
    draft = checked(LocalOccupationDraft, fields)
    run = session.store.rehearse if options.dry_run else session.store.write
    now = session.store.read(reference.now)
    return _tell(options, run(occupations.add, draft, by=session.by, now=now))


def map_to(options: Namespace, settings: Settings) -> int:
    """Put a national code in the place of a local one."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    now = session.store.read(reference.now)
    codes = (options.code.upper(), options.national.upper())
    done = run(occupations.map_to, *codes, by=session.by, now=now, reason=options.reason)
    return _tell(options, done)


def _tell(options: Namespace, one: LocalOccupation) -> int:
    tried(options)
    if options.json:
        put(one)
        return 0
    for told in text.lines(one):
        line(told)
    return 0
