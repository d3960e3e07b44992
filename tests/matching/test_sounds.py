"""Syllables as pypinyin gives them, from tables; UPDATE_SOUNDS=1 makes the tables anew from it."""

from __future__ import annotations

import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from random import Random

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.style import convert

from matching import sounds
from matching import text as words
from seed.reference import alias_lines, table

DATA = Path(sounds.__file__).parent / "data"


@cache
def plain(syllable: str) -> str:
    return str(convert(syllable, Style.NORMAL, True, default=syllable))


def syllable_lines() -> list[str]:
    found: dict[str, str] = defaultdict(str)
    for number in sorted(PINYIN_DICT):
        (said,) = lazy_pinyin(chr(number))
        if said != chr(number):
            found[said] += chr(number)
    return [f"{said}\t{characters}\n" for said, characters in sorted(found.items())]


def phrase_lines() -> list[str]:
    found = []
    for phrase, said in sorted(PHRASES_DICT.items()):
        syllables = [plain(one[0]) for one in said]
        is_plain = syllables == [plain(PINYIN_DICT.get(ord(c), c).split(",")[0]) for c in phrase]
        found.append(phrase + ("" if is_plain else "\t" + " ".join(syllables)) + "\n")
    return found


@pytest.mark.parametrize(
    ("name", "lines"), [("syllables", syllable_lines), ("phrases", phrase_lines)]
)
def test_the_tables_are_those_of_pypinyin(name: str, lines: object) -> None:
    assert callable(lines)
    made = "".join(lines())
    file = DATA / f"{name}.tsv"
    if os.environ.get("UPDATE_SOUNDS"):
        file.write_text(made, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == made


def test_names_of_the_dictionary_sound_as_pypinyin_says() -> None:
    names = [row["name"] for row in table("occupations")]
    names += Random(3).sample([name for _, _, name, _, _ in alias_lines()], 3_000)
    for folded in map(words.fold, names):
        said = [part.strip() for part in lazy_pinyin(folded) if part.strip()]
        assert [part.strip() for part in sounds.of(folded) if part.strip()] == said


def test_any_run_of_characters_is_cut_as_pypinyin_cuts_it() -> None:
    random = Random(5)
    often = "".join(sorted(PHRASES_DICT))  # characters of words, so that many runs hold some
    others = [chr(number) for number in PINYIN_DICT] + list("a1 ，〇\u2fd6\U00020000é")
    for _ in range(3_000):
        at = random.randrange(len(often))
        text = often[at : at + random.randrange(1, 9)]
        text += "".join(random.choices(others, k=random.randrange(3)))
        assert list(sounds.of(text)) == lazy_pinyin(text), text
