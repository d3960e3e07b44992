"""Filters that a person keeps, and what is new in each since they last looked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from store.services import filters
from tui.gateway import Gateway
from tui.typed import read_filter

_NAME = "filters"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept filter: its words, how many needs pass, and how many of them came since the last visit."""

    words: str
    total: int
    new: int


async def kept(gateway: Gateway) -> list[Kept]:
    """Every kept filter, in the order in which they were kept."""
    found = []
    for words, seen in (await _load(gateway)).items():
        wanted = read_filter(words)
        total = await gateway.read(filters.count, wanted, by=gateway.by)
        new = await gateway.read(filters.count, replace(wanted, beyond=seen), by=gateway.by)
        found.append(Kept(words, total, new))
    return found


async def keep(gateway: Gateway, words: str, *, is_kept: bool) -> bool:
    """Keep a filter, everything in it seen, or forget it; whether that could be done."""
    held = await _load(gateway)
    held.pop(words, None)
    if is_kept:
        held[words] = await gateway.read(filters.newest, by=gateway.by)
    return await asyncio.to_thread(gateway.remembered.put, _NAME, held)


async def visit(gateway: Gateway, words: str) -> None:
    """Everything that a kept filter shows now has been seen."""
    held = await _load(gateway)
    if words in held:
        held[words] = await gateway.read(filters.newest, by=gateway.by)
        await asyncio.to_thread(gateway.remembered.put, _NAME, held)


async def _load(gateway: Gateway) -> dict[str, str]:
    held = await asyncio.to_thread(gateway.remembered.get, _NAME)
    return {str(words): str(seen) for words, seen in held.items()} if isinstance(held, dict) else {}
