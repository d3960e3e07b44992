"""The English words of trades and what they are in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from matching.text import fold, join

_LONGEST_PHRASE = 4
_READINGS = 4
_LATIN = re.compile(r"[a-z0-9+#&]+(?: [a-z0-9+#&]+)*")


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Folded English phrase to Chinese readings, best first; a word that carries nothing has none."""
    path = Path(__file__).parent / "data" / "english.tsv"
    found: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        english, _, chinese = line.partition("\t")
        readings = tuple(re.sub(r"\s+", "", part) for part in chinese.split("|") if part.strip())
        found.setdefault(fold(english), readings)
    return found


def translations(folded: str) -> list[str]:
    """The text with its Latin words put into Chinese, best reading first; empty when none is known."""
    readings = [""]
    is_changed = False
    position = 0
    for found in _LATIN.finditer(folded):
        readings = [reading + folded[position : found.start()] for reading in readings]
        position = found.end()
        for alternatives, is_known in _phrases(found[0].split()):
            is_changed = is_changed or is_known
            readings = [r + word for word in alternatives for r in readings][:_READINGS]
    if not is_changed:
        return []
    return list(dict.fromkeys(join(reading + folded[position:]) for reading in readings))


def _phrases(tokens: list[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The longest phrases the lexicon knows, each with its readings; unknown words as they are."""
    known = lexicon()
    at = 0
    while at < len(tokens):
        for size in range(min(_LONGEST_PHRASE, len(tokens) - at), 0, -1):
            phrase = " ".join(tokens[at : at + size])
            readings = known.get(phrase, known.get(_singular(phrase)))
            if readings is not None:
                yield readings or ("",), True
                at += size
                break
        else:
            yield (f" {tokens[at]} ",), False
            at += 1


def _singular(phrase: str) -> str:
    return phrase[:-1] if phrase.endswith("s") and not phrase.endswith("ss") else phrase
