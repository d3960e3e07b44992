"""`store wall`."""

from __future__ import annotations

from argparse import Namespace

from store import open_store, wall
from store.errors import InvalidError
from tui.cli.keep import refuse_dry_run
from tui.cli.output import say
from tui.i18n import _
from tui.identity import require_keeper
from tui.settings import Settings, without_password


def build(options: Namespace, settings: Settings) -> int:
    """Let PostgreSQL itself hide from tenants what the table of rights refuses them, or no longer."""
    refuse_dry_run(options)
    location = options.db or settings.db
    require_keeper(location, "build_wall", options.user)
    store = open_store(location)
    if store.url.get_backend_name() != "postgresql":
        raise InvalidError("wall_file", location=without_password(location))
    try:
        store.write(wall.pull_down if options.off else wall.build)
    finally:
        store.close()
    told = (
        _("The second wall is taken away; rights are asked by the program as before.")
        if options.off
        else _(
            "PostgreSQL now hides from tenants what the table of rights refuses them, and lets nobody of "
            "them write it."
        )
    )
    say(told)
    return 0
