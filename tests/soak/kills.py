"""Writers killed at random: nothing acknowledged may be missing, nothing may be there by half."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

from store import create_store, open_store
from tests.soak.crew import crew
from tests.soak.work import Work, offences, sound

_LONGEST_PAUSE = 0.4


@dataclass(frozen=True, slots=True)
class Killed:
    """How many were killed and acknowledged, how many were kept unsaid, and what was wrong."""

    kills: int
    acknowledged: int
    unsaid: int
    seconds: float
    offences: list[str]


def trial(
    folder: Path, work: Work, *, size: int, kills: int, acknowledgements: int, seed: int = 1
) -> Killed:
    """Kill one writer after another until so many were killed and so many writes acknowledged."""
    path, dice, killed = folder / "store.db", random.Random(seed), 0
    store = create_store(str(path))
    store.write(work.prepare)
    store.close()
    started = time.monotonic()
    with crew(path, work, size, folder / "acknowledged") as writers:
        writers.wait_for(size)
        while killed < kills or writers.count() < acknowledgements:
            time.sleep(dice.uniform(0, _LONGEST_PAUSE))
            writers.replace(dice.randrange(size))
            killed += 1
            writers.wait_for(min(acknowledgements, writers.count() + 1))
    killed += size
    spent = time.monotonic() - started
    said = writers.acknowledged()
    store = open_store(str(path))
    wrong = offences(store, work, said) + sound(store)
    unsaid = len(store.read(work.kept)) - len(said)
    store.close()
    return Killed(killed, len(said), unsaid, spent, wrong)
