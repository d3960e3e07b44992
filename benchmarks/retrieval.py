"""Finding 20 titles for a noisy query, beside its peers, in one run; and through the store."""

from __future__ import annotations

import argparse
import gc
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rapidfuzz import fuzz, process

from benchmarks import noise
from matching import text as words
from matching.titles import TitleIndex
from store import Store, create_store
from store.schemas.actor import SYSTEM
from store.services import search

TOP = 20
_WORKERS = 2
_BATCH = 5000
Find = Callable[[str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One method: processor milliseconds a query, seconds and megabytes to build, recall of the title.

    Processor time, so that other work on the machine weighs on all methods alike.
    """

    name: str
    p50: float
    p99: float
    build: float
    memory: float
    recall: float


def resident() -> float:
    """Megabytes of this process in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def measure(name: str, make: Callable[[], Find], asked: Sequence[tuple[str, int]]) -> Measured:
    """Build, ask every query once, and count how often the title meant is among the 20."""
    gc.collect()
    before, started = resident(), time.perf_counter()
    find = make()
    build, memory = time.perf_counter() - started, resident() - before
    find(asked[0][0])
    spent, recalled = [], 0
    for query, meant in asked:
        at = time.process_time()
        found = find(query)
        spent.append(1000 * (time.process_time() - at))
        recalled += meant in found
    spent.sort()
    p99 = spent[int(0.99 * (len(spent) - 1))]
    return Measured(name, statistics.median(spent), p99, build, memory, recalled / len(asked))


def titles_index(titles: Sequence[str]) -> Find:
    """The engine's own."""
    index = TitleIndex((str(at), title) for at, title in enumerate(titles))
    return lambda query: [int(key) for key, _ in index.search(query, TOP)]


def scan(titles: Sequence[str], scorer: Callable[..., float]) -> Find:
    """rapidfuzz over every folded title."""
    folded = [words.fold(title) for title in titles]
    return lambda query: [
        at for _, _, at in process.extract(words.fold(query), folded, scorer=scorer, limit=TOP)
    ]


def trigram(titles: Sequence[str]) -> Find:
    """SQLite FTS5 with its trigram tokenizer, in memory, any trigram of the query."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(title, tokenize='trigram', content='')")
    rows = ((at, words.fold(title)) for at, title in enumerate(titles))
    base.executemany("INSERT INTO t(rowid, title) VALUES (?, ?)", rows)

    def find(query: str) -> list[int]:
        folded = words.fold(query).replace('"', "")
        parts = {folded[at : at + 3] for at in range(len(folded) - 2)}
        if not parts:
            return []
        wanted = " OR ".join(f'"{part}"' for part in sorted(parts))
        found = base.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT 20", [wanted])
        return [row[0] for row in found]

    return find


def tantivy(titles: Sequence[str]) -> Find:
    """tantivy over character pairs, one thread, in memory."""
    import tantivy as peer

    schema = (
        peer.SchemaBuilder()
        .add_text_field("pairs", tokenizer_name="whitespace", index_option="freq")
        .add_unsigned_field("at", stored=True)
        .build()
    )
    index = peer.Index(schema)
    writer = index.writer(num_threads=1)
    for at, title in enumerate(titles):
        writer.add_document(peer.Document(pairs=[" ".join(words.pairs(words.fold(title)))], at=at))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def find(query: str) -> list[int]:
        parts = [
            (peer.Occur.Should, peer.Query.term_query(schema, "pairs", pair))
            for pair in words.pairs(words.fold(query))
        ]
        found = searcher.search(peer.Query.boolean_query(parts), TOP)
        return [searcher.doc(address)["at"][0] for _, address in found.hits]

    return find


def bm25s(titles: Sequence[str]) -> Find:
    """bm25s over character pairs, its numpy backend."""
    import bm25s as peer

    index = peer.BM25()
    index.index([words.pairs(words.fold(title)) for title in titles], show_progress=False)

    def find(query: str) -> list[int]:
        known = [pair for pair in words.pairs(words.fold(query)) if pair in index.vocab_dict]
        if not known:
            return []
        found, _ = index.retrieve([known], k=TOP, show_progress=False)
        return [int(at) for at in found[0]]

    return find


def stocked(folder: str, titles: Sequence[str]) -> Store:
    """A store whose search knows the titles as courses."""
    store = create_store(f"{folder}/{len(titles)}.db")
    for at in range(0, len(titles), _BATCH):
        batch = enumerate(titles[at : at + _BATCH], at)
        rows = [("course", f"K{number}", "T1", [title]) for number, title in batch]
        store.write(search.index_records, rows)
    return store


def session(store: Store) -> Find:
    """Search over every kind of record, as a session does it: a snapshot, rights, rows, scores."""
    return lambda query: [
        int(hit.code[1:]) for hit in store.read(search.search, query, by=SYSTEM, limit=TOP)
    ]


def table(rows: Iterable[Measured]) -> None:
    """Print the rows, and how many times faster each is than WRatio."""
    measured = list(rows)
    base = next((row for row in measured if "WRatio" in row.name), None)
    print(f"{'':28}{'p50 ms':>9}{'p99 ms':>9}{'build s':>9}{'MB':>7}{'recall':>8}   WRatio / it")
    for row in measured:
        times = f"{base.p50 / row.p50:7.0f} {base.p99 / row.p99:7.0f}" if base else ""
        print(
            f"{row.name:28}{row.p50:9.2f}{row.p99:9.2f}{row.build:9.2f}{row.memory:7.0f}"
            f"{row.recall:8.4f}   {times}"
        )


def beside_peers(titles: Sequence[str], asked: Sequence[tuple[str, int]], few: int) -> None:
    """Every method over the same titles; the slow scans answer only the first `few` queries."""
    rows = [measure("duijie TitleIndex", lambda: titles_index(titles), asked)]
    for make in (trigram, tantivy, bm25s):
        try:
            rows.append(measure(make.__name__, lambda make=make: make(titles), asked))
        except ImportError:
            print(f"{make.__name__}: absent")
    for scorer in (fuzz.ratio, fuzz.WRatio):
        name = f"rapidfuzz {scorer.__name__}"
        rows.append(measure(name, lambda scorer=scorer: scan(titles, scorer), asked[:few]))
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        store = stocked(folder, titles)
        built = time.perf_counter() - started
        rows.append(measure("duijie search in a session", lambda: session(store), asked))
        store.close()
    table(rows)
    print(f"the store was filled in {built:.0f} s")
    again = measure("duijie TitleIndex, again", lambda: titles_index(titles), asked[:few])
    scanned = next(row for row in rows if row.name == "rapidfuzz ratio")
    print(
        f"over the queries that the scans answered: TitleIndex recall {again.recall:.4f}, "
        f"ratio / it {scanned.p50 / again.p50:.0f} (p50) {scanned.p99 / again.p99:.0f} (p99)"
    )


_index = TitleIndex()


def _answer(queries: Sequence[str]) -> int:
    return sum(len(_index.search(query, TOP)) for query in queries)


def batches(titles: Sequence[str], asked: Sequence[tuple[str, int]], few: int) -> None:
    """Queries a second on two workers: the index made once and forked, and rapidfuzz `cdist`."""
    global _index  # noqa: PLW0603  what forked workers find
    _index = TitleIndex((str(at), title) for at, title in enumerate(titles))
    gc.collect()
    gc.freeze()
    queries = [query for query, _ in asked]
    parts = [queries[at::20] for at in range(20)]
    with ProcessPoolExecutor(_WORKERS, mp_context=get_context("fork")) as pool:
        list(pool.map(_answer, [queries[:5]] * _WORKERS))
        started = time.perf_counter()
        list(pool.map(_answer, parts))
        own = len(queries) / (time.perf_counter() - started)
    gc.unfreeze()
    _index = TitleIndex()
    print(f"duijie TitleIndex, {_WORKERS} processes: {own:.0f} queries/s")
    folded = [words.fold(title) for title in titles]
    with suppress(ImportError):
        for scorer, count in ((fuzz.ratio, 4 * few), (fuzz.WRatio, few)):
            wanted = [words.fold(query) for query in queries[:count]]
            started = time.perf_counter()
            process.cdist(wanted, folded, scorer=scorer, workers=_WORKERS)
            theirs = len(wanted) / (time.perf_counter() - started)
            name = f"rapidfuzz cdist {scorer.__name__}, {_WORKERS} threads"
            print(f"{name}: {theirs:.1f} queries/s; TitleIndex {own / theirs:.0f} times as many")


def growth(sizes: Sequence[int], count: int) -> None:
    """Our index and a session's search, size by size."""
    for size in sizes:
        titles = noise.titles(size)
        asked = noise.queries(titles, count)
        with tempfile.TemporaryDirectory() as folder:
            store = stocked(folder, titles)
            rows = [
                measure(f"TitleIndex, {size:,}", lambda t=titles: titles_index(t), asked),
                measure(f"session, {size:,}", lambda s=store: session(s), asked),
            ]
            store.close()
        table(rows)


def main(sizes: Sequence[int] = (10_000, 100_000), *, is_growing: bool = False) -> None:
    """Print the tables."""
    for size in sizes:
        titles = noise.titles(size)
        asked = noise.queries(titles, 1000)
        few = max(60, min(300, 10_000_000 // size))
        print(f"\n## {size:,} titles, {len(asked)} queries, {few} for the scans")
        beside_peers(titles, asked, few)
        batches(titles, asked, few // 2)
    print("\n## What grows with the number of titles")
    growth((1_000, 10_000, 100_000, 1_000_000) if is_growing else (1_000, 10_000), 500)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--growth", action="store_true", help="up to a million titles")
    options = parser.parse_args()
    main(options.sizes, is_growing=options.growth)
