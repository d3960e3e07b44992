"""Numbers in the text format that Prometheus' node exporter picks up from a folder; no names in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from store import Store, backups
from store.backups import shelf
from store.services import measures
from tui.settings import backup_folder

HEADS = "heads.jsonl"
Samples = Sequence[tuple[Mapping[str, str], float]]


def text(store: Store, location: str, folder: Path | None = None) -> str:
    """Every number with its meaning; what is not known is left out."""
    folder = folder or backup_folder(location)
    lines = []
    for name, meaning, samples in _gauges(store, location, folder):
        lines += [f"# HELP duijie_{name} {meaning}", f"# TYPE duijie_{name} gauge"]
        lines += [f"duijie_{name}{_labels(labels)} {value:.15g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _gauges(store: Store, location: str, folder: Path) -> Iterator[tuple[str, str, Samples]]:
    found = store.read(measures.measures)
    yield "needs", "Needs by state.", _by_state(found.needs)
    yield "proposals", "Proposals by state.", _by_state(found.proposals)
    yield "refusals_24h", "Acts refused within 24 hours.", [({}, found.refusals)]
    yield "audit_rows", "Rows of the audit trail.", [({}, found.audit_rows)]
    yield "sessions", "Desks that are open.", [({}, found.sessions)]
    yield "store_bytes", "Size of the database.", [({}, found.size)]
    yield "store_journal_bytes", "Size of its write-ahead log.", [({}, found.journal)]
    yield "schema", "Schema of the store.", [({"version": found.schema}, 1)]
    yield from _folder(location, folder)


def _folder(location: str, folder: Path) -> Iterator[tuple[str, str, Samples]]:
    """What the folder of backups tells: moments, from which the reader reckons ages, and room."""
    kept = shelf.shelved(folder, backups.stem(location))
    proved = [one.at.timestamp() for one in kept if one.has_digest][:1]
    yield "backups", "Backups in the folder.", [({}, len(kept))]
    yield "backup_time_seconds", "When the newest backup was taken.", [({}, at) for at in proved]
    at = last_head(folder / HEADS)
    moments = [at.timestamp()] if at else []
    yield (
        "chain_head_time_seconds",
        "When the chain's head was noted last.",
        [({}, m) for m in moments],
    )
    if folder.is_dir():
        disk = shutil.disk_usage(folder)
        yield "disk_free_bytes", "Room on the disk of the backups.", [({}, disk.free)]
        yield "disk_bytes", "Size of the disk of the backups.", [({}, disk.total)]


def last_head(file: Path) -> datetime | None:
    """When a head was added last to a file of heads, None where there is none."""
    from store.services import heads

    if not file.is_file():
        return None
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[-1:]
    found = heads.parse("\n".join(lines))
    return found[0].at if found else None


def _by_state(counts: Mapping[str, int]) -> Samples:
    return [({"state": state}, count) for state, count in sorted(counts.items())]


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def write(path: Path, content: str) -> None:
    """Replace a file at once, so that nobody reads half of it; everybody may read it."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
