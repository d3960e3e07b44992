"""What most commands begin with: the store that was asked for and who acts in it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from datetime import date

from store import Store, open_store
from store.errors import StoreError
from store.schemas.actor import Actor
from store.services import reference
from tui.identity import who
from tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """An open store, the person, and the day to reckon from."""

    store: Store
    by: Actor
    today: date


def begin(options: Namespace, settings: Settings) -> Session:
    """Open the store and find out who acts."""
    store = opened(options, settings)
    tell_aside(store)
    return Session(store, who(store, options.user), store.read(reference.today))


def opened(options: Namespace, settings: Settings) -> Store:
    """The store of the options, else that of the settings with the server that follows it."""
    if options.db is not None:
        return equipped(open_store(options.db), options, settings)
    return equipped(open_store(settings.db, settings.read_db), options, settings)


def tell_aside(store: Store) -> None:
    """Say in a line that the server which was to answer reads does not, and why."""

    def told(error: StoreError) -> None:
        from tui.cli.output import say
        from tui.messages import sentence

        say(sentence(error))

    store.tell_aside(told)


def equipped(store: Store, options: Namespace, settings: Settings) -> Store:
    """The store, with the semantic extra where it is asked for.

    What a setting asks for and cannot be had is said, and the work goes on without it.
    """
    if not (options.semantic or settings.semantic):
        return store
    from store.services import vectors

    try:
        vectors.lend(store)
    except StoreError as error:
        if options.semantic:
            raise
        from tui.cli.output import say
        from tui.messages import sentence

        say(sentence(error))
    return store
