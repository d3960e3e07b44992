"""Who does long work: processes of this machine, or the workers of a cluster."""

from __future__ import annotations

import functools
import os
from argparse import Namespace

from store import Store
from store.schemas.actor import Actor
from store.shards import Crew, Through, name_of, through
from store.shards.kept import Kept
from tui import settings
from tui.cli.output import progress


def of(options: Namespace, store: Store, by: Actor) -> Through:
    """What was asked for with `--cluster` or `--jobs`; a run that was stopped is gone on with."""
    whose = name_of([store.url.render_as_string(), by.login])
    kept = Kept(settings.runs_folder() / whose)
    return functools.partial(through, crew=_crew(options), kept=kept, progress=progress)


def without_keeping(options: Namespace) -> Through:
    """The same for work whose results are stored as they come."""
    return functools.partial(through, crew=_crew(options), kept=Kept(), progress=progress)


def _crew(options: Namespace) -> Crew:
    if options.cluster:
        from store.shards.cluster import Cluster

        return Cluster(options.cluster)
    from store.shards.processes import Processes  # machinery that other commands do without

    return Processes(options.jobs or os.cpu_count() or 1)
