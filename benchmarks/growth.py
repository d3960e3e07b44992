"""What grows with what: the same questions to markets of 1,000 to 1,000,000 courses, and a picture of it.

`make bench-scale` builds the markets; one process each, so that memory is its own.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import noise
from seed import bulk, reference
from store import create_store, open_store
from store.schemas.actor import SYSTEM
from store.schemas.records import CentreDraft
from store.services import matchmaking, naming, records, search
from store.services import reference as facts

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "growth.svg"
_PEOPLE, _SLOTS, _NEEDS, _ASKED = 5_000, 50_000, 60, 60
_LINES = {"search": "#0a7", "match": "#c50", "resolve": "#06c"}


def build(path: str, courses: int) -> float:
    """A market of so many courses with people, slots and needs that do not grow; records a second."""
    store = create_store(path)
    reference.load(store)
    store.write(records.register, CentreDraft(name="区局"), by=SYSTEM, code="BUREAU")
    sizes = bulk.Sizes.of(courses, min(_PEOPLE, courses), min(_SLOTS, 5 * courses), _NEEDS)
    started = time.perf_counter()
    made = bulk.load(store, sizes, 1, lambda done, total: None)
    store.close()
    return sum(made.values()) / (time.perf_counter() - started)


def measure(path: str) -> dict[str, float]:
    """Milliseconds (p50 and p95) of a search, a match and a resolution, the store's and the process's MB."""
    store = open_store(path)
    today = store.read(facts.today)
    titles = [v.title for v in store.read(records.page, "course", by=SYSTEM, limit=500).items]
    queries = [query for query, _ in noise.queries(titles, _ASKED)]
    needs = store.read(matchmaking.open_needs, by=SYSTEM)[:_ASKED]
    found: dict[str, float] = {}

    def took(name: str, asked: Sequence[str], ask: Callable[[str], object]) -> None:
        for text in asked:
            ask(text)
        spent = []
        for text in asked:
            at = time.perf_counter()
            ask(text)
            spent.append(1000 * (time.perf_counter() - at))
        found[name] = statistics.median(spent)
        found[f"{name} p95"] = sorted(spent)[int(0.95 * (len(spent) - 1))]

    took("resolve", queries, lambda text: store.read(naming.resolve_text, text))
    took("search", queries, lambda text: store.read(search.search, text, by=SYSTEM))
    took("match", needs, lambda c: store.read(matchmaking.rank_bundles, c, by=SYSTEM, today=today))
    found["store MB"] = Path(path).stat().st_size / 1e6
    found["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def main() -> None:
    """Print a line for each size, and draw the picture."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--courses", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--measure", metavar="FILE", help="measure one store and print JSON")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return
    rows: dict[int, dict[str, float]] = {}
    for courses in options.courses:
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/growth.db"
            rate = build(path, courses)
            told = subprocess.check_output(
                [sys.executable, "-m", "benchmarks.growth", "--measure", path]
            )
            rows[courses] = json.loads(told)
        numbers = ", ".join(f"{name} {value:.1f}" for name, value in rows[courses].items())
        print(f"{courses:,} courses: built at {rate:,.0f} records/s; {numbers}", flush=True)
    PICTURE.write_text(_picture(rows), encoding="utf-8")


def _picture(rows: dict[int, dict[str, float]]) -> str:
    """Milliseconds over courses, both axes in powers of ten."""
    left, top, wide, high = 60, 20, 480, 260
    sizes = sorted(rows)
    first, last = math.log10(sizes[0]), math.log10(max(sizes[-1], 10 * sizes[0]))
    most = math.ceil(math.log10(max(row[f"{n} p95"] for row in rows.values() for n in _LINES)))

    def at(size: float, ms: float) -> tuple[float, float]:
        x = left + wide * (math.log10(size) - first) / (last - first)
        return x, top + high * (1 - math.log10(max(ms, 1)) / most)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + wide + 100}" height="{high + 70}" '
        'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>'
    ]
    for power in range(most + 1):
        x, y = at(sizes[0], 10**power)
        parts.append(f'<path d="M{x} {y}h{wide}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{10**power} ms</text>')
    for size in sizes:
        x, y = at(size, 1)
        parts.append(f'<text x="{x}" y="{y + 20}" text-anchor="middle">{size:,}</text>')
    for name, colour in _LINES.items():
        for key, dashes in ((name, ""), (f"{name} p95", ' stroke-dasharray="4"')):
            points = " ".join("{:.1f},{:.1f}".format(*at(s, rows[s][key])) for s in sizes)
            parts.append(
                f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
            )
        x, y = at(sizes[-1], rows[sizes[-1]][name])
        parts.append(f'<text x="{x + 6}" y="{y + 4}" fill="{colour}">{name}</text>')
    x, y = at(sizes[0], 1)
    parts.append(f'<text x="{x}" y="{y + 42}">courses; solid p50, dashed p95</text></svg>')
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
