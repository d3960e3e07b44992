"""The dictionary packed in memory: the answers of a plain list of names, whatever their hashes."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from matching import catalogue
from matching import text as words
from matching.catalogue import MemoryCatalogue
from matching.occupations import Surface, make_surface
from seed.reference import alias_lines

NAMES = {"6-18-01-01": "车工", "6-18-01-02": "铣工", "4-07-03-01": "劳动关系协调员"}
WRITTEN = (
    ("车工", "6-18-01-01"),
    ("数控车工", "6-18-01-01"),
    ("车工", "4-07-03-01"),
    ("铣工", "6-18-01-02"),
    ("吸工", "6-18-01-02"),
    ("hr", "4-07-03-01"),
)
_ASKED = """
from matching.occupations import resolve
from tests.matching.test_catalogue import packed
for text in ("数控车床工", "车工证", "吸工", "sg", "hr经理"):
    print(repr(resolve(text, packed(), 3)))
"""


def packed() -> MemoryCatalogue:
    return MemoryCatalogue(NAMES, (make_surface(text, code, "title") for text, code in WRITTEN))


def told(found: Iterator[Surface]) -> list[tuple[str, str]]:
    return [(one.folded, one.code) for one in found]


@pytest.mark.parametrize("are_hashes_equal", [False, True])
def test_names_are_found_by_writing_sound_and_letters(
    monkeypatch: pytest.MonkeyPatch, are_hashes_equal: bool
) -> None:
    if are_hashes_equal:
        monkeypatch.setattr(catalogue, "hash", lambda text: 7, raising=False)
    known = packed()
    assert len(known) == len(WRITTEN)
    assert told(iter(known.named(["车工", "没有", "hr"]))) == [
        ("车工", "6-18-01-01"),
        ("车工", "4-07-03-01"),
        ("hr", "4-07-03-01"),
    ]
    sound = words.sound_key(words.pinyin("铣工"))
    assert told(iter(known.sounding([sound, ""]))) == [
        ("铣工", "6-18-01-02"),
        ("吸工", "6-18-01-02"),
    ]
    assert told(iter(known.initialled("skcg"))) == [("数控车工", "6-18-01-01")]
    assert not list(known.initialled("")) + list(known.sounding([""]))


def test_what_shares_the_rarest_terms_comes_first() -> None:
    near = packed().resembling(["数", "数控", "工", "没"])
    assert [one.folded for one in near.surfaces] == ["数控车工", "车工", "车工", "铣工", "吸工"]
    assert near.idf["数控"] > near.idf["工"]
    assert near.unseen > near.idf["数控"]
    assert "没" not in near.idf


def test_a_surface_comes_out_as_it_went_in() -> None:
    one = make_surface("数控车工", "6-18-01-01", "trade", is_shared=True)
    (found,) = MemoryCatalogue(NAMES, [one]).named([one.folded])
    assert (found.code, found.kind, found.is_shared) == (one.code, one.kind, True)
    assert (found.sound, found.initials) == (one.sound, one.initials)
    assert found.norm > 1


def test_every_process_says_the_same() -> None:
    def said(seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", _ASKED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    assert said("1") == said("2")


def test_a_name_takes_few_bytes() -> None:
    given = [make_surface(name, code, kind) for code, kind, name, _, _ in alias_lines()[:3000]]
    tracemalloc.start()
    try:
        known = MemoryCatalogue({}, given)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / len(known) < 400  # of which half is its share of the terms; as values 1,200
