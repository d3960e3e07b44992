"""A sentence as the readers of fields see it: one form of every character, and what is already taken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matching import text as words

TAKEN = "\x00"
_ENGLISH = [
    "a",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_HAN = (
    r"廿[一二三四五六七八九]?"
    r"|(?:[一二两三四五六七八九]?[十百千万])+[零〇]?(?:(?<=[十零〇])[一二三四五六七八九]"
    r"|[一二三四五六七八九](?![个位人名]))?"
    r"|[零〇一二两俩仨三四五六七八九]+"
)
NUMBER = (
    rf"(?:\d+[千万]\d(?![\d.个名人位])|(?<![\da-z])\d[kw]\d(?![\da-z./个名人位])"
    rf"|\d+(?:,\d{{3}})*(?:\.\d+)?[百千万]?|{_HAN}"
    rf"|(?<![a-z])(?:{'|'.join(_ENGLISH)})(?![a-z]))"
)
_DIGITS = {han: value for value, han in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "k": 1000, "w": 10_000}


@dataclass(frozen=True, slots=True)
class Stated:
    """One field that a sentence states, and the characters of the sentence that say so."""

    field: str
    value: Any
    start: int
    end: int
    words: str


class Sentence:
    """Folded text of a sentence; readers blank out what they have used, so that nothing counts twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded: list[str] = []
        self._at: list[int] = []
        simplified = words.to_simplified(text)
        if len(simplified) != len(text):
            simplified = "".join(words.to_simplified(character)[:1] for character in text)
        for at, character in enumerate(simplified):
            for one in unicodedata.normalize("NFKC", character).lower():
                folded.append(one)
                self._at.append(at)
        self._at.append(len(text))
        self.folded = "".join(folded)

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Matches in what is left, which may be taken while they are walked through."""
        at = 0
        while found := pattern.search(self.folded, at):
            yield found
            at = max(found.end(), found.start() + 1)

    def take(self, start: int, end: int) -> None:
        """Blank out a stretch."""
        self.folded = self.folded[:start] + TAKEN * (end - start) + self.folded[end:]

    def blank(self, *patterns: re.Pattern[str]) -> None:
        """Blank out everything that matches."""
        for pattern in patterns:
            for found in self.find(pattern):
                self.take(*found.span())

    def stated(self, field: str, value: Any, start: int, end: int) -> Stated:
        """A field with its span in the text as typed."""
        first, last = self._at[start], self._at[end - 1] + 1
        return Stated(field, value, first, last, self.text[first:last])


def number(text: str) -> float:
    """A number as people write it: `12`, `1.5`, `3千`, `十二`, `两千五` (2500), `一百零五`, `two`."""
    text = text.replace("廿", "二十")
    if text in _ENGLISH:
        return float(max(1, _ENGLISH.index(text)))
    plain = re.fullmatch(r"(\d+(?:\.\d+)?)([百千万kw]?)(\d?)", text.replace(",", ""))
    if plain:
        unit = _UNITS.get(plain[2], 1)
        return float(plain[1]) * unit + float(plain[3] or 0) * unit / 10  # 2万4 is 24000
    total, section, digit, unit = 0, 0, 0, 1
    is_zero = False
    for character in text:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit == 10_000:
                total, section, digit = total + (section + digit) * unit, 0, 0
            else:
                section, digit = section + (digit or 1) * unit, 0
            is_zero = False
        else:
            digit = (
                _DIGITS[character] if unit > 1 or digit == 0 else digit * 10 + _DIGITS[character]
            )
            is_zero = is_zero or character in "零〇"
    # The digit after 千 or 百 counts the next unit below it: 两千五 is 2500, 两千零五 is 2005.
    return float(total + section + digit * (1 if is_zero or unit <= 10 else unit // 10))
