"""A store moved to PostgreSQL and back: rows a second and the most memory, by `python -m benchmarks.moving`.

Each move is a process of its own. The server's database is named on the command line and must be empty.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.growth import build
from store import moves
from store.moves import Step


def measure(origin: str, target: str) -> dict[str, object]:
    """Rows, rows a second as a whole and while copying, seconds by step, and the process's MB."""
    started = time.perf_counter()
    begun: dict[Step, float] = {}

    def tell(step: Step, done: int, total: int) -> None:
        begun.setdefault(step, time.perf_counter())

    moved = moves.move(origin, target, tell)
    ended = time.perf_counter()
    marks = [*begun.values(), ended]
    seconds = {
        step.value: round(b - a, 1) for step, (a, b) in zip(begun, pairwise(marks), strict=True)
    }
    return {
        "rows": moved.rows,
        "rows/s": round(moved.rows / (ended - started)),
        "copied rows/s": round(moved.rows / seconds[Step.COPY]),
        "seconds": seconds,
        "MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Build a market, or take a store that is there, and move it there and back."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("server", help="an empty database, like postgresql:///duijie_move")
    parser.add_argument("--courses", type=int, default=50_000, help="about 20 rows each")
    parser.add_argument("--store", help="a store that is there, instead of a market")
    parser.add_argument("--one", metavar="TARGET", help="one move only, of --store, as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.store, options.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = options.store or f"{folder}/market.db"
        if not options.store:
            build(path, options.courses)
        print(f"{path}: {Path(path).stat().st_size / 1e6:.0f} MB", flush=True)
        for origin, target in ((path, options.server), (options.server, f"{folder}/back.db")):
            command = [sys.executable, "-m", "benchmarks.moving", options.server]
            subprocess.run([*command, "--store", origin, "--one", target], check=True)


if __name__ == "__main__":
    main()
