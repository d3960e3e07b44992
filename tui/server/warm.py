"""Everything that a session needs, imported and built once, so that its children share the memory of it."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import matching
import store.warm
import tui

# Front ends of their own, schema changes and the load of data: no session does these.
_LEFT_OUT = ("__main__", "migrations", "plain", "seed.demo", "seed.bulk", "server.install")


def up() -> None:
    """Import what sessions use and build what is built on first use."""
    for package in (matching, store, tui):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in found.name for part in _LEFT_OUT):
                import_module(found.name)
    store.warm.build()
