"""How long one need and all needs take on the demo district."""

from __future__ import annotations

import statistics
import tempfile
import time
from datetime import date

from seed import demo
from store.services import matchmaking, naming

DAY = date(2026, 11, 21)


def percentiles(seconds: list[float]) -> str:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    return f"p50 {1000 * statistics.median(ordered):.1f} ms, p95 {1000 * p95:.1f} ms"


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


if __name__ == "__main__":
    main()
