"""What most commands begin with: the store that was asked for and who acts in it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from datetime import date

from store import Store, open_store
from store.errors import StoreError
from store.schemas.actor import Actor
from store.services import reference
from tui.cli.output import say
from tui.identity import who
from tui.messages import sentence
from tui.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """An open store, the person, and the day to reckon from."""

    store: Store
    by: Actor
    today: date


def begin(options: Namespace, settings: Settings) -> Session:
    """Open the store and find out who acts."""
    store = equipped(open_store(options.db or settings.db), options, settings)
    return Session(store, who(store, options.user), store.read(reference.today))


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
        say(sentence(error))
    return store
