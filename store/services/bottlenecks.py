"""瓶颈: what holds the heads of each trade and level up, and how many of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from store.schemas.actor import Actor
from store.services import analysis
from store.services.coverage import Lack


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """One thing that one trade and level lack: heads short of it, and heads held up by it besides.

    Heads short are a part of the gap. Heads held up could have a place by the rough count, but every course
    is too far away, above the budget or at other hours. The trade is None where it is not settled.
    """

    occupation: str | None
    name: str
    level: int | None
    lack: Lack
    short: int
    held: int
    needs: tuple[str, ...]


def bottlenecks(
    session: Session,
    *,
    by: Actor,
    today: date,
    area: str | None = None,
    month: date | None = None,
) -> tuple[Bottleneck, ...]:
    """Everything that holds open needs up, most heads first; whose needs and when as the gap board."""
    look = analysis.look(session, by, today, area, month)
    heads: dict[tuple[str | None, int | None, Lack], list[int]] = defaultdict(lambda: [0, 0])
    needs: dict[tuple[str | None, int | None, Lack], list[str]] = defaultdict(list)
    for one in look.open:
        served = look.coverage.served[one.code]
        for at, found, count in (
            (0, look.coverage.lacks, one.left - served),
            (1, look.coverage.held, served),
        ):
            if one.code in found and count:
                key = (*analysis.key_of(one), found[one.code])
                heads[key][at] += count
                needs[key].append(one.code)
    made = [
        Bottleneck(
            occupation, look.names.get(occupation, occupation) if occupation else "", level, lack,
            short, held, tuple(dict.fromkeys(needs[occupation, level, lack])),
        )
        for (occupation, level, lack), (short, held) in heads.items()
    ]  # fmt: skip
    made.sort(key=lambda b: (-b.short - b.held, b.name, b.level or 0, b.lack))
    return tuple(made)
