"""Backups of a store that is being written: each restored and compared with what was acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store import backups, create_store, open_store
from tests.soak.crew import crew
from tests.soak.work import Work, offences


@dataclass(frozen=True, slots=True)
class Rounds:
    """How many backups were restored, how many of them were sound, and what the store held in the end."""

    taken: int
    sound: int
    acknowledged: int
    offences: list[str]


def trial(folder: Path, work: Work, *, size: int, rounds: int, between: int) -> Rounds:
    """Back up and restore so many times while so many processes write; count the sound ones."""
    path, sound, wrong = folder / "store.db", 0, list[str]()
    store = create_store(str(path))
    store.write(work.prepare)
    store.close()
    with crew(path, work, size, folder / "acknowledged") as writers:
        for turn in range(rounds):
            writers.wait_for(between * (turn + 1))
            before = writers.acknowledged()
            made = backups.backup(str(path), folder / f"{turn}.db")
            restored = folder / f"restored-{turn}.db"
            backups.restore(str(restored), made.file)
            copy = open_store(str(restored))
            found = offences(copy, work, before)
            copy.close()
            sound += not found
            wrong += found
        said = len(writers.acknowledged())
    return Rounds(rounds, sound, said, wrong)
