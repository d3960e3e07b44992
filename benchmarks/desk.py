"""How long one need, all needs and the first screen take on the demo district."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pexpect

from seed import demo
from store.services import matchmaking, naming

ROOT = Path(__file__).parents[1]
DAY = date(2026, 11, 21)
_BARE = (
    "from textual.app import App\n"
    "from textual.widgets import Static\n"
    "class Bare(App):\n"
    "    def compose(self):\n"
    "        yield Static('需求')\n"
    "Bare().run()\n"
)


def percentiles(seconds: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"p50 {1000 * statistics.median(ordered):.1f} ms, p95 {1000 * p95:.1f} ms"


def first_paint(arguments: list[str]) -> float:
    """Seconds from start until the word 需求 is on an 80x24 terminal."""
    started = time.perf_counter()
    child = pexpect.spawn(
        sys.executable,
        arguments,
        cwd=str(ROOT),
        env={
            "TERM": "xterm-256color",
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "HOME": "/tmp",
        },
        dimensions=(24, 80),
        timeout=30,
    )
    child.expect("需求".encode())
    spent = time.perf_counter() - started
    child.close(force=True)
    return spent


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/demo.db"
        started = time.perf_counter()
        store = demo.build(path, DAY)
        print(f"demo district built in {time.perf_counter() - started:.1f} s")
        codes = store.read(matchmaking.open_needs, by=demo.OPERATOR)
        for warm in (False, True):
            spent = []
            for code in codes:
                at = time.perf_counter()
                store.read(matchmaking.rank_bundles, code, by=demo.OPERATOR, today=DAY)
                spent.append(time.perf_counter() - at)
            word = "warm" if warm else "first pass"
            print(
                f"one need matched, {word}: {percentiles(spent)}; all {len(codes)}: {sum(spent):.2f} s"
            )
        texts = [row["text"] for row in demo.table("needs")]
        spent = []
        for text in texts:
            at = time.perf_counter()
            store.read(naming.resolve_text, text)
            spent.append(time.perf_counter() - at)
        print(f"one sentence resolved through the store: {percentiles(spent)}")
        store.close()
        desk = [first_paint(["-m", "tui", "--db", path, "--lang", "zh"]) for _ in range(7)][2:]
        bare = [first_paint(["-c", _BARE]) for _ in range(7)][2:]
        ratio = statistics.median(desk) / statistics.median(bare)
        print(
            f"first screen: desk {percentiles(desk)}; bare Textual {percentiles(bare)}; ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
