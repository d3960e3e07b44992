"""`association`: committees and alliances at work; their records are kept by `add`, `edit`, `list`."""

from __future__ import annotations

from argparse import Namespace

from store.services import associations
from tui.association_text import association_line, lacks_lines
from tui.cli.people import tell
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings


def of(options: Namespace, settings: Settings) -> int:
    """The associations of an organisation."""
    session = begin(options, settings)
    found = session.store.read(associations.page, options.code.upper(), by=session.by).items
    lines = [association_line(one, session.today) for one in found]
    return tell(options, found, lines or [_("None.")])


def lacks(options: Namespace, settings: Settings) -> int:
    """What members lack of what they teach, and which member has it."""
    session = begin(options, settings)
    code = options.code.upper()
    found = session.store.read(associations.lacks, code, by=session.by, today=session.today)
    return tell(options, found, list(lacks_lines(found)))
