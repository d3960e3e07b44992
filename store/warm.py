"""What is otherwise built when it is first used, built at once: for a process that others are forked from."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel
from sqlalchemy.orm import configure_mappers

from matching.catalogue import MemoryCatalogue
from matching.occupations import resolve
from matching.sentences import parse
from store.engine import sqlite_module

_SPOKEN = ("shukong welder 4 sat", "數控車工四级两个人，下个月周末上课，5公里内")


def build() -> None:
    """The database's module, relations of rows, checks of drafts and views, what reads words."""
    sqlite_module()
    configure_mappers()
    for text in _SPOKEN:
        resolve(text, MemoryCatalogue({}, ()), 1)
        parse(text, date(2026, 1, 1), {})
    waiting: list[type[BaseModel]] = [BaseModel]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind.__module__.startswith(("store.", "tui.")):
            kind.model_rebuild()
