"""`story`: one need from the warning before it to the work after it."""

from __future__ import annotations

from argparse import Namespace

from store.services import story
from tui import story_text
from tui.cli.figures import show as show_sheet
from tui.cli.output import line
from tui.cli.session import begin
from tui.settings import Settings


def show(options: Namespace, settings: Settings) -> int:
    """Every step that came of a need, with code, day, state and who."""
    session = begin(options, settings)
    code = options.code.upper()
    found = session.store.read(story.of_need, code, by=session.by, today=session.today)
    if not (options.json or options.csv or options.behind or options.xlsx):
        for told in story_text.head_lines(found):
            line(told)
    return show_sheet(options, found, story_text.story_sheet(found))
