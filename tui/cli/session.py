"""What most commands begin with: the store that was asked for and who acts in it."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from datetime import date

from store import Store, open_store
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
    store = open_store(options.db or settings.db)
    return Session(store, who(store, options.user), store.read(reference.today))
