"""One snapshot, many processes: the same service for many records, answers in the order asked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from store.unit_of_work import Store, open_store

T = TypeVar("T")
_CHUNK = 8
_held: dict[str, Any] = {}


def each(
    store: Store, jobs: int, work: Callable[..., T], codes: Sequence[str], **known: Any
) -> Iterator[T]:
    """`work(store, code, **known)` for every code by so many processes.

    They are forked from this one, so what is known is shared and not copied; each opens the store
    anew, since no connection survives a fork.
    """
    url = store.url.render_as_string(hide_password=False)
    store.close()
    gc.collect()
    gc.freeze()  # what is known stays shared: the children's collectors do not touch it
    try:
        with ProcessPoolExecutor(jobs, get_context("fork"), _begin, (url, work, known)) as pool:
            yield from pool.map(_do, codes, chunksize=_CHUNK)
    finally:
        gc.unfreeze()


def _begin(url: str, work: Callable[..., T], known: dict[str, Any]) -> None:
    _held.update(store=open_store(url), work=work, known=known)


def _do(code: str) -> Any:
    return _held["work"](_held["store"], code, **_held["known"])
