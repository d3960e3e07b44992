"""What is otherwise built when it is first used, built at once: for a process that others are forked from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import BaseModel
from sqlalchemy.orm import configure_mappers

from matching.catalogue import MemoryCatalogue
from matching.occupations import resolve
from matching.sentences import parse
from store.engine import make_engine, practise, sqlite_module, store_url
from store.models import Base
from store.unit_of_work import Store

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


@contextmanager
def practice(where: Path) -> Iterator[tuple[Store, Path]]:
    """A store with nothing in it, in a folder in `where` that is gone afterwards; later ones know what it was
    asked.

    Nothing else of it is left: no connection, no file.
    """
    with TemporaryDirectory(prefix="practice-", dir=where) as name:
        engine = make_engine(store_url(f"{name}/practice.db"))
        practise(engine)
        Base.metadata.create_all(engine)
        store = Store(engine)
        try:
            yield store, Path(name)
        finally:
            store.close()
