"""Recall of `resolve` over a folder with queries.tsv, overall, core5 and by kind."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

CORE5 = (
    "site_title",
    "official_gongzhong",
    "english_title",
    "cilin_synonym",
    "ad_title_supported",
)


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a tab-separated file without quoting."""
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def measure(
    queries: Sequence[dict[str, str]], codes_for: Callable[[str], Sequence[str]]
) -> dict[str, tuple[int, float, float, float]]:
    """(n, recall@1, recall@5, MRR@10) for all queries, the core5 average, and each kind."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0.0, 0.0])
    for query in queries:
        relevant = set(query["relevant_id"].split(";"))
        found = codes_for(query["query"])[:10]
        rank = next((i for i, code in enumerate(found, 1) if code in relevant), 99)
        row = (1, rank <= 1, rank <= 5, 1 / rank if rank <= 10 else 0)
        for name in ("all", query["kind"]):
            sums[name] = [a + b for a, b in zip(sums[name], row, strict=True)]
    result = {k: (int(n), a / n, b / n, c / n) for k, (n, a, b, c) in sums.items()}
    core = [result[kind] for kind in CORE5 if kind in result]
    if core:
        result["core5"] = (
            sum(r[0] for r in core),
            *(sum(r[i] for r in core) / len(core) for i in (1, 2, 3)),
        )
    return result


def main(folder: Path) -> None:
    """Print the table for the catalogue the product ships."""
    from matching import resolve
    from seed.reference import catalogue

    started = time.perf_counter()
    known = catalogue()
    built = time.perf_counter() - started
    queries = read(folder / "queries.tsv")
    started = time.perf_counter()
    result = measure(queries, lambda text: [m.code for m in resolve(text, known).matches])
    spent = time.perf_counter() - started
    print(f"built in {built:.2f} s; {len(queries)} queries in {spent:.2f} s")
    for kind in ("all", "core5", *sorted(set(result) - {"all", "core5"})):
        n, r1, r5, mrr = result[kind]
        print(f"{kind:26} n={n:5} R@1 {r1:.3f}  R@5 {r5:.3f}  MRR@10 {mrr:.3f}")


def baselines(path: Path) -> None:
    """The published baselines over the same queries, as they were measured beside the set."""
    rows = [row for row in read(path) if row["method"].endswith("+alias")]
    for method in sorted({row["method"] for row in rows}):
        mine = {row["slice"]: row for row in rows if row["method"] == method}
        core = [mine[kind] for kind in CORE5]
        told = [
            f"{name} R@1 {sum(float(r['R@1']) for r in part) / len(part):.3f} "
            f"R@5 {sum(float(r['R@5']) for r in part) / len(part):.3f} "
            f"MRR@10 {sum(float(r['MRR@10']) for r in part) / len(part):.3f}"
            for name, part in (("all", [mine["ALL"]]), ("core5", core))
        ]
        print(f"baseline {method:28} {'   '.join(told)}")


if __name__ == "__main__":
    main(Path(__file__).parents[2] / "shared" / "eval" / "dev")
