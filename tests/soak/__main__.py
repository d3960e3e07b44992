"""`make soak`: every long trial, one line each, with the machine; leaves with 1 when one fails."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from store.engine import sqlite_module
from tests.soak import disk, keys, kills, lines, live_backups, power, typing
from tests.soak.work import Work

Trial = Callable[[argparse.Namespace, Path], tuple[bool, str]]


def main() -> None:
    """Run the trials that are named, or all."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=", ".join(_TRIALS))
    parser.add_argument(
        "--work", default="tests.soak.work:Bookings", help="MODULE:CLASS that writes"
    )
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--acknowledgements", type=int, default=100_000)
    parser.add_argument("--crashes", type=int, default=150)
    parser.add_argument("--backups", type=int, default=20)
    parser.add_argument("--idle", type=int, default=900, help="seconds that a desk may rest")
    parser.add_argument("--lines", type=int, default=30, help="lines to pull")
    parser.add_argument("--strings", type=int, default=10_000)
    options = parser.parse_args()
    _say(
        f"{platform.machine()}, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f}), Python "
        f"{platform.python_version()}, SQLite {sqlite_module().sqlite_version}; "
        f"writes of {options.work}"
    )
    results = [_run(name, options) for name in options.trials or _TRIALS]
    sys.exit(0 if all(results) else 1)


def _run(name: str, options: argparse.Namespace) -> bool:
    with tempfile.TemporaryDirectory(prefix="duijie-soak-") as folder:
        is_good, told = _TRIALS[name](options, Path(folder))
    _say(f"{'ok    ' if is_good else 'FAILED'} {name}: {told}")
    return is_good


def _work(options: argparse.Namespace) -> Work:
    module, _, name = options.work.partition(":")
    made: Work = getattr(importlib.import_module(module), name)()
    return made


def _kills(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    seen = kills.trial(
        folder,
        _work(options),
        size=8,
        kills=options.kills,
        acknowledgements=options.acknowledgements,
    )
    lost = sum(line.startswith("lost ") for line in seen.offences)
    return not seen.offences, (
        f"{seen.kills} writers of 8 at a time killed in {seen.seconds:.0f} s, {seen.acknowledged:,} writes "
        f"acknowledged, {lost} lost, {seen.unsaid} kept but not yet acknowledged, "
        f"{len(seen.offences) - lost} other offences {seen.offences[:3]}"
    )


def _power(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    missing = power.is_possible()
    if missing:
        return True, f"left out: {missing}"
    told, good = [], {}
    for setting in power.SETTINGS:
        (folder / setting).mkdir()
        seen = power.trial(folder / setting, setting, 2 * options.crashes, options.crashes)
        good[setting] = not seen.losing and not seen.corrupt
        told.append(
            f"{setting} {seen.losing} of {seen.crashes} cuts lost acknowledged writes (at worst "
            f"{seen.worst}), {seen.corrupt} broke the store"
        )
    return good["FULL"] and not good["NORMAL"] and not good["OFF"], "; ".join(told)


def _idle(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    seconds = lines.rested(folder, options.idle)
    told = f"a desk that may rest for {options.idle} s, with a field focused, closed after {seconds:.1f} s"
    return abs(seconds - options.idle) <= 5, told


def _hung_up(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    worst, left = lines.broken(folder, options.lines)
    told = f"{options.lines} lines pulled, the slowest session gone after {worst:.2f} s, {left:.0f} left"
    return worst <= 1 and not left, told


def _frozen(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    missing = lines.is_possible()
    if missing:
        return True, f"left out: {missing}"
    seconds = lines.frozen(folder)
    return seconds <= 120, f"a session whose client is frozen was gone after {seconds:.0f} s"


def _terminals(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    good, refused, wrong = lines.drawn(folder)
    told = f"{good} of 12 x 12 terminals and locales drew Chinese, {refused} were refused in a sentence"
    return not wrong, f"{told}; wrong: {wrong}"


def _disk(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    with disk.small_disk(folder / "small") as is_small:
        if not is_small:
            return True, "left out: no small file system can be mounted here"
        seen = disk.fill_up(folder / "small", _work(options))
    is_good = not seen.offences and seen.on_writing == seen.on_opening == "disk_full"
    return is_good, (
        f"{seen.acknowledged:,} acknowledged, refused with {seen.on_writing}, opening with no byte free "
        f"refused with {seen.on_opening or 'nothing'}, {len(seen.offences)} offences {seen.offences[:3]}"
    )


def _backups(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    seen = live_backups.trial(folder, _work(options), size=8, rounds=options.backups, between=500)
    return seen.sound == seen.taken, (
        f"{seen.sound} of {seen.taken} backups taken while 8 processes wrote ({seen.acknowledged:,} "
        f"acknowledged) were whole when restored {seen.offences[:3]}"
    )


def _typed(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    seen = typing.trial(folder, options.strings)
    return not seen.offences, (
        f"{seen.thrown:,} byte strings typed into {seen.desks} desks in {seen.seconds:.0f} s, "
        f"{len(seen.offences)} of them ended a session {seen.offences[:3]}; at most {seen.memory} MB"
    )


def _keys(options: argparse.Namespace, folder: Path) -> tuple[bool, str]:
    seen = keys.trial(folder)
    return not seen.offences, (
        f"every key and action of {seen.screens} screens as each of {seen.roles} roles in "
        f"{seen.seconds:.0f} s: {seen.actions} different actions, {len(seen.offences)} programs begun or "
        f"files changed elsewhere {seen.offences[:3]}"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


_TRIALS: dict[str, Trial] = {
    "kills": _kills,
    "power": _power,
    "disk": _disk,
    "backups": _backups,
    "lines": _hung_up,
    "frozen": _frozen,
    "terminals": _terminals,
    "idle": _idle,
    "typed": _typed,
    "keys": _keys,
}

if __name__ == "__main__":
    main()
