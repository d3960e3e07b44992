"""Resolving text to occupations, with a small dictionary and with the one the product ships."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.catalogue import MemoryCatalogue
from matching.occupations import make_surface, resolve, surfaces_of
from seed.reference import catalogue

NAMES = {
    "6-18-01-01": "车工",
    "6-18-01-02": "铣工",
    "6-18-02-04": "焊工",
    "6-31-01-03": "电工",
    "4-10-01-05": "养老护理员",
    "4-14-01-02": "医疗护理员",
}
ALIASES = [
    ("数控车工", "6-18-01-01", False),
    ("氩弧焊工", "6-18-02-04", False),
    ("电工上岗证", "6-31-01-03", False),
    ("护理", "4-10-01-05", True),
    ("护理", "4-14-01-02", True),
]
SMALL = MemoryCatalogue(
    NAMES,
    [
        *(surface for code, name in NAMES.items() for surface in surfaces_of(name, code)),
        *(make_surface(text, code, "title", is_shared=shared) for text, code, shared in ALIASES),
    ],
)


@pytest.fixture(scope="module")
def shipped() -> MemoryCatalogue:
    return catalogue()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("车工", "6-18-01-01"),
        ("数控车工", "6-18-01-01"),
        ("數控車工", "6-18-01-01"),
        ("shukongchegong", "6-18-01-01"),
        ("skcg", "6-18-01-01"),
        ("数空车工", "6-18-01-01"),
        ("招20个数控车工，晚上上课", "6-18-01-01"),
        ("打氩弧焊工", "6-18-02-04"),
        ("电工上岗证", "6-31-01-03"),
        ("焊工（四级）", "6-18-02-04"),
    ],
)
def test_small_dictionary(typed: str, code: str) -> None:
    assert resolve(typed, SMALL).matches[0].code == code


def test_shared_words_are_shown_as_ambiguous() -> None:
    found = resolve("护理", SMALL)
    assert {match.code for match in found.matches[:2]} == {"4-10-01-05", "4-14-01-02"}
    assert found.is_ambiguous


def test_nothing_is_found_in_noise_and_nothing_breaks() -> None:
    for typed in ("", "   ", "，，，", "[/]", "\x1b]0;x\x07", "?" * 500):
        found = resolve(typed, SMALL)
        assert all(match.score < 0.5 for match in found.matches)


@settings(max_examples=60)
@given(st.text(alphabet="数控车工焊电招个12晚上周末，（）级四护理abcCNC ", max_size=30))
def test_any_text_gives_ordered_scores_between_nought_and_one(text: str) -> None:
    first = resolve(text, SMALL)
    scores = [match.score for match in first.matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert resolve(text, SMALL) == first


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("叉车证", "6-30-05-01"),
        ("开叉车的", "6-30-05-01"),
        ("电工上岗证", "6-31-01-03"),
        ("月嫂", "4-10-01-01"),
        ("CNC", "6-18-01-07"),
        ("welder", "6-18-02-04"),
        ("電焊工", "6-18-02-04"),
        ("电悍工", "6-18-02-04"),
        ("HRBP", "2-06-08-01"),
        ("数控车工四级", "6-18-01-01"),
    ],
)
def test_shipped_dictionary_knows_the_trades_of_the_district(
    shipped: MemoryCatalogue, typed: str, code: str
) -> None:
    assert code in [match.code for match in resolve(typed, shipped).matches[:3]]


@pytest.mark.parametrize(
    ("typed", "code", "kind"),
    [
        ("房的产策划师", "4-06-02-02", "slip"),  # one character wrong
        ("印前处理盖制作员", "6-08-01-01", "slip"),
        ("道路客运汽车驾驶员", "4-02-02-01", "contained"),  # not a slip of 货运
        ("数控车工", "6-18-01-01", "exact"),  # too short for a slip, and a name itself
    ],
)
def test_a_slip_in_a_long_name_beats_a_short_name_inside_it(
    shipped: MemoryCatalogue, typed: str, code: str, kind: str
) -> None:
    best = resolve(typed, shipped).matches[0]
    assert (best.code, best.evidence[0].kind) == (code, kind)


def test_a_short_spoken_name_that_only_sounds_alike_gives_way_to_what_is_written(
    shipped: MemoryCatalogue,
) -> None:
    assert resolve("收银的", shipped).matches[0].name == "收银员"
