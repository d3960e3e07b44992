"""`alias`: words that people confirmed to mean an occupation."""

from __future__ import annotations

from argparse import Namespace

from store.services import learning
from tui.cli.output import put, say, table, tried
from tui.cli.session import begin
from tui.i18n import _
from tui.settings import Settings


def list_confirmed(options: Namespace, settings: Settings) -> int:
    """Confirmed words, contested ones first."""
    session = begin(options, settings)
    found = session.store.read(
        learning.confirmations, by=session.by, contested_only=options.conflicts
    )
    if options.json:
        put(found)
    elif found:
        rows = [
            [
                str(c.id),
                "!" if c.is_contested else "",
                c.words,
                c.name,
                c.login,
                f"{c.at:%Y-%m-%d}",
                c.said,
            ]
            for c in found
        ]
        headings = ["", "", _("Words"), _("Occupation"), _("By"), _("Day"), _("Said")]
        table(headings, rows, [4, 1, 16, 20, 12, 10])
    else:
        say(_("None yet."))
    return 0


def confirm(options: Namespace, settings: Settings) -> int:
    """Keep that words mean an occupation."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    held = run(learning.confirm, options.text, options.code, by=session.by)
    if options.json:
        put(held)
        return 0
    tried(options)
    say(_("“{words}” now means {name}.").format(words=held.words, name=held.name))
    if held.is_contested:
        say(_("Somebody confirmed another occupation for these words; a supervisor sees both."))
    return 0


def undo(options: Namespace, settings: Settings) -> int:
    """Forget a confirmation."""
    session = begin(options, settings)
    run = session.store.rehearse if options.dry_run else session.store.write
    run(learning.undo, options.id, by=session.by, reason=options.reason)
    if options.json:
        put({"undone": options.id})
    else:
        tried(options)
        say(_("Taken back."))
    return 0
