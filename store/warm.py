"""What is otherwise built when it is first used, built at once: for a process that others are forked from."""

from __future__ import annotations

from pydantic import BaseModel
from sqlalchemy.orm import configure_mappers


def build() -> None:
    """Relations between rows, and the checks of every draft and view."""
    configure_mappers()
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith(("store.", "tui.")):
            kind.model_rebuild()
