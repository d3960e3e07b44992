"""The backups in a folder: how old they are, which of them are proved, and which may go."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from store import digest

_CHINA = ZoneInfo("Asia/Shanghai")
_NAME = re.compile(r"(.+)-(\d{8}-\d{6}-\d{6})\.(?:db|dump)")
DAYS, WEEKS, MONTHS = 14, 8, 24


@dataclass(frozen=True, slots=True)
class Shelved:
    """A backup by its file, the moment in its name, and whether its digest is beside it."""

    file: Path
    at: datetime
    has_digest: bool


def shelved(folder: Path, stem: str) -> tuple[Shelved, ...]:
    """The backups of a store in a folder, newest first; files with other names are none."""
    found = []
    for file in folder.iterdir() if folder.is_dir() else ():
        name = _NAME.fullmatch(file.name)
        if name is None or name[1] != stem:
            continue
        at = datetime.strptime(name[2], "%Y%m%d-%H%M%S-%f").replace(tzinfo=_CHINA)
        found.append(Shelved(file, at, digest.digest_file(file).is_file()))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def spare(found: Sequence[Shelved], now: datetime) -> tuple[Shelved, ...]:
    """Those that may go: all but each of 14 days, the last of each of 8 weeks and of each of 24 months.

    Weeks and months without a backup do not count, so that nothing goes because time passes alone.
    """
    kept = {one for one in found if one.at > now - timedelta(days=DAYS)} | {*found[:1]}
    kept |= _last_of_each(found, lambda one: one.at.isocalendar()[:2], WEEKS)
    kept |= _last_of_each(found, lambda one: (one.at.year, one.at.month), MONTHS)
    return tuple(one for one in found if one not in kept)


def _last_of_each(
    found: Sequence[Shelved], period: Callable[[Shelved], Hashable], most: int
) -> set[Shelved]:
    last: dict[Hashable, Shelved] = {}
    for one in found:
        last.setdefault(period(one), one)
    return {*list(last.values())[:most]}


def discard(one: Shelved) -> None:
    """Delete a backup, and then its digest."""
    one.file.unlink()
    digest.digest_file(one.file).unlink(missing_ok=True)
