"""How Han characters sound: each alone, and in the words in which they sound otherwise.

The tables are those of pypinyin without tones (`matching/data/NOTICE.md`); words are cut as it cuts them, the
longest first, so that its answers stay the same to the letter at a fraction of its memory and time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_HAN = re.compile(
    "([\u3007\ue815-\ue864\ufa18\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a703-\U0002b73f\U0002b740-\U0002b81d\U0002b825-\U0002bf6e"
    "\U0002c029-\U0002ce93\U0002d016\U0002d11b-\U0002ebd9\U0002f80a-\U0002fa1f"
    "\U00030000-\U0003134a\U000300f7-\U00031288\U00030edd\U00030ede\U00031350-\U00032389]+)"
)


@cache
def alone(character: str) -> str:
    """The syllable of one character by itself, the character where none is known."""
    lines = _syllables()
    at = lines.find(character)
    if at < 0 or not _HAN.match(character):
        return character
    start = lines.rfind("\n", 0, at) + 1
    return lines[start : lines.index("\t", start)]


def of(text: str) -> Iterator[str]:
    """The syllables of a text, one a Han character; what is not Han as it stands."""
    for at, run in enumerate(_HAN.split(text)):
        if at % 2:
            yield from _words(run)
        elif run:
            yield run


def _words(run: str) -> Iterator[str]:
    """The syllables of a run of Han characters, cut into the longest words from its beginning."""
    phrases, sounds = _phrases()
    start = 0
    while start < len(run):
        found, at = None, 0
        for end in range(start + 1, len(run) + 1):
            word = run[start:end]
            at = bisect_left(phrases, word, at)
            if at == len(phrases) or not phrases[at].startswith(word):
                break
            if phrases[at] == word:
                found = at
        else:
            if (
                found is None
            ):  # the rest begins a word and ends too soon: no word inside it is looked for
                yield from map(alone, run[start:])
                return
        if found is None:
            yield alone(run[start])
            start += 1
        else:
            yield from sounds[found].split() or map(alone, phrases[found])
            start += len(phrases[found])


@cache
def _syllables() -> str:
    """Lines of a syllable and the characters that sound so by themselves."""
    return (_DATA / "syllables.tsv").read_text(encoding="utf-8")


@cache
def _phrases() -> tuple[list[str], list[str]]:
    """Words in order of code points, and their syllables; nothing where each sounds as it does alone."""
    phrases, sounds = [], []
    with (_DATA / "phrases.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            phrase, _, said = line.rstrip("\n").partition("\t")
            phrases.append(phrase)
            sounds.append(said)
    return phrases, sounds
